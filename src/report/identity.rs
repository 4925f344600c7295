//! What a finding is about, and the fingerprint that is made of it.
//!
//! Two runs compare their findings by fingerprint: it must belong to one demand, one subject and
//! one column, and change with nothing else. So every part is typed and has its length before it:
//! the key `"x, y","z"` is not the key `"x","y, z"`.

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::fault::Fault;
use crate::value::{Number, Value};

/// How fingerprints are made; a later version may make them in another way.
pub const RECIPE: u8 = 1;

/// What a finding is about: its fingerprint is made of nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// How the fingerprint is made.
    pub recipe: u8,
    /// The check's id, a contract (`table.column`), or the built-in name.
    pub check: String,
    /// What was demanded.
    pub demand: Demand,
    /// The built-in name of what is wrong.
    pub fault: &'static Fault,
    /// The table as the rule names it; none for a finding about no table.
    pub table: Option<String>,
    /// Which row, group or other thing.
    pub subject: Subject,
    /// The column as the header names it; none for a finding about whole rows.
    pub column: Option<String>,
}

/// What was demanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// An assertion, as it is printed from its tree: blanks and its number do not matter.
    Assertion(String),
    /// A demand that has a name, without its bound: `max`, whatever the maximum.
    Contract(&'static str),
    /// That the file is well formed and has what is needed.
    Structure,
}

/// What the demand was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A row by its key.
    Key(Vec<KeyValue>),
    /// The rows that share these values.
    Group(Vec<KeyValue>),
    /// A row without a key: the hash of its cells.
    Content(u128),
    /// A passage of prose.
    Claim(String),
    /// The line of column names.
    Header,
    /// A file as a whole, by its path.
    File(String),
    /// A table as a whole.
    Table,
    /// The run as a whole.
    Run,
}

/// One value of a key, with its type: the text `1` is not the number 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyValue {
    /// No value.
    Missing,
    /// A cell that cannot be read, as written.
    Unreadable(String),
    /// As it stands in the cell, unquoted.
    Text(String),
    /// A number, exactly and without needless zeros.
    Number(String),
    /// In ISO form.
    Date(String),
    /// A date with a time of day.
    DateTime(String),
    /// A time of day.
    Time(String),
    /// A length of time.
    Duration(String),
    /// A truth value.
    Boolean(bool),
    /// A row that has no key itself: the hash of its cells.
    Content(u128),
}

impl Identity {
    /// A demand of a check on the run as a whole.
    pub fn new(check: impl Into<String>, demand: Demand, fault: &'static Fault) -> Identity {
        Identity {
            recipe: RECIPE,
            check: check.into(),
            demand,
            fault,
            table: None,
            subject: Subject::Run,
            column: None,
        }
    }

    /// A fault in the structure of a table or its files.
    pub fn structure(
        check: impl Into<String>,
        fault: &'static Fault,
        table: &str,
        subject: Subject,
    ) -> Identity {
        let table = Some(table.to_string());
        Identity { table, subject, ..Identity::new(check, Demand::Structure, fault) }
    }

    /// The same at a column.
    pub fn at(self, column: Option<&str>) -> Identity {
        Identity { column: column.map(str::to_string), ..self }
    }

    /// The fingerprint; `ordinal` distinguishes those that are the same in all else.
    pub(crate) fn fingerprint(&self, ordinal: u64) -> u128 {
        let mut parts = Parts(vec![self.recipe]);
        parts.text(&self.check);
        match &self.demand {
            Demand::Assertion(text) => parts.tagged(b'A', text),
            Demand::Contract(kind) => parts.tagged(b'C', kind),
            Demand::Structure => parts.tag(b'S'),
        }
        parts.text(self.fault.name);
        parts.optional(self.table.as_deref());
        parts.subject(&self.subject);
        parts.optional(self.column.as_deref());
        parts.number(ordinal);
        xxh3_128(&parts.0)
    }
}

impl Identity {
    /// The same with the values of its key as other types have them: which type a key has may depend
    /// on what rules ask of its column, and one that asks more makes no other row of it.
    pub(crate) fn retyped(&self) -> Vec<Identity> {
        let (Subject::Key(values) | Subject::Group(values)) = &self.subject else {
            return Vec::new();
        };
        let others: Vec<Vec<KeyValue>> = values.iter().map(KeyValue::retyped).collect();
        let mut all = vec![Vec::new()];
        for (value, others) in values.iter().zip(&others) {
            let room = all.len() * (1 + others.len()) <= MOST_RETYPED;
            let ways = std::iter::once(value).chain(others.iter().filter(|_| room));
            let longer = |way: &KeyValue| {
                let way = way.clone();
                all.iter()
                    .map(move |key: &Vec<KeyValue>| [&key[..], std::slice::from_ref(&way)].concat())
            };
            all = ways.flat_map(longer).collect();
        }
        let is_group = matches!(self.subject, Subject::Group(_));
        let subject = |key| if is_group { Subject::Group(key) } else { Subject::Key(key) };
        let others = all.into_iter().filter(|key| key != values);
        others.map(|key| Identity { subject: subject(key), ..self.clone() }).collect()
    }
}

