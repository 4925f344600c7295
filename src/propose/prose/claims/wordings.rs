//! The wordings by which sentences say how their figures follow from each other.

/// What a wording says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// `was` and `is` differ by `by`.
    Change,
    /// `is` is so many times `was`.
    Times,
    /// `is` is `by` more than `was`, or less.
    More,
    Less,
    /// `c` is `m` for each of `n`, or the other way round.
    Average,
    /// `by` is the share of `part` in `whole`.
    Share,
    /// `n` years are from `from` to `to`.
    Years,
}

impl Says {
    /// Whether no other amount may stand in the sentence, or none before it.
    pub fn is_alone(self) -> bool {
        matches!(self, Says::Share | Says::Average)
    }

    pub fn is_first(self) -> bool {
        !matches!(self, Says::Change | Says::Times | Says::Years)
    }
}

/// What stands before the amount of a change.
const LEADS: [&str; 4] = ["<by> {by}", "<way> {by}", "<way> <by> {by}", "<way> <of> <a>? {by}"];

const FROM_TO: &str = "<from> <the>? {was} .4 ~ ,? <to> <the>? {is}";
const TO_FROM: &str = "<to> <the>? {is} .4 ~ ,? <from> <the>? {was}";

/// All of them; the more plainly a wording says it, the sooner it comes.
pub fn all() -> Vec<(Says, String)> {
    let mut all = Vec::new();
    let mut add = |says: Says, text: String| all.push((says, text));
    for lead in LEADS {
        for both in [FROM_TO, TO_FROM] {
            add(Says::Change, format!("{lead} .1 ~ ,? {both}"));
            for behind in [",? {lead} END", ", <or> {lead} END", ", <or>? <a> {lead} END"] {
                let behind = behind.replace("{lead}", lead);
                add(Says::Change, format!("{both} .4 ~ {behind}"));
            }
        }
        if lead.starts_with("<way>") {
            add(Says::More, format!("{{is}} .3 ~ , <a>? {lead} .1 ~ ,? <from> <the>? {{was}}"));
        }
    }
    for both in [FROM_TO, TO_FROM] {
        for behind in ["( {by} )", ", <or>? {by} END"] {
            add(Says::Change, format!("{both} .4 ~ {behind}"));
        }
        add(Says::Times, format!("{{times}} .2 ~ ,? {both}"));
        add(Says::Times, format!("{both} .3 {{times}}"));
    }
    for (says, more) in [(Says::More, "<more>"), (Says::Less, "<less>")] {
        add(says, format!("{{is}} .3 ~ , <or>? {{by}} {more} <than> <the>? {{was}}"));
        add(says, format!("{{is}} .3 ~ , <or>? {more} {{by}} <than> <the>? {{was}}"));
    }
    for average in ["<or>? <average> {c} .1", "<or> {c} .1", "{c} .1", "<average> {c} .1"] {
        let comma = if average.starts_with("<average>") { ",?" } else { "," };
        add(Says::Average, format!("{{n}} .6 {{m}} .3 ~ {comma} {average} <each> END"));
        add(Says::Average, format!("{{m}} .4 ~ {comma} {average} <of_each> {{n}}"));
    }
    for share in ["( {by} )", ", {by} END", ",? <or> {by} END"] {
        add(Says::Share, format!("<of_whole> {{whole}} .6 ,? {{part}} .6 {share}"));
        add(Says::Share, format!("{{part}} .2 <of_whole> {{whole}} .5 {share}"));
    }
    let span = "<from> {from} <until> {to} END";
    add(Says::Years, format!("{{n}} <years> .2 ,? {span}"));
    add(Says::Years, "<from> {from} <until> {to} ,? <for>? {n} <years> END".into());
    all
}
