//! How far a run is, on a terminal; and Ctrl-C.

#![expect(clippy::float_arithmetic, reason = "a rate for the eye")]

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossfoot::source::Watcher;

use super::output;
use super::status::{INCOMPLETE, INTERRUPTED};

/// Nothing is shown of runs that are shorter.
const PATIENCE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(100);

/// The run at hand, which Ctrl-C is for; none where the program waits for files to change.
static RUN: Mutex<Option<Arc<Counts>>> = Mutex::new(None);

/// Counts what a run reports, and how often it is asked to stop.
#[derive(Debug, Default)]
struct Counts {
    /// Bytes, or findings once reading is over.
    total: AtomicU64,
    done: AtomicU64,
    /// Whether files are open and the passes have begun: a run can then end in order.
    is_running: AtomicBool,
    is_writing: AtomicBool,
    stops: AtomicU32,
    /// The source that is being asked, and since when.
    asked: Mutex<Option<(String, Instant)>>,
    /// Whether the terminal shows a line; whoever draws holds it.
    line: Mutex<Line>,
}

#[derive(Debug, Default)]
struct Line {
    is_shown: bool,
    /// Findings go to the terminal, too: nothing may come between them.
    is_closed: bool,
}

impl Watcher for Counts {
    fn asks(&self, source: &str) {
        *self.asked() = Some((source.to_string(), Instant::now()));
    }

    fn answered(&self) {
        *self.asked() = None;
    }

    fn will_read(&self, bytes: u64) {
        self.total.store(bytes, Relaxed);
        self.is_running.store(true, Relaxed);
    }

    fn read(&self, bytes: u64) {
        self.done.fetch_add(bytes, Relaxed);
    }

    fn will_write(&self, findings: u64) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.clear();
        line.is_closed = output::stdout_is_terminal();
        self.is_writing.store(true, Relaxed);
        self.total.store(findings, Relaxed);
        self.done.store(0, Relaxed);
    }

    fn wrote(&self, findings: u64) {
        self.done.fetch_add(findings, Relaxed);
    }

    fn stops(&self) -> u32 {
        self.stops.load(Relaxed)
    }
}

impl Line {
    fn show(&mut self, text: &str) {
        if !self.is_closed {
            output::report(&format!("\r\u{1b}[K{text}"));
            self.is_shown = true;
        }
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            output::report("\r\u{1b}[K");
        }
    }
}

impl Counts {
    fn asked(&self) -> MutexGuard<'_, Option<(String, Instant)>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ctrl-C. The first one stops reading, the second one writing; where neither can be waited
    /// for, the program ends at once.
    #[allow(clippy::exit)]
    fn stop(&self) {
        let before = self.stops.fetch_add(1, Relaxed);
        let is_lost = match self.asked().is_some() {
            // A driver that cannot stop is not waited for twice.
            true => before > 0,
            false => !self.is_running.load(Relaxed),
        };
        if before > 1 || is_lost {
            output::abandon();
            std::process::exit(INCOMPLETE.into());
        }
    }

    fn draw(&self, since: Duration) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((source, since)) = &*self.asked() {
            line.show(&format!("waiting for {source}: {} s", since.elapsed().as_secs()));
            return;
        }
        let (done, total) = (self.done.load(Relaxed), self.total.load(Relaxed));
        match self.is_writing.load(Relaxed) {
            true => line.show(&format!("writing findings: {done} of {total}")),
            false => line.show(&reading(done.min(total), total, since)),
        }
    }
}

/// Bytes, rate and time left.
fn reading(done: u64, total: u64, since: Duration) -> String {
    let rate = done as f64 / since.as_secs_f64().max(0.001);
    let millis = (u128::from(total - done) * since.as_millis()).checked_div(done.into());
    let left = match millis.map(|m| u64::try_from(m.div_ceil(1000))) {
        Some(Ok(seconds)) => format!(", {}", left(seconds)),
        _ => String::new(),
    };
    format!("reading: {} of {}, {}/s{left}", size(done as f64), size(total as f64), size(rate))
}

fn left(seconds: u64) -> String {
    match seconds {
        0..=99 => format!("{seconds} s left"),
        100..=5_999 => format!("{} min left", seconds.div_ceil(60)),
        _ => format!("{} h left", seconds.div_ceil(3_600)),
    }
}

fn size(bytes: f64) -> String {
    let units = ["B", "kB", "MB", "GB"];
    let at = (0..3).find(|&n| bytes < 1000f64.powi(n + 1)).unwrap_or(3);
    let shown = bytes / 1000f64.powi(at);
    if at == 0 || shown >= 99.5 {
        format!("{shown:.0} {}", units[at as usize])
    } else {
        format!("{shown:.1} {}", units[at as usize])
    }
}

/// Ctrl-C.
#[allow(clippy::exit)]
fn stop() {
    let run = RUN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match run {
        Some(counts) => counts.stop(),
        None => std::process::exit(INTERRUPTED.into()),
    }
}

fn set_run(run: Option<Arc<Counts>>) -> Option<Arc<Counts>> {
    std::mem::replace(&mut *RUN.lock().unwrap_or_else(PoisonError::into_inner), run)
}

/// No run is at hand any more: Ctrl-C ends the program. Whether it was asked for in the last one.
pub fn wait() -> bool {
    set_run(None).is_some_and(|counts| counts.stops.load(Relaxed) > 0)
}

/// Shows how far the run is until it is dropped.
pub struct Progress {
    counts: Arc<Counts>,
    ticker: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins; draws only where standard error is a terminal and `draws` says so.
    pub fn start(draws: bool) -> Progress {
        let counts = Arc::new(Counts::default());
        set_run(Some(Arc::clone(&counts)));
        // Without a handler the system ends the program, which is what Ctrl-C asked for.
        let _ = ctrlc::set_handler(stop);
        let ticker = (draws && io::stderr().is_terminal()).then(|| {
            let (sender, receiver) = channel();
            let counts = Arc::clone(&counts);
            let draw = move || {
                let start = Instant::now();
                while receiver.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    if start.elapsed() > PATIENCE {
                        counts.draw(start.elapsed());
                    }
                }
                counts.line.lock().unwrap_or_else(PoisonError::into_inner).clear();
            };
            (sender, std::thread::spawn(draw))
        });
        Progress { counts, ticker }
    }

    /// Where the run reports its progress.
    pub fn watcher(&self) -> Arc<dyn Watcher> {
        self.counts.clone()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.ticker.take() {
            drop(sender);
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_shown_in_round_figures() {
        let told = reading(1_234_000_000, 10_000_000_000, Duration::from_secs(1));
        assert_eq!(told, "reading: 1.2 GB of 10.0 GB, 1.2 GB/s, 8 s left");
        assert_eq!(reading(0, 512, Duration::from_secs(1)), "reading: 0 B of 512 B, 0 B/s");
        assert_eq!(
            reading(1_500, 900_000_000, Duration::from_secs(10)),
            "reading: 1.5 kB of 900 MB, 150 B/s, 1667 h left"
        );
        assert_eq!((left(200), left(99)), ("4 min left".to_string(), "99 s left".to_string()));
    }
}
