//! Whatever tokens are given, tokens come back: a panic of the macro would be an error without a place.

use super::{TUTORIAL, tokens};
use crate::expand_network;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::prelude::*;
use proptest::sample::select;

/// The words of the language and some that are not.
const WORDS: &[&str] = &[
    "struct",
    "pub",
    "fn",
    "enum",
    "Digits",
    "conv",
    "hidden",
    "_",
    "self",
    "const",
    "Dense",
    "Conv2d",
    "DepthwiseConv2d",
    "MaxPool2d",
    "AvgPool2d",
    "GlobalAvgPool2d",
    "Flatten",
    "Reshape",
    "Dropout",
    "BatchNorm",
    "Activation",
    "Relu",
    "LeakyRelu",
    "Softmax",
    "Desne",
    "residual",
    "concat",
    "add",
    "multiply",
    "repeat",
    "custom",
    "Network",
    "shortcut",
    "kernel",
    "stride",
    "padding",
    "same",
    "valid",
    "dilation",
    "groups",
    "bias",
    "activation",
    "relu",
    "softmax",
    "elu",
    "initializer",
    "he_normal",
    "uniform",
    "multiplier",
    "units",
    "rate",
    "true",
    "UNITS",
    "frozen",
    "doc",
    "derive",
    "Copy",
    "0",
    "1",
    "2",
    "3",
    "28",
    "784",
    "18446744073709551615",
    "99999999999999999999",
    "0.5",
    "1e39",
    "1.5f64",
    "3u8",
    "\"text\"",
    "'c'",
    "'life",
    ",",
    ":",
    "->",
    "=",
    "==",
    "::",
    "#",
    "<",
    ">",
    "-",
    "+",
    "*",
    "/",
    "%",
    ".",
    ";",
    "!",
    "&",
    "$",
];

fn word() -> impl Strategy<Value = TokenStream> {
    select(WORDS).prop_map(tokens)
}

fn delimiter() -> impl Strategy<Value = Delimiter> {
    select(&[Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None][..])
}

fn any_tokens() -> impl Strategy<Value = TokenStream> {
    word().prop_recursive(4, 64, 8, |inner| {
        (delimiter(), prop::collection::vec(inner, 0..8))
            .prop_map(|(delimiter, tokens)| TokenTree::from(Group::new(delimiter, tokens.into_iter().collect())).into())
    })
}

/// A change of a declaration at some token: the position is counted through all brackets.
#[derive(Clone, Debug)]
enum Change {
    Delete,
    Duplicate,
    SwapWithNext,
    Replace(TokenStream),
    Insert(TokenStream),
}

fn change() -> impl Strategy<Value = (prop::sample::Index, Change)> {
    let change = prop_oneof![
        Just(Change::Delete),
        Just(Change::Duplicate),
        Just(Change::SwapWithNext),
        any_tokens().prop_map(Change::Replace),
        any_tokens().prop_map(Change::Insert),
    ];
    (any::<prop::sample::Index>(), change)
}

/// The tokens with a change at token number `position`, which counts down to it.
fn changed(tokens: TokenStream, position: &mut usize, change: &Change) -> TokenStream {
    let mut result = TokenStream::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        let is_here = *position == 0;
        *position = position.wrapping_sub(1);
        match (is_here, change, token) {
            (true, Change::Delete, _) => {}
            (true, Change::Duplicate, token) => result.extend([token.clone(), token]),
            (true, Change::SwapWithNext, token) => result.extend(tokens.next().into_iter().chain([token])),
            (true, Change::Replace(new), _) => result.extend(new.clone()),
            (true, Change::Insert(new), token) => result.extend(new.clone().into_iter().chain([token])),
            (false, _, TokenTree::Group(group)) => {
                let inside = changed(group.stream(), position, change);
                result.extend([TokenTree::from(Group::new(group.delimiter(), inside))]);
            }
            (false, _, token) => result.extend([token]),
        }
    }
    result
}

/// Items come back, and if there is no network among them, then a message.
fn expands(tokens: TokenStream) {
    let code = expand_network(tokens);
    let file = syn::parse2::<syn::File>(code.clone());
    assert!(file.is_ok(), "no items: {code}");
    assert!(!code.is_empty());
}

const CONSTANTS: &str = "
    [typednet]
    #[derive(Clone)]
    pub struct Digits: [28, 28, CHANNELS * 2] -> [10] {
        conv: Conv2d(32, kernel = (3, 5), stride = 2, padding = same, activation = leaky_relu(0.1)) -> [14, 14, 32],
        #[doc = \"Smaller.\"]
        MaxPool2d(2),
        BatchNorm(momentum = 0.9),
        DepthwiseConv2d(3, multiplier = 2, bias = false),
        Dropout(RATE),
        Reshape([25, 64]),
        Flatten,
        hidden: Dense(UNITS, activation = elu(ALPHA), initializer = uniform(-0.1, 0.1)),
        digit: Dense(10),
        Softmax,
    }
";

const BLOCKS: &str = "
    [typednet]
    struct Blocks: [8, 8, 4] -> [4] {
        residual(shortcut = Conv2d(8, kernel = 1, stride = 2)) {
            Conv2d(8, kernel = 3, stride = 2, padding = same, activation = relu),
            again: Conv2d(8, kernel = 3, padding = same),
        },
        block: repeat(COUNT) {
            #[frozen]
            conv: Conv2d(8, kernel = 3, padding = same),
            add { { Relu }, tanh: { Tanh, BatchNorm } },
        } -> [4, 4, 8],
        concat { { Conv2d(2, kernel = 4) }, deep: { Conv2d(2, kernel = 3), Conv2d(2, kernel = 2) } },
        multiply { { Flatten }, { Flatten, Dense(SIZE) } },
        custom my::Layer<3>(4, true),
        Network(Encoder),
    }
";

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tokens_give_tokens(garbage in prop::collection::vec(any_tokens(), 0..24)) {
        expands(tokens("[typednet]").into_iter().chain(garbage.into_iter().flatten()).collect());
    }

    #[test]
    fn any_layers_give_tokens(garbage in prop::collection::vec(any_tokens(), 0..24)) {
        let layers = TokenTree::from(Group::new(Delimiter::Brace, garbage.into_iter().collect()));
        expands(tokens("[typednet] struct Digits: [28, 28, 1] -> [10]").into_iter().chain([layers]).collect());
    }

    #[test]
    fn a_changed_declaration_gives_tokens(
        declaration in select(&[TUTORIAL, CONSTANTS, BLOCKS][..]),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let mut declaration = tokens(declaration);
        for (index, change) in changes {
            // The first two tokens are the path of typednet, which no author writes.
            let mut position = index.index(super::count(declaration.clone())).max(2);
            declaration = changed(declaration, &mut position, &change);
        }
        expands(declaration);
    }
}
