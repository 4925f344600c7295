//! Physical lines: LF, CRLF and a lone CR end one.

/// Characters, not bytes: continuation bytes are not counted.
pub fn characters(text: &[u8]) -> u64 {
    text.iter().filter(|b| **b & 0xC0 != 0x80).count() as u64
}

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

/// A place whose column is known: an offset, and its column.
pub type KnownColumn = (u64, u64);

/// The column (in characters, from 1) of an offset, and whether it is far behind what was known.
/// `known` stands at or before it; `read` fills a buffer from an offset on, and gives how much of it.
pub fn column_from(
    read: &dyn Fn(u64, &mut [u8]) -> usize,
    offset: u64,
    known: KnownColumn,
) -> (u64, bool) {
    /// What is farther away is worth remembering.
    const FAR: u64 = 8 << 10;
    // Most lines are short: longer and longer ways back, until the line's start is seen.
    let (mut at, mut chars, mut piece) = (offset, 0, 256);
    let mut text = Vec::new();
    loop {
        let from = at.saturating_sub(piece).max(known.0.min(at));
        text.resize(usize::try_from(at - from).unwrap_or_default(), 0);
        let n = read(from, &mut text);
        text.truncate(n);
        let own = text.rsplit(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or(&text);
        chars += characters(own);
        let is_far = offset - from > FAR;
        if own.len() < text.len() {
            return (chars + 1, is_far);
        }
        if from <= known.0 {
            let has_mark = from == 0 && own.starts_with(b"\xEF\xBB\xBF");
            return (known.1 + chars - u64::from(has_mark), is_far);
        }
        (at, piece) = (from, (piece * 16).min(1 << 20));
    }
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
