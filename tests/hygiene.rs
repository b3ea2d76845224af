//! What `network!` writes depends on nothing around it: not on the prelude, not on what names such as `core` mean here,
//! and it keeps every rule that this crate sets itself.

#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused, nonstandard_style)]
#![deny(missing_copy_implementations, unnameable_types, unused_qualifications, unused_results, single_use_lifetimes)]
#![deny(trivial_casts, trivial_numeric_casts, let_underscore_drop, unused_lifetimes, elided_lifetimes_in_paths)]
#![deny(clippy::all, clippy::undocumented_unsafe_blocks, clippy::std_instead_of_core, clippy::absolute_paths)]
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

#[::core::prelude::v1::test]
fn networks_work_here() {
    use ::typednet::NetworkExt as _;
    use ::typednet::network::{Network as _, Trainable};

    let everything = Everything::boxed(1);
    let [a, b, c] = everything.predict(&[[[0.5; 2]; 9]; 8]);
    ::core::assert!((0.9999..1.0001).contains(&(a + b + c)));
    ::core::assert_eq!(Small::PARAMETERS, 8);
    ::core::assert_eq!(Private::boxed(1).predict(&[1.0, 2.0]), [1.0, 2.0]);
    ::core::assert_eq!(<Small as Trainable>::SPANS.len(), 1);
    ::core::assert_eq!(::std::format!("{:?}", Small::boxed(1)), "Small");
}
