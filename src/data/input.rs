//! Inputs as they are given, and as they are stored.

use nn_core::kernel::bytes::Scaled;
use nn_core::kernel::dispatch;
use nn_core::tensor::Tensor;

/// An input as it is given: an array of floats such as `[[[f32; 1]; 28]; 28]`, or of the same shape an array of bytes,
/// `[[[u8; 1]; 28]; 28]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an input",
    note = "inputs are arrays of `f32` or `u8`, such as `[f32; 4]` or `[[[u8; 1]; 28]; 28]`"
)]
pub trait Input: Flat {
    /// The array of floats that a network takes.
    type Tensor: Tensor;
}

impl Input for u8 {
    type Tensor = f32;
}

impl Input for f32 {
    type Tensor = Self;
}

impl<T: Input, const N: usize> Input for [T; N] {
    type Tensor = [T::Tensor; N];
}

/// An array that can be read as one flat slice. It is hidden, so that nobody else implements [`Input`].
#[doc(hidden)]
pub trait Flat: Copy + Send + Sync + 'static {
    type Element: Element;

    fn flat(values: &[Self]) -> &[Self::Element];
}

impl Flat for u8 {
    type Element = Self;

    fn flat(values: &[Self]) -> &[Self] {
        values
    }
}

impl Flat for f32 {
    type Element = Self;

    fn flat(values: &[Self]) -> &[Self] {
        values
    }
}

impl<T: Flat, const N: usize> Flat for [T; N] {
    type Element = T::Element;

    fn flat(values: &[Self]) -> &[T::Element] {
        T::flat(values.as_flattened())
    }
}

/// A number that inputs are stored as.
#[doc(hidden)]
pub trait Element: Copy {
    fn stored(values: Vec<Self>) -> Stored;
}

impl Element for u8 {
    fn stored(values: Vec<Self>) -> Stored {
        Stored::Bytes { values, divisor: 255.0 }
    }
}

impl Element for f32 {
    fn stored(values: Vec<Self>) -> Stored {
        Stored::Floats(values)
    }
}

/// The inputs of a data set, one behind the other.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq)]
pub enum Stored {
    /// Bytes, which are divided on their way to the network.
    Bytes { values: Vec<u8>, divisor: f32 },
    /// Floats, which are taken as they are.
    Floats(Vec<f32>),
}

impl Stored {
    /// Writes row number `row` of `size` values. Where nothing is stored, zeros are written.
    pub(crate) fn write(&self, row: usize, size: usize, into: &mut [f32]) {
        match self {
            Self::Bytes { values, divisor } => {
                let (found, rest) = beginning(into, of_row(values, row, size).len());
                dispatch(Scaled { bytes: of_row(values, row, size), divisor: *divisor, output: found });
                rest.fill(0.0);
            }
            Self::Floats(values) => {
                let values = of_row(values, row, size);
                let (found, rest) = beginning(into, values.len());
                found.copy_from_slice(&values[..found.len()]);
                rest.fill(0.0);
            }
        }
    }

    /// These rows of `size` values, in this order. Rows that do not exist are left out.
    pub(crate) fn rows(&self, rows: &[usize], size: usize) -> Self {
        match self {
            Self::Bytes { values, divisor } => Self::Bytes { values: gather(values, rows, size), divisor: *divisor },
            Self::Floats(values) => Self::Floats(gather(values, rows, size)),
        }
    }

    /// Everything from a row on, which is removed here.
    pub(crate) fn split_off(&mut self, row: usize, size: usize) -> Self {
        let begin = row.saturating_mul(size);
        match self {
            Self::Bytes { values, divisor } => {
                Self::Bytes { values: values.split_off(begin.min(values.len())), divisor: *divisor }
            }
            Self::Floats(values) => Self::Floats(values.split_off(begin.min(values.len()))),
        }
    }
}

/// The values of a row; none if it does not exist.
fn of_row<T>(values: &[T], row: usize, size: usize) -> &[T] {
    let begin = row.saturating_mul(size);
    values.get(begin..begin.saturating_add(size)).unwrap_or(&[])
}

/// The first `len` values, as far as there are so many, and the rest.
fn beginning(values: &mut [f32], len: usize) -> (&mut [f32], &mut [f32]) {
    values.split_at_mut(len.min(values.len()))
}

fn gather<T: Copy>(values: &[T], rows: &[usize], size: usize) -> Vec<T> {
    let mut gathered = Vec::with_capacity(rows.len().saturating_mul(size).min(values.len()));
    rows.iter().for_each(|&row| gathered.extend_from_slice(of_row(values, row, size)));
    gathered
}
