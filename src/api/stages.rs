//! The stages of a run in words, for `--statistics`.

use crate::api::project::Project;
use crate::engine::pass::ran::Ran;
use crate::engine::states::env::Filled;
use crate::expr::bound::StateDef;
use crate::read::reader::Order;

/// The stages in words, for `--statistics`.
pub fn words(project: &Project, ran: &Ran<'_>) -> Vec<String> {
    ran.stages
        .iter()
        .enumerate()
        .map(|(n, s)| {
            let table = &project.built.tables[s.table];
            let checks: Vec<&str> =
                s.checks.iter().map(|&c| project.built.checks[c].id.as_str()).collect();
            let states = s
                .states
                .iter()
                .map(|&id| state_words(project, ran, id))
                .collect::<Vec<_>>()
                .join(", ");
            let is_held = table.files.iter().all(|f| f.reader.order() == Order::InOrder);
            let what = if is_held { "held in memory" } else { "read in blocks" };
            format!(
                "stage {}: {} ({what}); collects: {}; checks: {}",
                n + 1,
                table.shown(),
                if states.is_empty() { "nothing" } else { &states },
                if checks.is_empty() { "nothing".to_string() } else { checks.join(", ") }
            )
        })
        .collect()
}

fn counted(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn on_disk(is: bool) -> &'static str {
    if is { " (in temporary files)" } else { "" }
}

fn state_words(project: &Project, ran: &Ran<'_>, id: usize) -> String {
    let name = |t: usize, c: usize| project.built.tables[t].columns[c].name.as_str();
    match (&project.built.states.all[id], &ran.shared.filled[id]) {
        (StateDef::Groups(g), Filled::Groups(f)) => format!(
            "{} in {}{}",
            counted(g.slots.len() as u64, "aggregate"),
            counted(f.len(), "group"),
            on_disk(f.is_on_disk())
        ),
        (StateDef::Groups(g), _) => format!(
            "{} by {}",
            counted(g.slots.len() as u64, "aggregate"),
            counted(g.keys.len() as u64, "key")
        ),
        (StateDef::Index(i), _) if i.columns.is_empty() => "the only row".to_string(),
        (StateDef::Index(i), filled) => {
            let disk = matches!(filled, Filled::Index(index) if index.is_on_disk());
            format!(
                "rows by {}{}",
                i.columns.iter().map(|&c| name(i.table, c)).collect::<Vec<_>>().join(", "),
                on_disk(disk)
            )
        }
        (StateDef::Window(_), _) => "neighbouring rows in order".to_string(),
    }
}
