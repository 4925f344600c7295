//! How it is shown.

/// What a terminal, or whatever stands in its place, can show.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// With colour.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}
