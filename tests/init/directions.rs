//! What `init` reads of single sentences, and proposes of them.

use std::sync::Arc;

use crossfoot::Request;
use crossfoot::api::{InitRequest, init};
use crossfoot::files::tree::Memory;

fn proposed(text: &str) -> String {
    let mut tree = Memory::default();
    tree.insert("a.md", format!("{text}\n").into_bytes());
    let request = Request { tree: Some(Arc::new(tree)), ..Request::default() };
    init(&request, &InitRequest { files: vec!["a.md".into()], output: None }).expect("rules").text
}

#[test]
fn a_figure_keeps_the_full_stop_that_ends_the_text() {
    for (text, pattern, assert) in [
        (
            "Der Umsatz stieg um 20,0 Prozent von 12,50 auf 15,00 Mrd.",
            "auf {now:number}'",
            "= change(",
        ),
        (
            "Sprzedaż wzrosła z 12 500 do 15 000 sztuk, czyli o 20 proc.",
            "czyli o {share:percent}'",
            "= change(",
        ),
        ("# Umsatz\n\nEr stieg auf 15,00 Mrd.\n\n# Gewinn\n", "stieg auf {", ""),
        ("Sales rose by 20.0 percent, from 12.50 to 15.00 bn.", "to {now:number}'", "= change("),
    ] {
        let rules = proposed(text);
        assert!(rules.contains(pattern) && rules.contains(assert), "{text}\n{rules}");
    }
}
