//! The program `git`. Nowhere else is another program started.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::files::{GIT_FAILED, GIT_MISSING};
use crate::source::Problem;

/// What a hook or a caller may have set for another repository, another index or another history.
const REMOVED: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Settings of the user and of the repository that would change what git does or prints.
const SETTINGS: [&str; 3] = ["core.quotepath=off", "core.fsmonitor=false", "diff.renameLimit=1000"];

/// `git` in one directory.
#[derive(Debug, Clone)]
pub struct Git {
    directory: PathBuf,
}

/// What `git` printed, and whether it succeeded.
#[derive(Debug)]
pub struct Answer {
    /// Its exit status was 0.
    pub success: bool,
    /// What it printed.
    pub output: Vec<u8>,
    /// What it complained about.
    pub complaint: String,
}

impl Answer {
    /// The output without the line end behind it.
    pub fn line(&self) -> String {
        let text = String::from_utf8_lossy(&self.output);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        text.strip_suffix('\r').unwrap_or(text).to_string()
    }

    /// The parts of an output of `-z`.
    pub fn parts(&self) -> impl Iterator<Item = String> {
        let parts = self.output.split(|b| *b == 0).filter(|p| !p.is_empty());
        parts.map(|p| String::from_utf8_lossy(p).into_owned())
    }

    /// That git could not do what it was asked for.
    pub fn problem(&self, what: &str) -> Problem {
        let lines = || self.complaint.lines().map(str::trim).filter(|l| !l.is_empty());
        let why = lines().find(|l| l.starts_with("fatal:") || l.starts_with("error:"));
        let why = why.or_else(|| lines().next()).unwrap_or("it gave no reason");
        Problem::nowhere(&GIT_FAILED, format!("git cannot {what}: {why}")).help(
            "look at the repository with `git fsck`; `--old` takes files instead of a revision",
        )
    }
}

impl Git {
    /// In this directory; an empty path is the working directory.
    pub fn at(directory: &Path) -> Git {
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        Git { directory: directory.to_path_buf() }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("--no-pager").current_dir(&self.directory);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        for name in REMOVED {
            command.env_remove(name);
        }
        command
            .env("LC_ALL", "C")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .args(args);
        command
    }

    /// What git answers.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub fn ask(&self, args: &[&str]) -> Result<Answer, Problem> {
        let output = self.command(args).stdin(Stdio::null()).output().map_err(|e| missing(&e))?;
        Ok(Answer {
            success: output.status.success(),
            output: output.stdout,
            complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// What git answers where it succeeds.
    ///
    /// # Errors
    /// Where it cannot be run, or cannot do `what`.
    pub fn get(&self, args: &[&str], what: &str) -> Result<Answer, Problem> {
        let answer = self.ask(args)?;
        if answer.success { Ok(answer) } else { Err(answer.problem(what)) }
    }

    /// Starts git, to be asked line by line.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub fn talk(&self, args: &[&str]) -> io::Result<Dialogue> {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let ends = child.stdin.take().zip(child.stdout.take());
        let (input, output) = ends.ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Dialogue { input: Some(input), output: BufReader::new(output), child })
    }
}

fn missing(e: &io::Error) -> Problem {
    let why = match e.kind() {
        io::ErrorKind::NotFound => "there is no program `git`".to_string(),
        _ => format!("the program `git` cannot be run: {e}"),
    };
    Problem::nowhere(&GIT_MISSING, why).help(
        "install git, or see that PATH names its folder; `--old` takes files and needs no git",
    )
}

/// A `git` that answers each line as it gets it.
#[derive(Debug)]
pub struct Dialogue {
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    child: Child,
}

impl Dialogue {
    /// Sends a line, and reads the line that answers it.
    ///
    /// # Errors
    /// Where git has ended.
    pub fn ask(&mut self, line: &str) -> io::Result<String> {
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        input.write_all(format!("{line}\n").as_bytes())?;
        input.flush()?;
        let mut answer = Vec::new();
        self.output.read_until(b'\n', &mut answer)?;
        if answer.pop() != Some(b'\n') {
            return Err(io::Error::other("git ended unexpectedly"));
        }
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Copies the bytes that follow the answer, and the line end behind them.
    ///
    /// # Errors
    /// Where git has ended, or they cannot be written.
    pub fn copy(&mut self, len: u64, to: &mut dyn Write) -> io::Result<()> {
        let copied = io::copy(&mut self.output.by_ref().take(len), &mut *to)?;
        let mut end = [0];
        self.output.read_exact(&mut end)?;
        if copied == len { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

impl Drop for Dialogue {
    fn drop(&mut self) {
        // It ends with its input; what it is still writing nobody reads.
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
