//! What is frozen: weights that stay as they are, to the bit, and the work and memory that this saves.

#![allow(deprecated, reason = "biases before batch normalization are layers to test too")]

mod common;

use common::batch::{Memory, both_ways, outputs_of};
use common::uniform;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;
use typednet::check_gradients;
use typednet::custom::*;
use typednet::layer::Mode;
use typednet::plain::{flatten, view};
use typednet::prelude::*;

network! {
    /// What others train, and what is frozen below.
    #[derive(Clone, PartialEq)]
    struct Encoder: [6, 6, 1] -> [8] {
        conv: Conv2d(4, kernel = 3, bias = false),
        norm: BatchNorm(momentum = 0.5),
        Relu,
        MaxPool2d(2),
        Flatten,
        Dropout(0.5),
        hidden: Dense(8, activation = tanh),
    }
}

network! {
    #[derive(Clone, PartialEq)]
    struct Transfer: [6, 6, 1] -> [3] {
        #[frozen]
        encoder: Network(Encoder),
        head: Dense(3, activation = softmax),
    }
}

network! {
    struct Head: [8] -> [3] { head: Dense(3, activation = softmax) }
}

network! {
    /// Every construct, each frozen, with trained layers before, between and behind.
    #[derive(Clone, PartialEq)]
    struct Mixed: [4, 4, 2] -> [3] {
        first: Conv2d(4, kernel = 3, padding = same, activation = tanh),
        #[frozen]
        conv: Conv2d(4, kernel = 3, padding = same, activation = tanh),
        #[frozen]
        norm: BatchNorm(momentum = 0.5),
        #[frozen]
        block: residual(shortcut = Conv2d(4, kernel = 1)) { Conv2d(4, kernel = 1), BatchNorm, Tanh, Dropout(0.5) },
        #[frozen]
        depth: DepthwiseConv2d(2),
        between: BatchNorm(momentum = 0.5),
        #[frozen]
        branches: concat { { GlobalAvgPool2d }, { Flatten, Dense(3, activation = sigmoid) }, { GlobalMaxPool2d } },
        #[frozen]
        deep: repeat(2) { Dense(11, activation = tanh), BatchNorm },
        #[frozen]
        inner: Network(Inner),
        last: Dense(3),
    }
}

network! {
    #[derive(Clone, PartialEq)]
    struct Inner: [11] -> [4] {
        hidden: Dense(9, activation = silu),
        deeper: repeat(2) { residual { Dense(9, activation = tanh) }, Dropout(0.5) },
        #[frozen]
        Dense(5),
        BatchNorm,
        Dense(4, activation = softmax),
    }
}

/// The same without anything frozen.
mod free {
    use typednet::prelude::*;

    network! {
        pub(super) struct Mixed: [4, 4, 2] -> [3] {
            first: Conv2d(4, kernel = 3, padding = same, activation = tanh),
            conv: Conv2d(4, kernel = 3, padding = same, activation = tanh),
            norm: BatchNorm(momentum = 0.5),
            block: residual(shortcut = Conv2d(4, kernel = 1)) { Conv2d(4, kernel = 1), BatchNorm, Tanh, Dropout(0.5) },
            depth: DepthwiseConv2d(2),
            between: BatchNorm(momentum = 0.5),
            branches: concat { { GlobalAvgPool2d }, { Flatten, Dense(3, activation = sigmoid) }, { GlobalMaxPool2d } },
            deep: repeat(2) { Dense(11, activation = tanh), BatchNorm },
            inner: Network(super::Inner),
            last: Dense(3),
        }
    }
}

fn samples<I: typednet::tensor::Tensor>(count: usize, seed: u64) -> Vec<I> {
    let mut random = Random::new(seed, 3);
    let floats = uniform(&mut random, count * I::FLOATS, -1.0, 1.0);
    floats.chunks_exact(I::FLOATS).map(|sample| *view(sample).unwrap()).collect()
}

fn labels(count: usize) -> Vec<Class<3>> {
    (0..count).map(|number| Class::new(number * number % 3).unwrap()).collect()
}

