//! Numbers that are the same in each run.

pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    /// From the first to the last, both included.
    pub fn from(&mut self, first: i64, last: i64) -> i64 {
        let span = u64::try_from(last - first + 1).expect("a span");
        first + i64::try_from(self.next() % span).expect("a number")
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.from(0, i64::try_from(of.len()).expect("a length") - 1);
        &of[usize::try_from(at).expect("a place")]
    }

    pub fn one_in(&mut self, n: i64) -> bool {
        self.from(1, n) == 1
    }
}

/// Names of places, all different.
pub fn places(n: usize) -> Vec<String> {
    const FIRST: [&str; 20] = [
        "Ash", "Birch", "Cole", "Dun", "Elm", "Fair", "Green", "Hazel", "Iron", "Kings", "Lang",
        "Mill", "North", "Oak", "Pine", "Red", "Stone", "Thorn", "West", "York",
    ];
    const LAST: [&str; 10] =
        ["ton", "ham", "ford", "ley", "field", "bridge", "wick", "mouth", "well", "by"];
    (0..n).map(|i| format!("{}{}", FIRST[i % 20], LAST[(i / 20 + i) % 10])).collect()
}

/// `-1234567` hundredths, or the like, with its signs.
pub fn written(value: i64, decimals: u32, decimal: &str, grouping: &str) -> String {
    let unit = 10_i64.pow(decimals);
    let (whole, rest) = (value.abs() / unit, value.abs() % unit);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            grouped.push_str(grouping);
        }
        grouped.push(c);
    }
    let sign = if value < 0 { "-" } else { "" };
    if decimals == 0 {
        return format!("{sign}{grouped}");
    }
    format!("{sign}{grouped}{decimal}{rest:0width$}", width = decimals as usize)
}
