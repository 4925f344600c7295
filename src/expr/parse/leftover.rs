//! What was probably meant where an expression goes on behind its end.

use crate::expr::lex::Token;
use crate::expr::parse::Parser;
use crate::expr::spellings;
use crate::source::did_you_mean;

/// Words that may stand behind a value, but for short ones that nearly any other is near to.
const WORDS: [&str; 8] =
    ["within", "between", "matches", "where", "and", "then", "else", "distinct"];

impl Parser {
    /// How to write what the token at hand, which fits nowhere, was to say.
    pub(super) fn leftover(&self) -> Option<String> {
        let p = self;
        let before = p.before().map(|lexed| &lexed.token);
        let after_name = matches!(before, Some(Token::Name(_, false)));
        let after_column = matches!(before, Some(Token::Name(word, false)) if word == "column");
        let text = match p.peek() {
            Token::Name(word, false) => {
                let known = p
                    .percentage(word)
                    .or_else(|| spellings::word(word))
                    .or_else(|| Parser::meant(word));
                return known.or_else(|| name(p, (after_name, after_column)).map(str::to_string));
            }
            Token::Number(_) if after_column => {
                "a name that begins with a digit takes backticks: `t by column `2023` to `2024` as q`"
            }
            Token::Number(_) | Token::Text(_) if after_name => {
                "put a name with spaces in backticks: `Turnout %`"
            }
            Token::Sign(",") if is_decimal(p) => "a decimal is written with a point: 1.5",
            Token::Word("not") => match p.peek_after() {
                Token::Name(word, false) => return Some(spellings::not_word(word)),
                _ => return None,
            },
            Token::Sign("%") => {
                "a percentage is written without a space, `20%`; the remainder of a division is mod(a, b)"
            }
            Token::Sign("=" | "!=" | "<" | "<=" | ">" | ">=") => {
                "comparisons do not chain: write `a <= b and b <= c`, or `b between a and c`"
            }
            Token::Sign(")") => "there is no opening parenthesis for it",
            Token::Word("else" | "then") => "it belongs to `if … then … else …`",
            Token::Word("where" | "by" | "distinct") => {
                "it belongs inside an aggregate: sum(x where …), max(x by …)"
            }
            _ => return None,
        };
        Some(text.to_string())
    }

    /// The word of the language that is nearest to one that is none.
    pub(super) fn meant(word: &str) -> Option<String> {
        did_you_mean(word, WORDS).map(|near| format!("did you mean `{near}`?"))
    }
}

fn name(p: &Parser, (after_name, after_column): (bool, bool)) -> Option<&'static str> {
    if after_column {
        return Some(
            "columns stand before what else there is one for each of: `t by column Q1 to Q4 as q, region`",
        );
    }
    // `t grouped by region`
    if after_name && p.at == 1 && *p.peek_after() == Token::Word("by") {
        return Some("for each group, write `t by region`");
    }
    after_name.then_some("put a name with spaces in backticks: `Turnout %`")
}

/// Whether a comma stands between digits, as in `1,5`.
fn is_decimal(p: &Parser) -> bool {
    let before = p.before().filter(|before| matches!(before.token, Token::Number(_)));
    let at = p.span();
    let after = p.tokens.get(p.at + 1).filter(|after| matches!(after.token, Token::Number(_)));
    before.zip(after).is_some_and(|(b, a)| b.span.end == at.start && a.span.start == at.end)
}
