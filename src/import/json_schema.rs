//! JSON Schema of flat rows: an object, or an array of objects.

mod condition;
mod layers;
mod property;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use crate::import::document::{Members, items, map, shown, text};
use crate::import::job::{Job, Kind};
use crate::import::json_schema::layers::{Layers, NOTES, Object, flatten};
use crate::import::json_schema::property::Property;
use crate::import::rules::{Table, column_name};
use crate::propose::names::quoted;
use crate::read::tree::value::Value;
use crate::source::Problem;

pub const KIND: Kind = Kind {
    name: "json-schema",
    about: "a JSON Schema of flat rows",
    is: |document| {
        let mut members = Members::new(document);
        let is_named = members.text("$schema").is_some_and(|s| s.contains("json-schema.org"));
        let has_properties = members.get("properties").is_some_and(|p| map(p).is_some());
        let has_items = members.get("items").is_some_and(|i| map(i).is_some());
        let has_parts = members.get("$defs").or_else(|| members.get("definitions")).is_some();
        is_named || has_properties || has_items || (has_parts && members.get("$ref").is_some())
    },
    read,
};

fn read(job: &mut Job<'_>, document: &Value) -> Result<(), Problem> {
    let stem = job.stem();
    let name = job.names(std::slice::from_ref(&stem)).pop().unwrap_or_default();
    let mut table = job.guessed(name, &stem, &stem);
    let mut layers = flatten(job, document, document)?;
    let list = layers.all.iter().find_map(|layer| Members::new(layer).get("items"));
    match list {
        Some(row) => {
            rows(&layers, &mut table);
            layers = flatten(job, document, row)?;
        }
        None => table.set("rows", quoted("0.."), ""),
    }
    for reference in &layers.foreign {
        table.remarks.unsaid(format!("`$ref` {reference}"), "it is not in this document");
    }
    let properties = properties(&layers);
    if properties.is_empty() {
        let message = "the rows have no `properties`, so that there are no columns";
        return Err(job.bad(document, message, "rows are objects, or the objects of an array"));
    }
    for key in ["title", "description"] {
        let words = layers.all.iter().filter_map(|layer| Members::new(layer).text(key));
        words.for_each(|words| table.remarks.say(words));
    }
    table.remarks.say("Types of JSON are not told apart: the text \"10\" is a number, too.");
    let (open, within) = (Vec::new(), Vec::new());
    let mut objects = Objects { job, root: document, open, within, nested: 0 };
    objects.columns(&Object { way: String::new(), is_there: true, layers }, &mut table)?;
    rows::close(&objects.open, &mut table);
    job.rules.tables.push(table);
    Ok(())
}

/// Objects within rows have no more members than a table of JSON has columns.
const MOST_NESTED: usize = 10_000;

/// Objects within objects become columns so far down.
const MOST_LEVELS: usize = 32;

/// Makes columns of the members of objects.
struct Objects<'o, 'v, 'j> {
    job: &'o Job<'j>,
    root: &'v Value,
    /// The objects, with what they say of members that are not named.
    open: Vec<(String, Option<&'static str>)>,
    /// The schemas of those around.
    within: Vec<Vec<&'v Value>>,
    nested: usize,
}

