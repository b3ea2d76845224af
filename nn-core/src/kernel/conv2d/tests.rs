use super::normalized::NormalizedOutputs;
use super::*;
use crate::kernel::Level;
use crate::kernel::normalization::Normalization;
use crate::kernel::normalization::apply::Normalize;
use crate::random::Random;
use crate::shape::{Padding, Window};
use std::vec;
use std::vec::Vec;

/// Calls `visit` with (output, kernel, input) of every product of a convolution, by the definition.
pub(super) fn products(sizes: &ConvolutionSizes, mut visit: impl FnMut(usize, usize, usize)) {
    let ConvolutionSizes { geometry, channels, filters, groups } = *sizes;
    let (inputs, outputs) = (channels / groups, filters / groups);
    let pixel = |axis: usize, position: usize, cell: usize| {
        let place = position * geometry.stride[axis] + cell * geometry.dilation[axis];
        place.checked_sub(geometry.before[axis]).filter(|&pixel| pixel < geometry.input[axis])
    };
    for (y, x) in pairs(geometry.output) {
        for (kernel_y, kernel_x) in pairs(geometry.kernel) {
            let (Some(row), Some(column)) = (pixel(0, y, kernel_y), pixel(1, x, kernel_x)) else {
                continue;
            };
            for (channel, filter) in pairs([inputs, filters]) {
                let input = (row * geometry.input[1] + column) * channels + filter / outputs * inputs + channel;
                let weight = ((kernel_y * geometry.kernel[1] + kernel_x) * inputs + channel) * filters + filter;
                visit((y * geometry.output[1] + x) * filters + filter, weight, input);
            }
        }
    }
}

fn pairs([outer, inner]: [usize; 2]) -> impl Iterator<Item = (usize, usize)> {
    (0..outer).flat_map(move |first| (0..inner).map(move |second| (first, second)))
}

pub(super) fn values(len: usize, random: &mut Random) -> Vec<f32> {
    (0..len).map(|_| 2.0 * random.uniform() - 1.0).collect()
}

/// Sums of `terms` products of numbers below 1, and of a start below 1: each rounding is at most 2^-24 of the sum.
fn assert_near(found: &[f32], expected: &[f64], terms: usize, what: &str) {
    let tolerance = 6e-8 * (terms as f64 + 2.0).powi(2);
    for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        assert!((f64::from(found) - expected).abs() <= tolerance, "{what} at {index}: {found} and {expected}");
    }
}

fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

/// Forward, backward by the input and by the kernel, on every instruction set.
fn check(sizes: &ConvolutionSizes, random: &mut Random) {
    let [height, width] = sizes.geometry.input;
    check_of(sizes, &values(height * width * sizes.channels, random), random);
}

/// The same with this input.
fn check_of(sizes: &ConvolutionSizes, input: &[f32], random: &mut Random) {
    let ConvolutionSizes { geometry, channels, filters, .. } = *sizes;
    let error = values(geometry.output[0] * geometry.output[1] * filters, random);
    let (kernel, bias) = (values(sizes.kernel_len(), random), values(filters, random));
    let mut output: Vec<f64> = error.iter().enumerate().map(|(index, _)| f64::from(bias[index % filters])).collect();
    let mut by_input = vec![0.0; input.len()];
    let mut by_kernel = widen(&kernel);
    products(sizes, |out, weight, from| {
        output[out] += f64::from(kernel[weight]) * f64::from(input[from]);
        by_input[from] += f64::from(kernel[weight]) * f64::from(error[out]);
        by_kernel[weight] += f64::from(input[from]) * f64::from(error[out]);
    });

    let mut turned = vec![f32::NAN; kernel.len()];
    for (cell, turned) in turned.chunks_exact_mut(sizes.cell_len()).enumerate() {
        sizes.turn(&kernel, cell, turned);
    }
    let (cells, outputs) = (geometry.kernel[0] * geometry.kernel[1], geometry.output[0] * geometry.output[1]);
    for level in Level::available() {
        let what = std::format!("{level:?}, {sizes:?}");
        let mut found = vec![f32::NAN; output.len()];
        level.run(Convolution::forward(sizes, input, &kernel, Some(&bias), &mut found));
        assert_near(&found, &output, cells * channels, &what);
        let mut found = vec![f32::NAN; input.len()];
        level.run(InputGradient {
            sizes,
            output_gradient: &error,
            turned: &turned,
            input_gradient: &mut found,
            wanted: None,
            ahead: Ahead::NOTHING,
        });
        assert_near(&found, &by_input, cells * filters, &what);
        let mut found = kernel.clone();
        level.run(KernelGradient { sizes, input, output_gradient: &error, kernel: &mut found, ahead: Ahead::NOTHING });
        assert_near(&found, &by_kernel, outputs, &what);
    }
}

