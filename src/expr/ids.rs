//! Numbers of tables, columns, checks and assertions, each a type of its own.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u32);

        impl $name {
            /// The id of the item at `index`; there are never so many that 32 bits do not hold them.
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
            /// The place of the item in its list.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A check of the run.
    CheckId
);
id!(
    /// An assertion of a check.
    AssertionId
);
id!(
    /// A column of a table.
    ColumnId
);
