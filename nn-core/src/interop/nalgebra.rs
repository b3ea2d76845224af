//! Weights, inputs and outputs as the vectors and matrices of `nalgebra`, without a copy; and the derivatives of a network's
//! outputs by its inputs, for filters and controllers.
//!
//! `nalgebra` stores columns one behind the other, nested arrays store rows. So an array is the transposed matrix: the
//! kernel of a `Dense<IN, OUT>` is the matrix of `OUT` rows and `IN` columns by which a column vector is multiplied.
//!
//! ```
//! use nalgebra::{Matrix3x2, Vector2, Vector3};
//! use nn_core::interop::nalgebra::vector_of;
//! use nn_core::layer::Dense;
//!
//! let layer = Dense { kernel: [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], bias: [0.5, 0.0, -0.5] };
//! assert_eq!(layer.matrix(), Matrix3x2::new(1.0, 4.0, 2.0, 5.0, 3.0, 6.0));
//! let output = layer.matrix() * Vector2::new(1.0, 10.0) + vector_of(&layer.bias);
//! assert_eq!(output, Vector3::new(41.5, 52.0, 62.5));
//! ```
//!
//! Every view has columns whose values are neighbours. In `nalgebra` 0.35 the product of a view whose rows are neighbours
//! with a vector reads beyond its slice (dimforge/nalgebra issue 1616), so no such view is made here.

use crate::head::Head;
use crate::layer::bias::Bias;
use crate::layer::{Conv2d, Dense, DepthwiseConv2d, Mode, Pass};
use crate::network::{Trainable, TrainingMemory, disjoint};
use crate::plain::{flatten, flatten_mut};
use crate::team::Sequential;
use ::nalgebra::{Const, Dyn, MatrixView, SMatrix, SMatrixView, SMatrixViewMut, SVector, SVectorView};
use thiserror::Error;

/// The values of a vector as an array: the input of a network.
pub fn array_of<const N: usize>(vector: &SVector<f32, N>) -> &[f32; N] {
    let [column] = &vector.data.0;
    column
}

/// An array as a vector: the output of a network.
pub fn vector_of<const N: usize>(array: &[f32; N]) -> SVectorView<'_, f32, N> {
    SVectorView::from_slice(array)
}

/// The columns of a matrix as arrays: the input of a network that takes rows.
///
/// ```
/// use nalgebra::Matrix3x2;
/// use nn_core::interop::nalgebra::{columns_of, matrix_of};
///
/// let columns = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
/// assert_eq!(matrix_of(&columns), Matrix3x2::new(1.0, 4.0, 2.0, 5.0, 3.0, 6.0));
/// assert_eq!(columns_of(&Matrix3x2::new(1.0, 4.0, 2.0, 5.0, 3.0, 6.0)), &columns);
/// ```
pub fn columns_of<const R: usize, const C: usize>(matrix: &SMatrix<f32, R, C>) -> &[[f32; R]; C] {
    &matrix.data.0
}

/// Arrays as the columns of a matrix.
pub fn matrix_of<const R: usize, const C: usize>(columns: &[[f32; R]; C]) -> SMatrixView<'_, f32, R, C> {
    SMatrixView::from_slice(flatten(columns))
}

/// Any number of arrays, such as the samples of a batch, as the columns of a matrix.
pub fn samples_of<const N: usize>(samples: &[[f32; N]]) -> MatrixView<'_, f32, Const<N>, Dyn> {
    MatrixView::from_slice_generic(flatten(samples), Const::<N>, Dyn(samples.len()))
}

impl<const IN: usize, const OUT: usize, BIAS: Bias> Dense<IN, OUT, BIAS> {
    /// The kernel as the matrix `W` of `output = W input + bias`.
    pub fn matrix(&self) -> SMatrixView<'_, f32, OUT, IN> {
        SMatrixView::from_slice(flatten(&self.kernel))
    }

    /// The same, to be changed.
    pub fn matrix_mut(&mut self) -> SMatrixViewMut<'_, f32, OUT, IN> {
        SMatrixViewMut::from_slice(flatten_mut(&mut self.kernel))
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias> Conv2d<KH, KW, C, OUT, BIAS> {
    /// The kernel as the matrix by which a window of the image is multiplied, if the window's values are a vector: rows of
    /// the window one behind the other, in each its pixels, in each its channels.
    pub fn matrix(&self) -> MatrixView<'_, f32, Const<OUT>, Dyn> {
        MatrixView::from_slice_generic(flatten(&self.kernel), Const::<OUT>, Dyn(KH * KW * C))
    }

    /// The matrix by which the pixel at a row and a column of the window is multiplied; `None` outside the window.
    pub fn matrix_at(&self, row: usize, column: usize) -> Option<SMatrixView<'_, f32, OUT, C>> {
        self.kernel.get(row)?.get(column).map(matrix_of)
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const M: usize, const OUT: usize, BIAS: Bias>
    DepthwiseConv2d<KH, KW, C, M, OUT, BIAS>
{
    /// The factors of the pixel at a row and a column of the window, a column for each channel; `None` outside the window.
    pub fn matrix_at(&self, row: usize, column: usize) -> Option<SMatrixView<'_, f32, M, C>> {
        self.kernel.get(row)?.get(column).map(matrix_of)
    }
}

