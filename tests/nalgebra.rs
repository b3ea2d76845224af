//! Networks beside nalgebra: views are the weights themselves, and the Jacobian matrix is that of differences.

use nalgebra::{DMatrix, DVector, SMatrix, SVector};
use nn_core::combine::{Chain, Parallel};
use nn_core::interop::nalgebra::{Jacobian, TooSmall, array_of, columns_of, matrix_of, samples_of, vector_of};
use nn_core::layer::{Conv2d, Dense, DepthwiseConv2d};
use nn_core::network::{Trainable, TrainingMemory};
use nn_core::plain::{Plain, boxed_zeroed};
use nn_core::random::Random;
use typednet::prelude::*;

network! { struct Model: [3] -> [4] { Dense(20, activation = tanh), Dense(4) } }
network! { struct Classes: [3] -> [4] { Dense(9, activation = gelu), Dense(4, activation = softmax) } }
network! { struct Events: [3] -> [2] { Dense(9, activation = tanh), BatchNorm, Dropout(0.5), Dense(2, activation = sigmoid) } }
network! { struct Pooled: [3] -> [2] { Reshape([3, 1, 1]), Conv2d(4, kernel = (2, 1), activation = tanh), GlobalAvgPool2d, Dense(2) } }
network! { struct After: [4] -> [2] { Dense(2, activation = sigmoid) } }

fn fill(weights: &mut impl Plain, seed: u64) {
    let mut random = Random::new(seed, 0);
    weights.floats_mut().fill_with(|| 2.0 * random.uniform() - 1.0);
}

/// A product in double precision.
fn product(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> f32, vector: &[f32]) -> Vec<f64> {
    let sum = |row| (0..columns).map(|column| f64::from(entry(row, column)) * f64::from(vector[column])).sum();
    (0..rows).map(sum).collect()
}

fn assert_close(found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        // Some dozen products below one, each rounded.
        assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} instead of {expected}");
    }
}

