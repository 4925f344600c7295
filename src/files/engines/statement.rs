//! The statements that fetch rows: names quoted, one order for all engines.

use crate::sql::dialect;
use crate::sql::quote::{self, Escape};

/// How an engine spells what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// DuckDB.
    DuckDb,
    /// PostgreSQL, and what speaks its dialect.
    PostgreSql,
    /// SQLite.
    Sqlite,
    /// MariaDB and MySQL.
    MariaDb,
    /// Spark, and Sail, which speaks as it does.
    Spark,
    /// Databricks and BigQuery: names as in Spark.
    Backticks,
    /// All others.
    Ansi,
}

impl Dialect {
    /// The dialect of what a driver reaches.
    pub fn of(driver: &str) -> Dialect {
        match driver {
            "duckdb" => Dialect::DuckDb,
            "postgresql" | "redshift" => Dialect::PostgreSql,
            "sqlite" => Dialect::Sqlite,
            "mariadb" | "mysql" => Dialect::MariaDb,
            "spark" => Dialect::Spark,
            "databricks" | "bigquery" => Dialect::Backticks,
            _ => Dialect::Ansi,
        }
    }

    /// The spellings of its statements, where checks are judged in engines that speak it.
    pub fn spellings(self) -> Option<&'static dialect::Dialect> {
        match self {
            Dialect::DuckDb => dialect::find("duckdb"),
            Dialect::PostgreSql => dialect::find("postgresql"),
            Dialect::Sqlite => dialect::find("sqlite"),
            Dialect::Spark => dialect::find("spark"),
            Dialect::MariaDb => dialect::find("mariadb"),
            Dialect::Backticks | Dialect::Ansi => None,
        }
    }

    /// A name in quotes.
    pub fn name(self, name: &str) -> String {
        let has_backticks = matches!(self, Dialect::MariaDb | Dialect::Spark | Dialect::Backticks);
        quote::name(name, if has_backticks { '`' } else { '"' })
    }

    /// What is read is what one moment saw, and nothing is written: the statements before the first.
    pub fn begin(self, timeout: u64) -> Vec<String> {
        let all: &[&str] = match self {
            Dialect::DuckDb => &["begin transaction read only"],
            Dialect::PostgreSql => {
                // Dates and backslashes mean what they do elsewhere, whatever the user or the database has set. To
                // compile long statements takes longer than it saves; not all that speak the dialect can.
                &[
                    "begin isolation level repeatable read read only",
                    "select set_config(name, case name when 'jit' then 'off' when 'DateStyle' \
                     then 'ISO, YMD' else 'on' end, true) from pg_settings \
                     where name in ('jit', 'DateStyle', 'standard_conforming_strings')",
                    "savepoint begun",
                ]
            }
            Dialect::Sqlite => &["pragma query_only = on", "begin"],
            // Texts are joined by bars, and no statement is cut short. Where texts are written otherwise, letters are
            // lost: a path that is none gives an error.
            Dialect::MariaDb => &[
                "set session sql_mode = 'PIPES_AS_CONCAT', sql_select_limit = default",
                "select extractvalue('', if(@@character_set_client = 'utf8mb4' \
                 and @@character_set_results = 'utf8mb4', '/a', '~ say charset=utf8mb4'))",
                "start transaction with consistent snapshot, read only",
            ],
            // Where the setting below could not be made, and literals are read otherwise, nothing may be asked.
            Dialect::Spark => &[
                "select assert_true(char_length('\\\\') = 1 and instr('${spark.app.id}', '$') = 1, \
                 'escapedStringLiterals and variable.substitute must be false')",
            ],
            Dialect::Backticks | Dialect::Ansi => &[],
        };
        // After our own, so that whatever the driver makes of the error, it is known to be late.
        let limit = format!("set local statement_timeout = '{}s'", timeout.saturating_add(1));
        let limit = Some(limit).filter(|_| self == Dialect::PostgreSql);
        all.iter().map(|text| text.to_string()).chain(limit).collect()
    }

    /// The type of a text of any length.
    pub fn text(self) -> &'static str {
        match self {
            Dialect::PostgreSql | Dialect::Sqlite => "text",
            Dialect::MariaDb => "char character set utf8mb4",
            Dialect::Spark | Dialect::Backticks => "string",
            Dialect::DuckDb | Dialect::Ansi => "varchar",
        }
    }

    /// What a session is set to before it begins; an engine that has no such setting may refuse it.
    pub fn settings(self) -> &'static [&'static str] {
        match self {
            // Texts and names mean what they do in Sail, which cannot be set otherwise: backslashes escape what
            // follows, `${…}` is no variable, and a name in backticks no regular expression.
            Dialect::Spark => &[
                "set spark.sql.parser.escapedStringLiterals=false",
                "set spark.sql.variable.substitute=false",
                "set spark.sql.parser.quotedRegexColumnNames=false",
            ],
            // What MySQL does not have.
            Dialect::MariaDb => &["set session default_regex_flags = ''"],
            _ => &[],
        }
    }

    /// What lets the transaction go on when a statement was refused, at the same moment: nobody writes to a
    /// database that DuckDB has opened.
    pub fn go_on(self) -> &'static [&'static str] {
        match self {
            Dialect::DuckDb => &["rollback", "begin transaction read only"],
            Dialect::PostgreSql => &["rollback to savepoint begun"],
            Dialect::Sqlite
            | Dialect::MariaDb
            | Dialect::Spark
            | Dialect::Backticks
            | Dialect::Ansi => &[],
        }
    }
}

