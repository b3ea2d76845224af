use super::super::each_way;
use super::super::tests::{Channels, bytes};
use super::*;
use crate::random::Random;
use crate::shape::{Padding, Window};
use std::vec::Vec;

/// The sum of an output, by the definition.
fn sum(sizes: &DepthwiseSizes, input: &[i8], zero_point: i8, weights: &[i8], at: [usize; 2], filter: usize) -> i32 {
    let DepthwiseSizes { geometry, channels, multiplier } = *sizes;
    let pixel = |axis: usize, cell: usize| {
        let place = at[axis] * geometry.stride[axis] + cell * geometry.dilation[axis];
        place.checked_sub(geometry.before[axis]).filter(|&pixel| pixel < geometry.input[axis])
    };
    let mut sum = 0;
    for row in 0..geometry.kernel[0] {
        for column in 0..geometry.kernel[1] {
            let value = pixel(0, row)
                .zip(pixel(1, column))
                .map_or(zero_point, |(y, x)| input[(y * geometry.input[1] + x) * channels + filter / multiplier]);
            let weight = weights[(row * geometry.kernel[1] + column) * channels * multiplier + filter];
            sum += i32::from(value) * i32::from(weight);
        }
    }
    sum
}

fn check(sizes: &DepthwiseSizes, random: &mut Random) {
    let DepthwiseSizes { geometry, channels, .. } = *sizes;
    let filters = sizes.filters();
    let input = bytes(geometry.input[0] * geometry.input[1] * channels, random);
    let weights = bytes(sizes.kernel_len(), random);
    let of_channels = Channels::new(filters, sizes.kernel_len() / filters, random);
    let rescale = of_channels.rescales()[(random.uniform() * 5.0) as usize % 5];
    let mut expected = Vec::new();
    for row in 0..geometry.output[0] {
        for column in 0..geometry.output[1] {
            expected.extend((0..filters).map(|filter| {
                let sum = sum(sizes, &input, -5, &weights, [row, column], filter);
                rescale.byte(filter, rescale.start(filter) + sum)
            }));
        }
    }
    let (zero_point, input, weights) = (-5, &input[..], &weights[..]);
    each_way!(
        expected.len(),
        expected,
        |output| Depthwise { sizes, input, zero_point, weights, rescale, output },
        "{sizes:?}"
    );
}

#[test]
fn windows_of_every_kind_are_the_definition() {
    let mut random = Random::new(1, 0);
    for input in [[1, 1], [4, 4], [5, 9], [7, 2]] {
        for kernel in [[1, 1], [3, 3], [2, 4], [1, 3], [5, 6]] {
            for (stride, dilation) in
                [([1, 1], [1, 1]), ([2, 2], [1, 1]), ([1, 1], [2, 3]), ([3, 2], [2, 1]), ([3, 4], [3, 2])]
            {
                for padding in [Padding::Valid, Padding::Same] {
                    let geometry = Window { kernel, stride, dilation, padding }.on(input);
                    if geometry.output.contains(&0) {
                        continue;
                    }
                    for (channels, multiplier) in [(1, 1), (4, 1), (3, 2), (17, 1)] {
                        check(&DepthwiseSizes { geometry, channels, multiplier }, &mut random);
                    }
                }
            }
        }
    }
}

#[test]
fn channels_of_every_number_are_the_definition() {
    let mut random = Random::new(2, 0);
    for padding in [Padding::Valid, Padding::Same] {
        let geometry = Window { kernel: [3, 4], stride: [1, 1], dilation: [1, 1], padding }.on([6, 15]);
        for (channels, multiplier) in
            [(1, 3), (7, 1), (8, 1), (15, 1), (16, 1), (33, 1), (64, 1), (130, 1), (192, 1), (4, 4), (2, 17)]
        {
            check(&DepthwiseSizes { geometry, channels, multiplier }, &mut random);
        }
    }
}

#[test]
fn images_larger_than_a_strip_are_the_definition() {
    let mut random = Random::new(3, 0);
    let window = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: Padding::Same };
    for input in [[60, 30], [3, 700], [400, 1]] {
        check(&DepthwiseSizes { geometry: window.on(input), channels: 9, multiplier: 1 }, &mut random);
    }
    for kernel in [[40, 3], [3, 40]] {
        let geometry = Window { kernel, ..window }.on([41, 42]);
        check(&DepthwiseSizes { geometry, channels: 3, multiplier: 1 }, &mut random);
    }
}

#[test]
fn slices_that_are_too_short_leave_the_rest_as_it_was() {
    let window = Window { kernel: [2, 2], stride: [1, 1], dilation: [1, 1], padding: Padding::Valid };
    let sizes = &DepthwiseSizes { geometry: window.on([4, 4]), channels: 2, multiplier: 1 };
    let channels = Channels::new(2, 4, &mut Random::new(4, 0));
    let rescale = channels.rescales()[0];
    for level in crate::kernel::Level::available() {
        for (inputs, weights, outputs) in [(32, 8, 17), (31, 8, 18), (32, 6, 18), (0, 0, 18), (0, 0, 0)] {
            let (input, weights) = (&std::vec![1; inputs][..], &std::vec![1; weights][..]);
            let output = &mut std::vec![0; outputs][..];
            level.run(Depthwise { sizes, input, zero_point: 0, weights, rescale, output });
        }
    }
}
