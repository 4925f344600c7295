//! Comments in texts that accept findings: `<!-- crossfoot: allow NAME until DATE -- reason -->`.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::compile::BAD_COMMENT;
use crate::compile::allow::allowance;
use crate::compile::said::{ALLOW, said};
use crate::findings::allowance::{Allowance, Block};
use crate::read::format::Comment;
use crate::rules::{AllowRule, Spanned};
use crate::source::tree::relative;
use crate::source::{FileId, Files, Problem, Span, did_you_mean};
use crate::value::iso_day;

const UNTIL: &str = "until";
const FORM: &str = "write it like `<!-- crossfoot: allow area-total -- as printed -->` or \
                    `<!-- crossfoot: 20 percent = sum(figures.area) -->`";
const ALLOW_FORM: &str = "write it like `<!-- crossfoot: allow area-total -- as printed -->`";

/// A comment that accepts findings of a block.
pub struct CommentRule {
    /// What it says.
    pub rule: AllowRule,
    block: Block,
}

impl CommentRule {
    /// The allowance that it is.
    pub fn allowance(&self, files: &dyn Files) -> Allowance {
        allowance(&self.rule, None, Some(self.block.clone()), files)
    }

    /// What it accepts, for people, and until when.
    pub fn name(&self) -> (String, Option<i32>) {
        let names: Vec<String> =
            self.rule.checks.iter().map(|c| format!("`{}`", c.value)).collect();
        let what = format!("{} in {}", names.join(", "), self.block.path);
        (what, self.rule.until.as_ref().map(|until| until.value))
    }
}

/// Reads the comments of some texts. A text that several tables are read from is read once.
pub fn read(
    texts: &[(FileId, Vec<Comment>)],
    files: &dyn Files,
) -> (Vec<CommentRule>, Vec<Problem>) {
    let mut numbers: BTreeMap<String, Vec<FileId>> = BTreeMap::new();
    for (file, _) in texts {
        let same = numbers.entry(files.path(*file)).or_default();
        if !same.contains(file) {
            same.push(*file);
        }
    }
    let (mut rules, mut problems) = (Vec::new(), Vec::new());
    for (file, comments) in texts {
        let path = files.path(*file);
        let is_first = |same: &Vec<FileId>| same.first() == Some(file);
        let Some(same) = numbers.remove(&path).filter(is_first) else { continue };
        let path = relative(files.root(), &path);
        let mut times: BTreeMap<&str, u64> = BTreeMap::new();
        // What compares figures accepts nothing.
        let is_allowance =
            |comment: &&Comment| !comment.is_closed || said(&comment.words).is_none();
        for comment in comments.iter().filter(is_allowance) {
            let number = times.entry(&comment.words).or_default();
            *number += 1;
            let block = Block {
                files: same.clone(),
                path: path.clone(),
                number: *number,
                span: comment.block,
                follows: comment.is_alone,
            };
            match rule(*file, comment) {
                Ok(rule) => rules.push(CommentRule { rule, block }),
                Err(problem) => problems.push(problem),
            }
        }
    }
    (rules, problems)
}

/// What a comment says.
fn rule(file: FileId, comment: &Comment) -> Result<AllowRule, Problem> {
    let words = Words { file, comment };
    if !comment.is_closed {
        let help = "without it, the rest of the text is part of the comment";
        return Err(words.bad(comment.span, "this comment has no end `-->`", "no end", help));
    }
    let all = tokens(&comment.words);
    let dash = all.iter().position(|token| is_dash(words.text(token)));
    let (head, rest) = all.split_at(dash.unwrap_or(all.len()));
    let Some((verb, head)) = head.split_first() else {
        return Err(words.bad(comment.span, "this comment says nothing", "says nothing", FORM));
    };
    if words.text(verb) != ALLOW {
        let message = format!("`crossfoot: {}` has no meaning", words.text(verb));
        let near = did_you_mean(words.text(verb), [ALLOW]);
        let help = near.map_or(FORM.to_string(), |near| format!("did you mean `{near}`?"));
        return Err(words.bad(words.at(verb), message, "not known", help));
    }
    let until = head.iter().position(|token| words.text(token) == UNTIL);
    let (name, date) = head.split_at(until.unwrap_or(head.len()));
    let Some(name) = joined(name) else {
        let message = "this comment does not say what it accepts";
        return Err(words.bad(words.at(verb), message, "accepts what?", ALLOW_FORM));
    };
    let until = words.until(date)?;
    let reason = words.reason(rest).ok_or_else(|| {
        let place = words.at(rest.first().unwrap_or(&name));
        const HELP: &str = "say after `--` why it is accepted, such as `-- as printed`";
        words.bad(place, "this comment gives no reason", "no reason", HELP)
    })?;
    Ok(AllowRule {
        file,
        span: comment.span,
        checks: vec![Spanned { value: words.text(&name).to_string(), span: words.at(&name) }],
        table: None,
        filter: None,
        fingerprint: None,
        reason,
        by: None,
        until,
        any_value: false,
    })
}

/// The words of a comment.
struct Words<'c> {
    file: FileId,
    comment: &'c Comment,
}

impl Words<'_> {
    fn text(&self, range: &Range<usize>) -> &str {
        self.comment.words.get(range.clone()).unwrap_or_default()
    }

    fn at(&self, range: &Range<usize>) -> Span {
        self.comment.map.span(range.clone())
    }

    fn bad(
        &self,
        span: Span,
        message: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) -> Problem {
        Problem::new(&BAD_COMMENT, self.file, span, message).label(label).help(help)
    }

    /// The last day, if `until` stands in front.
    fn until(&self, words: &[Range<usize>]) -> Result<Option<Spanned<i32>>, Problem> {
        const HELP: &str = "write it like `until 2027-03-31`";
        let Some((until, day)) = words.split_first() else { return Ok(None) };
        let Some(day) = joined(day) else {
            return Err(self.bad(self.at(until), "`until` names no day", "until when?", HELP));
        };
        let (text, span) = (self.text(&day), self.at(&day));
        let message = || format!("`until` must be a day, but is `{text}`");
        let value = iso_day(text).map_err(|_| self.bad(span, message(), "no day", HELP))?;
        Ok(Some(Spanned { value, span }))
    }

    /// What stands behind the dash with which `rest` begins.
    fn reason(&self, rest: &[Range<usize>]) -> Option<String> {
        let rest = self.comment.words.get(rest.first()?.start..)?.trim_start_matches(DASHES);
        let reason = rest.split_whitespace().collect::<Vec<_>>().join(" ");
        (!reason.is_empty()).then_some(reason)
    }
}

/// What parts the reason from the rest; texts are often typeset.
const DASHES: [char; 3] = ['-', '–', '—'];

fn is_dash(token: &str) -> bool {
    token.starts_with("--") || token.starts_with(['–', '—'])
}

/// Where the words of a text stand.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let word = |piece: &str| {
        let start = at;
        at += piece.len();
        let word = piece.trim_end();
        (!word.is_empty()).then(|| start..start + word.len())
    };
    text.split_inclusive(char::is_whitespace).filter_map(word).collect()
}

/// From the first word to the last.
fn joined(words: &[Range<usize>]) -> Option<Range<usize>> {
    Some(words.first()?.start..words.last()?.end)
}
