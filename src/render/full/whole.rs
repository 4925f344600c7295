//! One finding or problem with all that is known of it.

use unicode_width::UnicodeWidthStr;

use crate::fault::Severity;
use crate::render::full::rule_lines;
use crate::render::full::working::{self, ENDS};
use crate::render::options::Options;
use crate::render::paint::{Paint, wrapped};
use crate::render::snippet::Snippets;
use crate::render::words::{line_of, standing};
use crate::report::{At, Demand, Finding, Label, Role, SourceText, Working, in_text};
use crate::source::Problem;

/// What stands above several findings.
pub struct Headline {
    /// What they say alike.
    pub about: String,
    /// How many there are.
    pub count: String,
}

/// Draws findings and problems.
#[derive(Clone, Copy)]
pub struct Whole<'s> {
    /// How they are drawn.
    pub options: Options,
    /// Where their lines come from.
    pub sources: &'s dyn SourceText,
}

impl Whole<'_> {
    fn paint(&self) -> Paint {
        Paint::new(self.options)
    }

    fn draw(&self, labels: &[(At, &str)], severity: Severity, beside: &[String]) -> String {
        let Whole { options, sources } = *self;
        Snippets { sources, options, severity }.draw(labels, beside)
    }

    fn head(&self, severity: Severity, name: &str, message: &str) -> String {
        let paint = self.paint();
        let name = format!("{}[{name}]", severity.word());
        let lines = wrapped(message, name.width() + 1, self.options);
        let lines: Vec<String> = lines.iter().map(|line| paint.bold(line)).collect();
        format!("{} {}\n", paint.wrong(severity, &name), lines.join("\n  "))
    }

    /// The first line of a finding alone, or what stands above several of which it is one.
    pub fn headline(&self, f: &Finding, above: Option<&Headline>) -> String {
        let message = match above {
            Some(above) => format!("{}: {}", above.about, above.count),
            None => {
                let standing = standing(f).map_or(String::new(), |words| format!(" ({words})"));
                format!("{}{standing}", f.message)
            }
        };
        self.head(f.severity, f.check(), &message)
    }

    /// A finding with all that is known of it; below a headline where it stands for several.
    pub fn finding(&self, f: &Finding, above: Option<&Headline>) -> String {
        let mut text = self.headline(f, above);
        let own = above.map(|h| (h, detail(f, &h.about))).filter(|(h, own)| h.about != *own);
        let own = own.map(|(_, own)| own);
        // What is said of this one takes the place of the label's words, where there is room.
        let room = self.options.width * 2 / 3;
        let label = f.labels.first().map(|l| l.text.as_str());
        let is_beside = own.is_some_and(|own| own.width() <= room) && label.is_some();
        let ends_so = |own: &&str| label.is_some_and(|l| !l.is_empty() && own.ends_with(l));
        if let Some(own) = own.filter(|own| !is_beside && !ends_so(own)) {
            text.push_str(&format!("   {own}\n"));
        }
        text.push_str(&self.labels(f, own.filter(|_| is_beside)));
        if let Some(w) = &f.working {
            text.push_str(&working::working(f, w, self.options, self.sources));
            if let Some(required) = &w.required {
                text.push_str(&self.advice("needs", &required.replacen(" needs ", " is ", 1)));
            }
            w.notes.iter().for_each(|note| text.push_str(&self.advice("note", short(note, w))));
        }
        let advice = [("maybe", &f.explanation), ("help", &f.help), ("see", &f.url)];
        for (word, said) in advice.iter().filter_map(|(word, said)| Some((word, said.as_ref()?))) {
            text.push_str(&self.advice(word, said));
        }
        text.push('\n');
        text
    }

    /// The snippets of a finding, with its row and its rule; `words` stand at the first label
    /// instead of its own.
    fn labels(&self, f: &Finding, words: Option<&str>) -> String {
        let is_rule_alone = f.labels.len() == 1;
        let shown = f.labels.iter().filter(|l| l.role != Role::Rule || is_rule_alone);
        // The key of the row stands on the location line.
        let is_in_key = |l: &Label| l.role == Role::Key && f.key.is_some();
        let is_said = |l: &Label| is_in_working(f, l) || is_in_key(l);
        let mut shown: Vec<&Label> =
            shown.filter(|l| self.options.verbose || !is_said(l)).collect();
        if !self.options.verbose && shown.len() > MOST_LABELS {
            // The ends of a long sum, as in its working.
            shown.drain(ENDS + 1..shown.len() - ENDS);
        }
        let mut labels: Vec<(At, &str)> =
            shown.into_iter().map(|l| (l.place.at, l.text.as_str())).collect();
        if let (Some(words), Some(first)) = (words, labels.first_mut()) {
            first.1 = words;
        }
        let row = f.key.as_ref().map(|key| format!("row {key}"));
        let rule = f.labels.iter().find(|l| l.role == Role::Rule && !is_rule_alone);
        let rule = rule.map(|l| format!("rule {}", line_of(self.sources, &l.place.at)));
        let beside: Vec<String> = row.into_iter().chain(rule).collect();
        self.draw(&labels, f.severity, &beside)
    }

    fn advice(&self, word: &str, text: &str) -> String {
        let lines = wrapped(text, word.len() + 5, self.options);
        format!("   {} {}\n", self.paint().advice(&format!("{word}:")), lines.join("\n     "))
    }

    /// A problem, with its places.
    pub fn problem(&self, p: &Problem) -> String {
        let mut text = self.head(Severity::Error, p.fault.name, &p.message);
        if let Some((file, span)) = p.at {
            let place = |file, span| in_text(self.sources, file, span);
            let related = p.related.iter().map(|(f, s, words)| (place(*f, *s), words.as_str()));
            let own = (place(file, span), p.label.as_str());
            let labels: Vec<_> = std::iter::once(own).chain(related).collect();
            text.push_str(&rule_lines::draw(&labels, self.options, self.sources));
        }
        if let Some(h) = &p.help {
            text.push_str(&self.advice("help", h));
        }
        text.push('\n');
        text
    }
}

