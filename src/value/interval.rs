//! To be written.
#[derive(Debug,Clone,PartialEq)] pub struct Interval;
