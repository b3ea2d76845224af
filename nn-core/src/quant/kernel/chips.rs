//! The kernels for chips against the bodies for all processors: in pairs of halves, and in vectors.

use super::dual::Pairs;
use super::helium::Vectors;
use super::{Convolution, Dense, Depthwise, Order, PooledConvolution, PooledSizes, Rescale};
use crate::kernel::conv2d::ConvolutionSizes;
use crate::kernel::depthwise::DepthwiseSizes;
use crate::kernel::{Job, Portable};
use crate::quant::marks::are_usual;
use crate::quant::{Multiplier, Rounding};
use crate::shape::{Padding, Window};
use std::vec::Vec;

/// Bytes that look random.
struct Bytes(u32);

impl Bytes {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 >> 8
    }

    fn take(&mut self, count: usize) -> Vec<i8> {
        (0..count).map(|_| self.next() as i8).collect()
    }

    /// Weights as they usually are, without -128, or any.
    fn weights(&mut self, count: usize) -> Vec<i8> {
        let least = if self.next().is_multiple_of(3) { -128 } else { -127 };
        (0..count).map(|_| (self.next() as i8).max(least)).collect()
    }
}

/// The constants of a layer's sums, so that its bytes are spread over their range, and some are beyond it.
struct Constants {
    bias: Vec<i32>,
    multipliers: Vec<Multiplier>,
}

impl Constants {
    fn new(bytes: &mut Bytes, channels: usize, products: usize) -> Self {
        let bias = (0..channels).map(|_| (bytes.next() % 4001) as i32 - 2000).collect();
        let multipliers = (0..channels).map(|channel| {
            let dead = channel % 5 == 4;
            let real = if dead { 0.0 } else { 0.03 / (products as f64).sqrt() * (1.0 + channel as f64 % 3.0) };
            Multiplier::from_real(real).unwrap()
        });
        Self { bias, multipliers: multipliers.collect() }
    }

    fn each(&self, mut check: impl FnMut(Rescale<'_>)) {
        let Self { bias, multipliers } = self;
        for rounding in [Rounding::Double, Rounding::Single] {
            for (zero_point, bounds) in [(-128, [-128, 127]), (5, [-128, 127]), (-20, [-20, 90])] {
                check(Rescale { bias, multipliers, zero_point, bounds, rounding });
            }
        }
    }
}

/// Runs a job in pairs, in vectors if its sizes are taken, and with the body for all processors, and compares; tells whether
/// it was run in vectors.
macro_rules! compare {
    ($outputs:expr, $rescale:ident, $products:expr, |$output:ident| $job:expr, $($case:tt)*) => {{
        let (mut found, mut expected) = (std::vec![99; $outputs], std::vec![99; $outputs]);
        let $output = &mut expected[..];
        $job.run(Portable);
        let $output = &mut found[..];
        let job = $job;
        assert!(job.fits(), $($case)*);
        job.run_in_pairs(are_usual($products, $rescale.bias, $rescale.multipliers, $rescale.bounds));
        assert_eq!(found, expected, $($case)*);
        let mut found = std::vec![99; $outputs];
        let $output = &mut found[..];
        let job = $job;
        let fits = job.fits_vectors();
        if fits {
            job.run_in_vectors();
            assert_eq!(found, expected, "in vectors: {}", std::format!($($case)*));
        }
        fits
    }};
}

/// Windows on an image of 7 rows and 6 columns.
fn windows() -> impl Iterator<Item = Window> {
    let kernels = [[1, 1], [3, 3], [2, 3], [5, 2], [4, 1]];
    let steps = [([1, 1], [1, 1]), ([2, 2], [1, 1]), ([1, 2], [1, 1]), ([1, 1], [1, 2]), ([3, 1], [1, 1])];
    kernels.into_iter().flat_map(move |kernel| {
        steps.into_iter().flat_map(move |(stride, dilation)| {
            [Padding::Valid, Padding::Same].map(|padding| Window { kernel, stride, dilation, padding })
        })
    })
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
        let (input, weights) = (&bytes.take(7 * 6 * channels)[..], &bytes.weights(products * filters)[..]);
        constants.each(|rescale| {
            let (places, zero_point) = (geometry.output[0] * geometry.output[1], -3);
            let fits = compare!(
                places * filters,
                rescale,
                products,
                |output| Convolution { sizes, input, zero_point, weights, order: Order::Filters, rescale, output },
                "{sizes:?}"
            );
            assert_eq!(fits, rescale.rounding == Rounding::Double && places >= 4, "{sizes:?}");
            let pool = Window { kernel: [2, 3], stride: [2, 1], dilation: [1, 1], padding: Padding::Same };
            let pooled = &PooledSizes { convolution: *sizes, pool: pool.on(geometry.output) };
            let outputs = pooled.pool.output[0] * pooled.pool.output[1] * filters;
            let fits = compare!(
                outputs,
                rescale,
                products,
                |output| PooledConvolution {
                    sizes: pooled,
                    input,
                    zero_point,
                    weights,
                    order: Order::Filters,
                    rescale,
                    output
                },
                "{pooled:?}"
            );
            assert_eq!(fits, rescale.rounding == Rounding::Double, "{pooled:?}");
        });
    }
}

