//! How it is shown.

/// What a terminal, or whatever stands in its place, can show, and how much is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// With colour.
    pub color: bool,
    /// Columns to draw in.
    pub width: usize,
    /// Lines that are wider would be wrapped, and are cut instead.
    pub wraps: bool,
    /// Draws with ASCII characters only.
    pub ascii: bool,
    /// Every finding whole, with every addend.
    pub verbose: bool,
    /// Without the closing table and summary.
    pub quiet: bool,
    /// Without the findings that are accepted.
    pub omits_accepted: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            color: false,
            width: 80,
            wraps: false,
            ascii: false,
            verbose: false,
            quiet: false,
            omits_accepted: false,
        }
    }
}
