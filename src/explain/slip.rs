//! Slips of the hand: how one figure comes to be written for another.

use crate::value::Number;
use crate::width::to_i32;

/// What was done to the figure that was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slip {
    /// Its sign was turned.
    Sign,
    /// Its decimal point slipped: what is written is so many powers of ten too large.
    Power(i32),
    /// It is in another unit: what is written is so many times too large; negative, too small.
    Unit(i32),
    /// Two neighbouring digits changed places.
    Swapped,
    /// A digit was left out.
    LeftOut,
    /// A digit was added.
    Added,
    /// A digit was replaced by another one.
    Replaced,
}

impl Slip {
    /// What it is called in outputs for programs.
    pub fn name(self) -> &'static str {
        match self {
            Slip::Sign => "sign",
            Slip::Power(_) => "decimal-point",
            Slip::Unit(_) => "unit",
            Slip::Swapped => "swapped-digits",
            Slip::LeftOut => "digit-left-out",
            Slip::Added => "digit-added",
            Slip::Replaced => "digit-replaced",
        }
    }

    /// What was meant, where a figure alone says that.
    pub fn undone(self, written: &Number) -> Option<Number> {
        match self {
            Slip::Sign => Some(-written),
            Slip::Power(n) => Some(written * &Number::pow10(-n)),
            _ => None,
        }
    }

    /// What it is called in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Slip::Sign => "the sign is wrong",
            Slip::Power(3) => "a thousand times too large",
            Slip::Power(-3) => "a thousand times too small",
            Slip::Power(6) => "a million times too large",
            Slip::Power(-6) => "a million times too small",
            Slip::Power(_) => "the decimal point slipped",
            Slip::Unit(60) => "60 times too large, like minutes for hours",
            Slip::Unit(-60) => "60 times too small, like hours for minutes",
            Slip::Unit(1..) => "12 times too large, like pieces for dozens",
            Slip::Unit(_) => "12 times too small, like dozens for pieces",
            Slip::Swapped => "two digits are swapped",
            Slip::LeftOut => "a digit is left out",
            Slip::Added => "a digit too many",
            Slip::Replaced => "one digit is wrong",
        }
    }
}

/// Places by which a decimal point slips: a digit or two, thousands, millions.
const POWERS: [i32; 8] = [1, 2, 3, 6, -1, -2, -3, -6];

/// Units that are taken for each other, beside those of tens.
const UNITS: [i32; 4] = [60, 12, -60, -12];

/// One slip of each kind.
const KINDS: [Slip; 7] = [
    Slip::Sign,
    Slip::Power(1),
    Slip::Unit(12),
    Slip::Swapped,
    Slip::LeftOut,
    Slip::Added,
    Slip::Replaced,
];

/// Digits of a figure that is looked at.
const MOST_DIGITS: usize = 40;

/// A figure as it is written in digits.
#[derive(Debug, Clone)]
pub struct Written {
    value: Number,
    negative: bool,
    /// Its digits, with at least one before the decimal point.
    digits: Vec<u8>,
    /// How many of them are decimals; negative where the last one stands for tens, hundreds or millions.
    scale: i32,
}

impl Written {
    /// A figure with at least so many decimals; none where it has no end, or is very long.
    pub fn new(value: &Number, decimals: i32) -> Option<Written> {
        let scale = places(value, decimals)?;
        let digits = digits(value, scale)?;
        Some(Written { value: value.clone(), negative: value.signum() < 0, digits, scale })
    }

    /// The slip that makes this figure of the one that was meant.
    pub fn slip_from(&self, meant: &Number) -> Option<Slip> {
        if *meant == self.value {
            return None;
        }
        if *meant == -&self.value {
            return Some(Slip::Sign);
        }
        let power = |n: &&i32| &self.value * &Number::pow10(-**n) == *meant;
        if let Some(n) = POWERS.iter().find(power).filter(|_| !self.value.is_zero()) {
            return Some(Slip::Power(*n));
        }
        self.edited(meant).or_else(|| self.in_a_unit(meant))
    }

    /// The factor by which a figure in another unit differs.
    fn in_a_unit(&self, meant: &Number) -> Option<Slip> {
        let is_times = |unit: &&i32| {
            let by = Number::from(i64::from(unit.abs()));
            let (small, large) =
                if **unit > 0 { (meant, &self.value) } else { (&self.value, meant) };
            small * &by == *large
        };
        let unit = UNITS.iter().find(is_times).filter(|_| !self.value.is_zero());
        unit.map(|unit| Slip::Unit(*unit))
    }

