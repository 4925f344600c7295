//! Operations of certificates as the formulas of spreadsheets.

/// What is computed from operands, and how formulas have it; the functions whose results hang on the
/// last digit of a float are left out where their operand is computed itself.
pub fn of(op: &str, args: &[String]) -> Option<String> {
    let list = || args.join(",");
    let formula = match (op, args) {
        ("neg", [x]) => format!("-{x}"),
        ("+" | "-" | "*" | "/", [a, b]) => format!("{a}{op}{b}"),
        ("change", [new, old]) => format!("{new}/{old}-1"),
        ("abs", [x]) => format!("ABS({x})"),
        ("sqrt", [x]) => format!("SQRT({x})"),
        ("round", [x]) => format!("ROUND({x},0)"),
        ("round", [x, digits]) => format!("ROUND({x},{digits})"),
        ("floor", [x]) if is_cell(x) => format!("INT({x})"),
        ("ceil", [x]) if is_cell(x) => format!("-INT(-{x})"),
        ("least", [_, ..]) => format!("MIN({})", list()),
        ("greatest", [_, ..]) => format!("MAX({})", list()),
        _ => return None,
    };
    Some(formula)
}

/// Whether formulas can compute it from its operands.
pub fn is_computed(op: &str) -> bool {
    let functions = ["change", "abs", "sqrt", "round", "floor", "ceil", "least", "greatest"];
    matches!(op, "neg" | "+" | "-" | "*" | "/") || functions.contains(&op)
}

/// What is done with the operands of arithmetic, for people.
pub fn signs(op: &str) -> [&'static str; 2] {
    match op {
        "+" => ["", "+"],
        "-" => ["", "−"],
        "neg" => ["−", ""],
        "*" => ["", "×"],
        "/" => ["", "÷"],
        _ => ["", ""],
    }
}

fn is_cell(operand: &str) -> bool {
    operand.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The column of the sheet that holds what rows are called.
const NAMES: &str = "D";

/// Rows of a sheet that an aggregate is over.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// The column of their values.
    pub column: &'static str,
    /// The number of the first.
    pub first: usize,
    /// How many there are.
    pub listed: usize,
    /// How many rows of the data are left out, and whether a row below has what they come to.
    pub more: Option<(u64, bool)>,
}

impl Range {
    fn text(&self, column: &str, rows: usize) -> String {
        format!("{column}{}:{column}{}", self.first, self.first + rows - 1)
    }

    /// The rows that are listed.
    fn listed(&self) -> Option<String> {
        (self.listed > 0).then(|| self.text(self.column, self.listed))
    }

    /// These, and the row of those that are not.
    fn all(&self) -> Option<String> {
        let rows = self.listed + usize::from(self.more.is_some());
        let is_known = self.more.is_none_or(|(_, is_known)| is_known);
        (rows > 0 && is_known).then(|| self.text(self.column, rows))
    }
}

/// An aggregate that formulas can compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// The sum.
    Sum,
    /// The mean.
    Mean,
    /// The number of rows.
    Count,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The one value that there is.
    Only,
}

impl Aggregate {
    /// By the name that certificates have for it.
    pub fn of(op: &str) -> Option<Aggregate> {
        Some(match op {
            "sum" | "along sum" => Aggregate::Sum,
            "mean" | "along mean" => Aggregate::Mean,
            "count" => Aggregate::Count,
            "min" | "along min" => Aggregate::Min,
            "max" | "along max" => Aggregate::Max,
            "first" | "last" | "only" => Aggregate::Only,
            _ => return None,
        })
    }

    /// How its rows enter it.
    pub fn sign(self) -> &'static str {
        if self == Aggregate::Sum { "+" } else { "" }
    }

    /// The formula over rows; `are_numbers`: each is a number or nothing.
    pub fn formula(self, rows: &Range, are_numbers: bool) -> Option<String> {
        if self == Aggregate::Count {
            let names = rows.text(NAMES, rows.listed.max(1));
            let more = rows.more.map_or(String::new(), |(count, _)| format!("+{count}"));
            return (rows.listed > 0).then(|| format!("COUNTA({names}){more}"));
        }
        let listed = rows.listed().filter(|_| are_numbers)?;
        let whole = rows.more.is_none();
        match self {
            Aggregate::Sum => Some(format!("SUM({})", rows.all()?)),
            Aggregate::Mean => match rows.more {
                None => Some(format!("AVERAGE({listed})")),
                Some((more, _)) => Some(format!("SUM({})/(COUNT({listed})+{more})", rows.all()?)),
            },
            Aggregate::Min => whole.then(|| format!("MIN({listed})")),
            Aggregate::Max => whole.then(|| format!("MAX({listed})")),
            Aggregate::Only => {
                (whole && rows.listed == 1).then(|| format!("{}{}", rows.column, rows.first))
            }
            Aggregate::Count => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_formulas_or_none() {
        let of = |op: &str, args: &[&str]| {
            of(op, &args.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let is = |formula: &str| Some(formula.to_string());
        assert_eq!(of("/", &["(100*G7)", "G8"]), is("(100*G7)/G8"));
        assert_eq!(of("round", &["G7", "2"]), is("ROUND(G7,2)"));
        assert_eq!(of("ceil", &["G7"]), is("-INT(-G7)"));
        assert_eq!(of("greatest", &["G7", "0"]), is("MAX(G7,0)"));
        assert_eq!(of("change", &["G7", "G8"]), is("G7/G8-1"));
        for (op, args) in
            [("floor", &["(G7/G8)"][..]), ("median", &["G7"]), ("+", &["G7"]), ("=", &["1", "2"])]
        {
            assert_eq!(of(op, args), None, "{op}");
        }
        for op in ["neg", "+", "-", "*", "/", "abs", "sqrt", "round", "floor", "ceil"] {
            assert!(
                is_computed(op) && (of(op, &["G1"]).is_some() || of(op, &["G1", "G2"]).is_some())
            );
        }
    }

    #[test]
    fn aggregates_are_formulas_over_their_rows() {
        let rows = |listed, more| Range { column: "G", first: 7, listed, more };
        let of = |op: &str, rows: Range| Aggregate::of(op).and_then(|a| a.formula(&rows, true));
        let is = |formula: &str| Some(formula.to_string());
        assert_eq!(of("sum", rows(3, None)), is("SUM(G7:G9)"));
        assert_eq!(of("sum", rows(3, Some((5, true)))), is("SUM(G7:G10)"));
        assert_eq!(of("sum", rows(3, Some((5, false)))), None);
        assert_eq!(of("mean", rows(2, Some((5, true)))), is("SUM(G7:G9)/(COUNT(G7:G8)+5)"));
        assert_eq!(of("count", rows(2, Some((5, false)))), is("COUNTA(D7:D8)+5"));
        assert_eq!(of("max", rows(2, None)), is("MAX(G7:G8)"));
        assert_eq!(of("max", rows(2, Some((5, false)))), None);
        assert_eq!(of("only", rows(1, None)), is("G7"));
        assert_eq!(of("only", rows(2, None)), None);
        assert_eq!(of("sum", rows(0, None)), None);
        assert_eq!(of("median", rows(2, None)), None);
        assert_eq!(Aggregate::Sum.formula(&rows(3, None), false), None);
    }
}
