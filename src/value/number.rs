//! To be written.
#[derive(Debug,Clone,PartialEq,Eq,Hash,PartialOrd,Ord,Default)] pub struct Number;
