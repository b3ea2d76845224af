//! Settings for layers that have no special ones.

use super::Needs;
use crate::shape::Shape;

/// What most layers of one's own have to know besides their weights: the shapes of one sample, and the arguments that
/// were written in `network!`, such as `Settings<f32>` for one number.
///
/// ```
/// use nn_core::layer::{Needs, Settings};
/// use nn_core::shape::Shape;
///
/// const INPUT: Shape = Shape::new(&[4, 2]);
/// const SETTINGS: Settings<f32> = Settings::new(INPUT, INPUT, 0.5).needing(Needs { macs: INPUT.len(), ..Needs::NONE });
/// assert_eq!((SETTINGS.arguments, SETTINGS.needs().macs), (0.5, 8));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Settings<A = ()> {
    /// The shape of one sample that comes in.
    pub input: Shape,
    /// The shape of one sample that comes out.
    pub output: Shape,
    /// The arguments.
    pub arguments: A,
    needs: Needs,
}

impl<A: Copy> Settings<A> {
    /// These shapes and arguments; the layer needs no memory, and its operations are not counted.
    pub const fn new(input: Shape, output: Shape, arguments: A) -> Self {
        Self { input, output, arguments, needs: Needs::NONE }
    }

    /// The same with what the layer needs and costs.
    pub const fn needing(self, needs: Needs) -> Self {
        Self { input: self.input, output: self.output, arguments: self.arguments, needs }
    }

    /// What the layer needs and costs.
    pub const fn needs(&self) -> Needs {
        self.needs
    }
}
