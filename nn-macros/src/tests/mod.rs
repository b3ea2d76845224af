//! What can be tested of the macro without a compiler: that it survives any tokens, and what it writes.

mod expansion;
mod garbage;
mod plans;

use core::str::FromStr;
use proc_macro2::{TokenStream, TokenTree};

/// The network of the tutorial. The brackets hold the path of typednet, as the macro of that crate passes it.
const TUTORIAL: &str = "
    [typednet]
    /// Handwritten digits.
    pub struct Digits: [28, 28, 1] -> [10] {
        conv:   Conv2d(32, kernel = 3, activation = relu),
        pool:   MaxPool2d(2),
        Flatten,
        hidden: Dense(128, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
";

/// MLPerf Tiny's ResNet-8.
const RESIDUAL: &str = "
    [typednet]
    /// Images of ten kinds.
    pub struct ResNet8: [32, 32, 3] -> [10] {
        stem: Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
        first: residual {
            Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm,
        },
        Relu,
        second: residual(shortcut = Conv2d(32, kernel = 1, stride = 2)) {
            Conv2d(32, kernel = 3, stride = 2, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(32, kernel = 3, padding = same, bias = false), BatchNorm,
        },
        Relu,
        third: residual(shortcut = Conv2d(64, kernel = 1, stride = 2)) {
            Conv2d(64, kernel = 3, stride = 2, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(64, kernel = 3, padding = same, bias = false), BatchNorm,
        },
        Relu,
        GlobalAvgPool2d,
        digit: Dense(10, activation = softmax),
    }
";

fn tokens(text: &str) -> TokenStream {
    TokenStream::from_str(text).unwrap()
}

/// The number of tokens, those inside brackets and the brackets included.
fn count(tokens: TokenStream) -> usize {
    let inside = |token| match token {
        TokenTree::Group(group) => 2 + count(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(inside).sum()
}
