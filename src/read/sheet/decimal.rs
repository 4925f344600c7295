//! Stored numbers: decimals of at most 15 significant digits, which is what a spreadsheet knows of
//! the binary number that it stores. No floating point.

/// The digits that a spreadsheet shows of a number at most.
const DIGITS: u32 = 15;

/// Digits of the largest number in 128 bits, and one.
const LONGEST: usize = 40;

/// Decimals and powers of ten beyond this are written with an exponent.
const PLAIN: i32 = 30;

/// `digits` times ten to the power of `-scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// Whether it is below zero.
    pub negative: bool,
    /// Without trailing zeros, unless it was rounded.
    pub digits: u128,
    /// Decimals.
    pub scale: i32,
}

impl Decimal {
    /// Reads `-12.50` or `1.5E-3`, rounded to the digits that are known.
    pub fn parse(text: &[u8]) -> Option<Decimal> {
        let (negative, text) = match text.split_first() {
            Some((b'-', rest)) => (true, rest),
            Some((b'+', rest)) => (false, rest),
            _ => (false, text),
        };
        let at = text.iter().position(|b| matches!(b, b'e' | b'E')).unwrap_or(text.len());
        let (figure, power) = text.split_at_checked(at)?;
        let power = match power.get(1..) {
            None => 0,
            Some(power) => std::str::from_utf8(power).ok()?.parse::<i32>().ok()?,
        };
        let (mut digits, mut scale, mut count) = (0_u64, 0_i32, 0_u32);
        let (mut point, mut any, mut next) = (false, false, None);
        for byte in figure {
            match byte {
                b'0'..=b'9' if count < DIGITS => {
                    digits = digits * 10 + u64::from(byte - b'0');
                    count += u32::from(digits > 0);
                    scale += i32::from(point);
                    any = true;
                }
                b'0'..=b'9' => {
                    next = next.or(Some(byte - b'0'));
                    scale -= i32::from(!point);
                }
                b'.' if !point => point = true,
                _ => return None,
            }
        }
        let digits = u128::from(digits) + u128::from(next.is_some_and(|digit| digit >= 5));
        let scale = scale.checked_sub(power)?;
        (any && scale.abs() < 10_000).then(|| Decimal { negative, digits, scale }.shortest())
    }

    /// Without trailing zeros.
    pub fn shortest(mut self) -> Decimal {
        // Most have few digits, and division takes long in 128 bits.
        if let Ok(mut digits) = u64::try_from(self.digits)
            && digits > 0
        {
            while digits.is_multiple_of(10) {
                digits /= 10;
                self.scale -= 1;
            }
            return Decimal { digits: digits.into(), ..self };
        }
        while self.digits != 0 && self.digits.is_multiple_of(10) {
            self.digits /= 10;
            self.scale -= 1;
        }
        match self.digits {
            0 => Decimal { negative: false, digits: 0, scale: 0 },
            _ => self,
        }
    }

    /// Rounded half away from zero to so many decimals, all of which it then has; the number itself
    /// where that cannot be written.
    pub fn rounded(self, decimals: i32) -> Decimal {
        let more = i64::from(decimals) - i64::from(self.scale);
        let power = |n: i64| u32::try_from(n).ok().and_then(|n| 10_u128.checked_pow(n));
        if more >= 0 {
            let digits = power(more).and_then(|power| self.digits.checked_mul(power));
            return digits.map_or(self, |digits| Decimal { digits, scale: decimals, ..self });
        }
        let digits = power(-more).map_or(0, |unit| (self.digits + unit / 2) / unit);
        Decimal { negative: self.negative && digits > 0, digits, scale: decimals }
    }

    /// Times ten to the power of `n`.
    pub fn shifted(self, n: i32) -> Decimal {
        Decimal { scale: self.scale.saturating_sub(n), ..self }
    }

    /// Whether both are the same number.
    pub fn equals(self, other: Decimal) -> bool {
        self.shortest() == other.shortest()
    }

    /// As so many parts of one, rounded half away from zero; none where there are too many.
    pub fn parts(self, of_one: u128) -> Option<i128> {
        let digits = self.digits.checked_mul(of_one)?;
        let power = |n: i32| u32::try_from(n).ok().and_then(|n| 10_u128.checked_pow(n));
        let parts = match self.scale {
            scale if scale <= 0 => digits.checked_mul(power(scale.checked_neg()?)?)?,
            scale => power(scale).map_or(0, |unit| (digits + unit / 2) / unit),
        };
        let parts = i128::try_from(parts).ok()?;
        Some(if self.negative { -parts } else { parts })
    }