/// Labels in the picture of a finding; of more, the primary one and the first and last others.
const MOST_LABELS: usize = 12;

/// Whether a label only says what a line of the working says, and would take lines of its own.
fn is_in_working(f: &Finding, label: &Label) -> bool {
    let line = |l: &Label| (l.place.at.file(), l.place.at.from().line);
    let is_own_line = f.labels.first().is_some_and(|first| line(first) != line(label));
    let is_term = |w: &Working| {
        let mut places = w.terms.iter().filter_map(|t| t.place.as_ref());
        !working::is_plain(w) && places.any(|p| p.at == label.place.at)
    };
    // What a cell would be stands nowhere else.
    let is_cause = !f.crossed.is_empty() && f.suspects.iter().any(|s| s.place.at == label.place.at);
    let is_operand = label.role == Role::Operand && is_own_line && !is_cause;
    is_operand && f.working.as_ref().is_some_and(is_term)
}

/// What all findings of a kind say alike.
pub fn about(f: &Finding) -> String {
    let identity = f.identity();
    // A key that is not found is no breach of what the title says.
    let is_assertion = matches!(identity.demand, Demand::Assertion(_));
    if let Some(title) = f.title.as_ref().or(f.claim.as_ref()).filter(|_| is_assertion) {
        return title.clone();
    }
    match (&identity.demand, &identity.column, f.labels.first()) {
        (Demand::Assertion(text), _, _) => text.clone(),
        (Demand::Contract(_), Some(column), Some(label)) => {
            let title = f.title.as_ref().map(|title| format!("{title}: ")).unwrap_or_default();
            let asked = format!("{title}`{column}` {}", label.text);
            if f.message.starts_with(&asked) { asked } else { f.fault().summary.to_string() }
        }
        _ => f.fault().summary.to_string(),
    }
}

/// The message of a finding without what all of its kind say alike.
pub fn detail<'f>(f: &'f Finding, about: &str) -> &'f str {
    let after = f.message.strip_prefix(about);
    let after = after.and_then(|a| a.strip_prefix(": ").or_else(|| a.strip_prefix(", ")));
    // The rule's text and what is printed of its tree may differ in blanks.
    let of_text = || {
        let working = f.working.as_ref()?;
        let sides = [&working.left.expression, &working.right.expression];
        let (about, detail) = f.message.rsplit_once(": ")?;
        sides.iter().all(|s| about.contains(s.as_str())).then_some(detail)
    };
    after.or_else(of_text).unwrap_or(&f.message)
}

/// A note without the expression that it is about, where there is one only.
fn short<'n>(note: &'n str, w: &Working) -> &'n str {
    let mut sums: Vec<&str> = w.terms.iter().map(|t| t.part_of.as_str()).collect();
    sums.retain(|s| !s.is_empty());
    sums.dedup();
    match sums.as_slice() {
        [only] => note.strip_prefix(only).and_then(|n| n.strip_prefix(": ")).unwrap_or(note),
        _ => note,
    }
}
