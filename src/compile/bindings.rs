//! Comments that compare figures of their text:
//! `<!-- crossfoot: 20 percent = sum(figures.area) / country.area -->`.
//!
//! The figures of a text that its comments name become a table of one row, and each comment a check.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::by_name::ByName;
use crate::compile::BAD_COMMENT;
use crate::compile::compared::{Compared, demand};
use crate::compile::given::{Given, Names, behind_a_dash, in_brackets, inside, kind_beside, slug};
use crate::compile::guess::{declared_or_guessed, extension};
use crate::compile::open::{OpenTable, plan};
use crate::compile::reading::writing;
use crate::compile::said::{Said, said};
use crate::compile::{stated, unread};
use crate::engine::data::table::TableFile;
use crate::expr::parse::{SYNTAX, parse_expr};
use crate::expr::tree::{Expr, Kind, Name, each_mut};
use crate::fault::Severity;
use crate::files::sources::Sources;
use crate::read::format::Comment;
use crate::read::frame::Frame;
use crate::read::note::{FaultText, NamedBy, Note};
use crate::read::pattern::Writing;
use crate::read::reader::Reader;
use crate::read::text::UNBOUND_FIGURE;
use crate::read::text::bound::{Literal, NoFigure, Unbound, Wanted, find};
use crate::read::text::container::of_bound;
use crate::read::text::document::Markup;
use crate::read::text::extract::Cell;
use crate::read::text::table_rows::shorten;
use crate::report::Subject;
use crate::report::schedule::TrivialBelow;
use crate::rules::{CheckRule, Code, RowCount, RuleSet, Spanned, TableRule, Trim};
use crate::shape::FileLayout;
use crate::source::tree::relative;
use crate::source::{FileId, Files, Problem, Snippet, Span, whole_text};

/// What is often meant where a comment cannot be read.
const OTHERS_IN_BRACES: &str = "another figure of the text stands in braces, as in `{4.2 million}`";

/// Adds the tables and checks that comments of the opened texts make; what these demand, where it is
/// asked and there are such comments.
pub fn bind(
    rules: &mut RuleSet,
    opened: &mut Vec<OpenTable>,
    (is_asked, book): (bool, &mut Sources),
    problems: &mut Vec<Problem>,
) -> Option<Vec<Compared>> {
    if !is_asked {
        return None;
    }
    let (mut seen, mut all) = (BTreeSet::new(), None);
    let mut names = Names::of(rules);
    for number in 0..opened.len() {
        let Some(rule) = rules.tables.get(number).cloned() else { continue };
        let texts = opened.get(number).map_or(Vec::new(), |o| o.comments.clone());
        for (file, comments) in texts {
            let path = Files::path(book, file);
            let comments: Vec<(Comment, Said)> =
                comments.into_iter().filter(|c| c.is_closed).filter_map(compares).collect();
            if comments.is_empty() || !seen.insert(path.clone()) {
                continue;
            }
            let demands: &mut Vec<Compared> = all.get_or_insert_default();
            if let Some((beyond, _)) = comments.get(MOST) {
                problems.push(too_many(beyond, file));
                continue;
            }
            // Each table has a number of its own for a file.
            let file = book.again(file);
            // A comment says what it means: `5 points` are a number.
            let mut writing = writing(&rule);
            writing.number.lone_points = false;
            let text = Text { rule: &rule, file, path, writing };
            let made = text.made(&comments, &mut names, book);
            problems.extend(made.problems);
            demands.extend(made.demands);
            if let Some(table) = opened.get_mut(number) {
                unread::leave(&rule, &rules.checks, table);
                table.notes.extend(made.notes);
            }
            if let Some((table, of_table)) = made.table {
                let mut set = RuleSet::default();
                set.tables.push(table);
                set.checks = made.checks;
                problems.extend(rules.merge(set));
                opened.push(of_table);
            }
        }
    }
    all
}

/// So many comments of a text may compare its figures: each is a check of its own.
const MOST: usize = 10_000;

fn too_many(beyond: &Comment, file: FileId) -> Problem {
    let message = "a text has at most 10,000 comments that compare its figures";
    Problem::new(&BAD_COMMENT, file, beyond.span, message)
        .label("one more")
        .help("a rule with a `pattern` reads the figures of all sentences that are alike")
}

fn compares(comment: Comment) -> Option<(Comment, Said)> {
    let said = said(&comment.words)?;
    Some((comment, said))
}

/// A text with such comments.
struct Text<'r> {
    rule: &'r TableRule,
    file: FileId,
    path: String,
    writing: Writing,
}

/// What the comments of a text make.
#[derive(Default)]
struct Made {
    table: Option<(TableRule, OpenTable)>,
    checks: Vec<CheckRule>,
    notes: Vec<Note>,
    problems: Vec<Problem>,
    demands: Vec<Compared>,
}

