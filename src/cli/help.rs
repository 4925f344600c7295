//! What stands below the help of commands.

/// Of `crossfoot init`.
pub const INIT: &str = "Every line says what speaks for it. Rules that nearly hold are written commented out, with the places that break them.

Examples:
  crossfoot init data/*.csv                      show the rules
  crossfoot init budget.xlsx report.html         those of sheets, and of the tables of a page
  crossfoot init article.md figures.csv          what an article says, also of the data
  crossfoot init data/*.csv -o crossfoot.toml    write them, then run: crossfoot check";

/// Of `crossfoot sql`.
pub const SQL: &str = "A statement gives by key the rows and groups for which a check does not surely hold; crossfoot judges them.
What cannot be sent stands in a comment, with the reason and the columns that are fetched instead.

Example:
  crossfoot sql total_is_sum --dialect duckdb";

/// Of `crossfoot completions`.
pub const COMPLETIONS: &str = "Where it goes:
  bash        crossfoot completions bash > ~/.local/share/bash-completion/completions/crossfoot
  zsh         crossfoot completions zsh > \"${fpath[1]}/_crossfoot\"
  fish        crossfoot completions fish > ~/.config/fish/completions/crossfoot.fish
  powershell  crossfoot completions powershell >> $PROFILE";

/// Of `crossfoot check`.
pub const STATUS: &str = "Exit status:\n  0  every check was run, with no finding at or above --fail-on\n  1  at least one finding at or above --fail-on\n  2  not everything could be checked: wrong usage, an error in a rule file, rules that check nothing, unreadable data";

/// Of `crossfoot report`.
pub const REPORT_STATUS: &str = "Exit status:\n  0  the report was written, whatever it says\n  2  it was not: wrong usage, a file that is no saved run or is cut short";

/// Of `crossfoot extract`.
pub const EXTRACT_STATUS: &str = "Exit status:\n  0  the pattern matches\n  1  it matches nowhere\n  2  it was not tried: wrong usage, a pattern or a file that cannot be read";

/// Of `crossfoot figures`.
pub const FIGURES: &str = "Each figure stands with its value and the range that it could mean, the word behind it, the placeholders that hold it as {table.name}, and the checks. The rules are those that `crossfoot check FILE` would take; without rules, all figures are listed as not checked.

Examples:
  crossfoot figures article.md             what the article states
  crossfoot figures --unread article.md    what nothing has checked yet";
