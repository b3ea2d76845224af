//! The kernels for microcontrollers against the bodies for vectors, bit for bit.

use super::{Convolve, ConvolveChannels, parts};
use crate::kernel::conv2d::pooled::{PooledConvolution, PooledSizes};
use crate::kernel::conv2d::{Convolution, ConvolutionSizes};
use crate::kernel::depthwise::{Depthwise, DepthwiseSizes};
use crate::kernel::finish::{AsTheyAre, Finish, Finished};
use crate::kernel::normalization::Normalization;
use crate::kernel::{Isa, Portable};
use crate::random::Random;
use crate::shape::{Padding, Window};
use std::vec;
use std::vec::Vec;

fn values(len: usize, random: &mut Random) -> Vec<f32> {
    (0..len).map(|_| 2.0 * random.uniform() - 1.0).collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    // What is not a number has bits of its own on each processor.
    values.iter().map(|value| if value.is_nan() { f32::NAN } else { *value }.to_bits()).collect()
}

/// Windows on an image of 7 rows and 6 columns.
fn windows() -> impl Iterator<Item = Window> {
    let kernels = [[1, 1], [3, 3], [2, 5], [4, 2], [9, 1]];
    let steps = [([1, 1], [1, 1]), ([2, 2], [1, 1]), ([1, 1], [1, 2]), ([3, 1], [2, 1])];
    kernels.into_iter().flat_map(move |kernel| {
        steps.into_iter().flat_map(move |(stride, dilation)| {
            [Padding::Valid, Padding::Same].map(|padding| Window { kernel, stride, dilation, padding })
        })
    })
}

/// Normalizations and bounds, one kind after another.
struct Finishes {
    number: usize,
    mean: Vec<f32>,
    variance: Vec<f32>,
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

impl Finishes {
    fn new(filters: usize, random: &mut Random) -> Self {
        let [mean, mut variance, gamma, beta] = core::array::from_fn(|_| values(filters, random));
        for value in &mut variance {
            *value *= *value;
        }
        Self { number: 0, mean, variance, gamma, beta }
    }

    fn next(&mut self) -> Finished<'_> {
        self.number += 1;
        let Self { number, mean, variance, gamma, beta } = self;
        let normalization = Normalization { mean, variance, epsilon: 1e-3, gamma, beta };
        let infinite = f32::INFINITY;
        let bounds = [[-infinite, infinite], [0.0, infinite], [0.0, 0.5], [-0.25, 0.25], [-infinite, 0.5]][*number % 5];
        Finished { normalization: (*number % 2 == 0).then_some(normalization), bounds }
    }
}

#[test]
fn convolutions_are_those_of_the_body_for_vectors() {
    let mut random = Random::new(1, 0);
    let numbers = [(1, 9, 1), (2, 3, 1), (3, 16, 1), (7, 25, 1), (4, 4, 2), (3, 12, 3)];
    let mut finishes = Finishes::new(36, &mut random);
    for (window, (channels, filters, groups)) in windows().flat_map(|window| numbers.map(|number| (window, number))) {
        let sizes = &ConvolutionSizes { geometry: window.on([7, 6]), channels, filters, groups };
        let outputs = sizes.geometry.output[0] * sizes.geometry.output[1] * filters;
        let (source, kernel) =
            (&values(7 * 6 * channels, &mut random)[..], &values(sizes.kernel_len(), &mut random)[..]);
        let bias = values(filters, &mut random);
        let finish = finishes.next();
        for bias in [None, Some(&bias[..])] {
            let (mut expected, mut found) = (vec![7.0; outputs], vec![f32::NAN; outputs]);
            Portable.run(Convolution::forward(sizes, source, kernel, bias, &mut expected).finished(finish));
            Convolve { sizes: *sizes, source, kernel, bias, target: &mut found, finish }.run();
            assert_eq!(bits(&found), bits(&expected), "{sizes:?}, {finish:?}");
        }
    }
}

#[test]
fn depthwise_convolutions_are_those_of_the_body_for_vectors() {
    let mut random = Random::new(2, 0);
    let numbers = [(1, 1), (3, 1), (4, 1), (9, 1), (20, 1), (43, 1), (1, 8), (5, 2)];
    let mut finishes = Finishes::new(43, &mut random);
    for (window, (channels, multiplier)) in windows().flat_map(|window| numbers.map(|number| (window, number))) {
        let sizes = &DepthwiseSizes { geometry: window.on([7, 6]), channels, multiplier };
        let filters = sizes.filters();
        let outputs = sizes.geometry.output[0] * sizes.geometry.output[1] * filters;
        let (source, kernel) =
            (&values(7 * 6 * channels, &mut random)[..], &values(sizes.kernel_len(), &mut random)[..]);
        let bias = values(filters, &mut random);
        let finish = finishes.next();
        for bias in [None, Some(&bias[..])] {
            let (mut expected, mut found) = (vec![7.0; outputs], vec![f32::NAN; outputs]);
            Portable.run(Depthwise { sizes, input: source, kernel, bias, output: &mut expected, finish });
            ConvolveChannels { sizes: *sizes, source, kernel, bias, target: &mut found, finish }.run();
            assert_eq!(bits(&found), bits(&expected), "{sizes:?}, {finish:?}");
        }
    }
}

