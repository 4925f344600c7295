//! `crossfoot` of a check: rows against their totals and columns against theirs. It becomes ordinary
//! checks; those whose columns depend on the header are settled when that is known.

use crate::expr::parse::parse_expr;
use crate::expr::print::name as quoted;
use crate::expr::tree::{Expr, Unit};
use crate::rules::composed::Composed;
use crate::rules::crossfoot::{self, Crossfoot, Hierarchy, Level};
use crate::rules::equation::{Equation, Named, Part};
use crate::rules::foots::{Footing, Foots, Template};
use crate::rules::toml::{BAD_VALUE, Reader, Section, span_of};
use crate::rules::{CheckRule, Code, Said, Spanned};

/// The checks that a `crossfoot` is, with all else that is said of the check.
pub(crate) fn checks(r: &mut Reader<'_>, check: &CheckRule, s: &Section<'_>) -> Vec<CheckRule> {
    no_other(r, s, "crossfoot");
    let Some(asked) = crossfoot::read(r, s) else { return Vec::new() };
    let mut maker = Maker { r, check, asked: &asked, made: Vec::new() };
    maker.rows();
    asked.levels().iter().for_each(|level| maker.level(level));
    maker.hierarchy();
    maker.lines();
    maker.made
}

/// Keys that have no meaning beside the one that says what is asked.
pub(crate) fn no_other(r: &mut Reader<'_>, s: &Section<'_>, own: &str) {
    let all = ["assert", "crossfoot", "roll_forward", "prior", "each", "where", "order", "was"];
    for key in all.into_iter().chain(["examples"]).filter(|key| *key != own) {
        if let Some((k, _)) = s.table.get_key_value(key) {
            let message = format!("`{key}` cannot stand beside `{own}`, which says what is asked");
            r.problem(&BAD_VALUE, span_of(k.span()), message, "", "write it in a check of its own");
        }
    }
}

/// A check that is a part of another, by its name.
pub(crate) fn part(check: &CheckRule, name: &str) -> CheckRule {
    let value = format!("{}.{name}", check.id.value);
    CheckRule { id: Spanned { value, span: check.id.span }, ..check.clone() }
}

/// What is added up, as an expression: parts along a row.
pub(crate) fn sum(mut text: Composed, parts: &[Part]) -> Composed {
    let one = |text: Composed, p: &Part| match &p.to {
        Some(to) if p.is_minus || p.factor.is_some() => {
            text.words("sum(").name(&p.from).words(" to ").name(to).words(")")
        }
        Some(to) => text.name(&p.from).words(" to ").name(to),
        None => text.name(&p.from),
    };
    let signed = |text: Composed, p: &Part| {
        let factor = p.factor.as_ref().map(|f| format!("{f} * ")).unwrap_or_default();
        one(text.words(if p.is_minus { "-" } else { "" }).words(&factor), p)
    };
    // A `sum` of one value would be that of a column.
    if let [only] = parts
        && only.to.is_none()
    {
        return signed(text, only);
    }
    text = text.words("sum(");
    for (n, p) in parts.iter().enumerate() {
        text = signed(text.words(if n > 0 { ", " } else { "" }), p);
    }
    text.words(")")
}

struct Maker<'a, 't> {
    r: &'a mut Reader<'t>,
    check: &'a CheckRule,
    asked: &'a Crossfoot,
    made: Vec<CheckRule>,
}

impl Maker<'_, '_> {
    fn text(&self) -> Composed {
        Composed::new(self.asked.span)
    }

    fn within(&self, text: Composed) -> Composed {
        match &self.asked.within {
            Some(within) => text.words(" within ").own(within),
            None => text,
        }
    }

    fn footing(&self, family: &str, what: Foots) -> Option<Footing> {
        let of = (self.asked.span, family.to_string());
        Some(Footing { of, table: self.asked.table.value.clone(), what })
    }

    /// Adds a check unless a mistake in it was reported.
    fn add(
        &mut self,
        name: &str,
        each: Option<Code<Unit>>,
        asserts: Vec<Option<Code<Expr>>>,
        footing: Option<Footing>,
    ) -> Option<&mut CheckRule> {
        let asserts: Option<Vec<Code<Expr>>> = asserts.into_iter().collect();
        let each = each.into_iter().collect();
        let check = CheckRule { each, asserts: asserts?, footing, ..part(self.check, name) };
        self.made.push(check);
        self.made.last_mut()
    }

