//! docs/grammar.ebnf against the parser: sentences made of the grammar are read, and what is
//! printed of them reads back the same.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crossfoot::expr::parse::{parse_expr, parse_order, parse_unit};
use crossfoot::expr::print::print;
use crossfoot::expr::tree::{Expr, children, each_mut};

/// A sequence of symbols, optional and repeated parts among them.
#[derive(Debug, Clone)]
enum Part {
    Literal(String),
    Symbol(String),
    Optional(Vec<Vec<Part>>),
    Repeated(Vec<Vec<Part>>),
}

type Grammar = BTreeMap<String, Vec<Vec<Part>>>;

fn tokens(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let len = match rest.as_bytes()[0] {
            b'"' => rest[1..].find('"').expect("a closed literal") + 2,
            b'(' if rest.starts_with("(*") => {
                rest = rest[rest.find("*)").expect("a closed comment") + 2..].trim_start();
                continue;
            }
            c if c.is_ascii_alphabetic() => {
                rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())
            }
            _ => 1,
        };
        all.push(rest[..len].to_string());
        rest = rest[len..].trim_start();
    }
    all
}

fn alternatives(tokens: &[String], at: &mut usize) -> Vec<Vec<Part>> {
    let mut all = vec![Vec::new()];
    while let Some(token) = tokens.get(*at) {
        *at += 1;
        match token.as_str() {
            "," => {}
            "|" => all.push(Vec::new()),
            "]" | "}" | ";" => break,
            "[" => {
                let inner = alternatives(tokens, at);
                all.last_mut().expect("one").push(Part::Optional(inner));
            }
            "{" => {
                let inner = alternatives(tokens, at);
                all.last_mut().expect("one").push(Part::Repeated(inner));
            }
            t if t.starts_with('"') => {
                all.last_mut().expect("one").push(Part::Literal(t.trim_matches('"').to_string()))
            }
            t => all.last_mut().expect("one").push(Part::Symbol(t.to_string())),
        }
    }
    all
}

fn grammar() -> Grammar {
    let text = include_str!("../docs/grammar.ebnf");
    let tokens = tokens(text);
    let mut at = 0;
    let mut all = Grammar::new();
    while at < tokens.len() {
        let name = tokens[at].clone();
        assert_eq!(tokens[at + 1], "=", "after {name}");
        at += 2;
        all.insert(name, alternatives(&tokens, &mut at));
    }
    all
}

/// A small generator with a seed (xorshift).
struct Maker<'g> {
    grammar: &'g Grammar,
    state: u64,
    used: BTreeSet<String>,
}

impl Maker<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state % n as u64) as usize
    }

    fn terminal(&mut self, symbol: &str) -> Option<String> {
        let all: &[&str] = match symbol {
            "NAME" => &["area", "region", "`Turnout %`", "`where`", "Größe", "x_1"],
            "NUMBER" => &["0", "12", "1_840.5", ".5", "2.", "1.2e3", "5E-1"],
            "PERCENT" => &["20%", "0.5%"],
            "POINTS" => &["3pp"],
            "TEXT" => &["\"a\"", "\"a \"\"b\"\"\"", "\"\""],
            "AGG" => &[
                "sum", "count", "min", "max", "mean", "median", "mode", "stddev", "first", "last",
                "only", "any", "all",
            ],
            _ => return None,
        };
        let n = self.below(all.len());
        Some(all[n].to_string())
    }

    fn symbol(&mut self, name: &str, depth: u32, out: &mut String) {
        if let Some(text) = self.terminal(name) {
            out.push_str(&text);
            out.push(' ');
            return;
        }
        self.used.insert(name.to_string());
        let all = self.grammar.get(name).unwrap_or_else(|| panic!("{name} is not defined")).clone();
        // Deep down, the way out of recursion: a reference or a literal.
        let n = match (depth > 14, name) {
            (true, "primary") => all.len() - 1,
            (true, "expr" | "not") => 1,
            _ => self.below(all.len()),
        };
        self.sequence(&all[n], depth + 1, out);
    }

    fn sequence(&mut self, parts: &[Part], depth: u32, out: &mut String) {
        for part in parts {
            match part {
                Part::Literal(t) => {
                    out.push_str(t);
                    out.push(' ');
                }
                Part::Symbol(s) => self.symbol(s, depth, out),
                Part::Optional(all) | Part::Repeated(all) => {
                    let most = if matches!(part, Part::Repeated(_)) { 3 } else { 2 };
                    let times = if depth > 14 { 0 } else { self.below(most) };
                    for _ in 0..times {
                        let n = self.below(all.len());
                        self.sequence(&all[n], depth + 1, out);
                    }
                }
            }
        }
    }

    fn sentence(&mut self, start: &str) -> String {
        let mut out = String::new();
        self.symbol(start, 0, &mut out);
        out
    }
}

/// Where the parts of an expression stand, itself first.
fn places(e: &Expr) -> Vec<Range<usize>> {
    std::iter::once(e.span.clone()).chain(children(e).into_iter().flat_map(places)).collect()
}

#[test]
fn every_sentence_of_the_grammar_is_read() {
    let grammar = grammar();
    let mut maker =
        Maker { grammar: &grammar, state: 0x9E37_79B9_7F4A_7C15, used: BTreeSet::new() };
    for _ in 0..1200 {
        let text = maker.sentence("expr");
        let (tree, errors) = parse_expr(&text);
        assert!(errors.is_empty(), "{text}\n{errors:?}");
        let once = print(&tree);
        let (mut again, errors) = parse_expr(&once);
        assert!(errors.is_empty(), "{text}\nprinted: {once}\n{errors:?}");
        assert_eq!(print(&again), once, "{text}");
        let mut visited = Vec::new();
        let all = places(&again);
        each_mut(&mut again, &mut |part| visited.push(part.span.clone()));
        assert_eq!(visited, all, "{once}");
    }
    for _ in 0..500 {
        let unit = maker.sentence("each");
        assert!(parse_unit(&unit).1.is_empty(), "{unit}\n{:?}", parse_unit(&unit).1);
        let order = maker.sentence("order");
        assert!(parse_order(&order).1.is_empty(), "{order}\n{:?}", parse_order(&order).1);
    }
    let all: BTreeSet<String> = grammar.keys().cloned().collect();
    assert_eq!(maker.used, all, "every production is used");
}
