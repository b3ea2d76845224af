use super::Vectors;
use crate::kernel::conv2d::ConvolutionSizes;
use crate::kernel::depthwise::DepthwiseSizes;
use crate::kernel::{Job, Portable};
use crate::quant::kernel::dual::tests::{Bytes, Constants, windows};
use crate::quant::kernel::{Convolution, Dense, Depthwise, PooledConvolution, PooledSizes, Rescale};
use crate::quant::{Multiplier, Rounding};
use crate::shape::{Padding, Window};

/// Runs a job in vectors and with the body for all processors, and compares; nothing if its sizes are not taken.
macro_rules! compare {
    ($outputs:expr, |$output:ident| $job:expr, $($case:tt)*) => {{
        let (mut found, mut expected) = (std::vec![99; $outputs], std::vec![99; $outputs]);
        let $output = &mut found[..];
        let job = $job;
        let fits = job.fits_vectors();
        if fits {
            job.run_in_vectors();
            let $output = &mut expected[..];
            $job.run(Portable);
            assert_eq!(found, expected, $($case)*);
        }
        fits
    }};
}

#[test]
fn convolutions_are_those_of_the_body_for_all() {
    let mut bytes = Bytes(1);
    for (window, (channels, filters)) in
        windows().flat_map(|window| [(1, 5), (3, 4), (4, 1), (7, 6), (16, 3), (60, 2)].map(|sizes| (window, sizes)))
    {
        let geometry = window.on([7, 6]);
        let sizes = &ConvolutionSizes { geometry, channels, filters, groups: 1 };
        let products = window.kernel[0] * window.kernel[1] * channels;
        let constants = Constants::new(&mut bytes, filters, products);
        let (input, weights) = (&bytes.take(7 * 6 * channels)[..], &bytes.take(products * filters)[..]);
        constants.each(|rescale| {
            let (places, zero_point) = (geometry.output[0] * geometry.output[1], -3);
            let fits = compare!(
                places * filters,
                |output| Convolution { sizes, input, zero_point, weights, rescale, output },
                "{sizes:?}"
            );
            assert_eq!(fits, rescale.rounding == Rounding::Double && places >= 4, "{sizes:?}");
            let pool = Window { kernel: [2, 3], stride: [2, 1], dilation: [1, 1], padding: Padding::Same };
            let pooled = &PooledSizes { convolution: *sizes, pool: pool.on(geometry.output) };
            let outputs = pooled.pool.output[0] * pooled.pool.output[1] * filters;
            compare!(
                outputs,
                |output| PooledConvolution { sizes: pooled, input, zero_point, weights, rescale, output },
                "{pooled:?}"
            );
        });
    }
}

#[test]
fn depthwise_convolutions_are_those_of_the_body_for_all() {
    let mut bytes = Bytes(2);
    for (window, channels) in windows().flat_map(|window| [16, 48].map(|channels| (window, channels))) {
        let geometry = window.on([7, 6]);
        let sizes = &DepthwiseSizes { geometry, channels, multiplier: 1 };
        let cells = window.kernel[0] * window.kernel[1];
        let constants = Constants::new(&mut bytes, channels, cells);
        let (input, weights) = (&bytes.take(7 * 6 * channels)[..], &bytes.take(cells * channels)[..]);
        constants.each(|rescale| {
            let (outputs, zero_point) = (geometry.output[0] * geometry.output[1] * channels, 7);
            let fits = compare!(
                outputs,
                |output| Depthwise { sizes, input, zero_point, weights, rescale, output },
                "{sizes:?}"
            );
            let is_square = window.kernel == [3, 3] && window.dilation == [1, 1];
            assert_eq!(fits, rescale.rounding == Rounding::Double && is_square, "{sizes:?}");
        });
    }
}

#[test]
fn dense_layers_are_those_of_the_body_for_all() {
    let mut bytes = Bytes(3);
    for (inputs, units) in [1, 2, 3, 4, 5, 16, 63, 300].into_iter().flat_map(|n| [1, 3, 4, 6, 9].map(|m| (n, m))) {
        let constants = Constants::new(&mut bytes, units, inputs);
        let (input, weights) = (&bytes.take(inputs)[..], &bytes.take(inputs * units)[..]);
        constants.each(|rescale| {
            compare!(units, |output| Dense { input, weights, rescale, output }, "{inputs} inputs, {units} units");
        });
    }
}

#[test]
fn other_sizes_are_refused() {
    let multipliers = &[Multiplier::ONE; 4];
    let bias = &[0; 4];
    let rescale = Rescale { bias, multipliers, zero_point: 0, bounds: [-128, 127], rounding: Rounding::Double };
    let geometry = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: Padding::Same }.on([4, 100]);
    for (channels, groups, fits) in [(113, 1, true), (114, 1, false), (4, 2, false)] {
        let sizes = &ConvolutionSizes { geometry, channels, filters: 4, groups };
        let job = Convolution { sizes, input: &[], zero_point: 0, weights: &[], rescale, output: &mut [] };
        assert_eq!(job.fits_vectors(), fits, "{sizes:?}");
    }
}
