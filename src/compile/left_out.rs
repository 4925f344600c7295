//! Rows that the `where` of a table surely leaves out, before any column has a type: what is no row of the
//! table does not say what its columns are. Comparisons of texts decide that; any other is not known yet.

use crate::compile::reading::missing_texts;
use crate::expr::regex::Regex;
use crate::expr::tree::{Cmp, Expr, Kind, children};
use crate::rules::TableRule;

/// The `where` of a table, and which texts of each column are no values.
pub struct LeftOut<'r> {
    filter: &'r Expr,
    patterns: Vec<(&'r str, Regex)>,
    columns: Vec<(&'r str, Vec<String>)>,
}

impl<'r> LeftOut<'r> {
    /// Of a table that has a `where`; of its columns by name and number.
    pub fn of(
        rule: &'r TableRule,
        columns: impl Iterator<Item = &'r str>,
        has_null: bool,
    ) -> Option<LeftOut<'r>> {
        let filter = &rule.filter.as_ref()?.tree;
        let mut patterns = Vec::new();
        take_patterns(filter, &mut patterns);
        let missing = |name: &str| missing_texts(rule, rule.contract(name), has_null);
        let columns = columns.map(|name| (name, missing(name))).collect();
        Some(LeftOut { filter, patterns, columns })
    }

    /// Whether a row is surely none of the table; `cell` gives the text of a column by its number.
    pub fn has(&self, cell: &dyn Fn(usize) -> Option<String>) -> bool {
        self.truth(self.filter, cell) == Some(false)
    }

    /// What a condition comes to; nothing where that needs types. Of a missing cell no comparison holds.
    fn truth(&self, e: &Expr, cell: &dyn Fn(usize) -> Option<String>) -> Option<bool> {
        let text = |e: &Expr| self.text(e, cell);
        match &e.kind {
            Kind::Bool(is) => Some(*is),
            Kind::Not(of) => self.truth(of, cell).map(|is| !is),
            Kind::And(all) => {
                let truths: Vec<_> = all.iter().map(|e| self.truth(e, cell)).collect();
                decided(&truths, false)
            }
            Kind::Or(all) => {
                let truths: Vec<_> = all.iter().map(|e| self.truth(e, cell)).collect();
                decided(&truths, true)
            }
            Kind::IsMissing { not, value } => Some(text(value)?.is_none() != *not),
            Kind::Compare { op: op @ (Cmp::Eq | Cmp::Ne), left, right, within: None } => {
                if !matches!((&left.kind, &right.kind), (Kind::Text(_), _) | (_, Kind::Text(_))) {
                    return None;
                }
                let (Some(left), Some(right)) = (text(left)?, text(right)?) else {
                    return Some(false);
                };
                Some((left == right) == (*op == Cmp::Eq))
            }
            Kind::InList { not, value, list } => {
                let is_text = |e: &Expr| matches!(e.kind, Kind::Text(_));
                let all: Option<Vec<Option<String>>> =
                    list.iter().map(|e| text(e).filter(|_| is_text(e))).collect();
                let (value, all) = (text(value)?, all?);
                Some(value.is_some() && all.contains(&value) != *not)
            }
            Kind::Matches { not, value, pattern, .. } => {
                let (_, regex) = self.patterns.iter().find(|(known, _)| known == pattern)?;
                Some(text(value)?.is_some_and(|text| regex.is_match(&text) != *not))
            }
            _ => None,
        }
    }

    /// The text of a cell, none where it is missing, or a text in quotes; nothing where it is neither, or where white
    /// space could count.
    fn text(&self, e: &Expr, cell: &dyn Fn(usize) -> Option<String>) -> Option<Option<String>> {
        match &e.kind {
            Kind::Text(text) => Some(Some(text.clone())),
            Kind::Ref(names) => {
                let [name] = &names[..] else { return None };
                let number = self.columns.iter().position(|(column, _)| *column == name.text)?;
                let text = cell(number)?;
                let is_missing = self.columns[number].1.iter().any(|m| m.trim() == text.trim());
                let is_plain = text.trim() == text;
                (is_missing || is_plain).then_some(Some(text).filter(|_| !is_missing))
            }
            _ => None,
        }
    }
}

/// The patterns of a condition, each once; a wrong one is reported where the condition is bound.
fn take_patterns<'e>(e: &'e Expr, patterns: &mut Vec<(&'e str, Regex)>) {
    if let Kind::Matches { pattern, .. } = &e.kind
        && patterns.iter().all(|(known, _)| known != pattern)
    {
        patterns.extend(Regex::new(pattern).ok().map(|regex| (pattern.as_str(), regex)));
    }
    children(e).into_iter().for_each(|part| take_patterns(part, patterns));
}

/// One that `decides` decides; else all must be known.
fn decided(truths: &[Option<bool>], decides: bool) -> Option<bool> {
    if truths.contains(&Some(decides)) {
        return Some(decides);
    }
    (!truths.contains(&None)).then_some(!decides)
}
