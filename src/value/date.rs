//! To be written.
#[derive(Debug,Clone,Copy,PartialEq,Eq)] pub struct Days; pub struct DateFormat; pub struct Civil;
