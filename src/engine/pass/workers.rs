//! A stage on all cores: workers process chunks, and their results are committed in the order of the
//! file.
//!
//! A worker guesses where its chunk begins. The commit knows where it must: a result that
//! began at the wrong place is thrown away, and the chunk is walked again from there.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard};

use crate::engine::data::job::{Chunk, ScanError};
use crate::engine::pass::chunk::ChunkResult;
use crate::engine::pass::commit::Commit;
use crate::engine::pass::program::Program;
use crate::engine::pass::scan::chunks;
use crate::engine::pass::worker::Worker;
use crate::engine::states::env::Filled;

/// Carries out a stage; what was read before an error is there all the same.
pub fn carry_out<'p>(
    program: &'p Program<'p>,
    states: Vec<Filled>,
    jobs: usize,
) -> (Commit<'p>, Option<ScanError>) {
    let all = chunks(program.table, program.job.sizes);
    let commit = Commit::new(program, states);
    let jobs = if program.serial { 1 } else { jobs.min(all.len()) };
    let (mut commit, error) = if jobs < 2 {
        in_order(program, commit, &all)
    } else {
        with_guesses(program, commit, &all, jobs)
    };
    let finished = commit.finish();
    (commit, error.or(finished.err()))
}

fn in_order<'p>(
    program: &Program<'_>,
    mut commit: Commit<'p>,
    all: &[Chunk],
) -> (Commit<'p>, Option<ScanError>) {
    let mut worker = Worker::new(program, 0);
    for &chunk in all {
        if let Err(error) = process_from(program, &mut commit, &mut worker, chunk) {
            return (commit, Some(error));
        }
    }
    (commit, None)
}

/// Walks a chunk from where the one before it ended, and commits it.
fn process_from(
    program: &Program<'_>,
    commit: &mut Commit<'_>,
    worker: &mut Worker,
    chunk: Chunk,
) -> Result<(), ScanError> {
    let start = commit.next(chunk);
    if start.0 >= chunk.to && chunk.to > 0 {
        return Ok(());
    }
    let mut result = worker.carry_out(program, chunk, Some(start));
    let error = result.error.take();
    commit.fits(chunk, &mut result);
    let taken = commit.take(result, false).and_then(|()| worker.spill(program, chunk));
    error.map_or(taken, Err)
}

/// What workers share.
struct CommitQueue<'p> {
    commit: Commit<'p>,
    pending: BTreeMap<usize, ChunkResult>,
    /// The chunk that is taken next, and how many are committed.
    next: usize,
    committed: usize,
    error: Option<ScanError>,
}

fn with_guesses<'p>(
    program: &Program<'p>,
    commit: Commit<'p>,
    all: &[Chunk],
    jobs: usize,
) -> (Commit<'p>, Option<ScanError>) {
    let queue = Mutex::new(CommitQueue {
        commit,
        pending: BTreeMap::new(),
        next: 0,
        committed: 0,
        error: None,
    });
    let moved = Condvar::new();
    std::thread::scope(|scope| {
        for worker in 1..jobs {
            let (queue, moved) = (&queue, &moved);
            scope.spawn(move || work(program, all, (worker, jobs), queue, moved));
        }
        work(program, all, (0, jobs), &queue, &moved);
    });
    let queue = queue.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    (queue.commit, queue.error)
}

fn lock<'l, 'p>(queue: &'l Mutex<CommitQueue<'p>>) -> MutexGuard<'l, CommitQueue<'p>> {
    queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn work(
    program: &Program<'_>,
    all: &[Chunk],
    (worker, jobs): (usize, usize),
    queue: &Mutex<CommitQueue<'_>>,
    moved: &Condvar,
) {
    let mut worker = Worker::new(program, worker);
    while let Some(k) = next_chunk(queue, moved, all.len(), 2 * jobs) {
        let result = worker.carry_out(program, all[k], None);
        let mut queue = lock(queue);
        queue.pending.insert(k, result);
        commit_all(program, all, &mut worker, &mut queue);
        drop(queue);
        moved.notify_all();
    }
}

/// The next chunk to walk; no more than `ahead` wait for their commit at once.
fn next_chunk(
    queue: &Mutex<CommitQueue<'_>>,
    moved: &Condvar,
    count: usize,
    ahead: usize,
) -> Option<usize> {
    let mut queue = lock(queue);
    while queue.error.is_none() && queue.next < count && queue.next >= queue.committed + ahead {
        queue = moved.wait(queue).unwrap_or_else(std::sync::PoisonError::into_inner);
    }
    if queue.error.is_some() || queue.next >= count {
        return None;
    }
    queue.next += 1;
    Some(queue.next - 1)
}

/// Commits what is there and next.
fn commit_all(
    program: &Program<'_>,
    all: &[Chunk],
    worker: &mut Worker,
    queue: &mut CommitQueue<'_>,
) {
    while queue.error.is_none()
        && let Some(mut result) = queue.pending.remove(&queue.committed)
    {
        let chunk = all[queue.committed];
        queue.committed += 1;
        // From a wrong start a record may look too long: only an error from the right one counts.
        if queue.commit.fits(chunk, &mut result) && result.error.is_none() {
            queue.error = queue.commit.take(result, true).err();
        } else {
            queue.error = process_from(program, &mut queue.commit, worker, chunk).err();
        }
    }
}
