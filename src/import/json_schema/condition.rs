//! Schemas as conditions: what `if`, `oneOf`, `not` and the like ask of a row or of a value, as
//! expressions. Where no expression says exactly the same, there is none.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::import::document::{Members, items, map, text, texts, truth};
use crate::import::job::Job;
use crate::import::json_schema::layers::{Layers, NOTES, flatten};
use crate::import::pattern::{Dialect, Patterns};
use crate::import::rules::{Column, Table};
use crate::import::settle::literal;
use crate::propose::names;
use crate::read::tree::value::{Map, Value};
use crate::value::{Number, Type};

/// An expression has no more characters: what is longer nobody reads.
const MOST: usize = 2_000;

/// Of so many schemas exactly one may hold, where none excludes the others by a value.
const MOST_OF_ONE: usize = 3;

/// How an expression binds: weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    One,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    text: String,
    level: Level,
}

impl Said {
    fn one(text: String) -> Said {
        Said { text, level: Level::One }
    }

    fn truth(is_true: bool) -> Said {
        Said::one(is_true.to_string())
    }

    /// As it is written.
    pub fn text(self) -> String {
        self.text
    }

    /// Whether it is one of the two truths, and which.
    pub fn known(&self) -> Option<bool> {
        self.text.parse().ok()
    }

    fn joined(parts: Vec<Said>, word: &str, (level, neutral): (Level, bool)) -> Said {
        if parts.iter().any(|part| part.known() == Some(!neutral)) {
            return Said::truth(!neutral);
        }
        let mut kept: Vec<Said> = Vec::new();
        for part in parts.into_iter().filter(|part| part.known().is_none()) {
            if !kept.contains(&part) {
                kept.push(part);
            }
        }
        match kept.len() {
            0 => Said::truth(neutral),
            1 => kept.swap_remove(0),
            _ => {
                let within = |part: &Said| match part.level == Level::One || part.level == level {
                    true => part.text.clone(),
                    false => format!("({})", part.text),
                };
                let all: Vec<String> = kept.iter().map(within).collect();
                Said { text: all.join(word), level }
            }
        }
    }

    pub fn all(parts: Vec<Said>) -> Said {
        Said::joined(parts, " and ", (Level::And, true))
    }

    pub fn any(parts: Vec<Said>) -> Said {
        Said::joined(parts, " or ", (Level::Or, false))
    }

    /// That exactly one of some conditions holds.
    pub fn exactly_one(parts: &[Said]) -> Option<Said> {
        if parts.len() > MOST_OF_ONE {
            return None;
        }
        let alone = |number: usize| {
            let part = |(other, said): (usize, &Said)| {
                if other == number { said.clone() } else { said.clone().not() }
            };
            Said::all(parts.iter().enumerate().map(part).collect())
        };
        Some(Said::any((0..parts.len()).map(alone).collect()))
    }

    pub fn not(self) -> Said {
        match self.known() {
            Some(known) => Said::truth(!known),
            None => match self.text.strip_suffix(" is not missing") {
                Some(cell) if self.level == Level::One => Said::one(format!("{cell} is missing")),
                _ => Said::one(format!("not ({})", self.text)),
            },
        }
    }
}

/// Conditions that all hold; none where they cannot be said.
type All = Option<Vec<Said>>;

/// A branch of several: the values of the property that chooses it, and what it asks for beside.
pub struct Branch {
    pub chosen: Said,
    pub asks: Vec<Said>,
}

/// Makes conditions of the schemas of a document.
pub struct Conditions<'c, 'v, 'j> {
    job: &'c Job<'j>,
    root: &'v Value,
    table: &'c Table,
    /// Columns that conditions name.
    named: RefCell<BTreeSet<String>>,
}

impl<'c, 'v, 'j> Conditions<'c, 'v, 'j> {
    pub fn new(job: &'c Job<'j>, root: &'v Value, table: &'c Table) -> Self {
        Conditions { job, root, table, named: RefCell::default() }
    }

    /// The columns that were named, and that those which have types can be read: where not, that is
    /// found already.
    pub fn readable(&self) -> (Vec<String>, Vec<Said>) {
        let named: Vec<String> = self.named.borrow().iter().cloned().collect();
        let typed = named.iter().filter_map(|name| self.table.column(name));
        let typed = typed.filter(|column| !matches!(column.ty, None | Some(Type::Text)));
        let readable = typed.filter_map(|column| {
            let cell = column.cell()?;
            let states = ["missing", "readable"].map(|state| format!("{cell} is {state}"));
            Some(Said::any(states.map(Said::one).into()))
        });
        (named.clone(), readable.collect())
    }

