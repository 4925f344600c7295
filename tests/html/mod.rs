//! Reads a page as a browser would, and says what is wrong with it.

use std::collections::BTreeSet;

use html5gum::{Token, Tokenizer};

const VOID: [&str; 5] = ["br", "hr", "input", "meta", "wbr"];
const BLOCKS: [&str; 15] = [
    "article",
    "blockquote",
    "details",
    "div",
    "dl",
    "form",
    "h2",
    "h3",
    "h4",
    "h5",
    "ol",
    "p",
    "section",
    "table",
    "ul",
];
/// Elements in which no block may stand.
const PHRASING: [&str; 9] = ["a", "bdi", "code", "h1", "h2", "h3", "h4", "p", "span"];

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// Every element is closed, every anchor there once and every link leads to one; nothing is asked for
/// from elsewhere.
pub fn assert_is_page(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{page}");
    let (mut open, mut ids, mut links) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for token in Tokenizer::new(page) {
        let token = token.expect("a text can be read");
        match token {
            Token::Error(error) => panic!("{error:?} in\n{page}"),
            Token::EndTag(tag) => {
                assert_eq!(open.pop(), Some(text(&tag.name)), "closed in the wrong order\n{page}");
            }
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                let inner = open.iter().find(|o| PHRASING.contains(&o.as_str()));
                let is_block = BLOCKS.contains(&name.as_str());
                assert!(!is_block || inner.is_none(), "<{name}> in <{inner:?}>\n{page}");
                assert!(!["link", "img", "iframe", "object", "base"].contains(&name.as_str()));
                for (attribute, value) in &tag.attributes {
                    let (attribute, value) = (text(attribute), text(&value.value));
                    assert!(
                        !attribute.starts_with("on") && attribute != "src",
                        "{attribute}\n{page}"
                    );
                    match attribute.as_str() {
                        "id" => {
                            assert!(ids.insert(value.clone()), "`{value}` is there twice\n{page}")
                        }
                        "href" if value.starts_with('#') => {
                            links.insert(value[1..].to_string());
                        }
                        "href" => assert!(
                            value.starts_with("https://") || value.starts_with("http://"),
                            "a link to {value}"
                        ),
                        _ => {}
                    }
                }
                if !VOID.contains(&name.as_str()) {
                    open.push(name);
                }
            }
            Token::String(_) | Token::Comment(_) | Token::Doctype(_) => {}
        }
    }
    assert!(open.is_empty(), "not closed: {open:?}\n{page}");
    let dead: Vec<_> = links.difference(&ids).collect();
    assert!(dead.is_empty(), "links without an anchor: {dead:?}\n{page}");
}

/// The page without its style sheet and its script, with a line for each block.
pub fn readable(page: &str) -> String {
    let mut out = page.to_string();
    let run = "<script type=\"application/json\" id=\"crossfoot-run\">";
    for (start, element) in [("<style>", "style"), (run, "script"), ("<script>", "script")] {
        if let Some((before, rest)) = out.clone().split_once(start)
            && let Some((_, after)) = rest.split_once(&format!("</{element}>"))
        {
            out = format!("{before}{start}…</{element}>{after}");
        }
    }
    for element in
        BLOCKS.iter().chain(&["tr", "li", "dt", "svg", "thead", "tbody", "main", "nav", "script"])
    {
        out = out.replace(&format!("<{element} "), &format!("\n<{element} "));
        out = out.replace(&format!("<{element}>"), &format!("\n<{element}>"));
    }
    out
}
