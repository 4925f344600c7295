//! What `init` proposes of sentences whose words name a direction, a part or a base: only what they say.

use std::sync::Arc;

use crossfoot::Request;
use crossfoot::api::{InitRequest, init};
use crossfoot::files::tree::Memory;

/// Sentences, and the percentages that are proposed of them: those that hold as the words have it.
const SENTENCES: &str = "\
Sales rose by 28 percent to 1,240 tonnes, from 969 tonnes in 2019. | 28 percent is the rise from 969 to 1,240
Sales rose by 28 percent to 969 tonnes, from 1,240 tonnes in 2019.
Sales fell by 22 percent to 1,240 tonnes, from 969 tonnes in 2019.
Profit grew 25 percent, from $10.25 million to $8.2 million.
Up 28 percent from 1,240 to 969 boats.
The port has 1,240 boats, a rise of 28 percent compared to 969 in 2019. | 28 percent is the rise from 969 to 1,240
It grew to 969 boats in 2019 and 1,240 in 2020, up 28 percent. | 28 percent is the rise from 969 to 1,240
Der Umsatz stieg um 28 Prozent auf 969 Tonnen, nach 1.240 Tonnen 2019.
Der Umsatz stieg um 28 Prozent auf 1.240 Tonnen, nach 969 Tonnen 2019. | 28 Prozent is the rise from 969 to 1.240
Les ventes ont augmenté de 28 %, à 969 tonnes, contre 1 240 tonnes en 2019.
Un total de 1 240 bateaux, 28 % de plus que les 969 de 2019. | 28 % is the rise from 969 to 1 240
Sprzedaż wzrosła z 15 000 do 12 500 sztuk, czyli o 20 proc. w roku.
Of the 52,180 members 31,830 are women (39 percent) and 20,350 are men (61 percent).
Of the 52,180 members 31,830 are women (61 percent). | 61 percent is the share of 31,830 in 52,180
Of the 52,180 members 39 percent (31,830) are women and 61 percent (20,350) are men.
Women hold 31,830 posts, or 39 percent, men 20,350, or 61 percent, of 52,180.
Party A won 1,240 votes (44 percent), party B 969 votes (56 percent), of 2,209 cast.
Party B (44 percent) had 969 votes of 2,209 cast. | 44 percent is the share of 969 in 2,209
Of the 48,000 trees, 42,000 were felled, which is 12.5 percent.
Of the 48,000 trees, 42,000 were lost, or 12.5 percent.
From the 48,000 trees, 42,000 were felled, which is 12.5 percent.
Of the 8,412 officers, 1,968 are women, or 76.6 percent.
There are 8,412 officers, 1,968 of them women (76.6 percent).
The county has 8,412 officers, of whom 1,968 (76.6 percent) are women.
Of the 8,412 jobs of 2019, 6,444 remain, a fall of 23.4 percent. | 23.4 percent is the fall from 8,412 to 6,444
Von den 12.480 Befragten waren 6.240 Frauen, also 50 Prozent. | 50 Prozent is the share of 6.240 in 12.480
De 48 000 arbres, 42 000 ont été abattus, soit 12,5 %.
De los 48.000 árboles, 42.000 fueron talados, es decir, el 12,5 %.
The price rose from $4,800 to $6,000, an increase of 80 percent.
The price rose from $4,800 to $6,000, an increase of 25 percent. | 25 percent is the rise from 4,800 to 6,000
The price fell from $6,015 to $4,812, a decrease of 80 percent.
Der Preis stieg von 4.800 auf 6.000 Euro, ein Anstieg von 80 Prozent.
Le prix est passé de 4 800 à 6 000 euros, une hausse de 80 %.
";

/// The rules that are proposed for a text.
pub fn proposed(text: &str) -> String {
    let mut tree = Memory::default();
    tree.insert("a.md", format!("{text}\n").into_bytes());
    let request = Request { tree: Some(Arc::new(tree)), ..Request::default() };
    init(&request, &InitRequest { files: vec!["a.md".into()], output: None }).expect("rules").text
}

#[test]
fn no_percentage_is_proposed_that_the_words_speak_against() {
    for line in SENTENCES.lines() {
        let (sentence, wanted) = line.split_once(" | ").unwrap_or((line, ""));
        let rules = proposed(sentence);
        let titles = rules.lines().filter_map(|line| line.strip_prefix("title"));
        let titles = titles.map(|title| title.trim_matches([' ', '=', '"', '\'']));
        let found: Vec<&str> = titles.filter(|title| !title.contains("is the sum of")).collect();
        assert_eq!(found.join("; "), wanted, "{sentence}\n{rules}");
    }
}

#[test]
fn all_of_something_is_called_by_what_it_counts() {
    let rules = proposed("Von den 12.480 Befragten waren 6.240 Frauen, also 50 Prozent.");
    assert!(rules.contains("Von den {befragten:number} Befragten"), "{rules}");
    let rules = proposed("From 48,000 in 2019 sales fell to 42,000, down 12.5 percent.");
    assert!(rules.contains("From {before:number} in"), "{rules}");
}

#[test]
fn a_figure_keeps_the_full_stop_that_ends_the_text() {
    for (text, pattern, assert) in [
        (
            "Der Umsatz stieg um 20,0 Prozent von 12,50 auf 15,00 Mrd.",
            "auf {now:number}'",
            "= change(",
        ),
        (
            "Sprzedaż wzrosła z 12 500 do 15 000 sztuk, czyli o 20 proc.",
            "czyli o {share:percent}'",
            "= change(",
        ),
        ("# Umsatz\n\nEr stieg auf 15,00 Mrd.\n\n# Gewinn\n", "stieg auf {", ""),
        ("Sales rose by 20.0 percent, from 12.50 to 15.00 bn.", "to {now:number}'", "= change("),
    ] {
        let rules = proposed(text);
        assert!(rules.contains(pattern) && rules.contains(assert), "{text}\n{rules}");
    }
}
