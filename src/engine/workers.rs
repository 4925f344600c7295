//! A stage on all cores: workers take stretches, parts are committed in the order of the file.
//!
//! A worker guesses where its stretch begins. The commit knows where it must: a part that began at
//! the wrong place is thrown away, and the stretch is walked again from there.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

use super::commit::Commit;
use super::env::Filled;
use super::pass::{Desk, Part, Program};
use super::scan::{ScanError, Stretch, stretches};

/// Carries out a stage; what was read before an error is there all the same.
pub fn carry_out<'p>(program: &'p Program<'p>, states: Vec<Filled>, jobs: usize) -> (Commit<'p>, Option<ScanError>) {
    let all = stretches(program.table, program.job.sizes);
    let commit = Commit::new(program, states);
    let jobs = if program.serial { 1 } else { jobs.min(all.len()) };
    let (mut commit, error) = if jobs < 2 { in_order(program, commit, &all) } else { with_guesses(program, commit, &all, jobs) };
    let finished = commit.finish();
    (commit, error.or(finished.err()))
}

fn in_order<'p>(program: &Program<'_>, mut commit: Commit<'p>, all: &[Stretch]) -> (Commit<'p>, Option<ScanError>) {
    let mut desk = Desk::new(program, 0);
    for &stretch in all {
        if let Err(error) = known(program, &mut commit, &mut desk, stretch) {
            return (commit, Some(error));
        }
    }
    (commit, None)
}

/// Walks a stretch from where it is known to begin, and commits it.
fn known(program: &Program<'_>, commit: &mut Commit<'_>, desk: &mut Desk, stretch: Stretch) -> Result<(), ScanError> {
    let start = commit.next(stretch);
    if start.0 >= stretch.to && stretch.to > 0 {
        return Ok(());
    }
    let mut part = desk.carry_out(program, stretch, Some(start));
    let error = part.error.take();
    commit.fits(stretch, &mut part);
    let taken = commit.take(part, false).and_then(|()| desk.spill(program, stretch));
    error.map_or(taken, Err)
}

/// What workers share.
struct Line<'p> {
    commit: Commit<'p>,
    pending: BTreeMap<usize, Part>,
    /// The stretch that is taken next, and how many are committed.
    next: usize,
    committed: usize,
    error: Option<ScanError>,
}

fn with_guesses<'p>(program: &Program<'p>, commit: Commit<'p>, all: &[Stretch], jobs: usize) -> (Commit<'p>, Option<ScanError>) {
    let line = Mutex::new(Line { commit, pending: BTreeMap::new(), next: 0, committed: 0, error: None });
    let moved = Condvar::new();
    std::thread::scope(|scope| {
        for worker in 1..jobs {
            let (line, moved) = (&line, &moved);
            scope.spawn(move || work(program, all, (worker, jobs), line, moved));
        }
        work(program, all, (0, jobs), &line, &moved);
    });
    let line = line.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    (line.commit, line.error)
}

fn lock<'l, 'p>(line: &'l Mutex<Line<'p>>) -> MutexGuard<'l, Line<'p>> {
    line.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn work(program: &Program<'_>, all: &[Stretch], (worker, jobs): (usize, usize), line: &Mutex<Line<'_>>, moved: &Condvar) {
    let mut desk = Desk::new(program, worker);
    while let Some(k) = take(line, moved, all.len(), 2 * jobs) {
        let part = desk.carry_out(program, all[k], None);
        let mut line = lock(line);
        line.pending.insert(k, part);
        commit_all(program, all, &mut desk, &mut line);
        drop(line);
        moved.notify_all();
    }
}

/// The next stretch to walk; no more than `ahead` are on their way at once.
fn take(line: &Mutex<Line<'_>>, moved: &Condvar, count: usize, ahead: usize) -> Option<usize> {
    let mut line = lock(line);
    while line.error.is_none() && line.next < count && line.next >= line.committed + ahead {
        line = moved.wait(line).unwrap_or_else(std::sync::PoisonError::into_inner);
    }
    if line.error.is_some() || line.next >= count {
        return None;
    }
    line.next += 1;
    Some(line.next - 1)
}

/// Commits what is there and next.
fn commit_all(program: &Program<'_>, all: &[Stretch], desk: &mut Desk, line: &mut Line<'_>) {
    while line.error.is_none()
        && let Some(mut part) = line.pending.remove(&line.committed)
    {
        let stretch = all[line.committed];
        line.committed += 1;
        // A wrong start may see a record that is too long; the right one tells.
        if line.commit.fits(stretch, &mut part) && part.error.is_none() {
            line.error = line.commit.take(part, true).err();
        } else {
            line.error = known(program, &mut line.commit, desk, stretch).err();
        }
    }
}

/// Does `count` pieces of work that do not depend on each other, one worker for each desk; the
/// results are in order.
pub fn in_parallel<D: Send, T: Send>(desks: &mut [D], count: usize, work: &(dyn Fn(&mut D, usize) -> T + Sync)) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Vec::with_capacity(count));
    let one = |desk: &mut D| {
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= count {
                break;
            }
            let result = work(desk, n);
            all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((n, result));
        }
    };
    let Some((own, others)) = desks.split_first_mut() else { return Vec::new() };
    std::thread::scope(|scope| {
        others.iter_mut().take(count.saturating_sub(1)).for_each(|desk| drop(scope.spawn(|| one(desk))));
        one(own);
    });
    let mut all = all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    all.sort_unstable_by_key(|r| r.0);
    all.into_iter().map(|r| r.1).collect()
}
