//! The page about languages, made from their files.

use std::fmt::Write as _;

use crate::value::language::Language;
use crate::value::language::words::Words;

const INTRO: &str = r#"# Languages of texts

```toml
language = "de"                  # of all tables of this rule file; English where there is none

[data.article]
path = "artikel.md"
pattern = "{menschen:number} Menschen"

[data.communique]
path = "communique.html"
language = "fr"                  # of this table
pattern = "{part:percent} des voix"
```

The language of a table says how its figures, its dates and the words around them are written. It holds for
patterns, for tables in Markdown and web pages, and for comments in a text. `crossfoot figures --language de FILE`
and `crossfoot extract --language de FILE` name it for a text without rules. There `figures` takes the language of
the first table that reads the text, where no other is named; where no table does, that of its commonest words and,
between languages that share them, of its letters. Of a text that is rather in a language that is not listed here, such
as Swedish, Czech or Turkish, no figures are read until one is named.

- It gives `decimal` and `grouping`. Where a rule declares one of them for a table or a column, only what is declared
  counts: Swiss figures such as `12’500.50` are `language = "de"`, `decimal = "."`, `grouping = "’"`. In CSV and other
  tables of data a language other than English gives both, too, the first of its grouping signs.
- Spaces that do not break group thousands in every language; a plain space does in those that have it below.
- Days in figures, such as 18.05.1992, are read in the languages whose sign stands below, the day first. In English
  the column needs a `format`.
- Names of months, and words of scale and percent, are read in the forms of their cases: `18 мая`, `20 tysięcy`.
- Words before a figure that say how near to it is meant are no part of it, as in English (docs/fact-check.md).
- What a language has no words for is not read, and never half of a figure: a text in another language has no matches
  rather than wrong ones. Nor is a figure read that a word of scale of another language follows: `3,25 miljoner`.

The tables are made from the data files `src/value/language/*.toml`, which list every word. Number words from zero to
millions are read in English, German and French (`zweihunderttausend`, `quatre-vingt-dix-neuf`), in the others the
commonest ones.

"#;

/// The text of docs/languages.md.
pub fn reference() -> String {
    let mut out = INTRO.to_string();
    let _ = writeln!(
        out,
        "| language | | decimal | thousands | days in figures |\n|---|---|---|---|---|"
    );
    for language in Language::all() {
        let sign = |sign: &char| match sign {
            ' ' => "space".to_string(),
            sign => format!("`{sign}`"),
        };
        let days = |sign: &char| format!("`18{sign}05{sign}1992`");
        let grouping: Vec<String> = language.grouping.iter().map(sign).collect();
        let days: Vec<String> = language.dates.day_first.iter().map(days).collect();
        let _ = writeln!(
            out,
            "| {} | `{}` | `{}` | {} | {} |",
            language.name,
            language.code(),
            language.decimal,
            grouping.join(" "),
            days.join(" ")
        );
    }
    Language::all().for_each(|language| of_language(&mut out, language));
    out
}

fn of_language(out: &mut String, language: Language) {
    let words: &Words = language.words();
    let _ = writeln!(out, "\n## {}\n\n| what | words |\n|---|---|", words.name);
    let mut row = |what: &str, all: &[&[String]]| {
        let all: Vec<&str> = all.iter().flat_map(|list| list.iter().map(String::as_str)).collect();
        if !all.is_empty() {
            let _ = writeln!(out, "| {what} | {} |", all.join(", "));
        }
    };
    let (dates, hedges) = (&words.dates, &words.hedges);
    row("scale", &[&words.scales.all, &words.short_scales.all, &words.dozen.all]);
    row("percent", &[&words.percent.all]);
    row("percentage points", &[&words.points.all]);
    row("fractions", &[&words.fractions.all, &words.part.all]);
    row("multiples", &[&words.multiples.all]);
    row("months", &[&dates.months.all]);
    row("thirds of a span", &[&dates.early.all, &dates.mid.all, &dates.late.all]);
    row("fiscal years", &[&dates.fiscal.all, &dates.fiscal_letters.all]);
    row("so many months up to", &[&dates.year_to.all, &dates.months_to.all]);
    row("a step on each side", &[&hedges.about, &hedges.behind.about]);
    row("a step below", &[&hedges.nearly]);
    row("a step above", &[&hedges.just_over]);
    row("beyond the figure", &[&hedges.over]);
    row("below the figure", &[&hedges.under]);
    row("at least", &[&hedges.at_least, &hedges.behind.at_least]);
    row("at most", &[&hedges.at_most, &hedges.behind.at_most]);
    row("as written", &[&hedges.plain, &hedges.exact]);
}