    fn layers(&self, schema: &'v Value) -> Option<Layers<'v>> {
        let layers = flatten(self.job, self.root, schema).ok()?;
        layers.foreign.is_empty().then_some(layers)
    }

    fn column(&self, way: &str) -> Option<&'c Column> {
        self.named.borrow_mut().insert(way.to_string());
        self.table.column(way)
    }

    /// The table whose rows they are about.
    pub fn table(&self) -> &'c Table {
        self.table
    }

    /// What a schema asks of a row; `way` stands before the names of its properties.
    pub fn row(&self, schema: &'v Value, way: &str) -> All {
        if let Some(known) = truth(schema) {
            return Some(vec![Said::truth(known)]);
        }
        let layers = self.layers(schema)?;
        let required = required(&layers);
        let there = required.iter().map(|name| self.there(&format!("{way}{name}")));
        let mut all: Vec<Said> = there.collect::<Option<_>>()?;
        for layer in &layers.all {
            let mut members = Members::new(layer);
            members.pass(NOTES);
            members.pass(&["required", "then", "else"]);
            if members.text("type").is_some_and(|ty| ty != "object") {
                return None;
            }
            let properties = members.get("properties").and_then(map);
            for member in properties.map_or(&[][..], |map| map.members.as_slice()) {
                let is_required = required.contains(&*member.name);
                all.extend(self.property(way, &member.name, &member.value, is_required)?);
            }
            all.extend(self.joined(&mut members, Some(way), &|schema| self.row(schema, way))?);
            if let Some(more) = members.get("additionalProperties")
                && truth(more) != Some(true)
            {
                return None;
            }
            if members.rest().next().is_some() {
                return None;
            }
        }
        Some(all)
    }

    /// That a property is there; null is none, so that nothing is known of one that may be null.
    fn there(&self, way: &str) -> Option<Said> {
        let column = self.column(way).filter(|column| !column.nullable)?;
        Some(Said::one(format!("{} is not missing", column.cell()?)))
    }

    /// What is asked of a property.
    fn property(&self, way: &str, name: &str, schema: &'v Value, is_required: bool) -> All {
        let way = format!("{way}{name}");
        let Some(column) = self.column(&way) else {
            let layers = self.layers(schema)?;
            return if layers.is_object() { self.row(schema, &format!("{way}/")) } else { None };
        };
        let cell = column.cell()?;
        let missing = Said::one(format!("{cell} is missing"));
        if Members::new(schema).text("type") == Some("null") {
            return Some(vec![missing]);
        }
        let asked = Said::all(self.value(column, schema)?);
        Some(match is_required {
            // That it is there is asked for beside.
            true => vec![asked],
            false => vec![Said::any(vec![missing, asked])],
        })
    }

    /// What a schema asks of a value that is there.
    pub fn value(&self, column: &Column, schema: &'v Value) -> All {
        if let Some(known) = truth(schema) {
            return Some(vec![Said::truth(known)]);
        }
        let mut all = Vec::new();
        for layer in self.layers(schema)?.all {
            let mut members = Members::new(layer);
            members.pass(NOTES);
            members.pass(&["then", "else"]);
            all.extend(types(&mut members, column)?);
            all.extend(values(&mut members, column)?);
            all.extend(bounds(&mut members, column)?);
            all.extend(of_text(&mut members, column, &self.job.rules.patterns)?);
            all.extend(self.joined(&mut members, None, &|schema| self.value(column, schema))?);
            if members.rest().next().is_some() {
                return None;
            }
        }
        let length: usize = all.iter().map(|said| said.text.len()).sum();
        (length < MOST).then_some(all)
    }

    /// What alternatives ask of a value.
    pub fn alternatives(&self, key: &str, all: &[&'v Value], column: &Column) -> Option<Said> {
        let said = |schema: &&'v Value| self.value(column, schema).map(Said::all);
        let parts: Vec<Said> = all.iter().map(said).collect::<Option<_>>()?;
        if key == "anyOf" { Some(Said::any(parts)) } else { Said::exactly_one(&parts) }
    }

    /// What one member of a schema asks of a value: `not`, or `if` with `then` and `else`.
    pub fn keyword(&self, key: &str, column: &Column, schema: &'v Value) -> Option<Said> {
        let mut members = Members::new(schema);
        let all = match key {
            "not" => vec![Said::all(self.value(column, members.get("not")?)?).not()],
            _ => self.implied(&mut members, &|schema| self.value(column, schema))?,
        };
        let said = Said::all(all);
        (said.text.len() < MOST).then_some(said)
    }

    /// What `if` with `then` and `else` asks for.
    fn implied(&self, members: &mut Members<'v>, of: &dyn Fn(&'v Value) -> All) -> All {
        let said = |schema: &'v Value| of(schema).map(Said::all);
        let Some(condition) = members.get("if") else { return Some(Vec::new()) };
        let condition = said(condition)?;
        let mut side = |name: &'static str| members.get(name).map_or(Some(Said::truth(true)), said);
        let (then, other) = (side("then")?, side("else")?);
        let then = Said::any(vec![condition.clone().not(), then]);
        Some(vec![then, Said::any(vec![condition, other])])
    }

    /// What other schemas within one ask for: alternatives, what must not hold, conditions.
    fn joined(
        &self,
        members: &mut Members<'v>,
        way: Option<&str>,
        of: &dyn Fn(&'v Value) -> All,
    ) -> All {
        let said = |schema: &'v Value| of(schema).map(Said::all);
        let several = |all: &'v Value| items(all)?.iter().map(said).collect::<All>();
        let mut all = Vec::new();
        if let Some(any) = members.get("anyOf") {
            all.push(Said::any(several(any)?));
        }
        if let Some(one) = members.get("oneOf") {
            let chosen = way.and_then(|way| self.branches(one, way));
            let parts = several(one)?;
            all.push(match chosen.is_some() || are_constants(one) {
                true => Said::any(parts),
                false => Said::exactly_one(&parts)?,
            });
        }
        if let Some(not) = members.get("not") {
            all.push(said(not)?.not());
        }
        all.extend(self.implied(members, of)?);
        let length: usize = all.iter().map(|said| said.text.len()).sum();
        (length < MOST).then_some(all)
    }

    /// Alternatives of a row of which each asks for other values of one property; these choose it.
    pub fn branches(&self, alternatives: &'v Value, way: &str) -> Option<Vec<Branch>> {
        let schemas = items(alternatives).filter(|all| all.len() > 1)?;
        let layers: Vec<Layers<'v>> =
            schemas.iter().map(|schema| self.layers(schema)).collect::<Option<_>>()?;
        let names = required(layers.first()?);
        let choosing = |name: &&str| {
            let mut seen = BTreeSet::new();
            layers.iter().all(|layers| {
                let values = fixed(layers, name).filter(|_| required(layers).contains(*name));
                values.is_some_and(|values| values.into_iter().all(|value| seen.insert(value)))
            })
        };
        let name = names.into_iter().find(choosing)?;
        let own = format!("{way}{name}");
        let column = self.column(&own)?;
        let branch = |(schema, layers): (&'v Value, &Layers<'v>)| {
            let values = fixed(layers, name)?;
            let chosen =
                one_of(column, &values.into_iter().map(str::to_string).collect::<Vec<_>>())?;
            let mut asks = self.row(schema, way)?;
            let there = self.there(&own)?;
            asks.retain(|said| *said != chosen && *said != there);
            Some(Branch { chosen, asks })
        };
        schemas.iter().zip(&layers).map(branch).collect()
    }
}

