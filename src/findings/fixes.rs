//! What a cell was perhaps meant to be: a name that is known, or, where it breaks its contract only by the form in
//! which it is written, that form.

use std::borrow::Cow;

use crate::engine::data::check::Kind;
use crate::engine::pass::locate::Located;
use crate::engine::states::env::{At as Env, Filled, UnitRow};
use crate::expr::bound::Op;
use crate::expr::eval::{Verdict, eval, verdict};
use crate::expr::formats::has_format;
use crate::findings::about::Proof;
use crate::findings::items;
use crate::findings::maker::FindingMaker;
use crate::findings::place;
use crate::findings::spellings::{is_code, lower, spaced};
use crate::findings::words;
use crate::report::{At, Fix, Place};
use crate::value::form::{Form, declared};
use crate::value::{Hedge, Type};
use crate::width::to_usize;

/// Longer cells stay as they are.
const MOST: u64 = 10_000;

impl FindingMaker<'_, '_> {
    /// The name that a value which is no member of a list in the data was perhaps meant to be.
    pub(crate) fn suggested(&self, proof: &Proof<'_>, nth: u64) -> Option<String> {
        let root = &proof.trace.root;
        let (state, parts) = match &root.bound.op {
            Op::Member { state, not: false, .. } => {
                (*state, vec![root.args.first()?.value.to_text()])
            }
            // A rule that asks whether a row is there may ask for more than are listed anywhere.
            Op::IsMissing { not: true, value } if proof.assertion.claim().is_some() => {
                let Op::Lookup { state, .. } = value.op else { return None };
                let key = &root.args.first()?.args;
                (state, key.iter().map(|part| part.value.to_text()).collect())
            }
            Op::Items { .. } => {
                let (state, value) = items::sought(proof)?;
                (state, vec![value])
            }
            _ => return None,
        };
        self.suggestions.of(state, &parts, words::known_names(proof.env, state), nth)
    }

    /// The fix of a cell that its column cannot read.
    pub(crate) fn fix_of_unread(
        &self,
        (table, column): (usize, usize),
        located: &Located,
    ) -> Option<Box<Fix>> {
        let reading = self.job.tables.get(table)?.reading(located.row.pivot, column)?;
        let is_plain = located.row.hedges.get(column) == Some(&Hedge::None);
        let form = declared(reading, located.row.texts.get(column)?).filter(|_| is_plain)?;
        let fix = self.fix((table, column), located, form)?;
        // What is found in sentences stays as it is said.
        (fix.written.is_ok() || !reading.number.prose).then_some(fix)
    }

    /// The fix of a text that is not what its contract demands.
    pub(crate) fn fix_of_demand(&self, proof: &Proof<'_>) -> Option<Box<Fix>> {
        let (table, located) = proof.row?;
        let (Kind::Demand { column, .. } | Kind::Like { column, .. }) = &proof.assertion.kind
        else {
            return None;
        };
        let text = located.row.texts.get(*column)?;
        let of = self.job.tables.get(table)?;
        if of.reading(located.row.pivot, *column)?.ty != Type::Text {
            return None;
        }
        let listed = in_list(text, &self.listed(proof, text));
        let holds = |form: &Form| self.holds_for(proof, (table, *column), (located, &form.text));
        let form = listed.or_else(|| spaces(text)).filter(holds)?;
        self.fix((table, *column), located, form)
    }

