//! To be written.
pub struct Reading; pub struct NumberFormat; pub struct Unread;
