//! Findings: as the scan notes them, and as they are shown.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::fault::{Fault, Severity};
use crate::report::certificate::Certificate;
use crate::report::fix::Fix;
use crate::report::identity::{Demand, Identity, evidence};
use crate::report::place::Place;
use crate::report::renames::Renames;
use crate::report::status::{Acceptance, Status};
use crate::report::suspect::Suspect;
use crate::report::terms::TermShape;
use crate::source::RowId;
use crate::value::Number;

/// What the scan notes of one failing unit: no strings, 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C)]
pub struct RawFinding {
    /// The row, group or combination it is about.
    pub row: RowId,
    /// The first row of a duplicate, an offset, or the hash of a key.
    pub aux: u64,
    /// What is wrong: a number in the engine's table of classes.
    pub class: u32,
}

/// What a label shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The stated figure, or the cell that is wrong.
    Stated,
    /// A cell that the other side was computed from.
    Operand,
    /// A cell by which the others were chosen.
    Condition,
    /// Such a cell that is part of the key by which the row is called.
    Key,
    /// Where the same thing stands first.
    First,
    /// The rule that asked.
    Rule,
}

/// A place with a few words.
#[derive(Debug, Clone)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What it shows.
    pub role: Role,
    /// A few words; may be empty.
    pub text: String,
}

/// How far two sides are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tier {
    /// No rounding was allowed for.
    Exact,
    /// Explained by rounding.
    Rounding,
    /// Within what rounding can do, but beyond three standard deviations of it.
    Improbable,
    /// Beyond what rounding can do.
    Impossible,
    /// Partial dates leave it open.
    Possible,
}

impl Tier {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Tier::Exact => "exact",
            Tier::Rounding => "rounding",
            Tier::Improbable => "improbable",
            Tier::Impossible => "impossible",
            Tier::Possible => "possible",
        }
    }
}

/// One side of a comparison, worded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The expression as the rule has it.
    pub expression: String,
    /// Its value for people: `16.95 %`, `14,682`.
    pub value: String,
    /// How near to it is meant, as the words around it in a text say: `at most`.
    pub hedge: Option<&'static str>,
    /// Its value exactly: a decimal, or a fraction `p/q`; empty for texts.
    pub exact: String,
    /// The interval its writing implies, when asked for: low and high end for people.
    pub range: Option<(String, String)>,
}

impl Side {
    /// Its value, where it is a number.
    pub fn number(&self) -> Option<Number> {
        match self.exact.split_once('/') {
            Some((over, under)) => Number::parse(over)?.checked_div(&Number::parse(under)?),
            None => Number::parse(&self.exact),
        }
    }
}

/// One cell that went into a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// `false`: left side, `true`: right side.
    pub right: bool,
    /// What it is called: the row's key, or the column.
    pub name: String,
    /// `+`, `-`, `×`, `÷` or empty.
    pub sign: &'static str,
    /// The value as written.
    pub value: String,
    /// The value, where it is a number.
    pub number: Option<Number>,
    /// Where it stands.
    pub place: Option<Place>,
    /// The term that it is a part of, by name: an aggregate, a bracket or a call, which comes after
    /// its parts; empty for an operand of the side.
    pub part_of: String,
}

impl Term {
    /// What its place in a working depends on.
    pub fn shape(&self) -> TermShape<'_> {
        TermShape {
            name: &self.name,
            part_of: &self.part_of,
            sign: self.sign,
            is_placed: self.place.is_some(),
        }
    }
}

/// The arithmetic behind a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Working {
    /// The left side of the comparison.
    pub left: Side,
    /// `=`, `<=`, …
    pub relation: &'static str,
    /// The right side.
    pub right: Side,
    /// What the left and the right side are called where findings are listed: what each is to the other, or its name.
    pub headings: [Cow<'static, str>; 2],
    /// Left minus right, of an equation what is stated minus what follows; for people, and empty where
    /// it makes no sense.
    pub difference: Option<String>,
    /// The same exactly: a decimal or a fraction; empty where it is no number.
    pub exact_difference: String,
    /// How much was allowed and why.
    pub allowance: Option<String>,
    /// How far apart they are.
    pub tier: Tier,
    /// What an operand would have to be: "20 % of 86,600 needs 16,887 to 17,753; …".
    pub required: Option<String>,
    /// The cells, in order; at most fifty.
    pub terms: Vec<Term>,
    /// How many more there are.
    pub more_terms: u64,
    /// Remarks: "2 missing values were left out", "1 record was set aside".
    pub notes: Vec<String>,
}