#[test]
fn depthwise_convolutions_are_those_of_the_body_for_all() {
    let mut bytes = Bytes(2);
    for (window, (channels, multiplier)) in windows()
        .flat_map(|window| [(4, 1), (6, 1), (9, 1), (16, 1), (48, 1), (1, 8), (1, 3)].map(|sizes| (window, sizes)))
    {
        let geometry = window.on([7, 6]);
        let sizes = &DepthwiseSizes { geometry, channels, multiplier };
        let cells = window.kernel[0] * window.kernel[1];
        let constants = Constants::new(&mut bytes, sizes.filters(), cells);
        let (input, weights) = (&bytes.take(7 * 6 * channels)[..], &bytes.take(cells * sizes.filters())[..]);
        constants.each(|rescale| {
            let outputs = geometry.output[0] * geometry.output[1] * sizes.filters();
            let zero_point = 7;
            let fits = compare!(
                outputs,
                rescale,
                cells,
                |output| Depthwise { sizes, input, zero_point, weights, rescale, output },
                "{sizes:?}"
            );
            let is_square = window.kernel == [3, 3] && window.dilation == [1, 1];
            let whole = rescale.rounding == Rounding::Double && channels % 16 == 0;
            assert_eq!(fits, is_square && whole, "{sizes:?}");
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
            let fits = compare!(
                units,
                rescale,
                inputs,
                |output| Dense { input, weights, order: Order::Filters, rescale, output },
                "{inputs} inputs, {units} units"
            );
            assert_eq!(fits, rescale.rounding == Rounding::Double);
        });
    }
}

/// Sums near what the fast way can hold, multipliers of every size.
#[test]
fn every_multiplier_gives_the_byte_of_its_product() {
    let mut bytes = Bytes(4);
    for shift in -31..=0 {
        for _ in 0..50 {
            let fraction = (1 << 30) + (bytes.next() as i32) * 60;
            let multipliers = &[Multiplier::from_parts(fraction, shift).unwrap()];
            let spread = (((bytes.next() % 513) as i64 - 256) << -shift) + (bytes.next() % 1000) as i64 - 500;
            let bias = &[spread.clamp(-(1 << 29) + 1, (1 << 29) - 1) as i32];
            for rounding in [Rounding::Double, Rounding::Single] {
                let rescale = Rescale { bias, multipliers, zero_point: 11, bounds: [-128, 127], rounding };
                let (input, weights) = (&bytes.take(2)[..], &bytes.take(2)[..]);
                compare!(
                    1,
                    rescale,
                    2,
                    |output| Dense { input, weights, order: Order::Filters, rescale, output },
                    "{multipliers:?} {bias:?}"
                );
            }
        }
    }
}

/// The largest products, that a processor may add in halves of a word.
#[test]
fn the_largest_products_are_added() {
    let geometry = Window { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: Padding::Valid }.on([2, 4]);
    let (bias, multipliers) = (&[0; 2], &[Multiplier::from_real(0.001).unwrap(); 2]);
    let rescale = Rescale { bias, multipliers, zero_point: 3, bounds: [-128, 127], rounding: Rounding::Double };
    let sizes = &ConvolutionSizes { geometry, channels: 4, filters: 2, groups: 1 };
    for [weight, other] in [[-128, -128], [-127, -127], [127, 127], [-127, 127], [-128, 127]] {
        let weights = &[weight, other, other, weight, other, weight, weight, other];
        for pattern in 0..256 {
            let input: Vec<i8> = (0..32).map(|at| if pattern >> (at % 8) & 1 == 0 { -128 } else { 127 }).collect();
            let (input, zero_point) = (&input[..], 0);
            compare!(
                16,
                rescale,
                4,
                |output| Convolution { sizes, input, zero_point, weights, order: Order::Filters, rescale, output },
                "{weights:?} {pattern}"
            );
        }
    }
}

/// What is too large for the room there is, and groups.
#[test]
fn other_sizes_are_refused() {
    let (bias, multipliers) = (&[0; 4], &[Multiplier::ONE; 4]);
    let rescale = Rescale { bias, multipliers, zero_point: 0, bounds: [-128, 127], rounding: Rounding::Double };
    let geometry = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: Padding::Same }.on([4, 100]);
    for (channels, groups, fits) in [(113, 1, true), (114, 1, false), (4, 2, false)] {
        let sizes = &ConvolutionSizes { geometry, channels, filters: 4, groups };
        let job = Convolution {
            sizes,
            input: &[],
            zero_point: 0,
            weights: &[],
            order: Order::Filters,
            rescale,
            output: &mut [],
        };
        assert_eq!((job.fits(), job.fits_vectors()), (fits, fits), "{sizes:?}");
    }
    let narrow = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: Padding::Same }.on([4, 80]);
    for (geometry, channels, multiplier, fits) in
        [(narrow, 4, 1, true), (geometry, 4, 1, false), (narrow, 3, 1, false), (narrow, 4, 2, false)]
    {
        let sizes = &DepthwiseSizes { geometry, channels, multiplier };
        let job = Depthwise { sizes, input: &[], zero_point: 0, weights: &[], rescale, output: &mut [] };
        assert_eq!(job.fits(), fits, "{sizes:?}");
    }
}
