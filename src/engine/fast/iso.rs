//! Digits and ISO days, eight bytes at a time.

#[inline(always)]
fn eight(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8).and_then(|b| b.first_chunk::<8>()).map(|b| u64::from_le_bytes(*b))
}

/// One to eight ASCII digits at `at`.
#[inline(always)]
pub fn digits(bytes: &[u8], at: usize, len: usize) -> Option<i64> {
    if len.wrapping_sub(1) > 7 {
        return None;
    }
    // The first digit in the byte that weighs most; what is in front of it is 0.
    let text = (eight(bytes, at)? ^ 0x3030_3030_3030_3030) << (64 - 8 * len);
    if (text.wrapping_add(0x7676_7676_7676_7676) | text) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    // Window become pairs, pairs fours, fours the number.
    let pairs = text.wrapping_mul(10).wrapping_add(text >> 8);
    let low = (pairs & 0x0000_00FF_0000_00FF).wrapping_mul(0x000F_4240_0000_0064);
    let high = ((pairs >> 16) & 0x0000_00FF_0000_00FF).wrapping_mul(0x0000_2710_0000_0001);
    Some((low.wrapping_add(high) >> 32) as i64)
}

/// Days from 1970-01-01 to the ten bytes `YYYY-MM-DD` at `at`, where they are a day.
#[inline(always)]
pub fn iso_day(bytes: &[u8], at: usize) -> Option<i32> {
    let front = eight(bytes, at)? ^ u64::from_le_bytes(*b"0000-00-");
    let back = bytes.get(at + 8..at + 10)?;
    let (tens, ones) = (back[0] ^ b'0', back[1] ^ b'0');
    // Digits may be 0 to 9, dashes only 0.
    if (front.wrapping_add(0x7F76_767F_7676_7676) | front) & 0x8080_8080_8080_8080 != 0
        || tens > 9
        || ones > 9
    {
        return None;
    }
    // Each digit with the one behind it: in byte 0 the century, in byte 2 the years of it, in byte 5 the month.
    let pairs = front.wrapping_mul(10).wrapping_add(front >> 8);
    let pair = |place: u32| ((pairs >> (8 * place)) & 0x7F) as usize;
    let (year, month, day) =
        (pair(0) * 100 + pair(2), pair(5), i32::from(tens) * 10 + i32::from(ones));
    let (first, leap) = YEARS[year % YEARS.len()];
    let (before, length) = *MONTHS[usize::from(leap)].get(month)?;
    (day > 0 && day <= length).then_some(first + before + day)
}

/// For each year the day before its first, from 1970-01-01, and whether it is a leap year.
static YEARS: [(i32, bool); 10_000] = {
    let (mut years, mut year, mut before) = ([(0, false); 10_000], 0, -1_i32);
    while year < 10_000 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        years[year] = (
            365 * before + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400)
                - 719_163,
            leap,
        );
        (year, before) = (year + 1, before + 1);
    }
    years
};

/// For each month of a common and of a leap year the days before it, and its own; none for what is no month.
static MONTHS: [[(i32, i32); 13]; 2] = {
    const LENGTHS: [i32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (mut months, mut leap) = ([[(0, 0); 13]; 2], 0);
    while leap < 2 {
        let (mut month, mut before) = (1, 0);
        while month <= 12 {
            let length = LENGTHS[month - 1] + if month == 2 && leap == 1 { 1 } else { 0 };
            months[leap][month] = (before, length);
            before += length;
            month += 1;
        }
        leap += 1;
    }
    months
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fast::decode::SLACK;
    use crate::value::{DateFormat, Reading, Type, Value};

    fn padded(text: &str) -> Vec<u8> {
        [text.as_bytes(), &[b'7'; SLACK]].concat()
    }

    #[test]
    fn days_are_those_of_the_exact_reading() {
        let reading = Reading {
            formats: vec![DateFormat::new("%Y-%m-%d", Type::Date).expect("a format")],
            ..Reading::new(Type::Date)
        };
        for year in [0, 1, 4, 1899, 1900, 1970, 2000, 2023, 2024, 9996, 9999] {
            for month in [0..18, 28..29, 99..100].into_iter().flatten() {
                for day in [0, 1, 28, 29, 30, 31, 32, 99] {
                    let text = format!("{year:04}-{month:02}-{day:02}");
                    let exact = match reading.read(&text) {
                        Ok(Value::Date(d)) => Some(d.first),
                        _ => None,
                    };
                    assert_eq!(iso_day(&padded(&text), 0), exact, "{text}");
                }
            }
        }
        for text in ["2021-2-003", "20210-1-01", "2021/01/01", "2021-01-0a", "-001-01-01"] {
            assert_eq!(iso_day(&padded(text), 0), None, "{text}");
        }
    }
}
