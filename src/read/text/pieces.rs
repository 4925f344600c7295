//! Matches in which a placeholder would hold a piece of a figure, as near misses.

use std::ops::Range;

use crate::read::pattern::Piece;
use crate::read::text::near::NearMiss;
use crate::read::text::searched::Searched;
use crate::value::prose::{Kind, Signs, figure};
use crate::value::prose_date::read_prose_date;
use crate::value::unread::odd_in_digits;
use crate::value::{Language, NumberFormat};

/// Pieces that are reported at most.
pub const MOST: usize = 5;

/// A match with a piece of a figure in it.
pub fn near(searched: &Searched<'_, '_>, matched: &Range<usize>, piece: &Piece) -> NearMiss {
    let (doc, pattern) = (searched.doc, searched.spec.pattern);
    let placeholder = pattern.placeholders.get(piece.placeholder);
    let expected = placeholder.and_then(|p| pattern.text.get(p.span.clone())).unwrap_or_default();
    let text = |range: &Range<usize>| doc.text.get(range.clone()).unwrap_or_default();
    let words = pattern.wording.size().0;
    NearMiss {
        span: doc.map.span(matched.clone()),
        words: (words, words),
        failed_at: doc.map.span(piece.of.clone()),
        expected: expected.to_string(),
        found: text(&piece.span).to_string(),
        unseen: Some(part_of(expected, (text(&piece.span), text(&piece.of)), pattern.language)),
    }
}

/// That what was found is only a piece of a figure, and what would read the figure.
fn part_of(expected: &str, (found, whole): (&str, &str), language: Language) -> String {
    let said = match found == whole {
        true => "no figure of this kind".to_string(),
        false => match odd_in_digits(whole) {
            Some(odd) => format!("only part of `{whole}`, which holds {odd}"),
            None => format!("only part of `{whole}`"),
        },
    };
    let lower = whole.to_lowercase();
    let name = expected.strip_prefix('{').and_then(|rest| rest.split_once(':'));
    if let Some((name, _)) = name
        && let Some((article, own)) = behind_article(whole, language)
        && (found == whole || found == own)
    {
        return format!("`{own}` is an ordinal: write `{article} {{{name}:ordinal}}`");
    }
    let has = |all: &[String]| all.iter().any(|words| is_behind_figure(&lower, words));
    let (is, kind) = match () {
        () if has(&language.points.all) => ("in percentage points", "points"),
        () if lower.contains(['%', '‰']) || has(&language.percent.all) => {
            ("a percentage", "percent")
        }
        () if is_of(Kind::Ordinal, &lower, language) => ("an ordinal", "ordinal"),
        () if found != whole && is_date(whole, language) => ("a date", "date"),
        () if found != whole && is_of(Kind::Percent, whole, language) => ("a share", "percent"),
        () if is_share_in_digits(whole, language) => {
            return format!("{said}: with such a whole a share is read in words only");
        }
        () => return said,
    };
    match name.filter(|(_, rest)| !rest.starts_with(kind)) {
        Some((name, _)) if found == whole => {
            format!("`{whole}` is {is}: write `{{{name}:{kind}}}`")
        }
        Some((name, _)) => format!("{said}; write `{{{name}:{kind}}}`"),
        None => said,
    }
}

/// Whether a figure ends with these words.
fn is_behind_figure(figure: &str, words: &str) -> bool {
    let before = figure.strip_suffix(words.trim_end_matches('.'));
    before.is_some_and(|before| !before.ends_with(char::is_alphabetic))
}

/// An article and the ordinal behind it: `a ninth`.
fn behind_article(text: &str, language: Language) -> Option<(&str, &str)> {
    let (article, own) = text.split_at_checked(language.articles.at(text)?.0)?;
    let own = own.trim_start();
    language.ordinals.get(own).map(|_| (article, own))
}

fn is_date(text: &str, language: Language) -> bool {
    let format = NumberFormat::in_language(language);
    read_prose_date(text, format.dating()).is_ok()
}

fn is_of(kind: Kind, text: &str, language: Language) -> bool {
    let signs = Signs::of(&NumberFormat { language, ..NumberFormat::default() });
    figure(text, &[kind], &signs).is_some()
}

/// `1 in 5,000`.
fn is_share_in_digits(text: &str, language: Language) -> bool {
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    behind.len() < text.len()
        && language.shares.within.at(behind.trim_start()).is_some()
        && text.ends_with(|c: char| c.is_ascii_digit())
}
