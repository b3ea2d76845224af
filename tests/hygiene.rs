//! What `network!` writes depends on nothing around it: not on the prelude, not on what names such as `core` mean here,
//! and it keeps every rule that this crate sets itself.

#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused, nonstandard_style)]
#![deny(missing_copy_implementations, unnameable_types, unused_qualifications, unused_results, single_use_lifetimes)]
#![deny(trivial_casts, trivial_numeric_casts, let_underscore_drop, unused_lifetimes, elided_lifetimes_in_paths)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(clippy::undocumented_unsafe_blocks, clippy::std_instead_of_core, clippy::absolute_paths, clippy::unwrap_used)]
#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions, clippy::panic)]
#![deny(clippy::default_numeric_fallback, clippy::shadow_unrelated, clippy::missing_inline_in_public_items)]
#![allow(unused_crate_dependencies, reason = "the dependencies of other tests are seen here too")]

/// Nothing that is generated looks here.
pub mod core {}
/// Nor here.
pub mod std {}
/// Nor here.
pub mod alloc {}
/// Nor here.
pub mod typednet {}
/// Nor here.
pub mod nn_core {}

/// Names of the prelude and of the library that mean something else here.
pub mod taken {
    /// Not the option.
    #[derive(Clone, Copy, Debug)]
    pub struct Option;
    /// Not the result.
    #[derive(Clone, Copy, Debug)]
    pub struct Result;
    /// Not the layer.
    #[derive(Clone, Copy, Debug)]
    pub struct Dense;
    /// Not the shape.
    #[derive(Clone, Copy, Debug)]
    pub struct Shape;
    /// Not the trait.
    pub trait Network {}
    /// Not the trait.
    pub trait Layer {}
    /// Not the trait.
    pub trait Plain {}
}

#[allow(unused_imports)]
use taken::*;

::typednet::network! {
    /// Every kind of layer.
    #[derive(Clone, PartialEq, Debug)]
    pub struct Everything: [8, 9, 2] -> [3] {
        /// Documented.
        conv: Conv2d(4, kernel = (3, 2), padding = same, activation = leaky_relu),
        BatchNorm,
        Relu,
        MaxPool2d(2) -> [4, 4, 4],
        DepthwiseConv2d(3, multiplier = 2, initializer = he_normal),
        AvgPool2d(2, stride = 1),
        Activation(tanh),
        Dropout(0.5),
        Flatten,
        Reshape([2, 2, 2]),
        GlobalMaxPool2d,
        Dense(3, bias = false, activation = softmax),
    }
}

const SIZE: usize = 4;

::typednet::network! {
    /// Sizes that only rustc knows, and no weights.
    pub(crate) struct Small: [SIZE, SIZE, 1] -> [SIZE] {
        AvgPool2d(SIZE / 2) -> [2, 2, SIZE / 4],
        GlobalAvgPool2d -> [SIZE / 4],
        Dense(SIZE) -> [SIZE],
        Sigmoid,
    }
}

::typednet::network! {
    struct Private: [2] -> [2] { Flatten }
}

::typednet::weights! {
    /// A layer of one's own.
    pub struct Scale<const C: usize> {
        /// Documented.
        pub factor: [f32; C],
    }
}

/// What makes it one.
mod own {
    use super::Scale;
    use ::core::option::Option;
    use ::typednet::custom::{Backward, Isa, Layer, Pass, Settings, Shape};

    impl<const C: usize> Scale<C> {
        pub(super) const fn output_shape(input: Shape) -> Shape {
            input
        }
        pub(super) const fn settings(input: Shape) -> Settings {
            Settings::new(input, input, ())
        }
    }

    impl<const C: usize> Layer for Scale<C> {
        type Settings = Settings;
        type Gradient = Self;

