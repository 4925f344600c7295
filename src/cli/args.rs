//! The command line.

use clap::builder::PossibleValuesParser;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use crossfoot::api::{dialects, import_kinds};
use crossfoot::fault::Severity;
use crossfoot::render::Format;
use crossfoot::value::Language;
use crossfoot::{Outcome, Request};

use super::formats::{accepted, format, formats, saved_format, saved_formats};
use super::help::{COMPLETIONS, EXTRACT_STATUS, FIGURES, INIT, REPORT_STATUS, SQL, STATUS};
use super::schema::SchemaArgs;
use super::values::{bytes, date, language, name_and_path, name_and_value, old_file, size};

/// Checks that numbers agree with each other, in data files and in prose.
#[derive(Debug, Parser)]
#[command(
    name = "crossfoot",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub check: CheckArgs,
    #[command(flatten)]
    pub global: Global,
}

/// What every command takes.
#[derive(Debug, Args)]
pub struct Global {
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Print findings only: no table of checks and no summary
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the checks (also without a command: `crossfoot rules.toml`)
    Check(CheckArgs),
    /// Create, add to, prune or show the baseline: the findings that are accepted as they are
    Baseline(BaselineArgs),
    /// Write a report of a run that was saved as JSON, alone or beside an older one
    Report(ReportArgs),
    /// Explain a kind of finding, a check, a function, a key of rule files, or one finding by its
    /// fingerprint
    Explain(ExplainArgs),
    /// Show what a pattern matches in a text, and what it nearly matches
    Extract(ExtractArgs),
    /// List the figures of texts, how they are read, and the checks that depend on them
    Figures(FiguresArgs),
    /// Look at data files and write a first rule file
    Init(InitArgs),
    /// Translate a schema of another tool into a rule file
    Import(ImportArgs),
    /// List tables and checks, allowances, or the passes over the data
    List(ListArgs),
    /// List the drivers of databases and warehouses that were found, and how to get the others
    Sources,
    /// Print the statements that name the suspects of each check where its data is in a database
    Sql(SqlArgs),
    /// Print the JSON Schema of rule files or of a JSON output
    Schema(SchemaArgs),
    /// Print the script that completes commands and options in a shell
    Completions(CompletionsArgs),
}

/// Which rules and data.
#[derive(Debug, Args, Default)]
pub struct Input {
    /// Rule file; may be repeated [default: crossfoot.toml and all rules/*.toml of this or the nearest parent directory that has one]
    #[arg(short, long, value_name = "FILE")]
    pub config: Vec<String>,
    /// Read the table NAME from PATH instead
    #[arg(long, value_name = "NAME=PATH", value_parser = name_and_path)]
    pub data: Vec<(String, String)>,
    /// Where the source NAME is: a profile by its name or its file, an address, or the file of a
    /// database
    #[arg(long, value_name = "NAME=PROFILE", value_parser = name_and_path)]
    pub source: Vec<(String, String)>,
    /// Compare with an old version: the directory of the old project, the old version of the only
    /// data file or of that with the same name, or that of one table; may be repeated
    #[arg(long, value_name = "DIR|FILE|TABLE=FILE", value_parser = old_file)]
    pub old: Vec<(Option<String>, String)>,
    /// Run only the checks with this name or tag; `*` matches any characters, `!NAME` leaves a check out; may be repeated
    #[arg(short = 'k', long = "check", value_name = "NAME")]
    pub only: Vec<String>,
    /// The baseline [default: crossfoot.baseline beside the first rule file]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<String>,
    /// The date that `today()` returns, and that allowances are measured against [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub today: Option<String>,
    /// How much a compressed file may hold, such as 64GB [default: 16GiB, and 1000 times its size where that is more than 64MiB]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub max_inflate: Option<u64>,
    /// Read no file outside of this directory, links followed (for rules that a stranger wrote)
    #[arg(long, value_name = "DIR")]
    pub root: Option<String>,
}

