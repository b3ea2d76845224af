//! The same seed gives the same bits: for any number of threads, and whatever is measured meanwhile.

mod common;

use typednet::prelude::*;
use typednet::random::Random;

network! {
    /// Every kind of layer whose passes add up over a batch, or draw lots.
    #[derive(Clone, PartialEq)]
    struct Everything: [10, 9, 2] -> [4] {
        first: Conv2d(6, kernel = 3, padding = same, bias = false),
        BatchNorm,
        Relu,
        MaxPool2d(2) -> [5, 4, 6],
        apart: DepthwiseConv2d(3, padding = same, activation = silu),
        Conv2d(9, kernel = 1, activation = tanh),
        AvgPool2d(2, stride = 1),
        Dropout(0.25),
        Flatten,
        Dense(33, activation = relu),
        Dropout(0.5),
        Dense(4, activation = softmax),
    }
}

type Samples = Dataset<[[[f32; 2]; 9]; 10], Class<4>>;

fn samples(count: usize) -> Samples {
    let mut random = Random::new(3, 0);
    Dataset::from_fn(count, |_| {
        let class = random.below(4) as usize;
        let mut image = [[[0.0f32; 2]; 9]; 10];
        image.floats_mut().fill_with(|| random.normal() + 0.5 * class as f32);
        (image, Class::new(class).unwrap())
    })
}

fn trainer<'a>() -> Trainer<'a, Adam, SparseCategoricalCrossentropy> {
    Trainer::new(Adam::new(0.01), SparseCategoricalCrossentropy).epochs(2).batch_size(24).threads(2).seed(5).verbose(0)
}

/// All bits of all weights.
fn bits(net: &impl Network) -> Vec<u32> {
    net.weights().iter().map(|weight| weight.to_bits()).collect()
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    // Three batches of 24 and one of 10.
    let data = samples(82);
    let trained = |threads| {
        let mut net = Everything::boxed(1);
        let mut trainer = trainer().metric(Accuracy).threads(threads);
        let history = trainer.fit(&mut net, &data).unwrap();
        assert!(history.last("loss").is_finite() && net.weights().iter().all(|weight| weight.is_finite()));
        (bits(&*net), history, trainer.evaluate(&net, &data).unwrap())
    };
    let alone = trained(1);
    assert_ne!(alone.0, bits(&*Everything::boxed(1)));
    for threads in [2, 3, 8] {
        assert_eq!(trained(threads), alone, "{threads} threads");
    }
}

#[test]
fn seeds_make_the_difference() {
    let data = samples(50);
    let trained = |weights, training| {
        let mut net = Everything::boxed(weights);
        trainer().seed(training).fit(&mut net, &data).unwrap();
        bits(&*net)
    };
    let first = trained(1, 5);
    assert_eq!(first, trained(1, 5));
    assert_ne!(first, trained(1, 6));
    assert_ne!(first, trained(2, 5));
}

/// Batches that divide the data set and batches that do not, one sample at a time, and all at once.
#[test]
fn batches_may_have_any_size() {
    let data = samples(29);
    for batch_size in [1, 2, 5, 16, 17, 28, 29, 30, 1000] {
        let mut net = Everything::boxed(1);
        let mut trainer = trainer().epochs(1).batch_size(batch_size);
        trainer.fit(&mut net, &data).unwrap();
        assert_eq!(trainer.steps(), 29u64.div_ceil(batch_size as u64));
        assert!(net.weights().iter().all(|weight| weight.is_finite()));
    }
}

/// One batch of everything is the same step whatever its order but for rounding, if nothing is drawn.
#[test]
fn evaluation_does_not_depend_on_the_batch() {
    let (data, net) = (samples(29), Everything::boxed(1));
    let score = |batch_size| trainer().batch_size(batch_size).metric(Accuracy).evaluate(&net, &data).unwrap();
    let expected = score(29);
    for batch_size in [1, 2, 28, 64] {
        let found = score(batch_size);
        // Kernels may add up the values of one sample in another order: some roundings of single precision.
        assert!((found.loss - expected.loss).abs() < 1e-5 * expected.loss, "{found:?} and {expected:?}");
        assert_eq!(found.metric("accuracy"), expected.metric("accuracy"));
    }
}

network! {
    /// The values before the head are also those that the activation before it reads in the backward pass.
    #[derive(PartialEq)]
    struct HeadAfterActivation: [10, 9, 2] -> [4] {
        GlobalAvgPool2d,
        Dense(4, activation = tanh),
        Softmax,
    }
}

/// To measure, a trainer turns the last values into outputs where they lie.
#[test]
fn what_is_measured_changes_nothing() {
    let data = samples(50);
    let (mut measured, mut other) = (HeadAfterActivation::boxed(1), HeadAfterActivation::boxed(1));
    trainer().metric(Accuracy).validation(&data).fit(&mut measured, &data).unwrap();
    trainer().fit(&mut other, &data).unwrap();
    assert_eq!(bits(&*measured), bits(&*other));

    let (mut measured, mut other) = (Everything::boxed(1), Everything::boxed(1));
    trainer().metric(Accuracy).validation(&data).fit(&mut measured, &data).unwrap();
    trainer().fit(&mut other, &data).unwrap();
    assert_eq!(bits(&*measured), bits(&*other));
}

/// Samples that are predicted together, by several threads, say what some of them say by themselves.
#[test]
fn the_neighbours_of_a_sample_change_no_bit() {
    let net = Everything::boxed(1);
    let data = samples(60);
    let inputs: Vec<_> = (0..5_000).map(|sample| data.input(sample % 60)).collect();
    // So much work is shared by threads.
    assert!(inputs.len() * Everything::MACS > 50_000_000);
    let together = net.predict_batch(&inputs);
    let apart: Vec<_> = inputs.chunks(7).flat_map(|inputs| net.predict_batch(inputs)).collect();
    assert_eq!(together, apart);
    assert!(together.windows(2).any(|two| two[0] != two[1]));
}
