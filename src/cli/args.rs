//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use crossfoot::Request;
use crossfoot::fault::Severity;

/// Checks that figures agree with each other, in data files and in prose.
#[derive(Debug, Parser)]
#[command(name = "crossfoot", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
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
    /// No summary on standard error
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
    /// Explain a built-in name or a check
    Explain(ExplainArgs),
    /// Show what a pattern finds in text, with places and near misses
    Extract(ExtractArgs),
    /// List checks, tables, or the passes over the data
    List(ListArgs),
    /// Print the JSON Schema of rule files or of the findings
    Schema(SchemaArgs),
}

const STATUS: &str = "Exit status:\n  0  every check was carried out, and nothing at or above --fail-on was found\n  1  something was found\n  2  not everything could be carried out: usage, an error in a rule, unreadable data";

/// Which rules and data.
#[derive(Debug, Args, Default)]
pub struct Input {
    /// Rule file; may be repeated [default: the nearest crossfoot.toml or rules/*.toml, upward]
    #[arg(short, long, value_name = "FILE")]
    pub config: Vec<String>,
    /// Read a table from elsewhere
    #[arg(long, value_name = "NAME=PATH", value_parser = name_and_path)]
    pub data: Vec<(String, String)>,
    /// Only these checks: names with `*`; `!name` leaves out
    #[arg(short = 'k', long = "check", value_name = "NAME")]
    pub only: Vec<String>,
    /// The date that `today()` gives [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub today: Option<String>,
}

#[derive(Debug, Args, Default)]
#[command(after_help = STATUS)]
pub struct CheckArgs {
    /// Rule files, directories with rule files, or data files to check without rules; `-` is a CSV file on standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    #[command(flatten)]
    pub input: Input,
    /// full, concise or json, to standard output or to a file; may be repeated [default: full]
    #[arg(short, long, value_name = "FORMAT[=FILE]", value_parser = format)]
    pub format: Vec<(crossfoot::render::Format, Option<String>)>,
    /// Findings shown of each check by full and concise; 0 shows all
    #[arg(long, value_name = "N", default_value = "20")]
    pub max_per_check: u64,
    /// Counts per check and the passes over the data, on standard error
    #[arg(long)]
    pub statistics: bool,
    /// The least severity that makes the exit status 1
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    pub fail_on: FailOn,
    /// Worker threads [default: one for each core]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
    /// About how much memory to take, such as 512MB or 4GB; keys and groups that do not fit go to temporary files [default: as much as it takes]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<u64>,
    /// Bytes of a stretch (for tests: no byte of the output depends on it)
    #[arg(long, hide = true)]
    pub stretch: Option<u64>,
    /// Bytes of a block (for tests: no byte of the output depends on it)
    #[arg(long, hide = true)]
    pub block: Option<usize>,
    /// Row by row, without loops (for tests: no byte of the output depends on it)
    #[arg(long, hide = true)]
    pub exact: bool,
}

/// The least severity that fails a run.
#[derive(Debug, Clone, Copy, ValueEnum, Default)]
pub enum FailOn {
    #[default]
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    /// Whether a run whose worst finding is this has failed.
    pub fn fails(self, worst: Option<Severity>) -> bool {
        match self {
            FailOn::Error => worst >= Some(Severity::Error),
            FailOn::Warning => worst >= Some(Severity::Warning),
            FailOn::Info => worst.is_some(),
            FailOn::Never => false,
        }
    }
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A built-in name such as ragged-row, or the name of a check
    #[arg(value_name = "NAME")]
    pub name: String,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
pub struct ExtractArgs {
    /// A table of the rules that is read out of text, or a text file together with --pattern
    #[arg(value_name = "TABLE|FILE")]
    pub target: String,
    /// The pattern to try on the file
    #[arg(short, long)]
    pub pattern: Option<String>,
    /// What separates items, each of which must match as a whole
    #[arg(long)]
    pub split: Option<String>,
    /// The text after which the section starts
    #[arg(long)]
    pub from: Option<String>,
    /// The text before which the section ends
    #[arg(long)]
    pub to: Option<String>,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Rule files or directories with rule files
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// The passes over the data, what each fills and judges, and what it costs
    #[arg(long)]
    pub plan: bool,
    #[command(flatten)]
    pub input: Input,
}

#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Of what
    #[arg(value_enum, default_value = "rules")]
    what: Schema,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Schema {
    Rules,
    Findings,
}

impl SchemaArgs {
    /// The schema.
    pub fn text(&self) -> String {
        match self.what {
            Schema::Rules => crossfoot::rules::schema::json_schema(),
            Schema::Findings => crossfoot::render::json::schema(),
        }
    }
}

impl Input {
    /// A request without paths.
    pub fn request(&self) -> Request {
        Request { rule_files: self.config.clone(), data: self.data.clone(), checks: self.only.clone(), today: self.today.clone(), ..Request::default() }
    }
}

fn name_and_path(text: &str) -> Result<(String, String), String> {
    let (name, path) = text.split_once('=').ok_or("write NAME=PATH")?;
    Ok((name.to_string(), path.to_string()))
}

fn date(text: &str) -> Result<String, String> {
    use crossfoot::value::{DateFormat, Type};
    let iso = DateFormat::new("%Y-%m-%d", Type::Date).map_err(|e| e.message)?;
    iso.parse_date(text).map_err(|e| e.message)?;
    Ok(text.to_string())
}

/// Bytes: `64MB`, `2GiB`, `500M`; the least is 16 MB.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let wrong = || format!("`{text}` is no size; write it like 512MB or 4GB");
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let unit: u64 = match text[digits..].trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return Err(wrong()),
    };
    let bytes = number.checked_mul(unit).ok_or_else(wrong)?;
    if bytes < LEAST_MEMORY { Err("16MB is the least that a run needs".into()) } else { Ok(bytes) }
}

/// Code, rules and a few blocks need as much.
const LEAST_MEMORY: u64 = 16_000_000;

fn format(text: &str) -> Result<(crossfoot::render::Format, Option<String>), String> {
    let (name, file) = text.split_once('=').map_or((text, None), |(n, f)| (n, Some(f.to_string())));
    let found = crossfoot::render::FORMATS.iter().find(|f| f.0 == name);
    let names: Vec<&str> = crossfoot::render::FORMATS.iter().map(|f| f.0).collect();
    found.map(|f| (f.1, file)).ok_or_else(|| format!("`{name}` is no format; there are {}", names.join(", ")))
}
