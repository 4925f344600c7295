//! Work that falls into independent pieces, on all cores.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `count` pieces of work that do not depend on each other, one worker for each worker; the
/// results are in order.
pub fn in_parallel<D: Send, T: Send>(
    workers: &mut [D],
    count: usize,
    work: &(dyn Fn(&mut D, usize) -> T + Sync),
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Vec::with_capacity(count));
    let one = |worker: &mut D| {
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= count {
                break;
            }
            let result = work(worker, n);
            all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((n, result));
        }
    };
    let Some((own, others)) = workers.split_first_mut() else { return Vec::new() };
    std::thread::scope(|scope| {
        others
            .iter_mut()
            .take(count.saturating_sub(1))
            .for_each(|worker| drop(scope.spawn(|| one(worker))));
        one(own);
    });
    let mut all = all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    all.sort_unstable_by_key(|r| r.0);
    all.into_iter().map(|r| r.1).collect()
}