    /// The edit of digits.
    fn edited(&self, meant: &Number) -> Option<Slip> {
        if !meant.is_zero() && !self.value.is_zero() && (meant.signum() < 0) != self.negative {
            return None;
        }
        // A digit more or less may be one of the decimals.
        let own = places(meant, self.scale.min(0))?;
        let slip =
            |scale: i32| edit(&digits(meant, scale)?, &self.digits, scale.abs_diff(self.scale));
        let as_written = (own <= self.scale).then(|| slip(self.scale)).flatten();
        // Of `6.6 million` what stands before the decimal point is millions.
        let point = if self.scale < 0 { self.scale - 1 } else { 0 };
        let is_decimal =
            || own.abs_diff(self.scale) == 1 && meant.truncate(point) == self.value.truncate(point);
        as_written.or_else(|| slip(own).filter(|_| is_decimal()))
    }

    /// How many figures can become this one by a slip of the kind.
    pub fn ways(&self, slip: Slip) -> u64 {
        let length = self.digits.len() as u64;
        let pairs = unequal(&self.digits);
        match slip {
            Slip::Sign => 1,
            Slip::Power(_) => POWERS.len() as u64,
            Slip::Unit(_) => UNITS.len() as u64,
            Slip::Swapped => pairs.max(1),
            Slip::Added => pairs + 1,
            // Ten digits at each end and between each two, less those that come to the same.
            Slip::LeftOut => 9 * length + 10,
            Slip::Replaced => 9 * length,
        }
    }

    /// How many figures a slip makes of the one that was meant; without one, those of the size.
    pub fn outcomes(&self, meant: &Number, slip: Option<Slip>) -> Option<Number> {
        let Some(slip) = slip else {
            // Whatever was written is seldom more than twice as large.
            let unit = Number::pow10(-self.scale);
            let (own, meant) = (self.value.abs(), meant.abs().max(unit.clone()));
            let size = match own > &meant * &Number::from(2i64) {
                true => (&own * &own).checked_div(&meant)?,
                false => meant,
            };
            return size.checked_div(&unit);
        };
        let scale = places(meant, self.scale.min(0))?.max(self.scale);
        let digits = digits(meant, scale)?;
        let length = digits.len() as u64;
        // Which of several equal digits was added or left out makes no difference.
        let (outcomes, same) = match slip {
            Slip::Sign => (1, 1),
            Slip::Power(_) => (POWERS.len() as u64, 1),
            Slip::Unit(_) => (UNITS.len() as u64, 1),
            Slip::Swapped => (unequal(&digits).max(1), 1),
            Slip::Replaced => (9 * length, 1),
            Slip::Added => (10 * (length + 1), alike(&self.digits, &digits)),
            Slip::LeftOut => (length, alike(&digits, &self.digits)),
        };
        Number::from(outcomes).checked_div(&Number::from(same))
    }

    /// All figures that can become this one by one slip, with as many decimals.
    pub fn meant(&self) -> Vec<(Number, Slip)> {
        self.by_one_of(&KINDS)
    }

    /// Those by a slip that few figures come of: a sign, a power of ten, two digits swapped.
    pub fn meant_by_few(&self) -> Vec<(Number, Slip)> {
        self.by_one_of(&[Slip::Sign, Slip::Power(1), Slip::Swapped])
    }

    fn by_one_of(&self, kinds: &[Slip]) -> Vec<(Number, Slip)> {
        let mut all: Vec<_> = kinds.iter().flat_map(|kind| self.meant_by(*kind)).collect();
        // Some come of another slip as well, which explains them better.
        all.retain(|(number, slip)| self.slip_from(number) == Some(*slip));
        all
    }