    /// Adds a check of what is no figure, and says itself what is wrong.
    fn add_told(
        &mut self,
        name: &str,
        (title, message): (&str, Composed),
        (each, filter): (Option<Code<Unit>>, Option<Code<Expr>>),
        assert: Option<Code<Expr>>,
    ) -> Option<&mut CheckRule> {
        let message = message.snippet(self.r.file);
        let check = self.add(name, each, vec![assert], None)?;
        (check.title, check.message) = (Some(title.to_string()), Some(message));
        check.filter = filter;
        Some(check)
    }

    /// Every row against its totals.
    fn rows(&mut self) {
        let equations: Vec<Equation> =
            self.asked.equations.iter().filter(|e| e.total.is_some()).cloned().collect();
        if equations.is_empty() {
            return;
        }
        let mut asserts = Vec::new();
        for equation in &equations {
            let Some(total) = &equation.total else { continue };
            let text = sum(self.text().name(total).words(" = "), &equation.parts);
            asserts.push(self.within(text).expr(self.r));
        }
        let each = self.text().table(&self.asked.table).unit(self.r);
        let footing = self.footing("rows", Foots::Rows(equations));
        self.add("rows", each, asserts, footing);
    }

    /// Every column against the rows of totals of a level.
    fn level(&mut self, level: &Level<'_>) {
        let asked = self.asked;
        let named = |name: &str| match &level.name {
            Some(of) => format!("{name}.{of}"),
            None => name.to_string(),
        };
        let (columns, total, totals) = (named("columns"), named("total"), named("totals"));
        let ranges = asked.figures.iter().filter_map(|f| Some((&f.from, f.to.as_ref()?)));
        let mut has_range = false;
        for (n, (from, to)) in ranges.enumerate() {
            has_range = true;
            let text = self.text().table(&asked.table).words(" by column ").name(from);
            let text = text.words(" to ").name(to).words(" as q").also(level.keys);
            let each = text.unit(self.r);
            let of = self.of_level(level, (&Named { text: "q".into(), span: from.span }, false));
            let footing = self.footing(&columns, Foots::Range);
            let name = if n == 0 { columns.clone() } else { format!("{columns}.{}", n + 1) };
            let filter = self.outer(level);
            if let Some(check) = self.add(&name, each, vec![of], footing) {
                check.filter = filter;
                check.said = vec![Said::Figures(level.said())];
            }
        }
        let lone = asked.figures.iter().filter(|f| f.to.is_none()).map(|f| f.from.clone());
        let lone: Vec<Named> = lone.collect();
        if !lone.is_empty() {
            let is_bare = !level.keys.is_empty();
            let asserts = lone.iter().map(|c| self.of_level(level, (c, !is_bare))).collect();
            let said = |c: &Named| Said::Figures(format!("{} where {}", c.text, level.said()));
            let said = lone.iter().map(said).collect();
            let each = self.groups(level);
            let footing = self.footing(&columns, Foots::Alone(lone));
            let filter = self.outer(level);
            let name = if has_range { &total } else { &columns };
            if let Some(check) = self.add(name, each, asserts, footing) {
                (check.filter, check.said) = (filter, said);
            }
        }
        self.row_of_totals(level, &totals);
    }

    /// A row of totals must be there once.
    fn row_of_totals(&mut self, level: &Level<'_>, name: &str) {
        let text = Composed::new(level.total.whole()).words("count(");
        let text = match level.keys.is_empty() {
            true => text.words(&quoted(&self.asked.table.value)),
            false => text,
        };
        let text = text.words(" where ").own(level.total).words(") = 1");
        let (each, assert) = (self.groups(level), text.expr(self.r));
        let filter = self.outer(level);
        let title = match level.keys.is_empty() {
            true => "There is a row of totals",
            false => "Every group has a row of totals",
        };
        if let Some(check) = self.add(name, each, vec![assert], None) {
            (check.title, check.message) = (Some(title.to_string()), None);
            (check.filter, check.said) = (filter, vec![Said::Row(None)]);
        }
    }

    fn groups(&mut self, level: &Level<'_>) -> Option<Code<Unit>> {
        let (first, others) = level.keys.split_first()?;
        let text = self.text().table(&self.asked.table).words(" by ").name(first);
        text.also(others).unit(self.r)
    }

    /// Rows of totals of the levels around this one are none of its rows.
    fn outer(&mut self, level: &Level<'_>) -> Option<Code<Expr>> {
        if level.outer.is_empty() || level.keys.is_empty() {
            return None;
        }
        let mut text = self.text().words("not (");
        for (n, outer) in level.outer.iter().enumerate() {
            text = text.words(if n > 0 { " or (" } else { "(" }).own(outer).words(")");
        }
        text.words(")").expr(self.r)
    }

