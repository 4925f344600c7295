//! Paths as they are shown and compared.

/// A path as it is shown: with `/`, without `./`.
pub fn shown(path: &str) -> String {
    if path == "-" {
        return "<stdin>".into();
    }
    let path = portable(path);
    path.strip_prefix("./").unwrap_or(&path).to_string()
}

/// A path with `/` between its parts, whatever the system writes there.
pub fn portable(path: &str) -> String {
    with_slashes(path, std::path::MAIN_SEPARATOR)
}

fn with_slashes(path: &str, separator: char) -> String {
    path.replace(separator, "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_with_slashes() {
        assert_eq!(with_slashes("data\\a.csv", '\\'), "data/a.csv");
        assert_eq!(with_slashes("data\\a.csv", '/'), "data\\a.csv");
        assert_eq!((shown("./a.csv"), shown("-")), ("a.csv".into(), "<stdin>".into()));
    }
}
