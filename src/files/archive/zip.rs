//! ZIP archives.

use std::io::BufReader;
use std::sync::Arc;

use zip::result::{ZipError, ZipResult};

use crate::files::archive::index::{DOWNLOAD, Fault, Index, Member, Place, RENAME, UNPACK};
use crate::source::{Bytes, Seeker};

/// A ZIP archive whose directory has been read.
pub type ZipArchive = zip::ZipArchive<BufReader<Seeker>>;

/// Lists the members of an archive.
///
/// # Errors
/// That it cannot be read, or has two members of one name.
pub fn index(bytes: &Arc<dyn Bytes>) -> Result<(Index, ZipArchive), Fault> {
    let reader = BufReader::new(Seeker::new(Arc::clone(bytes)));
    let mut zip = ZipArchive::new(reader).map_err(|e| broken(&e))?;
    if zip.has_duplicate_names() {
        return Err(Fault { message: "two of its members have one name".into(), help: RENAME });
    }
    let mut index = Index::default();
    for number in 0..zip.len() {
        // Raw: an encrypted member has a name, too.
        let entry = zip.by_index_raw(number).map_err(|e| broken(&e))?;
        // Some programs for Windows write `\`, which no name of a file there has.
        let name = entry.name().map_err(|e| broken(&e))?.replace('\\', "/");
        if name.ends_with('/') {
            continue;
        }
        let member = match entry.encrypted() {
            _ if entry.is_symlink() => Member::Other("a link", UNPACK),
            true => Member::Other("encrypted", "unpack it with its password, and name the file"),
            false => Member::File(Place::Zip(number)),
        };
        index.add(&name, member)?;
    }
    Ok((index, zip))
}

/// A member, decompressed as it is read.
///
/// # Errors
/// What keeps it from being decompressed, in words.
pub fn member(zip: &mut ZipArchive, number: usize) -> Result<impl std::io::Read + '_, String> {
    let opened: ZipResult<_> = zip.by_index(number);
    opened.map_err(|e| match e {
        ZipError::CompressionMethodNotSupported(method) => {
            format!("it is compressed by method {method}, and only 0 and 8 (deflate) are known")
        }
        e => e.to_string(),
    })
}

fn broken(e: &ZipError) -> Fault {
    match e {
        ZipError::InvalidArchive(_) => Fault {
            message: "it is no ZIP archive, or is damaged or cut short".into(),
            help: DOWNLOAD,
        },
        e => Fault::damaged(e),
    }
}
