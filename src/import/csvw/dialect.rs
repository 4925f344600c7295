//! How CSVW says that a file is written.

use crate::import::document::{Members, character, map, shown, text, truth};
use crate::import::rules::Table;
use crate::propose::names::quoted;
use crate::read::tree::value::{Value, What};

/// Whether a member is there and is `null`.
fn is_null(value: &Value, name: &str) -> bool {
    let member = map(value).and_then(|map| map.get(name));
    member.is_some_and(|member| matches!(member.value.what, What::Null))
}

/// What is done with white space around cells.
fn trim(members: &mut Members<'_>, table: &mut Table) {
    let trim = members.get("trim").and_then(text).filter(|trim| *trim != "false");
    // `skipInitialSpace` counts where `trim` is not said.
    let skips = members.get("skipInitialSpace").and_then(truth) == Some(true);
    let Some(trim) = trim.or(Some("start").filter(|_| skips)) else { return };
    table.set("trim", "true", "");
    if trim != "true" {
        let why = "white space is taken off at both ends of a cell here";
        table.remarks.unsaid(format!("trim {trim}"), why);
    }
}

/// Reads a dialect; whether the file has a header.
pub fn read(value: &Value, table: &mut Table) -> bool {
    if map(value).is_none() {
        table.remarks.unsaid(format!("the dialect {}", shown(value)), "it is not in this document");
        return true;
    }
    let mut members = Members::new(value);
    members.pass(&["lineTerminators", "skipBlankRows", "@id", "@type"]);
    for (theirs, ours, usual) in [
        ("delimiter", "delimiter", ","),
        ("quoteChar", "quote", "\""),
        ("commentPrefix", "comment", ""),
    ] {
        if ours == "quote" && is_null(value, theirs) {
            table.set(ours, quoted(""), "");
        }
        let Some(value) = members.get(theirs).filter(|v| text(v) != Some(usual)) else { continue };
        match character(value).filter(char::is_ascii) {
            Some(sign) => table.set(ours, quoted(&sign.to_string()), ""),
            None => {
                table.remarks.unsaid(format!("{theirs} {}", shown(value)), "it must be one sign")
            }
        }
    }
    if members.get("doubleQuote").and_then(truth) == Some(false) {
        table.set("escape", quoted("\\"), "");
    }
    if let Some(encoding) = members.text("encoding").filter(|e| !e.eq_ignore_ascii_case("utf-8")) {
        table.set("encoding", quoted(encoding), "");
    }
    let mut number = |key: &'static str| members.text(key).and_then(|n| n.parse::<u32>().ok());
    let (skip, columns, rows) =
        (number("skipRows"), number("skipColumns"), number("headerRowCount"));
    if let Some(skip) = skip.filter(|skip| *skip > 0) {
        table.set("skip", skip.to_string(), "");
    }
    if let Some(columns) = columns.filter(|columns| *columns > 0) {
        table
            .remarks
            .unsaid(format!("skipColumns {columns}"), "a table has all columns of its file");
    }
    if let Some(rows) = rows.filter(|rows| *rows > 1) {
        table.set("header", rows.to_string(), "");
    }
    trim(&mut members, table);
    let header = members.get("header").and_then(truth) != Some(false) && rows != Some(0);
    for (name, value) in members.rest() {
        table.remarks.unsaid(format!("`{name}` {} of the dialect", shown(value)), "");
    }
    header
}