/// Memory that is too small for the passes of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the memory has {found} {what}, but the passes need {expected}: make it as large as `TRAINING` says")]
pub struct TooSmall {
    /// What there is too little of.
    pub what: &'static str,
    /// How much there is.
    pub found: usize,
    /// How much is needed.
    pub expected: usize,
}

/// A network near an input: its outputs, and their derivatives by the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linearization<const IN: usize, const OUT: usize> {
    /// The outputs for this input.
    pub output: SVector<f32, OUT>,
    /// By how much each output, a row, grows with each input, a column.
    pub jacobian: SMatrix<f32, OUT, IN>,
}

/// Derivatives by the input, for every trainable network of flat inputs and outputs.
///
/// They are those of an inference: nothing is dropped, and moving statistics are used. For each output there is one pass
/// forward and one backward, since a pass backward overwrites what it needs no longer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no Jacobian matrix of {OUT} rows and {IN} columns",
    note = "a network that can be trained, takes `[f32; IN]` and gives `[f32; OUT]` has one"
)]
pub trait Jacobian<const IN: usize, const OUT: usize>: Trainable<Input = [f32; IN], Output = [f32; OUT]> {
    /// The derivatives of the outputs by the inputs: a row for each output, a column for each input.
    #[cfg(feature = "alloc")]
    fn jacobian(&self, input: &SVector<f32, IN>) -> SMatrix<f32, OUT, IN> {
        self.linearize(input).jacobian
    }

    /// The outputs, and their derivatives by the inputs. The memory of the passes is on the heap.
    #[cfg(feature = "alloc")]
    fn linearize(&self, input: &SVector<f32, IN>) -> Linearization<IN, OUT> {
        let needs = Self::TRAINING;
        let mut memory = TrainingMemory {
            activations: &mut alloc::vec![0.0; needs.activations],
            positions: &mut alloc::vec![0; needs.positions],
            statistics: &mut alloc::vec![0.0; needs.statistics],
            partial: &mut alloc::vec![0.0; needs.partial_floats(1)],
        };
        linearize(self, input, &mut memory, &mut crate::plain::boxed_zeroed())
    }

    /// The same without a heap. The memory is that of [`Trainable::TRAINING`] for a batch of one; `gradients` is written to
    /// and holds nothing of use.
    ///
    /// # Errors
    ///
    /// [`TooSmall`] if a slice of the memory is.
    fn linearize_in(
        &self,
        input: &SVector<f32, IN>,
        memory: &mut TrainingMemory<'_>,
        gradients: &mut Self::Gradients,
    ) -> Result<Linearization<IN, OUT>, TooSmall> {
        let needs = Self::TRAINING;
        let mut memory = TrainingMemory {
            activations: first(memory.activations, "activations", needs.activations)?,
            positions: first(memory.positions, "positions", needs.positions)?,
            statistics: first(memory.statistics, "statistics", needs.statistics)?,
            partial: first(memory.partial, "partial sums", needs.partial_floats(1))?,
        };
        Ok(linearize(self, input, &mut memory, gradients))
    }
}

impl<N, const IN: usize, const OUT: usize> Jacobian<IN, OUT> for N where
    N: Trainable<Input = [f32; IN], Output = [f32; OUT]>
{
}

/// The first elements of a slice that may have more.
fn first<'a, T>(slice: &'a mut [T], what: &'static str, expected: usize) -> Result<&'a mut [T], TooSmall> {
    let found = slice.len();
    slice.get_mut(..expected).ok_or(TooSmall { what, found, expected })
}

fn linearize<N, const IN: usize, const OUT: usize>(
    net: &N,
    input: &SVector<f32, IN>,
    memory: &mut TrainingMemory<'_>,
    gradients: &mut N::Gradients,
) -> Linearization<IN, OUT>
where
    N: Trainable<Input = [f32; IN], Output = [f32; OUT]>,
{
    let pass = Pass { team: &Sequential, batch: 1, mode: Mode::Inference };
    let mut found = Linearization::<IN, OUT> { output: SVector::zeros(), jacobian: SMatrix::zeros() };
    for row in 0..OUT {
        net.forward(pass, input.as_slice(), memory);
        let [logits, slopes] = disjoint(memory.activations, [N::LOGITS, N::LOGITS_GRADIENT]);
        slopes.copy_from_slice(logits);
        N::Head::apply(slopes, OUT);
        found.output.copy_from_slice(slopes);
        N::Head::backward_in_place(slopes, OUT, |output, _| if output == row { 1.0 } else { 0.0 });
        let mut slopes = [0.0; IN];
        net.backward_to_input(pass, input.as_slice(), memory, gradients, &mut slopes);
        for (into, slope) in found.jacobian.row_mut(row).iter_mut().zip(slopes) {
            *into = slope;
        }
    }
    found
}
