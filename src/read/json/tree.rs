//! A JSON document held in memory, with the place of each value, as YAML and TOML are.

use std::collections::HashMap;

use crate::read::json::scan::{Stop, Text, What as Odd, Wrong, unescape, wrong};
use crate::read::json::words::{malformed, shown};
use crate::read::note::{FaultText, MALFORMED};
use crate::read::reader::Malformed;
use crate::read::tree::value::{List, MOST_LEVELS, Map, Member, Parsed, Twice, Value, What};
use crate::source::Span;

/// A container that is not closed yet.
enum Open {
    List(Vec<Value>),
    /// Members, where each name is among them, and the name whose value follows.
    Map(Vec<Member>, HashMap<String, usize>, (String, Span)),
}

struct Builder<'t> {
    text: Text<'t>,
    open: Vec<(Open, usize)>,
    twice: Vec<Twice>,
}

/// Reads the one document of a text that starts at `base`.
///
/// # Errors
/// Where it is no JSON.
pub fn parse(text: &str, base: u64) -> Result<Parsed, Malformed> {
    let text = Text { bytes: text.as_bytes(), last: true, base };
    let mut builder = Builder { text, open: Vec::new(), twice: Vec::new() };
    match builder.document() {
        Ok(value) => Ok(Parsed { documents: vec![value], twice: builder.twice }),
        Err(Stop::Wrong(wrong)) => Err(builder.no_json(wrong)),
        // The text is whole: there is no more of it, and no file behind it.
        Err(_) => Err(builder.no_json(Wrong { at: text.bytes.len(), what: Odd::Cut })),
    }
}

