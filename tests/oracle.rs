//! Kernels and layers against nalgebra's matrices, at random sizes.
//!
//! All numbers are whole and small, so that every product and every sum is exact in single precision, in whichever order
//! it is taken: results must be equal, not close.

use nalgebra::DMatrix;
use proptest::prelude::*;
use typednet::initializer::Initializers;
use typednet::kernel::ahead::Ahead;
use typednet::kernel::conv2d::{Convolution, ConvolutionSizes, InputGradient, KernelGradient};
use typednet::kernel::depthwise::{Depthwise, DepthwiseInputGradient, DepthwiseKernelGradient, DepthwiseSizes};
use typednet::kernel::finish::AsTheyAre;
use typednet::kernel::matrix::{Matrix, MatrixMut, MatrixProduct, Start, multiply};
use typednet::kernel::{Geometry, Level};
use typednet::layer::dense::{Dense, Settings};
use typednet::layer::{Backward, Layer, Mode, Pass, Saved};
use typednet::plain::{Plain, boxed_zeroed};
use typednet::random::Random;
use typednet::shape::{Padding, Shape, Window};
use typednet::team::Sequential;

/// Whole numbers from -4 to 4. Sums of 2^20 products of two of them are exact.
fn whole(random: &mut Random, count: usize) -> Vec<f32> {
    (0..count).map(|_| random.below(9) as f32 - 4.0).collect()
}

/// A matrix whose rows lie one behind the other.
fn matrix(rows: usize, columns: usize, values: &[f32]) -> DMatrix<f32> {
    DMatrix::from_row_slice(rows, columns, values)
}

/// The values of a matrix, row after row.
fn row_major(matrix: &DMatrix<f32>) -> Vec<f32> {
    matrix.transpose().as_slice().to_vec()
}

/// A row added to every row.
fn add_row(matrix: &mut DMatrix<f32>, row: &[f32]) {
    matrix.column_iter_mut().zip(row).for_each(|(mut column, value)| column.add_scalar_mut(*value));
}

/// A product of random sizes: rows, depth and columns; whether the factors are transposed; how sums begin.
type Product = ([usize; 3], [bool; 2], u8, u64);

fn products() -> impl Strategy<Value = Product> {
    let sizes = [1..90usize, 1..300, 1..110];
    (sizes, any::<[bool; 2]>(), 0..3u8, any::<u64>())
}

fn check_product(([rows, depth, columns], [left_turned, right_turned], start, seed): Product) {
    let mut random = Random::new(seed, 0);
    let (left, right) = (whole(&mut random, rows * depth), whole(&mut random, depth * columns));
    let (bias, before) = (whole(&mut random, columns), whole(&mut random, rows * columns));
    let factor = |values, rows, columns, turned| {
        if turned { matrix(columns, rows, values).transpose() } else { matrix(rows, columns, values) }
    };
    let mut expected = factor(&left, rows, depth, left_turned) * factor(&right, depth, columns, right_turned);
    let start = match start {
        0 => Start::Zero,
        1 => Start::Bias(&bias),
        _ => Start::Keep,
    };
    match start {
        Start::Zero => {}
        Start::Bias(bias) => add_row(&mut expected, bias),
        Start::Keep => expected += matrix(rows, columns, &before),
    }
    let view = |values, rows, columns, turned: bool| {
        if turned { Matrix::new(values, rows).transposed() } else { Matrix::new(values, columns) }
    };
    let run = |job: &dyn Fn(MatrixProduct<'_>)| {
        let mut output = before.clone();
        job(MatrixProduct {
            depth,
            left: view(&left, rows, depth, left_turned),
            right: view(&right, depth, columns, right_turned),
            output: MatrixMut::new(&mut output, rows, columns, columns),
            start,
        });
        assert_eq!(output, row_major(&expected));
    };
    run(&|product| multiply(&Sequential, product));
    Level::available().for_each(|level| run(&|product| level.run(product)));
}

