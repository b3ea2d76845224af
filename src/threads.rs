//! A team of threads that stay warm: the desktop's way to share the work of a training step.
//!
//! A step consists of some dozens of short parallel regions, so a region has to begin and end within a microsecond. The
//! region itself lies on the stack of the thread that runs it; one atomic word says whether it is open and how many
//! workers are inside. Workers that come late find the region closed and do not hold anybody up: nobody waits for a
//! thread that has nothing to do.

use core::any::Any;
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use nn_core::team::{Sequential, Team};
use std::panic::{catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle, Thread};

/// More threads than this are not started.
pub const MOST_THREADS: usize = 256;

/// A team of threads: the one that calls [`Team::run`], and workers that wait for it.
///
/// Workers watch for work for some microseconds after each region and then sleep until the next one. They end when the
/// team is dropped. A region that is run while another one runs (by a task, or from another thread) is done by its caller
/// alone. If a task panics, the panic goes on in the caller of `run`; the tasks that had not begun are left out.
#[derive(Debug)]
pub struct Threads {
    shared: Arc<Shared>,
    workers: Vec<Worker>,
    /// Whether a region runs.
    busy: AtomicBool,
}

/// What the team and its workers see.
#[derive(Debug)]
struct Shared {
    /// The number of workers inside the region, the flags below, and above them the number of the region.
    state: AtomicUsize,
    /// The region; it may be looked at by workers that are counted in `state` only.
    region: AtomicPtr<Region<'static>>,
    /// How often an idle worker looks for work before it sleeps.
    patience: Patience,
}

/// The bits of [`Shared::state`] that count the workers inside the region.
const INSIDE: usize = (1 << 16) - 1;
/// Workers may enter the region.
const OPEN: usize = 1 << 16;
/// The caller sleeps until the last worker has left.
const WAITING: usize = 1 << 17;
/// The team is being dropped.
const ENDED: usize = 1 << 18;
/// The first bit of the number of the region.
const NUMBER: usize = 1 << 19;

/// Which region a state belongs to.
fn number(state: usize) -> usize {
    state / NUMBER
}

/// One call of [`Team::run`], on the stack of its caller.
struct Region<'a> {
    task: &'a (dyn Fn(usize) + Sync),
    count: usize,
    next: NextTask,
    /// What the first task that panicked panicked with.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    caller: Thread,
}

/// The number of the next task, on a cache line of its own, since all threads write to it.
#[repr(align(64))]
struct NextTask(AtomicUsize);

impl Region<'_> {
    /// Does tasks until none is left.
    fn work(&self) {
        let tasks = AssertUnwindSafe(|| {
            loop {
                let task = self.next.0.fetch_add(1, Ordering::Relaxed);
                if task >= self.count {
                    break;
                }
                (self.task)(task);
            }
        });
        if let Err(panic) = catch_unwind(tasks) {
            self.next.0.store(self.count, Ordering::Relaxed);
            self.panic.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(panic);
        }
    }
}

/// How long a thread looks for something before it sleeps.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// Looks with nothing but a pause of the processor between them.
    spins: u32,
    /// Looks after that, with other threads let through between them.
    yields: u32,
}

impl Patience {
    /// About 50 microseconds where each thread has a processor: as long as a sleeping thread takes to wake up. None where
    /// threads share processors, since there whoever spins keeps another from working.
    fn of(threads: usize) -> Self {
        if threads <= available() { Self { spins: 1500, yields: 20 } } else { Self { spins: 0, yields: 2 } }
    }

    /// Looks until something is found; `None` if patience ends first.
    fn look<T>(self, mut find: impl FnMut() -> Option<T>) -> Option<T> {
        for turn in 0..self.spins + self.yields {
            let found = find();
            if found.is_some() {
                return found;
            }
            if turn < self.spins { core::hint::spin_loop() } else { thread::yield_now() }
        }
        find()
    }
}

/// The number of threads that the system has processors for; one if it does not say.
fn available() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

impl Default for Threads {
    /// As many threads as the system has processors for.
    fn default() -> Self {
        Self::new(available())
    }
}

impl Threads {
    /// A team of `count` threads, the caller included: at least one, at most [`MOST_THREADS`], and fewer if the system
    /// refuses to start them.
    pub fn new(count: usize) -> Self {
        let count = count.clamp(1, MOST_THREADS);
        let shared = Arc::new(Shared {
            state: AtomicUsize::new(0),
            region: AtomicPtr::new(core::ptr::null_mut()),
            patience: Patience::of(count),
        });
        let workers = (1..count).map_while(|number| Worker::start(number, &shared)).collect();
        Self { shared, workers, busy: AtomicBool::new(false) }
    }

