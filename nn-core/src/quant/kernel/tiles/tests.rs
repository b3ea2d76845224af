use super::super::each_way;
use super::super::tests::{Channels, InWords, bytes};
use super::super::{Convolution, PooledConvolution, PooledSizes};
use super::*;
use crate::random::Random;
use crate::shape::{Padding, Window};
use std::vec::Vec;

/// The pixels under a window's cells along an axis; none for those beyond the border.
fn pixels(geometry: &Geometry, axis: usize, position: usize) -> Vec<Option<usize>> {
    (0..geometry.kernel[axis])
        .map(|cell| {
            (position * geometry.stride[axis] + cell * geometry.dilation[axis]).checked_sub(geometry.before[axis])
        })
        .map(|pixel| pixel.filter(|&pixel| pixel < geometry.input[axis]))
        .collect()
}

/// The sum of a filter at one place, by the definition.
fn sum(sizes: &ConvolutionSizes, input: &[i8], zero_point: i8, weights: &[i8], at: [usize; 2], filter: usize) -> i32 {
    let ConvolutionSizes { geometry, channels, filters, groups } = *sizes;
    let depth = channels / groups;
    let first = filter / (filters / groups) * depth;
    let mut weights = weights[filter * geometry.kernel[0] * geometry.kernel[1] * depth..].iter();
    let mut sum = 0;
    for row in pixels(&geometry, 0, at[0]) {
        for column in pixels(&geometry, 1, at[1]) {
            for channel in first..first + depth {
                let value = row
                    .zip(column)
                    .map_or(zero_point, |(row, column)| input[(row * geometry.input[1] + column) * channels + channel]);
                sum += i32::from(value) * i32::from(*weights.next().unwrap());
            }
        }
    }
    sum
}

/// With a pool, or without one.
fn check(sizes: &ConvolutionSizes, pool: Option<Geometry>, random: &mut Random) {
    let ConvolutionSizes { geometry, channels, filters, .. } = *sizes;
    let input = bytes(geometry.input[0] * geometry.input[1] * channels, random);
    let weights = bytes(sizes.kernel_len(), random);
    let of_channels = Channels::new(filters, sizes.kernel_len() / filters, random);
    let rescales = of_channels.rescales();
    let rescale = rescales[(random.uniform() * 4.0) as usize % 4];
    let windows = pool.unwrap_or(no_pool(geometry.output));
    let mut sums = Vec::new();
    for row in 0..geometry.output[0] {
        for column in 0..geometry.output[1] {
            sums.extend(
                (0..filters)
                    .map(|filter| rescale.start(filter) + sum(sizes, &input, 3, &weights, [row, column], filter)),
            );
        }
    }
    let mut expected = Vec::new();
    for row in 0..windows.output[0] {
        for column in 0..windows.output[1] {
            for filter in 0..filters {
                let mut largest = i32::MIN;
                for row in pixels(&windows, 0, row).into_iter().flatten() {
                    for column in pixels(&windows, 1, column).into_iter().flatten() {
                        largest = largest.max(sums[(row * geometry.output[1] + column) * filters + filter]);
                    }
                }
                expected.push(rescale.byte(filter, largest));
            }
        }
    }
    let (input, weights, order) = (&input[..], &weights[..], Order::Filters);
    compare(sizes, pool, &expected, Given { input, weights, order, rescale });
    if sizes.groups == 1 && words::fit(filters, channels) {
        let in_words = InWords::new(weights, rescale.bias);
        let (weights, rescale, order) = (&in_words.weights[..], in_words.rescale(rescale), Order::Words);
        compare(sizes, pool, &expected, Given { input, weights, order, rescale });
    }
}

/// What a convolution is given, with a zero point of 3.
#[derive(Clone, Copy)]
struct Given<'a> {
    input: &'a [i8],
    weights: &'a [i8],
    order: Order,
    rescale: Rescale<'a>,
}

/// Compares on every instruction set.
fn compare(sizes: &ConvolutionSizes, pool: Option<Geometry>, expected: &[i8], given: Given<'_>) {
    let (zero_point, Given { input, weights, order, rescale }) = (3, given);
    match pool {
        Some(pool) => {
            let sizes = &PooledSizes { convolution: *sizes, pool };
            each_way!(
                expected.len(),
                expected,
                |output| PooledConvolution { sizes, input, zero_point, weights, order, rescale, output },
                "{sizes:?}, {order:?}"
            );
        }
        None => {
            each_way!(
                expected.len(),
                expected,
                |output| Convolution { sizes, input, zero_point, weights, order, rescale, output },
                "{sizes:?}, {order:?}"
            );
        }
    }
}