#[test]
fn windows_of_every_kind_agree_with_the_definition() {
    let mut random = Random::new(1, 0);
    for input in [[1, 1], [4, 4], [5, 9], [7, 2]] {
        for kernel in [[1, 1], [3, 3], [2, 4], [1, 3]] {
            for (stride, dilation) in
                [([1, 1], [1, 1]), ([2, 2], [1, 1]), ([1, 1], [2, 3]), ([3, 2], [2, 1]), ([3, 4], [3, 2])]
            {
                for padding in [Padding::Valid, Padding::Same] {
                    let geometry = Window { kernel, stride, dilation, padding }.on(input);
                    for (channels, filters, groups) in [(1, 1, 1), (4, 4, 1), (4, 6, 2)] {
                        check(&ConvolutionSizes { geometry, channels, filters, groups }, &mut random);
                    }
                }
            }
        }
    }
}

#[test]
fn channels_of_every_number_agree_with_the_definition() {
    let mut random = Random::new(2, 0);
    for padding in [Padding::Valid, Padding::Same] {
        let window = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding };
        let geometry = window.on([6, 15]);
        let numbers =
            [(1, 32, 1), (3, 17, 1), (5, 5, 5), (8, 33, 1), (9, 48, 3), (15, 15, 3), (32, 64, 1), (66, 34, 2)];
        for (channels, filters, groups) in numbers {
            check(&ConvolutionSizes { geometry, channels, filters, groups }, &mut random);
        }
    }
}

#[test]
fn tiles_of_every_kind_agree_with_the_definition() {
    let mut random = Random::new(4, 0);
    for (input, channels, filters) in
        [([8, 8], 16, 12), ([7, 12], 12, 16), ([13, 8], 33, 17), ([18, 15], 12, 12), ([16, 16], 17, 34)]
    {
        for padding in [Padding::Valid, Padding::Same] {
            let geometry = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding }.on(input);
            check(&ConvolutionSizes { geometry, channels, filters, groups: 1 }, &mut random);
        }
    }
}

#[test]
fn strips_of_every_length_agree_with_the_definition() {
    let mut random = Random::new(3, 0);
    for size in 1..30 {
        let window = Window { kernel: [2, 3], stride: [1, 1], dilation: [1, 1], padding: Padding::Same };
        let geometry = window.on([3, size]);
        check(&ConvolutionSizes { geometry, channels: 2, filters: 20, groups: 1 }, &mut random);
        let geometry = Window { kernel: [1, 1], ..window }.on([size, 3]);
        check(&ConvolutionSizes { geometry, channels: 3, filters: 8, groups: 1 }, &mut random);
    }
}

#[test]
fn lines_and_rectangles_give_the_same_bits() {
    let mut random = Random::new(3, 0);
    for (input, kernel, stride) in
        [([49, 10], [10, 4], 2), ([1, 1], [3, 3], 1), ([9, 17], [3, 3], 1), ([4, 20], [5, 2], 3)]
    {
        for (padding, filters) in [(Padding::Same, 64), (Padding::Same, 101), (Padding::Valid, 6)] {
            let window = Window { kernel, stride: [stride; 2], dilation: [1, 1], padding };
            let sizes = ConvolutionSizes { geometry: window.on(input), channels: 1, filters, groups: 1 };
            let mut values = |len: usize| -> Vec<f32> { (0..len).map(|_| 2.0 * random.uniform() - 1.0).collect() };
            let (source, kernel, bias) = (values(input[0] * input[1]), values(sizes.kernel_len()), values(filters));
            let [height, width] = sizes.geometry.output;
            for level in Level::available() {
                let mut lines = vec![f32::NAN; height * width * filters];
                level.run(Convolution::forward(&sizes, &source, &kernel, Some(&bias), &mut lines));
                let mut rectangles = vec![f32::NAN; lines.len()];
                // As one of many channels.
                level.run(Convolution::forward(&sizes, &source, &kernel, Some(&bias), &mut rectangles).rectangles());
                assert_eq!(lines, rectangles, "{level:?}, {sizes:?}");
            }
        }
    }
}

