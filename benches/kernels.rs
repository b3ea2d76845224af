//! How fast the kernels are on one thread, beside what a core can do: `cargo bench --bench kernels`.
//!
//! First a table: the best of many runs of each kernel, and its share of the multiply-adds, or of the bytes, that the
//! core did in the same minute. Then the statistics of the same runs by Divan, whose items are operations, a
//! multiply-add being two. `TYPEDNET_ISA=portable` or `avx2` measures another instruction set than the best.

use core::hint::black_box;
use core::time::Duration;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use std::time::Instant;
use typednet::kernel::ahead::Ahead;
use typednet::kernel::conv2d::pooled::{PooledConvolution, PooledSizes};
use typednet::kernel::conv2d::pooled_gradient::PooledKernelGradient;
use typednet::kernel::conv2d::{Convolution, ConvolutionSizes, InputGradient, KernelGradient};
use typednet::kernel::depthwise::{Depthwise, DepthwiseSizes};
use typednet::kernel::finish::AsTheyAre;
use typednet::kernel::matrix::{Matrix, MatrixMut, MatrixProduct, SparseProduct, Start};
use typednet::kernel::{Isa, Job, dispatch};
use typednet::optimizer::{Adam, Optimizer};
use typednet::random::Random;
use typednet::shape::{Padding, Window};

/// What a run does: so many operations or bytes.
#[derive(Clone, Copy)]
enum Amount {
    Operations(usize),
    Bytes(usize),
}

/// Something to run again and again.
struct Work {
    amount: Amount,
    run: Box<dyn FnMut()>,
}

type Kernel = (&'static str, fn() -> Work);

/// What a core can do, of operations, and of bytes in the last cache and in memory.
const LIMITS: [Kernel; 3] = [
    ("multiply-adds in registers", multiply_adds),
    ("moving 19 MB", || moves(WEIGHTS)),
    ("moving 235 MB", || moves(MANY_WEIGHTS)),
];

const KERNELS: [Kernel; 19] = [
    ("product, 512 x 512 x 512", || product([512, 512, 512], false, false)),
    ("dense forward, 128 x 5408 x 128", || product([128, 5408, 128], false, false)),
    ("dense by weights, 5408 x 128 x 128", || product([5408, 128, 128], true, false)),
    ("dense by inputs, 128 x 128 x 5408", || product([128, 128, 5408], false, true)),
    ("the same, half of the left zero: forward", || sparse([128, 5408, 128], false, false)),
    ("by weights", || sparse([5408, 128, 128], true, false)),
    ("by inputs", || sparse([128, 128, 5408], false, true)),
    ("3x3, 16 to 16 on 32x32", || forward(32, 3, 16)),
    ("3x3, 16 to 16 on 32x32, by inputs", || by_inputs(32, 3, 16)),
    ("3x3, 16 to 16 on 32x32, by weights", || by_weights(32, 3, 16)),
    ("3x3, 64 to 64 on 16x16", || forward(16, 3, 64)),
    ("3x3, 64 to 64 on 16x16, by inputs", || by_inputs(16, 3, 64)),
    ("3x3, 64 to 64 on 16x16, by weights", || by_weights(16, 3, 64)),
    ("1x1, 64 to 64 on 16x16", || forward(16, 1, 64)),
    ("depthwise 3x3, 64 on 16x16", depthwise),
    ("3x3, 1 to 32 on 28x28, relu, pool", pooled),
    ("3x3, 1 to 32 on 28x28, pooled, by weights", pooled_by_weights),
    ("Adam, 693,962 weights", || adam(WEIGHTS)),
    ("Adam, 8,388,608 weights", || adam(MANY_WEIGHTS)),
];

/// The weights of the tutorial network.
const WEIGHTS: usize = 693_962;

/// So many that no cache holds what a step reads of them.
const MANY_WEIGHTS: usize = 1 << 23;

fn main() {
    table();
    divan::main();
}

fn table() {
    let [operations, cache, memory] = LIMITS.map(|(name, work)| {
        let rate = rate(work());
        println!("{name:44} {rate:7.1} G/s");
        rate
    });
    for (name, work) in KERNELS {
        let work = work();
        let (unit, limit) = match work.amount {
            Amount::Operations(_) => ("GFLOP/s", operations),
            Amount::Bytes(bytes) if bytes > STEP * WEIGHTS => ("GB/s", memory),
            Amount::Bytes(_) => ("GB/s", cache),
        };
        let rate = rate(work);
        println!("{name:44} {rate:7.1} {unit:8} {:4.0} %", 100.0 * rate / limit);
    }
    println!();
}

/// Billions a second, of the best run: other work on the machine only ever makes a run slower.
fn rate(Work { amount, mut run }: Work) -> f64 {
    let (Amount::Operations(amount) | Amount::Bytes(amount)) = amount;
    let runs = (20_000_000 / amount).max(1);
    let (begin, mut best) = (Instant::now(), f64::INFINITY);
    while begin.elapsed() < Duration::from_millis(500) {
        let begin = Instant::now();
        (0..runs).for_each(|_| run());
        best = best.min(begin.elapsed().as_secs_f64() / runs as f64);
    }
    amount as f64 / best / 1e9
}

#[divan::bench(args = LIMITS.iter().chain(&KERNELS).map(|(name, _)| *name))]
fn kernel(bencher: Bencher<'_, '_>, name: &str) {
    let Some((_, work)) = LIMITS.iter().chain(&KERNELS).find(|(other, _)| *other == name) else { return };
    let Work { amount, mut run } = work();
    match amount {
        Amount::Operations(count) => bencher.counter(ItemsCount::new(count)).bench_local(&mut run),
        Amount::Bytes(count) => bencher.counter(BytesCount::new(count)).bench_local(&mut run),
    }
}

/// Sums that stay in registers: as many as there is room for, so that none waits for another.
struct MultiplyAdds;

const TURNS: usize = 10_000;

impl Job for MultiplyAdds {
    type Output = usize;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> usize {
        if I::REGISTERS >= 32 { turns::<I, 24>(isa) } else { turns::<I, 12>(isa) }
    }
}

/// The operations that were done.
#[inline(always)]
fn turns<I: Isa, const SUMS: usize>(isa: I) -> usize {
    let (factor, summand) = (isa.splat(black_box(0.999)), isa.splat(black_box(1e-7)));
    let mut sums = [isa.splat(1.0); SUMS];
    for _ in 0..TURNS {
        for sum in &mut sums {
            *sum = isa.mul_add(factor, summand, *sum);
        }
    }
    for sum in sums {
        black_box(isa.sum(sum));
    }
    2 * TURNS * SUMS * I::LANES
}

fn multiply_adds() -> Work {
    let run = || {
        black_box(dispatch(MultiplyAdds));
    };
    Work { amount: Amount::Operations(dispatch(MultiplyAdds)), run: Box::new(run) }
}

/// Four arrays are read and three of them written, with next to nothing between: the traffic of a step of Adam.
struct Move<'a>([&'a mut [f32]; 3], &'a [f32]);

