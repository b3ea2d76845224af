//! The outputs of int8 networks for many samples at once.

use crate::share::{Work, share};
use nn_core::quant::{Int8Array, Int8Input, Int8Output, Quantizable, Quantized, RoundingMode};
use nn_core::workspace::Workspace;

/// What an int8 network says of each sample: the bytes of [`Quantized::predict`]. Samples are shared by as many threads as
/// there are processors, if there is enough to do.
pub(crate) fn predict_batch<N, R>(net: &Quantized<N, R>, inputs: &[Int8Input<N>]) -> Vec<Int8Output<N>>
where
    N: Quantizable,
    R: RoundingMode,
{
    let mut outputs = vec![Int8Output::<N>::zeros(); inputs.len()];
    share(Work { macs: N::MACS, together: 1 }, inputs, &mut outputs, |inputs, outputs| {
        let mut workspace = Workspace::boxed();
        for (input, output) in inputs.iter().zip(outputs) {
            *output = *net.infer(input, &mut workspace);
        }
    });
    outputs
}