#[derive(Debug, Args, Default)]
#[command(after_help = STATUS)]
pub struct CheckArgs {
    /// Rule files, directories of rule files, or data files: the nearest rules that read a data file check it; `-` reads CSV from standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Check only the structure of the data files
    #[arg(long, requires = "paths", conflicts_with = "config")]
    pub no_rules: bool,
    #[command(flatten)]
    pub input: Input,
    /// Compare with the commit where this branch left REF, a branch, tag or commit in git: what was found there too does not fail the run
    #[arg(long, value_name = "REF", conflicts_with = "old")]
    pub since: Option<String>,
    /// Compare with REF itself
    #[arg(long, value_name = "REF", conflicts_with_all = ["since", "old"])]
    pub since_exact: Option<String>,
    /// Count the findings that the baseline accepts, too
    #[arg(long, conflicts_with = "baseline")]
    pub no_baseline: bool,
    #[arg(short, long, value_name = "FORMAT[=FILE]", value_parser = format, help = formats())]
    pub format: Vec<(Format, Option<String>)>,
    /// Print a patch in place of the report, for `git apply` or `patch -p1`: the figures of findings that have a single explanation, as they would be, and cells in the form that the rules declare; with --fix only these
    #[arg(long)]
    pub diff: bool,
    /// Write cells in the form that the rules declare (a date in its format, the capital letters of an allowed value), where it is the only one and every check that held still does; never another figure. Then run the checks
    #[arg(long, conflicts_with_all = ["row", "no_rules"])]
    pub fix: bool,
    /// Run again whenever a file that was read changes, or one appears beside it, until Ctrl+C
    #[arg(short, long, conflicts_with_all = ["fix", "diff"])]
    pub watch: bool,
    /// Whether accepted findings are marked or left out of the output, or of that in one format; may be repeated [default: mark]
    #[arg(long, value_name = "[FORMAT=]mark|omit", value_parser = accepted)]
    pub accepted: Vec<(Option<Format>, bool)>,
    /// Show only the findings of the row or group with this key, whole; may be repeated
    #[arg(long, value_name = "KEY")]
    pub row: Vec<String>,
    /// How many findings of each check full and concise show, and github chooses from; 0 shows all
    #[arg(long, value_name = "N", default_value = "20")]
    pub max_per_check: u64,
    /// Show every finding whole in full, with every addend
    #[arg(short, long)]
    pub verbose: bool,
    /// Print the counts of each check and the passes over the data on standard error
    #[arg(long)]
    pub statistics: bool,
    /// The lowest severity that makes the exit status 1, and kinds of trouble that do: `undecided` (a check could not be decided in part), `stale` (an allowance accepts nothing), `rules-loosened` (a rule demands less than in the old version); separated by commas [default: error]
    #[arg(long, value_name = "LEVEL,KIND", value_delimiter = ',')]
    pub fail_on: Vec<FailOn>,
    /// Count all findings, whether or not the old version has them
    #[arg(long)]
    pub all: bool,
    /// Whether findings of checks that the old version does not have count
    #[arg(long, value_name = "count|report", default_value = "count")]
    pub new_checks: NewChecks,
    #[command(flatten)]
    pub about: About,
    /// Name files of more than 64 MB by their SHA-256, too, in json, html and xlsx; smaller ones always are
    #[arg(long)]
    pub hash_all: bool,
    /// Worker threads [default: one per core]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
    /// About how much memory to use, such as 512MB or 4GB; keys and groups that do not fit go to temporary files [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<u64>,
    /// Bytes of a chunk (for tests: no byte of the output depends on it)
    #[arg(long, hide = true)]
    pub chunk: Option<u64>,
    /// Bytes of a block (for tests: no byte of the output depends on it)
    #[arg(long, hide = true)]
    pub block: Option<usize>,
    /// Row by row, without loops (for tests: no byte of the output depends on it)
    #[arg(long, hide = true)]
    pub exact: bool,
}

/// What becomes of findings of checks that the old version does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum NewChecks {
    #[default]
    Count,
    Report,
}

/// What fails a run: one severity, and kinds of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Error,
    Warning,
    Info,
    Never,
    Undecided,
    Stale,
    RulesLoosened,
}

impl CheckArgs {
    /// Whether accepted findings are left out of a format: what is said of it alone counts most.
    pub fn omits_accepted(&self, format: Format) -> bool {
        let said = |of: Option<Format>| self.accepted.iter().rev().find(|(f, _)| *f == of);
        said(Some(format)).or_else(|| said(None)).is_some_and(|(_, omits)| *omits)
    }
}

