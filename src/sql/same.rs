//! Values that stand in one row only.

use crate::sql::dialect::Dialect;
use crate::sql::pred::Pred;
use crate::sql::printer::select;

/// Values that may stand in one row only: they are counted by themselves, since a count beside each row would have the
/// engine put all rows in order.
pub(super) struct Same {
    /// The values of a row in the table itself, and where rows are joined.
    pub keys: Vec<String>,
    pub joined: Vec<String>,
    /// Where they can be read.
    pub known: Pred,
    pub nth: usize,
}

impl Same {
    /// The values that stand in several rows.
    fn name(&self) -> String {
        format!("same {}", self.nth)
    }

    /// How many rows could have any value.
    fn unsure_name(&self) -> String {
        format!("unsure {}", self.nth)
    }

    /// What a value, or the number of its rows, is called; no column of the rows is.
    fn column(&self, what: &str) -> String {
        format!("{} {what}", self.name())
    }

    /// Where the values of a row stand in no other.
    pub fn is_alone(&self, dialect: &Dialect) -> Pred {
        let [rows, name] = [self.column("rows"), self.name()].map(|name| dialect.quoted(&name));
        let others = Pred::When(format!("{name}.{rows} is null"));
        if self.known == Pred::Always {
            return others;
        }
        let (count, from) = (dialect.quoted("rows"), dialect.quoted(&self.unsure_name()));
        others.and(&Pred::When(format!("(select {count} from {from}) = 0")))
    }

    /// The values that stand in several rows, and how many rows could have any.
    pub fn parts(&self, rows: &str, dialect: &Dialect) -> Vec<(String, String)> {
        let column = |what: &str| dialect.quoted(&self.column(what));
        let named =
            |(n, key): (usize, &String)| format!("{key} as {}", column(&format!("key {}", n + 1)));
        let mut columns: Vec<String> = self.keys.iter().enumerate().map(named).collect();
        columns.push(format!("count(*) as {}", column("rows")));
        let is_there: Vec<String> =
            self.keys.iter().map(|key| format!("{key} is not null")).collect();
        let behind = format!(
            "from {rows}\n  where {}\n  group by {}\n  having count(*) > 1",
            is_there.join(" and "),
            self.keys.join(", ")
        );
        let mut parts = vec![(self.name(), select(&columns, &behind))];
        if self.known != Pred::Always {
            let unsure = format!("case when {} then 0 else 1 end = 1", self.known.sql());
            let count = format!("count(*) as {}", dialect.quoted("rows"));
            parts.push((
                self.unsure_name(),
                select(&[count], &format!("from {rows}\n  where {unsure}")),
            ));
        }
        parts
    }

    /// The values of a row beside those that stand in several.
    pub fn join(&self, dialect: &Dialect) -> String {
        let name = dialect.quoted(&self.name());
        let equal = |(n, key): (usize, &String)| {
            format!("{name}.{} = {key}", dialect.quoted(&self.column(&format!("key {}", n + 1))))
        };
        let on: Vec<String> = self.joined.iter().enumerate().map(equal).collect();
        format!("\nleft join {name} on {}", on.join(" and "))
    }
}