/// Maxima and where they were found, with a value that may be infinite or not a number.
fn check_pooled(sizes: &PooledSizes, special: Option<f32>, random: &mut Random) {
    let ConvolutionSizes { geometry, channels, filters, .. } = sizes.convolution;
    let mut input = values(geometry.input[0] * geometry.input[1] * channels, random);
    let (kernel, bias) = (&values(sizes.convolution.kernel_len(), random)[..], values(filters, random));
    let middle = input.len() / 2;
    input[middle] = special.unwrap_or(input[middle]);
    for (bias, places) in [(None, sizes.outputs()), (Some(&bias[..]), 0)] {
        let [mut cells, mut found_cells] = [vec![1; places], vec![2; places]];
        let [mut expected, mut found] = [vec![7.0; sizes.outputs()], vec![f32::NAN; sizes.outputs()]];
        let (output, positions) = (&mut expected, &mut cells);
        Portable.run(PooledConvolution { sizes, input: &input, kernel, bias, output, positions });
        let (output, positions) = (&mut found, &mut found_cells);
        PooledConvolution { sizes, input: &input, kernel, bias, output, positions }.run_in_singles();
        assert_eq!(bits(&found), bits(&expected), "{sizes:?}, {special:?}");
        assert_eq!(found_cells, cells, "{sizes:?}, {special:?}");
    }
}

const SPECIAL: [Option<f32>; 5] = [None, Some(f32::NAN), None, Some(f32::INFINITY), Some(f32::MAX)];

#[test]
fn pooled_convolutions_are_those_of_the_body_for_vectors() {
    let mut random = Random::new(3, 0);
    let numbers = [(1, 7, 1), (1, 3, 1), (4, 9, 1), (6, 4, 2)];
    let cases = windows().flat_map(|window| numbers.map(|number| (window, number)));
    for (case, (window, (channels, filters, groups))) in cases.enumerate() {
        let image = [[7, 6], [5, 30]][case % 2];
        let convolution = ConvolutionSizes { geometry: window.on(image), channels, filters, groups };
        let kernel = [[2, 2], [1, 3], [3, 1], [2, 11]][case % 4];
        let pool = Window { kernel, stride: kernel, dilation: [1, 1], padding: Padding::Valid };
        let pool = pool.on(convolution.geometry.output);
        let bounds = [[f32::NEG_INFINITY, f32::INFINITY], [0.0, f32::INFINITY], [-0.5, 0.5]][case % 3];
        check_pooled(&PooledSizes { convolution, pool, bounds }, SPECIAL[case % 5], &mut random);
    }
}

#[test]
fn pooled_squares_are_those_of_the_body_for_vectors() {
    let mut random = Random::new(4, 0);
    for (image, filters) in [([6, 6], 4), ([7, 9], 32), ([4, 4], 11), ([3, 3], 8), ([12, 5], 9)] {
        let window = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: Padding::Valid };
        let convolution = ConvolutionSizes { geometry: window.on(image), channels: 1, filters, groups: 1 };
        let pool = Window { kernel: [2, 2], stride: [2, 2], ..window }.on(convolution.geometry.output);
        for bounds in [[f32::NEG_INFINITY, f32::INFINITY], [0.0, f32::INFINITY], [-0.5, 0.5]] {
            for special in SPECIAL {
                check_pooled(&PooledSizes { convolution, pool, bounds }, special, &mut random);
            }
        }
    }
}

#[test]
fn what_is_not_a_number_stays_so_and_zeros_keep_their_sign() {
    let geometry = Window { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: Padding::Valid }.on([1, 6]);
    let source = &[f32::NAN, -f32::NAN, f32::NEG_INFINITY, -0.0, f32::MIN_POSITIVE, -1e-45];
    for bounds in [[0.0, f32::INFINITY], [0.0, 6.0], [-0.0, 6.0]] {
        for bias in [None, Some(&[-0.0; 16][..])] {
            let finish = Finished { normalization: None, bounds };
            let (kernel, mut found, mut expected) = (&[1.0; 16], [7.0; 6 * 16], [8.0; 6 * 16]);
            let sizes = &ConvolutionSizes { geometry, channels: 1, filters: 16, groups: 1 };
            Convolve { sizes: *sizes, source, kernel, bias, target: &mut found, finish }.run();
            Portable.run(Convolution::forward(sizes, source, kernel, bias, &mut expected).finished(finish));
            assert_eq!(bits(&found), bits(&expected), "{bounds:?}, {bias:?}");
            assert!(found[..32].iter().all(|value| value.is_nan()));
        }
    }
}

#[test]
fn slices_that_are_too_short_are_left_as_they_are() {
    let geometry = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: Padding::Same }.on([5, 5]);
    let sizes = ConvolutionSizes { geometry, channels: 4, filters: 16, groups: 1 };
    let whole = [100, 576, 400];
    for short in 0..3 {
        let [source, kernel, target]: [Vec<f32>; 3] =
            core::array::from_fn(|slice| vec![7.0; if slice == short { 3 } else { whole[slice] }]);
        let (mut target, finish) = (target, AsTheyAre);
        Convolve {
            sizes,
            source: &source,
            kernel: &kernel,
            bias: None,
            target: &mut target,
            finish: finish.as_finished(),
        }
        .run();
        assert!(target.iter().all(|value| *value == 7.0), "slice {short}");
    }
}

#[test]
fn parts_have_every_filter() {
    let cut = |filters, widths: &[usize]| parts(filters, widths).collect::<Vec<_>>();
    assert_eq!(cut(0, &[16, 8]), []);
    assert_eq!(cut(3, &[16, 8, 4]), [(0, 1), (1, 1), (2, 1)]);
    assert_eq!(cut(6, &[16, 8, 4]), [(0, 4), (2, 4)]);
    assert_eq!(cut(12, &[16, 8]), [(0, 8), (4, 8)]);
    assert_eq!(cut(24, &[16, 8, 4]), [(0, 16), (16, 8)]);
    assert_eq!(cut(43, &[16, 8, 4]), [(0, 16), (16, 16), (27, 16)]);
    assert_eq!(cut(2, &[]), [(0, 1), (1, 1)]);
}
