//! Physical lines: LF, CRLF and a lone CR end one.

/// Physical line ends in `text`; a CR whose LF would be `next` is counted with it.
pub fn count_lines(text: &[u8], next: Option<&u8>) -> u32 {
    let mut lines = 0;
    for at in memchr::memchr2_iter(b'\n', b'\r', text) {
        let crlf = text.get(at) == Some(&b'\r')
            && text.get(at + 1).or(next.filter(|_| at + 1 == text.len())) == Some(&b'\n');
        lines += u32::from(!crlf);
    }
    lines
}

/// The starts of the lines of a text held in memory.
#[derive(Debug, Clone, Default)]
pub struct LineIndex {
    starts: Vec<u64>,
}

impl LineIndex {
    /// Indexes `text`; LF, CRLF and lone CR end a line.
    pub fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', text) {
            if text[at] == b'\n' || text.get(at + 1) != Some(&b'\n') {
                starts.push(at as u64 + 1);
            }
        }
        LineIndex { starts }
    }
    /// The line (from 1) that holds `offset`.
    pub fn line(&self, offset: u64) -> u64 {
        self.starts.partition_point(|&s| s <= offset) as u64
    }
    /// The offset at which `line` (from 1) starts.
    pub fn start(&self, line: u64) -> u64 {
        let at = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
        self.starts.get(at).or(self.starts.last()).copied().unwrap_or_default()
    }
}
