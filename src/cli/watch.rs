//! `crossfoot check --watch`: the checks run again whenever something that they read changes.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crossfoot::files::tree::Disk;
use crossfoot::report::text::printable;
use crossfoot::source::tree::{Kind, Stamp, Tree};

use super::args::{CheckArgs, Global};
use super::status::INCOMPLETE;
use super::{check, output, progress};

/// Between two looks at the files.
const PAUSE: Duration = Duration::from_millis(200);

/// Runs the checks until the program is ended.
pub fn run(args: &CheckArgs, global: &Global, again: &str) -> u8 {
    if args.paths.iter().any(|path| path == "-") {
        output::report("error: `--watch` needs files: standard input is read once\n");
        return INCOMPLETE;
    }
    let tree = Disk::default();
    loop {
        let begun = SystemTime::now();
        let (status, files) = check::run(args, global, again);
        // What cannot even be asked for stays so.
        let Some(files) = files else { return status };
        if progress::wait() {
            return status;
        }
        let watched = Watched::new(&tree, args, &files);
        if !global.quiet {
            let n = files.len();
            let files = if n == 1 { "1 file".to_string() } else { format!("{n} files") };
            output::report(&format!("\nwatching {files}; Ctrl+C ends\n"));
        }
        let mut changed = watched.since(begun);
        while changed.is_none() {
            sleep(PAUSE);
            changed = watched.changed(&tree);
        }
        watched.settle(&tree);
        if !global.quiet {
            let path = changed.unwrap_or_default();
            output::report(&format!("{} changed\n\n", printable(&path)));
        }
    }
}

/// What files looked like when the checks had run, and the folders in which others may appear.
struct Watched {
    stamps: BTreeMap<String, Option<Stamp>>,
}

impl Watched {
    fn new(tree: &Disk, args: &CheckArgs, files: &[String]) -> Watched {
        let folder = |path: &String| match path.rsplit_once('/') {
            Some(("", _)) => "/".to_string(),
            Some((folder, _)) => folder.to_string(),
            None => ".".to_string(),
        };
        let given = || files.iter().chain(&args.paths);
        let all = given().cloned().chain(given().map(folder)).chain([".".to_string()]);
        Watched { stamps: all.map(|path| (path.clone(), tree.stamp(&path))).collect() }
    }

    /// What is another file now than when the checks had run: a folder where no file of it is, since one
    /// that gets the name of another changes both.
    fn changed(&self, tree: &Disk) -> Option<String> {
        let other = |(path, stamp): &(&String, &Option<Stamp>)| tree.stamp(path) != **stamp;
        let is_folder = |path: &String| tree.kind(path) == Some(Kind::Directory);
        let changed = || self.stamps.iter().filter(other).map(|(path, _)| path);
        changed().find(|path| !is_folder(path)).or_else(|| changed().next()).cloned()
    }

    /// What changed while the checks ran. Reports are written then, into folders.
    fn since(&self, begun: SystemTime) -> Option<String> {
        let since_1970 = |time: SystemTime| {
            let passed = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            i128::try_from(passed.as_nanos()).unwrap_or(i128::MAX)
        };
        let run = since_1970(begun)..since_1970(SystemTime::now());
        let is_file =
            |path: &str| Disk::default().kind(path).is_some_and(|kind| kind.is_readable());
        let of_run = |(path, stamp): &(&String, &Option<Stamp>)| {
            stamp.is_some_and(|stamp| run.contains(&stamp.modified)) && is_file(path)
        };
        self.stamps.iter().find(of_run).map(|(path, _)| path.clone())
    }

    /// Waits until nothing changes any more: a file is written in several steps.
    fn settle(&self, tree: &Disk) {
        let now = || self.stamps.keys().map(|path| tree.stamp(path)).collect::<Vec<_>>();
        let mut last = now();
        loop {
            sleep(PAUSE);
            let next = now();
            if next == last {
                return;
            }
            last = next;
        }
    }
}
