//! The columns of a schema: members of structures become columns of their own, `address/city`.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema};

use crate::read::frame;

/// There are no more columns than so many.
const MOST: usize = 10_000;

/// A column that holds cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Its name, with those of the structures around it.
    pub name: String,
    /// The column of the schema.
    pub root: usize,
    /// The members that lead to it from there.
    path: Vec<usize>,
    /// Whether its figures are decimals.
    pub is_decimal: bool,
}

/// The columns of a schema, or what of it is not read.
///
/// # Errors
/// Which column has a type that is not read, or that there are too many columns.
pub fn leaves(schema: &Schema) -> Result<Vec<Leaf>, String> {
    let mut all = Vec::new();
    for (root, field) in schema.fields().iter().enumerate() {
        let name = frame::name(field.name());
        add(field.data_type(), Leaf { name, root, path: Vec::new(), is_decimal: false }, &mut all)?;
    }
    let names = frame::numbered(all.iter().map(|leaf| leaf.name.clone()).collect());
    all.iter_mut().zip(names).for_each(|(leaf, name)| leaf.name = name);
    Ok(all)
}

fn add(ty: &DataType, leaf: Leaf, all: &mut Vec<Leaf>) -> Result<(), String> {
    if all.len() >= MOST {
        return Err(format!("it has more than {MOST} columns"));
    }
    match ty {
        DataType::Struct(members) => {
            for (number, member) in members.iter().enumerate() {
                let name = format!("{}/{}", leaf.name, frame::name(member.name()));
                let path = leaf.path.iter().copied().chain([number]).collect();
                add(member.data_type(), Leaf { name, path, ..leaf.clone() }, all)?;
            }
        }
        ty if is_read(ty) => all.push(Leaf { is_decimal: ty.is_decimal(), ..leaf }),
        ty => {
            return Err(format!("the column `{}` has the type {ty}, which is not read", leaf.name));
        }
    }
    Ok(())
}

/// Whether cells of a type have a text.
fn is_read(ty: &DataType) -> bool {
    match ty {
        DataType::Union(..)
        | DataType::RunEndEncoded(..)
        | DataType::ListView(_)
        | DataType::LargeListView(_) => false,
        DataType::List(of)
        | DataType::LargeList(of)
        | DataType::FixedSizeList(of, _)
        | DataType::Map(of, _) => is_read(of.data_type()),
        DataType::Struct(members) => members.iter().all(|member| is_read(member.data_type())),
        DataType::Dictionary(_, of) => is_read(of),
        _ => true,
    }
}

/// The cells of a column, and the structures around them: where one of these is null, so is the cell.
pub struct Found {
    pub cells: ArrayRef,
    pub around: Vec<ArrayRef>,
}

impl Leaf {
    /// Finds its cells in some rows, of which `roots` are the columns.
    pub fn of(&self, batch: &RecordBatch, roots: &[usize]) -> Option<Found> {
        let at = roots.iter().position(|root| *root == self.root)?;
        let mut found = Found { cells: batch.columns().get(at)?.clone(), around: Vec::new() };
        for member in &self.path {
            let inner = found.cells.as_struct_opt()?.columns().get(*member)?.clone();
            let outer = std::mem::replace(&mut found.cells, inner);
            if outer.null_count() > 0 {
                found.around.push(outer);
            }
        }
        Some(found)
    }
}