/// A comment that was read.
struct Claim<'c> {
    comment: &'c Comment,
    said: &'c Said,
    /// The figures in it: where they stand in its text, and what they are.
    figures: Vec<(Range<usize>, Literal)>,
    snippet: Snippet,
    tree: Expr,
}

impl Text<'_> {
    fn made(&self, comments: &[(Comment, Said)], names: &mut Names, book: &Sources) -> Made {
        let mut made = Made::default();
        let mut claims = Vec::new();
        for (comment, said) in comments {
            match self.claim(comment, said) {
                Ok(mut claim) => match self.in_words(&mut claim, names) {
                    Some(wrong) => made.problems.push(wrong),
                    None => claims.push(claim),
                },
                Err(wrong) => made.problems.extend(wrong),
            }
        }
        let read = Files::bytes(book, self.file).and_then(|bytes| whole_text(&*bytes).ok());
        let source = Arc::new(read.map_or_else(String::new, |(text, _)| text));
        let markup = self.markup();
        let document = markup.flat(&source);
        let wanted: Vec<Wanted<'_>> = claims.iter().flat_map(Claim::wanted).collect();
        let mut found = find(&document, &self.writing, &wanted).into_iter();
        let name = relative(book.root(), &self.path);
        let table = names.tables.free(&name, in_brackets);
        let stem = slug(name.strip_suffix(&format!(".{}", extension(&name))).unwrap_or(&name));
        let (mut columns, mut cells): (Vec<(String, _)>, Vec<Cell<'_>>) = Default::default();
        let mut of_columns = Given::default();
        for claim in claims {
            let own: Vec<_> = found.by_ref().take(claim.figures.len()).collect();
            let before = made.notes.len();
            let of_figures = claim.figures.iter().zip(&own);
            made.notes
                .extend(of_figures.filter_map(|(figure, own)| self.note(&claim, figure, own)));
            let mut compared = self.compared(&claim);
            if made.notes.len() > before {
                made.demands.push(compared);
                continue;
            }
            let figures =
                claim.figures.iter().zip(own.into_iter().flatten()).map(|(figure, cell)| {
                    let words = figure.1.words().split_whitespace().collect::<Vec<_>>().join(" ");
                    let name = of_columns.free(&words, in_brackets);
                    columns.push((name.clone(), figure.1.ty()));
                    cells.push(cell);
                    (figure.0.clone(), name)
                });
            let figures: Vec<(Range<usize>, String)> = figures.collect();
            let first = claim.figures.first().map_or("", |figure| figure.1.words());
            let id = names.checks.free(&format!("{stem}-{}", slug(first)), behind_a_dash);
            compared.check = Some(id.clone());
            made.demands.push(compared);
            made.checks.push(self.check(claim, id, (&table, &figures)));
        }
        if !cells.is_empty() {
            let reader = of_bound(&source, markup, columns, cells);
            made.table = Some(self.table(table, Arc::new(reader)));
        }
        made
    }

    fn compared(&self, claim: &Claim<'_>) -> Compared {
        let demand = demand(&claim.tree, claim.figures.iter().map(|figure| &figure.0));
        Compared {
            path: self.path.clone(),
            demand,
            check: None,
            at: (self.file, claim.comment.span),
        }
    }

    fn markup(&self) -> Markup {
        match declared_or_guessed(self.rule, &self.path).map(|format| format.name) {
            Ok("markdown") => Markup::Markdown,
            Ok("html") => Markup::Html,
            _ => Markup::Plain,
        }
    }

    /// What a comment says.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn claim<'c>(&self, comment: &'c Comment, said: &'c Said) -> Result<Claim<'c>, Vec<Problem>> {
        let (at, mut figures) = self.left(comment, said).map_err(|problem| vec![problem])?;
        for braces in said.braces.iter().filter(|braces| braces.start >= at) {
            let (inside, kind) = inside(&said.text, braces);
            let words = said.text.get(inside.clone()).unwrap_or_default();
            let figure = Literal::new(words, None, kind, &self.writing)
                .map_err(|why| vec![self.no_figure(comment, said, inside, &why)])?;
            figures.push((braces.clone(), figure));
        }
        let snippet =
            Snippet { text: said.text.clone(), file: self.file, map: comment.map.from(said.from) };
        let masked = masked(said, at, &figures);
        let (tree, errors) = parse_expr(&masked);
        if errors.is_empty() {
            return Ok(Claim { comment, said, figures, snippet, tree });
        }
        let problem = |e: crate::expr::lex::SyntaxError| {
            let words = |text: String| unmasked(text, said, &figures);
            let stated = stated::around(&masked, e.span.start, &self.writing.number);
            let place = snippet.span(e.span);
            let problem = Problem::new(&SYNTAX, self.file, place, words(e.message));
            let help = stated.map(|stated| stated.help()).or_else(|| e.help.map(words));
            let help = help.or_else(|| Some(OTHERS_IN_BRACES.to_string()));
            Problem { help, ..problem.label(words(e.label)) }
        };
        Err(errors.into_iter().map(problem).collect())
    }

    /// That a figure in words stands where an expression has a name.
    fn in_words(&self, claim: &mut Claim<'_>, names: &Names) -> Option<Problem> {
        let text = &claim.said.text;
        let mut found = None;
        each_mut(&mut claim.tree, &mut |part| {
            let Kind::Ref(own) = &part.kind else { return };
            let is_figure = claim.figures.iter().any(|figure| figure.0 == part.span);
            let [name] = &own[..] else { return };
            if is_figure || found.is_some() || names.tables.has(&name.text) {
                return;
            }
            found = stated::in_words(text, &name.span, &self.writing.number);
        });
        let stated = found?;
        let place = claim.snippet.span(stated.range.clone());
        let message = format!("`{}` is no name of a table or a column", stated.own);
        let problem = Problem::new(&BAD_COMMENT, self.file, place, message);
        Some(problem.label("a figure in words").help(stated.help()))
    }

    /// Where the comparison of a comment begins, and the figure before it.
    fn left(
        &self,
        comment: &Comment,
        said: &Said,
    ) -> Result<(usize, Vec<(Range<usize>, Literal)>), Problem> {
        /// Where no figure stands before the first comparisons, none is meant.
        const TRIED: usize = 8;
        let mut first = None;
        for left in said.lefts.iter().take(TRIED) {
            let words = said.text.get(..left.at.start).unwrap_or_default().trim_end();
            let own = said.braces.iter().find(|braces| braces.end <= words.len());
            let read = match own {
                Some(braces) => {
                    let (inside, kind) = inside(words, braces);
                    let part = |range: Range<usize>| words.get(range).unwrap_or_default();
                    let (before, own) = (part(0..braces.start), part(inside));
                    let text = [before, own, part(braces.end..words.len())].concat();
                    let whole = before.len()..before.len() + own.len();
                    Literal::new(&text, Some(whole), kind, &self.writing)
                }
                None => {
                    let rest = said.text.get(left.at.start..).unwrap_or_default();
                    let kind = kind_beside(words, rest, self.writing.number.language);
                    Literal::new(words, None, kind, &self.writing)
                }
            };
            match read {
                Ok(figure) => return Ok((left.at.start, vec![(0..words.len(), figure)])),
                Err(why) => first = first.or(Some((0..words.len(), why))),
            }
        }
        let (range, why) = first.unwrap_or((0..said.text.len(), NoFigure::None));
        Err(self.no_figure(comment, said, range, &why))
    }

    fn no_figure(
        &self,
        comment: &Comment,
        said: &Said,
        range: Range<usize>,
        why: &NoFigure,
    ) -> Problem {
        let words = said.text.get(range.clone()).unwrap_or_default();
        let place = comment.map.span(said.from + range.start..said.from + range.end);
        let (message, label, help) = match why {
            NoFigure::None => (
                format!("`{words}` has no figure of the text"),
                "no figure",
                "write the figure as the text has it, as in `20 percent = sum(figures.area)`"
                    .into(),
            ),
            NoFigure::Behind(own, word) => (
                format!("`{own}` is one figure only with the `{word}` before it"),
                "no figure alone",
                format!("write it, too: `{{{word} {own}}}`"),
            ),
            NoFigure::Several(one, other) => (
                format!("`{words}` has more than one figure"),
                "which figure?",
                format!("put one of them in braces, such as `{{{one}}}` or `{{{other}}}`"),
            ),
        };
        Problem::new(&BAD_COMMENT, self.file, place, message).label(label).help(help)
    }

    /// That a figure of a comment is not bound.
    fn note(
        &self,
        claim: &Claim<'_>,
        (range, figure): &(Range<usize>, Literal),
        found: &Result<Cell<'_>, Unbound>,
    ) -> Option<Note> {
        let unbound = found.as_ref().err()?;
        let words = figure.text.trim();
        let (message, label, help, sentence) = match unbound {
            Unbound::Missing(sentence) => (
                format!("`{words}` does not stand before this comment"),
                "not there",
                match sentence.as_str() {
                    "" => "nothing stands before the comment in its paragraph".to_string(),
                    sentence => format!("the sentence before it is `{}`", shorten(sentence)),
                },
                sentence,
            ),
            Unbound::Several(sentence) => (
                format!("`{words}` stands more than once in the sentence before this comment"),
                "which one?",
                format!(
                    "write a word that stands beside the one that is meant, or put the comment right \
                     behind it; the sentence is `{}`",
                    shorten(sentence)
                ),
                sentence,
            ),
        };
        let from = claim.said.from;
        let span = claim.comment.map.span(from + range.start..from + range.end);
        let words = FaultText { message, label: label.into(), help: Some(help), odd: None };
        let subject = Subject::Claim(claim.said.text.clone());
        let place = (self.file, span, None);
        let note = Note::worded(&UNBOUND_FIGURE, NamedBy::Fault, subject, words, place);
        Some(Note { compared: vec![sentence.clone()], table: self.rule.name.value.clone(), ..note })
    }

    /// The check that a comment is; its figures have these names.
    fn check(
        &self,
        claim: Claim<'_>,
        id: String,
        (table, columns): (&str, &[(Range<usize>, String)]),
    ) -> CheckRule {
        let Claim { comment, said, snippet, mut tree, .. } = claim;
        each_mut(&mut tree, &mut |part| {
            let Some((span, column)) = columns.iter().find(|column| column.0 == part.span) else {
                return;
            };
            if matches!(&part.kind, Kind::Ref(names) if names.len() == 1) {
                let name = |text: &str| Name { text: text.into(), span: span.clone() };
                part.kind = Kind::Ref(vec![name(table), name(column)]);
            }
        });
        CheckRule {
            file: self.file,
            id: Spanned { value: id, span: comment.span },
            asserts: vec![Code { snippet, tree }],
            each: Vec::new(),
            filter: None,
            order: None,
            title: said.note.clone(),
            help: None,
            url: None,
            tags: Vec::new(),
            severity: Severity::Error,
            message: None,
            optional: false,
            was: None,
            said: Vec::new(),
            footing: None,
            trivial_below: TrivialBelow::default(),
            examples: Vec::new(),
        }
    }

    /// The table of the figures.
    fn table(&self, name: String, reader: Arc<dyn Reader>) -> (TableRule, OpenTable) {
        let span = Span::default();
        let (text, map) = (self.path.clone(), crate::source::FlatMap::identity(0));
        let path = Spanned { value: Snippet { text, file: self.file, map }, span };
        let rule = TableRule {
            file: self.file,
            base: String::new(),
            name: Spanned { value: name, span },
            undeclared: false,
            path,
            optional: false,
            frame: Frame::default(),
            frame_keys: Vec::new(),
            heading: None,
            parent: None,
            filter: None,
            missing: vec![String::new()],
            withheld: Vec::new(),
            marks: None,
            trim: Trim::Usual,
            fill: Vec::new(),
            unpivot: None,
            is_unclear: false,
            references: Vec::new(),
            held: None,
            key: Vec::new(),
            rows: Spanned { value: RowCount { min: 1, max: Some(1) }, span },
            rows_given: false,
            columns: ByName::default(),
            patterns: Vec::new(),
            columns_only: None,
            pattern: None,
            regex: None,
            at: None,
            section: None,
            split: None,
            was: None,
            ..self.rule.clone()
        };
        let head = reader.head().columns.clone();
        let layout = FileLayout::new(&head, &head, Vec::new());
        let mut opened = OpenTable { prose: true, ..OpenTable::default() };
        opened.first = Some((self.file, head));
        // Comments of the text accept its findings, too.
        opened.comments.push((self.file, Vec::new()));
        opened.files.push(TableFile { file: self.file, reader, layout });
        plan(&rule, &[], &mut opened);
        (rule, opened)
    }
}