    /// The texts that the contract allows, where it lists them or a column does, and all are known; of
    /// those of a column what may be the text.
    fn listed<'p>(&self, proof: &'p Proof<'_>, text: &str) -> Vec<Cow<'p, str>> {
        match &proof.assertion.bound.op {
            Op::InList { not: false, list, .. } => {
                list.iter().map(|text| Cow::Owned(eval(text, proof.env).to_text())).collect()
            }
            Op::Member { not: false, state, .. } => match proof.env.shared.filled.get(*state) {
                Some(Filled::Index(index)) if index.has_all_names() => {
                    let names = index.names();
                    self.suggestions.spellings(*state, names).like(text, names)
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Whether a demand holds for another text of the cell.
    fn holds_for(
        &self,
        proof: &Proof<'_>,
        (table, column): (usize, usize),
        (located, text): (&Located, &str),
    ) -> bool {
        if let Kind::Like { name, .. } = &proof.assertion.kind {
            return has_format(name, text).is_ok();
        }
        let mut row = located.row.clone();
        if let Some(cell) = row.texts.get_mut(column) {
            *cell = text.to_string();
        }
        let units = [UnitRow::Located(&row, table)];
        self.with_env(&units, located.id, |env: &Env<'_>| {
            verdict(&eval(&proof.assertion.bound, env)) == Verdict::Holds
        })
    }

    fn fix(
        &self,
        (table, column): (usize, usize),
        located: &Located,
        Form { kind, text }: Form,
    ) -> Option<Box<Fix>> {
        let of = self.job.tables.get(table).filter(|table| table.is_declared())?;
        let place = place::of_cell(self.files, of, column, located);
        let old = located.row.texts.get(column)?.clone();
        let written = self.written(&place, &old, &text);
        Some(Box::new(Fix { kind, place, old, new: text, written }))
    }

    /// What stands at the place of a cell for another text.
    fn written(&self, place: &Place, old: &str, new: &str) -> Result<Vec<u8>, &'static str> {
        const OTHERWISE: &str = "the cell is written in another way";
        let At::Bytes { file, span, derived, .. } = place.at else {
            return Err("the file is no text");
        };
        if derived {
            return Err("the file is compressed, in an archive, or in another encoding than UTF-8");
        }
        if span.len() > MOST {
            return Err("the cell is too long");
        }
        let (bytes, reader) = (self.files.bytes(file), self.reader(file));
        let (Some(bytes), Some(reader)) = (bytes, reader) else { return Err(OTHERWISE) };
        let mut cell = vec![0; to_usize(span.len())];
        let is_read = bytes.read_at(span.start, &mut cell).is_ok_and(|n| n == cell.len());
        // Only where the way in which cells are written gives the cell as it stands.
        let is_known = is_read && reader.rewritten(&cell, old).is_some_and(|own| own == cell);
        reader.rewritten(&cell, new).filter(|_| is_known).ok_or(OTHERWISE)
    }
}

/// The only one of some texts that is the same but for white space, capital letters or zeros in front.
fn in_list(text: &str, all: &[Cow<'_, str>]) -> Option<Form> {
    let only = |kind, is: &dyn Fn(&str) -> bool| {
        let mut found = all.iter().filter(|other| is(other));
        let first = found.next().filter(|first| found.all(|other| other == *first))?;
        Some(Form { kind, text: first.to_string() })
    };
    let code = text.trim();
    let is_longer = |other: &str| {
        is_code(other)
            && other.len() > code.len()
            && other.trim_start_matches('0') == code.trim_start_matches('0')
    };
    only("white-space", &|other| spaced(other).eq(spaced(text)))
        .or_else(|| only("letter-case", &|other| lower(other).eq(lower(text))))
        .or_else(|| is_code(code).then(|| only("leading-zeros", &is_longer)).flatten())
}

/// The text without white space around it, and with single spaces within; none where it is so.
fn spaces(text: &str) -> Option<Form> {
    let (trimmed, spaced) = (text.trim(), spaced(text).collect::<String>());
    // No more is changed than it takes: what is within is looked at where nothing is around.
    let new = if trimmed == text { spaced } else { trimmed.to_string() };
    (new != text && !new.is_empty()).then_some(Form { kind: "white-space", text: new })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_one_that_it_is_like() {
        let all = ["Nord", "Süd", "Bad Ischl", "0470", "04700", "a", "A", "01"].map(Cow::from);
        for (text, new) in [
            ("nord", Some(("letter-case", "Nord"))),
            ("SÜD", Some(("letter-case", "Süd"))),
            (" Nord", Some(("white-space", "Nord"))),
            ("Bad\u{a0}Ischl", Some(("white-space", "Bad Ischl"))),
            ("bad  ischl", Some(("letter-case", "Bad Ischl"))),
            ("470", Some(("leading-zeros", "0470"))),
            ("4700", Some(("leading-zeros", "04700"))),
            ("1", Some(("leading-zeros", "01"))),
            ("47", None),
            ("0", None),
            ("Nordost", None),
            ("Á", None),
        ] {
            let form = in_list(text, &all);
            let form = form.as_ref().map(|form| (form.kind, form.text.as_str()));
            assert_eq!(form, new, "{text:?}");
        }
        let twice = ["a", "A"].map(Cow::from);
        assert_eq!(in_list("\u{a0}a", &twice).map(|f| f.text).as_deref(), Some("a"));
        assert_eq!(in_list("ab", &["AB", "Ab"].map(Cow::from)), None);
    }

    #[test]
    fn white_space_around_goes_before_that_within() {
        for (text, new) in [
            (" a  b ", Some("a  b")),
            ("a  b", Some("a b")),
            ("a\u{a0}b", Some("a b")),
            ("a b", None),
            ("\u{a0}", None),
        ] {
            assert_eq!(spaces(text).map(|form| form.text).as_deref(), new, "{text:?}");
        }
    }
}
