//! Weights in the program: laid out by the compiler, and the same as those that are loaded.

#[path = "common/networks.rs"]
mod networks;

use networks::DsCnn as Words;
use typednet::files::read_tensors;
use typednet::prelude::*;

network! {
    struct Mlp: [64] -> [10] {
        hidden: Dense(32, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

network! {
    struct Small: [2] -> [2] {
        first:  Dense(3, activation = relu),
        norm:   BatchNorm,
        second: Dense(2),
    }
}

static MLP: Mlp = include_weights!(Mlp, "examples/firmware/weights/mlp.safetensors");
static WORDS: Words = include_weights!(Words, "examples/firmware/weights/words.safetensors");
/// The order of its tensors is another one, and the values begin at an odd byte. Its values are 0, 1, 2 and so on.
static SMALL: Small = include_weights!(Small, "tests/weights/another_order.safetensors",);

#[test]
fn included_weights_are_those_that_are_loaded() {
    let loaded = Mlp::load("examples/firmware/weights/mlp.safetensors").unwrap();
    assert_eq!(MLP.weights(), loaded.weights());
    assert!(MLP.weights().iter().any(|weight| *weight != 0.0));
}

#[test]
fn statistics_of_repeated_layers_are_included() {
    let loaded = Words::load("examples/firmware/weights/words.safetensors").unwrap();
    assert_eq!(WORDS.weights(), loaded.weights());
    assert_eq!(WORDS.separable[3].batch_norm_2.moving_variance, loaded.separable[3].batch_norm_2.moving_variance);
    assert!(WORDS.separable[3].batch_norm_2.moving_variance.iter().all(|variance| *variance > 0.0));
}

#[test]
fn neither_order_nor_alignment_matters() {
    let path = "tests/weights/another_order.safetensors";
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(bytes[0] % 2, 1, "the header has an odd length");
    let file = read_tensors(path).unwrap();
    assert_eq!(file.tensors()[0].name, "second.bias");
    assert_eq!(SMALL.weights(), Small::load(path).unwrap().weights());
    assert_eq!(SMALL.second.bias, [0.0, 1.0]);
    assert_eq!(SMALL.norm.moving_variance, [17.0, 18.0, 19.0]);
}

#[test]
fn a_constant_can_be_built_from_a_file() {
    const NET: Mlp = include_weights!(Mlp, "examples/firmware/weights/mlp.safetensors");
    const FIRST: f32 = NET.hidden.kernel[0][0];
    assert_eq!(FIRST, MLP.hidden.kernel[0][0]);
}
