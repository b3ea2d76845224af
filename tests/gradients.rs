//! The derivatives of whole networks against differences of their outputs: every layer with every argument, every
//! activation, every loss with every head.
//!
//! The reference is the five-point rule `(8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h` for `f = sum(output * cotangent)`,
//! summed in double precision. Its own error is of the order of `h^4`, 4e-9 at `h = 1/128`. What is left is the rounding of
//! outputs in single precision: some 1e-7 for each value of a size near 1, divided by the step 1e-5, and more for
//! sums of many values. The tolerance is 2e-3, relative to 1 and to the largest derivative: room for networks of several
//! layers, while any term that is missing from a derivative is many times as large.
//!
//! Where a function has a kink (ReLU at 0, the maximum of two equal values) a difference across it is no derivative. Such
//! weights and inputs show themselves, since differences of one and of two steps disagree, and are left out: none
//! in the tables of smooth networks, at most a quarter in those with kinks.

#![allow(deprecated, reason = "pools that leave out rows and dropout at the end are tested here")]

mod common;

use common::batch::{self, Gradients, Memory, both_ways, outputs_of};
use common::uniform;
use typednet::input_gradient;
use typednet::layer::{Mode, Pass};
use typednet::loss::{self, Loss};
use typednet::plain::{self, boxed_zeroed};
use typednet::prelude::*;
use typednet::random::Random;
use typednet::team::Sequential;

const STEP: f32 = 1.0 / 128.0;
const TOLERANCE: f64 = 2e-3;

const TRAINING: Mode = Mode::Training { key: 7 };

/// A network with random weights: those that are trained between -1 and 1, the others (moving means and variances)
/// between 0.5 and 1.5.
fn random_network<N: Trainable + Plain>(random: &mut Random) -> Box<N> {
    let mut net = boxed_zeroed::<N>();
    net.weights_mut().fill_with(|| 0.5 + random.uniform());
    for span in N::SPANS {
        net.weights_mut()[span.weights.clone()].fill_with(|| 2.0 * random.uniform() - 1.0);
    }
    net
}

/// Where each trained weight lies among all weights.
fn trained<N: Trainable>() -> Vec<usize> {
    N::SPANS.iter().flat_map(|span| span.weights.clone()).collect()
}

/// A function at `0`, and one and two steps to either side.
struct Values {
    middle: f64,
    near: [f64; 2],
    far: [f64; 2],
}

impl Values {
    fn of(mut function: impl FnMut(f32) -> f64) -> Self {
        let mut at = |steps: f32| function(steps * STEP);
        Self { middle: at(0.0), near: [at(-1.0), at(1.0)], far: [at(-2.0), at(2.0)] }
    }

    /// The derivative, or `None` at a kink.
    fn derivative(&self, scale: f64) -> Option<f64> {
        let step = f64::from(STEP);
        let near = (self.near[1] - self.near[0]) / (2.0 * step);
        let far = (self.far[1] - self.far[0]) / (4.0 * step);
        // Kinks near the middle change no difference of values at equal distances from it, but the curvature.
        let near_bend = (self.near[1] - 2.0 * self.middle + self.near[0]) / step;
        let far_bend = (self.far[1] - 2.0 * self.middle + self.far[0]) / (4.0 * step);
        let smooth = (near - far).abs().max((near_bend - far_bend).abs()) <= TOLERANCE * scale;
        smooth.then_some((4.0 * near - far) / 3.0)
    }
}

/// Compares derivatives with differences, and counts the kinks.
fn compare(what: &str, found: &[f32], mut values: impl FnMut(usize) -> Values) -> usize {
    let scale = found.iter().fold(1.0, |largest: f64, &value| largest.max(f64::from(value).abs()));
    let mut kinks = 0;
    for (index, &found) in found.iter().enumerate() {
        let Some(expected) = values(index).derivative(scale) else {
            kinks += 1;
            continue;
        };
        let error = (f64::from(found) - expected).abs();
        assert!(error <= TOLERANCE * scale, "{what} {index}: the derivative is {found}, the difference {expected}");
    }
    kinks
}