#[test]
fn windows_of_every_kind_are_the_definition() {
    let mut random = Random::new(1, 0);
    for input in [[1, 1], [4, 4], [5, 9], [7, 2], [6, 8]] {
        for kernel in [[1, 1], [3, 3], [2, 4], [1, 3]] {
            for (stride, dilation) in
                [([1, 1], [1, 1]), ([2, 2], [1, 1]), ([1, 1], [2, 3]), ([3, 2], [2, 1]), ([3, 4], [3, 2])]
            {
                for padding in [Padding::Valid, Padding::Same] {
                    let geometry = Window { kernel, stride, dilation, padding }.on(input);
                    for (channels, filters, groups) in [(1, 1, 1), (4, 4, 1), (4, 6, 2), (4, 32, 1)] {
                        check(&ConvolutionSizes { geometry, channels, filters, groups }, None, &mut random);
                    }
                }
            }
        }
    }
}

#[test]
fn channels_of_every_number_are_the_definition() {
    let mut random = Random::new(2, 0);
    for kernel in [[3, 3], [1, 1]] {
        let window = Window { kernel, stride: [1, 1], dilation: [1, 1], padding: Padding::Same };
        let geometry = window.on(if kernel == [3, 3] { [5, 8] } else { [5, 7] });
        let numbers = [
            (1, 32, 1),
            (3, 17, 1),
            (5, 5, 5),
            (8, 33, 1),
            (9, 48, 3),
            (15, 15, 3),
            (12, 16, 1),
            (32, 70, 1),
            (32, 80, 1),
            (66, 34, 2),
            (100, 16, 1),
            (130, 19, 1),
        ];
        for (channels, filters, groups) in numbers {
            check(&ConvolutionSizes { geometry, channels, filters, groups }, None, &mut random);
        }
    }
}

#[test]
fn images_larger_than_a_strip_are_the_definition() {
    let mut random = Random::new(3, 0);
    let window = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: Padding::Same };
    for (input, channels) in [([40, 11], 40), ([3, 300], 31), ([4, 4], 500), ([4, 4], 950), ([100, 90], 1)] {
        let geometry = window.on(input);
        let pool = Window { kernel: [2, 2], stride: [2, 2], dilation: [1, 1], padding: Padding::Valid };
        for filters in [5, 16] {
            let sizes = ConvolutionSizes { geometry, channels, filters, groups: 1 };
            check(&sizes, None, &mut random);
            check(&sizes, Some(pool.on(geometry.output)), &mut random);
        }
    }
}

#[test]
fn pools_of_every_kind_are_the_definition() {
    let mut random = Random::new(4, 0);
    for (channels, filters, groups) in [(1, 32, 1), (3, 5, 1), (4, 40, 2), (70, 17, 1), (300, 3, 1), (8, 48, 1)] {
        for kernel in [[2, 2], [3, 3], [1, 4], [2, 1]] {
            for (stride, dilation) in [([2, 2], [1, 1]), ([1, 1], [1, 1]), ([3, 2], [1, 2])] {
                for padding in [Padding::Valid, Padding::Same] {
                    let window = Window { kernel: [3, 2], stride: [1, 1], dilation: [1, 1], padding };
                    let geometry = window.on([8, 9]);
                    let pool = Some(Window { kernel, stride, dilation, padding }.on(geometry.output));
                    check(&ConvolutionSizes { geometry, channels, filters, groups }, pool, &mut random);
                }
            }
        }
    }
}

#[test]
fn slices_that_are_too_short_leave_the_rest_as_it_was() {
    let window = Window { kernel: [2, 2], stride: [1, 1], dilation: [1, 1], padding: Padding::Valid };
    let sizes = &ConvolutionSizes { geometry: window.on([4, 4]), channels: 2, filters: 3, groups: 1 };
    let channels = Channels::new(3, 8, &mut Random::new(5, 0));
    let rescale = channels.rescales()[0];
    for level in crate::kernel::Level::available() {
        for (inputs, weights, outputs) in [(32, 24, 25), (31, 24, 27), (32, 20, 27), (0, 0, 27), (0, 0, 0)] {
            let (input, weights) = (&std::vec![1; inputs][..], &std::vec![1; weights][..]);
            let output = &mut std::vec![0; outputs][..];
            level.run(Convolution { sizes, input, zero_point: 0, weights, order: Order::Filters, rescale, output });
        }
    }
}
