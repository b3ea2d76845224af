//! What a declaration says is what the network is: its layers, their names and sizes, its memory, and its outputs.

#![allow(deprecated, reason = "pools that leave out rows and dropout at the end are tested here")]

mod common;

use common::batch::{Memory, infer_all, outputs_of};
use common::{assert_close, uniform};
use typednet::kernel::Level;
use typednet::layer::{Conv2d, Dense, Mode};
use typednet::network::Span;
use typednet::plain::{boxed_zeroed, flatten, view};
use typednet::prelude::*;
use typednet::random::Random;
use typednet::shape::Shape;

/// Checks that inferences, one at a time and on every instruction set, give what a batch gives in inference mode.
///
/// Kernels for one sample add up in another order than those for a batch: some roundings of single precision, 6e-8 each,
/// of sums of some ten terms, in networks of some layers.
fn check_inference<N: Trainable + Plain>() {
    let (mut random, batch) = (Random::new(21, 0), 5);
    let mut net = boxed_zeroed::<N>();
    net.weights_mut().fill_with(|| 0.5 + random.uniform());
    for span in N::SPANS {
        net.weights_mut()[span.weights.clone()].fill_with(|| 2.0 * random.uniform() - 1.0);
    }
    let input = uniform(&mut random, batch * N::Input::FLOATS, -2.0, 2.0);
    let expected = outputs_of::<N>(&Memory::<N>::new(batch).forward(&net, Mode::Inference, &input));
    for level in Level::available() {
        assert_close(level.name(), &infer_all(level, &*net, &input), flatten(&expected), 1e-5);
    }
    let inputs = input.chunks_exact(N::Input::FLOATS).map(|sample| *view::<N::Input>(sample).unwrap());
    let inputs: Vec<N::Input> = inputs.collect();
    assert_eq!(flatten(&net.predict_batch(&inputs)), flatten(&expected));
    // A workspace serves any number of inferences, whatever the one before left there.
    let mut workspace = Workspace::boxed();
    for (input, expected) in inputs.iter().zip(&expected) {
        assert_close("infer", net.infer(input, &mut workspace).floats(), expected.floats(), 1e-5);
        assert_eq!(net.predict(input).floats(), net.infer(input, &mut workspace).floats());
    }
}

/// Each row is a test: its name, and a network.
macro_rules! inference {
    ($($test:ident: $input:tt -> $output:tt { $($layer:tt)* })*) => {
        mod inference {
            use super::*;
            $(
                #[test]
                fn $test() {
                    network! {
                        struct Net: $input -> $output { $($layer)* }
                    }
                    check_inference::<Net>();
                }
            )*
        }
    };
}