impl Working {
    /// Whether a side is one cell, and nothing is computed.
    pub fn is_cell(&self, right: bool) -> bool {
        let mut terms = self.terms.iter().filter(|t| t.right == right);
        terms.next().is_some_and(|t| t.part_of.is_empty() && t.place.is_some())
            && terms.next().is_none()
    }

    /// How far the sides are apart, where both are numbers.
    pub fn distance(&self) -> Option<Number> {
        Some((&self.left.number()? - &self.right.number()?).abs())
    }

    /// Whether the right side of an equation is what is stated, and the left one what follows: the
    /// difference is what is stated minus what follows, whichever is written first.
    pub fn is_turned(&self) -> bool {
        match self.left.number().zip(self.right.number()) {
            Some((left, right)) if left != right && !self.exact_difference.is_empty() => {
                (left < right) != self.exact_difference.starts_with('-')
            }
            _ => self.is_cell(true) && !self.is_cell(false),
        }
    }
}

/// An answer that could not be decided.
#[derive(Debug, Clone)]
pub struct UndecidedAnswer {
    /// Which assertion of the check, from 0; none where its `where` is open.
    pub assertion: Option<u32>,
    /// Why, in words.
    pub cause: &'static str,
    /// The cell that caused it, else the row.
    pub place: Place,
}

/// Answers of a check that could not be decided.
#[derive(Debug, Clone, Default)]
pub struct UndecidedAnswers {
    /// How many there are.
    pub count: u64,
    /// The first of them: a thousand where they are written, else one.
    pub answers: Vec<UndecidedAnswer>,
}

/// A key that no row of a table has, where that is why a demand is not met.
#[derive(Debug, Clone)]
pub struct AbsentKey {
    /// The table without such a row.
    pub table: String,
    /// Its values, in order.
    pub parts: Vec<AbsentPart>,
    /// Whether the check asks that it be there: it is no key of an aggregate.
    pub is_reference: bool,
    /// Whether rows that have it are what a sum lacks, which has another key.
    pub is_elsewhere: bool,
    /// What the check was asked of, "rows"; none of a look-up, which finds each key once.
    pub cases: Option<&'static str>,
    /// How many of these have it, where that is known of all.
    pub all: Option<u64>,
}

/// One value of such a key.
#[derive(Debug, Clone)]
pub struct AbsentPart {
    /// Where it stands, `table.column`; an expression where it is computed.
    pub from: String,
    /// The value.
    pub value: String,
    /// The hash of both: they may be cut when they are shown.
    pub id: u64,
}

impl AbsentPart {
    /// A value and where it stands.
    pub fn new(from: String, value: String) -> AbsentPart {
        AbsentPart { id: evidence(&[&from, &value]), from, value }
    }
}

/// A sentence that states a figure, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// What stands before the figure.
    pub before: String,
    /// The figure.
    pub text: String,
    /// What stands after it.
    pub after: String,
}

/// One thing that is wrong, ready to be shown.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which assertion of the check, from 0.
    pub assertion: u32,
    /// How much it matters.
    pub severity: Severity,
    /// What the check is about, in its author's words.
    pub title: Option<String>,
    /// What its assertion asks, where that is made of what a rule says.
    pub claim: Option<String>,
    /// One sentence.
    pub message: String,
    /// Places; the first is the primary one. Empty for findings without a place.
    pub labels: Vec<Label>,
    /// Which bytes are wrong of the cell that the message quotes, where it is not all of it.
    pub odd: Option<Range<usize>>,
    /// The arithmetic, where there is any.
    pub working: Option<Working>,
    /// All that the verdict follows from.
    pub certificate: Option<Arc<Certificate>>,
    /// Of a figure in a text: the sentence that states it.
    pub quote: Option<Box<Quote>>,
    /// Whether its difference is below the check's `trivial_below`.
    pub is_trivial: bool,
    /// The likely explanation, worded as a question unless it is certain.
    pub explanation: Option<String>,
    /// Cells that may be wrong, the likeliest first; at most three.
    pub suspects: Vec<Suspect>,
    /// The cell in the form that the rules declare, where that is what it lacks.
    pub fix: Option<Box<Fix>>,
    /// Other findings that have the same cause: they count as one with this.
    pub crossed: Vec<Finding>,
    /// What to do.
    pub help: Option<String>,
    /// Where to read more.
    pub url: Option<String>,
    /// The row's key or the group's, as text.
    pub key: Option<String>,
    /// What could not be decided, where that is what it says.
    pub undecided: Option<Box<UndecidedAnswers>>,
    /// The key that is nowhere, where that is why.
    pub absent: Option<Box<AbsentKey>>,
    /// The hash of the figures or texts that were compared: by it, the same finding has changed.
    pub evidence: u64,
    /// How it compares with the old version; none where there is nothing to compare with.
    pub status: Option<Status>,
    /// What accepts it.
    pub accepted: Option<Box<Acceptance>>,
    /// Whether it counts for the exit status: it is new, or nothing is known before, and nobody has
    /// accepted it.
    pub counts: bool,
    identity: Identity,
    /// The same under the names of which the fingerprint is made, where they are others.
    former: Option<Box<Identity>>,
    fingerprint: u128,
    /// How many with the same identity come before it.
    before: u64,
}

