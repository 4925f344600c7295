//! Rows above the header of a table: a title, a date, a source.

/// Rows that are looked at.
pub const ROWS: usize = 50;
/// Rows above a header at most.
const MOST_TITLES: usize = 10;
/// More cells than a row of a table of this kind has.
pub const MOST_CELLS: usize = 1 << 12;

/// A row with something in it: its cells, without the white space around them.
pub struct Line {
    pub cells: Vec<String>,
    /// Whether a blank row stands before it.
    pub after_gap: bool,
}

impl Line {
    fn width(&self) -> usize {
        self.cells.len()
    }

    /// How many of its cells are filled.
    pub fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty()).count()
    }
}

/// How many of the first rows of a table stand above its header, if some do.
///
/// Rows that all have as many cells make the table. Its first one with more than one filled cell is the header if it
/// can name the columns; whatever stands above it is no row of the table. What could as well be an unnamed column or
/// a list is left.
pub fn above(lines: &[Line]) -> Option<usize> {
    let width = usual_width(lines).filter(|width| *width < MOST_CELLS)?;
    let is_header = |line: &Line| line.width() == width && line.filled() > 1;
    let number = lines.iter().position(is_header).filter(|n| (1..=MOST_TITLES).contains(n))?;
    let (above, rest) = lines.split_at(number);
    let (header, below) = rest.split_first()?;
    // Notes may stand below a short table.
    let is_row = |line: &&Line| line.width() == width;
    let (rows, notes) = below.split_at(below.iter().take_while(is_row).count());
    if rows.is_empty() || notes.len() > rows.len() || notes.iter().any(|n| n.filled() > 1) {
        return None;
    }
    let has_figures = names_figures(header, rows);
    let is_complete = header.filled() == width
        || (has_figures && header.filled() + 1 == width && header.cells.first()?.is_empty());
    let is_title = is_complete && can_name(header, rows) && is_above(above, header, has_figures);
    is_title.then_some(number)
}

/// Whether records above a header are a title, and not a header that lacks names.
fn is_above(above: &[Line], header: &Line, has_figures: bool) -> bool {
    let width = header.width();
    let filled: Vec<&Line> = above.iter().filter(|line| line.filled() > 0).collect();
    let has_words = |line: &&Line| line.cells.iter().any(|c| c.contains(char::is_whitespace));
    let has_gap = header.after_gap || above.iter().skip(1).any(|line| line.after_gap);
    let reads_like_one = above.len() > 1 || has_gap || filled.iter().any(has_words);
    // A header may lack one name, or have one for the names of the rows.
    let is_near = |line: &&Line| line.filled() > 1 || (line.width() == 1 && width == 2);
    match filled.as_slice() {
        [] => true,
        // One name of two: only what reads like a title is one.
        [line] if line.width() == 2 && width == 2 => has_figures && reads_like_one,
        all if all.iter().any(is_near) => has_figures,
        _ => has_figures || reads_like_one,
    }
}

/// How many fields more than half of the records have that have several.
fn usual_width(lines: &[Line]) -> Option<usize> {
    let several: Vec<usize> = lines.iter().map(Line::width).filter(|width| *width > 1).collect();
    let count = |width: usize| several.iter().filter(|w| **w == width).count();
    several.iter().copied().find(|width| count(*width) * 2 > several.len())
}

/// Whether a column has figures or dates only, and the header has a word for it.
fn names_figures(header: &Line, rows: &[Line]) -> bool {
    let named = header.cells.iter().enumerate().filter(|(_, name)| is_word(name));
    named.into_iter().any(|(column, _)| {
        let mut filled = column_of(column, rows).peekable();
        filled.peek().is_some() && filled.all(is_figure)
    })
}

/// Whether all cells of a record are different, and words, or years over what is none.
fn can_name(header: &Line, rows: &[Line]) -> bool {
    let names: Vec<String> = header.cells.iter().map(|cell| cell.to_lowercase()).collect();
    let is_new = |(n, name): (usize, &String)| !names.get(..n).unwrap_or_default().contains(name);
    let is_name = |(n, name): (usize, &String)| {
        name.is_empty()
            || is_word(name)
            || (is_year(name) && column_of(n, rows).all(|cell| !is_year(cell)))
    };
    names.iter().enumerate().all(is_new)
        && names.iter().enumerate().all(is_name)
        && names.iter().any(|name| is_word(name))
}

/// The filled cells of a column.
fn column_of(column: usize, rows: &[Line]) -> impl Iterator<Item = &str> {
    let cells = rows.iter().filter_map(move |row| row.cells.get(column));
    cells.map(String::as_str).filter(|cell| !cell.is_empty())
}

/// A text with a letter that does not stand for a missing value.
pub fn is_word(text: &str) -> bool {
    const NONE: [&str; 6] = ["na", "n/a", "nan", "null", "none", "nil"];
    text.contains(char::is_alphabetic) && !NONE.iter().any(|none| text.eq_ignore_ascii_case(none))
}

/// Digits, and the signs that stand in figures, dates and times.
pub fn is_figure(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit()) && !text.contains(char::is_alphabetic)
}

/// A year as a table may have it in its header.
pub fn is_year(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1', b'7'..=b'9', a, b] | [b'2', b'0' | b'1', a, b]
        if a.is_ascii_digit() && b.is_ascii_digit())
}