/// A dense layer of a batch, forward and both ways backward.
fn check_dense<const IN: usize, const OUT: usize>(batch: usize, seed: u64) {
    let mut random = Random::new(seed, 0);
    let mut layer = boxed_zeroed::<Dense<IN, OUT>>();
    let weights = whole(&mut random, Dense::<IN, OUT>::FLOATS);
    layer.floats_mut().copy_from_slice(&weights);
    let (input, by_output) = (whole(&mut random, batch * IN), whole(&mut random, batch * OUT));
    let settings = Settings::new(Shape::new(&[IN]), OUT, Initializers::DEFAULT);
    let pass = Pass { team: &Sequential, batch, mode: Mode::Training { key: 0 } };

    let mut output = vec![f32::NAN; batch * OUT];
    layer.forward(&settings, pass, &input, &mut output, Saved::default());
    let (kernel, inputs) = (matrix(IN, OUT, layer.kernel.floats()), matrix(batch, IN, &input));
    let mut expected = &inputs * &kernel;
    add_row(&mut expected, &layer.bias);
    assert_eq!(output, row_major(&expected));

    let (mut by_input, mut by_weights) = (vec![f32::NAN; batch * IN], boxed_zeroed::<Dense<IN, OUT>>());
    let arrived = Backward {
        input: &input,
        output_gradient: &by_output,
        input_gradient: Some(&mut by_input),
        saved: Saved::default(),
    };
    layer.backward(&settings, pass, arrived, Some(&mut by_weights));
    let slopes = matrix(batch, OUT, &by_output);
    assert_eq!(by_weights.kernel.floats(), row_major(&(inputs.transpose() * &slopes)));
    assert_eq!(by_weights.bias[..], *row_major(&matrix(1, OUT, slopes.row_sum().as_slice())));
    assert_eq!(by_input, row_major(&(slopes * kernel.transpose())));
}

/// The sizes of a convolution: those of an image, a window on it, and channels and filters of each group.
fn convolutions() -> impl Strategy<Value = (ConvolutionSizes, u64)> {
    let pair = |range: core::ops::Range<usize>| [range.clone(), range];
    let window = (pair(1..5), pair(1..4), pair(1..4), any::<bool>());
    let sizes = (pair(1..12), window, 1..4usize, 1..7usize, 1..40usize, any::<u64>()).prop_map(
        |(image, (kernel, stride, dilation, same), groups, channels, filters, seed)| {
            let padding = if same { Padding::Same } else { Padding::Valid };
            let geometry = Window { kernel, stride, dilation, padding }.on(image);
            (ConvolutionSizes { geometry, channels: groups * channels, filters: groups * filters, groups }, seed)
        },
    );
    sizes.prop_filter("the window must fit", |(sizes, _)| sizes.geometry.output.iter().all(|&size| size > 0))
}

/// The pixel of the image that lies under a cell of the window, if there is one.
fn pixel(geometry: &Geometry, output: [usize; 2], cell: [usize; 2]) -> Option<[usize; 2]> {
    let along = |axis: usize| {
        let place = output[axis] * geometry.stride[axis] + cell[axis] * geometry.dilation[axis];
        place.checked_sub(geometry.before[axis]).filter(|place| *place < geometry.input[axis])
    };
    Some([along(0)?, along(1)?])
}

/// Calls `visit` with each place of the unrolled image of one group: row, column, and the index of the value there.
fn each_patch(sizes: &ConvolutionSizes, group: usize, mut visit: impl FnMut(usize, usize, usize)) {
    let (geometry, channels) = (&sizes.geometry, sizes.channels / sizes.groups);
    let [height, width] = geometry.output;
    let [rows, columns] = geometry.kernel;
    for output in 0..height * width {
        for cell in 0..rows * columns {
            let under = pixel(geometry, [output / width, output % width], [cell / columns, cell % columns]);
            let Some([row, column]) = under else { continue };
            for channel in 0..channels {
                let value = (row * geometry.input[1] + column) * sizes.channels + group * channels + channel;
                visit(output, cell * channels + channel, value);
            }
        }
    }
}

/// A convolution as products of matrices.
struct Oracle {
    output: Vec<f32>,
    kernel_gradient: Vec<f32>,
    input_gradient: Vec<f32>,
}

impl Oracle {
    /// Every patch of the image as a row (`im2col`): then a convolution is `patches * kernel`, group by group.
    fn new(sizes: &ConvolutionSizes, input: &[f32], kernel: &[f32], bias: &[f32], by_output: &[f32]) -> Self {
        let [height, width] = sizes.geometry.output;
        let (outputs, filters) = (height * width, sizes.filters / sizes.groups);
        let cells = sizes.kernel_len() / sizes.filters;
        let (kernel, slopes) = (matrix(cells, sizes.filters, kernel), matrix(outputs, sizes.filters, by_output));
        let mut output = DMatrix::zeros(outputs, sizes.filters);
        let mut kernel_gradient = DMatrix::zeros(cells, sizes.filters);
        let mut input_gradient = vec![0.0; input.len()];
        for group in 0..sizes.groups {
            let mut patches = DMatrix::zeros(outputs, cells);
            each_patch(sizes, group, |row, column, value| patches[(row, column)] = input[value]);
            let (kernel, slopes) = (kernel.columns(group * filters, filters), slopes.columns(group * filters, filters));
            output.columns_mut(group * filters, filters).copy_from(&(&patches * kernel));
            kernel_gradient.columns_mut(group * filters, filters).copy_from(&(patches.transpose() * slopes));
            let by_patches = slopes * kernel.transpose();
            each_patch(sizes, group, |row, column, value| input_gradient[value] += by_patches[(row, column)]);
        }
        add_row(&mut output, bias);
        Self { output: row_major(&output), kernel_gradient: row_major(&kernel_gradient), input_gradient }
    }
}