inference! {
    dense: [9] -> [5] { Dense(5) }
    dense_large: [300] -> [70] { Dense(70, bias = false) }
    conv2d: [7, 6, 3] -> [5, 5, 20] { Conv2d(20, kernel = (3, 2)) }
    conv2d_everything: [7, 8, 4] -> [4, 8, 6] {
        Conv2d(6, kernel = 3, stride = (2, 1), padding = same, dilation = (1, 2), groups = 2, bias = false)
    }
    depthwise: [5, 6, 9] -> [3, 3, 9] { DepthwiseConv2d(3, stride = 2, padding = same) }
    depthwise_multiplier: [5, 6, 3] -> [3, 4, 6] { DepthwiseConv2d(3, multiplier = 2) }
    max_pool: [5, 6, 3] -> [3, 3, 3] { MaxPool2d(2, padding = same) }
    avg_pool: [5, 6, 3] -> [3, 3, 3] { AvgPool2d(2, padding = same) }
    global_avg_pool: [5, 6, 3] -> [3] { GlobalAvgPool2d }
    global_max_pool: [5, 6, 3] -> [3] { GlobalMaxPool2d }
    batch_norm: [5, 6, 3] -> [5, 6, 3] { BatchNorm }
    activation: [5, 6] -> [5, 6] { Gelu }
    softmax: [5, 6] -> [5, 6] { Softmax }
    sigmoid: [5] -> [5] { Sigmoid }
    flatten: [2, 3] -> [6] { Flatten }
    reshape: [6] -> [3, 2] { Reshape([3, 2]) }
    dropout: [2, 3] -> [2, 3] { Dropout(0.5) }
    flatten_and_dropout: [2, 3] -> [6] { Dropout(0.5), Flatten, Dropout(1) }
    blocks: [6, 6, 2] -> [5] {
        residual(shortcut = Conv2d(4, kernel = 1)) { Conv2d(4, kernel = 3, padding = same), BatchNorm, Relu },
        concat { { MaxPool2d(2) }, { AvgPool2d(2), Tanh, #[frozen] BatchNorm } },
        repeat(2) { multiply { { Flatten, Reshape([3, 3, 8]) }, { Conv2d(8, kernel = 1, activation = sigmoid) } } },
        GlobalAvgPool2d, Dense(4), Network(Encoder), Dense(5), residual { Tanh, Dropout(0.5) }, Softmax,
    }
    chain: [9, 8, 2] -> [4] {
        Conv2d(5, kernel = 3, padding = same, bias = false), BatchNorm, Relu, MaxPool2d(2), Dropout(0.5),
        DepthwiseConv2d(3, multiplier = 2, activation = silu), Conv2d(7, kernel = 1, activation = tanh),
        AvgPool2d(2, stride = 1), Flatten, Dropout(0.25), Dense(12, activation = relu), Dense(4, activation = softmax),
    }
}

/// A network whose last value is its input, as it is.
#[test]
fn the_output_may_be_the_input() {
    network! {
        struct Nothing: [2, 3] -> [6] { Dropout(0.5), Flatten }
    }
    let (net, input) = (Nothing::boxed(1), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    assert_eq!((Nothing::PARAMETERS, Nothing::MACS, size_of::<Nothing>()), (0, 0, 0));
    assert_eq!(net.predict(&input), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let data = Dataset::new([input; 3], [net.predict(&input); 3]).unwrap();
    let trainer = Trainer::new(Sgd::default(), MeanSquaredError).verbose(0);
    assert_eq!(trainer.evaluate(&*net, &data).unwrap().loss, 0.0);
}

network! {
    /// Handwritten digits.
    pub struct Digits: [28, 28, 1] -> [10] {
        conv:   Conv2d(32, kernel = 3, activation = relu) -> [26, 26, 32],
        pool:   MaxPool2d(2) -> [13, 13, 32],
        Flatten -> [5408],
        hidden: Dense(128, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

/// The numbers of floats that lie between the tutorial's layers.
const CONVOLVED: usize = 26 * 26 * 32;
const POOLED: usize = 13 * 13 * 32;

#[test]
fn the_facts_of_the_tutorial() {
    assert_eq!(Digits::NAME, "Digits");
    assert_eq!(Digits::PARAMETERS, 693_962);
    assert_eq!(Digits::WEIGHT_BYTES, 4 * 693_962);
    assert_eq!(size_of::<Digits>(), 4 * 693_962);
    assert_eq!(Digits::MACS, CONVOLVED * 9 + POOLED * 128 + 128 * 10);
    // The pool's output and that of the layer after it are needed at the same time. The convolution's is never whole.
    assert_eq!(Digits::WORKSPACE_BYTES, 4 * (POOLED + 128));
    assert_eq!(size_of::<Workspace<Digits>>(), Digits::WORKSPACE_BYTES);
    assert_eq!(Digits::SPANS, [Span { weights: 0..693_962, gradients: 0..693_962 }]);
    assert_eq!(size_of::<<Digits as Trainable>::Gradients>(), size_of::<Digits>());
}

#[test]
fn the_training_memory_of_the_tutorial() {
    let needs = Digits::TRAINING;
    // At the backward pass of `hidden`: its input, its output's derivatives and its input's.
    assert_eq!(needs.activations, POOLED + 128 + POOLED);
    assert_eq!((needs.positions, needs.statistics), (POOLED, 0));
    // For each block of a batch, the derivatives by the weights and those by the convolution's output of one sample.
    assert_eq!(needs.partial, 9 * 32 + 32 + CONVOLVED);
}

/// Name, kind, shapes of input and output, parameters and multiply-accumulate operations of each layer.
type Facts = (&'static str, &'static str, &'static [usize], &'static [usize], usize, usize);

fn facts<N: Network>() -> Vec<Facts> {
    let layers = N::LAYERS.iter();
    let facts = layers.map(|layer| {
        assert!(layer.children.is_empty());
        (layer.name, layer.kind, layer.input.sizes(), layer.output.sizes(), layer.parameters, layer.macs)
    });
    facts.collect()
}

network! {
    /// Every kind of layer, without names.
    struct Kinds: [8, 9, 2] -> [3] {
        Conv2d(4, kernel = (3, 2), padding = same),
        BatchNorm,
        Relu,
        MaxPool2d(2),
        DepthwiseConv2d(3, multiplier = 2),
        AvgPool2d(2, stride = 1),
        Activation(tanh),
        Dropout(0.5),
        Flatten,
        Reshape([2, 2, 2]),
        GlobalMaxPool2d,
        Dense(3, bias = false),
    }
}

#[test]
fn the_facts_of_every_kind() {
    assert_eq!(
        facts::<Kinds>(),
        [
            // 3 * 2 * 2 * 4 weights and 4 biases; each of the 72 pixels sees all weights.
            ("conv2d_1", "Conv2d", &[8, 9, 2][..], &[8, 9, 4][..], 52, 72 * 48),
            // Two trained and two moving values for each channel; one operation for each value.
            ("batch_norm_1", "BatchNorm", &[8, 9, 4], &[8, 9, 4], 16, 288),
            ("relu_1", "Relu", &[8, 9, 4], &[8, 9, 4], 0, 0),
            ("max_pool2d_1", "MaxPool2d", &[8, 9, 4], &[4, 4, 4], 0, 0),
            // 3 * 3 * 8 weights and 8 biases; each of the 4 pixels sees all weights.
            ("depthwise_conv2d_1", "DepthwiseConv2d", &[4, 4, 4], &[2, 2, 8], 80, 4 * 72),
            ("avg_pool2d_1", "AvgPool2d", &[2, 2, 8], &[1, 1, 8], 0, 0),
            ("activation_1", "Activation", &[1, 1, 8], &[1, 1, 8], 0, 0),
            ("dropout_1", "Dropout", &[1, 1, 8], &[1, 1, 8], 0, 0),
            ("flatten_1", "Flatten", &[1, 1, 8], &[8], 0, 0),
            ("reshape_1", "Reshape", &[8], &[2, 2, 2], 0, 0),
            ("global_max_pool2d_1", "GlobalMaxPool2d", &[2, 2, 2], &[2], 0, 0),
            ("dense_1", "Dense", &[2], &[3], 6, 6),
        ]
    );
    assert_eq!((Kinds::PARAMETERS, Kinds::MACS), (52 + 16 + 80 + 6, 3456 + 288 + 288 + 6));
    // What comes out of the convolution, the normalization and the activation, which are one step, and out of the pool.
    assert_eq!(Kinds::WORKSPACE_BYTES, 4 * (288 + 64));
    // Moving means and variances are not trained.
    let spans = [(0..60, 0..60), (68..154, 60..146)].map(|(weights, gradients)| Span { weights, gradients });
    assert_eq!(Kinds::SPANS, spans);
    let needs = Kinds::TRAINING;
    assert_eq!((needs.positions, needs.statistics), (64 + 2, 2 * 4));
    assert_eq!(
        needs.partial,
        52 + 288,
        "the convolution's derivatives and a sample of those by what it gives are the most"
    );
}

#[test]
fn the_tensors_of_every_kind() {
    let tensors: Vec<(&str, Shape, bool)> = Kinds::LAYERS
        .iter()
        .flat_map(|layer| layer.weights)
        .map(|weight| (weight.name, weight.shape, weight.trained))
        .collect();
    let expected = [
        ("kernel", Shape::new(&[3, 2, 2, 4]), true),
        ("bias", Shape::new(&[4]), true),
        ("gamma", Shape::new(&[4]), true),
        ("beta", Shape::new(&[4]), true),
        ("moving_mean", Shape::new(&[4]), false),
        ("moving_variance", Shape::new(&[4]), false),
        ("kernel", Shape::new(&[3, 3, 4, 2]), true),
        ("bias", Shape::new(&[8]), true),
        ("kernel", Shape::new(&[2, 3]), true),
    ];
    assert_eq!(tensors, expected);
}

#[test]
fn weights_lie_in_the_order_of_the_fields() {
    let mut net = Kinds::boxed(1);
    net.weights_mut().iter_mut().enumerate().for_each(|(place, weight)| *weight = place as f32);
    assert_eq!(net.conv2d_1.kernel[0][0][0], [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(net.conv2d_1.kernel[1][0][1], [20.0, 21.0, 22.0, 23.0]);
    assert_eq!(net.conv2d_1.bias, [48.0, 49.0, 50.0, 51.0]);
    assert_eq!(net.batch_norm_1.gamma[0], 52.0);
    assert_eq!(net.batch_norm_1.moving_variance[3], 67.0);
    assert_eq!(net.depthwise_conv2d_1.kernel[0][1][2], [80.0, 81.0]);
    assert_eq!(net.dense_1.kernel, [[148.0, 149.0, 150.0], [151.0, 152.0, 153.0]]);
    let () = net.dense_1.bias;
}

/// Unnamed layers are counted by their kinds; those with names are not counted.
#[test]
fn names_of_unnamed_layers() {
    network! {
        struct Names: [4] -> [4] { Dense(4), first: Dense(4), Relu, Dense(4), Relu, Dense(4) }
    }
    let names: Vec<&str> = Names::LAYERS.iter().map(|layer| layer.name).collect();
    assert_eq!(names, ["dense_1", "first", "relu_1", "dense_2", "relu_2", "dense_3"]);
    let net = Names::boxed(1);
    let _: [&Dense<4, 4>; 4] = [&net.dense_1, &net.first, &net.dense_2, &net.dense_3];
}

/// All ways to write the same layers: the weights have the same types, and the networks the same outputs.
#[test]
fn arguments_by_place_and_by_name() {
    network! {
        struct ByPlace: [9, 7, 2] -> [4] {
            conv: Conv2d(4, 3, 2),
            DepthwiseConv2d(2, 1),
            MaxPool2d(2, 1),
            AvgPool2d((2, 1), 1),
            Reshape([4]),
            Dense(4),
            Dropout(0.5),
            LeakyRelu(0.25),
        }
    }
    network! {
        struct ByName: [9, 7, 2] -> [4] {
            conv: Conv2d(
                filters = 4, kernel = (3, 3), stride = (2, 2), padding = valid, dilation = 1, groups = 1, bias = true,
                initializer = glorot_uniform, bias_initializer = zeros,
            ),
            DepthwiseConv2d(stride = 1, kernel = (2, 2), multiplier = 1, dilation = (1, 1), bias = true),
            MaxPool2d(size = 2, stride = (1, 1), padding = valid),
            AvgPool2d(stride = 1, size = (2, 1)),
            Reshape(shape = [4]),
            Dense(units = 4, bias = true),
            Dropout(rate = 0.5),
            LeakyRelu(slope = 0.25),
        }
    }
    assert_eq!(facts::<ByPlace>(), facts::<ByName>());
    let (place, name) = (ByPlace::boxed(3), ByName::boxed(3));
    let _: [&Conv2d<3, 3, 2, 4>; 2] = [&place.conv, &name.conv];
    assert_eq!(place.weights(), name.weights());
    let input = [[[0.5, -0.25]; 7]; 9];
    assert_eq!(place.predict(&input), name.predict(&input));
}

/// What is left out is as in Keras.
#[test]
fn defaults() {
    network! {
        struct Short: [6, 6, 2] -> [1, 1, 2] {
            Conv2d(2, kernel = 3), MaxPool2d(2), BatchNorm, Activation(leaky_relu), AvgPool2d(2), Elu
        }
    }
    network! {
        struct Long: [6, 6, 2] -> [1, 1, 2] {
            Conv2d(2, kernel = 3, stride = 1, padding = valid), MaxPool2d(2, stride = 2),
            BatchNorm(momentum = 0.99, epsilon = 1e-3), Activation(leaky_relu(0.2)),
            AvgPool2d(2, stride = 2, padding = valid), Elu(alpha = 1.0),
        }
    }
    let (short, long) = (Short::boxed(3), Long::boxed(3));
    assert_eq!(short.weights(), long.weights());
    assert_eq!(short.batch_norm_1.gamma, [1.0; 2]);
    assert_eq!(short.batch_norm_1.moving_variance, [1.0; 2]);
    assert_eq!(short.conv2d_1.bias, [0.0; 2]);
    // Glorot: uniform up to the root of 6 / (fan in + fan out) = 6 / (18 + 18).
    let largest = short.conv2d_1.kernel.floats().iter().fold(0.0f32, |largest, weight| largest.max(weight.abs()));
    assert!(largest <= (6.0f32 / 36.0).sqrt() && largest > 0.5 * (6.0f32 / 36.0).sqrt());
    let mut random = Random::new(1, 0);
    let mut input = [[[0.0; 2]; 6]; 6];
    input.floats_mut().fill_with(|| random.normal());
    assert_eq!(short.predict(&input), long.predict(&input));
}

#[test]
fn initializers() {
    network! {
        struct Initial: [4] -> [4] {
            a: Dense(4, initializer = constant(0.25), bias_initializer = ones),
            b: Dense(4, initializer = uniform(2, 3), bias_initializer = constant(-1)),
            c: Dense(4, initializer = orthogonal(2.0)),
            d: Dense(4, initializer = zeros),
        }
    }
    let net = Initial::boxed(5);
    assert_eq!((net.a.kernel, net.a.bias), ([[0.25; 4]; 4], [1.0; 4]));
    assert!(net.b.kernel.floats().iter().all(|weight| (2.0..3.0).contains(weight)));
    assert_eq!((net.b.bias, net.d.kernel), ([-1.0; 4], [[0.0; 4]; 4]));
    for row in 0..4 {
        for other in 0..4 {
            let product: f32 = (0..4).map(|column| net.c.kernel[row][column] * net.c.kernel[other][column]).sum();
            // Some roundings of values up to 4.
            assert!((product - if row == other { 4.0 } else { 0.0 }).abs() < 1e-5);
        }
    }
}

#[test]
fn seeds() {
    assert_eq!(Kinds::boxed(7).weights(), Kinds::boxed(7).weights());
    assert_ne!(Kinds::boxed(7).weights(), Kinds::boxed(8).weights());
    let mut net = Kinds::boxed(8);
    net.initialize(7);
    assert_eq!(net.weights(), Kinds::boxed(7).weights());
    // Layers of the same kind and size draw different weights.
    network! {
        struct Twice: [4] -> [4] { a: Dense(4), b: Dense(4) }
    }
    let twice = Twice::boxed(7);
    assert_ne!(twice.a.kernel, twice.b.kernel);
}

mod inside {
    use typednet::prelude::*;

    pub(crate) const CLASSES: usize = 3;

    network! {
        /// Visible in this crate.
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct Visible: [SIZE, SIZE, 1] -> [CLASSES] {
            /// The only convolution.
            conv: Conv2d(super::inside::CLASSES + 1, kernel = SIZE / 2, stride = SIZE / 2) -> [2, 2, CLASSES + 1],
            Flatten -> [4 * (CLASSES + 1)],
            Dense(CLASSES),
        }
    }

    const SIZE: usize = 6;
}

#[test]
fn constants_as_sizes() {
    use inside::{CLASSES, Visible};
    assert_eq!(
        facts::<Visible>(),
        [
            ("conv", "Conv2d", &[6, 6, 1][..], &[2, 2, 4][..], 9 * 4 + 4, 4 * 36),
            ("flatten_1", "Flatten", &[2, 2, 4], &[16], 0, 0),
            ("dense_1", "Dense", &[16], &[3], 16 * 3 + 3, 48),
        ]
    );
    assert_eq!(Visible::WORKSPACE_BYTES, 4 * (16 + CLASSES));
    let output: [f32; 3] = Visible::boxed(1).predict(&[[[1.0]; 6]; 6]);
    assert!(output.iter().all(|value| value.is_finite()));
    check_inference::<Visible>();
}

#[test]
fn a_network_within_a_function() {
    const UNITS: usize = 5;
    network! {
        struct Local: [2] -> [1] { hidden: Dense(UNITS), Dense(1) }
    }
    assert_eq!((Local::PARAMETERS, Local::boxed(1).hidden.bias.len()), (2 * 5 + 5 + 6, UNITS));
}

#[test]
fn derives() {
    let net = *inside::Visible::boxed(1);
    let mut other = net.clone();
    assert_eq!(other, net);
    other.dense_1.bias[0] = 1.0;
    assert_ne!(other, net);
    assert_eq!(format!("{net:?}"), "Visible { conv: Conv2d<3, 3, 1, 4>, dense_1: Dense<16, 3> }");
    assert_eq!(format!("{:?}", Kinds::boxed(1)), "Kinds", "without a derive the name alone is shown");
}

/// Attributes that decide whether a network exists decide over all that is generated.
#[test]
fn a_network_that_does_not_exist() {
    network! {
        #[cfg(any())]
        struct Never: [2] -> [1] { Dense(1) }
    }
    network! {
        #[cfg(all())]
        #[allow(dead_code)]
        struct Never: [3] -> [1] { Dense(1) }
    }
    assert_eq!(Never::PARAMETERS, 4);
}

/// A macro of a user's own may write declarations, with sizes, rates and functions as its arguments.
macro_rules! perceptron {
    ($visibility:vis $name:ident, $input:expr, $hidden:expr, $output:literal, $activation:expr, $rate:expr) => {
        network! {
            /// Written by a macro.
            $visibility struct $name: [$input] -> [$output] {
                hidden: Dense($hidden, activation = $activation, bias_initializer = constant($rate)),
                Dropout($rate),
                Dense($output),
            }
        }
    };
}

perceptron!(pub Perceptron, 2 + 1, 4, 2, elu(0.5), 1);

#[test]
fn a_declaration_within_a_macro() {
    assert_eq!((Perceptron::PARAMETERS, Perceptron::MACS), (4 * 4 + 5 * 2, 12 + 8));
    assert_eq!(Perceptron::boxed(1).hidden.bias, [1.0; 4]);
    check_inference::<Perceptron>();
}

/// Names that are also names of what is generated.
#[test]
fn names_that_might_clash() {
    network! {
        struct Clash: [3] -> [3] {
            input: Dense(3), of_input: Dense(3), memory: Dense(3), isa: Dense(3), pass: Dense(3), target: Dense(3),
            r#type: Dense(3, activation = relu), weights: Dense(3), gradients: Dense(3), kernel: Dense(3),
        }
    }
    assert_eq!(Clash::PARAMETERS, 10 * 12);
    let names: Vec<&str> = Clash::LAYERS.iter().map(|layer| layer.name).collect();
    assert_eq!(names[6], "type");
    check_inference::<Clash>();
}

/// A network in a box is a network.
#[test]
fn a_box_is_a_network() {
    type Boxed = Box<Digits>;
    assert_eq!((Boxed::PARAMETERS, Boxed::MACS, Boxed::NAME), (Digits::PARAMETERS, Digits::MACS, "Digits"));
    let net = Digits::boxed(1);
    let image = [[[0.5]; 28]; 28];
    assert_eq!(net.predict(&image), Network::predict(&*net, &image));
    assert_eq!(net.boxed_clone().weights(), net.weights());
    assert!(Digits::summary().to_string().contains("693,962"));
}

network! {
    struct Encoder: [4] -> [4] { Dense(4, activation = tanh), BatchNorm }
}

network! {
    /// Trained layers around frozen ones of each kind.
    struct Frozen: [4] -> [2] {
        first: Dense(4),
        #[frozen] layer: Dense(4, activation = tanh),
        #[frozen] norm: BatchNorm,
        #[frozen] block: residual { Dense(4, activation = tanh), inner: residual { BatchNorm } },
        #[frozen] joined: concat { { Dense(2) }, { BatchNorm } },
        second: Dense(4),
        #[frozen] repeated: repeat(2) { Dense(4, activation = tanh), BatchNorm },
        #[frozen] encoder: Network(Encoder),
        last: Dense(2),
    }
}

/// Neither gradients nor weight decay nor statistics change what is frozen, also where the derivatives go through it.
#[test]
fn frozen_weights_stay_as_they_are() {
    let mut random = Random::new(1, 0);
    let data = Dataset::from_fn(20, |_| ([random.normal(), random.normal(), 1.0, 3.0], [random.normal(), 1.0]));
    let (mut net, before) = (Frozen::boxed(1), Frozen::boxed(1));
    Trainer::new(AdamW::new(0.01).weight_decay(0.5), MeanSquaredError).verbose(0).fit(&mut net, &data).unwrap();
    for (frozen, before) in [
        (net.layer.floats(), before.layer.floats()),
        (net.norm.floats(), before.norm.floats()),
        (net.block.floats(), before.block.floats()),
        (net.joined.floats(), before.joined.floats()),
        (net.repeated.floats(), before.repeated.floats()),
        (net.encoder.floats(), before.encoder.floats()),
    ] {
        assert_eq!(frozen, before);
    }
    for (trained, before) in [
        (net.first.floats(), before.first.floats()),
        (net.second.floats(), before.second.floats()),
        (net.last.floats(), before.last.floats()),
    ] {
        assert!(trained.iter().zip(before).all(|(after, before)| after != before));
    }
    let trained: usize = Frozen::SPANS.iter().map(|span| span.weights.len()).sum();
    assert_eq!(trained, 20 + 28 + 10);
    assert!(Frozen::summary().to_string().contains("Trained:     58 "));
}
