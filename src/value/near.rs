//! Texts that somebody may have meant to be the same.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Whether two texts are equal but for case, accents and white space, or for one edit in five or more
/// letters. Other digits are another text, not a slip.
pub fn is_near(a: &str, b: &str) -> bool {
    let (a, b) = (plain(a), plain(b));
    let letters = a.iter().filter(|c| c.is_alphabetic()).count();
    let digits =
        |text: &[char]| -> Vec<char> { text.iter().copied().filter(|c| c.is_numeric()).collect() };
    a == b || letters >= 5 && digits(&a) == digits(&b) && is_one_edit(&a, &b)
}

fn plain(text: &str) -> Vec<char> {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c) && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether one letter is put in, left out or changed, or two that stand side by side are swapped.
fn is_one_edit(a: &[char], b: &[char]) -> bool {
    let common = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(common..).unwrap_or_default(), b.get(common..).unwrap_or_default());
    match (a, b) {
        ([x, y, rest @ ..], [z, w, other @ ..]) if x == w && y == z => rest == other,
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([_, short @ ..], long) if short == long => true,
        (short, [_, long @ ..]) => short == long,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_near_and_other_texts_are_not() {
        for (a, b, near) in [
            ("west", "West", true),
            ("Karnten", "Kärnten", true),
            ("New  York ", "New York", true),
            ("Essex", "Esex", true),
            ("Esesx", "Essex", true),
            ("Essexx", "Essex", true),
            ("Sussex", "Bussex", true),
            ("Wset", "West", false),
            ("open", "opens", false),
            ("Essex", "Sussex", false),
            ("Region 1", "Region 2", false),
            ("Region 12", "Region 1", false),
        ] {
            assert_eq!(is_near(a, b), near, "{a} {b}");
        }
    }
}