        #[inline]
        fn infer<I: Isa>(&self, _: I, _: &Settings, input: &[f32], output: &mut [f32]) {
            output.copy_from_slice(input);
        }
        #[inline]
        fn backward(&self, _: &Settings, _: Pass<'_>, _: Backward<'_>, _: Option<&mut Self>) {}
    }
}

::typednet::network! {
    /// Every block, frozen and not, with names that other networks of this file have too.
    #[derive(Clone, PartialEq, Debug)]
    pub struct Blocks: [4, 4, 2] -> [3] {
        conv: Conv2d(2, kernel = 3, padding = same),
        around: residual(shortcut = Conv2d(2, kernel = 1)) { conv: Conv2d(2, kernel = 1, bias = false), BatchNorm },
        residual { Relu, custom Scale<2> },
        #[frozen]
        still: residual { conv: Conv2d(2, kernel = 1), BatchNorm },
        deep: repeat(SIZE / 2) { conv: Conv2d(2, kernel = 1), Tanh },
        join: concat { { conv: Conv2d(3, kernel = 1) }, second: { conv: Conv2d(1, kernel = 1) }, {} },
        add { { conv: Conv2d(6, kernel = 1) }, {} },
        multiply { { Sigmoid }, {} },
        GlobalAvgPool2d,
        #[frozen]
        inner: Network(Inner),
        Network(Inner),
        Dense(3),
    }
}

::typednet::network! {
    /// A network inside another one.
    #[derive(Clone, PartialEq)]
    pub struct Inner: [6] -> [6] {
        conv: Dense(6, activation = sigmoid),
    }
}

/// Networks in the scopes of functions.
pub mod scopes {
    use ::typednet::network::Network;

    /// Two networks in one scope, whose layers and blocks have the same names.
    #[inline]
    #[must_use]
    pub const fn two() -> (usize, usize) {
        ::typednet::network! {
            struct One: [2] -> [2] { block: residual { layer: Dense(2) }, deep: repeat(2) { layer: Dense(2) } }
        }
        ::typednet::network! {
            struct Two: [2] -> [2] { block: residual { layer: Dense(2) }, deep: repeat(3) { layer: Dense(2) } }
        }
        (One::PARAMETERS, Two::PARAMETERS)
    }

    /// A third one of the first one's name.
    #[inline]
    #[must_use]
    pub const fn again() -> usize {
        const UNITS: usize = 2;
        ::typednet::network! {
            struct One: [UNITS] -> [UNITS] { block: residual { layer: Dense(UNITS) } }
        }
        One::PARAMETERS
    }
}

#[::core::prelude::v1::test]
fn networks_work_here() {
    use ::typednet::NetworkExt as _;
    use ::typednet::network::{Network as _, Trainable};

    let everything = Everything::boxed(1);
    let [a, b, c] = everything.predict(&[[[0.5; 2]; 9]; 8]);
    ::core::assert!((0.9999..1.0001).contains(&(a + b + c)));
    ::core::assert_eq!(Small::PARAMETERS, 8);
    ::core::assert_eq!(Private::boxed(1).predict(&[1.0, 2.0]).map(f32::to_bits), [1.0, 2.0].map(f32::to_bits));
    ::core::assert_eq!(<Small as Trainable>::SPANS.len(), 1);
    ::core::assert_eq!(::std::format!("{:?}", Small::boxed(1)), "Small");
    ::core::assert_eq!(scopes::two(), (18, 24));
    ::core::assert_eq!(scopes::again(), 6);
    let blocks = Blocks::boxed(1);
    ::core::assert_eq!(blocks.deep.len(), 2);
    let [first, ..] = blocks.predict(&[[[0.5; 2]; 4]; 4]);
    ::core::assert!(first.is_finite());
    ::core::assert_eq!(blocks.around.shortcut.kernel.len(), 1);
    ::core::assert_eq!(blocks.join.second.conv.bias.len(), 1);
    ::core::assert_eq!(<Blocks as Trainable>::SPANS.len(), 4);
}
