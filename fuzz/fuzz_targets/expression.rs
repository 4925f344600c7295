//! Any text is read as an expression or refused; what is read is printed and reads back the same.
#![no_main]

use crossfoot::expr::parse::{parse_expr, parse_order, parse_unit};
use crossfoot::expr::print::print;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (tree, errors) = parse_expr(text);
    for e in &errors {
        assert!(e.span.start <= e.span.end && e.span.end <= text.len(), "{e:?}");
    }
    if errors.is_empty() {
        let once = print(&tree);
        let (again, errors) = parse_expr(&once);
        assert!(errors.is_empty(), "{once}: {errors:?}");
        assert_eq!(print(&again), once);
    }
    parse_unit(text);
    parse_order(text);
});
