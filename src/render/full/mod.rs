//! For reading on a terminal: findings of one kind as one block, a table of checks at the end.
//!
//! A finding over several files reads as one: its snippets, then the working as a small sum.

mod blocks;
mod causes;
mod closing;
mod rule_lines;
mod whole;
mod working;

use std::collections::BTreeMap;

use crate::render::full::blocks::Block;
use crate::render::full::causes::Causes;
use crate::render::full::whole::Whole;
use crate::render::options::Options;
use crate::render::paint::{drawn, wrapped};
use crate::render::words::{known, summary};
use crate::report::{Facts, Finding, Sink, SourceText, Summary};
use crate::source::Problem;

/// Writes findings with their lines, places and arithmetic, for people at a terminal.
pub struct Full {
    options: Options,
    /// What has been found, in order.
    blocks: Vec<Block>,
    /// What the run is compared with.
    old: String,
}

impl Full {
    /// A sink for a terminal.
    pub fn new(options: Options) -> Full {
        Full { options, blocks: Vec::new(), old: String::new() }
    }

    fn whole<'s>(&self, sources: &'s dyn SourceText) -> Whole<'s> {
        Whole { options: self.options, sources }
    }

    fn put(&self, text: String, out: &mut Vec<u8>) {
        out.extend(drawn(text, self.options).bytes());
    }
}

impl Sink for Full {
    fn begin(&mut self, facts: &Facts, out: &mut Vec<u8>) {
        if let Some(old) = &facts.old {
            self.old.clone_from(&old.name);
            self.put(closing::rules_changed(old, self.options), out);
        }
    }

    fn finding(&self, f: &Finding, _: bool, sources: &dyn SourceText, out: &mut Vec<u8>) {
        self.put(self.whole(sources).finding(f, None), out);
    }

    fn keeps(&self) -> bool {
        !self.options.verbose
    }

    fn keep(&mut self, finding: &Finding, sources: &dyn SourceText) {
        match self.blocks.iter_mut().rev().find(|b| b.takes(finding)) {
            Some(block) => block.add(finding, sources),
            None => self.blocks.push(Block::new(finding, sources)),
        }
    }

    fn write_kept(&mut self, summary: &Summary, sources: &dyn SourceText, out: &mut Vec<u8>) {
        let blocks = std::mem::take(&mut self.blocks);
        let (open, blocks): (Vec<_>, Vec<_>) = blocks.into_iter().partition(Block::is_undecided);
        let (mut causes, mut counted) = (Causes::default(), BTreeMap::new());
        for (n, block) in blocks.iter().enumerate() {
            let of_check = |b: &&Block| b.check() == block.check();
            let is_only = blocks.iter().filter(of_check).count() == 1;
            let is_last = !blocks.iter().skip(n + 1).any(|b| of_check(&b));
            let undecided = open.iter().find(of_check).filter(|_| is_last);
            let known = (summary, &causes);
            let mut text = block.write(self.whole(sources), is_only, undecided, known);
            *counted.entry(block.check()).or_insert(0) += block.counted(summary, &causes);
            block.tell(&mut causes);
            // Blocks of one check stand together.
            if blocks.get(n + 1).is_some_and(|next| of_check(&next)) {
                text.pop();
            }
            self.put(text, out);
        }
        let is_alone = |open: &&Block| blocks.iter().all(|b| b.check() != open.check());
        for block in open.iter().filter(is_alone) {
            self.put(block.write(self.whole(sources), true, None, (summary, &causes)), out);
        }
        for check in summary.checks.iter().filter(|c| c.findings > c.shown) {
            let held_back = check.findings - check.shown;
            let more = held_back - counted.get(check.id.as_str()).copied().unwrap_or(0);
            if more > 0 && blocks.iter().filter(|b| b.check() == check.id).count() != 1 {
                let what = format!("… {more} more of {}", check.id);
                self.put(format!("{what} (--max-per-check 0 shows all)\n\n"), out);
            }
        }
        let has_all_known = self.keeps() && !(self.options.omits_accepted && summary.accepted > 0);
        let all_blocks = || blocks.iter().chain(&open);
        for check in summary.checks.iter().filter(|c| c.known > 0 && has_all_known) {
            let shown: u64 = all_blocks().filter(|b| b.check() == check.id).map(Block::known).sum();
            if let more @ 1.. = check.known.saturating_sub(shown) {
                let what = format!("… {} of {}", known(summary, more), check.id);
                self.put(format!("{what} (--max-per-check 0 shows all)\n\n"), out);
            }
        }
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, out: &mut Vec<u8>) {
        self.put(self.whole(sources).problem(p), out);
    }

    fn end(&mut self, s: &Summary, out: &mut Vec<u8>) {
        if !self.options.quiet {
            let lines = summary(s);
            let lines = lines.lines().map(|line| wrapped(line, 0, self.options).join("\n     "));
            let closing: String = lines.map(|line| line + "\n").collect();
            self.put(closing::table(s, self.options) + &closing, out);
            self.put(closing::compared(s, &self.old, self.options), out);
        }
    }
}
