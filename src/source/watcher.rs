//! Who waits for a run.

/// Whoever waits for a run: learns how far it is, and may ask it to stop.
pub trait Watcher: Send + Sync + std::fmt::Debug {
    /// A source is asked, which may take long and can be stopped.
    fn asks(&self, _source: &str) {}
    /// It has answered.
    fn answered(&self) {}
    /// The passes over the data read so many bytes in all.
    fn will_read(&self, _bytes: u64) {}
    /// So many bytes more have been read.
    fn read(&self, _bytes: u64) {}
    /// Reading is over; so many findings are to be written.
    fn will_write(&self, _findings: u64) {}
    /// So many findings more have been written.
    fn wrote(&self, _findings: u64) {}
    /// How often it has been asked to stop.
    fn stops(&self) -> u32 {
        0
    }
}

/// Nobody waits.
impl Watcher for () {}
