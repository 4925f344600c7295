//! The lines of rule files that problems are about, drawn by miette.

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use unicode_width::UnicodeWidthStr;

use crate::render::options::Options;
use crate::render::paint::fitted;
use crate::render::snippet::window::Window;
use crate::render::words::{location, path};
use crate::report::{At, SourceText};
use crate::source::FileId;

/// Columns beside a line: its number and the frame.
const MARGIN: usize = 8;

/// Columns that words below an underline have at least.
const LEAST_WORDS: usize = 24;

/// Lines of a file with labels: what miette calls a report.
#[derive(Debug, Default)]
struct Report {
    /// The path of the file.
    name: String,
    windows: Vec<Window>,
    labels: Vec<LabeledSpan>,
    /// Where each label begins in all that is drawn, and in which column of its file.
    columns: Vec<(usize, u64)>,
}

/// The lines that labels need, file by file; the first label is the primary one.
pub fn draw(labels: &[(At, &str)], options: Options, sources: &dyn SourceText) -> String {
    let mut files: Vec<FileId> = Vec::new();
    for (at, _) in labels {
        if !files.contains(&at.file()) {
            files.push(at.file());
        }
    }
    let of_file = |file: &FileId| {
        let own = labels.iter().filter(|(at, _)| at.file() == *file);
        let own: Vec<(At, &str)> = own.copied().collect();
        Report::new(&own, options, sources).map_or_else(|at| at, |report| report.draw(options))
    };
    files.iter().map(of_file).collect()
}

impl Report {
    /// The place alone where no line can be shown.
    fn new(
        labels: &[(At, &str)],
        options: Options,
        sources: &dyn SourceText,
    ) -> Result<Report, String> {
        let Some((first, _)) = labels.first() else { return Err(String::new()) };
        let room = options.width.saturating_sub(MARGIN);
        let name = path(sources, first.file()).into_owned();
        let mut report = Report { name, ..Report::default() };
        for (at, _) in labels {
            if !report.windows.iter().any(|w| w.holds(at.span())) {
                report.windows.extend(Window::new(*at, (LEAST_WORDS, room), options, sources));
            }
        }
        report.windows.sort_by_key(|w| w.place.span());
        for (n, (at, words)) in labels.iter().enumerate() {
            let Some((span, column)) = report.span(at) else { continue };
            let most = room.saturating_sub(column + 4).max(LEAST_WORDS);
            let words = (!words.is_empty()).then(|| fitted(words, most).into_owned());
            report.columns.push((span.offset(), at.from().column));
            report.labels.push(match n {
                0 => LabeledSpan::new_primary_with_span(words, span),
                _ => LabeledSpan::new_with_span(words, span),
            });
        }
        if report.labels.is_empty() {
            return Err(format!("   at {}\n", location(sources, first)));
        }
        Ok(report)
    }

    /// The windows with where each begins in all that is drawn.
    fn windows(&self) -> impl Iterator<Item = (usize, &Window)> {
        self.windows.iter().scan(0, |base, window| {
            let start = *base;
            *base += window.text.len() + 1;
            Some((start, window))
        })
    }

    /// Where a place is drawn, and in which column.
    fn span(&self, at: &At) -> Option<(SourceSpan, usize)> {
        let (base, window) = self.windows().find(|(_, w)| w.holds(at.span()))?;
        let start = window.at(at.span().start);
        let end = window.at(at.span().end).max(start);
        let column = window.text.get(..start)?.width();
        Some((SourceSpan::new((base + start).into(), end - start), column))
    }

    fn draw(self, options: Options) -> String {
        let theme = match (options.ascii, options.color) {
            (true, true) => GraphicalTheme::ascii(),
            (true, false) => GraphicalTheme::none(),
            (false, true) => GraphicalTheme::unicode(),
            (false, false) => GraphicalTheme::unicode_nocolor(),
        };
        let handler =
            GraphicalReportHandler::new_themed(theme).with_context_lines(0).with_links(false);
        let mut text = String::new();
        // Writing to a text does not fail; the place is in the message of the caller then.
        let _ = handler.render_report(&mut text, &self);
        // Only the lines: what is said above and below them is written by the caller.
        let is_frame =
            |l: &&str| l.contains(['╭', '╰']) || l.contains(",-[") || l.contains("`----");
        let lines: Vec<&str> = text.lines().skip_while(|l| !is_frame(l)).collect();
        let end = lines.iter().rposition(is_frame).map_or(lines.len(), |n| n + 1);
        lines.iter().take(end).map(|l| format!("{}\n", l.trim_end())).collect()
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl std::error::Error for Report {}

impl Diagnostic for Report {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl SourceCode for Report {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let holds = |(base, w): &(usize, &Window)| *base <= start && end <= base + w.text.len();
        let (base, window) = self.windows().find(holds).ok_or(MietteError::OutOfBounds)?;
        let line = window.place.from().line;
        let column = self.columns.iter().find(|(offset, _)| *offset == start).map_or(1, |c| c.1);
        let zero_based = |n: u64| usize::try_from(n.saturating_sub(1)).unwrap_or(usize::MAX);
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            window.text.as_bytes(),
            SourceSpan::new(base.into(), window.text.len()),
            zero_based(line),
            zero_based(column),
            1,
        )))
    }
}
