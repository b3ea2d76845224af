//! The steps of a `fit` allocate nothing after the first.

mod toy;

use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use nn_core::loss::SparseCategoricalCrossentropy;
use nn_core::metric::Accuracy;
use nn_core::optimizer::Adam;
use std::alloc::System;
use std::thread;
use toy::{Toy, circle};
use typednet::Trainer;

/// The system's allocator, with the allocations of all threads counted.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: everything is passed on to the system's allocator, and a counter changes no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// The schedule is called at the beginning of each step, and notes how many allocations there were until then.
#[test]
fn steps_allocate_nothing() {
    static NOTED: [AtomicUsize; 40] = [const { AtomicUsize::new(0) }; 40];
    let data = circle(400, 1);
    let mut trainer = Trainer::new(Adam::default(), SparseCategoricalCrossentropy)
        .metric(Accuracy)
        .batch_size(10)
        .threads(2)
        .verbose(0)
        .schedule(|step: u64| {
            NOTED[step as usize % 40].store(ALLOCATIONS.load(Ordering::Relaxed), Ordering::Relaxed);
            0.001
        });
    let mut net = Toy::new(1);
    trainer.fit(&mut net, &data).unwrap();
    // A thread allocates while it starts, and nothing waits for it: the system gets the time to start it.
    thread::sleep(Duration::from_millis(100));
    trainer.fit(&mut net, &data).unwrap();
    let noted: Vec<usize> = NOTED.iter().map(|noted| noted.load(Ordering::Relaxed)).collect();
    assert!(noted[0] > 0);
    assert_eq!(noted[1], noted[39], "allocations before each step: {noted:?}");
}
