//! Proposals for a text as parts of a rule file.

use std::fmt::Write as _;

use crate::propose::lines::{self, Line, comment};
use crate::propose::names::{expression, quoted};
use crate::propose::prose::chance::rarely;
use crate::propose::prose::patterns::Sentence;
use crate::propose::prose::relations::Relation;
use crate::propose::prose::text::Prose;
use crate::value::Language;

/// Adds what is proposed of a text to a rule file.
pub fn write(prose: &Prose, out: &mut String) {
    for sentence in &prose.sentences {
        let _ = writeln!(out, "\n[data.{}]", sentence.name);
        lines::write(&table(sentence, prose), out);
    }
    if !prose.left_out.is_empty() {
        let all: Vec<String> = prose.left_out.iter().map(ToString::to_string).collect();
        let words = format!("Sentences with figures that have no pattern: line {}", all.join(", "));
        let _ = writeln!(out, "\n# {}", comment(&words));
    }
    for relation in &prose.relations {
        check(relation, out);
    }
}

fn table(sentence: &Sentence, prose: &Prose) -> Vec<Line> {
    let language = prose.language;
    let mut lines = vec![
        Line::new("path", quoted(&prose.path), ""),
        Line::new("pattern", expression(&sentence.pattern), ""),
        Line::new("rows", "1".into(), ""),
    ];
    if language != Language::default() {
        lines.insert(1, Line::new("language", quoted(language.code()), ""));
    }
    lines
}

fn check(relation: &Relation, out: &mut String) {
    let keys = [("title", quoted(&relation.title))];
    let text = lines::check(&relation.id, &keys, std::slice::from_ref(&relation.assert));
    let rarely = rarely(relation.bits);
    if relation.holds {
        let words = if relation.by_words { ", and the words around them say so" } else { "" };
        let _ = writeln!(out, "\n# Made-up figures would agree so in {rarely} cases{words}.");
        out.push_str(&text);
        return;
    }
    let Relation { stated, place, follows, slip, .. } = relation;
    let would =
        slip.as_ref().map_or(String::new(), |slip| format!(" It would hold with {}.", slip.words));
    let how = match relation.is_claimed {
        true => "The words say so, the figures do not",
        false => "Nearly holds",
    };
    let words = format!("{how}: {stated} is stated ({place}), {follows} follows.{would}");
    let _ = writeln!(out, "\n# {}", comment(&words));
    if !relation.is_claimed {
        let near = if slip.is_some() { "be so" } else { "come so near" };
        let _ = writeln!(out, "# Made-up figures would {near} in {rarely} cases.");
    }
    for line in text.lines() {
        let _ = writeln!(out, "# {line}");
    }
}