/// Ways to read the values of one key that are tried.
const MOST_RETYPED: usize = 16;

impl Subject {
    /// The hash of what it is in words, whatever types its values have.
    pub fn untyped_hash(&self) -> u128 {
        match self {
            Subject::Key(values) => {
                Subject::Key(values.iter().map(KeyValue::untyped).collect()).hash()
            }
            Subject::Group(values) => {
                Subject::Group(values.iter().map(KeyValue::untyped).collect()).hash()
            }
            _ => self.hash(),
        }
    }

    /// Whether it is known by its content: with other figures it is another subject.
    pub fn is_content(&self) -> bool {
        match self {
            Subject::Content(_) | Subject::Claim(_) => true,
            Subject::Key(values) | Subject::Group(values) => {
                values.iter().any(|value| matches!(value, KeyValue::Content(_)))
            }
            Subject::Header | Subject::File(_) | Subject::Table | Subject::Run => false,
        }
    }

    /// Its hash: equal for equal subjects.
    pub fn hash(&self) -> u128 {
        let mut parts = Parts(Vec::new());
        parts.subject(self);
        xxh3_128(&parts.0)
    }

    /// A row by its cells, given with the names of their columns: their order does not matter.
    pub fn content<'c>(cells: impl Iterator<Item = (&'c str, &'c str)>) -> Subject {
        Subject::Content(content(cells))
    }
}

/// The hash of cells, given with the names of their columns: their order does not matter.
pub fn content<'c>(cells: impl Iterator<Item = (&'c str, &'c str)>) -> u128 {
    let mut parts = Parts(Vec::new());
    let hash = |(column, cell)| {
        parts.0.clear();
        parts.text(column);
        parts.text(cell);
        xxh3_128(&parts.0)
    };
    cells.map(hash).fold(0, u128::wrapping_add)
}

/// The hash of the figures or texts that were compared: the same finding with another one has changed.
pub fn evidence<T: AsRef<str>>(compared: &[T]) -> u64 {
    let mut parts = Parts(Vec::new());
    compared.iter().for_each(|text| parts.text(text.as_ref()));
    xxh3_64(&parts.0)
}

impl KeyValue {
    /// A value that was read from `written`.
    pub fn new(value: &Value<'_>, written: &str) -> KeyValue {
        match value {
            Value::Missing => KeyValue::Missing,
            Value::Unknown(_) | Value::NotApplicable | Value::Possible => {
                KeyValue::Unreadable(written.to_string())
            }
            Value::Text(text) => KeyValue::Text(text.to_string()),
            Value::Number(_) => KeyValue::Number(without_zeros(value.to_text())),
            Value::Date(_) => KeyValue::Date(value.to_text()),
            Value::DateTime(_) => KeyValue::DateTime(value.to_text()),
            Value::Time(_) => KeyValue::Time(value.to_text()),
            Value::Duration(_) => KeyValue::Duration(value.to_text()),
            Value::Bool(truth) => KeyValue::Boolean(*truth),
        }
    }
}

impl KeyValue {
    /// As a text where it is a number or a day.
    fn untyped(&self) -> KeyValue {
        match self {
            KeyValue::Number(text) | KeyValue::Date(text) => KeyValue::Text(text.clone()),
            other => other.clone(),
        }
    }