#[test]
fn views_are_the_weights() {
    let mut layer: Box<Dense<17, 23>> = boxed_zeroed();
    fill(&mut *layer, 1);
    assert_eq!(layer.matrix().as_ptr(), layer.kernel.as_flattened().as_ptr());
    assert_eq!(layer.matrix()[(5, 3)], layer.kernel[3][5]);
    layer.matrix_mut()[(5, 3)] = 7.0;
    assert_eq!(layer.kernel[3][5], 7.0);
    let array = [1.0, 2.0, 3.0];
    assert_eq!(vector_of(&array).as_ptr(), array.as_ptr());
    let vector = SVector::from(array);
    assert_eq!(array_of(&vector).as_ptr(), vector.as_ptr());
    let matrix = SMatrix::<f32, 2, 3>::new(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
    assert_eq!(columns_of(&matrix), &[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]);
    assert_eq!(columns_of(&matrix).as_ptr().cast(), matrix.as_ptr());
    assert_eq!(matrix_of(columns_of(&matrix)), matrix);
}

/// Products of views with vectors: where the rows of a view are neighbours, nalgebra 0.35 reads beyond its slice.
#[test]
fn products_of_views_are_those_of_sums() {
    let mut layer: Box<Dense<17, 23, ()>> = boxed_zeroed();
    fill(&mut *layer, 2);
    let mut input = SVector::<f32, 17>::zeros();
    input.as_mut_slice().iter_mut().enumerate().for_each(|(index, value)| *value = (index as f32).sin());
    assert_eq!(layer.matrix().strides(), (1, 23));
    let expected = product(23, 17, |row, column| layer.kernel[column][row], input.as_slice());
    assert_close((layer.matrix() * input).as_slice(), &expected);
    let output = SVector::<f32, 23>::from_fn(|row, _| (row as f32).cos());
    let expected = product(17, 23, |row, column| layer.kernel[row][column], output.as_slice());
    assert_close(layer.matrix().tr_mul(&output).as_slice(), &expected);
}

#[test]
fn a_convolution_at_one_place_is_a_product() {
    let mut layer: Box<Conv2d<2, 3, 4, 5>> = boxed_zeroed();
    fill(&mut *layer, 3);
    let window = DVector::<f32>::from_fn(24, |index, _| (index as f32).sin());
    let expected =
        product(5, 24, |filter, index| layer.kernel.as_flattened().as_flattened()[index][filter], window.as_slice());
    assert_close((layer.matrix() * &window).as_slice(), &expected);
    let mut sum = SVector::<f32, 5>::zeros();
    for (row, column) in (0..2).flat_map(|row| (0..3).map(move |column| (row, column))) {
        let pixel = SVector::<f32, 4>::from_column_slice(&window.as_slice()[(3 * row + column) * 4..][..4]);
        sum += layer.matrix_at(row, column).unwrap() * pixel;
    }
    assert_close(sum.as_slice(), &expected);
    assert!(layer.matrix_at(2, 0).is_none() && layer.matrix_at(0, 3).is_none());
    let mut depthwise: Box<DepthwiseConv2d<2, 2, 3, 2, 6>> = boxed_zeroed();
    fill(&mut *depthwise, 4);
    assert_eq!(depthwise.matrix_at(1, 0).unwrap()[(1, 2)], depthwise.kernel[1][0][2][1]);
    assert!(depthwise.matrix_at(0, 2).is_none());
}

#[test]
fn samples_are_columns() {
    let samples = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    let matrix = samples_of(&samples);
    assert_eq!((matrix.nrows(), matrix.ncols()), (2, 3));
    let mean = matrix.column_mean();
    assert_eq!(mean.as_slice(), [3.0, 4.0]);
    // The covariance by sums: the deviations are -2, 0 and 2 along both axes.
    let deviations = DMatrix::from_fn(2, 3, |row, column| matrix[(row, column)] - mean[row]);
    assert_eq!((&deviations * deviations.transpose() / 3.0).as_slice(), [8.0 / 3.0; 4]);
}

fn input() -> SVector<f32, 3> {
    SVector::from([0.4, -0.7, 0.2])
}

/// The Jacobian matrix by the five-point rule: its own error is the step to the fourth, 6e-8, times a thirtieth of a fifth
/// derivative of the order of ten; the rounding of outputs of the order of one, 1e-7 for each of a few dozen, is divided by
/// the step.
fn check<N: Trainable<Input = [f32; 3], Output = [f32; OUT]> + Plain, const OUT: usize>() {
    const STEP: f32 = 1.0 / 64.0;
    let mut net = N::boxed(7);
    // Moving statistics too, so that a normalization is not that of a fresh network.
    net.weights_mut().iter_mut().enumerate().for_each(|(index, weight)| *weight += 0.1 * (index as f32).sin());
    let found = net.linearize(&input());
    let expected = net.predict(array_of(&input()));
    assert!((found.output - SVector::from(expected)).amax() < 1e-6);
    assert_eq!(net.jacobian(&input()), found.jacobian);
    for column in 0..3 {
        let at = |step: f32| {
            let mut moved = input();
            moved[column] += step;
            SVector::<f64, OUT>::from(net.predict(array_of(&moved)).map(f64::from))
        };
        let slopes = ((at(STEP) - at(-STEP)) * 8.0 - (at(2.0 * STEP) - at(-2.0 * STEP))) / f64::from(12.0 * STEP);
        for row in 0..OUT {
            let derivative = f64::from(found.jacobian[(row, column)]);
            assert!((derivative - slopes[row]).abs() < 2e-4, "{}: {derivative}, not {}", N::NAME, slopes[row]);
        }
    }
}

#[test]
fn the_jacobian_is_that_of_differences() {
    check::<Model, 4>();
    check::<Classes, 4>();
    check::<Events, 2>();
    check::<Pooled, 2>();
    check::<Chain<Classes, After>, 2>();
    check::<Chain<Parallel<Events, Pooled>, After>, 2>();
}

/// Without a heap: the memory is the caller's, and too little of it is an error.
#[test]
fn the_jacobian_needs_no_heap() {
    const NEEDS: nn_core::network::TrainingNeeds = Pooled::TRAINING;
    let net = Pooled::boxed(7);
    let mut activations = [f32::NAN; NEEDS.activations + 5];
    let (mut positions, mut statistics) = ([0; NEEDS.positions], [f32::NAN; NEEDS.statistics]);
    let mut partial = [f32::NAN; NEEDS.partial_floats(1)];
    let mut gradients = boxed_zeroed();
    let mut linearize = |activations: &mut [f32]| {
        let memory = &mut TrainingMemory {
            activations,
            positions: &mut positions,
            statistics: &mut statistics,
            partial: &mut partial,
        };
        net.linearize_in(&input(), memory, &mut gradients)
    };
    assert_eq!(linearize(&mut activations), Ok(net.linearize(&input())));
    let error = linearize(&mut activations[..3]).unwrap_err();
    assert_eq!(error, TooSmall { what: "activations", found: 3, expected: NEEDS.activations });
    assert!(error.to_string().contains("has 3 activations, but the passes need"), "{error}");
}

/// Training a network without activation gives the least-squares solution, which nalgebra computes by its own means.
#[test]
fn linear_regression_is_that_of_least_squares() {
    network! { struct Line: [3] -> [2] { Dense(2) } }
    let mut random = Random::new(3, 0);
    let mut number = || 2.0 * random.uniform() - 1.0;
    let samples: Vec<([f32; 3], [f32; 2])> = (0..64)
        .map(|_| {
            let x = [number(), number(), number()];
            (x, [x[0] - 2.0 * x[1] + 0.3 * number() + 0.5, 0.7 * x[2] + x[0] * x[1] + 0.3 * number()])
        })
        .collect();
    let data = Dataset::from_fn(64, |row| samples[row]);
    let mut net = Line::boxed(1);
    let mut trainer = Trainer::new(GradientDescent::new(0.5), MeanSquaredError).epochs(1500).batch_size(64).verbose(0);
    trainer.fit(&mut net, &data).unwrap();
    let inputs = DMatrix::from_fn(64, 4, |row, column| samples[row].0.get(column).map_or(1.0, |&x| f64::from(x)));
    let labels = DMatrix::from_fn(64, 2, |row, column| f64::from(samples[row].1[column]));
    let solution = inputs.svd(true, true).solve(&labels, 1e-12).unwrap();
    for output in 0..2 {
        for input in 0..3 {
            assert!((f64::from(net.dense_1.matrix()[(output, input)]) - solution[(input, output)]).abs() < 1e-5);
        }
        assert!((f64::from(net.dense_1.bias[output]) - solution[(3, output)]).abs() < 1e-5);
    }
}