impl Job for Move<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self([a, b, c], summand) = self;
        let written = a.chunks_exact_mut(I::LANES).zip(b.chunks_exact_mut(I::LANES)).zip(c.chunks_exact_mut(I::LANES));
        for (((a, b), c), summand) in written.zip(summand.chunks_exact(I::LANES)) {
            let summand = isa.load(summand);
            isa.store(isa.add(isa.load(a), summand), a);
            isa.store(isa.add(isa.load(b), summand), b);
            isa.store(isa.add(isa.load(c), summand), c);
        }
    }
}

/// The bytes that a step of Adam moves for a weight.
const STEP: usize = 7 * size_of::<f32>();

fn moves(weights: usize) -> Work {
    let (mut arrays, summand) = ([(); 3].map(|()| vec![1.0f32; weights]), vec![0.0; weights]);
    let run = move || {
        let [a, b, c] = &mut arrays;
        dispatch(Move([a, b, c], &summand));
    };
    Work { amount: Amount::Bytes(STEP * weights), run: Box::new(run) }
}

fn product(size: [usize; 3], transpose_left: bool, transpose_right: bool) -> Work {
    let left = vec![0.5; size[0] * size[1]];
    multiply(size, left, transpose_left, transpose_right, |product| dispatch(product))
}

/// Zeros are where chance wants them: as `relu` leaves them they lie side by side more often, which takes less time. The
/// operations of zeros are counted.
fn sparse(size: [usize; 3], transpose_left: bool, transpose_right: bool) -> Work {
    let mut random = Random::new(1, 0);
    let left = (0..size[0] * size[1]).map(|_| if random.uniform() < 0.5 { 0.5 } else { 0.0 }).collect();
    multiply(size, left, transpose_left, transpose_right, |product| dispatch(SparseProduct(product)))
}

