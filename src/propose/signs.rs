//! How the figures of a table are written: decimal sign and grouping.

use crate::propose::marks::strip;
use crate::propose::sample::{Sample, SampleColumn};
use crate::propose::slips::slips;
use crate::value::advice::is_no_value;
use crate::value::digits::{percent_mark, sign};
use crate::value::{Language, NumberFormat};

/// What speaks for the meaning of one sign.
#[derive(Debug, Clone, Copy, Default)]
struct Votes {
    /// Texts that it can only cut at the decimals.
    decimal: usize,
    /// Texts that it can only cut into thousands.
    grouping: usize,
    /// Texts that it may cut either way.
    either: usize,
    /// Columns in which it must be a decimal sign, as figures of more than three digits have none.
    loose: usize,
}

impl Votes {
    fn add(&mut self, other: Votes) {
        self.decimal += other.decimal;
        self.grouping += other.grouping;
        self.either += other.either;
        self.loose += other.loose;
    }
}

/// How the figures of a table are written.
#[derive(Debug, Clone, PartialEq)]
pub struct Signs {
    pub format: NumberFormat,
    /// A sign that cuts off three digits wherever it stands, beside longer figures without it: nothing
    /// in the table says whether it cuts decimals or thousands.
    pub doubtful: Option<char>,
}

/// How the figures of a table in a text are written: as the language of that is, where nothing in the table
/// speaks against it.
pub fn in_text(sample: &Sample, (delimiter, language): (u8, Language)) -> Signs {
    let Signs { format, doubtful } = of(sample, delimiter);
    let NumberFormat { decimal, .. } = format;
    let usual = Language::default();
    let has = |sign: char| {
        let mut texts = sample.columns.iter().filter_map(figures).flatten();
        texts.any(|text| text.contains(sign))
    };
    // A comma or a point before other than three digits is known for what it is.
    let is_other = decimal != language.decimal && has(decimal) && !is_open(sample, decimal);
    if language == usual || is_other {
        return Signs { format, doubtful };
    }
    let grouping = language.grouping_of_columns(language.decimal);
    let grouping = format.grouping.filter(|sign| *sign != language.decimal).or(grouping);
    let grouping = grouping.filter(|sign| *sign == ' ' || has(*sign));
    let decimal = language.decimal;
    Signs { format: NumberFormat { decimal, grouping, language, ..format }, doubtful: None }
}

/// Whether a sign may cut thousands wherever it stands.
fn is_open(sample: &Sample, sign: char) -> bool {
    let mut columns = sample.columns.iter().filter_map(figures);
    columns.all(|texts| votes(&texts, sign).decimal == 0)
}

/// How the figures of a table are written; `;` between fields speaks for a decimal comma.
pub fn of(sample: &Sample, delimiter: u8) -> Signs {
    let [mut comma, mut dot, mut others] = [Votes::default(); 3];
    let (mut other, mut doubtful) = (None, None);
    for column in &sample.columns {
        let Some(texts) = figures(column) else { continue };
        for (sign, all) in [(',', &mut comma), ('.', &mut dot)] {
            let own = votes(&texts, sign);
            doubtful = doubtful.or(Some(sign).filter(|_| own.loose > 0 && own.either > 0));
            all.add(own);
        }
        for sign in [' ', '\''] {
            let own = votes(&texts, sign);
            if own.grouping + own.either > 0 && own.loose == 0 {
                others.add(own);
                other = other.or(Some(sign));
            }
        }
    }
    let is_comma = match (comma.decimal, dot.decimal) {
        (0, 0) => {
            // Nothing but groups of three: a sign in front of longer figures cuts no thousands.
            let may_group = |own: Votes| own.loose == 0 && own.grouping + own.either > 0;
            let only =
                |own: Votes, other: Votes| may_group(own) && other.either + other.grouping == 0;
            let is_sheet = delimiter == b';';
            dot.grouping > 0
                || (comma.either > 0 && comma.loose > 0)
                || (is_sheet && comma.grouping == 0 && only(comma, dot))
                || (is_sheet && only(dot, comma))
        }
        (of_comma, of_dot) => of_comma > of_dot,
    };
    let (decimal, group, its) = if is_comma { (',', '.', dot) } else { ('.', ',', comma) };
    // What one column proves holds for the table: some figures may lack the sign.
    let groups = its.grouping > its.decimal
        || (its.decimal == 0 && its.loose == 0 && its.grouping + its.either > 0);
    let format = NumberFormat {
        decimal,
        grouping: if groups { Some(group) } else { other },
        ..NumberFormat::default()
    };
    let is_proved = comma.decimal + dot.decimal + comma.grouping + dot.grouping > 0;
    Signs { format, doubtful: doubtful.filter(|_| !is_proved) }
}