    /// What it is where its column has another type.
    fn retyped(&self) -> Vec<KeyValue> {
        match self {
            KeyValue::Number(_) | KeyValue::Date(_) => vec![self.untyped()],
            KeyValue::Text(text) => match Number::parse(text) {
                Some(number) if without_zeros(number.to_text()) == *text => {
                    vec![KeyValue::Number(text.clone())]
                }
                _ if is_iso_day(text) => vec![KeyValue::Date(text.clone())],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

/// Whether a text is a day as `2026-11-27`: all such texts sort as the days do.
pub fn is_iso_day(text: &str) -> bool {
    let fits =
        |(n, b): (usize, u8)| if matches!(n, 4 | 7) { b == b'-' } else { b.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(fits)
}

/// `1.50` as `1.5`: equal numbers are one key.
fn without_zeros(number: String) -> String {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        number
    }
}

/// The bytes that are hashed.
struct Parts(Vec<u8>);

impl Parts {
    fn tag(&mut self, tag: u8) {
        self.0.push(tag);
    }

    fn number(&mut self, n: u64) {
        self.0.extend(n.to_le_bytes());
    }

    fn length(&mut self, n: usize) {
        self.number(u64::try_from(n).unwrap_or(u64::MAX));
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend(text.as_bytes());
    }

    fn tagged(&mut self, tag: u8, text: &str) {
        self.tag(tag);
        self.text(text);
    }

    fn hash(&mut self, tag: u8, hash: u128) {
        self.tag(tag);
        self.0.extend(hash.to_le_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.tagged(1, text),
            None => self.tag(0),
        }
    }

    fn subject(&mut self, subject: &Subject) {
        match subject {
            Subject::Key(values) => self.values(b'K', values),
            Subject::Group(values) => self.values(b'G', values),
            Subject::Content(hash) => self.hash(b'C', *hash),
            Subject::Claim(text) => self.tagged(b'P', text),
            Subject::Header => self.tag(b'H'),
            Subject::File(path) => self.tagged(b'F', path),
            Subject::Table => self.tag(b'T'),
            Subject::Run => self.tag(b'R'),
        }
    }

    fn values(&mut self, tag: u8, values: &[KeyValue]) {
        self.tag(tag);
        self.length(values.len());
        for value in values {
            match value {
                KeyValue::Missing => self.tag(b'-'),
                KeyValue::Unreadable(text) => self.tagged(b'?', text),
                KeyValue::Text(text) => self.tagged(b'T', text),
                KeyValue::Number(text) => self.tagged(b'N', text),
                KeyValue::Date(text) => self.tagged(b'D', text),
                KeyValue::DateTime(text) => self.tagged(b'I', text),
                KeyValue::Time(text) => self.tagged(b'C', text),
                KeyValue::Duration(text) => self.tagged(b'L', text),
                KeyValue::Boolean(truth) => self.tagged(b'B', if *truth { "1" } else { "0" }),
                KeyValue::Content(hash) => self.hash(b'H', *hash),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Demand, Identity, KeyValue, MOST_RETYPED, Subject, content, evidence};
    use crate::engine::faults::{ASSERTION_FAILED, OUT_OF_RANGE};
    use crate::value::{Number, Value};

    fn text(t: &str) -> KeyValue {
        KeyValue::Text(t.into())
    }

    fn identity() -> Identity {
        let subject = Subject::Key(vec![text("x, y"), text("z")]);
        Identity {
            table: Some("t".into()),
            subject,
            ..Identity::new("c", Demand::Assertion("a = 1".into()), &ASSERTION_FAILED)
        }
        .at(Some("a"))
    }

    #[test]
    fn every_part_of_an_identity_is_in_its_fingerprint() {
        let with = |change: &dyn Fn(&mut Identity)| {
            let mut other = identity();
            change(&mut other);
            other.fingerprint(0)
        };
        let all = [
            identity().fingerprint(0),
            identity().fingerprint(1),
            with(&|i| i.recipe += 1),
            with(&|i| i.check = "d".into()),
            with(&|i| i.demand = Demand::Assertion("a = 2".into())),
            with(&|i| i.demand = Demand::Contract("a = 1")),
            with(&|i| i.demand = Demand::Structure),
            with(&|i| i.fault = &OUT_OF_RANGE),
            with(&|i| i.table = None),
            with(&|i| i.column = None),
            with(&|i| i.column = Some("b".into())),
            with(&|i| i.subject = Subject::Key(vec![text("x"), text("y, z")])),
            with(&|i| i.subject = Subject::Group(vec![text("x, y"), text("z")])),
            with(&|i| i.subject = Subject::Key(vec![KeyValue::Number("1".into())])),
            with(&|i| i.subject = Subject::Key(vec![text("1")])),
            with(&|i| i.subject = Subject::Key(vec![KeyValue::Missing])),
            with(&|i| i.subject = Subject::Claim("x".into())),
            with(&|i| i.subject = Subject::File("x".into())),
            with(&|i| i.subject = Subject::Table),
        ];
        let different: std::collections::BTreeSet<u128> = all.into_iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn equal_numbers_are_one_key() {
        let number =
            |t: &str| KeyValue::new(&Value::number(Number::parse(t).expect("a number")), t);
        assert_eq!(number("1.50"), number("1.5"));
        assert_eq!(number("100"), number("100.0"));
        assert_ne!(number("100"), number("1"));
    }

    #[test]
    fn a_key_is_known_whatever_types_its_columns_have() {
        let of = |key: &[KeyValue]| Identity { subject: Subject::Key(key.to_vec()), ..identity() };
        let number = |t: &str| KeyValue::Number(t.into());
        let texts = of(&[text("North"), text("2"), text("2026-01-02"), text("02")]);
        let typed =
            of(&[text("North"), number("2"), KeyValue::Date("2026-01-02".into()), text("02")]);
        assert!(texts.retyped().contains(&typed) && typed.retyped().contains(&texts));
        assert_eq!((texts.retyped().len(), typed.retyped().len()), (3, 3));
        assert_eq!(texts.subject.untyped_hash(), typed.subject.untyped_hash());
        assert_ne!(
            of(&[text("3")]).subject.untyped_hash(),
            of(&[number("2")]).subject.untyped_hash()
        );
        let many = vec![text("1"); 20];
        assert_eq!(of(&many).retyped().len(), MOST_RETYPED - 1);
    }

    #[test]
    fn content_knows_which_column_a_cell_is_of() {
        let of = |cells: &[(&'static str, &'static str)]| content(cells.iter().copied());
        assert_eq!(of(&[("a", "1"), ("b", "2")]), of(&[("b", "2"), ("a", "1")]));
        assert_ne!(of(&[("a", "1"), ("b", "2")]), of(&[("a", "2"), ("b", "1")]));
        assert_ne!(evidence(&["1", "23"]), evidence(&["12", "3"]));
    }
}
