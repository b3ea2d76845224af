//! The kernels of int8 networks, on slices and sizes. Nothing here knows what a layer or a network is.
//!
//! As in [`crate::kernel`], a kernel is a struct that names its slices and sizes, with one body,
//! [`Job::run`](crate::kernel::Job::run), which does one sample, channels last. All results are the same bytes on every
//! processor. Nothing is allocated and nothing panics: where a slice is shorter than the sizes say, the rest of the
//! output is left as it was.
//!
//! Weights lie as in TFLite's files: `[filters][rows][columns][channels / groups]` for [`Convolution`],
//! `[rows][columns][channels * multiplier]` for [`Depthwise`], `[units][inputs]` for [`Dense`]; they are symmetric, that
//! is, their zero point is 0. Those of [`Convolution`] and [`Dense`] may lie in another [`Order`].

mod add;
#[cfg(test)]
mod chips;
mod conv2d;
mod dense;
mod depthwise;
mod dots;
#[cfg(any(target_arch = "arm", test))]
pub(super) mod dual;
mod estimate;
mod fixed_point;
#[cfg(any(helium, test))]
pub(super) mod helium;
mod lookup;
mod mean;
mod multiply;
mod one_by_one;
mod places;
mod pool;
mod pooled;
mod quantize;
mod requantize;
mod rescale;
mod scale;
mod softmax;
mod span;
mod strip;
#[cfg(test)]
mod tests;
mod tiles;
pub(super) mod words;

pub use add::Add;
pub use conv2d::Convolution;
pub use dense::Dense;
pub use depthwise::Depthwise;
pub(super) use fixed_point::{logistic, tanh};
pub use lookup::Lookup;
pub use mean::Mean;
pub use multiply::Multiply;
pub use pool::{AveragePool, MaxPool};
pub use pooled::{PooledConvolution, PooledSizes};
pub use quantize::{Dequantize, Quantize};
pub use requantize::Requantize;
pub use rescale::Rescale;
pub use softmax::Softmax;
#[cfg(test)]
use tests::each_way;
pub use words::Order;

/// Whether a processor has so few registers that no kernel keeps a tile of sums in them: a microcontroller, which has no
/// room for code and stack of that kind either.
const fn is_small<I: crate::kernel::Isa>() -> bool {
    I::REGISTERS < 8
}
