//! The code that is written: shown whole for the tutorial's network, and of a size that hangs on the layers alone.

use super::{RESIDUAL, TUTORIAL, count, tokens};
use crate::expand_network;

/// The file is what a reader sees of the generated code. `UPDATE_EXPECT=1 cargo test -p nn-macros` writes it anew.
#[test]
fn the_code_of_the_tutorial_can_be_read() {
    let code = syn::parse2(expand_network(tokens(TUTORIAL))).unwrap();
    expect_test::expect_file!["digits.expanded.rs"].assert_eq(&prettyplease::unparse(&code));
}

/// The same for a network with blocks.
#[test]
fn the_code_of_a_residual_network_can_be_read() {
    let code = syn::parse2(expand_network(tokens(RESIDUAL))).unwrap();
    expect_test::expect_file!["residual.expanded.rs"].assert_eq(&prettyplease::unparse(&code));
}

#[test]
fn larger_layers_are_not_more_code() {
    let large = TUTORIAL
        .replace("[28, 28, 1]", "[530, 530, 3]")
        .replace("Conv2d(32, kernel = 3", "Conv2d(64, kernel = 11")
        .replace("MaxPool2d(2)", "MaxPool2d(13)")
        .replace("Dense(128", "Dense(4096");
    let (small, large) = (count(expand_network(tokens(TUTORIAL))), count(expand_network(tokens(&large))));
    assert_eq!(small, large);
}

#[test]
fn code_grows_with_the_number_of_layers_alone() {
    let deep = |layers: usize| {
        let layers = "Dense(32, activation = relu),".repeat(layers);
        count(expand_network(tokens(&format!("[typednet] struct Deep: [32] -> [32] {{ {layers} }}"))))
    };
    // The first layer has no input gradient; from then on, each layer is as long as the one before. Its name is one
    // token, whatever its number.
    assert_eq!(deep(12) - deep(11), deep(7) - deep(6));
}

#[test]
fn many_repetitions_are_not_more_code() {
    let deep = |times: usize| {
        let text = format!("[typednet] struct Deep: [32] -> [32] {{ repeat({times}) {{ Dense(32), Tanh }} }}");
        count(expand_network(tokens(&text)))
    };
    assert_eq!(deep(17), deep(1000));
}
