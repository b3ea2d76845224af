//! Nested arrays: the inputs, outputs and weights of a network.

use crate::plain::Plain;
use crate::quant::Int8Array;
use crate::shape::Shape;

/// A nested array of floats, such as `[f32; 10]` or `[[[f32; 1]; 28]; 28]`.
///
/// The shape is read from the outside in: `[[[f32; C]; W]; H]` has the shape `[H, W, C]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a nested array of `f32`",
    note = "a network's inputs and outputs are arrays such as `[f32; 10]` or `[[[f32; 1]; 28]; 28]`"
)]
pub trait Tensor: Plain + Copy + Send + Sync {
    /// The sizes, outermost first.
    const SHAPE: Shape;
    /// The array of the same shape that holds bytes: how images are stored until they are needed as floats.
    type Bytes: Copy + Send + Sync + 'static;
    /// The array of the same shape that an int8 network takes or gives.
    type Int8: Int8Array;
}

impl Tensor for f32 {
    const SHAPE: Shape = Shape::SCALAR;
    type Bytes = u8;
    type Int8 = i8;
}

impl<T: Tensor, const N: usize> Tensor for [T; N] {
    const SHAPE: Shape = T::SHAPE.within(N);
    type Bytes = [T::Bytes; N];
    type Int8 = [T::Int8; N];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_size_comes_first() {
        assert_eq!(<[[[f32; 1]; 28]; 26]>::SHAPE, Shape::new(&[26, 28, 1]));
        assert_eq!(f32::SHAPE.len(), 1);
    }
}
