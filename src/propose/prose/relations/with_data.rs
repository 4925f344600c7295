//! What a text says of tables.

use crate::propose::prose::cells::Datum;
use crate::propose::prose::chance::{BIT, log2, log2_of};
use crate::propose::prose::cues::Way;
use crate::propose::prose::forms::Form;
use crate::propose::prose::relations::{APART, Candidate, Finder};
use crate::propose::prose::terms::{Kind, Term, Terms};
use crate::value::Number;

/// Units in which tables may count.
const UNITS: [i64; 3] = [1, 1000, 1_000_000];

impl<'t> Finder<'t> {
    /// Weighs what figures of a text may be in tables.
    pub fn with_data(&mut self, data: &'t [Datum], terms: &Terms<'_>) {
        for target in self.terms {
            let is_named = |datum: &&Datum| {
                let label = datum.label.as_ref();
                label.is_none_or(|label| terms.says(target.sentence, label))
            };
            let named: Vec<&Datum> = data.iter().filter(is_named).collect();
            let meant = of_said_columns(target, &named);
            match target.kind {
                Kind::Number => {
                    // Of several columns that fit, the one that is said is meant.
                    self.first_that_holds(&[&meant, &named], |own, some| {
                        own.values(target, some, &named)
                    });
                    self.differences(target, &named);
                }
                Kind::Percent => {
                    self.first_that_holds(&[&meant, &named], |own, some| {
                        own.shares_of(target, some, &named);
                    });
                    self.changes_of(target, &named);
                }
                Kind::Points | Kind::Year | Kind::Multiple => {}
            }
        }
    }