/// A text of a column that such a sign cuts.
pub fn in_doubt(column: &SampleColumn, sign: char) -> Option<&str> {
    let texts = figures(column)?;
    texts.into_iter().find(|text| text.contains(sign))
}

/// Figures of a column that lack the sign between thousands which the others have: few.
pub fn ungrouped(column: &SampleColumn, format: &NumberFormat) -> Vec<String> {
    let (Some(sign), Some(texts)) = (format.grouping, figures(column)) else { return Vec::new() };
    let has_sign = |text: &&&str| text.contains(|c| is_sign(c, sign));
    let is_bare = |text: &&&str| {
        let whole = text.split(format.decimal).next().unwrap_or(text);
        whole.len() > 3 && whole.bytes().all(|b| b.is_ascii_digit())
    };
    let with = texts.iter().filter(has_sign).count();
    let bare: Vec<String> = texts.iter().filter(is_bare).map(|text| (*text).to_string()).collect();
    if bare.len() <= slips(with + bare.len()) { bare } else { Vec::new() }
}

/// The texts of a column of figures, without what stands around the digits.
fn figures(column: &SampleColumn) -> Option<Vec<&str>> {
    let mut all = Vec::new();
    let mut others = 0;
    for text in column.texts.iter().map(|t| strip(t, &column.marks).trim()) {
        if text.is_empty() {
            continue;
        }
        let body = percent_mark(sign(text).1).0;
        if is_code(body) {
            return None;
        }
        let digits = |c: char| c.is_ascii_digit() || ".,'’".contains(c) || is_space(c);
        if body.chars().all(digits) && body.contains(|c: char| c.is_ascii_digit()) {
            all.push(body);
        } else if !is_no_value(text) {
            others += 1;
        }
    }
    (all.len() >= others * 10 && !all.is_empty()).then_some(all)
}

/// Whether digits with several points are a code of levels, such as `1.10.2`: no figure is cut so.
fn is_code(body: &str) -> bool {
    let parts: Vec<&str> = body.split('.').collect();
    parts.len() > 2 && parts.last().is_some_and(|last| !last.contains(',') && last.len() != 3)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}')
}

fn is_sign(c: char, sign: char) -> bool {
    match sign {
        ' ' => is_space(c),
        '\'' => matches!(c, '\'' | '’'),
        sign => c == sign,
    }
}