fn multiply(
    [rows, depth, columns]: [usize; 3],
    a: Vec<f32>,
    transpose_left: bool,
    transpose_right: bool,
    run: fn(MatrixProduct<'_>),
) -> Work {
    let (b, mut output) = (vec![0.25; depth * columns], vec![0.0; rows * columns]);
    let run = move || {
        let left = if transpose_left { Matrix::new(&a, rows).transposed() } else { Matrix::new(&a, depth) };
        let right = if transpose_right { Matrix::new(&b, depth).transposed() } else { Matrix::new(&b, columns) };
        let output = MatrixMut::new(&mut output, rows, columns, columns);
        run(MatrixProduct { depth, left, right, output, start: Start::Zero });
    };
    Work { amount: Amount::Operations(2 * rows * depth * columns), run: Box::new(run) }
}

fn window(kernel: usize) -> Window {
    Window { kernel: [kernel; 2], stride: [1; 2], dilation: [1; 2], padding: Padding::Same }
}

/// A convolution from so many channels to as many, with an image that keeps its size.
struct Layer {
    sizes: ConvolutionSizes,
    input: Vec<f32>,
    output: Vec<f32>,
    kernel: Vec<f32>,
    amount: Amount,
}

fn layer(size: usize, kernel: usize, channels: usize) -> Layer {
    let geometry = window(kernel).on([size; 2]);
    let sizes = ConvolutionSizes { geometry, channels, filters: channels, groups: 1 };
    // Cells beyond the border cost nothing and are not counted.
    let inside = if kernel == 1 { size } else { kernel * size - 2 };
    Layer {
        sizes,
        input: vec![0.5; size * size * channels],
        output: vec![0.125; size * size * channels],
        kernel: vec![0.25; sizes.kernel_len()],
        amount: Amount::Operations(2 * inside * inside * channels * channels),
    }
}

fn forward(size: usize, kernel: usize, channels: usize) -> Work {
    let Layer { sizes, input, mut output, kernel, amount } = layer(size, kernel, channels);
    let run = move || dispatch(Convolution::forward(&sizes, &input, &kernel, None, &mut output));
    Work { amount, run: Box::new(run) }
}

fn by_inputs(size: usize, kernel: usize, channels: usize) -> Work {
    let Layer { sizes, mut input, output, kernel, amount } = layer(size, kernel, channels);
    let run = move || {
        let (output_gradient, turned, input_gradient) = (&output, &kernel, &mut input);
        let ahead = Ahead::NOTHING;
        dispatch(InputGradient { sizes: &sizes, output_gradient, turned, input_gradient, wanted: None, ahead });
    };
    Work { amount, run: Box::new(run) }
}

fn by_weights(size: usize, kernel: usize, channels: usize) -> Work {
    let Layer { sizes, input, output, mut kernel, amount } = layer(size, kernel, channels);
    let run = move || {
        let (output_gradient, ahead) = (&output, Ahead::NOTHING);
        dispatch(KernelGradient { sizes: &sizes, input: &input, output_gradient, kernel: &mut kernel, ahead });
    };
    Work { amount, run: Box::new(run) }
}

fn depthwise() -> Work {
    let sizes = DepthwiseSizes { geometry: window(3).on([16; 2]), channels: 64, multiplier: 1 };
    let (input, kernel) = (vec![0.5; 16 * 16 * 64], vec![0.25; sizes.kernel_len()]);
    let mut output = vec![0.0; 16 * 16 * 64];
    let run = move || {
        let (bias, finish) = (None, AsTheyAre);
        dispatch(Depthwise { sizes: &sizes, input: &input, kernel: &kernel, bias, output: &mut output, finish });
    };
    Work { amount: Amount::Operations(2 * 46 * 46 * 64), run: Box::new(run) }
}

/// The first layers of the tutorial network.
const POOLED: PooledSizes = PooledSizes {
    convolution: ConvolutionSizes {
        geometry: Window { padding: Padding::Valid, ..WINDOW }.on([28; 2]),
        channels: 1,
        filters: 32,
        groups: 1,
    },
    pool: Window { kernel: [2; 2], stride: [2; 2], padding: Padding::Valid, ..WINDOW }.on([26; 2]),
    bounds: [0.0, f32::INFINITY],
};
const WINDOW: Window = Window { kernel: [3; 2], stride: [1; 2], dilation: [1; 2], padding: Padding::Same };
const POOLED_OPERATIONS: usize = 2 * 26 * 26 * 9 * 32;

fn pooled() -> Work {
    let (input, kernel) = (vec![0.5; 28 * 28], vec![0.25; 9 * 32]);
    let (mut output, mut positions) = (vec![0.0; POOLED.outputs()], vec![0; POOLED.outputs()]);
    let run = move || {
        let (output, positions) = (&mut output, &mut positions);
        dispatch(PooledConvolution { sizes: &POOLED, input: &input, kernel: &kernel, bias: None, output, positions });
    };
    Work { amount: Amount::Operations(POOLED_OPERATIONS), run: Box::new(run) }
}

/// Of four cells one has a derivative, but the others are multiplied too: the whole sum is counted.
fn pooled_by_weights() -> Work {
    let (input, output_gradient) = (vec![0.5; 28 * 28], vec![0.125; POOLED.outputs()]);
    let positions: Vec<u8> = (0..POOLED.outputs()).map(|index| (index % 4) as u8).collect();
    let (mut kernel, mut bias) = (vec![0.0; 9 * 32], vec![0.0; 32]);
    let run = move || {
        let (kernel, bias) = (&mut kernel[..], &mut bias[..]);
        let (input, positions, output_gradient) = (&input[..], &positions[..], &output_gradient[..]);
        dispatch(PooledKernelGradient { sizes: &POOLED, input, positions, output_gradient, kernel, bias });
    };
    Work { amount: Amount::Operations(POOLED_OPERATIONS), run: Box::new(run) }
}

/// Weights, derivatives and two moments are read, and all but the derivatives written.
fn adam(count: usize) -> Work {
    let (adam, mut step) = (Adam::default(), 0);
    let (mut weights, gradients) = (vec![0.5; count], vec![0.25; count]);
    let mut state = vec![0.0; adam.slots() * count];
    let run = move || {
        step += 1;
        adam.update(step, &mut weights, &gradients, &mut state);
    };
    Work { amount: Amount::Bytes(STEP * count), run: Box::new(run) }
}