    /// One row of a column holds the sum of the others, or of those that are totals themselves.
    fn of_level(
        &mut self,
        level: &Level<'_>,
        (column, owned): (&Named, bool),
    ) -> Option<Code<Expr>> {
        let asked = self.asked;
        let start = |text: Composed, word: &str| match owned {
            true => text.words(word).table(&asked.table).words(".").name(column).words(" where "),
            false => text.words(word).name(column).words(" where "),
        };
        let text = Composed::new(column.span);
        let text = start(text, "only(").own(level.total);
        let mut text = start(text.words(") = "), "sum(");
        match level.inner {
            Some(inner) => text = text.words("(").own(inner).words(") and not ("),
            None => text = text.words("not ("),
        }
        text = text.own(level.total).words(")");
        if level.inner.is_none() {
            text = match &asked.parent {
                Some(Hierarchy::Table(label)) => {
                    let level = Named { text: format!("{}.level", label.text), span: label.span };
                    text.words(" and ").name(&level).words(" = 0")
                }
                Some(Hierarchy::Column { column, .. }) => {
                    text.words(" and ").name(column).words(" is missing")
                }
                None => text,
            };
        }
        self.within(text.words(")")).expr(self.r)
    }

    /// Every row of a hierarchy that has rows under it is their sum, in each column.
    fn hierarchy(&mut self) {
        let asked = self.asked;
        let Some(parent) = &asked.parent else { return };
        let below = |text: Composed| match parent {
            Hierarchy::Table(label) => {
                let of =
                    |end: &str| Named { text: format!("{}.{end}", label.text), span: label.span };
                text.name(&of("parent")).words(" = whole.").name(&of("id"))
            }
            Hierarchy::Column { column, of } => text.name(column).words(" = whole.").name(of),
        };
        let whole = self.text().table(&asked.table).words(" as whole").unit(self.r);
        // A figure may be called what the table is: a column is counted, not the table.
        let text = self.text().words("count(").table(&asked.table).words(".");
        let above = match parent {
            Hierarchy::Table(label) => {
                Named { text: format!("{}.parent", label.text), span: label.span }
            }
            Hierarchy::Column { column, .. } => column.clone(),
        };
        let filter = below(text.name(&above).words(" where ")).words(") > 0").expr(self.r);
        let after = below(self.text().words(" where "));
        let after = self.within(after.words(")"));
        let file = self.r.file;
        let pieces = vec![
            self.text().snippet(file),
            self.text().words(" = sum(").table(&asked.table).words(".").snippet(file),
            after.snippet(file),
        ];
        let template = Template::new(pieces);
        let first = asked.figures.first().map(|f| &f.from);
        // A mistake in what is made of every column is reported once.
        let tried = first.map(|c| template.of(&c.text, c.span, file).snippet);
        let is_clean = tried.is_some_and(|text| {
            let (_, errors) = parse_expr(&text.text);
            self.r.syntax(&text, errors)
        });
        if let Some(whole) = whole.clone().filter(|_| is_clean) {
            let footing = self.footing("parts", Foots::Spread(asked.figures.clone(), template));
            if let Some(check) = self.add("parts", Some(whole), Vec::new(), footing) {
                check.filter = filter;
            }
        }
        if let Hierarchy::Column { column, of } = parent {
            self.parents(whole, column, of);
        }
    }

    /// The row that a row is part of is another one, is there, and is no part of this one.
    fn parents(&mut self, whole: Option<Code<Unit>>, column: &Named, of: &Named) {
        let table = &self.asked.table;
        let own = quoted(&of.text);
        let holder = |name: &Named| format!("`{{{}}}`", name.text);
        let (this, that) = (holder(of), holder(column));
        let text = || Composed::new(column.span).name(column);
        let filter = text().words(" is not missing").expr(self.r);
        let itself = text().words(&format!(" != {own}"));
        let known = text().words(&format!(" in {}.{own}", quoted(&table.value)));
        let lost = format!("{this} is part of {that}, and there is no such row");
        let round = format!("{this} is part of {that}, which leads back to {this}");
        for (name, title, text, message) in [
            ("itself", "No row is part of itself", itself, format!("{this} is part of itself")),
            ("parents", "What a row is part of is there", known, lost),
        ] {
            let message = Composed::new(column.span).words(&message);
            let assert = text.expr(self.r);
            self.add_told(name, (title, message), (whole.clone(), filter.clone()), assert);
        }
        let message = Composed::new(column.span).words(&round).snippet(self.r.file);
        let chain = Foots::Chain { above: column.clone(), own: of.clone() };
        let assert = text().words(&format!(" != {own}")).expr(self.r);
        let footing = self.footing("circle", chain);
        if let Some(check) = self.add("circle", whole, vec![assert], footing) {
            check.title = Some("No row leads back to itself".into());
            (check.message, check.filter) = (Some(message), filter);
        }
    }

