//! Any format is cut or refused at a part of it; what is cut reads or refuses any cell.
#![no_main]

use crossfoot::value::{DateFormat, Reading, Type};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &str, &str)| {
    let (ty, format, cell) = input;
    let types = [Type::Date, Type::DateTime, Type::Time, Type::Duration, Type::Year];
    let Some(ty) = types.get(usize::from(ty) % types.len()) else { return };
    match DateFormat::new(format, *ty) {
        Ok(format) => {
            let reading = Reading { formats: vec![format], ..Reading::new(*ty) };
            assert_eq!(reading.read(cell).is_ok(), reading.is_readable(cell));
        }
        Err(e) => assert!(format.get(e.at.clone()).is_some(), "{e:?}"),
    }
});
