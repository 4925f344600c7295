//! Lines of a file that is not held.

use crate::source::bytes::Bytes;
use crate::source::lines::count_lines;

/// The physical line of an offset in a file that is read up to there.
pub fn counted_line(bytes: &dyn Bytes, offset: u64) -> u64 {
    let (mut at, mut line, mut after_cr) = (0, 1, false);
    let mut text = vec![0; 64 << 10];
    while at < offset {
        let n = bytes.read_at(at, &mut text).unwrap_or(0);
        let own = usize::try_from(offset - at).unwrap_or(usize::MAX).min(n);
        let Some(own) = text.get(..own).filter(|own| !own.is_empty()) else { break };
        line += u64::from(count_lines(own, None));
        line -= u64::from(after_cr && own.first() == Some(&b'\n'));
        after_cr = own.last() == Some(&b'\r');
        at += own.len() as u64;
    }
    line
}
