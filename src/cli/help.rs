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
