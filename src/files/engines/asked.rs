//! What a table is asked by: its columns, in which form each is fetched, and the order of its rows.

use arrow_schema::{DataType, Field, FieldRef, SchemaRef};

use crate::files::engines::statement::Fetched;

/// What a table is asked by.
pub struct Asked {
    /// What stands behind `from`.
    pub from: String,
    pub columns: Vec<(String, Fetched)>,
    pub key: Vec<String>,
    pub schema: SchemaRef,
}

impl Asked {
    /// Whether some of its columns are structures, whose members are columns of their own.
    pub fn has_structures(&self) -> bool {
        let is_struct = |field: &FieldRef| matches!(field.data_type(), DataType::Struct(_));
        self.schema.fields().iter().any(is_struct)
    }

    /// The order of rows: the columns of the key, then the others that are wanted, so that it is the same
    /// each time where a key stands twice. With each goes whether it holds texts, which have collations.
    pub fn order(&self, is_wanted: &dyn Fn(usize) -> bool) -> Vec<(String, bool)> {
        let is_text = |field: &Field| match of_postgresql(field) {
            Some(own) => ["text", "varchar", "bpchar", "name"].contains(&own),
            None => matches!(
                field.data_type(),
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
            ),
        };
        let has_order = |field: &Field| {
            let ty = field.data_type();
            is_text(field) || ty.is_numeric() || ty.is_temporal()
        };
        let key = &self.key;
        let fields = self.schema.fields().iter().enumerate().filter(|(at, _)| is_wanted(*at));
        let fields = fields.map(|(_, field)| field.as_ref());
        let of_key = key.iter().filter_map(|name| self.schema.field_with_name(name).ok());
        let others = fields.filter(|field| !key.contains(field.name()) && has_order(field));
        of_key.chain(others).map(|field| (field.name().clone(), is_text(field))).collect()
    }
}

/// What PostgreSQL calls the type of a column.
pub fn of_postgresql(field: &Field) -> Option<&str> {
    field.metadata().get("POSTGRESQL:type").map(String::as_str)
}