/// A network whose weights, moving means and variances included, are none of the initial ones.
fn any<N: NetworkExt>(seed: u64) -> Box<N> {
    let mut net = N::boxed(seed);
    let mut random = Random::new(seed, 9);
    net.weights_mut().iter_mut().for_each(|weight| *weight += 0.25 * random.uniform());
    net
}

#[test]
fn frozen_weights_are_the_same_bits_after_training_and_the_others_are_not() {
    let before = any::<Mixed>(1);
    let mut net = before.clone();
    let data = Dataset::new(samples::<[[[f32; 2]; 4]; 4]>(40, 2), samples::<[f32; 3]>(40, 3)).unwrap();
    Trainer::new(AdamW::new(0.01), MeanSquaredError).epochs(3).fit(&mut *net, &data).unwrap();
    assert!(net.conv == before.conv && net.norm == before.norm && net.block == before.block);
    assert!(net.depth == before.depth && net.branches == before.branches && net.deep == before.deep);
    assert!(net.inner == before.inner);
    for (after, before) in [
        (net.first.floats(), before.first.floats()),
        (net.between.floats(), before.between.floats()),
        (net.last.floats(), before.last.floats()),
    ] {
        assert!(after.iter().zip(before).all(|(after, before)| after != before));
    }
}

#[test]
fn derivatives_pass_through_what_is_frozen() {
    let net = any::<Mixed>(4);
    let report = check_gradients(&*net, &samples(3, 5));
    assert!(report.is_right(), "{report}");
    let names: Vec<_> = report.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    assert_eq!(
        names,
        ["first.kernel", "first.bias", "between.gamma", "between.beta", "last.kernel", "last.bias", "input"]
    );
}

/// The gradients by the weights that are not frozen are those that the free network has, where nothing random or of the
/// batch is between: with frozen layers that compute the same in both modes.
#[test]
fn the_other_derivatives_are_those_of_the_free_network() {
    network! {
        struct Free: [5] -> [2] {
            a: Dense(6, activation = tanh), b: Dense(7, activation = gelu), c: repeat(2) { Dense(7), Tanh }, d: Dense(2),
        }
    }
    network! {
        struct Frozen: [5] -> [2] {
            a: Dense(6, activation = tanh),
            #[frozen]
            b: Dense(7, activation = gelu),
            #[frozen]
            c: repeat(2) { Dense(7), Tanh },
            d: Dense(2),
        }
    }
    let free = any::<Free>(6);
    let mut frozen = Frozen::boxed(0);
    frozen.weights_mut().copy_from_slice(free.weights());
    let (input, factors) =
        (flatten(&samples::<[f32; 5]>(20, 7)).to_vec(), flatten(&samples::<[f32; 2]>(20, 8)).to_vec());
    let mode = Mode::Training { key: 1 };
    let (expected, by_free) = both_ways(&*free, mode, &input, &factors);
    let (found, by_frozen) = both_ways(&*frozen, mode, &input, &factors);
    assert_eq!(found, expected);
    assert_eq!(by_frozen.input, by_free.input);
    let (a, d) = (6 * 5 + 6, 7 * 2 + 2);
    assert_eq!(by_frozen.weights[..a], by_free.weights[..a]);
    assert_eq!(by_frozen.weights[a..], by_free.weights[by_free.weights.len() - d..]);
    assert_eq!(by_frozen.weights.len(), a + d);
}

/// Keras's rule: a frozen `BatchNorm` takes the moving statistics in training too. Everything frozen works as at inference,
/// dropout included.
#[test]
fn what_is_frozen_works_as_at_inference() {
    network! {
        struct Still: [3, 3, 2] -> [8] {
            #[frozen]
            norm: BatchNorm,
            #[frozen]
            block: residual { BatchNorm, Dropout(0.9) },
            Flatten,
            #[frozen]
            deep: repeat(2) { BatchNorm, Dropout(0.9), Dense(18) },
            #[frozen]
            inner: Network(Wild),
        }
    }
    network! {
        struct Wild: [18] -> [8] { BatchNorm, Dropout(0.9), repeat(2) { BatchNorm, Dropout(0.9) }, Dense(8) }
    }
    let net = any::<Still>(2);
    let input = flatten(&samples::<[[[f32; 2]; 3]; 3]>(6, 1)).to_vec();
    let mut memory = Memory::<Still>::new(6);
    let training = memory.forward(&net, Mode::Training { key: 3 }, &input);
    let inference = memory.forward(&net, Mode::Inference, &input);
    assert_eq!(outputs_of::<Still>(&training), outputs_of::<Still>(&inference));
    // Without the attribute it does not.
    let free = any::<Wild>(2);
    let mut memory = Memory::<Wild>::new(6);
    let training = memory.forward(&free, Mode::Training { key: 3 }, &input);
    assert_ne!(training, memory.forward(&free, Mode::Inference, &input));
}