    /// Those by a slip of a kind; some may come of another slip as well.
    pub fn meant_by(&self, kind: Slip) -> Vec<(Number, Slip)> {
        let all: Vec<(Number, Slip)> = match kind {
            Slip::Sign => vec![(-&self.value, kind)],
            Slip::Power(_) => {
                let power = |n: &i32| (&self.value * &Number::pow10(-n), Slip::Power(*n));
                POWERS.iter().map(power).collect()
            }
            Slip::Unit(_) => UNITS.iter().filter_map(|by| self.by_unit(*by)).collect(),
            Slip::Swapped => {
                let mut other = self.digits.clone();
                let swapped = |at: usize| {
                    other.swap(at - 1, at);
                    let number = self.with(&other);
                    other.swap(at - 1, at);
                    Some((number?, kind))
                };
                (1..self.digits.len()).filter_map(swapped).collect()
            }
            Slip::LeftOut | Slip::Replaced => {
                let length = self.digits.len() + usize::from(kind == Slip::LeftOut);
                let with =
                    |at: usize| (b'0'..=b'9').filter_map(move |d| self.with_digit(at, d, kind));
                (0..length).flat_map(with).collect()
            }
            Slip::Added => (0..self.digits.len()).flat_map(|at| self.without_digit(at)).collect(),
        };
        all.into_iter().filter(|(number, _)| *number != self.value).collect()
    }

    fn by_unit(&self, by: i32) -> Option<(Number, Slip)> {
        let size = Number::from(i64::from(by.abs()));
        let meant = if by < 0 { &self.value * &size } else { self.value.checked_div(&size)? };
        let is_written = places(&meant, self.scale) == Some(self.scale);
        is_written.then_some((meant, Slip::Unit(by)))
    }

    /// The figure with another digit at a place, or with one more before it.
    fn with_digit(&self, at: usize, digit: u8, kind: Slip) -> Option<(Number, Slip)> {
        let (before, after) = self.digits.split_at_checked(at)?;
        // A figure does not begin with a zero.
        let is_replaced = kind == Slip::Replaced;
        let after = if is_replaced { after.get(1..)? } else { after };
        if is_replaced && at == 0 && digit == b'0' {
            return None;
        }
        Some((self.with(&[before, &[digit], after].concat())?, kind))
    }

    /// The figure with a digit less; that may be one of the decimals.
    fn without_digit(&self, at: usize) -> Vec<(Number, Slip)> {
        let (before, after) = self.digits.split_at(at);
        let rest = [before, after.get(1..).unwrap_or_default()].concat();
        let Some(number) = self.with(&rest) else { return Vec::new() };
        let with_less = (self.scale > 0).then(|| &number * &Number::from(10i64));
        [Some(number), with_less].into_iter().flatten().map(|n| (n, Slip::Added)).collect()
    }

    fn with(&self, digits: &[u8]) -> Option<Number> {
        let text = std::str::from_utf8(digits).ok()?;
        let whole = Number::parse(text)?;
        let size = &whole * &Number::pow10(-self.scale);
        Some(if self.negative { -size } else { size })
    }
}

/// How many decimals a figure has, at least so many: negative where it is full tens, hundreds and so on. None
/// where its decimals do not end.
pub fn places(value: &Number, least: i32) -> Option<i32> {
    let own = to_i32(value.decimals()?);
    if own > 0 || least >= 0 {
        return Some(own.max(least));
    }
    (least..=0).find(|places| value.is_multiple_of(&Number::pow10(-places)))
}

/// The digits of a figure with so many decimals, its sign left out.
fn digits(value: &Number, scale: i32) -> Option<Vec<u8>> {
    let text = match u32::try_from(scale) {
        Ok(scale) => value.abs().to_rounded(scale),
        Err(_) => (&value.abs() * &Number::pow10(scale)).to_rounded(0),
    };
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    (digits.len() <= MOST_DIGITS).then_some(digits)
}

/// Neighbouring digits that are not equal.
fn unequal(digits: &[u8]) -> u64 {
    digits.windows(2).filter(|pair| matches!(pair, [a, b] if a != b)).count() as u64
}

/// How many equal digits stand side by side where some digits have one more than others.
fn alike(longer: &[u8], shorter: &[u8]) -> u64 {
    let same_start = longer.iter().zip(shorter).take_while(|(a, b)| a == b).count();
    let Some((before, digit)) = longer
        .split_at_checked(same_start)
        .and_then(|(before, rest)| Some((before, rest.first()?)))
    else {
        return 1;
    };
    1 + before.iter().rev().take_while(|other| *other == digit).count() as u64
}

