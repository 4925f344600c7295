//! The shapes of what placeholders hold, as regular expressions.
//!
//! A shape is wide: it finds the place of a figure, and `whole.rs` looks what figure stands there.

/// The sign or the name of a currency before a figure.
const CURRENCY: &str = r"(?:(?:US|A|C|NZ|HK|S|R|CA|AU)?\$|[€£¥₹₽]|(?:USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|SEK|NOK|DKK|PLN|RUB|UAH|AZN|TRY|Rs\.?)[ \u{a0}]?)";
const VULGAR: &str = "[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]";
/// What stands between the words of a figure.
const GAP: &str = r"(?:[ \n\r\t\u{a0}]+|\n?[-‐‑]\n?)";
/// What stands between the ends of a range.
const TO: &str = r"(?:[ \n\u{a0}]+to[ \n\u{a0}]+|[ \u{a0}]?[-‐‑–][ \u{a0}]?)";
const SMALL: &str = "zero|nought|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety";
const SCALES: &str = "hundred|thousands?|millions?|billions?|trillions?|lakhs?|crores?|dozen";
/// Words of scale that stand behind digits only.
const SHORT: &str = "mn|mln|mil|mio|bn|bln|tn|trn|[kmb]";
const PARTS: &str = "half|halves|thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|elevenths?|twelfths?|(?:thir|four|fif|six|seven|eigh|nine)teenths?|twentieths?|hundredths?";
const MONTH: &str = r"(?i-u:(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)";
const PERCENT: &str =
    r"(?:[ \n\u{a0}\u{202f}-]*(?:%|‰|(?i-u:(?:percents?|per\s+cent|pct|pc|per\s+mil(?:le)?)\b)))";

/// Words before a figure that say how near to it is meant, with what belongs to them.
pub(crate) const HEDGE: &str = r"(?i-u:(?:(?:not|no|only|just|well|far|much|many|significantly|considerably|slightly|marginally|narrowly|a\s+little|a\s+bit|a\s+touch|a\s+fraction)\s+)*(?:(?:about|around|approximately|approx\.?|roughly|circa|ca?\.|ca|some|an\s+estimated|estimated\s+at|in\s+the\s+(?:region|order)\s+of|on\s+the\s+order\s+of|more\s+or\s+less|something\s+like|nearly|almost|close\s+to|not\s+quite|approaching|(?:just\s+)?shy\s+of|just\s+short\s+of|over|above|(?:more|greater|larger|higher|less|fewer|lower|smaller)\s+than|upwards?\s+of|in\s+excess\s+of|(?:north|south)\s+of|exceeding|under|below|at\s+(?:least|most)|no\s+(?:less|fewer|lower|more|higher|greater)\s+than|(?:a\s+)?(?:minimum|maximum)\s+of|as\s+(?:few|little|low|many|much|high)\s+as|up\s+to|only|just|exactly|precisely|a\s+mere|a\s+total\s+of)\s+)+(?:(?:an?|the)\s+)??)|[~≈∼<>≤≥]=?\s?";
/// Words behind a figure that say how near to it is meant.
pub(crate) const BEHIND: &str = r"(?:\+|\s+(?i-u:or\s+(?:so|thereabouts|more|over|above|higher|fewer|less|under|below|lower)|more\s+or\s+less|at\s+(?:least|most))\b)";

/// A number in digits, with what is glued to it.
fn digits() -> String {
    let number = r"(?:[0-9](?:[0-9.,'’/⁄\u{a0}\u{202f}\u{2009}]*[0-9])?|\.[0-9]+)";
    format!(
        r"(?:{number}(?: ?{VULGAR})?(?:[eE][-+]?[0-9]{{1,3}}| ?[×x] ?10\^[-−]?[0-9]+)?(?:[ \u{{a0}}-]?(?i-u:(?:{SHORT}|{SCALES})\b))?|{VULGAR})"
    )
}

/// A number in digits and words.
fn one() -> String {
    let word = format!(r"(?i-u:\b(?:{SMALL}|{SCALES}|{PARTS})\b)");
    let token = format!("(?:{}|{word})", digits());
    let joints = r"(?i-u:\b(?:and|an?|of|point)\b)";
    let sign = format!(
        r"(?:(?:[-−–+]|(?i-u:\b(?:minus|negative)\s+))(?:{CURRENCY})?|(?i-u:\ban?\b){GAP})"
    );
    format!("(?:{sign})?{token}(?:(?:{GAP}{joints})*{GAP}{token})*?")
}

/// A number, or a range of them.
fn number() -> String {
    let one = one();
    format!("(?:{one}(?:{TO}(?:{CURRENCY})?{one})?)")
}

/// `a third`, `3/4`, `three in five`.
fn share() -> String {
    let count = format!(r"(?:(?i-u:\b(?:{SMALL})\b)|[0-9]+)");
    let of = format!(r"{GAP}(?i-u:in|of|out\s+of|out-of)(?:{GAP}(?i-u:every))?{GAP}");
    let whole = format!(r"(?:{count}|(?i-u:an?){GAP})(?:{GAP}?(?i-u:hundred|thousand))?");
    format!(
        r"(?:(?i-u:\bhalf\b)|(?:(?i-u:\ban?\b)|{count}){GAP}(?i-u:(?:{PARTS})\b)|{VULGAR}|[0-9]+[/⁄][0-9]+|{count}{of}{whole})"
    )
}

