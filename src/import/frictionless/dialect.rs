//! How a resource says that its file is written.

use crate::import::document::{Members, character, items, map, shown, text, truth};
use crate::import::rules::Table;
use crate::propose::names::quoted;
use crate::read::formats;
use crate::read::tree::value::Value;

/// Reads `dialect`, `format` and `encoding`; whether the file has a header.
pub fn read(members: &mut Members<'_>, table: &mut Table) -> bool {
    members.pass(&["mediatype", "profile", "scheme"]);
    let ending = table.path.trim_end_matches(".gz").rsplit('.').next().unwrap_or_default();
    let own = formats::by_ending(ending, false);
    if let Some(value) = members.get("format") {
        let named = text(value).and_then(|name| formats::by_ending(name, false));
        match named {
            Some(format) if own.is_some_and(|own| own.name == format.name) => {}
            Some(format) => table.set("format", quoted(format.name), ""),
            None => table.remarks.unsaid(format!("the format {}", shown(value)), "it is not read"),
        }
    }
    if let Some(encoding) = members.text("encoding")
        && !["utf-8", "utf8"].contains(&encoding.to_lowercase().as_str())
    {
        table.set("encoding", quoted(encoding), "");
    }
    for key in ["compression", "innerpath", "extrapaths", "control", "layout"] {
        if let Some(value) = members.get(key) {
            table.remarks.unsaid(format!("`{key}` {}", shown(value)), "");
        }
    }
    let Some(dialect) = members.get("dialect") else { return true };
    if map(dialect).is_none() {
        table.remarks.unsaid(format!("the dialect {}", shown(dialect)), "it is not in this file");
        return true;
    }
    let mut own = Members::new(dialect);
    let header = own.get("header").and_then(truth) != Some(false);
    let rows = own.get("headerRows");
    header_rows(rows, table);
    csv(&mut own, table);
    if let Some(inner) = own.get("csv") {
        let mut inner = Members::new(inner);
        csv(&mut inner, table);
        rest(&inner, table);
    }
    if let Some(inner) = own.get("excel").or_else(|| own.get("ods")) {
        let mut inner = Members::new(inner);
        sheet(&mut inner, table);
        rest(&inner, table);
    }
    sheet(&mut own, table);
    own.pass(&[
        "lineTerminator",
        "csvddfVersion",
        "name",
        "type",
        "title",
        "description",
        "$schema",
    ]);
    rest(&own, table);
    header
}

fn rest(members: &Members<'_>, table: &mut Table) {
    for (name, value) in members.rest() {
        table.remarks.unsaid(format!("`{name}` {} of the dialect", shown(value)), "");
    }
}

fn header_rows(rows: Option<&Value>, table: &mut Table) {
    let Some(value) = rows else { return };
    let numbers = items(value).map(|all| all.iter().map(|n| text(n)?.parse::<u32>().ok()));
    match numbers.and_then(|all| all.collect::<Option<Vec<u32>>>()) {
        Some(rows) if rows == [1] => {}
        Some(rows) if rows.first() > Some(&0) && rows.is_sorted_by(|a, b| a < b) => {
            let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
            table.set("header", format!("[{}]", rows.join(", ")), "");
            if rows.len() > 1 {
                table.remarks.say("Names in several header rows are joined by ` / ` here.");
            }
        }
        _ => table.remarks.unsaid(format!("headerRows {}", shown(value)), ""),
    }
}

fn csv(members: &mut Members<'_>, table: &mut Table) {
    members.pass(&["lineTerminator"]);
    let signs = [
        ("delimiter", "delimiter"),
        ("quoteChar", "quote"),
        ("escapeChar", "escape"),
        ("commentChar", "comment"),
    ];
    for (theirs, ours) in signs {
        let Some(value) = members.get(theirs) else { continue };
        let is_usual =
            matches!((theirs, text(value)), ("delimiter", Some(",")) | ("quoteChar", Some("\"")));
        match character(value).filter(char::is_ascii) {
            _ if is_usual => {}
            Some(sign) if ours == "escape" && sign != '\\' => {
                table.remarks.unsaid(format!("escapeChar `{sign}`"), "only `\\` escapes here");
            }
            Some(sign) => table.set(ours, quoted(&sign.to_string()), ""),
            None => {
                let what = format!("{theirs} `{}`", shown(value));
                table.remarks.unsaid(what, "it must be one ASCII character");
            }
        }
    }
    if members.get("doubleQuote").and_then(truth) == Some(false)
        && members.get("escapeChar").is_none()
    {
        table.remarks.unsaid("doubleQuote false", "two quotes in quotes are read as one");
    }
    if members.get("skipInitialSpace").and_then(truth) == Some(true) {
        table.set("trim", "true", "");
        let why = "white space is taken off at both ends of a cell here";
        table.remarks.unsaid("skipInitialSpace true", why);
    }
    if let Some(value) = members.text("nullSequence") {
        table.null = Some(value.to_string()).filter(|null| !null.is_empty());
        table.missing = table.null.is_some().then(|| table.with_null(vec![String::new()]));
    }
    if members.get("caseSensitiveHeader").and_then(truth) == Some(false) {
        table
            .remarks
            .unsaid("caseSensitiveHeader false", "names of columns are as they are written");
    }
}

fn sheet(members: &mut Members<'_>, table: &mut Table) {
    if let Some(sheet) = members.text("sheet") {
        match sheet.parse::<u32>() {
            Ok(1) => {}
            Ok(_) => {
                table.remarks.unsaid(format!("sheet {sheet}"), "a sheet is called by its name")
            }
            Err(_) => table.set("at", quoted(sheet), ""),
        }
    }
}