    /// In every column, rows that are named by their labels.
    fn lines(&mut self) {
        let asked = self.asked;
        let Some(label) = &asked.label else { return };
        for (n, figures) in asked.figures.iter().enumerate() {
            let to = figures.to.as_ref().unwrap_or(&figures.from);
            let text = self.text().table(&asked.table).words(" by column ").name(&figures.from);
            let text = text.words(" to ").name(to).words(" as q").also(&asked.keys);
            let each = text.unit(self.r);
            let asserts = asked.lines.iter().map(|e| self.line(label, e)).collect();
            let footing = self.footing("lines", Foots::Range);
            let name = if n == 0 { "lines".into() } else { format!("lines.{}", n + 1) };
            if let Some(check) = self.add(&name, each, asserts, footing) {
                let said = asked.lines.iter().map(|e| Said::Figures(e.written.clone()));
                check.said = said.collect();
            }
        }
        let mut labels: Vec<&Named> = Vec::new();
        for equation in &asked.lines {
            let ends = equation.parts.iter().flat_map(|p| [Some(&p.from), p.to.as_ref()]);
            for name in equation.total.iter().chain(ends.flatten()) {
                if !labels.iter().any(|l| l.text == name.text) {
                    labels.push(name);
                }
            }
        }
        let is_grouped = !asked.keys.is_empty();
        let mut asserts = Vec::new();
        let said = labels.iter().map(|name| Said::Row(Some(name.text.clone()))).collect();
        for name in labels {
            let table = if is_grouped { String::new() } else { quoted(&asked.table.value) };
            let text = Composed::new(name.span).words("count(").words(&table);
            let text = text.words(&format!(" where {} = ", quoted(&label.text)));
            let text = text.label(name).words(") = 1");
            asserts.push(text.expr(self.r));
        }
        let each = asked.keys.split_first().and_then(|(first, others)| {
            let text = self.text().table(&asked.table).words(" by ").name(first).also(others);
            text.unit(self.r)
        });
        if let Some(check) = self.add("labels", each, asserts, None) {
            check.title = Some("Every row that is named is there once".to_string());
            (check.message, check.said) = (None, said);
        }
    }

    /// What holds of the rows of a column.
    fn line(&mut self, label: &Named, equation: &Equation) -> Option<Code<Expr>> {
        let total = equation.total.as_ref()?;
        let mut text = self.text().words("only(q where ").name(label).words(" = ").label(total);
        text = text.words(") = ");
        for (n, parts) in alike(&equation.parts).iter().enumerate() {
            let Some(first) = parts.first() else { continue };
            let sign = match (n, first.is_minus) {
                (0, true) => "-",
                (0, false) => "",
                (_, true) => " - ",
                (_, false) => " + ",
            };
            let factor = first.factor.as_ref().map(|f| format!("{f} * ")).unwrap_or_default();
            text = of_labels(text.words(sign).words(&factor), label, parts);
        }
        self.within(text).expr(self.r)
    }
}

/// Parts that are added up by one sum, which keeps a working short: single rows with one sign.
fn alike(parts: &[Part]) -> Vec<Vec<&Part>> {
    let mut all: Vec<Vec<&Part>> = Vec::new();
    let is_plain = |p: &Part| p.to.is_none() && p.factor.is_none();
    for part in parts {
        let like = |of: &&mut Vec<&Part>| {
            of.first().is_some_and(|p| is_plain(p) && p.is_minus == part.is_minus)
        };
        match all.iter_mut().find(like).filter(|_| is_plain(part)) {
            Some(others) => others.push(part),
            None => all.push(vec![part]),
        }
    }
    all
}

/// The sum of the rows with these labels, or from one label to another; what is blank adds nothing.
fn of_labels(text: Composed, label: &Named, parts: &[&Part]) -> Composed {
    let only = |text: Composed, name: &Named| {
        let text = text.words("only(row() where ").name(label).words(" = ");
        text.label(name).words(")")
    };
    let text = text.words("sum(q where ");
    match parts {
        [Part { from, to: Some(to), .. }] => {
            let text = only(text.words("row() between "), from).words(" and ");
            only(text, to).words(")")
        }
        [one] => text.name(label).words(" = ").label(&one.from).words(")"),
        _ => {
            let mut text = text.name(label).words(" in (");
            for (n, p) in parts.iter().enumerate() {
                text = text.words(if n > 0 { ", " } else { "" }).label(&p.from);
            }
            text.words("))")
        }
    }
}