    /// Lets workers into the region, wakes as many as there is work for, works, and returns when no worker is inside.
    fn share(&self, region: &Region<'_>) {
        self.shared.open(region);
        for worker in self.workers.iter().take(region.count - 1) {
            worker.wake();
        }
        region.work();
        self.shared.close();
    }
}

impl Team for Threads {
    fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        let alone = count < 2 || self.workers.is_empty();
        if alone || self.busy.swap(true, Ordering::Acquire) {
            return Sequential.run(count, task);
        }
        let region = Region {
            task,
            count,
            next: NextTask(AtomicUsize::new(0)),
            panic: Mutex::new(None),
            caller: thread::current(),
        };
        self.share(&region);
        self.busy.store(false, Ordering::Release);
        if let Some(panic) = region.panic.into_inner().unwrap_or_else(PoisonError::into_inner) {
            resume_unwind(panic);
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.shared.state.fetch_or(ENDED, Ordering::SeqCst);
        for worker in &mut self.workers {
            worker.wake();
            if let Some(thread) = worker.thread.take() {
                // A worker catches the panics of its tasks, so it ends without one.
                let _ = thread.join();
            }
        }
    }
}

impl Shared {
    /// Publishes a region. No worker is inside, and none can enter before the state says so.
    fn open(&self, region: &Region<'_>) {
        self.region.store(core::ptr::from_ref(region).cast_mut().cast(), Ordering::Relaxed);
        let last = number(self.state.load(Ordering::Relaxed));
        // Sequentially consistent, as are the other steps of falling asleep and waking: either the worker sees the
        // region before it sleeps, or the caller sees that it sleeps.
        self.state.store(last.wrapping_add(1).wrapping_mul(NUMBER) | OPEN, Ordering::SeqCst);
    }

    /// Lets no more workers in and waits until none is inside.
    fn close(&self) {
        self.state.fetch_and(!OPEN, Ordering::AcqRel);
        let empty = || (self.state.load(Ordering::Acquire) & INSIDE == 0).then_some(());
        if self.patience.look(empty).is_none() {
            self.state.fetch_or(WAITING, Ordering::AcqRel);
            while empty().is_none() {
                thread::park();
            }
        }
    }

    /// Enters a region other than the one of number `seen`, and says which one it is.
    fn enter(&self, seen: usize) -> Option<usize> {
        let mut state = self.state.load(Ordering::SeqCst);
        while state & OPEN != 0 && number(state) != seen {
            match self.state.compare_exchange_weak(state, state + 1, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Some(number(state)),
                Err(now) => state = now,
            }
        }
        None
    }

    /// Works in the region that was entered, and leaves it.
    fn work_and_leave(&self) {
        let region = self.region.load(Ordering::Relaxed);
        let caller = {
            // SAFETY: `enter` counted this thread in `state` while the region was open. From then on the caller, in
            // `close`, does not return, so that the region on its stack and the task that it borrows stay alive, until
            // this thread is taken out of the count, below. The pointer was stored before the region was opened and
            // `enter` acquired that; it is not stored again before this thread is out of the count. A `Region` is
            // shared soundly: the task is `Sync`, and the rest are atomics, a mutex and a handle of a thread.
            let region = unsafe { &*region };
            region.work();
            region.caller.clone()
        };
        let before = self.state.fetch_sub(1, Ordering::AcqRel);
        if before & WAITING != 0 && before & INSIDE == 1 {
            caller.unpark();
        }
    }

    /// Whether [`Shared::enter`] would find something.
    fn has_new(&self, seen: usize) -> bool {
        let state = self.state.load(Ordering::SeqCst);
        state & OPEN != 0 && number(state) != seen
    }

    fn ended(&self) -> bool {
        self.state.load(Ordering::SeqCst) & ENDED != 0
    }
}

/// A thread that waits for regions.
#[derive(Debug)]
struct Worker {
    /// Whether it sleeps, or is about to.
    sleeps: Arc<AtomicBool>,
    /// `None` once it is being joined.
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// `None` if the system refuses.
    fn start(number: usize, shared: &Arc<Shared>) -> Option<Self> {
        let sleeps = Arc::new(AtomicBool::new(false));
        let body = {
            let (shared, sleeps) = (Arc::clone(shared), Arc::clone(&sleeps));
            move || serve(&shared, &sleeps)
        };
        let thread = thread::Builder::new().name(format!("typednet-{number}")).spawn(body).ok()?;
        Some(Self { sleeps, thread: Some(thread) })
    }

