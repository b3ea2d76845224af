//! The same network in many widths: a square dense layer, and one for ten classes.

use typednet::network::Trainable;
use typednet::prelude::*;

/// What is done with a network of any width.
pub trait ForWidth {
    /// Does it with this one.
    fn run<N: Trainable + Plain>(self);
}

macro_rules! widths {
    ($($width:literal)*) => {
        /// The widths that there are, as in `python/sizes.py`.
        pub const WIDTHS: &[usize] = &[$($width),*];

        /// Does something with the network of this width; false if there is none.
        pub fn for_width(width: usize, work: impl ForWidth) -> bool {
            match width {
                $($width => {
                    network! {
                        struct Wide: [$width] -> [10] {
                            hidden: Dense($width, activation = relu),
                            class:  Dense(10, activation = softmax),
                        }
                    }
                    work.run::<Wide>();
                })*
                _ => return false,
            }
            true
        }
    };
}

widths! { 64 96 128 192 256 384 512 768 1024 1536 2048 3072 4096 }
