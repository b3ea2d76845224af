//! A copy: the output of a network whose layers change nothing.

use super::{Backward, Layer, Pass, Saved};
use crate::kernel::Isa;
use crate::plain::Plain;

/// The values as they are, in a place of their own.
#[derive(Clone, Copy, Debug)]
pub struct Copy;

// SAFETY: the struct holds no floats.
unsafe impl Plain for Copy {}

impl Layer for Copy {
    type Settings = ();
    type Gradient = ();

    fn infer<I: Isa>(&self, _isa: I, _settings: &(), input: &[f32], output: &mut [f32]) {
        output.copy_from_slice(input);
    }

    fn forward(&self, _settings: &(), _pass: Pass<'_>, input: &[f32], output: &mut [f32], _saved: Saved<'_>) {
        output.copy_from_slice(input);
    }

    fn backward(&self, _settings: &(), _pass: Pass<'_>, backward: Backward<'_>, _gradient: &mut ()) {
        if let Some(input_gradient) = backward.input_gradient {
            input_gradient.copy_from_slice(backward.output_gradient);
        }
    }
}
