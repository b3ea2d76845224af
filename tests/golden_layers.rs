//! Layers against Keras: outputs, derivatives by inputs and weights, and moving statistics.
//!
//! The numbers are those of Keras 3.15.1 (JAX backend) in double precision, stored in single precision; see
//! `golden/keras/README.md`. The tolerance is [`common::golden::TOLERANCE`] of each tensor's largest magnitude.

mod common;

use common::batch::{Memory, both_ways, infer_all};
use common::golden::{Golden, names};
use typednet::kernel::Level;
use typednet::layer::Mode;
use typednet::network;
use typednet::network::Trainable;
use typednet::plain::{Plain, boxed_zeroed};
use typednet::tensor::Tensor;

const TRAINING: Mode = Mode::Training { key: 1 };
const INFERENCE: Mode = Mode::Inference;

/// Each row is a test: its name, the file, what the pass is for, and a network of one layer.
macro_rules! layers {
    ($($test:ident: $file:literal $mode:ident $input:tt -> $output:tt { $($layer:tt)* })*) => {
        $(
            #[test]
            fn $test() {
                network! {
                    struct Net: $input -> $output { $($layer)* }
                }
                check::<Net>($file, $mode);
            }
        )*

        #[test]
        fn every_file_is_used() {
            let mut used = vec![$($file),*];
            used.sort();
            used.dedup();
            assert_eq!(used, names("layer_"));
        }
    };
}

layers! {
    dense: "layer_dense" TRAINING [7] -> [5] { Dense(5) }
    dense_without_bias: "layer_dense_no_bias" TRAINING [6] -> [4] { Dense(4, bias = false) }

    conv2d_valid: "layer_conv2d_valid" TRAINING [6, 7, 2] -> [4, 5, 4] { Conv2d(4, kernel = 3) }
    conv2d_cubic: "layer_conv2d_cubic" TRAINING [3, 3, 3] -> [3, 3, 3] { Conv2d(3, kernel = 3, padding = same) }
    conv2d_stride: "layer_conv2d_same_stride2" TRAINING [7, 6, 2] -> [4, 3, 4] {
        Conv2d(4, kernel = 3, stride = 2, padding = same)
    }
    conv2d_dilated: "layer_conv2d_dilated" TRAINING [8, 8, 2] -> [4, 4, 2] { Conv2d(2, kernel = 3, dilation = 2) }
    conv2d_grouped: "layer_conv2d_grouped" TRAINING [6, 6, 4] -> [4, 4, 4] { Conv2d(4, kernel = 3, groups = 2) }
    conv2d_one_pixel: "layer_conv2d_1x1" TRAINING [4, 4, 3] -> [4, 4, 5] { Conv2d(5, kernel = 1) }
    conv2d_tutorial: "layer_conv2d_seed_first_layer" TRAINING [28, 28, 1] -> [26, 26, 32] { Conv2d(32, kernel = 3) }

    depthwise: "layer_depthwise_same" TRAINING [6, 5, 4] -> [6, 5, 4] { DepthwiseConv2d(3, padding = same) }
    depthwise_multiplier: "layer_depthwise_multiplier_stride2" TRAINING [6, 5, 2] -> [3, 3, 4] {
        DepthwiseConv2d(3, stride = 2, multiplier = 2, padding = same)
    }

    max_pool2d: "layer_maxpool2d" TRAINING [6, 6, 3] -> [3, 3, 3] { MaxPool2d(2) }
    max_pool2d_overlapping: "layer_maxpool2d_same_stride" TRAINING [7, 6, 2] -> [4, 3, 2] {
        MaxPool2d(3, stride = 2, padding = same)
    }
    avg_pool2d: "layer_avgpool2d_same" TRAINING [5, 7, 2] -> [3, 4, 2] { AvgPool2d(2, padding = same) }
    global_avg_pool2d: "layer_globalavg2d" TRAINING [4, 5, 3] -> [3] { GlobalAvgPool2d }
    global_max_pool2d: "layer_globalmax2d" TRAINING [4, 5, 3] -> [3] { GlobalMaxPool2d }

    batch_norm_in_training: "layer_batchnorm_train" TRAINING [4, 3, 2] -> [4, 3, 2] { BatchNorm }
    batch_norm_at_inference: "layer_batchnorm_infer" INFERENCE [4, 3, 2] -> [4, 3, 2] { BatchNorm }

    relu: "layer_activation_relu" TRAINING [9] -> [9] { Relu }
    relu6: "layer_activation_relu6" TRAINING [9] -> [9] { Relu6 }
    leaky_relu: "layer_activation_leaky_relu" TRAINING [9] -> [9] { Activation(leaky_relu) }
    leaky_relu_layer: "layer_activation_leaky_relu" TRAINING [9] -> [9] { LeakyRelu(slope = 0.2) }
    elu: "layer_activation_elu" TRAINING [9] -> [9] { Elu }
    selu: "layer_activation_selu" TRAINING [9] -> [9] { Selu }
    gelu: "layer_activation_gelu" TRAINING [9] -> [9] { Gelu }
    silu: "layer_activation_silu" TRAINING [9] -> [9] { Silu }
    softplus: "layer_activation_softplus" TRAINING [9] -> [9] { Softplus }
    hard_sigmoid: "layer_activation_hard_sigmoid" TRAINING [9] -> [9] { HardSigmoid }
    hard_silu: "layer_activation_hard_silu" TRAINING [9] -> [9] { HardSilu }
    tanh: "layer_activation_tanh" TRAINING [9] -> [9] { Tanh }

    // At the end of a network the two are its head; before another layer they are layers like any other.
    sigmoid_head: "layer_activation_sigmoid" TRAINING [9] -> [9] { Sigmoid }
    sigmoid_within: "layer_activation_sigmoid" TRAINING [9] -> [9] { Sigmoid, Flatten }
    softmax_head: "layer_activation_softmax" TRAINING [9] -> [9] { Softmax }
    softmax_within: "layer_activation_softmax" TRAINING [9] -> [9] { Softmax, Flatten }
}