/// Compares the derivatives of an objective by weights and inputs with its differences.
fn compare_all<N: Trainable>(
    net: &mut N,
    mut input: Vec<f32>,
    found: &Gradients,
    kinks: bool,
    mut objective: impl FnMut(&N, &[f32]) -> f64,
) {
    let places = trained::<N>();
    let weights = compare("weight", &found.weights, |index| {
        let weight = net.weights()[places[index]];
        let values = Values::of(|step| {
            net.weights_mut()[places[index]] = weight + step;
            objective(net, &input)
        });
        net.weights_mut()[places[index]] = weight;
        values
    });
    let inputs = compare("input", &found.input, |index| {
        let value = input[index];
        let values = Values::of(|step| {
            input[index] = value + step;
            objective(net, &input)
        });
        input[index] = value;
        values
    });
    let (count, all) = (weights + inputs, found.weights.len() + found.input.len());
    let most = if kinks { all / 4 } else { 0 };
    assert!(count <= most, "{count} of {all} derivatives lie at a kink");
}

/// Checks the derivatives of `sum(output * cotangent)` in a mode.
fn check_mode<N: Trainable + Plain>(mode: Mode, batch: usize, kinks: bool) {
    let mut random = Random::new(11, 0);
    let mut net = random_network::<N>(&mut random);
    let input = uniform(&mut random, batch * N::Input::FLOATS, -2.0, 2.0);
    let cotangent = uniform(&mut random, batch * N::Output::FLOATS, -1.0, 1.0);
    let (_, found) = both_ways(&*net, mode, &input, &cotangent);
    let mut memory = Memory::new(batch);
    compare_all(&mut *net, input, &found, kinks, |net, input| {
        let outputs = outputs_of::<N>(&memory.forward(net, mode, input));
        plain::flatten(&outputs)
            .iter()
            .zip(&cotangent)
            .map(|(output, by_output)| f64::from(*output) * f64::from(*by_output))
            .sum()
    });
}

fn check<N: Trainable + Plain>(batch: usize, kinks: bool) {
    check_mode::<N>(TRAINING, batch, kinks);
    check_mode::<N>(Mode::Inference, batch, kinks);
    the_derivative_by_the_input_is_not_needed::<N>(batch);
}

/// The weights' derivatives are the same whether or not somebody asks for those by the input.
fn the_derivative_by_the_input_is_not_needed<N: Trainable + Plain>(batch: usize) {
    let mut random = Random::new(12, 0);
    let net = random_network::<N>(&mut random);
    let input = uniform(&mut random, batch * N::Input::FLOATS, -2.0, 2.0);
    let mut memory = Memory::<N>::new(batch);
    let logits = memory.forward(&net, TRAINING, &input);
    let with = memory.backward(&net, TRAINING, &input, &logits).weights;

    memory.forward(&net, TRAINING, &input);
    let mut memory = memory.training();
    memory.logits::<N>(batch).1.copy_from_slice(&logits);
    let mut without = boxed_zeroed::<N::Gradients>();
    without.floats_mut().fill(f32::NAN);
    net.backward(Pass { team: &Sequential, batch, mode: TRAINING }, &input, &mut memory, &mut without);
    assert_eq!(batch::trained::<N>(&without), with);
}

/// Each row is a test: its name, and a network.
macro_rules! gradients {
    (batch = $batch:literal, kinks = $kinks:literal, $($test:ident: $input:tt -> $output:tt { $($layer:tt)* })*) => {
        $(
            #[test]
            fn $test() {
                network! {
                    struct Net: $input -> $output { $($layer)* }
                }
                check::<Net>($batch, $kinks);
            }
        )*
    };
}

