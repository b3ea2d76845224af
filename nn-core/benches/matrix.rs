//! How fast the matrix product is on one thread, on each instruction set: `cargo bench -p nn-core --features std`.
//!
//! Prints the best of many runs, since other work on the machine only ever makes a run slower.

use nn_core::kernel::Level;
use nn_core::kernel::matrix::{Matrix, MatrixMut, MatrixProduct, Start};
use std::time::Instant;

/// Which factors are stored transposed.
const PRODUCTS: [(&str, [usize; 3], bool, bool); 6] = [
    ("512 x 512 x 512", [512, 512, 512], false, false),
    ("dense forward, 128 x 5408 x 128", [128, 5408, 128], false, false),
    ("dense weights, 5408 x 128 x 128", [5408, 128, 128], true, false),
    ("dense inputs, 128 x 128 x 5408", [128, 128, 5408], false, true),
    ("narrow, 128 x 128 x 10", [128, 128, 10], false, false),
    ("small, 32 x 16 x 16", [32, 16, 16], false, false),
];

fn main() {
    for (name, sizes, left, right) in PRODUCTS {
        for level in Level::available() {
            println!("{name:34} {:9} {:7.1} GFLOP/s", level.name(), measure(level, sizes, left, right));
        }
    }
}

fn measure(level: Level, [rows, depth, columns]: [usize; 3], transpose_left: bool, transpose_right: bool) -> f64 {
    let (a, b) = (vec![0.5f32; rows * depth], vec![0.25f32; depth * columns]);
    let mut output = vec![0.0f32; rows * columns];
    let left = if transpose_left { Matrix::new(&a, rows).transposed() } else { Matrix::new(&a, depth) };
    let right = if transpose_right { Matrix::new(&b, depth).transposed() } else { Matrix::new(&b, columns) };
    let operations = 2.0 * (rows * depth * columns) as f64;
    let runs = (2e7 / operations).ceil() as usize;
    let mut best = f64::INFINITY;
    for _ in 0..30 {
        let begin = Instant::now();
        for _ in 0..runs {
            let output = MatrixMut::new(&mut output, rows, columns, columns);
            level.run(MatrixProduct { depth, left, right, output, start: Start::Zero });
        }
        best = best.min(begin.elapsed().as_secs_f64() / runs as f64);
    }
    operations / best / 1e9
}