/// What the rows are called within a statement.
pub const ALIAS: &str = "crossfoot_rows";

/// What is read in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// A table by its name, with that of its schema before it.
    Table(String),
    /// What a statement gives.
    Query(String),
    /// Files that the engine reads, by their paths; what stands between cells of CSV, where that is said.
    Files(Vec<String>, Option<u8>),
}

impl Rows {
    /// What stands behind `from`; it is called [`ALIAS`], so that no column of the result is meant where
    /// one of the table is.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    pub fn from(&self, dialect: Dialect) -> Result<String, String> {
        match self {
            Rows::Table(name) => {
                let parts = parts(name)?;
                let parts: Vec<String> = parts.iter().map(|part| dialect.name(part)).collect();
                Ok(format!("{} as {ALIAS}", parts.join(".")))
            }
            Rows::Query(query) => Ok(format!("(\n{}\n) as {ALIAS}", single(query)?)),
            Rows::Files(paths, delimiter) => {
                Ok(format!("{} as {ALIAS}", files(paths, *delimiter, dialect)?))
            }
        }
    }

    /// The statement that gives the names of the columns as the first of the CSV files writes them; none where there
    /// is none.
    pub fn header(&self) -> Option<String> {
        let Rows::Files(paths, delimiter) = self else { return None };
        let file = files(paths.get(..1)?, *delimiter, Dialect::DuckDb).ok()?;
        let given = file.replace(CSV, &CSV.replace("header = true", "header = false"));
        (given != file).then(|| format!("select * from {given} limit 1"))
    }
}

/// The parts of a name: `public.orders`, `"odd.name".orders`.
fn parts(name: &str) -> Result<Vec<String>, String> {
    let wrong = || {
        format!(
            "`{name}` is no name of a table; a part with a dot or a quote stands in double quotes"
        )
    };
    let (mut all, mut rest) = (Vec::new(), name.trim());
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_part(quoted).ok_or_else(wrong)?,
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                let (part, after) = rest.split_at_checked(end).ok_or_else(wrong)?;
                (part.to_string(), after)
            }
        };
        if part.is_empty() || part.contains('\0') {
            return Err(wrong());
        }
        all.push(part);
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(all),
            None => return Err(wrong()),
        }
    }
}

/// What stands in quotes, and what behind them; two quotes within are one.
fn quoted_part(text: &str) -> Option<(String, &str)> {
    let (mut part, mut rest) = (String::new(), text);
    loop {
        let (before, after) = rest.split_once('"')?;
        part.push_str(before);
        match after.strip_prefix('"') {
            Some(next) => {
                part.push('"');
                rest = next;
            }
            None => return Some((part, after)),
        }
    }
}

