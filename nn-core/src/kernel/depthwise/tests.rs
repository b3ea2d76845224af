use super::*;
use crate::kernel::Level;
use crate::random::Random;
use crate::shape::{Padding, Window};
use std::vec;
use std::vec::Vec;

fn pairs([outer, inner]: [usize; 2]) -> impl Iterator<Item = (usize, usize)> {
    (0..outer).flat_map(move |first| (0..inner).map(move |second| (first, second)))
}

/// Calls `visit` with (output, kernel, input) of every product, by the definition.
fn products(sizes: &DepthwiseSizes, mut visit: impl FnMut(usize, usize, usize)) {
    let DepthwiseSizes { geometry, channels, multiplier } = *sizes;
    let pixel = |axis: usize, position: usize, cell: usize| {
        let place = position * geometry.stride[axis] + cell * geometry.dilation[axis];
        place.checked_sub(geometry.before[axis]).filter(|&pixel| pixel < geometry.input[axis])
    };
    for (y, x) in pairs(geometry.output) {
        for (kernel_y, kernel_x) in pairs(geometry.kernel) {
            let (Some(row), Some(column)) = (pixel(0, y, kernel_y), pixel(1, x, kernel_x)) else {
                continue;
            };
            for (channel, window) in pairs([channels, multiplier]) {
                let filter = channel * multiplier + window;
                visit(
                    (y * geometry.output[1] + x) * channels * multiplier + filter,
                    (kernel_y * geometry.kernel[1] + kernel_x) * channels * multiplier + filter,
                    (row * geometry.input[1] + column) * channels + channel,
                );
            }
        }
    }
}

/// Sums of `terms` products of numbers below 1, and of a start below 1: each rounding is at most 2^-24 of the sum.
fn assert_near(found: &[f32], expected: &[f64], terms: usize, what: &str) {
    let tolerance = 6e-8 * (terms as f64 + 2.0).powi(2);
    for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        assert!((f64::from(found) - expected).abs() <= tolerance, "{what} at {index}: {found} and {expected}");
    }
}

/// Forward, backward by the input and by the kernel, on every instruction set.
fn check(sizes: &DepthwiseSizes, random: &mut Random) {
    let (geometry, filters) = (sizes.geometry, sizes.filters());
    let mut values = |len: usize| -> Vec<f32> { (0..len).map(|_| 2.0 * random.uniform() - 1.0).collect() };
    let input = values(geometry.input[0] * geometry.input[1] * sizes.channels);
    let error = values(geometry.output[0] * geometry.output[1] * filters);
    let (kernel, bias) = (values(sizes.kernel_len()), values(filters));
    let mut output: Vec<f64> = (0..error.len()).map(|index| f64::from(bias[index % filters])).collect();
    let mut by_input = vec![0.0; input.len()];
    let mut by_kernel: Vec<f64> = kernel.iter().map(|&weight| f64::from(weight)).collect();
    products(sizes, |out, weight, from| {
        output[out] += f64::from(kernel[weight]) * f64::from(input[from]);
        by_input[from] += f64::from(kernel[weight]) * f64::from(error[out]);
        by_kernel[weight] += f64::from(input[from]) * f64::from(error[out]);
    });
    let mut turned = vec![f32::NAN; kernel.len()];
    sizes.turn(&kernel, &mut turned);
    let (cells, outputs) = (geometry.kernel[0] * geometry.kernel[1], geometry.output[0] * geometry.output[1]);
    for level in Level::available() {
        let what = std::format!("{level:?}, {sizes:?}");
        let mut found = vec![f32::NAN; output.len()];
        let (bias, finish) = (Some(&bias[..]), AsTheyAre);
        level.run(Depthwise { sizes, input: &input, kernel: &kernel, bias, output: &mut found, finish });
        assert_near(&found, &output, cells, &what);
        let mut found = vec![f32::NAN; input.len()];
        let (output_gradient, input_gradient) = (&error[..], &mut found[..]);
        level.run(DepthwiseInputGradient { sizes, output_gradient, turned: &turned, input_gradient });
        assert_near(&found, &by_input, cells * sizes.multiplier, &what);
        let mut found = kernel.clone();
        level.run(DepthwiseKernelGradient { sizes, input: &input, output_gradient, kernel: &mut found });
        assert_near(&found, &by_kernel, outputs, &what);
    }
}

#[test]
fn windows_of_every_kind_agree_with_the_definition() {
    let mut random = Random::new(1, 0);
    for input in [[1, 1], [4, 4], [5, 9], [7, 2]] {
        for kernel in [[1, 1], [3, 3], [2, 4], [1, 3]] {
            for (stride, dilation) in [([1, 1], [1, 1]), ([2, 2], [1, 1]), ([1, 1], [2, 3]), ([3, 4], [3, 2])] {
                for padding in [Padding::Valid, Padding::Same] {
                    let geometry = Window { kernel, stride, dilation, padding }.on(input);
                    for (channels, multiplier) in [(1, 1), (4, 1), (3, 2)] {
                        check(&DepthwiseSizes { geometry, channels, multiplier }, &mut random);
                    }
                }
            }
        }
    }
}

#[test]
fn channels_of_every_number_agree_with_the_definition() {
    let mut random = Random::new(2, 0);
    for (kernel, padding) in [([3, 4], Padding::Valid), ([3, 4], Padding::Same), ([3, 3], Padding::Same)] {
        let geometry = Window { kernel, stride: [1, 1], dilation: [1, 1], padding }.on([6, 15]);
        for (channels, multiplier) in [(1, 3), (7, 1), (8, 1), (16, 1), (33, 1), (4, 4), (3, 7), (2, 17)] {
            check(&DepthwiseSizes { geometry, channels, multiplier }, &mut random);
        }
    }
}

#[test]
fn lines_and_rectangles_give_the_same_bits() {
    let mut random = Random::new(3, 0);
    for (input, stride) in [([25, 5], 1), ([1, 1], 1), ([9, 17], 2), ([4, 20], 1), ([3, 13], 1), ([2, 2], 2)] {
        for (padding, channels) in [(Padding::Same, 64), (Padding::Same, 21), (Padding::Valid, 3)] {
            let window = Window { kernel: [3, 3], stride: [stride; 2], dilation: [1, 1], padding };
            let sizes = &DepthwiseSizes { geometry: window.on(input), channels, multiplier: 1 };
            let mut values = |len: usize| -> Vec<f32> { (0..len).map(|_| 2.0 * random.uniform() - 1.0).collect() };
            let (input, kernel) = (values(input[0] * input[1] * channels), values(sizes.kernel_len()));
            let bias = values(channels);
            let geometry = &sizes.geometry;
            let [height, width] = geometry.output;
            for level in Level::available() {
                let mut lines = vec![f32::NAN; height * width * channels];
                let (output, finish) = (&mut lines[..], AsTheyAre);
                level.run(Depthwise { sizes, input: &input, kernel: &kernel, bias: Some(&bias), output, finish });
                let mut rectangles = vec![f32::NAN; lines.len()];
                // The way that is taken on a chip.
                let values = Values { source: &input, kernel: &kernel, bias: &bias };
                let (axes, layout) = ([geometry.gather(0), geometry.gather(1)], sizes.layout());
                level.run(Rectangles { values, axes, layout, target: &mut rectangles, finish });
                assert_eq!(lines, rectangles, "{level:?}, {sizes:?}");
            }
        }
    }
}
