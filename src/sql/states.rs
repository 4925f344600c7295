//! Groups with their aggregates.

use crate::expr::bound::{Bound, Op, Slot, StateDef, StateId};
use crate::expr::print::aggregate_word;
use crate::expr::tree::Agg;
use crate::sql::cells::unread;
use crate::sql::decimal::{Decimal, Unsaid, because};
use crate::sql::dialect::say;
use crate::sql::figures::Figure;
use crate::sql::pred::Pred;
use crate::sql::printer::{Asked, Of, Printer, Scope, Val};
use crate::value::Type;

/// Digits of a sum before the point.
const SUM: u32 = 19;
/// Digits that a sum of limbs may have where numbers are whole.
const LIMBS: u32 = 16;

impl Printer<'_> {
    /// The groups of a state, joined by these conditions on their keys; its number.
    ///
    /// # Errors
    /// Where they are made here.
    pub fn groups(&mut self, state: StateId, joined: &[String]) -> Result<usize, Unsaid> {
        let joined = (self.scope != Scope::Group(state)).then(|| joined.to_vec());
        if let Some(at) = self.asked.iter().position(|a| a.state == state && a.joined == joined) {
            return Ok(at);
        }
        let Some(StateDef::Groups(def)) = self.states.all.get(state) else {
            return because("it walks through groups in order");
        };
        if def.depth > 0 {
            return because("it collects groups of groups");
        }
        self.may_read(def.table)?;
        if joined.is_some() {
            self.may_join()?;
        }
        let (chosen, keys) = self.over(def.table, |p| {
            let filter = def.filter.as_ref().map(|f| p.choice(f)).transpose()?;
            Ok((filter.unwrap_or((Pred::Always, Pred::Never)), p.keys(&def.keys)?))
        })?;
        let known = Pred::all_of(&keys.iter().map(|(_, v)| v.is_known()).collect::<Vec<_>>());
        let sure = chosen.0.and(&known).or(&chosen.1);
        self.ask(
            state,
            "groups",
            def.table,
            keys.into_iter().map(|k| k.0).collect(),
            (chosen.0, sure),
            joined,
        )
    }

    /// Whether rows can be joined to those at hand: rows that a state is made of are not.
    ///
    /// # Errors
    /// Where they are not.
    pub fn may_join(&self) -> Result<(), Unsaid> {
        match self.qualified {
            true => Ok(()),
            false => because("what it collects looks other rows up"),
        }
    }

    /// Whether statements read a table.
    ///
    /// # Errors
    /// Where they do not.
    pub fn may_read(&self, table: usize) -> Result<(), Unsaid> {
        match self.tables.get(table).map(unread) {
            Some(None) => Ok(()),
            Some(Some(why)) => because(why),
            None => because("its table is not there"),
        }
    }

    /// Asks for a state; its number.
    pub fn ask(
        &mut self,
        state: StateId,
        what: &str,
        table: usize,
        keys: Vec<String>,
        (chosen, sure): (Pred, Pred),
        joined: Option<Vec<String>>,
    ) -> Result<usize, Unsaid> {
        let number = self.asked.iter().filter(|a| a.name.starts_with(what)).count() + 1;
        self.reads.entry(table).or_default();
        self.asked.push(Asked {
            state,
            name: format!("{what} {number}"),
            table,
            keys,
            chosen,
            sure,
            columns: Vec::new(),
            inner: Vec::new(),
            joined,
            known: Pred::Always,
            is_window: what == "window",
            is_required: true,
        });
        Ok(self.asked.len() - 1)
    }

    /// Notes where the keys are known by which rows are joined to a state.
    pub fn note_known(&mut self, at: usize, keys: &[(String, Val)]) {
        let known = Pred::all_of(&keys.iter().map(|(_, key)| key.is_known()).collect::<Vec<_>>());
        if let Some(asked) = self.asked.get_mut(at) {
            asked.known = known;
        }
    }

    /// A column of a state, as the statement names it.
    pub fn column_of(&self, at: usize, column: &str) -> String {
        let column = self.dialect.quoted(column);
        match self.asked.get(at).filter(|_| self.qualified) {
            Some(asked) => format!("{}.{column}", self.dialect.quoted(&asked.name)),
            None => column,
        }
    }

    /// The key of a group.
    pub fn key_of(&mut self, at: usize, key: usize) -> Result<Val, Unsaid> {
        let Some(asked) = self.asked.get(at) else { return because("its group is not there") };
        let Some(StateDef::Groups(def)) = self.states.all.get(asked.state) else {
            return because("its group is not there");
        };
        let (table, name) = (asked.table, self.column_of(at, &format!("key {}", key + 1)));
        let Some(bound) = def.keys.get(key) else { return because("its key is not there") };
        let of = self.over(table, |p| p.value(bound))?.of;
        let of = match of {
            Of::Text(_) => Of::Text(name),
            Of::Figure(figure) => Of::Figure(figure.map(&|d| d.by(name.clone()))),
            other => other,
        };
        Ok(Val::there(of))
    }

    /// A finished aggregate of the group with a key; over no rows where there is none.
    ///
    /// # Errors
    /// Where it is computed here.
    pub fn aggregate(&mut self, state: StateId, slot: usize, key: &[Bound]) -> Result<Val, Unsaid> {
        let Some(StateDef::Groups(def)) = self.states.all.get(state) else {
            return because("its groups are not there");
        };
        let is_own = |(n, k): (usize, &Bound)| matches!(k.op, Op::Key { unit: 0, key } if key == n);
        let is_direct = self.scope == Scope::Group(state) && key.iter().enumerate().all(is_own);
        let keys = if is_direct { Vec::new() } else { self.keys(key)? };
        let sqls: Vec<String> = keys.iter().map(|k| k.0.clone()).collect();
        let at = if is_direct {
            self.groups(state, &[])?
        } else if self.scope == Scope::Group(state) {
            return because("it asks for another group of its own");
        } else {
            self.groups(state, &sqls)?
        };
        self.note_known(at, &keys);
        let Some(slot_def) = def.slots.get(slot) else {
            return because("its aggregate is not there");
        };
        let name = format!("{} {}", aggregate_word(slot_def.agg), slot + 1);
        let figure = self.slot(at, slot_def, &name)?;
        if is_direct || keys.is_empty() {
            return Ok(Val::there(figure));
        }
        let rows = self.column_of(at, "rows");
        let there = Pred::all_of(&keys.iter().map(|k| k.1.is_there()).collect::<Vec<_>>());
        let none = Pred::When(format!("{rows} is null")).and(&there).sql();
        let is_zero = matches!(slot_def.agg, Agg::Sum | Agg::Count);
        Ok(Val::there(match (figure, is_zero) {
            (Of::Figure(Figure::Around { value, off }), true) => {
                let or = |d: Decimal| d.by(format!("case when {none} then 0 else {} end", d.sql));
                Of::Figure(Figure::Around { value: or(value), off: off.map(or) })
            }
            (figure, _) => figure,
        }))
    }

    /// Makes the columns of one aggregate; its value by their names.
    fn slot(&mut self, at: usize, slot: &Slot, name: &str) -> Result<Of, Unsaid> {
        if slot.residual.is_some() {
            return because("the condition of an aggregate names the row that is judged");
        }
        let Some(table) = self.asked.get(at).map(|a| a.table) else {
            return because("its group is not there");
        };
        if slot.is_natural {
            return because("texts are put in natural order here");
        }
        let is_plain = |b: &Bound| b.ty != Type::Boolean && !matches!(b.op, Op::If { .. });
        if !slot.args.iter().all(is_plain) {
            return because("an aggregate chooses its values");
        }
        let ((yes, no), arg) = self.over(table, |p| {
            let filter = slot.filter.as_ref().map(|f| p.choice(f)).transpose()?;
            let arg = match &slot.args[..] {
                [] => None,
                [arg] => Some(p.value(arg)?),
                _ => return because("it counts combinations"),
            };
            Ok((filter.unwrap_or((Pred::Always, Pred::Never)), arg))
        })?;
        let known = arg.as_ref().map_or(Pred::Always, Val::is_known);
        let sure = no.or(&yes.and(&known));
        let unsure = match &sure {
            Pred::Always => "0".to_string(),
            sure => format!("sum(case when {} then 0 else 1 end)", sure.sql()),
        };
        self.inner(at, &format!("{name} unsure"), &unsure);
        let made = Made { at, name, yes: &yes };
        match (slot.agg, arg) {
            (Agg::Count, arg) => self.count(&made, arg.as_ref(), slot.distinct),
            (_, None) => because(format!("`{}` is computed here", aggregate_word(slot.agg))),
            (Agg::Sum, Some(arg)) => self.sum(&made, &arg).map(Of::Figure),
            (Agg::Mean, Some(arg)) => {
                let sum = self.sum(&made, &arg)?;
                let rows = self.column_of(at, &format!("{name} rows"));
                self.outer_rows(at, name);
                let rows = Figure::exact(Decimal::atom(rows, SUM, 0));
                self.digits().over(&sum, &rows).map(Of::Figure)
            }
            (Agg::Min | Agg::Max | Agg::Only, Some(arg)) => self.extreme(&made, &arg, slot.agg),
            (agg, _) => because(format!("`{}` is computed here", aggregate_word(agg))),
        }
    }

    /// A column of a state, before anything is made of it.
    pub fn inner(&mut self, at: usize, name: &str, sql: &str) {
        if let Some(asked) = self.asked.get_mut(at)
            && !asked.inner.iter().any(|(n, _)| n == name)
        {
            asked.inner.push((name.to_string(), sql.to_string()));
        }
    }

    fn outer(&mut self, at: usize, name: &str, sql: &str) {
        if let Some(asked) = self.asked.get_mut(at)
            && !asked.columns.iter().any(|(n, _)| n == name)
        {
            asked.columns.push((name.to_string(), sql.to_string()));
        }
    }

    fn outer_rows(&mut self, at: usize, name: &str) {
        let rows = format!("{name} rows");
        let own = self.dialect.quoted(&rows);
        self.outer(at, &rows, &own);
    }

    fn count(&mut self, made: &Made<'_>, arg: Option<&Val>, distinct: bool) -> Result<Of, Unsaid> {
        let Made { at, name, yes } = *made;
        let counted = match arg.map(|a| (&a.of, a)) {
            None => yes.guards("1"),
            Some((Of::Text(sql), _)) => yes.guards(sql),
            Some((Of::Figure(figure), _)) if distinct && figure.plain().is_none() => {
                return because("it counts distinct figures that are rounded or quotients");
            }
            Some((Of::Figure(figure), _)) => yes.guards(figure.anchor()),
            Some(_) => return because("it counts truths"),
        };
        if arg.is_none() && distinct {
            return because("it counts distinct rows");
        }
        let distinct = if distinct { "distinct " } else { "" };
        self.inner(at, &format!("{name} of"), &format!("count({distinct}{counted})"));
        let (unsure, of) = (self.quoted(name, "unsure"), self.quoted(name, "of"));
        self.outer(
            at,
            name,
            &format!("case when {unsure} = 0 and {of} < 10000000000 then {of} end"),
        );
        Ok(Of::Figure(Figure::exact(Decimal::atom(self.column_of(at, name), 10, 0))))
    }

    fn quoted(&self, name: &str, what: &str) -> String {
        self.dialect.quoted(&format!("{name} {what}"))
    }

    /// A sum is trusted where as many rows of the greatest value could not reach the end of its type.
    fn sum(&mut self, made: &Made<'_>, arg: &Val) -> Result<Figure, Unsaid> {
        let Made { at, name, yes } = *made;
        let Of::Figure(Figure::Around { value, off }) = &arg.of else {
            return because("it sums what is no figure, or quotients");
        };
        let (dialect, digits) = (self.dialect, self.digits());
        let chosen = yes.guards(&value.sql);
        self.inner(at, &format!("{name} rows"), &say(dialect.count, &[&chosen]));
        let (unsure, rows) = (self.quoted(name, "unsure"), self.quoted(name, "rows"));
        let (high, low, of) =
            (self.quoted(name, "high"), self.quoted(name, "low"), self.quoted(name, "of"));
        let (sql, whole) = if let Some((upper, lower)) = dialect.limbs {
            let (upper, lower) =
                (say(upper, &[&format!("({chosen})")]), say(lower, &[&format!("({chosen})")]));
            self.inner(at, &format!("{name} high"), &format!("coalesce({upper}, 0)"));
            self.inner(at, &format!("{name} low"), &format!("coalesce({lower}, 0)"));
            let fits = format!("abs({high}) < 1000000 and abs({low}) < 1000000000000000");
            let total = format!("{high} * 1000000000 + {low}");
            let whole = LIMBS.saturating_sub(value.scale);
            (format!("case when {unsure} = 0 and {fits} then {total} end"), whole)
        } else {
            let most = format!("coalesce(max({}), 0)", digits.abs(&value.by(&chosen)).sql);
            self.inner(at, &format!("{name} of"), &format!("sum({chosen})"));
            let used = value.whole + value.scale;
            let (fits, whole) = if SUM + used <= dialect.digits {
                self.inner(at, &format!("{name} most"), &most);
                let most = self.quoted(name, "most");
                (format!("{rows} * {most} < 1{}", "0".repeat(SUM as usize)), SUM)
            } else {
                let spare = dialect.digits.saturating_sub(used + 2).min(9);
                if spare < 6 {
                    return Err(Unsaid::Digits);
                }
                // There are fewer than 10^19 rows.
                let whole = value.whole + spare;
                let small = "0".repeat(whole.saturating_sub(SUM) as usize);
                self.inner(at, &format!("{name} most"), &most);
                let most = self.quoted(name, "most");
                let few = "0".repeat(spare as usize);
                (format!("({rows} < 1{few} or {most} < 1{small})"), whole)
            };
            let (all, scale) = ((whole + value.scale).to_string(), value.scale.to_string());
            let total = say(dialect.cast, &[&format!("coalesce({of}, 0)"), &all, &scale]);
            (format!("case when {unsure} = 0 and {fits} then {total} end"), whole)
        };
        self.outer(at, name, &sql);
        let off = off.as_ref().map(|off| self.sum_off(made, &value.sql, off));
        let value = Decimal::atom(self.column_of(at, name), whole, value.scale);
        Ok(Figure::Around { value, off })
    }

    /// How far off a sum may be: each of its figures is half a unit off at most.
    fn sum_off(&mut self, made: &Made<'_>, value: &str, off: &Decimal) -> Decimal {
        let Made { at, name, yes } = *made;
        let dialect = self.dialect;
        let column = format!("{name} off");
        // A blank cell may have decimals of its own: none.
        let is_there = Pred::When(format!("{value} is not null"));
        let chosen = yes.and(&is_there).guards(&off.sql);
        let whole = if dialect.is_whole { LIMBS.saturating_sub(off.scale) } else { SUM };
        let (all, scale) = ((whole + off.scale).to_string(), off.scale.to_string());
        self.inner(at, &column, &format!("sum({chosen})"));
        if off.is_small() {
            let (squares, square) = (format!("{column} squares"), dialect.square(&off.sql));
            self.inner(at, &squares, &format!("sum({})", yes.and(&is_there).guards(&square)));
            let own = dialect.quoted(&squares);
            self.outer(at, &squares, &own);
        }
        let sum = format!("coalesce({}, 0)", dialect.quoted(&column));
        self.outer(at, &column, &say(dialect.cast, &[&sum, &all, &scale]));
        Decimal::atom(self.column_of(at, &column), whole, off.scale)
    }

    fn extreme(&mut self, made: &Made<'_>, arg: &Val, agg: Agg) -> Result<Of, Unsaid> {
        let Made { at, name, yes } = *made;
        let (sql, plain) = match &arg.of {
            Of::Text(sql) => (sql.clone(), None),
            Of::Figure(figure) => match (figure, figure.plain()) {
                (_, Some(plain)) => (plain.sql.clone(), Some(plain.clone())),
                (Figure::Around { value, .. }, None) if agg == Agg::Only => {
                    (value.sql.clone(), Some(value.clone()))
                }
                _ => return because("the least of rounded figures is found here"),
            },
            _ => return because("it looks for the least of truths"),
        };
        let chosen = yes.guards(&sql);
        let function = if agg == Agg::Max { "max" } else { "min" };
        self.inner(at, &format!("{name} of"), &format!("{function}({chosen})"));
        self.inner(at, &format!("{name} rows"), &format!("count({chosen})"));
        let (unsure, of, rows) =
            (self.quoted(name, "unsure"), self.quoted(name, "of"), self.quoted(name, "rows"));
        let is_one = if agg == Agg::Only { format!(" and {rows} = 1") } else { String::new() };
        self.outer(at, name, &format!("case when {unsure} = 0{is_one} then {of} end"));
        let column = self.column_of(at, name);
        Ok(match plain {
            None => Of::Text(column),
            Some(plain) => {
                let off = match &arg.of {
                    Of::Figure(Figure::Around { off: Some(off), .. }) => {
                        Some(self.sum_off(made, &sql, off))
                    }
                    _ => None,
                };
                Of::Figure(Figure::Around { value: plain.by(column), off })
            }
        })
    }
}

/// What an aggregate is being made of.
#[derive(Clone, Copy)]
struct Made<'m> {
    at: usize,
    name: &'m str,
    yes: &'m Pred,
}
