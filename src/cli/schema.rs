//! `crossfoot schema`.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which schema to print
    #[arg(value_enum, default_value = "rules")]
    what: Schema,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Schema {
    Rules,
    Findings,
    Extract,
    Figures,
}

impl SchemaArgs {
    /// The schema as JSON.
    pub fn text(&self) -> String {
        match self.what {
            Schema::Rules => crossfoot::rules::schema::json_schema(),
            Schema::Findings => crossfoot::report::document::schema(),
            Schema::Extract => crossfoot::report::document::prose::extract_schema(),
            Schema::Figures => crossfoot::report::document::prose::figures_schema(),
        }
    }
}
