//! Rows by key.

use crate::expr::bound::{Bound, OnMiss, Op, StateDef, StateId};
use crate::sql::cells::name_of;
use crate::sql::decimal::{Unsaid, because};
use crate::sql::figures::Figure;
use crate::sql::pred::Pred;
use crate::sql::printer::{Of, Printer, Truth, Val};
use crate::value::Type;

impl Printer<'_> {
    /// Rows by key; where each part of the key is there, and the number of the state.
    fn index(&mut self, state: StateId, key: &[(String, Val)]) -> Result<(usize, Pred), Unsaid> {
        let Some(StateDef::Index(def)) = self.states.all.get(state) else {
            return because("its rows are not there");
        };
        self.may_read(def.table)?;
        self.may_join()?;
        let there = Pred::all_of(&key.iter().map(|k| k.1.is_there()).collect::<Vec<_>>());
        let joined = Some(key.iter().map(|k| k.0.clone()).collect::<Vec<_>>());
        if let Some(at) = self.asked.iter().position(|a| a.state == state && a.joined == joined) {
            return Ok((at, there));
        }
        let columns: Vec<Bound> = def
            .columns
            .iter()
            .map(|&column| Bound {
                op: Op::Cell { unit: 0, column, ranges: false },
                ty: self.tables.get(def.table).map_or(Type::Text, |t| t.columns[column].reading.ty),
                span: 0..0,
            })
            .collect();
        let keys = self.over(def.table, |p| p.keys(&columns))?;
        let known = Pred::all_of(&keys.iter().map(|(_, v)| v.is_known()).collect::<Vec<_>>());
        let chosen = Pred::all_of(&keys.iter().map(|(_, v)| v.is_there()).collect::<Vec<_>>());
        let keys = keys.into_iter().map(|k| k.0).collect();
        let at = self.ask(state, "look-up", def.table, keys, (chosen, known), joined)?;
        self.note_known(at, key);
        Ok((at, there))
    }

    /// Where there is surely no row.
    fn absent(&self, at: usize, there: &Pred) -> Pred {
        let rows = Pred::When(format!("{} is null", self.column_of(at, "rows")));
        there.and(&rows).and(&self.asked.get(at).map_or(Pred::Never, |a| a.all_sure(self.dialect)))
    }

    /// The value in the one row with a key.
    ///
    /// # Errors
    /// Where crossfoot alone looks it up.
    pub fn lookup(&mut self, b: &Bound) -> Result<Val, Unsaid> {
        let Op::Lookup { state, key, column, miss, ranges } = &b.op else {
            return because("it looks nothing up");
        };
        if matches!(miss, OnMiss::Version { .. }) {
            return because("it compares with an old version");
        }
        let Some(column) = *column else { return because("it asks for a whole row") };
        let keys = self.keys(key)?;
        let (at, there) = self.index(*state, &keys)?;
        let Some((table, name)) = self
            .asked
            .get(at)
            .and_then(|a| Some((a.table, name_of(self.tables.get(a.table)?, column).to_string())))
        else {
            return because("its table is not there");
        };
        let cell =
            Bound { op: Op::Cell { unit: 0, column, ranges: *ranges }, ty: b.ty, span: 0..0 };
        let value = self.over(table, |p| p.value(&cell))?;
        let missing = format!("{name} missing");
        if value.missing != Pred::Never {
            let when = format!("min(case when {} then 1 else 0 end)", value.missing.sql());
            self.inner(at, &missing, &format!("case when count(*) = 1 then {when} end"));
        }
        let one = |p: &mut Self, name: &str, sql: &str| {
            p.inner(at, name, &format!("case when count(*) = 1 then min({sql}) end"));
            p.column_of(at, name)
        };
        let of = match &value.of {
            Of::Text(sql) => Of::Text(one(self, &name, sql)),
            Of::Truth(sql) => Of::Truth(one(self, &name, sql)),
            Of::Figure(Figure::Around { value, off }) => {
                let off =
                    off.as_ref().map(|off| off.by(one(self, &format!("{name} off"), &off.sql)));
                Of::Figure(Figure::Around { value: value.by(one(self, &name, &value.sql)), off })
            }
            _ => return because("it looks up what is no cell"),
        };
        let is_blank = match value.missing {
            Pred::Never => Pred::Never,
            _ => Pred::When(format!("{} = 1", self.column_of(at, &missing))),
        };
        Ok(Val { missing: is_blank.or(&self.absent(at, &there)), ..Val::there(of) })
    }

    /// Where each row is there that an expression looks up: one that is not is a finding of its own.
    ///
    /// # Errors
    /// Where crossfoot alone looks it up.
    pub fn met(&mut self, b: &Bound) -> Result<Pred, Unsaid> {
        let mut all: Vec<Bound> = Vec::new();
        b.walk(&mut |b| {
            let is_reported = matches!(b.op, Op::Lookup { miss: OnMiss::Reported, .. });
            if is_reported && !all.iter().any(|other| other.same(b)) {
                all.push(b.clone());
            }
        });
        let mut met = Pred::Always;
        for lookup in &all {
            met = met.and(&self.is_absent(lookup)?.no);
        }
        Ok(met)
    }

    /// Whether there is no row with a key.
    ///
    /// # Errors
    /// Where crossfoot alone looks for it.
    pub fn is_absent(&mut self, b: &Bound) -> Result<Truth, Unsaid> {
        let Op::Lookup { state, key, miss, .. } = &b.op else {
            return because("it looks nothing up");
        };
        if matches!(miss, OnMiss::Version { .. }) {
            return because("it compares with an old version");
        }
        let keys = self.keys(key)?;
        let (at, there) = self.index(*state, &keys)?;
        let one = Pred::When(format!("{} = 1", self.column_of(at, "rows")));
        Ok(Truth::of((self.absent(at, &there), one)))
    }

    /// Whether a value stands in a column.
    ///
    /// # Errors
    /// Where crossfoot alone looks for it.
    pub fn member(
        &mut self,
        state: StateId,
        value: &Bound,
        not: bool,
        chooses: bool,
    ) -> Result<Truth, Unsaid> {
        let keys = self.keys(std::slice::from_ref(value))?;
        let (at, there) = self.index(state, &keys)?;
        if let Some(asked) = self.asked.get_mut(at) {
            asked.is_required = false;
        }
        let found = Pred::When(format!("{} is not null", self.column_of(at, "rows")));
        let truth = Truth::of((found, self.absent(at, &there))).negated_if(not);
        let Some((_, value)) = keys.into_iter().next() else {
            return because("it looks for nothing");
        };
        let is_text = matches!(value.of, Of::Text(_));
        Ok(self.of_text(truth, not, &value, chooses && is_text))
    }
}