/// Random operands of a convolution.
struct Operands {
    input: Vec<f32>,
    kernel: Vec<f32>,
    bias: Vec<f32>,
    by_output: Vec<f32>,
    oracle: Oracle,
}

impl Operands {
    fn new(sizes: &ConvolutionSizes, seed: u64) -> Self {
        let mut random = Random::new(seed, 0);
        let [height, width] = sizes.geometry.input;
        let outputs = sizes.geometry.output.iter().product::<usize>() * sizes.filters;
        let input = whole(&mut random, height * width * sizes.channels);
        let kernel = whole(&mut random, sizes.kernel_len());
        let (bias, by_output) = (whole(&mut random, sizes.filters), whole(&mut random, outputs));
        let oracle = Oracle::new(sizes, &input, &kernel, &bias, &by_output);
        Self { input, kernel, bias, by_output, oracle }
    }
}

fn check_convolution(sizes: &ConvolutionSizes, seed: u64) {
    let Operands { input, kernel, bias, by_output, oracle } = Operands::new(sizes, seed);
    let mut turned = vec![f32::NAN; kernel.len()];
    for (cell, turned) in turned.chunks_exact_mut(sizes.cell_len()).enumerate() {
        sizes.turn(&kernel, cell, turned);
    }
    for level in Level::available() {
        let mut output = vec![f32::NAN; by_output.len()];
        level.run(Convolution::forward(sizes, &input, &kernel, Some(&bias), &mut output));
        assert_eq!(output, oracle.output, "{}: output", level.name());
        let mut by_input = vec![f32::NAN; input.len()];
        // What is fetched changes nothing, even if nothing lies there.
        let (ahead, output_gradient) = (Ahead::behind([&input, &by_output]), &by_output);
        level.run(InputGradient {
            sizes,
            output_gradient,
            turned: &turned,
            input_gradient: &mut by_input,
            wanted: None,
            ahead,
        });
        assert_eq!(by_input, oracle.input_gradient, "{}: by the input", level.name());
        // What is there already is added to.
        let mut by_kernel = kernel.clone();
        level.run(KernelGradient { sizes, input: &input, output_gradient, kernel: &mut by_kernel, ahead });
        let sums = oracle.kernel_gradient.iter().zip(&kernel).map(|(sum, before)| sum + before);
        assert_eq!(by_kernel, sums.collect::<Vec<_>>(), "{}: by the kernel", level.name());
    }
}

/// A depthwise convolution is one whose groups are the channels, and has its kernel in the same order.
fn check_depthwise(geometry: Geometry, channels: usize, multiplier: usize, seed: u64) {
    let grouped = ConvolutionSizes { geometry, channels, filters: channels * multiplier, groups: channels };
    let Operands { input, kernel, bias, by_output, oracle } = Operands::new(&grouped, seed);
    let sizes = &DepthwiseSizes { geometry, channels, multiplier };
    let mut turned = vec![f32::NAN; kernel.len()];
    sizes.turn(&kernel, &mut turned);
    for level in Level::available() {
        let mut output = vec![f32::NAN; by_output.len()];
        let (bias, finish) = (Some(&bias[..]), AsTheyAre);
        level.run(Depthwise { sizes, input: &input, kernel: &kernel, bias, output: &mut output, finish });
        assert_eq!(output, oracle.output, "{}: output", level.name());
        let (output_gradient, turned) = (&by_output[..], &turned[..]);
        let mut by_input = vec![f32::NAN; input.len()];
        level.run(DepthwiseInputGradient { sizes, output_gradient, turned, input_gradient: &mut by_input });
        assert_eq!(by_input, oracle.input_gradient, "{}: by the input", level.name());
        let mut by_kernel = vec![0.0; kernel.len()];
        level.run(DepthwiseKernelGradient { sizes, input: &input, output_gradient, kernel: &mut by_kernel });
        assert_eq!(by_kernel, oracle.kernel_gradient, "{}: by the kernel", level.name());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn products_of_matrices(product in products()) {
        check_product(product);
    }

    #[test]
    fn dense_layers(batch in 1..40usize, seed in any::<u64>()) {
        check_dense::<1, 1>(batch, seed);
        check_dense::<3, 17>(batch, seed);
        check_dense::<16, 8>(batch, seed);
        check_dense::<45, 5>(batch, seed);
        check_dense::<150, 33>(batch, seed);
    }

    #[test]
    fn convolutions_of_images((sizes, seed) in convolutions()) {
        check_convolution(&sizes, seed);
    }

    #[test]
    fn depthwise_convolutions_of_images(
        (sizes, seed) in convolutions(),
        channels in 1..40usize,
        multiplier in 1..4usize,
    ) {
        check_depthwise(sizes.geometry, channels, multiplier, seed);
    }
}
