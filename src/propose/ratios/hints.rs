//! What names say of how figures are made.

use crate::propose::column::Column;
use crate::propose::names::words;
use crate::value::Type;

fn has(name: &str, of: &[&str]) -> bool {
    words(name).iter().any(|word| of.contains(&word.as_str()))
}

/// Words that say that figures are divided by others.
const RATIOS: [&str; 64] = [
    "share",
    "shares",
    "rate",
    "percent",
    "percentage",
    "pct",
    "perc",
    "proportion",
    "quota",
    "quote",
    "anteil",
    "anteile",
    "part",
    "per",
    "pro",
    "par",
    "por",
    "je",
    "ratio",
    "average",
    "avg",
    "mean",
    "durchschnitt",
    "mittel",
    "moyenne",
    "media",
    "promedio",
    "index",
    "turnout",
    "beteiligung",
    "wahlbeteiligung",
    "density",
    "dichte",
    "densité",
    "densidad",
    "margin",
    "marge",
    "yield",
    "coverage",
    "taux",
    "tasa",
    "porcentaje",
    "pourcentage",
    "prozent",
    "rendement",
    "occupancy",
    "auslastung",
    "intensity",
    "productivity",
    "price",
    "preis",
    "prix",
    "precio",
    "speed",
    "cost",
    "unit",
    "efficiency",
    "utilisation",
    "utilization",
    "arbeitslosenquote",
    "growth",
    "participation",
    "ctr",
    "roi",
];

/// Whether a column is called a share, a rate, or any other figure that others are divided for.
pub fn is_ratio(column: &Column) -> bool {
    let name = column.name();
    let last = words(name).last().cloned().unwrap_or_default();
    let ends = ["quote", "anteil", "dichte", "rate", "prozent", "beteiligung", "schnitt"];
    column.ty == Type::Percent
        || has(name, &RATIOS)
        || name.contains(['%', '‰', '/', 'Ø'])
        || ends.iter().any(|end| last.ends_with(end))
        || is_change(column)
}

/// Whether a column is called a change.
pub fn is_change(column: &Column) -> bool {
    const WORDS: [&str; 24] = [
        "change",
        "changes",
        "chg",
        "diff",
        "difference",
        "differenz",
        "veränderung",
        "variation",
        "variación",
        "evolution",
        "évolution",
        "growth",
        "wachstum",
        "delta",
        "increase",
        "decrease",
        "yoy",
        "qoq",
        "mom",
        "zuwachs",
        "croissance",
        "crecimiento",
        "inflation",
        "trend",
    ];
    column.ty == Type::Percent || has(column.name(), &WORDS) || column.name().contains('%')
}

/// Whether a column is called a mean.
pub fn is_mean(column: &Column) -> bool {
    const WORDS: [&str; 7] = ["average", "avg", "mean", "schnitt", "mittel", "moyenne", "promedio"];
    let name = column.name().to_lowercase();
    WORDS.iter().any(|word| name.contains(word)) || has(&name, &["media", "gpa"])
}

/// Whether a column is called what a number of things comes to.
pub fn is_amount(column: &Column) -> bool {
    const WORDS: [&str; 36] = [
        "amount", "value", "total", "sum", "cost", "costs", "pay", "price", "gross", "net",
        "revenue", "sales", "turnover", "betrag", "wert", "summe", "gesamt", "umsatz", "preis",
        "lohn", "montant", "valeur", "importe", "valor", "volume", "area", "extended", "charge",
        "fee", "tax", "vat", "mwst", "tva", "iva", "wages", "earnings",
    ];
    has(column.name(), &WORDS)
}
