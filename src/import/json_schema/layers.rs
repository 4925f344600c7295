//! A schema with all that it refers to in its document.

use crate::import::document::{Members, items, map, text, texts};
use crate::import::job::{Job, decoded};
use crate::read::tree::value::Value;
use crate::source::Problem;

/// Members of a schema that say nothing of what is valid.
pub const NOTES: &[&str] = &[
    "$schema",
    "$id",
    "id",
    "$defs",
    "definitions",
    "$comment",
    "$anchor",
    "$ref",
    "allOf",
    "title",
    "description",
    "default",
    "examples",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
];

/// Schemas that hold together for one thing: those behind `$ref`, and the parts of `allOf`.
#[derive(Default)]
pub struct Layers<'v> {
    pub all: Vec<&'v Value>,
    /// References that lead out of the document.
    pub foreign: Vec<String>,
}

/// Schemas may refer to so many others, one behind the other.
const MOST_STEPS: usize = 64;
/// So many may hold together.
const MOST_LAYERS: usize = 1000;

/// An object: a row, or one within it.
pub struct Object<'v> {
    /// What stands before the names of its members: `buyer/`.
    pub way: String,
    /// Whether there is one in each row.
    pub is_there: bool,
    pub layers: Layers<'v>,
}

impl<'v> Layers<'v> {
    pub fn add(&mut self, other: Layers<'v>) {
        self.all.extend(other.all);
        self.foreign.extend(other.foreign);
    }

    /// The types that are named, without `null`, and whether that is among them.
    pub fn types(&self) -> (Vec<String>, bool) {
        let lists = self.all.iter().filter_map(|layer| texts(Members::new(layer).get("type")?));
        let all: Vec<String> = lists.flatten().collect();
        let is_null = |ty: &&String| ty.as_str() == "null";
        let nullable = all.iter().any(|ty| is_null(&ty));
        let mut types: Vec<String> = all.into_iter().filter(|ty| !is_null(&ty)).collect();
        types.sort_unstable();
        types.dedup();
        (types, nullable)
    }

    /// Whether it is an object, and nothing else.
    pub fn is_object(&self) -> bool {
        let has = |layer: &&Value| {
            Members::new(layer).get("properties").is_some_and(|p| map(p).is_some())
        };
        let types = self.types().0;
        types == ["object"] || types.is_empty() && self.all.iter().any(has)
    }
}

/// A schema, what it refers to, and its parts.
///
/// # Errors
/// Where references lead in a circle, or to too many.
pub fn flatten<'v>(
    job: &Job<'_>,
    root: &'v Value,
    schema: &'v Value,
) -> Result<Layers<'v>, Problem> {
    let mut layers = Layers::default();
    step(job, root, schema, &mut Vec::new(), &mut layers)?;
    Ok(layers)
}

fn step<'v>(
    job: &Job<'_>,
    root: &'v Value,
    schema: &'v Value,
    followed: &mut Vec<&'v str>,
    layers: &mut Layers<'v>,
) -> Result<(), Problem> {
    if layers.all.len() >= MOST_LAYERS || followed.len() >= MOST_STEPS {
        let message = "too many schemas hold for one thing here";
        return Err(job.bad(schema, message, "check where the file comes from"));
    }
    layers.all.push(schema);
    let mut members = Members::new(schema);
    if let Some((at, reference)) = members.get("$ref").and_then(|at| Some((at, text(at)?))) {
        if followed.contains(&reference) {
            let message = format!("`{reference}` leads back to itself");
            return Err(job.bad(at, message, "a schema cannot be made of itself"));
        }
        match target(root, reference) {
            Some(schema) => {
                followed.push(reference);
                step(job, root, schema, followed, layers)?;
                followed.pop();
            }
            None => layers.foreign.push(reference.to_string()),
        }
    }
    for part in members.get("allOf").and_then(items).into_iter().flatten() {
        step(job, root, part, followed, layers)?;
    }
    Ok(())
}

/// What a reference names within the document.
fn target<'v>(root: &'v Value, reference: &str) -> Option<&'v Value> {
    let pointer = reference.strip_prefix('#')?;
    if pointer.is_empty() {
        return Some(root);
    }
    let mut at = root;
    for part in pointer.strip_prefix('/')?.split('/') {
        let name = decoded(part).replace("~1", "/").replace("~0", "~");
        at = match items(at) {
            Some(items) => items.get(name.parse::<usize>().ok()?)?,
            None => &map(at)?.get(&name)?.value,
        };
    }
    Some(at)
}