impl FailOn {
    /// Whether it is a severity, of which there can be only one.
    fn is_level(self) -> bool {
        matches!(self, FailOn::Error | FailOn::Warning | FailOn::Info | FailOn::Never)
    }

    fn fails(self, outcome: &Outcome) -> bool {
        let worst = outcome.worst;
        match self {
            FailOn::Error => worst >= Some(Severity::Error),
            FailOn::Warning => worst >= Some(Severity::Warning),
            FailOn::Info => worst.is_some(),
            FailOn::Never => false,
            FailOn::Undecided => outcome.undecided > 0,
            FailOn::Stale => outcome.is_stale(),
            FailOn::RulesLoosened => outcome.rules_loosened,
        }
    }
}

impl CheckArgs {
    /// Why what fails a run is not clear.
    pub fn wrong_fail_on(&self) -> Option<String> {
        let name = |f: &FailOn| f.to_possible_value().map(|v| v.get_name().to_string());
        let levels: Vec<String> =
            self.fail_on.iter().filter(|f| f.is_level()).filter_map(name).collect();
        (levels.len() > 1).then(|| {
            format!(
                "error: --fail-on takes one severity, and these are {}: {}\n  help: the lowest one includes the others\n",
                levels.len(),
                levels.join(", ")
            )
        })
    }

    /// Whether a run has failed; errors fail it where no severity is named.
    pub fn fails(&self, outcome: &Outcome) -> bool {
        let usual = (!self.fail_on.iter().any(|f| f.is_level())).then_some(FailOn::Error);
        self.fail_on.iter().copied().chain(usual).any(|f| f.fails(outcome))
    }
}

#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// What to do
    #[arg(value_enum, value_name = "COMMAND")]
    pub what: BaselineDo,
    /// Rule files, directories of rule files, or data files
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    #[command(flatten)]
    pub input: Input,
}

/// What to do with the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BaselineDo {
    /// Accept all findings of today in a new file
    Create,
    /// Accept the findings that are not in it, and name them
    Add,
    /// Remove what is settled or gone; needs a run of all checks
    Prune,
    /// Print what it accepts, and whether that still applies
    Show,
}

/// What a report says of itself.
#[derive(Debug, Args, Default)]
pub struct About {
    /// What the report is called [default: the title that the rules give it]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// What the report says of itself, such as prepared-by='A. Keller'; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub meta: Vec<(String, String)>,
}

#[derive(Debug, Args)]
#[command(after_help = REPORT_STATUS, override_usage = "crossfoot report [OPTIONS] [OLD] <RUN>")]
pub struct ReportArgs {
    /// A run that `crossfoot check --format json=RUN` has saved, or `jsonl`; before it, an older run
    /// that it is compared with. `-` is standard input
    #[arg(value_name = "RUN", required = true, num_args = 1..=2)]
    pub runs: Vec<String>,
    #[arg(short, long, value_name = "FORMAT[=FILE]", value_parser = saved_format, help = saved_formats())]
    pub format: Vec<(Format, Option<String>)>,
    /// Notes on the findings: a CSV file with the columns fingerprint (at least 8 digits), cleared_by
    /// and note; others are ignored. They stand in the report, and in json are kept for the next one
    #[arg(long, value_name = "FILE")]
    pub notes: Option<String>,
    /// Write such a file to fill in: a row for each finding, with what is noted already
    #[arg(long, value_name = "FILE")]
    pub write_notes: Option<String>,
    #[command(flatten)]
    pub about: About,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A kind of finding such as ragged-row, a check, a function, a word of the expression language,
    /// a key of rule files, a named format, or at least 8 digits of the fingerprint of a finding
    #[arg(value_name = "NAME")]
    pub name: String,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
#[command(after_help = EXTRACT_STATUS)]
pub struct ExtractArgs {
    /// A table with a pattern, or a text file together with --pattern
    #[arg(value_name = "TABLE|FILE")]
    pub target: String,
    /// The pattern to try on the file
    #[arg(short, long)]
    pub pattern: Option<String>,
    /// The text between items, each of which must match the whole pattern; or `each sentence`, of which those that match are rows
    #[arg(long)]
    pub split: Option<String>,
    /// The text after which the section starts
    #[arg(long)]
    pub from: Option<String>,
    /// The text before which the section ends
    #[arg(long)]
    pub to: Option<String>,
    /// The language of a text that a pattern is tried on, such as de or fr [default: en]
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    pub language: Option<Language>,
    /// How it is written [default: text]
    #[arg(short, long, value_name = "FORMAT", default_value = "text", hide_default_value = true)]
    pub format: TextOrJson,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
#[command(after_help = FIGURES)]
pub struct FiguresArgs {
    /// Texts: plain text, Markdown, web pages
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,
    /// List only figures that no check depends on
    #[arg(long)]
    pub unread: bool,
    /// The language of the texts, such as de or fr [default: that of a table that reads them, or en]
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    pub language: Option<Language>,
    /// How it is written [default: text]
    #[arg(short, long, value_name = "FORMAT", default_value = "text", hide_default_value = true)]
    pub format: TextOrJson,
    #[command(flatten)]
    pub input: Input,
}

/// How something is written that is no report of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    Text,
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = INIT)]
pub struct InitArgs {
    /// Data files of any format, patterns like 'data/*.csv', or directories; files with the same
    /// columns become one table where their names allow it
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,
    /// Write the rules to this file, which must not exist yet [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<String>,
    /// How much a compressed file may hold, such as 64GB [default: 16GiB, and 1000 times its size where that is more than 64MiB]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub max_inflate: Option<u64>,
    /// Read no file outside of this directory, links followed
    #[arg(long, value_name = "DIR")]
    pub root: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = import_help())]
