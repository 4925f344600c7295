//! What checks of `crossfoot` leave open until the headers of their tables are known.

use crate::expr::parse::parse_expr;
use crate::expr::tree::Expr;
use crate::rules::composed::Composed;
use crate::rules::equation::{Equation, Named, Part};
use crate::rules::spanned::Code;
use crate::source::{FileId, Snippet, Span};

/// What is left open of a check until the header of its table is known.
#[derive(Debug, Clone)]
pub struct Footing {
    /// The `crossfoot`, and what its checks of one kind have in common: a column is one of them once.
    pub of: (Span, String),
    pub table: String,
    pub what: Foots,
}

/// Which columns a check is about.
#[derive(Debug, Clone)]
pub enum Foots {
    /// These equations, one an assertion: none may have its total among its parts.
    Rows(Vec<Equation>),
    /// Columns that name a row and the row above it: no chain of them is a circle.
    Chain { above: Named, own: Named },
    /// The range of columns of its `each`.
    Range,
    /// These columns, one an assertion.
    Alone(Vec<Named>),
    /// These columns and ranges, each of which makes an assertion.
    Spread(Vec<Part>, Template),
}

/// What an assertion asks that is made of what a rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// That figures agree, in the words of the rule.
    Figures(String),
    /// That a row is there which other checks of the rule need: by its label, where it has one.
    Row(Option<String>),
}

/// An assertion about a column that is named later.
#[derive(Debug, Clone)]
pub struct Template {
    /// What stands before, between and after the names of the column.
    pieces: Vec<Snippet>,
}

impl Template {
    pub(crate) fn new(pieces: Vec<Snippet>) -> Template {
        Template { pieces }
    }

    /// The assertion about one column, which is named at `span`.
    pub fn of(&self, column: &str, span: Span, file: FileId) -> Code<Expr> {
        let name = Named { text: column.to_string(), span };
        let mut text = Composed::new(span);
        for (n, piece) in self.pieces.iter().enumerate() {
            text = if n == 0 { text } else { text.name(&name) };
            text = text.own(piece);
        }
        let snippet = text.snippet(file);
        Code { tree: parse_expr(&snippet.text).0, snippet }
    }
}