fn required<'v>(layers: &Layers<'v>) -> BTreeSet<&'v str> {
    let lists = layers.all.iter().filter_map(|layer| items(Members::new(layer).get("required")?));
    lists.flatten().filter_map(text).collect()
}

/// The values that a property may have, where these are all that is asked of it.
fn fixed<'v>(layers: &Layers<'v>, name: &str) -> Option<Vec<&'v str>> {
    let properties =
        |layer: &&'v Value| -> Option<&'v Map> { map(Members::new(layer).get("properties")?) };
    let own = layers.all.iter().filter_map(properties).find_map(|map| map.get(name))?;
    let mut members = Members::new(&own.value);
    members.pass(NOTES);
    members.pass(&["type"]);
    let values = match (members.get("const"), members.get("enum")) {
        (Some(value), None) => vec![text(value)?],
        (None, Some(values)) => items(values)?.iter().map(text).collect::<Option<_>>()?,
        _ => return None,
    };
    members.rest().next().is_none().then_some(values)
}

/// Whether each of several schemas is another value.
fn are_constants(all: &Value) -> bool {
    let mut seen = BTreeSet::new();
    let constant = |schema: &Value| {
        let mut members = Members::new(schema);
        let value = members.text("const").map(str::to_string);
        value.is_some_and(|value| seen.insert(value))
    };
    items(all).is_some_and(|all| all.iter().all(constant))
}

fn is_number(column: &Column) -> bool {
    matches!(column.ty, Some(Type::Number | Type::Integer))
}

