//! The steps of a `fit` allocate nothing after the first, inferences nothing at all, and batches in bytes nothing for a sample.

mod toy;

use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::alloc::System;
use std::thread;
use toy::{Toy, circle};
use typednet::loss::Loss;
use typednet::metric::Metric;
use typednet::prelude::*;
use typednet::random::Random;
use typednet::tensor::Tensor;

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

/// The steps of a `fit` whose allocations are counted.
const STEPS: usize = 40;

network! {
    /// Every kind of layer that has memory of its own, or work that is shared out.
    struct Convolutional: [10, 9, 2] -> [2] {
        Conv2d(6, kernel = 3, padding = same, bias = false),
        BatchNorm,
        Relu,
        MaxPool2d(2) -> [5, 4, 6],
        DepthwiseConv2d(3, padding = same, activation = silu),
        Dropout(0.25),
        AvgPool2d(2, stride = 1),
        GlobalAvgPool2d,
        Dense(16, activation = tanh),
        Softmax,
        Flatten,
        Dense(2, activation = softmax),
    }
}

type Images = Dataset<[[[f32; 2]; 9]; 10], Class<2>>;

fn images(count: usize) -> Images {
    let mut random = Random::new(3, 0);
    Dataset::from_fn(count, |row| {
        let mut image = [[[0.0f32; 2]; 9]; 10];
        image.floats_mut().fill_with(|| random.uniform());
        (image, Class::new(row % 2).unwrap())
    })
}

/// The schedule is called at the beginning of each step, and notes how many allocations there were until then. The data
/// makes [`STEPS`] batches of ten, the last of which is smaller.
fn steps_allocate_nothing<N, I>(net: &mut N, data: &Dataset<I, Class<2>>)
where
    I: Tensor,
    N: Trainable<Input = I>,
    SparseCategoricalCrossentropy: Loss<N::Head, N::Output, Label = Class<2>>,
    Accuracy: Metric<N::Output, Class<2>>,
{
    static NOTED: [AtomicUsize; STEPS] = [const { AtomicUsize::new(0) }; STEPS];
    let mut trainer = Trainer::new(Adam::default(), SparseCategoricalCrossentropy)
        .metric(Accuracy)
        .batch_size(10)
        .threads(2)
        .verbose(0)
        .schedule(|step: u64| {
            NOTED[step as usize % STEPS].store(ALLOCATIONS.load(Ordering::Relaxed), Ordering::Relaxed);
            0.001
        });
    trainer.fit(net, data).unwrap();
    assert_eq!(trainer.steps(), STEPS as u64);
    // A thread allocates while it starts, and nothing waits for it: the system gets the time to start it.
    thread::sleep(Duration::from_millis(100));
    trainer.fit(net, data).unwrap();
    let noted: Vec<usize> = NOTED.iter().map(|noted| noted.load(Ordering::Relaxed)).collect();
    assert!(noted[0] > 0);
    assert_eq!(noted[1], noted[STEPS - 1], "{}: allocations before each step: {noted:?}", N::NAME);
}

fn inferences_allocate_nothing(net: &Convolutional, data: &Images) {
    let half = Half::<Convolutional>::round(net).unwrap();
    let (mut workspace, mut half_workspace) = (Workspace::boxed(), Workspace::boxed());
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let mut sum = 0.0;
    for row in 0..10 {
        sum += net.infer(&data.input(row), &mut workspace)[0];
        sum += half.infer(&data.input(row), &mut half_workspace)[0];
    }
    assert_eq!(ALLOCATIONS.load(Ordering::Relaxed), before);
    assert!(sum.is_finite());
}

/// Many samples in bytes take one workspace and one list of outputs, however many there are.
fn samples_of_a_batch_allocate_nothing(net: &Convolutional, data: &Images) {
    let quantized = Quantized::<Convolutional>::calibrate(net, &data.first(10)).unwrap();
    let inputs: Vec<_> = (0..100).map(|row| quantized.quantize(&data.input(row))).collect();
    let allocations = |count: usize| {
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        assert_eq!(quantized.predict_batch(&inputs[..count]).len(), count);
        ALLOCATIONS.load(Ordering::Relaxed) - before
    };
    assert_eq!((allocations(1), allocations(100)), (2, 2));
}

/// One test, since the allocations of all threads are counted.
#[test]
fn steps_and_inferences() {
    steps_allocate_nothing(&mut Toy::new(1), &circle(395, 1));
    let (mut net, data) = (Convolutional::boxed(1), images(395));
    steps_allocate_nothing(&mut *net, &data);
    inferences_allocate_nothing(&net, &data);
    samples_of_a_batch_allocate_nothing(&net, &data);
}