/// The one edit that leads from some digits to others. Where a decimal is more or less, so is a digit.
fn edit(meant: &[u8], written: &[u8], decimals_apart: u32) -> Option<Slip> {
    let same_start = meant.iter().zip(written).take_while(|(a, b)| a == b).count();
    let (a, b) = (meant.get(same_start..)?, written.get(same_start..)?);
    let without_first = |digits: &[u8]| digits.get(1..).map(<[u8]>::to_vec);
    match (a, b, decimals_apart) {
        ([x, y, rest @ ..], [v, w, others @ ..], 0)
            if (x, y) == (w, v) && x != y && rest == others =>
        {
            Some(Slip::Swapped)
        }
        ([_, rest @ ..], [_, others @ ..], 0) if rest == others => Some(Slip::Replaced),
        _ if meant.len() == written.len() + 1 && without_first(a)? == b => Some(Slip::LeftOut),
        _ if meant.len() + 1 == written.len() && without_first(b)? == a => Some(Slip::Added),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).expect("a number")
    }

    fn decimals(text: &str) -> i32 {
        text.split_once('.').map_or(0, |(_, d)| i32::try_from(d.len()).expect("few"))
    }

    fn slip(written: &str, meant: &str) -> Option<Slip> {
        let written = Written::new(&number(written), decimals(written)).expect("digits");
        written.slip_from(&number(meant))
    }

    #[test]
    fn one_slip_leads_from_one_figure_to_another() {
        for (written, meant, expected) in [
            ("13", "31", Some(Slip::Swapped)),
            ("6.13", "6.31", Some(Slip::Swapped)),
            ("13.25", "12.35", Some(Slip::Swapped)),
            ("161", "116", Some(Slip::Swapped)),
            ("19979", "1979", Some(Slip::Added)),
            ("12.55", "12.5", Some(Slip::Replaced)),
            ("112.5", "12.5", Some(Slip::Added)),
            ("1979", "19979", Some(Slip::LeftOut)),
            ("12.5", "12.35", Some(Slip::LeftOut)),
            ("0.5", "10.5", Some(Slip::LeftOut)),
            ("1000", "1003", Some(Slip::Replaced)),
            ("5.5", "5", Some(Slip::Replaced)),
            ("283", "238", Some(Slip::Swapped)),
            ("283", "253", Some(Slip::Replaced)),
            ("0.05", "0.25", Some(Slip::Replaced)),
            ("5", "0", Some(Slip::Replaced)),
            ("-5", "5", Some(Slip::Sign)),
            ("5000", "5", Some(Slip::Power(3))),
            ("0.5", "50", Some(Slip::Power(-2))),
            ("12", "120", Some(Slip::Power(-1))),
            ("1210", "121", Some(Slip::Power(1))),
            ("45000", "750", Some(Slip::Unit(60))),
            ("750", "45000", Some(Slip::Unit(-60))),
            ("31", "372", Some(Slip::Unit(-12))),
            ("2.4", "0.2", Some(Slip::Unit(12))),
            ("10", "120", Some(Slip::LeftOut)),
            ("25", "25.3", Some(Slip::LeftOut)),
            ("25", "72.5", None),
            ("321", "123", None),
            ("13", "13", None),
            ("-13", "31", None),
            ("283", "398", None),
            ("1", "123", None),
        ] {
            assert_eq!(slip(written, meant), expected, "{written} for {meant}");
        }
    }

    #[test]
    fn digits_may_stand_for_more_than_ones() {
        // In hundreds of thousands: 6.6 million is two digits.
        let written = Written::new(&number("6600000"), -5).expect("digits");
        assert_eq!(written.digits, b"66");
        for (meant, expected) in [
            ("6700000", Some(Slip::Replaced)),
            ("6650000", Some(Slip::LeftOut)),
            ("6060000", Some(Slip::LeftOut)),
            ("6655000", None),
            ("66000000", Some(Slip::Power(-1))),
            ("76600000", Some(Slip::LeftOut)),
            ("6600", Some(Slip::Power(3))),
            ("6600001", None),
        ] {
            assert_eq!(written.slip_from(&number(meant)), expected, "{meant}");
        }
    }

    #[test]
    fn all_that_can_be_meant_is_one_slip_away() {
        // No digit too many makes 10.1 of 10: the last one is another.
        for text in ["0", "7", "13", "1002", "-45.60", "0.05", "99999", "10.1"] {
            let written = Written::new(&number(text), decimals(text)).expect("digits");
            for (meant, kind) in written.meant() {
                let found = written.slip_from(&meant);
                assert_eq!(found, Some(kind), "{text} for {}", meant.to_text());
            }
        }
    }
}