/// A network whose encoder is frozen trains as its head alone does on what the encoder gives.
#[test]
fn a_frozen_encoder_is_training_on_features() {
    let inputs: Vec<[[[f32; 1]; 6]; 6]> = samples(80, 4);
    let mut net = any::<Transfer>(3);
    let mut head = Head::boxed(0);
    head.head = net.head.clone();
    let features = net.encoder.predict_batch(&inputs);
    let trainer = || Trainer::new(Adam::new(0.01), SparseCategoricalCrossentropy).epochs(6).batch_size(16).seed(5);
    let whole = trainer().fit(&mut *net, &Dataset::new(inputs, labels(80)).unwrap()).unwrap();
    let alone = trainer().fit(&mut *head, &Dataset::new(features, labels(80)).unwrap()).unwrap();
    // Features of batches of another size are sums in another order: some roundings, over 30 steps of Adam.
    for (found, expected) in net.head.floats().iter().zip(head.head.floats()) {
        assert!((found - expected).abs() < 1e-4, "{found} instead of {expected}");
    }
    for (found, expected) in whole.loss().iter().zip(alone.loss()) {
        assert!((found - expected).abs() < 1e-4, "{found} instead of {expected}");
    }
}

#[test]
fn an_encoder_is_loaded_from_the_file_of_another_network() {
    network! {
        struct Autoencoder: [6, 6, 1] -> [36] { encoder: Network(Encoder), decoder: Dense(36) }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("encoder.safetensors");
    let trained = any::<Autoencoder>(8);
    trained.encoder.save(&path).unwrap();

    let mut net = Transfer::boxed(1);
    let head = net.head.clone();
    net.encoder.load_weights(&path).unwrap();
    assert!(net.encoder == trained.encoder && net.head == head);
    let image = samples(1, 1)[0];
    assert_eq!(net.encoder.predict(&image), trained.encoder.predict(&image));

    // The file of the whole network is not that of its encoder.
    trained.save(&path).unwrap();
    let error = net.encoder.load_weights(&path).unwrap_err().to_string();
    assert!(error.contains("Encoder"), "{error}");
    assert!(net.encoder == trained.encoder);
}

#[test]
fn frozen_weights_have_no_derivatives_and_no_place_in_an_optimizer() {
    let trained: usize = Mixed::SPANS.iter().map(|span| span.weights.len()).sum();
    let layers = 3 * 3 * 2 * 4 + 4 + 2 * 4 + 4 * 3 + 3;
    assert_eq!((trained, <Mixed as Trainable>::Gradients::FLOATS), (layers, layers));
    assert_eq!(Mixed::summary().table().trained(), layers);
    assert_eq!(<Transfer as Trainable>::Gradients::FLOATS, 8 * 3 + 3);
    assert_eq!(Transfer::SPANS.len(), 1);
    assert!(<free::Mixed as Trainable>::Gradients::FLOATS > 5 * layers);
    let frozen: Vec<_> = Mixed::LAYERS.iter().filter(|layer| layer.frozen).map(|layer| layer.name).collect();
    assert_eq!(frozen, ["conv", "norm", "block", "depth", "branches", "deep", "inner"]);
    assert!(Mixed::LAYERS[3].children.iter().filter(|layer| layer.parameters > 0).all(|layer| layer.frozen));
}

/// A frozen layer's input is not kept for the backward pass. An activation's output is, wherever it stands, since a caller
/// may ask for the derivatives by the network's input.
#[test]
fn frozen_layers_need_less_memory() {
    network! { struct Free: [100] -> [1] { Dense(90), Dense(80), Dense(70), Dense(1) } }
    network! {
        struct Frozen: [100] -> [1] { #[frozen] Dense(90), #[frozen] Dense(80), #[frozen] Dense(70), Dense(1) }
    }
    // All values are alive when the backward pass begins.
    const { assert!(Free::TRAINING.activations > 90 + 80 + 70) };
    // Of the first three, only the last one is; two derivatives are alive at once.
    const { assert!(Frozen::TRAINING.activations <= 70 + 70 + 80 + 2) };

    network! {
        struct FreeImages: [16, 16, 8] -> [1] {
            repeat(1) {
                Conv2d(8, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
                Conv2d(8, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
            },
            Flatten,
            Dense(1),
        }
    }
    network! {
        struct FrozenImages: [16, 16, 8] -> [1] {
            #[frozen]
            repeat(1) {
                Conv2d(8, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
                Conv2d(8, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
            },
            Flatten,
            Dense(1),
        }
    }
    let (free, frozen) = (FreeImages::TRAINING, FrozenImages::TRAINING);
    let image = 16 * 16 * 8;
    assert!(frozen.activations + image <= free.activations, "{frozen:?} {free:?}");
    assert_eq!(<FrozenImages as Trainable>::Gradients::FLOATS, image + 1);
}

/// Batches forward, and backward with derivatives by the input and by weights, as the layer below counts them.
static WORK: [AtomicUsize; 3] = [const { AtomicUsize::new(0) }; 3];
/// One test counts at a time.
static COUNTING: Mutex<()> = Mutex::new(());

weights! {
    struct Counted {
        factor: [f32; 1],
    }
}

impl Counted {
    const fn output_shape(input: Shape) -> Shape {
        input
    }
    const fn settings(input: Shape) -> Settings {
        Settings::new(input, input, ())
    }
}

impl Layer for Counted {
    type Settings = Settings;
    type Gradient = Self;

    fn initialize(&mut self, _: &Settings, _: &mut Random) {
        self.factor = [1.5];
    }
    fn infer<I: Isa>(&self, _isa: I, _: &Settings, input: &[f32], output: &mut [f32]) {
        // Not linear, so that the backward pass reads its input.
        output.iter_mut().zip(input).for_each(|(output, input)| *output = self.factor[0] * input * input);
    }
    fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], _: Saved<'_>) {
        WORK[0].fetch_add(1, Ordering::Relaxed);
        self.infer(typednet::kernel::Portable, settings, input, output);
        let _ = pass;
    }
    fn backward(&self, _: &Settings, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut Self>) {
        let Backward { input, output_gradient, input_gradient, .. } = backward;
        let _ = pass;
        if let Some(input_gradient) = input_gradient {
            WORK[1].fetch_add(1, Ordering::Relaxed);
            for ((gradient, input), slope) in input_gradient.iter_mut().zip(input).zip(output_gradient) {
                *gradient = 2.0 * self.factor[0] * input * slope;
            }
        }
        if let Some(gradient) = gradient {
            WORK[2].fetch_add(1, Ordering::Relaxed);
            gradient.factor[0] = input.iter().zip(output_gradient).map(|(input, slope)| input * input * slope).sum();
        }
    }
}

network! { struct Nested: [3] -> [3] { custom Counted } }

/// The work of one epoch of two batches.
fn work<N: Trainable<Input = [f32; 3], Output = [f32; 3], Head = typednet::head::Linear> + NetworkExt>() -> [usize; 3] {
    let _one = COUNTING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    WORK.iter().for_each(|count| count.store(0, Ordering::Relaxed));
    let data = Dataset::new(samples::<[f32; 3]>(8, 1), samples::<[f32; 3]>(8, 2)).unwrap();
    Trainer::new(Sgd::new(0.01), MeanSquaredError).batch_size(4).fit(&mut *N::boxed(1), &data).unwrap();
    WORK.each_ref().map(|count| count.load(Ordering::Relaxed))
}

#[test]
fn no_work_is_done_for_derivatives_that_nobody_reads() {
    network! { struct First: [3] -> [3] { custom Counted, Dense(3) } }
    network! { struct Middle: [3] -> [3] { Dense(3), custom Counted, Dense(3) } }
    network! { struct FrozenFirst: [3] -> [3] { #[frozen] custom Counted, Dense(3) } }
    network! { struct FrozenMiddle: [3] -> [3] { Dense(3), #[frozen] custom Counted, Dense(3) } }
    network! { struct FrozenInside: [3] -> [3] { Dense(3), #[frozen] inner: Network(Nested), Dense(3) } }
    network! { struct FrozenTwice: [3] -> [3] { Dense(3), #[frozen] repeat(2) { residual { custom Counted } }, Dense(3) } }
    network! { struct FrozenBefore: [3] -> [3] { #[frozen] inner: Network(Nested), Dense(3) } }
    network! { struct FrozenDeep: [3] -> [3] { #[frozen] repeat(2) { Network(Nested) }, Tanh, Dense(3) } }
    assert_eq!(work::<First>(), [2, 0, 2]);
    assert_eq!(work::<Middle>(), [2, 2, 2]);
    assert_eq!(work::<FrozenFirst>(), [2, 0, 0]);
    assert_eq!(work::<FrozenMiddle>(), [2, 2, 0]);
    assert_eq!(work::<FrozenInside>(), [2, 2, 0]);
    assert_eq!(work::<FrozenTwice>(), [4, 4, 0]);
    assert_eq!(work::<FrozenBefore>(), [2, 0, 0]);
    assert_eq!(work::<FrozenDeep>(), [4, 0, 0]);
}

/// A network that is frozen altogether: nothing to train, and derivatives by the input all the same.
#[test]
fn a_network_can_be_frozen_altogether() {
    network! { struct Whole: [3] -> [3] { #[frozen] a: Dense(4, activation = tanh), #[frozen] inner: Network(Fixed) } }
    network! { struct Fixed: [4] -> [3] { #[frozen] Dense(3) } }
    network! { struct Around: [3] -> [3] { inner: Network(Whole), Network(Nested) } }
    assert_eq!((Whole::SPANS.len(), <Whole as Trainable>::Gradients::FLOATS), (0, 0));
    let report = check_gradients(&*any::<Whole>(1), &samples(2, 3));
    assert!(report.is_right() && report.tensors.len() == 1, "{report}");
    let data = Dataset::new(samples::<[f32; 3]>(8, 1), samples::<[f32; 3]>(8, 2)).unwrap();
    let mut net = any::<Whole>(1);
    Trainer::new(Sgd::new(0.1), MeanSquaredError).fit(&mut *net, &data).unwrap();
    assert_eq!(net.weights(), any::<Whole>(1).weights());
    // Before it, nothing is trained; behind it, something is.
    assert_eq!(work::<Around>(), [2, 0, 2]);
}

network! {
    struct AllTrained: [64] -> [10] { Dense(32), Dense(32), Dense(32), Dense(10, activation = softmax) }
}

network! {
    struct LastTrained: [64] -> [10] {
        #[frozen] Dense(32),
        #[frozen] Dense(32),
        #[frozen] Dense(32),
        Dense(10, activation = softmax),
    }
}

/// The derivatives of frozen layers take no memory, and neither do the inputs that only these would read: after two of
/// the three, others lie in their places.
#[test]
fn freezing_takes_memory_out_of_training() {
    const FLOAT: usize = size_of::<f32>();
    const FROZEN: usize = (64 * 32 + 32 + 2 * (32 * 32 + 32)) * FLOAT;
    const { assert!(AllTrained::TRAINING_BYTES >= (AllTrained::PARAMETERS + 3 * 32 + 2 * 10) * FLOAT) };
    const { assert!(LastTrained::TRAINING_BYTES + FROZEN + 32 * FLOAT <= AllTrained::TRAINING_BYTES) };
    assert_eq!(<Box<LastTrained> as Trainable>::TRAINING_BYTES, LastTrained::TRAINING_BYTES);
}
