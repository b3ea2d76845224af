use super::*;
use crate::kernel::ahead::Ahead;
use crate::kernel::conv2d::tests::{products, values};
use crate::kernel::conv2d::{Convolution, InputGradient};
use crate::kernel::finish::AsTheyAre;
use crate::kernel::{Isa, Job, Level};
use crate::random::Random;
use crate::shape::{Padding, Window};
use std::vec;
use std::vec::Vec;

fn sizes(input: [usize; 2], padding: Padding, channels: usize, filters: usize) -> ConvolutionSizes {
    let window = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding };
    ConvolutionSizes { geometry: window.on(input), channels, filters, groups: 1 }
}

/// A convolution without this way.
struct Direct<'a>(Convolution<'a>);

impl Job for Direct<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        self.0.direct(isa);
    }
}

/// One with it, on every instruction set.
fn convolve(level: Level, sizes: &ConvolutionSizes, what: (&[f32], &[f32], Option<&[f32]>), target: &mut [f32]) {
    let Some(planes) = &Planes::forward(sizes) else { panic!("{sizes:?} is worth it") };
    let ((source, kernel, bias), finish) = (what, AsTheyAre);
    level.run(Minimal { planes, source, kernel: Kernel::AsGiven(kernel), bias, finish, target });
    if level.run(IsTaken) {
        let mut found = vec![f32::NAN; target.len()];
        level.run(Convolution::forward(sizes, source, kernel, bias, &mut found));
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&found), bits(target), "{level:?}");
    }
}

/// The largest distance, in units of the root of the mean square.
fn error(found: &[f32], expected: &[f64]) -> f64 {
    let mean = expected.iter().map(|value| value * value).sum::<f64>() / expected.len() as f64;
    let distances = found.iter().zip(expected).map(|(&found, &expected)| (f64::from(found) - expected).abs());
    distances.fold(0.0, f64::max) / mean.sqrt()
}

#[test]
fn errors_are_a_few_times_those_of_all_multiplications() {
    let sizes = sizes([16, 16], Padding::Same, 32, 16);
    assert!(Planes::forward(&sizes).is_some() && Planes::backward(&sizes).is_some());
    let mut random = Random::new(7, 0);
    let (input, kernel) = (values(16 * 16 * 32, &mut random), values(sizes.kernel_len(), &mut random));
    let mut expected = vec![0.0; 16 * 16 * 16];
    products(&sizes, |out, weight, from| expected[out] += f64::from(kernel[weight]) * f64::from(input[from]));
    for level in Level::available() {
        let mut found = vec![f32::NAN; expected.len()];
        level.run(Direct(Convolution::forward(&sizes, &input, &kernel, None, &mut found)));
        let direct = error(&found, &expected);
        convolve(level, &sizes, (&input, &kernel, None), &mut found);
        let minimal = error(&found, &expected);
        assert!(direct < 4e-6 && minimal < 4.0 * direct, "{level:?}: {minimal}, of all multiplications {direct}");
    }
}

#[test]
fn a_kernel_transformed_once_for_many_images_gives_the_same_bits() {
    for (input, padding, channels, filters) in
        [([8, 8], Padding::Same, 33, 20), ([11, 18], Padding::Valid, 12, 35), ([30, 30], Padding::Same, 16, 16)]
    {
        let sizes = sizes(input, padding, channels, filters);
        let Some(planes) = Planes::forward(&sizes) else { panic!("{sizes:?} is worth it") };
        let images = 3;
        let mut random = Random::new(8, 0);
        let source = values(images * planes.source_len(), &mut random);
        let (kernel, bias) = (values(sizes.kernel_len(), &mut random), values(filters, &mut random));
        for level in Level::available() {
            let mut transformed = vec![f32::NAN; Planes::transformed_len(Some(planes))];
            for (part, transformed) in transformed.chunks_exact_mut(planes.part_len()).enumerate() {
                level.run(Filters { planes: &planes, kernel: &kernel, part, transformed });
            }
            let mut found = vec![f32::NAN; images * planes.target_len()];
            level.run(Minimal {
                planes: &planes,
                source: &source,
                kernel: Kernel::Transformed(&transformed),
                bias: Some(&bias),
                finish: AsTheyAre,
                target: &mut found,
            });
            let mut expected = vec![f32::NAN; found.len()];
            let each = source.chunks_exact(planes.source_len()).zip(expected.chunks_exact_mut(planes.target_len()));
            for (source, target) in each {
                convolve(level, &sizes, (source, &kernel, Some(&bias)), target);
            }
            assert_eq!(found, expected, "{level:?}, {sizes:?}");
        }
    }
}