/// The names and sizes of a network's tensors, in the order in which they lie in memory, and whether they are trained.
fn tensors<N: Trainable>() -> impl Iterator<Item = (&'static str, usize, bool)> {
    let weights = N::LAYERS.iter().flat_map(|layer| layer.weights);
    weights.map(|weight| (weight.name, weight.shape.len(), weight.trained))
}

/// The weights of a file.
fn read<N: Trainable + Plain>(golden: &Golden) -> Box<N> {
    let mut net = boxed_zeroed::<N>();
    let mut rest = net.weights_mut();
    for (name, len, trained) in tensors::<N>() {
        let values = golden.floats(&format!("{}.{name}", if trained { "weight" } else { "state" }));
        let (tensor, after) = rest.split_at_mut(len);
        tensor.copy_from_slice(&values);
        rest = after;
    }
    assert!(rest.is_empty());
    net
}

fn check<N: Trainable + Plain>(file: &str, mode: Mode) {
    let golden = Golden::read(file);
    assert_eq!(golden.shape("input")[1..], *N::Input::SHAPE.sizes());
    assert_eq!(golden.shape("output")[1..], *N::Output::SHAPE.sizes());
    let mut net = read::<N>(&golden);
    let input = golden.floats("input");
    let (outputs, gradients) = both_ways(&*net, mode, &input, &golden.floats("grad_output"));
    golden.check("output", &outputs);
    golden.check("grad_input", &gradients.input);
    let mut rest = &gradients.weights[..];
    for (name, len, _) in tensors::<N>().filter(|(.., trained)| *trained) {
        let (gradient, after) = rest.split_at(len);
        golden.check(&format!("grad.{name}"), gradient);
        rest = after;
    }
    assert!(rest.is_empty());

    if !golden.has("state.moving_mean") || mode == INFERENCE {
        // Nothing of these layers depends on the batch, so an inference gives the same.
        for level in Level::available() {
            golden.check("output", &infer_all(level, &*net, &input));
        }
        return;
    }
    let mut memory = Memory::<N>::new(input.len() / N::Input::FLOATS);
    memory.forward(&net, mode, &input);
    net.update_statistics(memory.training().statistics);
    let mut rest = net.weights();
    for (name, len, trained) in tensors::<N>() {
        let (values, after) = rest.split_at(len);
        let kept = if trained { "weight" } else { "state_after" };
        golden.check(&format!("{kept}.{name}"), values);
        rest = after;
    }
}