    /// Writes it with an exponent where it was rounded to tens or more: its last digit is its unit.
    pub fn write_rounded(self, point: u8, out: &mut Vec<u8>) {
        if self.scale >= 0 || self.digits == 0 {
            return self.write(point, out);
        }
        let more = i32::try_from(self.digits.ilog10()).unwrap_or(0);
        Decimal { scale: more, ..self }.write(point, out);
        out.extend_from_slice(format!("e{}", more - self.scale).as_bytes());
    }

    /// Writes how many powers of ten it has, and which: `1235e3`.
    pub fn write_in(self, power: i32, point: u8, out: &mut Vec<u8>) {
        if self.digits == 0 {
            return self.write(point, out);
        }
        self.shifted(-power).write(point, out);
        out.extend_from_slice(format!("e{power}").as_bytes());
    }

    /// Writes it: plain, or with an exponent where it would be very long.
    pub fn write(self, point: u8, out: &mut Vec<u8>) {
        if self.negative {
            out.push(b'-');
        }
        let (mut buffer, mut start, mut rest) = ([b'0'; LONGEST], LONGEST - 1, self.digits);
        while let (true, Some(digit)) = (rest > 0, buffer.get_mut(start)) {
            let (tens, ones) = match u64::try_from(rest) {
                Ok(small) => (u128::from(small / 10), small % 10),
                Err(_) => (rest / 10, u64::try_from(rest % 10).unwrap_or(0)),
            };
            *digit = b'0' + u8::try_from(ones).unwrap_or(0);
            rest = tens;
            start = start.saturating_sub(1);
        }
        let first = if self.digits == 0 { LONGEST - 1 } else { start + 1 };
        let digits = buffer.get(first..).unwrap_or_default();
        if self.scale > PLAIN || self.scale < -PLAIN {
            out.extend_from_slice(digits);
            out.extend_from_slice(format!("e{}", -self.scale).as_bytes());
            return;
        }
        let decimals = usize::try_from(self.scale).unwrap_or(0);
        let zeros = usize::try_from(-self.scale).unwrap_or(0);
        match digits.len().checked_sub(decimals) {
            Some(whole) if whole > 0 => {
                out.extend_from_slice(digits.get(..whole).unwrap_or_default());
                if self.digits > 0 {
                    out.extend(std::iter::repeat_n(b'0', zeros));
                }
                if decimals > 0 {
                    out.push(point);
                    out.extend_from_slice(digits.get(whole..).unwrap_or_default());
                }
            }
            _ => {
                out.extend_from_slice(&[b'0', point]);
                out.extend(std::iter::repeat_n(b'0', decimals - digits.len()));
                out.extend_from_slice(digits);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: Decimal) -> String {
        let mut out = Vec::new();
        of.write(b'.', &mut out);
        String::from_utf8(out).expect("digits")
    }

    #[test]
    fn binary_dust_is_left_out() {
        for (stored, shown) in [
            ("12.8512", "12.8512"),
            ("0.30000000000000004", "0.3"),
            ("1234567890123456789", "1234567890123460000"),
            ("5045.0", "5045"),
            ("-0.05", "-0.05"),
            ("-0", "0"),
            ("1.5E-3", "0.0015"),
            ("1E+20", "100000000000000000000"),
            ("9.9999999999999999", "10"),
            ("4.9406564584124654E-324", "494065645841247e-338"),
            ("1e400", "1e400"),
        ] {
            assert_eq!(Decimal::parse(stored.as_bytes()).map(text).as_deref(), Some(shown));
        }
        for wrong in ["", "-", ".", "1.2.3", "abc", "1e", "1e99999", "0x1"] {
            assert_eq!(Decimal::parse(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn rounding_is_away_from_zero_and_exact() {
        for (stored, decimals, shown) in [
            ("12.8512", 1, "12.9"),
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("2.675", 2, "2.68"),
            ("-0.04", 1, "0.0"),
            ("7", 2, "7.00"),
            ("1234567", -3, "1235000"),
            ("0.4", 0, "0"),
            ("1e-300", 2, "0.00"),
        ] {
            let value = Decimal::parse(stored.as_bytes()).expect("a number");
            assert_eq!(text(value.rounded(decimals)), shown, "{stored}");
        }
    }
}
