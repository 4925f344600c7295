//! Records that all disagree with the header in the same way.

/// How many records a file has, and how many have the wrong number of fields that the first such has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uneven {
    /// All records, rows and others.
    pub records: u64,
    /// How many fields the first ragged one has.
    pub fields: u32,
    /// Ragged ones with as many.
    pub alike: u64,
    /// The byte that all of these end with.
    pub last: Option<u8>,
}

impl Uneven {
    /// Adds records that follow.
    pub fn add(&mut self, more: Uneven) {
        self.records += more.records;
        if self.alike == 0 {
            (self.fields, self.last) = (more.fields, more.last);
        }
        if self.fields == more.fields && more.alike > 0 {
            self.last = self.last.filter(|last| more.last == Some(*last));
            self.alike += more.alike;
        }
    }

    /// Whether several records, and no others, are ragged in the same way.
    pub fn is_of_all(&self) -> bool {
        self.alike > 1 && self.alike == self.records
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_record_of_another_kind_makes_a_difference() {
        let four = |n| Uneven { records: n, fields: 4, alike: n, last: Some(b',') };
        let of = |all: &[Uneven]| {
            all.iter().fold(Uneven::default(), |mut sum, more| {
                sum.add(*more);
                sum
            })
        };
        let row = Uneven { records: 1, ..Uneven::default() };
        let five = Uneven { records: 1, fields: 5, alike: 1, last: None };
        assert_eq!(of(&[four(1), row, four(3)]).last, Some(b','));
        assert_eq!(of(&[four(1), Uneven { last: Some(b'x'), ..four(1) }]).last, None);
        assert!(of(&[Uneven::default(), four(1), four(3)]).is_of_all());
        assert!(!of(&[four(1)]).is_of_all());
        assert!(!of(&[four(3), row]).is_of_all());
        assert!(!of(&[row, four(3)]).is_of_all());
        assert!(!of(&[four(3), five]).is_of_all());
        assert!(!of(&[five, four(3)]).is_of_all());
    }
}
