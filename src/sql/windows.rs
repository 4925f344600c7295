//! Neighbours in order.

use crate::expr::bound::{Bound, StateDef, StateId, WindowDef};
use crate::expr::tree::WindowFunction;
use crate::sql::decimal::{Unsaid, because};
use crate::sql::dialect::say;
use crate::sql::figures::Figure;
use crate::sql::pred::Pred;
use crate::sql::printer::{Asked, Of, Printer, Scope, Val};

/// The rows that are walked, in their order.
struct Walk {
    /// Which of the states that are asked it is.
    at: usize,
    /// What it is called.
    name: String,
    /// How the dialect calls a neighbour.
    spelling: &'static str,
    /// Parts and order.
    window: String,
    /// 1 for rows that are chosen, where not all are: the others are a part of their own.
    is_chosen: Option<String>,
}

impl Printer<'_> {
    /// A value of the row before or after.
    ///
    /// # Errors
    /// Where crossfoot alone walks through the rows.
    pub fn window(&mut self, state: StateId) -> Result<Val, Unsaid> {
        let Some(StateDef::Window(def)) = self.states.all.get(state) else {
            return because("it walks nothing");
        };
        let (walk, value) = self.walk(state, def)?;
        let of = match &value.of {
            Of::Text(sql) => Of::Text(self.neighbour(&walk, "", sql)),
            Of::Figure(Figure::Around { value, off }) => {
                let off = off.as_ref().map(|off| off.by(self.neighbour(&walk, " off", &off.sql)));
                let value = value.by(self.neighbour(&walk, "", &value.sql));
                Of::Figure(Figure::Around { value, off })
            }
            _ => return because("it walks through truths or quotients"),
        };
        let end = self.neighbour(&walk, " exists", "1");
        let mut not_applicable = Pred::When(format!("{end} is null"));
        if let Some(chosen) = &walk.is_chosen {
            let name = format!("{} chosen", walk.name);
            self.inner(walk.at, &name, chosen);
            let chosen = Pred::When(format!("{} = 1", self.dialect.quoted(&name)));
            not_applicable = chosen.and(&not_applicable);
        }
        Ok(Val { not_applicable, ..Val::there(of) })
    }

    /// The rows that a window walks, and what is taken of each.
    fn walk(&mut self, state: StateId, def: &WindowDef) -> Result<(Walk, Val), Unsaid> {
        let spelling = match def.window {
            WindowFunction::Prev => self.dialect.previous,
            WindowFunction::Next => self.dialect.next,
            WindowFunction::Rank | WindowFunction::Cumulative => {
                return because("ranks and running sums are computed here");
            }
        };
        if def.order.is_empty() {
            return because("a database keeps no order of rows: give the check an `order`");
        }
        if def.groups.is_some() || self.scope != Scope::Rows(def.table) {
            return because("it walks through groups");
        }
        let filter = def.filter.as_ref();
        let chosen = filter.map(|f| self.over(def.table, |p| p.choice(f))).transpose()?;
        let order: Vec<Bound> = def.order.iter().map(|o| o.0.clone()).collect();
        let (by, order, value) = self
            .over(def.table, |p| Ok((p.keys(&def.by)?, p.keys(&order)?, p.value(&def.value)?)))?;
        let all = || by.iter().chain(&order);
        let there = Pred::all_of(&all().map(|key| key.1.is_there()).collect::<Vec<_>>());
        let sure = match &chosen {
            Some((yes, no)) => no.or(&yes.and(&there)),
            None => there,
        };
        let chosen = chosen.map(|(yes, _)| yes);
        let same = |a: &Asked| a.state == state && a.is_window;
        let at = match self.asked.iter().position(same) {
            Some(at) => at,
            None => {
                let keys = all().map(|key| key.0.clone()).collect();
                let chosen = chosen.clone().unwrap_or(Pred::Always);
                self.ask(state, "window", def.table, keys, (chosen, sure), None)?
            }
        };
        let is_chosen = chosen.map(|yes| format!("case when {} then 1 else 0 end", yes.sql()));
        let parts = is_chosen.as_ref().into_iter().chain(by.iter().map(|key| &key.0));
        let parts: Vec<&str> = parts.map(String::as_str).collect();
        let parts = match &parts[..] {
            [] => String::new(),
            parts => format!("partition by {} ", parts.join(", ")),
        };
        let way = |((sql, _), (_, down)): (&(String, Val), &(Bound, bool))| {
            if *down { format!("{sql} desc") } else { sql.clone() }
        };
        let ordered: Vec<String> = order.iter().zip(&def.order).map(way).collect();
        let window = format!("{parts}order by {}", ordered.join(", "));
        let name = self.asked.get(at).map_or_else(String::new, |a| a.name.clone());
        Ok((Walk { at, name, spelling, window, is_chosen }, value))
    }

    /// What stands in the row before or after, as a column that the rows get; a row that is not chosen has no
    /// neighbours.
    fn neighbour(&mut self, walk: &Walk, what: &str, sql: &str) -> String {
        let name = format!("{}{what}", walk.name);
        let mut taken = say(walk.spelling, &[sql, &walk.window]);
        if let Some(chosen) = &walk.is_chosen {
            taken = format!("case when {chosen} = 1 then {taken} end");
        }
        self.inner(walk.at, &name, &taken);
        self.dialect.quoted(&name)
    }
}