#[test]
fn sums_without_zeros_agree_with_the_definition() {
    let mut random = Random::new(5, 0);
    let stride = |stride| Window { kernel: [1, 1], stride: [stride; 2], dilation: [1, 1], padding: Padding::Valid };
    let cases = [
        ([13, 10], 1, 64, 64, 1),
        ([4, 2], 1, 64, 64, 1),
        ([9, 40], 2, 192, 128, 1),
        ([5, 9], 1, 64, 160, 1),
        ([7, 11], 1, 128, 160, 2),
    ];
    for (size, step, channels, filters, groups) in cases {
        let sizes = ConvolutionSizes { geometry: stride(step).on(size), channels, filters, groups };
        for share in [0.0, 0.3, 0.7] {
            let mut input = values(size[0] * size[1] * channels, &mut random);
            input.iter_mut().for_each(|value| *value = if random.uniform() < share { *value } else { 0.0 });
            check_of(&sizes, &input, &mut random);

            let (kernel, bias) = (values(sizes.kernel_len(), &mut random), values(filters, &mut random));
            let mut memory = vec![f32::NAN; Squares::room(&sizes)];
            Squares::write(&sizes, &kernel, &mut memory);
            let squares = Squares::written(&sizes, &memory);
            assert_eq!(squares.is_some(), groups == 1 && filters % 64 == 0, "{sizes:?}");
            for level in Level::available() {
                let what = std::format!("{level:?}, {share}, {sizes:?}");
                assert_eq!(level.run(IsSparse(&sizes, &input)), level.run(FindsZeros), "{what}");
                let outputs = sizes.geometry.output[0] * sizes.geometry.output[1];
                let [mut of_kernel, mut of_squares] = [(); 2].map(|()| vec![f32::NAN; outputs * filters]);
                level.run(Convolution::forward(&sizes, &input, &kernel, Some(&bias), &mut of_kernel));
                let convolution = Convolution::forward(&sizes, &input, &kernel, Some(&bias), &mut of_squares);
                level.run(convolution.squared(squares));
                assert_eq!(of_squares, of_kernel, "{what}");
                if !level.run(LanesAreSixteen) {
                    assert_sums_of_single_outputs(level, &sizes, [&input, &kernel, &bias], &of_kernel);
                }
            }
        }
    }
}

/// Where no row is read for two sums at once, leaving out the zeros changes no bit: of the outputs, and of the sums by the
/// kernel.
fn assert_sums_of_single_outputs(
    level: Level,
    sizes: &ConvolutionSizes,
    [input, kernel, bias]: [&[f32]; 3],
    outputs: &[f32],
) {
    let ConvolutionSizes { geometry, channels, filters, .. } = *sizes;
    let window = Window { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: Padding::Valid };
    let one = ConvolutionSizes { geometry: window.on([1, 1]), ..*sizes };
    let (what, ahead) = (std::format!("{level:?}, {sizes:?}"), Ahead::NOTHING);
    let mut gradient = kernel.to_vec();
    level.run(KernelGradient { sizes, input, output_gradient: outputs, kernel: &mut gradient, ahead });
    let mut expected = kernel.to_vec();
    for (number, output_gradient) in outputs.chunks(filters).enumerate() {
        let (row, column) = (number / geometry.output[1], number % geometry.output[1]);
        let pixel = row * geometry.stride[0] * geometry.input[1] + column * geometry.stride[1];
        let input = &input[pixel * channels..][..channels];
        // Single outputs are so few that nobody looks for zeros.
        assert!(!level.run(IsSparse(&one, input)));
        let mut output = vec![f32::NAN; filters];
        level.run(Convolution::forward(&one, input, kernel, Some(bias), &mut output));
        assert_eq!(output, output_gradient, "{what}, {number}");
        level.run(KernelGradient { sizes: &one, input, output_gradient, kernel: &mut expected, ahead });
    }
    assert_eq!(gradient, expected, "{what}");
}

#[test]
fn an_image_normalized_pixel_by_pixel_gives_the_bits_of_a_normalized_image() {
    let mut random = Random::new(7, 0);
    let window = Window { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: Padding::Valid };
    for (size, channels, filters) in [([25, 5], 64, 64), ([4, 2], 64, 128), ([3, 11], 192, 64), ([2, 3], 64, 64)] {
        let sizes = ConvolutionSizes { geometry: window.on(size), channels, filters, groups: 1 };
        let pixels = size[0] * size[1];
        let (input, kernel, bias) = (
            values(pixels * channels, &mut random),
            values(sizes.kernel_len(), &mut random),
            values(filters, &mut random),
        );
        let variance: Vec<f32> = values(channels, &mut random).iter().map(|value| value.abs()).collect();
        let [mean, gamma] = [values(channels, &mut random), values(channels, &mut random)];
        let mut memory = vec![f32::NAN; Squares::room(&sizes)];
        Squares::write(&sizes, &kernel, &mut memory);
        let squares = Squares::written(&sizes, &memory).unwrap();
        // Most are cut off, about half of them, few of them.
        for shift in [-0.8, 0.0, 2.0] {
            let beta = vec![shift; channels];
            let (mean, variance, gamma, beta) = (&mean, &variance, &gamma, &beta);
            let normalization = Normalization { mean, variance, epsilon: 0.1, gamma, beta };
            for level in Level::available() {
                let what = std::format!("{level:?}, {shift}, {sizes:?}");
                let mut normalized = vec![f32::NAN; input.len()];
                let bounds = Some([0.0, f32::INFINITY]);
                level.run(Normalize { normalization, bounds, input: &input, output: &mut normalized });
                let mut expected = vec![f32::NAN; pixels * filters];
                level.run(Convolution::forward(&sizes, &normalized, &kernel, Some(&bias), &mut expected));
                let mut found = vec![f32::NAN; expected.len()];
                let is_written = level.run(NormalizedOutputs {
                    sizes: &sizes,
                    normalization,
                    input: &input,
                    squares,
                    bias: Some(&bias),
                    output: &mut found,
                    ahead: Ahead::NOTHING,
                });
                assert_eq!(
                    is_written,
                    level.run(LanesAreSixteen) && level.run(IsSparse(&sizes, &normalized)),
                    "{what}"
                );
                if is_written {
                    assert_eq!(found, expected, "{what}");
                }
            }
        }
    }
}

