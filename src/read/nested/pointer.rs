//! Where the rows of a nested document are: a JSON pointer in which `*` stands for each element.

use std::sync::Arc;

/// One step into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Each element of an array, or each value of an object.
    Each,
    /// The member of an object with this name, or the element of an array with this number.
    Named(String),
}

/// The way from the root of a document to its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pointer {
    pub segments: Vec<Segment>,
    /// Whether the elements of an array that it leads to are the rows, and not the array.
    pub opens: bool,
}

impl Pointer {
    /// Each element of the root.
    pub fn elements() -> Pointer {
        Pointer { segments: vec![Segment::Each], opens: false }
    }

    /// The root, or each element of it where it is an array.
    pub fn root() -> Pointer {
        Pointer { segments: Vec::new(), opens: true }
    }

    /// Reads `/orders/*/lines/*`; `~1` is a slash in a name, `~0` a tilde, and a name that is an
    /// asterisk is written `~2`. None where it does not begin with a slash; nothing is the root.
    pub fn parse(text: &str) -> Option<Pointer> {
        let Some(steps) = text.strip_prefix('/') else {
            return text.is_empty().then(Pointer::root);
        };
        let segment = |step: &str| match step {
            "*" => Segment::Each,
            name => {
                let name = name.replace("~2", "*").replace("~1", "/").replace("~0", "~");
                Segment::Named(name)
            }
        };
        let segments: Vec<Segment> = steps.split('/').map(segment).collect();
        let opens = segments.last() != Some(&Segment::Each);
        Some(Pointer { segments, opens })
    }

    /// The steps by name, the last first: each leaves an object, whose other members belong to all
    /// rows below.
    pub fn levels(&self) -> Vec<usize> {
        let is_named = |at: &usize| matches!(self.segments.get(*at), Some(Segment::Named(_)));
        (0..self.segments.len()).rev().filter(is_named).collect()
    }
}

/// What stands before the columns of an enclosing element, so many levels up.
pub fn above(levels: usize) -> String {
    "parent/".repeat(levels)
}

/// A name as a step of a pointer.
pub fn step(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Likewise in a pointer to rows, where an asterisk alone stands for each element.
pub fn step_to_rows(name: &str) -> String {
    if name == "*" { "/~2".to_string() } else { step(name) }
}

/// Where a value stands in a document: what stands in one container shares the way to it.
#[derive(Debug)]
pub struct Way {
    above: Option<Arc<Way>>,
    name: Arc<str>,
}

impl Way {
    /// One step further, to an element of an array or a member of an object.
    pub fn further(above: &Option<Arc<Way>>, name: Arc<str>) -> Option<Arc<Way>> {
        Some(Arc::new(Way { above: above.clone(), name }))
    }

    /// As a JSON pointer.
    pub fn pointer(way: Option<&Way>) -> String {
        let mut steps = Vec::new();
        let mut own = way;
        while let Some(way) = own {
            steps.push(step(&way.name));
            own = way.above.as_deref();
        }
        steps.into_iter().rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_read() {
        let named = |name: &str| Segment::Named(name.into());
        let cases = [
            ("", Some(vec![])),
            ("/*", Some(vec![Segment::Each])),
            ("/a b/*", Some(vec![named("a b"), Segment::Each])),
            ("/km~1h/0/~0~2", Some(vec![named("km/h"), named("0"), named("~*")])),
            ("/", Some(vec![named("")])),
            ("orders/*", None),
        ];
        for (text, segments) in cases {
            assert_eq!(Pointer::parse(text).map(|p| p.segments), segments, "{text}");
        }
        let nested = Pointer::parse("/a/*/b/*").expect("a pointer");
        assert_eq!(nested.levels(), [2, 0]);
        assert_eq!(step("km/h~"), "/km~1h~0");
        for name in ["*", "a*", "~2", "km/h"] {
            let read = Pointer::parse(&step_to_rows(name)).map(|p| p.segments);
            assert_eq!(read, Some(vec![named(name)]), "{name}");
        }
    }
}
