//! Conditions of a statement. Each says only what is sure: where it is null, nothing is.

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pred {
    /// Never.
    Never,
    /// Always.
    Always,
    /// Where this is true; it stands without parentheses, and its weakest operator is not `or`.
    When(String),
    /// Where one of these is true.
    Any(Vec<String>),
    /// Where all of these are.
    All(Vec<String>),
}

use Pred::{All, Always, Any, Never, When};

impl Pred {
    /// As a statement writes it.
    pub fn sql(&self) -> String {
        match self {
            Never => "1 = 0".into(),
            Always => "1 = 1".into(),
            When(sql) => sql.clone(),
            Any(all) => all.join(" or "),
            All(all) => all.join(" and "),
        }
    }

    fn operand(&self) -> String {
        match self {
            Any(_) | All(_) => format!("({})", self.sql()),
            other => other.sql(),
        }
    }

    /// How long it is written.
    pub fn len(&self) -> usize {
        match self {
            Never | Always => 0,
            When(sql) => sql.len(),
            Any(all) | All(all) => all.iter().map(String::len).sum(),
        }
    }

    /// Where this and another are true.
    #[must_use]
    pub fn and(&self, other: &Pred) -> Pred {
        match (self, other) {
            (Never, _) | (_, Never) => Never,
            (Always, other) | (other, Always) => other.clone(),
            _ => {
                let mut all = self.all();
                all.extend(other.all().into_iter().filter(|p| !self.all().contains(p)));
                if let [only] = &all[..] { When(only.clone()) } else { All(all) }
            }
        }
    }

    /// Where this or another is true.
    #[must_use]
    pub fn or(&self, other: &Pred) -> Pred {
        match (self, other) {
            (Always, _) | (_, Always) => Always,
            (Never, other) | (other, Never) => other.clone(),
            _ => {
                let mut any = self.any();
                any.extend(other.any().into_iter().filter(|p| !self.any().contains(p)));
                if let [only] = &any[..] { When(only.clone()) } else { Any(any) }
            }
        }
    }

    fn all(&self) -> Vec<String> {
        if let All(all) = self { all.clone() } else { vec![self.operand()] }
    }

    fn any(&self) -> Vec<String> {
        if let Any(any) = self { any.clone() } else { vec![self.operand()] }
    }

    /// Where all of them are true.
    pub fn all_of<'p>(all: impl IntoIterator<Item = &'p Pred>) -> Pred {
        all.into_iter().fold(Always, |sum, p| sum.and(p))
    }

    /// Where one of them is.
    pub fn any_of<'p>(all: impl IntoIterator<Item = &'p Pred>) -> Pred {
        all.into_iter().fold(Never, |sum, p| sum.or(p))
    }

    /// A value where this is true, and null elsewhere.
    pub fn guards(&self, value: &str) -> String {
        match self {
            Always => value.to_string(),
            _ => format!("case when {} then {value} end", self.sql()),
        }
    }
}