    /// Wakes it if it sleeps.
    fn wake(&self) {
        if self.sleeps.load(Ordering::SeqCst)
            && let Some(thread) = &self.thread
        {
            self.sleeps.store(false, Ordering::Relaxed);
            thread.thread().unpark();
        }
    }
}

/// The life of a worker.
fn serve(shared: &Shared, sleeps: &AtomicBool) {
    let mut seen = 0;
    while !shared.ended() {
        match shared.patience.look(|| shared.enter(seen)) {
            Some(number) => {
                shared.work_and_leave();
                seen = number;
            }
            None => {
                sleeps.store(true, Ordering::SeqCst);
                // What was published before the caller could see that this thread sleeps must be looked for once more.
                if !shared.ended() && !shared.has_new(seen) {
                    thread::park();
                }
                sleeps.store(false, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    /// Runs `count` tasks and says how often each was run.
    fn touches(team: &Threads, count: usize) -> Vec<usize> {
        let touches: Vec<AtomicUsize> = (0..count).map(|_| AtomicUsize::new(0)).collect();
        team.run(count, &|task| {
            touches[task].fetch_add(1, Ordering::Relaxed);
        });
        touches.into_iter().map(AtomicUsize::into_inner).collect()
    }

    #[test]
    fn each_task_runs_once() {
        for threads in [1, 2, 3, 8] {
            let team = Threads::new(threads);
            assert_eq!(team.threads(), threads);
            for count in [0, 1, 2, 3, 7, 100, 1000] {
                assert!(touches(&team, count).iter().all(|&touches| touches == 1), "{threads} threads, {count} tasks");
            }
        }
    }

    #[test]
    fn the_number_of_threads_is_kept_within_bounds() {
        assert_eq!(Threads::new(0).threads(), 1);
        assert_eq!(Threads::default().threads(), available().min(MOST_THREADS));
    }

    /// Regions of all sizes, with pauses of all lengths between them, so that workers are met awake, falling asleep and
    /// asleep. Each region writes to memory that is gone after it.
    #[test]
    fn regions_survive_any_timing() {
        let regions = if cfg!(miri) { 60 } else { 20_000 };
        for threads in [2, 3, 8] {
            let team = Threads::new(threads);
            for region in 0..regions {
                let count = 2 + region % 9;
                assert_eq!(touches(&team, count), vec![1; count], "region {region} of {threads} threads");
                match region % 512 {
                    0 => thread::sleep(Duration::from_micros(300)),
                    pause if pause % 16 == 0 => (0..pause * 20).for_each(|_| core::hint::spin_loop()),
                    _ => {}
                }
            }
        }
    }

    /// Tasks long enough for workers to take part, and for the caller to fall asleep while it waits for them.
    #[test]
    fn workers_take_part_and_the_caller_waits_for_them() {
        let team = Threads::new(3);
        let (caller, by_workers) = (thread::current().id(), AtomicUsize::new(0));
        let done = AtomicUsize::new(0);
        for _ in 0..10 {
            team.run(3, &|_| {
                if thread::current().id() != caller {
                    by_workers.fetch_add(1, Ordering::Relaxed);
                    thread::sleep(Duration::from_millis(4));
                }
                thread::sleep(Duration::from_millis(1));
                done.fetch_add(1, Ordering::Relaxed);
            });
        }
        assert_eq!(done.into_inner(), 30);
        assert!(by_workers.into_inner() > 0);
    }

    #[test]
    fn a_task_may_run_a_region() {
        let team = Threads::new(3);
        let sum = AtomicUsize::new(0);
        team.run(10, &|outer| {
            team.run(10, &|inner| {
                sum.fetch_add(outer * 10 + inner, Ordering::Relaxed);
            });
        });
        assert_eq!(sum.into_inner(), (0..100).sum::<usize>());
    }

    #[test]
    fn several_threads_may_use_a_team_at_once() {
        let team = Threads::new(3);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| (0..200).for_each(|_| assert_eq!(touches(&team, 20), vec![1; 20])));
            }
        });
    }

    #[test]
    fn a_panic_goes_on_in_the_caller_and_the_team_lives_on() {
        let team = Threads::new(3);
        for bad in 0..40 {
            let region = AssertUnwindSafe(|| team.run(40, &|task| assert_ne!(task, bad, "task number {bad}")));
            let panic = catch_unwind(region).expect_err("a task panicked");
            let message = panic.downcast_ref::<String>().expect("the message of the task");
            assert!(message.contains("task number"), "{message}");
            assert_eq!(touches(&team, 40), vec![1; 40]);
        }
    }
}
