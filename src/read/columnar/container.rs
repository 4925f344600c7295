//! Parquet and Arrow IPC as formats: a file is one table.

use std::sync::Arc;

use crate::read::columnar::faults::FAULTS;
use crate::read::format::{Container, Format, Refusal};
#[cfg(feature = "engines")]
use crate::read::reader::Reader;
use crate::source::Bytes;

/// Parquet.
pub static PARQUET: Format =
    columns("parquet", "a Parquet file", &["parquet", "parq", "pq"], built::parquet);

/// Arrow IPC files, which Feather files of version 2 are.
pub static ARROW: Format =
    columns("arrow", "an Arrow IPC file (Feather)", &["arrow", "feather", "ipc"], built::arrow);

const fn columns(
    name: &'static str,
    about: &'static str,
    endings: &'static [&'static str],
    open: fn(Arc<dyn Bytes>) -> Result<Box<dyn Container>, Refusal>,
) -> Format {
    Format {
        name,
        about,
        endings,
        keys: &[],
        faults: FAULTS,
        is_prose: false,
        is_text: false,
        needs_pattern: false,
        open,
        comments: |_| Vec::new(),
    }
}

#[cfg(feature = "parquet")]
mod built {
    use std::sync::Arc;

    use crate::read::columnar::arrow::Ipc;
    use crate::read::columnar::groups::Groups;
    use crate::read::columnar::parquet::Parquet;
    use crate::read::columnar::reader::ColumnarReader;
    use crate::read::format::{Container, Options, Refusal};
    use crate::read::reader::Reader;
    use crate::source::Bytes;

    struct Opened {
        groups: Arc<dyn Groups>,
        size: u64,
    }

    pub fn parquet(bytes: Arc<dyn Bytes>) -> Result<Box<dyn Container>, Refusal> {
        let size = bytes.len();
        Ok(Box::new(Opened { groups: Arc::new(Parquet::open(bytes)?), size }))
    }

    pub fn arrow(bytes: Arc<dyn Bytes>) -> Result<Box<dyn Container>, Refusal> {
        let size = bytes.len();
        Ok(Box::new(Opened { groups: Arc::new(Ipc::open(bytes)?), size }))
    }

    impl Container for Opened {
        fn tables(&self) -> Vec<String> {
            vec![String::new()]
        }

        fn table(&self, _: &Options) -> Result<Arc<dyn Reader>, Refusal> {
            Ok(Arc::new(ColumnarReader::open(self.groups.clone(), self.size, (&[], Vec::new()))?))
        }
    }
}

/// Opens rows that were fetched and put aside as an Arrow file; each is known by its key. `cells` says of columns
/// which rows have theirs, where not all do.
///
/// # Errors
/// That there are no columns, or what of them is not read.
#[cfg(feature = "engines")]
pub fn keyed(
    bytes: Arc<dyn Bytes>,
    key: &[String],
    cells: Vec<Option<Vec<u64>>>,
) -> Result<Arc<dyn Reader>, Refusal> {
    use crate::read::columnar::{arrow::Ipc, reader::ColumnarReader};
    let size = bytes.len();
    Ok(Arc::new(ColumnarReader::open(Arc::new(Ipc::open(bytes)?), size, (key, cells))?))
}

#[cfg(not(feature = "parquet"))]
mod built {
    use std::sync::Arc;

    use super::without;
    use crate::read::format::{Container, Refusal};
    use crate::source::Bytes;

    pub fn parquet(_: Arc<dyn Bytes>) -> Result<Box<dyn Container>, Refusal> {
        Err(without("Parquet"))
    }

    pub fn arrow(_: Arc<dyn Bytes>) -> Result<Box<dyn Container>, Refusal> {
        Err(without("Arrow"))
    }
}

/// What a build without the readers answers.
#[cfg(any(test, not(feature = "parquet")))]
fn without(format: &str) -> Refusal {
    Refusal::Damaged {
        message: format!("this build of crossfoot has no reader for {format} files"),
        help: "released programs and wheels have it; from source: \
               cargo install crossfoot --features parquet"
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_the_readers_says_which_has_them() {
        let Refusal::Damaged { message, help } = without("Arrow") else { panic!("a refusal") };
        assert_eq!(message, "this build of crossfoot has no reader for Arrow files");
        assert!(help.contains("--features parquet"), "{help}");
    }
}