/// What the texts of a column say of a sign.
fn votes(texts: &[&str], sign: char) -> Votes {
    let mut votes = Votes::default();
    let (mut is_long, mut is_used) = (false, false);
    for text in texts {
        let parts: Vec<&str> = text.split(|c| is_sign(c, sign)).collect();
        let [first, rest @ ..] = parts.as_slice() else { continue };
        if rest.is_empty() {
            let whole = first.split(['.', ',']).next().unwrap_or(first);
            is_long |= whole.len() > 3 && whole.bytes().all(|b| b.is_ascii_digit());
            continue;
        }
        is_used = true;
        let last = rest.last().copied().unwrap_or_default();
        let whole = last.split(['.', ',']).next().unwrap_or(last);
        let has_both = whole.len() < last.len();
        let thousands = (1..=3).contains(&first.len())
            && first.bytes().all(|b| b.is_ascii_digit())
            && !(first.starts_with('0') && rest.len() == 1)
            && rest.iter().all(|part| part == &last || part.len() == 3)
            && whole.len() == 3;
        if thousands && (rest.len() > 1 || has_both) {
            votes.grouping += 1;
        } else if thousands {
            votes.either += 1;
        } else if rest.len() == 1 {
            votes.decimal += 1;
        }
    }
    votes.loose = usize::from(is_long && is_used);
    votes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(columns: &[&[&str]], delimiter: u8) -> (char, Option<char>) {
        let column = |texts: &&[&str]| SampleColumn {
            texts: texts.iter().map(|t| Box::from(*t)).collect(),
            ..SampleColumn::default()
        };
        let sample = Sample { columns: columns.iter().map(column).collect(), ..Sample::default() };
        let format = of(&sample, delimiter).format;
        (format.decimal, format.grouping)
    }

    #[test]
    fn what_fits_both_ways_is_in_doubt() {
        let column = |texts: &[&str]| SampleColumn {
            texts: texts.iter().map(|t| Box::from(*t)).collect(),
            ..SampleColumn::default()
        };
        let doubtful = |columns: &[&[&str]], delimiter| {
            let columns = columns.iter().map(|texts| column(texts)).collect();
            of(&Sample { columns, ..Sample::default() }, delimiter).doubtful
        };
        assert_eq!(doubtful(&[&["11.100", "12.153", "16365"]], b';'), Some('.'));
        assert_eq!(doubtful(&[&["11,100", "12,153", "16365"]], b','), Some(','));
        assert_eq!(doubtful(&[&["11.100", "16365"], &["2.100,0"]], b';'), None);
        assert_eq!(doubtful(&[&["11.100", "16365"], &["2.5"]], b';'), None);
        assert_eq!(doubtful(&[&["1.840", "2.200"]], b','), None);
    }

    #[test]
    fn signs_are_known_by_what_they_cut() {
        assert_eq!(found(&[&["1.5", "2.25"]], b','), ('.', None));
        assert_eq!(found(&[&["1,5", "2,25"]], b';'), (',', None));
        assert_eq!(found(&[&["1.840,5", "2,25"]], b';'), (',', Some('.')));
        assert_eq!(found(&[&["1,840.5", "200"]], b','), ('.', Some(',')));
        assert_eq!(found(&[&["1,840", "200", "3,000,000"]], b','), ('.', Some(',')));
        assert_eq!(found(&[&["1,840", "200"]], b','), ('.', Some(',')));
        assert_eq!(found(&[&["1.840", "20000"]], b';'), ('.', None));
        assert_eq!(found(&[&["1.840", "200"]], b';'), (',', Some('.')));
        assert_eq!(found(&[&["1.840", "2.200"]], b','), ('.', None));
        assert_eq!(found(&[&["1 840", "200"], &["1,5"]], b';'), (',', Some(' ')));
        assert_eq!(found(&[&["1'840.50", "200"]], b';'), ('.', Some('\'')));
        assert_eq!(found(&[&["1.840", "200"], &["1,5"]], b';'), (',', Some('.')));
        assert_eq!(found(&[&["1,859", "1,799"]], b';'), (',', None));
        let mixed: &[&[&str]] = &[&["2.100,0", "3.137,1"], &["11.100", "16365"]];
        assert_eq!(found(mixed, b';'), (',', Some('.')));
        let codes: &[&[&str]] =
            &[&["1.1", "1.2", "1.2.1", "1.3"], &["51.873", "406.633"], &["2,5"]];
        assert_eq!(found(codes, b';'), (',', Some('.')));
        assert_eq!(found(&[&["a", "b"]], b','), ('.', None));
        assert_eq!(found(&[&["0.123", "0.455"]], b';'), ('.', None));
    }
}
