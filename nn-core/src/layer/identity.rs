//! Layers that leave every value as it is.

use super::{Backward, Layer, Pass, Saved};
use crate::kernel::Isa;
use crate::plain::Plain;

macro_rules! identity {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name;

        // SAFETY: the struct holds no floats.
        unsafe impl Plain for $name {}

        impl Layer for $name {
            type Settings = ();
            type Gradient = ();

            fn infer<I: Isa>(&self, _isa: I, _settings: &(), input: &[f32], output: &mut [f32]) {
                output.copy_from_slice(input);
            }

            fn forward(&self, _settings: &(), _pass: Pass<'_>, input: &[f32], output: &mut [f32], _saved: Saved<'_>) {
                output.copy_from_slice(input);
            }

            fn backward(&self, _settings: &(), _pass: Pass<'_>, backward: Backward<'_>, _gradient: Option<&mut ()>) {
                if let Some(input_gradient) = backward.input_gradient {
                    input_gradient.copy_from_slice(backward.output_gradient);
                }
            }
        }
    };
}

identity! {
    /// The values as they are, in a place of their own.
    Identity
}

identity! {
    /// Any shape as one row: the value at `(row, column, channel)` of an image of width `W` and `C` channels becomes
    /// number `(row * W + column) * C + channel`, as in Keras. No value moves.
    Flatten
}

identity! {
    /// The same values, in the same order, in another shape. No value moves.
    Reshape
}