impl Finding {
    /// A finding with nothing but its identity and its message.
    pub fn new(identity: Identity, severity: Severity, message: String) -> Finding {
        Finding {
            assertion: 0,
            severity,
            title: None,
            claim: None,
            message,
            labels: Vec::new(),
            odd: None,
            working: None,
            is_trivial: false,
            certificate: None,
            quote: None,
            explanation: None,
            suspects: Vec::new(),
            fix: None,
            crossed: Vec::new(),
            help: None,
            url: None,
            key: None,
            undecided: None,
            absent: None,
            evidence: evidence::<&str>(&[]),
            status: None,
            accepted: None,
            counts: true,
            fingerprint: identity.fingerprint(0),
            identity,
            former: None,
            before: 0,
        }
    }

    /// The user's check id, a contract (`table.column`), or the built-in name.
    pub fn check(&self) -> &str {
        &self.identity.check
    }

    /// The built-in name.
    pub fn fault(&self) -> &'static Fault {
        self.identity.fault
    }

    /// The table it is about.
    pub fn table(&self) -> Option<&str> {
        self.identity.table.as_deref()
    }

    /// The names and the demand that renderers write, to be cut and escaped; the fingerprint stays.
    pub(crate) fn shown_names(&mut self) -> impl Iterator<Item = &mut String> {
        let Identity { check, table, column, demand, .. } = &mut self.identity;
        let demand = match demand {
            Demand::Assertion(text) => Some(text),
            Demand::Contract(_) | Demand::Structure => None,
        };
        std::iter::once(check).chain(table).chain(column).chain(demand)
    }

    /// What it is about.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The same under the names that things had first.
    pub fn first_identity(&self) -> &Identity {
        self.former.as_deref().unwrap_or(&self.identity)
    }

    /// The hash of its identity: it stays the same when rows move or another assertion is mended.
    pub fn fingerprint(&self) -> u128 {
        self.fingerprint
    }

    /// Takes what would mend it, and says in its help that this can be written.
    pub fn offer(&mut self, fix: Option<Box<Fix>>) {
        if let Some(fix) = fix.as_ref().filter(|fix| fix.written.is_ok()) {
            // Two kinds of white space look alike.
            let lead = if fix.kind == "white-space" { "its white space is other: " } else { "" };
            let said = format!("{lead}`--fix` writes `{}`", fix.new);
            self.add_help(said);
        }
        self.fix = fix;
    }

    /// Says something more in its help.
    pub fn add_help(&mut self, said: String) {
        self.help = Some(match self.help.take() {
            Some(help) if help.ends_with(['.', '?', '!']) => format!("{help} {said}"),
            Some(help) => format!("{help}; {said}"),
            None => said,
        });
    }

    /// The fingerprint that it would have if no other with the same identity came before it.
    pub fn shared_fingerprint(&self) -> u128 {
        self.first_identity().fingerprint(0)
    }

    /// Its fingerprints where rules made its key of other types.
    pub fn other_fingerprints(&self) -> impl Iterator<Item = u128> {
        self.first_identity().retyped().into_iter().map(|other| other.fingerprint(self.before))
    }

    /// Makes the fingerprint under former names.
    pub fn rename(&mut self, renames: &Renames) {
        if let Some(former) = renames.of(&self.identity) {
            self.fingerprint = former.fingerprint(0);
            self.former = Some(Box::new(former));
        }
    }

    /// Says that so many findings with the same identity come before it.
    pub fn repeats(&mut self, before: u64) {
        self.before = before;
        self.fingerprint = self.first_identity().fingerprint(before);
    }

    /// The fingerprint as it is printed.
    pub fn fingerprint_text(&self) -> String {
        format!("{:032x}", self.fingerprint)
    }
}
