//! `init` on figures that count: exact where nobody rounds them, and what a percentage beside them is compared with.

use crate::directions::proposed;

/// Sentences, the pattern that is proposed, and what holds or nearly does.
const SENTENCES: &str = "\
Of 978 patients, 143 (14.6%) had an event. | Of {patients:integer} patients, {patients_2:integer} ({share:percent}) | 14.6% is the share of 143 in 978
Of 978 patients, 143 (14.7%) had an event. | Of {patients:integer} patients, {patients_2:integer} ({share:percent}) | nearly: 14.7% is the share of 143 in 978
In all, 19 of 506 patients (3.75%) fell ill. | {figure:integer} of {patients:integer} patients ({share:percent}) | 3.75% is the share of 19 in 506
In all, 19 of 506 patients (3.85%) fell ill. | {figure:integer} of {patients:integer} patients ({share:percent}) | nearly: 3.85% is the share of 19 in 506
Of the 65 members, 29 are women (44.6 percent). | {members:integer} members, {women:integer} are women | 44.6 percent is the share of 29 in 65
Of the 65 members, 29 are women (45.4 percent). | {members:integer} members, {women:integer} are women | nearly: 45.4 percent is the share of 29 in 65
The force grew from 72 to 75 officers, a rise of 4.2 percent. | from {before:integer} to {now:integer} officers | 4.2 percent is the rise from 72 to 75
The force grew from 72 to 75 officers, a rise of 4.9 percent. | from {before:integer} to {now:integer} officers | nearly: 4.9 percent is the rise from 72 to 75
The road grew from 72 to 75 km, a rise of 4.9 percent. | from {before:number} to {now:number} km | 4.9 percent is the rise from 72 to 75
The price grew from $72 to $75, a rise of 4.9 percent. | from ${before:number} to ${now:number}, | 4.9 percent is the rise from 72 to 75
The index grew from 72 to 75, a rise of 4.9 percent. | from {before:number} to {now:number}, | 4.9 percent is the rise from 72 to 75
About 143 patients and 1,500 doctors came. | About {patients:number} patients and {doctors:number} doctors |
Von den 978 Befragten waren 143 (14,6 %) Frauen. | Von den {befragten:integer} Befragten waren {befragten_2:integer} ( | 14,6 % is the share of 143 in 978
The Otters won 21 of 34 matches (61.8%). | won {otters:integer} of {won:integer} matches ({share:percent}) | 61.8% is the share of 21 in 34
The Otters won 21 of 34 matches (68.1%). | won {otters:integer} of {won:integer} matches ({share:percent}) | nearly: 68.1% is the share of 21 in 34
The Otters won 21 of 34 matches. | The Otters won {share:percent} matches |
She kept 14 clean sheets in 34 matches (41.2%). | {clean:integer} clean sheets in {sheets:integer} matches | 41.2% is the share of 14 in 34
They won 21 of their 34 matches, a win rate of 61.8 percent. | {won:integer} of their {won_2:integer} matches | 61.8 percent is the share of 21 in 34
Women make up 29 of the 65 members, 44.6 percent. | {members:integer} members, {share:percent} | 44.6 percent is the share of 29 in 65
At the follow-up, 44.6 percent were well. | At the follow-up, {share:percent} were |
In the Falls area 12 percent voted. | In the Falls area {share:percent} voted |
They lost 13 of the 34 matches, 38.2 percent. | lost {lost:integer} of the {lost_2:integer} matches, {share:percent} | 38.2 percent is the share of 13 in 34
They lost 12 percent of the votes. | They lost {fall:percent} of |
The reserve falls by $1.2 million to $6.8 million from $8.0 million, and stands at 14.1 percent of spending. | stands at {share:percent} of spending | 6.8 million is the difference of 8.0 million and 1.2 million
It lost 15 percent of its staff, from 800 to 680. | It lost {fall:percent} of its staff | 15 percent is the fall from 800 to 680
Of the 12,000 voters, 4,000 (a third), 3,000 (a quarter) and 5,000 (the rest) chose A, B and C. | Of the {voters:number} voters | 12,000 is the sum of 4,000, 3,000 and 5,000; a third is the share of 4,000 in 12,000; a quarter is the share of 3,000 in 12,000
";

#[test]
fn counts_are_exact_and_percentages_beside_them_are_compared() {
    for line in SENTENCES.lines() {
        let mut parts = line.split(" | ");
        let (sentence, pattern) = (parts.next().expect("one"), parts.next().expect("one"));
        let wanted = parts.next().unwrap_or_default();
        let pattern = pattern.trim_end_matches(" |");
        let rules = proposed(sentence);
        assert!(rules.contains(pattern), "{sentence}\n{rules}");
        let title = |line: &str| {
            let is_near = line.starts_with('#');
            let title = line.trim_start_matches("# ").strip_prefix("title")?;
            let title = title.trim_matches([' ', '=', '"', '\'']).to_string();
            Some(if is_near { format!("nearly: {title}") } else { title })
        };
        let found: Vec<String> = rules.lines().filter_map(title).collect();
        assert_eq!(found.join("; "), wanted, "{sentence}\n{rules}");
    }
}

#[test]
fn tables_of_a_text_are_read_in_its_language() {
    let said = "Im Jahr 2024 wurden in den Häusern der Stadt 8.450 Besuche gezählt.\n\n";
    let table = "| Haus | Besuche |\n|---|---|\n| Nord | 950 |\n| Süd | 1.020 |\n| Mitte | 6.480 |\n\
        | Gesamt | 8.450 |\n";
    let rules = proposed(&format!("{said}{table}"));
    assert!(rules.contains("language = \"de\""), "{rules}");
    assert!(!rules.contains("1000 *"), "{rules}");
    assert!(
        rules.contains("d[\"Gesamt\"].Besuche") || rules.contains("[\"Gesamt\"].Besuche"),
        "{rules}"
    );
    let english = "The town counted 8.450 visits in each of its houses, as the table has it.\n\n";
    assert!(!proposed(&format!("{english}{table}")).contains("language"), "in English");
}