impl Builder<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(start as u64, end as u64).shift(self.text.base)
    }

    fn no_json(&self, wrong: Wrong) -> Malformed {
        let (start, end) = shown(self.text.bytes, wrong.at);
        let own = String::from_utf8_lossy(self.text.bytes.get(start..end).unwrap_or_default());
        let words = match wrong.what {
            Odd::Deep => FaultText {
                message: format!("values are nested more than {MOST_LEVELS} levels deep"),
                label: "too deep".into(),
                help: Some("check where the file comes from".into()),
                odd: None,
            },
            what => malformed(what, &own, false),
        };
        Malformed { fault: &MALFORMED, span: self.span(start, end), words }
    }

    fn document(&mut self) -> Result<Value, Stop> {
        let mut at = 0;
        loop {
            let Some((mut value, mut end)) = self.begin(&mut at)? else { continue };
            // Whatever the value is the last of is complete, too.
            loop {
                let Some((open, start)) = self.open.pop() else {
                    return match self.text.after_space(end) {
                        Ok((_, at)) => Err(wrong(at, Odd::Trailing)),
                        Err(_) => Ok(value),
                    };
                };
                let open = self.put(open, value);
                let (byte, next) = self.text.after_space(end)?;
                match (byte, &open) {
                    (b']', Open::List(_)) | (b'}', Open::Map(..)) => {
                        end = next + 1;
                        value = self.closed(open, start, end);
                    }
                    (b',', _) => {
                        at = next + 1;
                        self.open.push((open, start));
                        if let Some((Open::Map(..), _)) = self.open.last() {
                            at = self.name(at)?;
                        }
                        break;
                    }
                    _ => return Err(wrong(next, Odd::Comma)),
                }
            }
        }
    }

    /// The value that begins at `at` with its end; nothing where it is a container that holds some.
    fn begin(&mut self, at: &mut usize) -> Result<Option<(Value, usize)>, Stop> {
        let (byte, start) = self.text.after_space(*at)?;
        if byte == b'"' {
            let (text, end) = self.string(start)?;
            return Ok(Some((
                Value { span: self.span(start, end), what: What::Scalar(text.into()) },
                end,
            )));
        }
        if byte != b'[' && byte != b'{' {
            let end = self.text.word(byte, start)?;
            let own = self.text.bytes.get(start..end).unwrap_or_default();
            let what = match own {
                b"null" => What::Null,
                own => What::Scalar(String::from_utf8_lossy(own).into()),
            };
            return Ok(Some((Value { span: self.span(start, end), what }, end)));
        }
        if self.open.len() >= MOST_LEVELS {
            return Err(wrong(start, Odd::Deep));
        }
        let (is_list, next) = (byte == b'[', self.text.after_space(start + 1)?);
        let open = match is_list {
            true => Open::List(Vec::new()),
            false => Open::Map(Vec::new(), HashMap::new(), (String::new(), Span::new(0, 0))),
        };
        if next.0 == if is_list { b']' } else { b'}' } {
            let end = next.1 + 1;
            return Ok(Some((self.closed(open, start, end), end)));
        }
        self.open.push((open, start));
        *at = if is_list { next.1 } else { self.name(next.1)? };
        Ok(None)
    }

    /// Reads the name of a member and the colon behind it; where its value starts.
    fn name(&mut self, at: usize) -> Result<usize, Stop> {
        let (byte, start) = self.text.after_space(at)?;
        if byte != b'"' {
            return Err(wrong(start, Odd::Name));
        }
        let (text, end) = self.string(start)?;
        let place = self.span(start, end);
        if let Some((Open::Map(_, _, name), _)) = self.open.last_mut() {
            *name = (text, place);
        }
        self.text.colon(end)
    }

    /// The string whose quote stands at `start`, and its end.
    fn string(&self, start: usize) -> Result<(String, usize), Stop> {
        let (end, escaped) = self.text.string(start + 1)?;
        let own = self.text.bytes.get(start + 1..end).unwrap_or_default();
        let mut bytes = Vec::new();
        if escaped {
            unescape(own, &mut bytes);
        } else {
            bytes.extend_from_slice(own);
        }
        Ok((String::from_utf8_lossy(&bytes).into_owned(), end + 1))
    }

    /// A container with one value more; of two members with one name the last counts.
    fn put(&mut self, open: Open, value: Value) -> Open {
        match open {
            Open::List(mut items) => {
                items.push(value);
                Open::List(items)
            }
            Open::Map(mut members, mut names, (name, at)) => {
                let member = Member { name: name.as_str().into(), at, value };
                match names.get(&name).and_then(|n| members.get_mut(*n)) {
                    Some(earlier) => {
                        self.twice.push(Twice { name, first: earlier.at, at });
                        *earlier = member;
                    }
                    None => {
                        names.insert(name, members.len());
                        members.push(member);
                    }
                }
                Open::Map(members, names, (String::new(), at))
            }
        }
    }

    fn closed(&self, open: Open, start: usize, end: usize) -> Value {
        let what = match open {
            Open::List(items) => What::List(List::new(items).into()),
            Open::Map(members, ..) => What::Map(Map::new(members).into()),
        };
        Value { span: self.span(start, end), what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A value as serde_json would write it, with scalars as texts.
    fn written(value: &Value) -> String {
        match &value.what {
            What::Null => "null".into(),
            What::Scalar(text) => format!("{text:?}"),
            What::List(list) => {
                format!("[{}]", list.items.iter().map(written).collect::<Vec<_>>().join(","))
            }
            What::Map(map) => {
                let member = |m: &Member| format!("{:?}:{}", m.name, written(&m.value));
                format!("{{{}}}", map.members.iter().map(member).collect::<Vec<_>>().join(","))
            }
        }
    }

    #[test]
    fn documents_are_read_with_their_places() {
        let text = r#" {"a": [1, -2.50, "x\n\u00e9"], "b": {}, "c": null, "b": [ ]} "#;
        let parsed = parse(text, 3).expect("JSON");
        assert_eq!(written(&parsed.documents[0]), r#"{"a":["1","-2.50","x\né"],"b":[],"c":null}"#);
        assert_eq!(parsed.twice.len(), 1);
        let What::Map(map) = &parsed.documents[0].what else { panic!("a map") };
        let (from, value) = (text.find('[').expect("a list"), &map.members[0].value);
        assert_eq!(value.span, Span::new(from as u64, from as u64 + 23).shift(3));
    }

    #[test]
    fn what_is_no_json_is_refused_at_its_place() {
        let deep = "[".repeat(10_000);
        for (text, at) in [
            ("", 0),
            ("{", 1),
            ("[1,]", 3),
            ("{\"a\" 1}", 5),
            ("{\"a\": 1,}", 8),
            ("[1 2]", 3),
            ("[1}", 2),
            ("1 2", 2),
            ("tru", 3),
            (deep.as_str(), MOST_LEVELS),
        ] {
            let malformed = parse(text, 0).err().expect("no JSON");
            assert_eq!(malformed.span.start, at as u64, "{text:.20}: {}", malformed.words.message);
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_serde(text in r#"[\[\]{}",:0-9a-e\\ .nul-]{0,24}"#) {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(parse(&text, 0).is_ok(), theirs.is_ok(), "{}", text);
        }
    }
}