/// The types of a value: those of the column ask for nothing more.
fn types(members: &mut Members<'_>, column: &Column) -> All {
    let Some(types) = members.get("type") else { return Some(Vec::new()) };
    let types = texts(types)?;
    let words: Vec<&str> = types.iter().map(String::as_str).filter(|ty| *ty != "null").collect();
    let fits = |word: &str| match column.ty {
        None => false,
        Some(Type::Integer) => matches!(word, "integer" | "number"),
        Some(Type::Number) => word == "number",
        Some(Type::Boolean) => word == "boolean",
        Some(_) => word == "string",
    };
    match (words.as_slice(), column.ty) {
        (all, _) if all.iter().any(|word| fits(word)) => Some(Vec::new()),
        (["integer"], Some(Type::Number)) => {
            Some(vec![Said::one(format!("mod({}, 1) = 0", column.cell()?))])
        }
        _ => None,
    }
}

/// One of some values.
fn one_of(column: &Column, values: &[String]) -> Option<Said> {
    let cell = column.cell()?;
    let all: Vec<String> =
        values.iter().map(|value| literal(value, column)).collect::<Option<_>>()?;
    Some(Said::one(match all.as_slice() {
        [one] => format!("{cell} = {one}"),
        several => format!("{cell} in ({})", several.join(", ")),
    }))
}

fn values(members: &mut Members<'_>, column: &Column) -> All {
    let mut all = Vec::new();
    if let Some(value) = members.get("const") {
        all.push(one_of(column, &[text(value)?.to_string()])?);
    }
    if let Some(values) =
        members.get("enum").map(|values| texts(values).filter(|_| items(values).is_some()))
    {
        all.push(one_of(column, &values.filter(|values| !values.is_empty())?)?);
    }
    Some(all)
}

fn bounds(members: &mut Members<'_>, column: &Column) -> All {
    let mut all = Vec::new();
    for (key, op) in
        [("minimum", ">="), ("maximum", "<="), ("exclusiveMinimum", ">"), ("exclusiveMaximum", "<")]
    {
        let Some(bound) = members.get(key) else { continue };
        let bound =
            text(bound).filter(|bound| is_number(column) && Number::parse(bound).is_some())?;
        all.push(Said::one(format!("{} {op} {bound}", column.cell()?)));
    }
    if let Some(of) = members.get("multipleOf") {
        let is_step = |of: &&str| Number::parse(of).is_some_and(|n| n.signum() > 0);
        let of = text(of).filter(is_step).filter(|_| is_number(column))?;
        all.push(Said::one(format!("mod({}, {of}) = 0", column.cell()?)));
    }
    Some(all)
}

fn of_text(members: &mut Members<'_>, column: &Column, patterns: &Patterns) -> All {
    let mut all = Vec::new();
    let is_text = !is_number(column) && column.ty != Some(Type::Boolean);
    for (key, op) in [("minLength", ">="), ("maxLength", "<=")] {
        let Some(length) = members.get(key) else { continue };
        let length = text(length)?.parse::<u32>().ok().filter(|_| is_text)?;
        all.push(Said::one(format!("length({}) {op} {length}", column.text()?)));
    }
    if let Some(own) = members.get("pattern") {
        let own = patterns.anywhere(text(own).filter(|_| is_text)?, Dialect::Ecma).ok()?;
        let whole = names::text(&format!("^(?:{own})$"));
        all.push(Said::one(format!("{} matches {whole}", column.text()?)));
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_joined_without_needless_brackets() {
        let one = |text: &str| Said::one(text.to_string());
        let (a, b, c) = (one("a = 1"), one("b = 2"), one("c = 3"));
        let or = Said::any(vec![a.clone(), b.clone(), a.clone()]);
        assert_eq!(Said::all(vec![or.clone(), c.clone()]).text, "(a = 1 or b = 2) and c = 3");
        assert_eq!(
            Said::any(vec![or, Said::truth(false), c.clone()]).text,
            "a = 1 or b = 2 or c = 3"
        );
        assert_eq!(Said::all(vec![Said::truth(true)]).known(), Some(true));
        assert_eq!(Said::any(vec![Said::truth(true), a.clone()]).known(), Some(true));
        let both = "(a = 1 and not (b = 2)) or (not (a = 1) and b = 2)";
        assert_eq!(
            Said::exactly_one(&[a.clone(), b.clone()]).map(Said::text).as_deref(),
            Some(both)
        );
        assert_eq!(Said::exactly_one(&[a, b, c.clone(), c]), None);
        assert_eq!(one("a is not missing").not().text, "a is missing");
    }
}
