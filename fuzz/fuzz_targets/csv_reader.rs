//! Any bytes are walked to their end; how they are cut changes neither rows nor faults.
#![no_main]

use crossfoot::read::csv::{Dialect, HeaderRead, Walker, read_header};
use crossfoot::read::frame::Frame;
use crossfoot::read::grid::Grid;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (cut, bytes) = (usize::from(input.0) + 1, input.1);
    let HeaderRead::Done(header) = read_header(bytes, true, &Dialect::default(), &Frame::default()) else { panic!("no header at the end of the file") };
    if !header.readable {
        return;
    }
    let walker = Walker::new(Dialect::default(), &header, bytes);
    let body = &bytes[header.body as usize..];
    let mut whole = Grid::default();
    assert_eq!(walker.walk(body, true, usize::MAX, &mut whole), body.len());
    let (mut at, mut rows, mut faults) = (0, Vec::new(), Vec::new());
    while at < body.len() {
        let mut end = (at + cut).min(body.len());
        let mut part = Grid::default();
        let n = loop {
            let n = walker.walk(&body[at..end], end == body.len(), usize::MAX, &mut part);
            if n > 0 || end == body.len() {
                break n;
            }
            end = (end + cut).min(body.len());
        };
        rows.extend(part.starts.iter().map(|s| s + at as u32));
        faults.extend(part.faults.iter().map(|f| (f.kind, f.start + at as u32)));
        at += n;
    }
    assert_eq!(rows, whole.starts);
    assert_eq!(faults, whole.faults.iter().map(|f| (f.kind, f.start)).collect::<Vec<_>>());
});