#[test]
fn derivatives_that_are_wanted_agree_with_the_definition() {
    let mut random = Random::new(6, 0);
    let window = Window { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: Padding::Valid };
    for (size, channels, filters) in [([25, 5], 64, 64), ([4, 2], 64, 128), ([3, 5], 192, 64), ([2, 5], 128, 192)] {
        let sizes = ConvolutionSizes { geometry: window.on(size), channels, filters, groups: 1 };
        // Of 64 channels all, some, and none are wanted.
        for share in [0.0, 0.1, 0.5, 0.6, 1.0] {
            let mut input = values(size[0] * size[1] * channels, &mut random);
            input.iter_mut().for_each(|value| *value = if random.uniform() < share { *value } else { 0.0 });
            let (kernel, error) =
                (values(sizes.kernel_len(), &mut random), values(size[0] * size[1] * filters, &mut random));
            let mut turned = vec![f32::NAN; kernel.len()];
            sizes.turn(&kernel, 0, &mut turned);
            let mut memory = vec![f32::NAN; Squares::room(&sizes)];
            Squares::write(&sizes, &kernel, &mut memory);
            let mut expected = vec![0.0; input.len()];
            products(&sizes, |out, weight, from| {
                expected[from] += f64::from(kernel[weight]) * f64::from(error[out]);
            });
            for level in Level::available() {
                let what = std::format!("{level:?}, {share}, {sizes:?}");
                let [mut found, mut of_squares] = [vec![f32::NAN; input.len()], vec![f32::NAN; input.len()]];
                let squares = Squares::written(&sizes, &memory);
                for (input_gradient, squares) in [(&mut found, None), (&mut of_squares, squares)] {
                    level.run(InputGradient {
                        sizes: &sizes,
                        output_gradient: &error,
                        turned: &turned,
                        input_gradient,
                        wanted: Some(Wanted { input: &input, kernel: &kernel, squares }),
                        ahead: Ahead::NOTHING,
                    });
                }
                assert_eq!(of_squares, found, "{what}");
                let is_left_out = |index: usize| input[index] == 0.0 && found[index] == 0.0;
                let of_wanted: Vec<f64> =
                    (0..found.len()).map(|index| if is_left_out(index) { 0.0 } else { expected[index] }).collect();
                assert_near(&found, &of_wanted, filters, &what);
                let left_out = (0..found.len()).filter(|&index| is_left_out(index)).count();
                let zeros = input.iter().filter(|&&value| value == 0.0).count();
                let are_few = level.run(LanesAreSixteen) && share < 0.7;
                assert_eq!(left_out, if are_few { zeros } else { 0 }, "{what}");
            }
        }
    }
}

/// Whether a set is one for which single derivatives are calculated.
struct LanesAreSixteen;

impl Job for LanesAreSixteen {
    type Output = bool;

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) -> bool {
        I::LANES == 16
    }
}

/// Whether the zeros of a source are left out.
struct IsSparse<'a>(&'a ConvolutionSizes, &'a [f32]);

impl Job for IsSparse<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> bool {
        let Self(sizes, source) = self;
        let [rows, columns] = [0, 1].map(|axis| sizes.geometry.gather(axis).stretches().next().unwrap());
        let rectangle = Rectangle::new(&Layout::forward(sizes), rows, columns);
        rectangle.is_sparse(isa, source, sizes.filters / sizes.groups)
    }
}

struct FindsZeros;

impl Job for FindsZeros {
    type Output = bool;

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) -> bool {
        I::FINDS_ZEROS
    }
}