#[test]
fn the_gradient_of_many_images_is_that_of_the_definition() {
    for (input, padding, channels, filters) in
        [([8, 8], Padding::Same, 33, 20), ([11, 18], Padding::Valid, 12, 35), ([9, 8], Padding::Same, 65, 66)]
    {
        let sizes = sizes(input, padding, channels, filters);
        let Some(planes) = Planes::forward(&sizes) else { panic!("{sizes:?} is worth it") };
        let (images, mut random) = (3, Random::new(10, 0));
        let source = values(images * planes.source_len(), &mut random);
        let errors = values(images * planes.target_len(), &mut random);
        let before = values(sizes.kernel_len(), &mut random);
        let mut expected: Vec<f64> = before.iter().map(|&weight| f64::from(weight)).collect();
        products(&sizes, |out, weight, from| {
            for image in 0..images {
                let error = errors[image * planes.target_len() + out];
                expected[weight] += f64::from(error) * f64::from(source[image * planes.source_len() + from]);
            }
        });
        for level in Level::available() {
            let mut found = before.clone();
            let (planes, input, output_gradient) = (&planes, &source[..], &errors[..]);
            level.run(ByWeights { planes, input, output_gradient, kernel: &mut found });
            let error = error(&found, &expected);
            assert!(error < 5e-6, "{level:?}, {sizes:?}: {error}");
        }
    }
}

#[test]
fn what_is_not_finite_stays_so_under_every_window_that_sees_it() {
    let sizes = sizes([12, 12], Padding::Same, 12, 12);
    let mut random = Random::new(9, 0);
    let kernel = values(sizes.kernel_len(), &mut random);
    for (bad, [row, column]) in [(f32::NAN, [0, 0]), (f32::INFINITY, [5, 7]), (f32::NEG_INFINITY, [11, 3])] {
        let mut input = values(12 * 12 * 12, &mut random);
        input[(row * 12 + column) * 12 + 4] = bad;
        for level in Level::available() {
            let mut output = vec![0.0; input.len()];
            convolve(level, &sizes, (&input, &kernel, None), &mut output);
            let mut turned = vec![0.0; kernel.len()];
            for (cell, turned) in turned.chunks_exact_mut(sizes.cell_len()).enumerate() {
                sizes.turn(&kernel, cell, turned);
            }
            let mut gradient = vec![0.0; input.len()];
            let (sizes, output_gradient) = (&sizes, &input[..]);
            level.run(InputGradient {
                sizes,
                output_gradient,
                turned: &turned,
                input_gradient: &mut gradient,
                wanted: None,
                ahead: Ahead::NOTHING,
            });
            for values in [output, gradient] {
                let pixels: Vec<&[f32]> = values.chunks_exact(12).collect();
                for (pixel, values) in pixels.into_iter().enumerate() {
                    let distance = (pixel / 12).abs_diff(row).max((pixel % 12).abs_diff(column));
                    let are_finite = values.iter().all(|value| value.is_finite());
                    assert!(!are_finite || distance > 1, "{level:?}: {bad} at {row}, {column}, unseen at {pixel}");
                    assert!(are_finite || distance < SPAN, "{level:?}: {bad} at {row}, {column}, seen at {pixel}");
                }
            }
        }
    }
}

#[test]
fn it_is_for_plain_windows_on_enough_of_everything() {
    let taken = |sizes: &ConvolutionSizes| Planes::forward(sizes).is_some();
    let plain = sizes([8, 8], Padding::Same, 64, 64);
    assert!(taken(&plain) && taken(&sizes([32, 32], Padding::Same, 16, 12)));
    assert!(!taken(&sizes([5, 5], Padding::Same, 64, 64)) && !taken(&sizes([4, 32], Padding::Valid, 64, 64)));
    assert!(!taken(&sizes([32, 32], Padding::Same, 3, 16)) && !taken(&sizes([32, 32], Padding::Same, 16, 11)));
    assert!(!taken(&sizes([32, 32], Padding::Same, 129, 16)) && taken(&sizes([32, 32], Padding::Same, 16, 129)));
    assert!(!taken(&ConvolutionSizes { groups: 2, ..plain }));
    for (kernel, stride, dilation) in [([3, 2], [1, 1], [1, 1]), ([3, 3], [1, 2], [1, 1]), ([3, 3], [1, 1], [2, 1])] {
        let geometry = Window { kernel, stride, dilation, padding: Padding::Same }.on([32, 32]);
        assert!(!taken(&ConvolutionSizes { geometry, ..plain }));
    }
}
