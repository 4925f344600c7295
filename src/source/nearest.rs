//! The name that somebody may have meant.

use rapidfuzz::distance::osa;

/// The candidate nearest to `name` in spelling, if one is near enough to propose.
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    near(name, candidates).min().map(|(_, c)| c)
}

/// The same among candidates that stand in the order of how likely each is meant.
pub fn nearest_of<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    near(name, candidates).min_by_key(|near| near.0).map(|(_, c)| c)
}

/// The candidates that are near enough, and how far each is.
fn near<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> impl Iterator<Item = (usize, &'a str)> {
    let lower = |text: &'_ str| text.chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    let (spelling, own) = (osa::BatchComparator::new(lower(name)), Letters::of(name));
    let distance = move |candidate: &'a str| {
        let count = candidate.chars().count();
        let limit = 1 + own.count.min(count) / 4;
        // A letter is near none but itself.
        if own.count.max(count) == 1 && lower(candidate) != lower(name) {
            return None;
        }
        if own.distance_at_least(Letters::of(candidate)) > limit {
            return None;
        }
        let near = osa::Args::default().score_cutoff(limit);
        let distance = if candidate.is_ascii() {
            spelling.distance_with_args(
                candidate.bytes().map(|b| char::from(b.to_ascii_lowercase())),
                &near,
            )
        } else {
            spelling.distance_with_args(lower(candidate), &near)
        };
        Some((distance?, candidate))
    };
    candidates.into_iter().filter_map(distance)
}

/// A question whether another name was meant; where the two look alike, what differs.
pub fn meant(name: &str, near: &str) -> String {
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
    };
    let other = near.chars().find(|c| c.is_whitespace() && *c != ' ' && !c.is_control());
    match other.filter(|_| plain(name) == plain(near)) {
        Some(space) => {
            let (what, code) = match space {
                '\u{a0}' | '\u{202f}' => ("a no-break space", u32::from(space)),
                other => ("another space", u32::from(other)),
            };
            format!("did you mean `{near}`? It has {what} (U+{code:04X}) where this has a space")
        }
        None => format!("did you mean `{near}`?"),
    }
}

/// How many letters a name has, and which; a bit may stand for several letters.
#[derive(Clone, Copy)]
struct Letters {
    count: usize,
    set: u64,
}

impl Letters {
    fn of(name: &str) -> Letters {
        let add = |l: Letters, letter: u32| Letters {
            count: l.count + 1,
            set: l.set | 1 << (letter % 64),
        };
        let none = Letters { count: 0, set: 0 };
        if name.is_ascii() {
            return name.bytes().map(|b| u32::from(b.to_ascii_lowercase())).fold(none, add);
        }
        name.chars().flat_map(char::to_lowercase).map(u32::from).fold(none, add)
    }

    /// An edit makes a name longer by one at most, and puts in or takes out one letter at most.
    fn distance_at_least(self, other: Letters) -> usize {
        let (gone, new) =
            ((self.set & !other.set).count_ones(), (other.set & !self.set).count_ones());
        self.count.abs_diff(other.count).max(gone as usize).max(new as usize)
    }
}
