//! The shapes of what placeholders hold, as regular expressions.

const NUMBER: &str = r"[-−–+]?(?:(?:\d{1,3}(?:[,\u{a0}\u{202f}\u{2009} '’]\d{3})+\b|\d+)(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d{1,3}\b)?(?:[\s\u{a0}]?(?i:thousand|million|millions|billion|billions|trillion|bn|mn|tn)\b|[kmKM]\b)?";
const WORD_NUMBER: &str = r"(?i:\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion)(?:(?:[\s-]+and)?[\s-]+(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion))*\b)";
const FRACTION: &str = r"(?i:\b(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)\s+(?:in|of|out\s+of)\s+(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)|(?:an?|one|two|three|four|five|six|seven|eight|nine|\d+)[\s-]+(?:half|halves|thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|twentieths?|hundredths?)|half)\b)";
const DATE: &str = r"(?:\d{4}-\d{2}-\d{2}\b|(?i:\b(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)(?:\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\s+\d{4})\b|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?i:(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?),?\s+\d{4}\b|\d{4}(?:\s?[-–—]\s?\d{4})?\b)";

/// The shape of what a placeholder holds; what has the shape but no value is found later, at its place.
pub(crate) fn shape(kind: &str) -> String {
    match kind {
        "number" | "integer" => format!("(?:{NUMBER}|{WORD_NUMBER})"),
        "percent" => format!(
            r"(?:(?:{NUMBER}|{WORD_NUMBER})[\s\u{{a0}}]*(?i:%|percent\b|per\s+cent\b|pct\b)|{FRACTION})"
        ),
        "date" => DATE.to_string(),
        "year" => r"\d{4}\b".to_string(),
        "word" => r"[^\s,;:.()]+".to_string(),
        "line" => r"[^\n]+".to_string(),
        // The shortest run, not beyond its paragraph.
        _ => r"(?:[^\n]|\n[^\n])+?".to_string(),
    }
}