gradients! { batch = 3, kinks = false,
    dense: [5] -> [4] { Dense(4) }
    dense_without_bias: [5] -> [4] { Dense(4, bias = false) }
    dense_of_one: [1] -> [1] { Dense(1) }
    dense_wide: [3] -> [37] { Dense(37) }
    dense_deep: [37] -> [3] { Dense(3) }

    conv2d: [4, 5, 2] -> [2, 3, 3] { Conv2d(3, kernel = 3) }
    conv2d_without_bias: [4, 5, 2] -> [2, 3, 3] { Conv2d(3, kernel = 3, bias = false) }
    conv2d_one_channel: [5, 5, 1] -> [3, 3, 17] { Conv2d(17, kernel = 3) }
    conv2d_one_pixel: [3, 4, 2] -> [3, 4, 5] { Conv2d(5, kernel = 1) }
    conv2d_whole_image: [3, 4, 2] -> [1, 1, 5] { Conv2d(5, kernel = (3, 4)) }
    conv2d_rectangular: [4, 5, 2] -> [3, 3, 2] { Conv2d(2, kernel = (2, 3)) }
    conv2d_same: [4, 5, 2] -> [4, 5, 2] { Conv2d(2, kernel = 3, padding = same) }
    conv2d_same_even: [4, 3, 2] -> [4, 3, 2] { Conv2d(2, kernel = (2, 4), padding = same) }
    conv2d_larger_than_the_image: [2, 3, 2] -> [2, 3, 2] { Conv2d(2, kernel = 5, padding = same) }
    conv2d_stride: [5, 6, 2] -> [2, 2, 2] { Conv2d(2, kernel = 3, stride = 2) }
    conv2d_stride_same: [5, 6, 2] -> [3, 3, 2] { Conv2d(2, kernel = 3, stride = 2, padding = same) }
    conv2d_stride_of_two_sizes: [5, 7, 1] -> [5, 3, 2] { Conv2d(2, kernel = 2, stride = (1, 3), padding = same) }
    conv2d_stride_beyond_the_kernel: [7, 7, 2] -> [2, 2, 2] { Conv2d(2, kernel = 2, stride = 4) }
    conv2d_dilation: [6, 6, 2] -> [2, 2, 2] { Conv2d(2, kernel = 3, dilation = 2) }
    conv2d_dilation_same: [4, 5, 2] -> [4, 5, 2] { Conv2d(2, kernel = 3, dilation = (2, 1), padding = same) }
    conv2d_stride_and_dilation: [7, 6, 1] -> [2, 1, 2] { Conv2d(2, kernel = 3, stride = 2, dilation = 2) }
    conv2d_groups: [4, 4, 4] -> [2, 2, 6] { Conv2d(6, kernel = 3, groups = 2) }
    conv2d_group_for_each_channel: [4, 4, 3] -> [4, 4, 3] { Conv2d(3, kernel = 3, groups = 3, padding = same) }
    conv2d_everything: [5, 6, 4] -> [3, 6, 4] {
        Conv2d(4, kernel = (3, 2), stride = (2, 1), padding = same, dilation = (1, 2), groups = 2, bias = false)
    }

    depthwise: [4, 5, 3] -> [2, 3, 3] { DepthwiseConv2d(3) }
    depthwise_without_bias: [4, 5, 3] -> [2, 3, 3] { DepthwiseConv2d(3, bias = false) }
    depthwise_many_channels: [3, 4, 19] -> [2, 3, 19] { DepthwiseConv2d(2) }
    depthwise_same: [4, 5, 3] -> [4, 5, 3] { DepthwiseConv2d(3, padding = same) }
    depthwise_stride: [5, 6, 2] -> [3, 3, 2] { DepthwiseConv2d((3, 2), stride = 2, padding = same) }
    depthwise_multiplier: [4, 4, 2] -> [2, 2, 6] { DepthwiseConv2d(3, multiplier = 3) }
    depthwise_multiplier_stride: [5, 4, 2] -> [3, 2, 4] {
        DepthwiseConv2d(3, stride = 2, multiplier = 2, padding = same)
    }
    depthwise_dilation: [6, 5, 2] -> [2, 1, 2] { DepthwiseConv2d(3, dilation = 2) }

    avg_pool: [4, 6, 2] -> [2, 3, 2] { AvgPool2d(2) }
    avg_pool_dropping_rows: [5, 5, 2] -> [2, 2, 2] { AvgPool2d(2) }
    avg_pool_overlapping: [4, 5, 2] -> [2, 3, 2] { AvgPool2d(3, stride = 1) }
    avg_pool_same: [5, 4, 2] -> [3, 2, 2] { AvgPool2d(3, stride = 2, padding = same) }
    avg_pool_rectangular: [4, 6, 1] -> [2, 2, 1] { AvgPool2d((2, 3)) }
    global_avg_pool: [3, 4, 5] -> [5] { GlobalAvgPool2d }

    batch_norm: [5] -> [5] { BatchNorm }
    batch_norm_of_images: [3, 4, 2] -> [3, 4, 2] { BatchNorm }
    batch_norm_settings: [3, 2, 3] -> [3, 2, 3] { BatchNorm(momentum = 0.5, epsilon = 0.25) }
    batch_norm_behind_dense: [4] -> [3] { Dense(6, bias = false), BatchNorm, Tanh, Dense(3) }

    dropout: [7] -> [7] { Dropout(0.4) }
    dropout_of_nothing: [7] -> [7] { Dropout(0.0) }
    dropout_of_everything: [7] -> [7] { Dropout(1) }
    dropouts_between: [3, 4, 2] -> [3] { Dropout(0.2), Conv2d(4, kernel = 2), Dropout(0.5), Flatten, Dense(3) }

    flatten: [2, 3, 2] -> [12] { Flatten }
    reshape: [2, 3, 2] -> [4, 3] { Reshape([4, 3]) }
    begins_with_flatten: [2, 3, 2] -> [4] { Flatten, Dense(4) }
    begins_with_reshape: [12] -> [1, 2, 2] { Reshape([2, 3, 2]), Conv2d(2, kernel = 2) }
    begins_with_pool: [4, 4, 2] -> [3] { AvgPool2d(2), Flatten, Dense(3) }
    begins_with_activation: [5] -> [3] { Tanh, Dense(3) }
    begins_with_an_activation_of_its_input: [5] -> [3] { Silu, Dense(3) }
    begins_with_activations: [5] -> [3] { Tanh, Silu, Softplus, Dense(3) }
    begins_with_dropout: [5] -> [3] { Dropout(0.3), Dense(3) }
    begins_with_flatten_and_activation: [2, 3, 1] -> [3] { Flatten, Tanh, Dense(3) }
    begins_with_batch_norm: [4] -> [3] { BatchNorm, Dense(3) }

    // Values that lie where other values lay: what is read backward must still be there.
    activation_after_activation: [4] -> [3] { Dense(5, activation = tanh), Sigmoid, Silu, Softplus, Dense(3) }
    activation_that_saves_its_input_twice: [4] -> [3] { Dense(5, activation = silu), Gelu, Dense(3) }
    dropout_after_activation: [4] -> [3] { Dense(6, activation = tanh), Dropout(0.5), Dense(3) }
    dropout_after_flattened_activation: [3, 3, 2] -> [3] {
        Conv2d(3, kernel = 2, activation = tanh), Flatten, Dropout(0.5), Dense(3)
    }
    activation_after_flattened_activation: [3, 3, 2] -> [3] {
        Conv2d(3, kernel = 2, activation = tanh), Flatten, Sigmoid, Dense(3)
    }
    activation_after_reshaped_input: [6] -> [6] { Reshape([2, 3]), Tanh, Flatten, Sigmoid, Reshape([6]), Silu, Flatten }
    batch_norm_after_activation: [4] -> [3] { Dense(5, activation = tanh), BatchNorm, Dense(3) }
    pool_after_activation: [4, 4, 1] -> [2, 2, 2] { Conv2d(2, kernel = 1, activation = tanh), AvgPool2d(2) }
    head_after_activation: [4] -> [3] { Dense(3, activation = tanh), Softmax }
    head_after_flattened_activation: [2, 2, 1] -> [4] { Tanh, Flatten, Sigmoid }
    softmax_within: [4] -> [3] { Dense(5, activation = softmax), Dense(3) }
    softmax_of_rows: [2, 3] -> [2, 3] { Softmax }
    softmax_of_rows_within: [6] -> [6] { Reshape([2, 3]), Softmax, Flatten }

    deep_chain: [4] -> [3] {
        Dense(6, activation = tanh), Dense(6, activation = sigmoid), Dense(6, activation = silu),
        Dense(6, activation = softplus), Dense(6, activation = tanh), Dense(3, activation = softmax),
    }
    deep_images: [6, 6, 2] -> [4] {
        Conv2d(4, kernel = 3, padding = same, bias = false), BatchNorm, Tanh,
        DepthwiseConv2d(3, stride = 2, padding = same, activation = silu), Conv2d(6, kernel = 1), BatchNorm, Softplus,
        AvgPool2d(2), Dropout(0.25), Flatten, Dense(4, activation = softmax),
    }
}