/// A single statement that can stand in parentheses, without what ends it.
fn single(query: &str) -> Result<&str, String> {
    let query = query.trim().trim_end_matches(';').trim_end();
    let (mut depth, mut rest) = (0_i64, query);
    while let Some(at) = rest.find(['\'', '"', '`', '-', '/', '#', '$', ';', '(', ')']) {
        let (sign, behind) = (rest.as_bytes().get(at), rest.get(at + 1..).unwrap_or_default());
        let closing = |close: &str| {
            let end = behind.find(close).map(|end| end + close.len());
            end.and_then(|end| behind.get(end..)).ok_or("a quote or a comment in it is not closed")
        };
        rest = match sign {
            Some(b'\'') => closing("'")?,
            Some(b'"') => closing("\"")?,
            Some(b'`') => closing("`")?,
            Some(b'-') if behind.starts_with('-') => return Err(NO_COMMENT.into()),
            Some(b'/') if behind.starts_with('*') => return Err(NO_COMMENT.into()),
            Some(b'#' | b'$') => {
                return Err("`#` and `$` outside of quotes are not read in it".into());
            }
            Some(b';') => return Err("it is more than one statement".into()),
            Some(b'(') => {
                depth += 1;
                behind
            }
            Some(b')') => {
                depth -= 1;
                behind
            }
            _ => behind,
        };
        if depth < 0 {
            break;
        }
    }
    if depth != 0 {
        return Err("its parentheses do not match".into());
    }
    if query.contains('\\') && query.contains('\'') {
        return Err("a backslash in it may end a text or not, by the engine's settings".into());
    }
    Ok(query)
}

const NO_COMMENT: &str = "comments are not read in it";

/// What DuckDB would guess by the first records: that lines before the header or with a `#` are none, or which quotes
/// there are.
const CSV: &str =
    "all_varchar = true, header = true, skip = 0, comment = '', quote = '\"', escape = '\"'";

/// Files as DuckDB reads them, all cells of CSV as the texts that they are.
fn files(paths: &[String], delimiter: Option<u8>, dialect: Dialect) -> Result<String, String> {
    if dialect != Dialect::DuckDb {
        return Err("files can be handed to DuckDB alone".into());
    }
    let list: Vec<String> = paths.iter().map(|path| quote::text(path, Escape::Doubled)).collect();
    let list = list.join(", ");
    let ends = |endings: &[&str]| {
        let lower = |path: &String| path.to_ascii_lowercase();
        paths.iter().all(|path| endings.iter().any(|ending| lower(path).ends_with(ending)))
    };
    let usual = if ends(&[".parquet", ".pq", ".parq"]) {
        return Ok(format!("read_parquet([{list}])"));
    } else if ends(&[".csv", ".csv.gz", ".csv.zst"]) {
        b','
    } else if ends(&[".tsv", ".tsv.gz", ".tsv.zst"]) {
        b'\t'
    } else {
        return Err("DuckDB is handed Parquet, CSV or TSV files, all of one kind".into());
    };
    let delimiter = char::from(delimiter.unwrap_or(usual)).to_string();
    let delimiter = quote::text(&delimiter, Escape::Doubled);
    Ok(format!("read_csv([{list}], {CSV}, delim = {delimiter})"))
}

/// A column as it is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// As it is.
    Plain,
    /// As its text: its type has no other form here.
    AsText,
    /// As a text behind `=`: a type of its own for each value, and nothing but `` is null.
    Marked,
}

/// The statement that gives the columns, and no row.
pub fn columns(from: &str) -> String {
    format!("select * from {from} where 1 = 0")
}

