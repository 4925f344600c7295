//! Literals of other tools as values of the columns that they are compared with: in SQL `'5'` beside a
//! column of numbers is a number, and `'2026-01-01'` beside dates a date.

use crate::expr::parse::parse_expr;
use crate::expr::print::print;
use crate::expr::tree::{Cmp, Expr, Kind, each_mut};
use crate::import::rules::{Check, Table};
use crate::value::{Number, Reading, Type};

/// Gives the literals of a check the types of columns of its table.
///
/// # Errors
/// Why a column cannot be compared so.
pub fn fit(check: &mut Check, table: &Table) -> Result<(), String> {
    for text in check.asserts.iter_mut().chain(&mut check.filter) {
        let (mut tree, errors) = parse_expr(text);
        if !errors.is_empty() {
            continue;
        }
        let mut fitting = Fitting { table, is_changed: false, wrong: None };
        each_mut(&mut tree, &mut |e| fitting.visit(e));
        match fitting.wrong {
            Some(wrong) => return Err(wrong),
            None if fitting.is_changed => *text = print(&tree),
            None => {}
        }
    }
    Ok(())
}

struct Fitting<'t> {
    table: &'t Table,
    is_changed: bool,
    wrong: Option<String>,
}

impl Fitting<'_> {
    fn visit(&mut self, e: &mut Expr) {
        match &mut e.kind {
            Kind::Compare { op, left, right, .. } => {
                let has_order = !matches!(op, Cmp::Eq | Cmp::Ne);
                self.pair(left, right, has_order);
                self.pair(right, left, has_order);
            }
            Kind::Between { value, low, high, .. } => {
                self.pair(value, low, true);
                self.pair(value, high, true);
            }
            Kind::InList { value, list, .. } => {
                list.iter_mut().for_each(|literal| self.pair(value, literal, false));
            }
            _ => {}
        }
    }

    fn pair(&mut self, cell: &Expr, literal: &mut Expr, has_order: bool) {
        let Kind::Ref(names) = &cell.kind else { return };
        let [name] = names.as_slice() else { return };
        let Some(column) = self.table.column(&name.text) else { return };
        let name = &name.text;
        match (&literal.kind, column.ty) {
            (Kind::Text(text), None) => {
                let is_other = Number::parse(text).is_some() || reads(text, Type::Date);
                if has_order && is_other {
                    let why = format!("what `{name}` holds is not known without its data_type");
                    self.wrong.get_or_insert(why);
                }
            }
            (Kind::Number(_) | Kind::Bool(_) | Kind::Moment(..), Some(Type::Text)) => {
                self.wrong.get_or_insert(format!("`{name}` holds texts"));
            }
            (_, Some(Type::Text)) => {}
            (Kind::Text(text), Some(ty)) => match typed(text, ty) {
                Some(kind) => (literal.kind, self.is_changed) = (kind, true),
                None => {
                    let why = format!("`{text}` is no {} as `{name}` holds", ty.word());
                    self.wrong.get_or_insert(why);
                }
            },
            _ => {}
        }
    }
}

fn reads(text: &str, ty: Type) -> bool {
    Reading::new(ty).read(text).is_ok()
}

/// A text as a literal of a type.
fn typed(text: &str, ty: Type) -> Option<Kind> {
    match ty {
        Type::Number | Type::Integer | Type::Year => Number::parse(text).map(Kind::Number),
        Type::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "1" => Some(Kind::Bool(true)),
            "false" | "f" | "0" => Some(Kind::Bool(false)),
            _ => None,
        },
        Type::DateTime => {
            let own = match text.contains([' ', 'T']) {
                true => text.replacen(' ', "T", 1),
                false => format!("{text}T00:00"),
            };
            reads(&own, ty).then_some(Kind::Moment(ty, own))
        }
        Type::Date | Type::Time => reads(text, ty).then(|| Kind::Moment(ty, text.to_string())),
        _ => None,
    }
}
