//! The members of an archive.

use std::collections::BTreeMap;

/// So many members may an archive have.
const MOST_MEMBERS: usize = 1_000_000;

/// What is met in an archive.
pub enum Member {
    /// A file that can be read.
    File(Place),
    /// Something else, in words, and what to do about it.
    Other(&'static str, &'static str),
}

/// Where the bytes of a member stand.
pub enum Place {
    /// A member of a ZIP archive, by its number in the directory.
    Zip(usize),
    /// A range of the bytes of a TAR archive.
    Tar {
        /// Where it begins.
        from: u64,
        /// Bytes.
        len: u64,
    },
}

/// The members of an archive by their paths.
#[derive(Default)]
pub struct Index(pub BTreeMap<String, Member>);

/// What to do about members of one name.
pub const RENAME: &str = "make the archive again, with one file of each name";
/// What to do about what is not read out of an archive.
pub const UNPACK: &str = "unpack the archive, and name the file";

impl Index {
    /// Adds a member; what macOS keeps beside files is left out.
    ///
    /// # Errors
    /// A name that leads out of the archive; too many members.
    pub fn add(&mut self, name: &str, member: Member) -> Result<(), Fault> {
        let path = inner(name).ok_or_else(|| Fault {
            message: format!("its member `{name}` has a path that leads out of it"),
            help: "make the archive again, with paths relative to one directory",
        })?;
        let file = path.rsplit('/').next().unwrap_or(&path);
        if path.is_empty() || file.starts_with("._") || path.starts_with("__MACOSX/") {
            return Ok(());
        }
        if self.0.len() >= MOST_MEMBERS {
            let message = format!("it has more than {MOST_MEMBERS} members");
            return Err(Fault { message, help: UNPACK });
        }
        let twice = |_: &mut Member| Member::Other("there twice", RENAME);
        let member = self.0.get_mut(&path).map_or(member, twice);
        self.0.insert(path, member);
        Ok(())
    }
}

/// The path of a member as rules write it; none where it leads out of the archive.
fn inner(name: &str) -> Option<String> {
    let parts: Vec<&str> = name.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
    let is_drive = parts.first().is_some_and(|p| p.len() == 2 && p.ends_with(':'));
    let leads_out = name.starts_with('/') || is_drive || parts.contains(&"..");
    (!leads_out).then(|| parts.join("/"))
}

/// What is wrong with an archive, said of it.
pub struct Fault {
    /// One sentence without a subject.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
}

/// What to do about what is not whole.
pub const DOWNLOAD: &str = "download or make it again; `unzip -t` and `tar -t` test it";

impl Fault {
    /// What is not whole.
    pub fn damaged(why: impl std::fmt::Display) -> Fault {
        Fault { message: format!("it is damaged or cut short ({why})"), help: DOWNLOAD }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stay_within_their_archive() {
        for (name, path) in [
            ("a.csv", Some("a.csv")),
            ("./x//a.csv", Some("x/a.csv")),
            ("x/", Some("x")),
            ("x/../a.csv", None),
            ("/a.csv", None),
            ("C:/a.csv", None),
        ] {
            assert_eq!(inner(name).as_deref(), path, "{name}");
        }
    }
}