impl Claim<'_> {
    fn wanted(&self) -> impl Iterator<Item = Wanted<'_>> {
        let block = self.comment.block.filter(|_| !self.comment.is_alone).map(|block| block.start);
        let before = self.comment.span.start;
        self.figures.iter().map(move |(_, literal)| Wanted { literal, before, block })
    }
}

/// The text of a comment with a name of the same length in the place of each figure, and signs in that
/// of words, so that all places in it stay.
fn masked(said: &Said, at: usize, figures: &[(Range<usize>, Literal)]) -> String {
    let mut text = said.text.clone();
    for (range, _) in figures {
        text.replace_range(range.clone(), &"_".repeat(range.len()));
    }
    for comparison in said.lefts.iter().filter(|left| left.at.start >= at) {
        if let Some(sign) = comparison.sign.filter(|_| comparison.at.end <= text.len()) {
            let width = comparison.at.len();
            text.replace_range(comparison.at.clone(), &format!("{sign:<width$}"));
        }
    }
    text
}

/// The same with the figures.
fn unmasked(text: String, said: &Said, figures: &[(Range<usize>, Literal)]) -> String {
    let mut longest: Vec<&Range<usize>> = figures.iter().map(|figure| &figure.0).collect();
    longest.sort_by_key(|range| std::cmp::Reverse(range.len()));
    longest.into_iter().fold(text, |text, range| {
        let words = said.text.get(range.clone()).unwrap_or_default();
        text.replace(&format!("`{}`", "_".repeat(range.len())), &format!("`{words}`"))
    })
}