impl<'v> Objects<'_, 'v, '_> {
    /// Takes the members of an object; gives those that are there wherever it is.
    fn columns(&mut self, object: &Object<'v>, table: &mut Table) -> Result<Vec<String>, Problem> {
        let (way, required) = (&object.way, required(&object.layers));
        let mut asked = Vec::new();
        self.within.push(object.layers.all.clone());
        let mut listed = properties(&object.layers);
        // What must be there need not be described.
        let is_described = |name: &&str| listed.iter().any(|(own, _)| own == name);
        let others: Vec<&str> =
            required.iter().copied().filter(|name| !is_described(name)).collect();
        listed.extend(others.into_iter().map(|name| (name, Vec::new())));
        for (name, schemas) in listed {
            let Some(own) = column_name(&format!("{way}{name}"), None, false) else {
                let what = format!("the property `{way}{name}`");
                table.remarks.unsaid(what, "no rule can name such a column");
                continue;
            };
            let mut layers = Layers::default();
            for schema in schemas {
                layers.add(flatten(self.job, self.root, schema)?);
            }
            let is_required = required.contains(name);
            if layers.is_object() {
                let is_required = is_required && !layers.types().1;
                let (way, is_there) = (format!("{own}/"), object.is_there && is_required);
                let inner = Object { way, is_there, layers };
                let first = table.columns.len();
                let of_inner = self.inner(&inner, table)?;
                match is_required {
                    true => asked.extend(of_inner),
                    false => rows::whole(&inner.way, first, &of_inner, table),
                }
                continue;
            }
            self.nested += usize::from(!way.is_empty());
            let is_always = is_required && object.is_there;
            let property = Property { name: own, layers, is_required: is_always };
            let column = property::column(self.job, self.root, property, table)?;
            asked.extend((is_required && !column.nullable).then(|| column.name.clone()));
            table.columns.push(column);
        }
        self.within.pop();
        let closed = rows::of_object(self.job, self.root, object, table);
        self.open.push((way.clone(), closed));
        Ok(asked)
    }

    /// The members of an object within a row.
    fn inner(&mut self, inner: &Object<'v>, table: &mut Table) -> Result<Vec<String>, Problem> {
        let name = inner.way.trim_end_matches('/');
        let is_own = |layer: &&Value| inner.layers.all.iter().any(|own| std::ptr::eq(*own, *layer));
        let is_within_itself = self.within.iter().flatten().any(is_own);
        let why = match () {
            () if properties(&inner.layers).is_empty() => "it names no members of it",
            () if is_within_itself => "it holds itself",
            () if self.within.len() >= MOST_LEVELS => "it is too deep within rows",
            () if self.nested >= MOST_NESTED => "there are too many members of objects",
            () => return self.columns(inner, table),
        };
        table.remarks.unsaid(format!("the property `{name}`, an object"), why);
        self.open.push((inner.way.clone(), None));
        Ok(Vec::new())
    }
}

/// How many rows an array may have.
fn rows(layers: &Layers<'_>, table: &mut Table) {
    let (mut least, mut most) = (0, None);
    for layer in &layers.all {
        let mut members = Members::new(layer);
        members.pass(NOTES);
        members.pass(&["items", "type"]);
        let mut number = |key: &'static str| members.text(key).and_then(|n| n.parse::<u32>().ok());
        least = number("minItems").unwrap_or(least).max(least);
        most = [number("maxItems"), most].into_iter().flatten().min();
        for (name, value) in members.rest() {
            table.remarks.unsaid(format!("`{name}` {} of the array", shown(value)), "");
        }
    }
    let most = most.filter(|most| *most >= least).map_or(String::new(), |n| n.to_string());
    table.set("rows", quoted(&format!("{least}..{most}")), "");
}

/// The properties of rows, each with all that is said of it.
fn properties<'v>(layers: &Layers<'v>) -> Vec<(&'v str, Vec<&'v Value>)> {
    let mut all: Vec<(&str, Vec<&Value>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let maps = layers.all.iter().filter_map(|layer| map(Members::new(layer).get("properties")?));
    for member in maps.flat_map(|map| &map.members) {
        let place = *places.entry(&member.name).or_insert(all.len());
        match all.get_mut(place) {
            Some((_, schemas)) => schemas.push(&member.value),
            None => all.push((&member.name, vec![&member.value])),
        }
    }
    all
}

fn required<'v>(layers: &Layers<'v>) -> BTreeSet<&'v str> {
    let lists = layers.all.iter().filter_map(|layer| items(Members::new(layer).get("required")?));
    lists.flatten().filter_map(text).collect()
}
