//! How fast the other kernels are on one thread, on each instruction set: `cargo bench -p nn-core --features std`.
//!
//! Prints the best of many runs, since other work on the machine only ever makes a run slower.

use core::hint::black_box;
use nn_core::initializer::Initializers;
use nn_core::kernel::activation::{Activate, ActivateBackward, Function};
use nn_core::kernel::vector::VectorMatrix;
use nn_core::kernel::{Isa, Job, Level};
use nn_core::layer::activation::{self, Activation};
use nn_core::layer::dense::{Dense, Settings};
use nn_core::layer::{InPlace, Layer};
use nn_core::plain::Plain;
use nn_core::shape::Shape;
use std::time::Instant;

const FUNCTIONS: [Function; 6] =
    [Function::Relu, Function::Gelu, Function::Silu, Function::Sigmoid, Function::Tanh, Function::Softmax];

fn main() {
    for level in Level::available() {
        tiny_network(level);
        vectors(level);
        activations(level);
    }
}

/// Three dense layers with the sizes of a controller, inlined with constant sizes.
struct Tiny<'a> {
    layers: &'a (Dense<4, 16>, Dense<16, 16>, Dense<16, 1>),
    input: &'a [f32; 4],
    output: &'a mut [f32; 1],
}

impl Job for Tiny<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        const FIRST: Settings = Settings::new(Shape::new(&[4]), 16, Initializers::DEFAULT);
        const SECOND: Settings = Settings::new(Shape::new(&[16]), 16, Initializers::DEFAULT);
        const THIRD: Settings = Settings::new(Shape::new(&[16]), 1, Initializers::DEFAULT);
        const TANH: activation::Settings = activation::Settings::new(Shape::new(&[16]), Function::Tanh);
        let (mut a, mut b) = ([0.0; 16], [0.0; 16]);
        self.layers.0.infer(isa, &FIRST, self.input, &mut a);
        Activation.infer_in_place(isa, &TANH, &mut a);
        self.layers.1.infer(isa, &SECOND, &a, &mut b);
        Activation.infer_in_place(isa, &TANH, &mut b);
        self.layers.2.infer(isa, &THIRD, &b, self.output);
    }
}

fn tiny_network(level: Level) {
    let layers = (Dense::ZERO, Dense::ZERO, Dense::ZERO);
    let mut output = [0.0];
    let seconds = best(100, || level.run(Tiny { layers: &layers, input: black_box(&[0.5; 4]), output: &mut output }));
    println!("{:9} 4-16-16-1 with tanh: {:.0} ns", level.name(), seconds * 1e9);
}

fn vectors(level: Level) {
    for (rows, columns) in [(4, 16), (16, 16), (16, 1), (128, 10), (512, 512), (5408, 128), (4096, 1024), (32768, 128)]
    {
        let (input, kernel, bias) = (vec![0.5; rows], vec![0.25; rows * columns], vec![1.0; columns]);
        let mut output = vec![0.0; columns];
        let seconds = best(rows * columns, || {
            let output = &mut output[..];
            level.run(VectorMatrix { input: &input, kernel: &kernel, bias: Some(&bias), output });
        });
        let gigabytes = 4.0 * (rows * columns) as f64 / seconds / 1e9;
        println!("{:9} vector, {rows} x {columns}: {:.0} ns, {gigabytes:.1} GB/s", level.name(), seconds * 1e9);
    }
}

fn activations(level: Level) {
    const SIZE: usize = 4000;
    for function in FUNCTIONS {
        let saved: Vec<f32> = (0..SIZE).map(|n| (n % 100) as f32 * 0.01).collect();
        let mut data = saved.clone();
        let forward = best(SIZE * 8, || level.run(Activate { function, data: &mut data, columns: 10 }));
        let backward = best(SIZE * 8, || {
            let gradient = &mut data[..];
            level.run(ActivateBackward { function, saved: &saved, gradient, columns: 10 });
        });
        let each = |seconds: f64| seconds * 1e9 / SIZE as f64;
        println!(
            "{:9} {}: {:.3} ns forward, {:.3} ns backward for each value",
            level.name(),
            function.name(),
            each(forward),
            each(backward)
        );
    }
}

/// The seconds of the fastest of many calls; `work` says how long one is, in about billionths of a second.
fn best(work: usize, mut call: impl FnMut()) -> f64 {
    let calls = (1_000_000 / work).max(1);
    let mut best = f64::INFINITY;
    for _ in 0..100 {
        let begin = Instant::now();
        for _ in 0..calls {
            call();
        }
        best = best.min(begin.elapsed().as_secs_f64() / calls as f64);
    }
    best
}