pub struct ImportArgs {
    /// Schemas; what they say becomes one rule file
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,
    /// Write the rules to this file, which must not exist yet [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<String>,
    /// What kind of schema it is [default: by what is in the file]
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(kinds()))]
    pub from: Option<String>,
    /// The table NAME is in PATH, where the schema does not say it
    #[arg(long, value_name = "NAME=PATH", value_parser = name_and_path)]
    pub data: Vec<(String, String)>,
    /// Read no file outside of this directory, links followed
    #[arg(long, value_name = "DIR")]
    pub root: Option<String>,
}

fn kinds() -> Vec<&'static str> {
    import_kinds().into_iter().map(|(name, _)| name).collect()
}

fn import_help() -> String {
    let kinds = import_kinds();
    let kinds = kinds.iter().map(|(name, about)| format!("  {name:<14}{about}\n"));
    format!(
        "Kinds:\n{}\nWhat cannot be translated stands in the rules as a comment, in its place, with the reason.\n\nExamples:\n  crossfoot import datapackage.json                  show the rules\n  crossfoot import schema.json --data t=data/t.csv   say where the data are\n  crossfoot import datapackage.json -o crossfoot.toml",
        kinds.collect::<String>()
    )
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Rule files or directories with rule files
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Show the passes over the data: what each one collects, which checks it runs, and what it costs
    #[arg(long)]
    pub plan: bool,
    /// List the allowances: what they accept, why, by whom, until when
    #[arg(long, conflicts_with = "plan")]
    pub allowed: bool,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
#[command(after_help = SQL)]
pub struct SqlArgs {
    /// Checks; `*` matches any characters [default: all]
    #[arg(value_name = "CHECK")]
    pub checks: Vec<String>,
    /// The dialect
    #[arg(long, value_name = "DIALECT", value_parser = PossibleValuesParser::new(dialects()))]
    pub dialect: String,
    /// Say where each check runs and which columns move, in place of the statements
    #[arg(long)]
    pub plan: bool,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl CompletionsArgs {
    /// What a shell reads.
    pub fn script(&self) -> String {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "crossfoot", &mut script);
        String::from_utf8_lossy(&script).into_owned()
    }
}

impl Input {
    /// A request without paths.
    pub fn request(&self) -> Request {
        Request {
            rule_files: self.config.clone(),
            data: self.data.clone(),
            sources: self.source.clone(),
            old_files: self.old.clone(),
            checks: self.only.clone(),
            today: self.today.clone(),
            baseline: self.baseline.clone(),
            max_inflate: self.max_inflate,
            root: self.root.clone(),
            ..Request::default()
        }
    }
}
