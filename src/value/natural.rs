//! The natural order of texts: figures within them by their size, `v9` before `v10`.

use std::cmp::Ordering;

/// A text by whose characters texts are in natural order. Figures are compared by how many digits they
/// have, then by these; where nothing else differs, by the zeros in front of them.
pub fn key(text: &str) -> String {
    /// Figures with more digits count as ones with so many.
    const MOST_DIGITS: usize = 0xD000;
    let (mut key, mut zeros) = (String::with_capacity(text.len() + 8), Vec::new());
    let counted = |n: usize| {
        let n = u32::try_from(n.min(MOST_DIGITS)).unwrap_or_default();
        char::from_u32(0x100 + n).unwrap_or('\u{100}')
    };
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if !first.is_ascii_digit() {
            key.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        let own = digits.trim_start_matches('0');
        // A figure stands where its first digit would, among other characters.
        key.push('0');
        key.push(counted(own.len()));
        key.push_str(own);
        zeros.push(counted(digits.len() - own.len()));
        rest = after;
    }
    key.push('\0');
    key.extend(zeros);
    key
}

/// Which of two texts comes first.
pub fn order(a: &str, b: &str) -> Ordering {
    key(a).cmp(&key(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_in_texts_are_in_order() {
        let sorted = [
            "", "-1", "0", "1", "01", "2", "10", "10a", "10b2", "10b10", "1000", "A", "a", "a 1",
            "a1", "a1.2", "a1.10", "a2", "a002", "a10", "aB", "b",
        ];
        for pair in sorted.windows(2) {
            assert_eq!(order(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
        assert_eq!(order("a10", "a10"), Ordering::Equal);
        let long = format!("x{}", "9".repeat(60_000));
        assert_eq!(order("x1", &long), Ordering::Less);
    }
}
