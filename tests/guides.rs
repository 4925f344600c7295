//! What the guides show is what happens: their files are written to an empty folder, their commands
//! are run there, and what they print stands below each. `UPDATE_DOCS=1 cargo test --test guides`
//! writes it anew.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where an empty folder is made anew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Folder {
    /// Once: a guide that goes on from step to step.
    Page,
    /// At each heading `##`: pages of examples.
    Section,
}

const GUIDES: [(&str, Folder); 6] = [
    ("docs/fact-check.md", Folder::Page),
    ("docs/tutorial.md", Folder::Page),
    ("docs/recipes.md", Folder::Section),
    ("docs/coming-from.md", Folder::Section),
    ("docs/published-tables.md", Folder::Section),
    ("docs/import.md", Folder::Section),
];

struct Shell {
    home: PathBuf,
    folder: PathBuf,
    status: i32,
}

impl Shell {
    fn new(name: &str) -> Shell {
        let home = std::env::temp_dir().join(format!("crossfoot-{name}-{}", std::process::id()));
        let mut shell = Shell { folder: home.join("work"), home, status: 0 };
        shell.clear();
        shell
    }

    fn clear(&mut self) {
        let _ = std::fs::remove_dir_all(&self.home);
        std::fs::create_dir_all(&self.folder).expect("a folder");
        self.status = 0;
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// What a command prints; `$?` in it is the status of the one before.
    fn run(&mut self, command: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_crossfoot")).parent().expect("a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let date = "2026-11-02T09:00:00+0000";
        let output = Command::new("sh")
            .args(["-c", &format!("(exit {}); {{ {command}\n}} 2>&1", self.status)])
            .current_dir(&self.folder)
            .env_clear()
            .envs([
                ("PATH", format!("{}:{path}", program.display()).as_str()),
                ("HOME", &self.home.to_string_lossy()),
                ("COLUMNS", "90"),
                ("TERM", "xterm"),
                ("LC_ALL", "C.UTF-8"),
                ("GIT_CONFIG_NOSYSTEM", "1"),
                ("GIT_AUTHOR_NAME", "Ada"),
                ("GIT_AUTHOR_EMAIL", "ada@example.org"),
                ("GIT_COMMITTER_NAME", "Ada"),
                ("GIT_COMMITTER_EMAIL", "ada@example.org"),
                ("GIT_AUTHOR_DATE", date),
                ("GIT_COMMITTER_DATE", date),
            ])
            .output()
            .expect("a shell");
        self.status = output.status.code().unwrap_or(-1);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

/// A block of a page: ```` ```csv data.csv ```` is a file, ```` ```console ```` holds commands after
/// `$` and what they print.
fn block(shell: &mut Shell, info: &str, lines: &[&str]) -> Vec<String> {
    if info == "console" {
        let commands = lines.iter().filter_map(|line| line.strip_prefix("$ "));
        let run = |command: &str| {
            let printed = shell.run(command);
            let lines: Vec<String> = printed.trim_end().lines().map(str::to_string).collect();
            [vec![format!("$ {command}")], lines].concat()
        };
        return commands.flat_map(run).collect();
    }
    if let Some((_, path)) = info.split_once(' ') {
        shell.write(path, &(lines.join("\n") + "\n"));
    }
    lines.iter().map(ToString::to_string).collect()
}

/// The page with what its commands print today.
fn renewed(name: &str, page: &str, folder: Folder) -> String {
    let mut shell = Shell::new(name);
    let (mut out, mut lines) = (Vec::new(), page.lines());
    while let Some(line) = lines.next() {
        if folder == Folder::Section && line.starts_with("## ") {
            shell.clear();
        }
        out.push(line.to_string());
        if let Some(info) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            out.extend(block(&mut shell, info, &body));
            out.push("```".into());
        }
    }
    out.join("\n") + "\n"
}

#[test]
fn guides_show_what_happens() {
    for (guide, folder) in GUIDES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(guide);
        let page = std::fs::read_to_string(&path).expect("a guide");
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let renewed = renewed(&stem, &page, folder);
        assert!(renewed.contains("$ crossfoot "), "{guide} shows no command");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &renewed).expect("the guide can be written");
        } else {
            let differs = page.lines().zip(renewed.lines()).find(|(is, should)| is != should);
            assert!(
                page == renewed,
                "{guide}: {differs:?}; UPDATE_DOCS=1 cargo test --test guides"
            );
        }
    }
}
