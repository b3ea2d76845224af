//! What the passes of a convolution do with some samples, whatever kind of convolution it is.

use super::Pass;
use crate::kernel::ahead::Ahead;
use crate::kernel::normalization::backward::Cut;

/// The weights of a convolution, at work on samples that lie one behind the other.
pub(super) trait Convolving: Sync {
    /// The floats of the kernel.
    fn kernel_len(&self) -> usize;

    /// The channels of the output.
    fn filters(&self) -> usize;

    /// How many samples to convolve at once, if there are more.
    fn at_once(&self) -> usize;

    /// Prepares the kernel for [`Convolving::write_outputs`], in memory of the size that the settings state.
    fn prepare(&self, pass: Pass<'_>, memory: &mut [f32]);

    /// The outputs of samples. This and what goes backward may have memory fetched that is needed afterwards.
    fn write_outputs(&self, memory: &[f32], input: &[f32], output: &mut [f32], ahead: Ahead);

    /// The outputs of samples that are normalized and cut first, if there is a way to do so pixel by pixel that takes less
    /// time; else nothing is written, and `false` comes back. The outputs are the same bits.
    fn write_normalized(
        &self,
        _memory: &[f32],
        _cut: Cut<'_>,
        _input: &[f32],
        _output: &mut [f32],
        _ahead: Ahead,
    ) -> bool {
        false
    }

    /// Adds the derivatives of samples by the kernel, and behind them those by the bias, if there is one and place for them:
    /// as many samples as [`Convolving::at_once`] says, or what is left of a block, so that the sums are always the same
    /// bits.
    fn add_gradients(&self, input: &[f32], output_gradient: &[f32], sums: &mut [f32], ahead: Ahead);

    /// Writes the kernel turned around, and prepares it for [`Convolving::write_input_gradients`] as
    /// [`Convolving::prepare`] does.
    fn turn(&self, pass: Pass<'_>, turned: &mut [f32], memory: &mut [f32]);

    /// The derivatives of samples by their inputs: all, or at least those by the inputs in `wanted` that are not zero; the
    /// others may be written as zeros.
    fn write_input_gradients(
        &self,
        turned: &[f32],
        memory: &[f32],
        output_gradient: &[f32],
        input_gradient: &mut [f32],
        wanted: Option<&[f32]>,
        ahead: Ahead,
    );
}
