//! The threads that look at pictures, the same from start to end.
//!
//! glibc gives every thread a heap, and hands the heap of a thread that ended to the next that begins. The heap of
//! a thread that loaded a network is nearly full of weights: each large buffer there maps pages and gives them back
//! at once, 23 000 page faults in one verification. These threads begin before any network is loaded, so theirs
//! hold pixels only.

use crate::runtime::EngineError;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// A fixed number of threads. Whoever waits for them on one of them does other work meanwhile.
pub(crate) struct Workers {
    pool: ThreadPool,
    /// Held by what must not happen twice at the same time.
    turn: Mutex<()>,
}

impl Workers {
    /// Starts this many, at least one; to be called before networks are loaded.
    pub(crate) fn start(threads: usize) -> Result<Self, EngineError> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .thread_name(|n| format!("pictures-{n}"))
            .build()
            .map_err(|error| EngineError::Threads(error.to_string()))?;
        // A thread has its heap from its first buffer on.
        pool.broadcast(|_| drop(std::hint::black_box(Vec::<u8>::with_capacity(1024))));
        Ok(Self { pool, turn: Mutex::new(()) })
    }

    /// One after the other, whoever asks. On a thread of its own: one of ours that waits under the lock, for an engine
    /// with threads of its own, would be given other work, which may want the same lock. For the same reason the work
    /// asks none of ours for help: all may be waiting for it.
    pub(crate) fn one_at_a_time<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        thread::scope(|scope| scope.spawn(work).join()).unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Both, side by side if there are two threads.
    pub(crate) fn both<A: Send, B: Send>(
        &self,
        first: impl FnOnce() -> A + Send,
        second: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        self.pool.join(first, second)
    }

    /// The same work on up to this many threads, at least one; answers in no order.
    pub(crate) fn share<T: Send, E: Send>(
        &self,
        most: usize,
        work: impl Fn() -> Result<T, E> + Sync + Send,
    ) -> Result<Vec<T>, E> {
        let threads = most.clamp(1, self.pool.current_num_threads());
        self.pool.install(|| (0..threads).into_par_iter().map(|_| work()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn two_threads_work_side_by_side() {
        let workers = Workers::start(2).unwrap();
        // Neither gets past it alone.
        let meeting = Barrier::new(2);
        let (first, second) = workers.both(
            || (meeting.wait(), thread::current().id()).1,
            || (meeting.wait(), thread::current().id()).1,
        );
        assert_ne!(first, second);
        let ids = workers.share(9, || Ok::<_, ()>((meeting.wait(), thread::current().id()).1)).unwrap();
        assert_eq!(ids.len(), 2);
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn what_is_done_one_at_a_time_may_itself_wait_for_others() {
        for threads in [1, 2] {
            let workers = Workers::start(threads).unwrap();
            // As an engine with threads of its own: whoever waits for it takes up other work meanwhile.
            let engine = Workers::start(1).unwrap();
            let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let alone = || {
                workers.one_at_a_time(|| {
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    engine.share(1, || Ok::<_, ()>(thread::current().id())).unwrap();
                    inside.fetch_sub(1, Ordering::SeqCst);
                });
            };
            for _ in 0..100 {
                workers.both(alone, alone);
            }
            assert_eq!(most.into_inner(), 1);
        }
    }

    #[test]
    fn one_thread_does_one_after_the_other() {
        let workers = Workers::start(0).unwrap();
        let at = AtomicUsize::new(0);
        let next = || at.fetch_add(1, Ordering::Relaxed);
        assert_eq!(workers.both(next, next), (0, 1));
        assert_eq!(workers.share(5, || Ok::<_, ()>(next())), Ok(vec![2]));
        assert_eq!(workers.share(5, || Err::<(), _>("no")), Err("no"));
    }

    #[test]
    fn work_within_work_finds_its_way() {
        let workers = Workers::start(2).unwrap();
        let sum = |from: usize| {
            workers.share(2, || Ok::<_, ()>(from)).map(|all| all.iter().sum::<usize>() / all.len()).unwrap()
        };
        assert_eq!(workers.both(|| sum(3), || workers.both(|| sum(4), || sum(5))), (3, (4, 5)));
    }
}
