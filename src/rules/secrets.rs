//! What of a rule file is not shown, whatever is wrong with it: values of sources that may be passwords or addresses.
//!
//! It goes by lines and not by TOML, since the file may be none.

/// Keys whose value is shown where it is a plain word or a number.
const SHOWN: [&str; 3] = ["driver", "profile", "timeout"];

/// A rule file as it is shown: of the same length, with stars where a source has what may be secret.
pub fn hidden(text: &str) -> String {
    let (mut out, mut is_within) = (String::with_capacity(text.len()), false);
    for line in text.split_inclusive('\n') {
        let start = line.trim_start();
        if let Some(title) = start.strip_prefix('[') {
            is_within = unquoted(title.trim_start_matches(['[', ' '])).starts_with("source");
        }
        match is_within || is_of_source(start) {
            true => hide(line, is_within, &mut out),
            false => out.push_str(line),
        }
    }
    out
}

/// Whether a line begins with the key of a source, or with what may be meant for one.
fn is_of_source(line: &str) -> bool {
    let behind = unquoted(line).strip_prefix("source");
    behind
        .is_some_and(|behind| !behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
        || behind.is_some_and(|behind| behind.starts_with("s."))
}

fn unquoted(key: &str) -> &str {
    key.trim_start_matches(['"', '\''])
}

/// A line of a source; within its section one without `=` goes on with a value.
fn hide(line: &str, is_within: bool, out: &mut String) {
    let is_value = is_within && !line.contains('=') && !line.trim_start().starts_with(['[', '#']);
    if is_value {
        return stars(line, out);
    }
    let mut at = 0;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        let end = piece(rest);
        let (own, behind) = rest.split_at(end);
        let before = line.get(..at).unwrap_or_default();
        match is_shown(own, before, behind) {
            true => out.push_str(own),
            false => stars(own, out),
        }
        at += end;
    }
}

/// The length of a quoted text, of a bare word, or of the sign that a text begins with.
fn piece(text: &str) -> usize {
    let first = text.chars().next().unwrap_or_default();
    let is_bare = |c: char| !c.is_whitespace() && !"'\"=,{}[]#".contains(c);
    match first {
        '"' | '\'' => {
            let mut is_escaped = false;
            let ends = |(_, c): &(usize, char)| {
                let ends = *c == first && !is_escaped;
                is_escaped = first == '"' && *c == '\\' && !is_escaped;
                ends
            };
            text.char_indices().skip(1).find(ends).map_or(text.len(), |(at, _)| at + 1)
        }
        _ if is_bare(first) => text.find(|c| !is_bare(c)).unwrap_or(text.len()),
        _ => first.len_utf8(),
    }
}

/// Whether a piece of a line is shown: a sign, a key, or the plain value of a key that is no secret.
fn is_shown(own: &str, before: &str, behind: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let word = own.trim_matches(['"', '\'']);
    let is_sign = own.chars().all(|c| c.is_whitespace() || "=,{}[]#".contains(c));
    let is_key = behind.trim_start().starts_with(['=', '.', ']']) && !before.contains("= [");
    let key = before.trim_end().strip_suffix('=').map(str::trim_end);
    let key = key.and_then(|text| text.rsplit(|c: char| !is_plain(c)).next());
    let is_title = before.trim_start().starts_with('[') && !before.contains('=');
    is_sign
        || is_title
        || is_key && key.is_none()
        || match key {
            Some("source") => !word.contains('@'),
            Some(key) => SHOWN.contains(&key) && word.chars().all(is_plain),
            None => false,
        }
}

fn stars(text: &str, out: &mut String) {
    for c in text.chars() {
        match c.is_whitespace() {
            true => out.push(c),
            false => (0..c.len_utf8()).for_each(|_| out.push('*')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_sources_are_hidden_and_nothing_else() {
        for (text, shown) in [
            (
                "source.x = { driver = \"pg\", password = \"s3\" }",
                "source.x = { driver = \"pg\", password = **** }",
            ),
            ("source.x.passwort = 'a b'", "source.x.passwort = ** **"),
            (
                "[source.y]\ntimeout = 5\nprofile = \"a:b\"\n",
                "[source.y]\ntimeout = 5\nprofile = *****\n",
            ),
            ("[source.y]\n\"password\" = \"a\\\"b\n", "[source.y]\n\"password\" = *****\n"),
            (
                "[source.y]\npassword = \"\"\"\nabc\n\"\"\"\n",
                "[source.y]\npassword = ***\n***\n***\n",
            ),
            (
                "[source.y]\npassword = é,\nx = [\"a\", \"b\"]",
                "[source.y]\npassword = **,\nx = [***, ***]",
            ),
            ("source = \"u:s@h\"\n", "source = *******\n"),
            ("sources.x = { password = \"s3\" }", "sources.x = { password = **** }"),
        ] {
            assert_eq!(hidden(text), shown);
        }
        for same in [
            "[source.y]\ndriver = \"duckdb\"\nprofile = \"wh\"\n[data.t]\npath = \"a:b\"\n",
            "[data.t]\nsource = \"https://example.org/a?b=c\"\ntable = \"s.t\"\npassword = \"x\"\n",
            "[data.t]\nsources = \"the yearbook, table 3\"\nsource_note = \"a b\"\n",
            "[data.t.columns]\nname = { matches = 'x' }\n",
        ] {
            assert_eq!(hidden(same), same);
        }
    }
}
