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