/// The statement that gives the rows, ordered by key: with each part of it goes whether it holds texts.
pub fn rows(
    dialect: Dialect,
    from: &str,
    columns: &[(String, Fetched)],
    key: &[(String, bool)],
    most: Option<u64>,
) -> String {
    let column = |(name, how): &(String, Fetched)| {
        let name = dialect.name(name);
        match how {
            Fetched::Plain => name,
            Fetched::AsText => format!("cast({name} as {}) as {name}", dialect.text()),
            Fetched::Marked => format!("{} as {name}", marked(&name)),
        }
    };
    let list: Vec<String> = columns.iter().map(column).collect();
    let part = |(name, is_text): &(String, bool)| {
        let name = format!("{ALIAS}.{}", dialect.name(name));
        match (dialect, is_text) {
            (Dialect::PostgreSql, true) => format!("{name} collate \"C\" nulls first"),
            // Other types, such as its UUID, come as texts too.
            (Dialect::DuckDb, true) => {
                format!("cast({name} as varchar) collate \"binary\" nulls first")
            }
            // Without the collation of the column.
            (Dialect::Spark, true) => format!("cast({name} as string) nulls first"),
            (Dialect::Sqlite, _) => format!("{name} collate binary nulls first"),
            (Dialect::MariaDb, true) => format!("binary {name}"),
            (Dialect::MariaDb | Dialect::Ansi, _) => name,
            _ => format!("{name} nulls first"),
        }
    };
    let order: Vec<String> = key.iter().map(part).collect();
    let order =
        if order.is_empty() { String::new() } else { format!(" order by {}", order.join(", ")) };
    let most = most.map_or_else(String::new, |most| format!(" limit {most}"));
    format!("select {} from {from}{order}{most}", list.join(", "))
}

/// The text of a value in SQLite, where each has a type of its own: a float by the fewest digits that
/// mean it, bytes in hexadecimal.
fn marked(name: &str) -> String {
    let digits = |format: &str| format!("printf('{format}', {name})");
    let (short, middle, long) = (digits("%.15g"), digits("%.16g"), digits("%!.17g"));
    format!(
        "case typeof({name}) when 'null' then '' when 'blob' then '=' || lower(hex({name})) \
         when 'real' then '=' || replace(case {name} when 9e999 then 'inf' when -9e999 then '-inf' \
         when cast({short} as real) then {short} when cast({middle} as real) then {middle} \
         else {long} end, 'e+', 'e') \
         else '=' || cast({name} as text) end"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_parts_that_are_quoted() {
        let from = |name: &str, dialect| Rows::Table(name.into()).from(dialect);
        let ok = |name, dialect| from(name, dialect).expect("a name");
        assert_eq!(
            ok("public.orders", Dialect::PostgreSql),
            "\"public\".\"orders\" as crossfoot_rows"
        );
        assert_eq!(
            ok("\"a.b\".\"c\"\"d\"", Dialect::DuckDb),
            "\"a.b\".\"c\"\"d\" as crossfoot_rows"
        );
        assert_eq!(ok("a`b", Dialect::Spark), "`a``b` as crossfoot_rows");
        assert_eq!(ok("a b;drop", Dialect::Sqlite), "\"a b;drop\" as crossfoot_rows");
        for wrong in ["", ".", "a.", ".a", "\"a", "\"a\"b", "a.\"\""] {
            assert!(from(wrong, Dialect::Ansi).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_query_is_one_statement_in_parentheses() {
        for query in [
            "select 1",
            "select ')' as a, \"x;y\" from t where (b = 'it''s');",
            "with a as (select 1) select * from a",
            "select a - b, a / b from t",
        ] {
            assert!(single(query).is_ok(), "{query}");
        }
        for query in [
            "select 1; drop table t",
            "select 1) as a; drop table t; select (1",
            "select 1) union (select 2",
            "select (1",
            "select 'a",
            "select 1 -- )",
            "select /* ' */ 1",
            "select $$ ' $$",
            "select 'a\\' || '; drop table t'",
        ] {
            assert!(single(query).is_err(), "{query}");
        }
    }

    #[test]
    fn rows_come_in_one_order() {
        let columns = [("id".into(), Fetched::Plain), ("u".into(), Fetched::AsText)];
        let key = [("id".to_string(), true)];
        assert_eq!(
            rows(Dialect::PostgreSql, "t", &columns, &key, Some(5)),
            "select \"id\", cast(\"u\" as text) as \"u\" from t order by crossfoot_rows.\"id\" collate \"C\" nulls first limit 5"
        );
        assert_eq!(
            files(&["a'b.csv".into()], Some(b';'), Dialect::DuckDb).expect("files"),
            format!("read_csv(['a''b.csv'], {CSV}, delim = ';')")
        );
        assert!(files(&["a.csv".into(), "b.parquet".into()], None, Dialect::DuckDb).is_err());
        assert!(files(&["a.csv".into()], None, Dialect::Sqlite).is_err());
    }
}