    /// Weighs what some values give, and what all do where none of those holds.
    fn first_that_holds(
        &mut self,
        all: &[&[&'t Datum]; 2],
        weigh: impl Fn(&mut Self, &[&'t Datum]),
    ) {
        let held = |own: &Self| own.found.iter().filter(|relation| relation.holds).count();
        let before = held(self);
        let [first, all] = all;
        weigh(self, first);
        if held(self) == before && all.len() > first.len() {
            weigh(self, all);
        }
    }

    fn values(&mut self, target: &'t Term, some: &[&'t Datum], named: &[&'t Datum]) {
        for datum in some {
            if datum.is_count && !is_of_rows(target, datum) {
                continue;
            }
            for times in UNITS.into_iter().filter(|times| *times == 1 || !datum.is_count) {
                let unit = log2_of(times.unsigned_abs());
                if (datum.term.log + unit - target.log).abs() > APART {
                    continue;
                }
                let (form, of) = (Form::Same, vec![&datum.term]);
                let tried = tried(datum, times, named);
                let words = words(target, datum);
                let spread = target.log;
                self.weigh(Candidate { form, target, of, spread, tried, words, times });
            }
        }
    }

    /// Of one label, between two columns.
    fn differences(&mut self, target: &'t Term, named: &[&'t Datum]) {
        if !target.near.is_difference() && target.near.way() == Way::Unsaid {
            return;
        }
        for (a, b) in pairs(named).filter(|(a, b)| a.label == b.label && a.column != b.column) {
            for times in UNITS {
                let value = (&a.term.value.value - &b.term.value.value).abs();
                let log = log2(&value).map(|log| log + log2_of(times.unsigned_abs()));
                if a.term.value.value < b.term.value.value
                    || log.is_none_or(|log| (log - target.log).abs() > APART)
                {
                    continue;
                }
                let (form, of) = (Form::Difference, vec![&a.term, &b.term]);
                let tried = tried(a, times, named);
                let words = words(target, a);
                let spread = target.log;
                self.weigh(Candidate { form, target, of, spread, tried, words, times });
            }
        }
    }

    /// Shares of a label in its column.
    fn shares_of(&mut self, target: &'t Term, some: &[&'t Datum], named: &[&'t Datum]) {
        for (a, b) in pairs(some) {
            let is_part =
                a.column == b.column && a.label.is_some() && b.label.is_none() && b.is_sum;
            if is_part && (a.term.log - b.term.log - target.log).abs() <= APART {
                self.of_percentage_of(target, Form::Share, (a, b), named);
            }
        }
    }

    /// Changes from one column to another.
    fn changes_of(&mut self, target: &'t Term, named: &[&'t Datum]) {
        let one = Number::from(1i64);
        let up = log2(&(&one + &target.value.value)).unwrap_or(0);
        let down = log2(&(&one - &target.value.value)).unwrap_or(i32::MIN / 2);
        let way = target.near.way();
        for (a, b) in pairs(named) {
            let ratio = a.term.log - b.term.log;
            if a.column.0 != b.column.0 || a.column == b.column || a.label != b.label {
                continue;
            }
            if (ratio - up).abs() <= APART && way != Way::Down {
                self.of_percentage_of(target, Form::Rise, (a, b), named);
            } else if (ratio - down).abs() <= APART && way != Way::Up {
                self.of_percentage_of(target, Form::Fall, (a, b), named);
            }
        }
    }

    /// Weighs what a percentage may be of two values.
    fn of_percentage_of(
        &mut self,
        target: &'t Term,
        form: Form,
        (a, b): (&'t Datum, &'t Datum),
        named: &[&'t Datum],
    ) {
        let spread = (target.log + 2 * BIT).min(0);
        let says = (form == Form::Share) != (target.near.way() != Way::Unsaid);
        let words = words(target, a) + if says { BIT } else { -2 * BIT };
        let (of, tried) = (vec![&a.term, &b.term], tried(a, 1, named));
        self.weigh(Candidate { form, target, of, spread, tried, words, times: 1 });
    }
}

/// How many values are as likely to be stated as one: those of labels in the sentence, or sums, before what
/// else there is; the same unit before others.
fn tried(datum: &Datum, times: i64, named: &[&Datum]) -> usize {
    let is_first = |datum: &Datum| (datum.is_sum, datum.label.is_some());
    let like = |other: &&&Datum| is_first(other) == is_first(datum);
    let units = UNITS.iter().position(|unit| *unit == times).unwrap_or(0) + 1;
    let first = if datum.is_sum { named.iter().filter(like).count() } else { named.len() };
    first.max(1) * units
}

/// What speaks for a value: its label, or the word for what it is.
fn words(target: &Term, datum: &Datum) -> i32 {
    let is_total = datum.label.is_none() && datum.is_sum && target.near.is_total();
    let is_said = datum.label.is_some() || datum.is_count;
    3 * BIT * i32::from(is_said) + 2 * BIT * i32::from(is_total)
}

/// The values of the columns that the words say the figure is of, where they say so: behind it, before it, or anywhere
/// in its sentence. Tables of which no column is said are whole.
fn of_said_columns<'d>(target: &Term, all: &[&'d Datum]) -> Vec<&'d Datum> {
    let near = &target.near;
    let (before, behind) = near.clause();
    let whole: Vec<String> = near.before.iter().chain(&near.behind).cloned().collect();
    let is_telling =
        |word: &&String| word.chars().count() > 2 && word.chars().all(char::is_alphabetic);
    let says = |words: &[String], datum: &Datum| {
        let mut telling = datum.called.iter().filter(is_telling).peekable();
        telling.peek().is_some() && telling.all(|own| words.iter().any(|word| alike(word, own)))
    };
    let said = [behind, before, &whole].into_iter().map(|words| {
        let said = all.iter().filter(|datum| says(words, datum));
        said.map(|datum| datum.column).collect::<Vec<(usize, usize)>>()
    });
    let Some(said) = said.into_iter().find(|said| !said.is_empty()) else { return all.to_vec() };
    let is_meant = |datum: &&&Datum| {
        let is_of_said = said.iter().any(|(table, _)| *table == datum.column.0);
        datum.is_count || !is_of_said || said.contains(&datum.column)
    };
    all.iter().filter(is_meant).copied().collect()
}

/// Whether two words are the same but for their ends.
fn alike(a: &str, b: &str) -> bool {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    same >= 4 && same + 3 >= a.chars().count().max(b.chars().count())
}

/// Whether a figure counts what the rows of a table are: it is called like the table or its key.
fn is_of_rows(target: &Term, datum: &Datum) -> bool {
    let mut counted = target.near.clause().1.iter().take(2);
    target.is_whole && counted.any(|word| datum.rows.iter().any(|own| alike(word, own)))
}

/// Two of several, in both orders.
fn pairs<'d>(all: &[&'d Datum]) -> impl Iterator<Item = (&'d Datum, &'d Datum)> {
    let each = |a: &'d Datum| all.iter().map(move |b| (a, *b));
    let is_pair = |(a, b): &(&Datum, &Datum)| !std::ptr::eq(*a, *b) && !a.is_count && !b.is_count;
    all.iter().flat_map(move |a| each(a)).filter(is_pair)
}