fn percent() -> String {
    let (one, share) = (one(), share());
    let article = r"(?: (?i-u:of|an?|one))*";
    format!("(?:{one}(?:{PERCENT}?{TO}(?:{CURRENCY})?{one})?{article}{PERCENT}|{share})")
}

fn date() -> String {
    let (s, o, end) = (r"[ \n\r\t\u{a0}]+", r"[ \n\u{a0}]?", r"(?-u:\b)");
    let day = r"[0-9]{1,2}(?:st|nd|rd|th|\.)?";
    let year = format!("(?:[0-9]{{4}}|['’][0-9]{{2}}){end}");
    let span = format!("(?:{o}[-–—]{o}|{s}to{s})");
    let within = r"(?i-u:\b(?:early|mid|late)(?:\s+in)?[ \n-]+)";
    let of_year = r"(?i-u:\b(?:[qh][1-4]|[1-4][qh]|(?:first|second|third|fourth)[ \n-](?:quarter|half)),?(?:\s+of)?)";
    let numeric = "[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{2,4}";
    let month_first = format!(
        "{MONTH}(?:{s}{day}(?:{span}{day})?,?{s}{year}|(?:{span}{MONTH})?,?(?:{s}of)?{s}{year})"
    );
    let day_first = format!("{day}(?:{span}{day})?{s}(?:of{s})?{MONTH},?{s}{year}");
    let years = format!("[0-9]{{4}}(?:{o}(?:[-–—/]|to){o}(?:[0-9]{{4}}|[0-9]{{2}}))?{end}");
    format!(
        "(?:{within})?(?:{numeric}{end}|[0-9]{{1,2}}-{MONTH}-[0-9]{{4}}{end}|{month_first}|{day_first}|[0-9]{{4}}[ -]?(?i-u:q[1-4]|h[12]){end}|{of_year}{s}[0-9]{{4}}{end}|[0-9]{{3}}0['’]?s{end}|{years})"
    )
}

/// A percentage that may leave its mark to the next one.
pub(super) const BARE_PERCENT: &str = "bare percent";

/// The shape of what a placeholder holds; what has the shape but no value is found later, at its place.
pub(crate) fn shape(kind: &str) -> String {
    match kind {
        "number" | "integer" => number(),
        "percent" => percent(),
        BARE_PERCENT => format!("(?:{}|{})", percent(), number()),
        "points" => format!(
            r"(?:{}(?:\s+an?)?[ \n\u{{a0}}-]*(?i-u:(?:percent(?:age)?|per\s+cent|pct|basis)[\s-]+points?|pp|bps)\b)",
            number()
        ),
        "ordinal" => format!(
            r"(?:[0-9]+(?i-u:st|nd|rd|th)\b|(?i:\b(?:(?:{SMALL}|hundred){GAP}(?:and\s+)?)*(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|(?:twen|thir|for|fif|six|seven|eigh|nine)tieth|hundredth)\b))"
        ),
        "multiple" => format!(
            r"(?:(?i-u:\b(?:half|halv(?:ed|ing)|once|twice|thrice|doubl(?:e[sd]?|ing)|tripl(?:e[sd]?|ing)|trebl(?:e|ed|ing)|quadrupl(?:e|ed|ing)|quintupled|(?:{SMALL})fold)\b)|{}(?:\s?[x×]|{GAP}(?i-u:times|fold)\b))",
            number()
        ),
        "date" => date(),
        "year" => r"[0-9]{4}(?-u:\b)".to_string(),
        _ => String::new(),
    }
}

/// What may stand before a figure and is no part of it.
pub(crate) fn before(kind: &str) -> String {
    match kind {
        "number" | "integer" | "percent" | BARE_PERCENT | "points" | "multiple" => {
            format!("(?:{HEDGE})?(?:{CURRENCY})?")
        }
        "date" | "year" => {
            r"(?i-u:(?:about|around|approximately|circa|ca?\.|roughly)\s+)?".to_string()
        }
        _ => String::new(),
    }
}

/// What may stand behind a figure and is no part of it.
pub(crate) fn behind(kind: &str) -> String {
    match kind {
        "number" | "integer" | "percent" | BARE_PERCENT | "points" => format!("{BEHIND}?"),
        _ => String::new(),
    }
}

/// Whether a text is the mark of a currency.
pub(crate) fn is_currency(text: &str) -> bool {
    !text.is_empty() && crate::value::prose::before_currency(text) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_regular_expressions() {
        for kind in ["number", "percent", "points", "ordinal", "multiple", "date", "year"] {
            for source in [shape(kind), before(kind), behind(kind)] {
                assert!(regex_automata::meta::Regex::new(&source).is_ok(), "{kind}: {source}");
            }
        }
    }
}