// The macro does not know the value, so that training repeats the layers in a loop.
const TWICE: usize = 2;

network! {
    struct Encoder: [4] -> [3] { Dense(5, activation = silu), BatchNorm, Dense(3, activation = sigmoid) }
}

gradients! { batch = 3, kinks = false,
    residual: [4] -> [4] { residual { Dense(4, activation = tanh) } }
    residual_shortcut: [4, 4, 2] -> [2, 2, 3] {
        residual(shortcut = Conv2d(3, kernel = 1, stride = 2)) {
            Conv2d(3, kernel = 3, stride = 2, padding = same, bias = false), BatchNorm, Tanh,
        },
    }
    residual_between: [4] -> [3] { Dense(5, activation = tanh), residual { Tanh, Dense(5), Sigmoid }, Silu, Dense(3) }
    residual_in_place: [4] -> [4] { residual { Tanh }, residual { Sigmoid, Silu } }
    residual_of_the_same: [2, 2] -> [4] { residual { Reshape([2, 2]) }, Flatten }
    residual_of_dropout: [4] -> [4] { Dense(4, activation = tanh), residual { Dropout(0.5) }, Dense(4) }
    residual_of_batch_norm: [3, 2, 2] -> [3, 2, 2] { residual { BatchNorm, Tanh, Conv2d(2, kernel = 3, padding = same) } }
    residual_of_residual: [4] -> [4] { residual { Tanh, residual { Sigmoid, Dense(4) }, Dense(4), Tanh } }
    concat: [4] -> [5] { concat { { Dense(2, activation = tanh) }, { Dense(3) } } }
    concat_in_place: [4] -> [12] { Dense(4, activation = silu), concat { { Tanh }, { Sigmoid }, { Softplus, Silu } } }
    concat_of_its_input: [4] -> [3] { concat { { Tanh, Dense(2) }, { Flatten }, { Silu } }, Dense(3) }
    concat_images: [4, 4, 2] -> [2, 2, 7] {
        concat {
            { Conv2d(3, kernel = 3, activation = tanh) },
            wide: { Conv2d(2, kernel = 1), AvgPool2d(2) },
            { AvgPool2d(2), BatchNorm },
        },
    }
    add: [4] -> [3] { add { { Dense(3, activation = tanh) }, { Dense(3) }, { Tanh, Dense(3) } } }
    add_in_place: [4] -> [4] { Dense(4), add { { Tanh }, { Sigmoid }, { Flatten } }, Dense(4) }
    multiply: [4] -> [4] { multiply { { Tanh }, { Dense(4, activation = sigmoid) } } }
    multiply_three: [4] -> [2] { Dense(3), multiply { { Tanh }, { Flatten }, { Dense(3, activation = sigmoid) } }, Dense(2) }
    multiply_the_same: [4] -> [4] { Dense(4, activation = tanh), multiply { { Flatten }, { Flatten } }, Dense(4) }
    multiply_its_input: [4] -> [4] { multiply { { Flatten }, { Flatten } } }
    repeated: [4] -> [2] { repeat(3) { Dense(4, activation = tanh), BatchNorm }, Dense(2) }
    repeated_once: [4] -> [4] { repeat(1) { residual { Dense(4, activation = silu) } } }
    repeated_at_the_end: [2, 3] -> [6] { Flatten, repeat(2) { Tanh, Dense(6), Dropout(0.25) } }
    repeated_in_a_loop: [4] -> [2] { Dense(4), repeat(TWICE) { BatchNorm, Dense(4, activation = tanh) }, Dense(2) }
    repeated_at_the_end_in_a_loop: [2, 3] -> [6] { Flatten, repeat(TWICE) { Tanh, Dense(6), Dropout(0.25) } }
    repeated_convolutions: [4, 4, 2] -> [4, 4, 2] {
        Conv2d(2, kernel = 1), BatchNorm,
        repeat(3) { DepthwiseConv2d(3, padding = same), BatchNorm, Conv2d(2, kernel = 1), BatchNorm },
    }
    repeated_normalizations: [3, 3, 2] -> [3, 3, 2] {
        Conv2d(2, kernel = 1), repeat(3) { BatchNorm, Conv2d(2, kernel = 3, padding = same) },
    }
    repeated_in_repeated: [3, 3, 2] -> [2] {
        repeat(2) {
            repeat(2) { Conv2d(2, kernel = 1), BatchNorm },
            residual { BatchNorm, Tanh, repeat(2) { Conv2d(2, kernel = 1) } },
            Conv2d(2, kernel = 1), BatchNorm,
        },
        Flatten, Dense(2),
    }
    network_first: [4] -> [2] { Network(Encoder), Dense(2) }
    network_within: [3] -> [2] { Dense(4, activation = tanh), Network(Encoder), Tanh, Dense(2) }
    network_last: [3] -> [3] { Dense(4, activation = tanh), Network(Encoder) }
    networks_beside: [4] -> [6] { concat { { Network(Encoder) }, { Network(Encoder), Tanh } } }
    softmax_of_a_block: [4] -> [4] { residual { Dense(4, activation = tanh) }, Softmax }
    sigmoid_of_a_block: [4] -> [8] { concat { { Tanh }, { Flatten } }, Flatten, Sigmoid }

    frozen_first: [4] -> [2] { #[frozen] Dense(5, activation = tanh), Dense(2) }
    frozen_within: [4] -> [2] { Dense(5), #[frozen] Dense(5, activation = tanh), #[frozen] BatchNorm, Dense(2) }
    frozen_last: [4] -> [2] { Dense(5, activation = tanh), #[frozen] Dense(2) }
    frozen_altogether: [4, 4, 1] -> [2] {
        #[frozen] Conv2d(2, kernel = 2), #[frozen] BatchNorm, Tanh, Flatten, #[frozen] Dense(2)
    }
    frozen_block: [4] -> [2] { Dense(4), #[frozen] residual { Dense(4, activation = tanh), BatchNorm }, Dense(2) }
    frozen_join: [4] -> [2] { Dense(4), #[frozen] concat { { Dense(2, activation = tanh) }, { BatchNorm } }, Dense(2) }
    frozen_repeat: [4] -> [2] { Dense(4), #[frozen] repeat(2) { Dense(4, activation = tanh), BatchNorm }, Dense(2) }
    frozen_repeat_in_a_loop: [4] -> [2] {
        Dense(4), #[frozen] repeat(TWICE) { Dense(4, activation = tanh), BatchNorm }, Dense(2)
    }
    frozen_network: [4] -> [2] { #[frozen] Network(Encoder), Dense(2) }
    frozen_network_within: [4] -> [2] { Dense(4, activation = tanh), #[frozen] Network(Encoder), Dense(2) }
}

// Nothing of these is smooth everywhere: maxima, and activations of pieces.
gradients! { batch = 3, kinks = true,
    max_pool: [4, 6, 2] -> [2, 3, 2] { MaxPool2d(2) }
    max_pool_dropping_rows: [5, 5, 2] -> [2, 2, 2] { MaxPool2d(2) }
    max_pool_overlapping: [4, 5, 2] -> [2, 3, 2] { MaxPool2d(3, stride = 1) }
    max_pool_apart: [5, 5, 2] -> [2, 2, 2] { MaxPool2d(2, stride = 3) }
    max_pool_same: [5, 4, 2] -> [3, 2, 2] { MaxPool2d(3, stride = 2, padding = same) }
    max_pool_rectangular: [4, 6, 1] -> [2, 2, 1] { MaxPool2d((2, 3)) }
    global_max_pool: [3, 4, 5] -> [5] { GlobalMaxPool2d }
    begins_with_max_pool: [4, 4, 2] -> [3] { MaxPool2d(2), Flatten, Dense(3) }
    max_pool_after_activation: [4, 4, 1] -> [2] {
        Conv2d(2, kernel = 1, activation = relu), MaxPool2d(2), Flatten, Dense(2)
    }
    max_pool_after_layers: [7, 9, 3] -> [2] {
        Conv2d(5, kernel = 3, padding = same, bias = false), Relu6, MaxPool2d((2, 3)), Conv2d(4, kernel = 2),
        MaxPool2d(2), Flatten, Dense(2)
    }
    two_pools: [8, 8, 1] -> [3] { MaxPool2d(2), Conv2d(3, kernel = 1), MaxPool2d(2), GlobalMaxPool2d }
    tutorial: [8, 8, 1] -> [4] {
        Conv2d(3, kernel = 3, activation = relu), MaxPool2d(2), Flatten, Dense(6, activation = relu),
        Dense(4, activation = softmax),
    }
}

// More samples than blocks of sums: 10 blocks, all but the last of two samples.
gradients! { batch = 19, kinks = false,
    dense_in_blocks: [3] -> [2] { Dense(2) }
    conv2d_in_blocks: [3, 3, 1] -> [2, 2, 2] { Conv2d(2, kernel = 2) }
    depthwise_in_blocks: [3, 3, 2] -> [2, 2, 2] { DepthwiseConv2d(2) }
    batch_norm_in_blocks: [3] -> [3] { BatchNorm }
    network_in_blocks: [4, 3, 1] -> [2] {
        Conv2d(2, kernel = 2), BatchNorm, Tanh, Dropout(0.3), AvgPool2d((1, 2)), Flatten, Dense(2, activation = sigmoid)
    }
}

/// Each row is two tests: an activation as a layer, between others and alone, and as an argument.
macro_rules! activations {
    (kinks = $kinks:literal, $($test:ident: $layer:tt $(($value:tt))?, $function:expr;)*) => {
        $(
            mod $test {
                use super::*;

                #[test]
                fn as_a_layer() {
                    network! {
                        struct Net: [4] -> [3] { Dense(6), $layer $(($value))?, Dense(3) }
                    }
                    check::<Net>(3, $kinks);
                }

                #[test]
                fn alone() {
                    network! {
                        struct Net: [4] -> [4] { $layer $(($value))? }
                    }
                    check::<Net>(3, $kinks);
                }

                #[test]
                fn as_an_argument() {
                    network! {
                        struct Net: [4] -> [3] { Dense(6, activation = $function), Dense(3) }
                    }
                    check::<Net>(3, $kinks);
                }

                #[test]
                fn at_the_end() {
                    network! {
                        struct Net: [4] -> [2, 1, 6] {
                            Reshape([2, 2, 1]), Conv2d(6, kernel = (1, 2), activation = $function)
                        }
                    }
                    check::<Net>(3, $kinks);
                }

                /// The same function whichever way it is asked for.
                #[test]
                fn by_its_name() {
                    network! {
                        struct Net: [4] -> [4] { Activation($function), Flatten }
                    }
                    network! {
                        struct Same: [4] -> [4] { $layer $(($value))?, Flatten }
                    }
                    let input = [-3.5, -0.5, 0.25, 7.0];
                    assert_eq!(Net::ZERO.predict(&input), Same::ZERO.predict(&input));
                }
            }
        )*
    };
}

activations! { kinks = false,
    gelu: Gelu, gelu;
    silu: Silu, silu;
    softplus: Softplus, softplus;
    sigmoid: Sigmoid, sigmoid;
    tanh: Tanh, tanh;
    softmax: Softmax, softmax;
}

// ELU's derivative is continuous for a value of 1 only, and its curvature for none.
activations! { kinks = true,
    relu: Relu, relu;
    relu6: Relu6, relu6;
    leaky_relu: LeakyRelu(0.125), leaky_relu(0.125);
    elu: Elu, elu;
    elu_of_a_value: Elu(1.5), elu(1.5);
    selu: Selu, selu;
    hard_sigmoid: HardSigmoid, hard_sigmoid;
    hard_silu: HardSilu, hard_silu;
}

/// Keras has one default for the function and another one for the layer.
#[test]
fn leaky_relu_has_two_defaults() {
    network! {
        struct Function: [1] -> [1] { Activation(leaky_relu) }
    }
    network! {
        struct Layer: [1] -> [1] { LeakyRelu }
    }
    assert_eq!(Function::ZERO.predict(&[-1.0]), [-0.2]);
    assert_eq!(Layer::ZERO.predict(&[-1.0]), [-0.3]);
}

/// Checks the derivatives of the mean loss of a batch through the network.
fn check_loss<N, L>(loss: L, labels: &[L::Label], kinks: bool)
where
    N: Trainable + Plain,
    L: Loss<N::Head, N::Output>,
{
    let (mut random, batch) = (Random::new(13, 0), labels.len());
    let mut net = random_network::<N>(&mut random);
    let input = uniform(&mut random, batch * N::Input::FLOATS, -2.0, 2.0);
    let mut memory = Memory::<N>::new(batch);
    let mut slopes = vec![N::Output::ZERO; batch];
    let logits = memory.forward(&net, TRAINING, &input);
    loss::batch::<N::Head, _, _>(&loss, &logits, labels, &mut slopes);
    let found = memory.backward(&net, TRAINING, &input, &slopes);
    for (sample, label) in labels.iter().enumerate() {
        let floats = N::Input::FLOATS;
        let one =
            input_gradient(&*net, plain::view(&input[sample * floats..][..floats]).unwrap(), label, &loss).unwrap();
        let expected: Vec<f32> =
            found.input[sample * floats..][..floats].iter().map(|slope| slope * batch as f32).collect();
        // A batch may be added up in another order than a sample, and its derivatives are divided by its size.
        common::assert_close("input_gradient", one.floats(), &expected, 1e-5);
    }
    compare_all(&mut *net, input, &found, kinks, |net, input| {
        let logits = memory.forward(net, TRAINING, input);
        loss::batch::<N::Head, _, _>(&loss, &logits, labels, &mut slopes) / batch as f64
    });
}

fn classes() -> [Class<3>; 4] {
    [2, 0, 1, 2].map(|class| Class::new(class).unwrap())
}

/// Labels of one hot value each.
fn one_hot() -> [[f32; 3]; 4] {
    classes().map(|class| [0, 1, 2].map(|index| f32::from(index == class.index())))
}

/// Labels that are probabilities.
fn probabilities() -> [[f32; 3]; 4] {
    [[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.125, 0.375, 0.5], [1.0, 0.0, 0.0]]
}

/// Labels that are any numbers.
fn numbers() -> [[f32; 3]; 4] {
    [[1.5, -0.25, 0.25], [-2.0, 1.0, 0.0], [0.75, 3.5, 0.5], [0.5, -3.0, 0.125]]
}

/// Each row is a test: its name, the activation of the last layer, the loss, and its labels.
macro_rules! losses {
    (kinks = $kinks:literal, $($test:ident: ($($activation:tt)*) $loss:expr, $labels:ident;)*) => {
        mod losses {
            use super::*;
            $(
                #[test]
                fn $test() {
                    network! {
                        struct Net: [4] -> [3] { Dense(5, activation = tanh), Dense(3 $($activation)*) }
                    }
                    check_loss::<Net, _>($loss, &$labels(), $kinks);
                }
            )*
        }
    };
    ($name:ident kinks = $kinks:literal, $($rows:tt)*) => {
        mod $name {
            use super::*;
            losses! { kinks = $kinks, $($rows)* }
        }
    };
}

losses! { smooth kinks = false,
    softmax_sparse: (, activation = softmax) SparseCategoricalCrossentropy, classes;
    softmax_sparse_smoothed: (, activation = softmax) SparseCategoricalCrossentropy.label_smoothing(0.2), classes;
    softmax_one_hot: (, activation = softmax) CategoricalCrossentropy, one_hot;
    softmax_probabilities: (, activation = softmax) CategoricalCrossentropy, probabilities;
    softmax_smoothed: (, activation = softmax) CategoricalCrossentropy.label_smoothing(0.1), one_hot;
    softmax_squared: (, activation = softmax) MeanSquaredError, probabilities;
    softmax_huber: (, activation = softmax) Huber::default(), one_hot;
    linear_sparse: () SparseCategoricalCrossentropy.from_logits(), classes;
    linear_sparse_smoothed: () SparseCategoricalCrossentropy.from_logits().label_smoothing(0.2), classes;
    linear_categorical: () CategoricalCrossentropy.from_logits(), probabilities;
    linear_categorical_smoothed: () CategoricalCrossentropy.label_smoothing(0.1).from_logits(), one_hot;
    linear_binary: () BinaryCrossentropy.from_logits(), probabilities;
    linear_binary_smoothed: () BinaryCrossentropy.from_logits().label_smoothing(0.3), one_hot;
    linear_squared: () MeanSquaredError, numbers;
    tanh_squared: (, activation = tanh) MeanSquaredError, numbers;
    sigmoid_binary: (, activation = sigmoid) BinaryCrossentropy, one_hot;
    sigmoid_binary_probabilities: (, activation = sigmoid) BinaryCrossentropy, probabilities;
    sigmoid_binary_smoothed: (, activation = sigmoid) BinaryCrossentropy.label_smoothing(0.3), one_hot;
    sigmoid_squared: (, activation = sigmoid) MeanSquaredError, probabilities;
}

losses! { with_kinks kinks = true,
    linear_absolute: () MeanAbsoluteError, numbers;
    linear_huber: () Huber::new(0.75), numbers;
    softmax_absolute: (, activation = softmax) MeanAbsoluteError, probabilities;
    sigmoid_absolute: (, activation = sigmoid) MeanAbsoluteError, probabilities;
    sigmoid_huber: (, activation = sigmoid) Huber::new(0.25), probabilities;
    relu_squared: (, activation = relu) MeanSquaredError, numbers;
}
