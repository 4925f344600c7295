//! `crossfoot report`.

use std::io::Write;

use crossfoot::api::{ReportRequest, ReportSlot, report};
use crossfoot::render::Format;
use crossfoot::render::csv::notes::NotesTable;
use crossfoot::report::SavedSink;
use crossfoot::report::text::printable;

use super::args::{Global, ReportArgs};
use super::output::{self, Beside, Collected, Target};
use super::status::{CLEAN, INCOMPLETE};

/// Writes a saved run in other formats; the exit status.
pub fn run(args: &ReportArgs, global: &Global) -> u8 {
    let formats = match args.format.is_empty() && args.write_notes.is_none() {
        true => vec![(Format::Html, None)],
        false => args.format.clone(),
    };
    let [old @ .., new] = &args.runs[..] else { return INCOMPLETE };
    if old.contains(new) {
        output::report(&format!(
            "error: `{}` would be compared with itself\n  help: name the older run first\n",
            printable(new)
        ));
        return INCOMPLETE;
    }
    if args.format.is_empty() && args.write_notes.is_none() && output::stdout_is_terminal() {
        output::report(
            "error: the report is a page, and a terminal cannot show it\n  help: write it to a file: --format html=report.html\n",
        );
        return INCOMPLETE;
    }
    let Some(Outputs { mut slots, mut targets, besides }) =
        outputs(&formats, args.write_notes.as_deref())
    else {
        return INCOMPLETE;
    };
    let request = ReportRequest {
        new: new.clone(),
        old: old.first().cloned(),
        notes: args.notes.clone(),
        title: args.about.title.clone(),
        meta: args.about.meta.clone(),
        ..ReportRequest::default()
    };
    let outcome = report(&request, &mut slots);
    outcome.warnings.iter().for_each(|warning| output::report(warning));
    outcome.problems.iter().for_each(|problem| output::report(problem));
    if !outcome.problems.is_empty() {
        return INCOMPLETE;
    }
    let held_back: Vec<u64> = slots.iter().map(|slot| slot.sink.held_back()).collect();
    let mut errors: Vec<_> = slots.into_iter().map(|slot| slot.error).collect();
    let kept = output::keep(besides, |n| held_back[n], &mut errors, &mut targets);
    if !output::close(errors, targets, &outcome.files) {
        return INCOMPLETE;
    }
    if !global.quiet {
        output::report(&kept);
    }
    outcome.compared.filter(|_| !global.quiet).iter().for_each(|counts| output::report(counts));
    CLEAN
}

/// Where the report goes: a slot for each format, the files behind some of them, and files beside
/// those.
#[derive(Default)]
struct Outputs {
    slots: Vec<ReportSlot<'static>>,
    targets: Vec<(usize, Target)>,
    besides: Vec<Beside>,
}

/// Opens the outputs; none where one cannot be written, which is reported.
fn outputs(formats: &[(Format, Option<String>)], notes: Option<&str>) -> Option<Outputs> {
    let paths = || formats.iter().filter_map(|f| f.1.as_deref()).chain(notes);
    if !output::are_distinct(paths()) {
        return None;
    }
    if let Some(path) = notes.filter(|path| std::fs::exists(path).unwrap_or(false)) {
        output::report(&format!(
            "error: `{}` is there already, and may hold notes\n  help: name a new file; with --notes it begins with what is noted there\n",
            printable(path)
        ));
        return None;
    }
    if let Some(error) = output::unshown(formats) {
        output::report(&error);
        return None;
    }
    let mut outputs = Outputs::default();
    let Outputs { slots, targets, besides } = &mut outputs;
    let sinks = formats.iter().map(|(format, path)| (format.row().saved, path.as_deref()));
    let table: fn() -> Box<dyn SavedSink> = || Box::new(NotesTable);
    for (sink, path) in sinks.chain(notes.map(|path| (Some(table), Some(path)))) {
        let out: Box<dyn Write> = match path {
            None => Box::new(Collected::default()),
            Some(path) => match Target::open(path) {
                Ok((target, file)) => {
                    targets.push((slots.len(), target));
                    Box::new(file)
                }
                Err(e) => {
                    output::failed(path, &e);
                    return None;
                }
            },
        };
        let (mut sink, mut all) = (sink?(), None);
        if let Some(path) = path
            && sink.is_limited()
            && let Some((beside, name, file)) = Beside::open(slots.len(), path, paths()).ok()?
        {
            sink.set_beside(&name);
            besides.push(beside);
            let lines = Format::Jsonl.row().saved?();
            all = Some(ReportSlot { sink: lines, out: Box::new(file), error: None });
        }
        slots.push(ReportSlot { sink, out, error: None });
        slots.extend(all);
    }
    Some(outputs)
}
