//! The bias of a layer: one value for each output channel, or none.

use super::WeightInfo;
use crate::plain::Plain;

/// What stands in a layer's `bias` field: `[f32; OUT]`, or `()` for a layer without bias.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a bias: it is `[f32; OUT]`, or `()` for none")]
pub trait Bias: sealed::Sealed + Plain + Send + Sync {
    /// Whether there is a bias.
    const PRESENT: bool;

    /// The values; `None` if there is no bias.
    #[inline(always)]
    fn values(&self) -> Option<&[f32]> {
        Self::PRESENT.then(|| self.floats())
    }

    /// The values, to be changed; `None` if there is no bias.
    #[inline(always)]
    fn values_mut(&mut self) -> Option<&mut [f32]> {
        Self::PRESENT.then(|| self.floats_mut())
    }
}

mod sealed {
    pub trait Sealed {}
}

impl<const OUT: usize> sealed::Sealed for [f32; OUT] {}
impl<const OUT: usize> Bias for [f32; OUT] {
    const PRESENT: bool = true;
}

impl sealed::Sealed for () {}
impl Bias for () {
    const PRESENT: bool = false;
}

/// The tensors of a layer whose last one is its bias: without that one if there is no bias.
pub(crate) const fn listed<B: Bias, const COUNT: usize>(weights: &[WeightInfo; COUNT]) -> &[WeightInfo] {
    if B::PRESENT { weights } else { weights.split_at(COUNT - 1).0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bias_is_no_slice() {
        assert_eq!([1.0f32, 2.0].values(), Some(&[1.0, 2.0][..]));
        assert_eq!(().values(), None);
        assert_eq!(().values_mut(), None);
    }
}
