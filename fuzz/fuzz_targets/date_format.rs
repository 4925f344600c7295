//! Any format is cut or refused at a part of it; a list of what is cut reads or refuses any cell.
#![no_main]

use crossfoot::value::{DateFormat, Reading, Type};
use libfuzzer_sys::fuzz_target;

const TYPES: [Type; 9] = [
    Type::Date,
    Type::DateTime,
    Type::Time,
    Type::Duration,
    Type::Year,
    Type::Number,
    Type::Integer,
    Type::Percent,
    Type::Boolean,
];

fuzz_target!(|input: (u8, Option<bool>, Vec<&str>, &str)| {
    let (ty, offsets, written, cell) = input;
    let Some(ty) = TYPES.get(usize::from(ty) % TYPES.len()).copied() else { return };
    let mut formats = Vec::new();
    for format in written.into_iter().take(4) {
        match DateFormat::new(format, ty) {
            Ok(cut) => formats.push(cut),
            Err(e) => assert!(format.get(e.at.clone()).is_some(), "{e:?}"),
        }
    }
    let usual = Reading::new(ty);
    let reading = Reading { formats, offsets, ..usual.clone() };
    for reading in [&usual, &reading] {
        let read = reading.read(cell);
        assert_eq!(read.is_ok(), reading.is_readable(cell));
        assert_eq!(read.as_ref().ok(), reading.value(cell).as_ref());
        if let Err(unread) = read {
            assert!(!unread.message.is_empty() && !unread.label.is_empty());
        }
        let _ = (reading.fault_of_column(cell), reading.residue(cell), reading.reads_iso_days());
    }
});
