//! How fast convolutions of one sample are on one thread, on each instruction set: `cargo bench -p nn-core --features
//! std --bench conv2d`.
//!
//! Prints the best of many runs, since other work on the machine only ever makes a run slower.

use nn_core::kernel::Level;
use nn_core::kernel::ahead::Ahead;
use nn_core::kernel::conv2d::{Convolution, ConvolutionSizes, InputGradient, KernelGradient};
use nn_core::shape::{Padding, Window};
use std::time::Instant;

/// Size of the image, size of the window, stride, padding, channels, filters.
const LAYERS: [(usize, usize, usize, Padding, usize, usize); 8] = [
    (28, 3, 1, Padding::Valid, 1, 32),
    (32, 3, 1, Padding::Same, 3, 32),
    (28, 3, 1, Padding::Same, 16, 16),
    (28, 3, 1, Padding::Same, 32, 32),
    (14, 3, 1, Padding::Same, 64, 64),
    (28, 3, 2, Padding::Same, 32, 64),
    (7, 3, 1, Padding::Same, 64, 64),
    (28, 1, 1, Padding::Valid, 64, 64),
];

fn main() {
    println!("{:44} {:>9} {:>9} {:>9} GFLOP/s", "", "forward", "by input", "by kernel");
    for (size, kernel, stride, padding, channels, filters) in LAYERS {
        let window = Window { kernel: [kernel; 2], stride: [stride; 2], dilation: [1; 2], padding };
        let sizes = ConvolutionSizes { geometry: window.on([size; 2]), channels, filters, groups: 1 };
        for level in Level::available() {
            let name = format!("{size}x{size}x{channels}, {kernel}x{kernel}/{stride} {padding:?}, {filters}");
            println!("{name:34} {:9} {}", level.name(), Layer::new(sizes).measure(level));
        }
    }
}

struct Layer {
    sizes: ConvolutionSizes,
    input: Vec<f32>,
    kernel: Vec<f32>,
    turned: Vec<f32>,
    output: Vec<f32>,
}

impl Layer {
    fn new(sizes: ConvolutionSizes) -> Self {
        let [input, output] = [sizes.geometry.input, sizes.geometry.output];
        Self {
            sizes,
            input: vec![0.5; input[0] * input[1] * sizes.channels],
            kernel: vec![0.25; sizes.kernel_len()],
            turned: vec![0.25; sizes.kernel_len()],
            output: vec![0.125; output[0] * output[1] * sizes.filters],
        }
    }

    fn measure(mut self, level: Level) -> String {
        let Self { sizes, input, kernel, turned, output } = &mut self;
        let operations = 2.0 * (output.len() * kernel.len() / sizes.filters) as f64;
        let forward = best(operations, || level.run(Convolution::forward(sizes, input, kernel, None, output)));
        let backward = best(operations, || {
            level.run(InputGradient {
                sizes,
                output_gradient: output,
                turned,
                input_gradient: input,
                wanted: None,
                ahead: Ahead::NOTHING,
            })
        });
        let by_kernel = best(operations, || {
            level.run(KernelGradient { sizes, input, output_gradient: output, kernel, ahead: Ahead::NOTHING });
        });
        format!("{forward:9.1} {backward:9.1} {by_kernel:9.1}")
    }
}

/// Billions of operations in a second.
fn best(operations: f64, mut job: impl FnMut()) -> f64 {
    let runs = (1e7 / operations).ceil() as usize;
    let mut best = f64::INFINITY;
    for _ in 0..30 {
        let begin = Instant::now();
        for _ in 0..runs {
            job();
        }
        best = best.min(begin.elapsed().as_secs_f64() / runs as f64);
    }
    operations / best / 1e9
}
