use super::*;
use crate::kernel::Level;
use crate::random::Random;
use std::vec::Vec;

/// A matrix of random numbers between -1 and 1.
fn random(len: usize, random: &mut Random) -> Vec<f32> {
    (0..len).map(|_| 2.0 * random.uniform() - 1.0).collect()
}

/// A product with sums in double precision.
fn naive(case: &Case, output: &[f32]) -> Vec<f64> {
    let mut expected: Vec<f64> = output.iter().map(|&value| f64::from(value)).collect();
    for row in 0..case.rows {
        for column in 0..case.columns {
            let sum = &mut expected[row * case.stride + column];
            match case.start {
                Start::Zero => *sum = 0.0,
                Start::Bias(bias) => *sum = f64::from(bias[column]),
                Start::Keep => {}
            }
            for step in 0..case.depth {
                let (left, right) = (case.left.at(row, step)[0], case.right.at(step, column)[0]);
                *sum += f64::from(left) * f64::from(right);
            }
        }
    }
    expected
}

#[derive(Clone, Copy)]
struct Case<'a> {
    rows: usize,
    columns: usize,
    depth: usize,
    stride: usize,
    left: Matrix<'a>,
    right: Matrix<'a>,
    start: Start<'a>,
}

impl Case<'_> {
    fn product<'a>(&'a self, output: &'a mut [f32]) -> MatrixProduct<'a> {
        let Self { rows, columns, depth, stride, left, right, start } = *self;
        MatrixProduct { depth, left, right, output: MatrixMut::new(output, rows, columns, stride), start }
    }

    /// On every instruction set. Each of `depth + 1` roundings is at most 2^-24 of a sum that is at most `depth + 1`.
    fn check(&self, output: &[f32]) {
        let expected = naive(self, output);
        let tolerance = 6e-8 * (self.depth as f64 + 1.0).powi(2);
        for level in Level::available() {
            let mut found = output.to_vec();
            level.run(self.product(&mut found));
            for (index, (&found, &expected)) in found.iter().zip(&expected).enumerate() {
                assert!(
                    (f64::from(found) - expected).abs() <= tolerance,
                    "{level:?}: {}x{}x{} at {index}: {found} is not {expected}",
                    self.rows,
                    self.depth,
                    self.columns
                );
            }
        }
    }
}

const SIZES: [[usize; 3]; 22] = [
    [0, 3, 4],
    [3, 0, 4],
    [3, 4, 0],
    [1, 1, 1],
    [1, 7, 1],
    [2, 3, 5],
    [2, 1, 9],
    [5, 7, 1],
    [7, 16, 9],
    [8, 33, 48],
    [9, 5, 49],
    [13, 128, 31],
    [17, 129, 16],
    [64, 20, 17],
    [65, 3, 96],
    [63, 257, 15],
    [70, 130, 65],
    [5, 300, 113],
    [130, 9, 10],
    [16, 64, 144],
    [150, 140, 33],
    [13, 460, 290],
];

/// Every order of both factors, every start, and an output with gaps between its rows.
#[test]
fn products_of_all_sizes_agree_with_the_definition() {
    let mut generator = Random::new(1, 0);
    for [rows, depth, columns] in SIZES {
        let (a, b) = (random(rows * depth, &mut generator), random(depth * columns, &mut generator));
        let bias = random(columns, &mut generator);
        let stride = columns + 3;
        let output = random(rows * stride, &mut generator);
        for left in [Matrix::new(&a, depth), Matrix::new(&a, rows).transposed()] {
            for right in [Matrix::new(&b, columns), Matrix::new(&b, depth).transposed()] {
                for start in [Start::Zero, Start::Bias(&bias), Start::Keep] {
                    Case { rows, columns, depth, stride, left, right, start }.check(&output);
                }
            }
        }
    }
}

/// Every second row and every third column of larger matrices.
#[test]
fn strides_are_free() {
    let mut generator = Random::new(2, 0);
    let (rows, depth, columns) = (11, 37, 35);
    let (a, b) = (random(2 * rows * 3 * depth, &mut generator), random(2 * depth * 3 * columns, &mut generator));
    let left = Matrix { values: &a, row_stride: 2 * 3 * depth, column_stride: 3 };
    let right = Matrix { values: &b, row_stride: 2 * 3 * columns, column_stride: 3 };
    Case { rows, columns, depth, stride: columns, left, right, start: Start::Zero }.check(&[0.0; 11 * 35]);
}

/// Zeros with probability `share` among random numbers.
fn with_zeros(len: usize, share: f32, generator: &mut Random) -> Vec<f32> {
    (0..len).map(|_| if generator.uniform() < share { 0.0 } else { 2.0 * generator.uniform() - 1.0 }).collect()
}

/// Every order of both factors, with every start and all shares of zeros.
#[test]
fn products_without_zeros_are_the_same_bits() {
    let mut generator = Random::new(5, 0);
    for (number, [rows, depth, columns]) in SIZES.into_iter().chain([[291, 70, 35], [6, 131, 200]]).enumerate() {
        let a = with_zeros(rows * depth, [0.3, 0.9, 1.0][number % 3], &mut generator);
        let (b, bias) = (random(depth * columns, &mut generator), random(columns, &mut generator));
        let stride = columns + 3;
        let output = random(rows * stride, &mut generator);
        let lefts = [Matrix::new(&a, depth), Matrix::new(&a, rows).transposed()];
        let rights = [Matrix::new(&b, columns), Matrix::new(&b, depth).transposed()];
        let starts = [Start::Zero, Start::Bias(&bias), Start::Keep];
        for order in 0..4 {
            let (left, right, start) = (lefts[order % 2], rights[order / 2], starts[(number / 3 + order) % 3]);
            let case = Case { rows, columns, depth, stride, left, right, start };
            for level in Level::available() {
                let (mut found, mut expected) = (output.clone(), output.clone());
                level.run(SparseProduct(case.product(&mut found)));
                level.run(case.product(&mut expected));
                assert_eq!(found, expected, "{level:?}: {rows}x{depth}x{columns}");
            }
        }
    }
}

/// A left factor whose rows and columns have gaps between them.
#[test]
fn zeros_are_found_at_all_strides() {
    let mut generator = Random::new(6, 0);
    let (rows, depth, columns) = (19, 75, 40);
    let (a, b) = (with_zeros(2 * rows * 3 * depth, 0.6, &mut generator), random(depth * columns, &mut generator));
    let left = Matrix { values: &a, row_stride: 2 * 3 * depth, column_stride: 3 };
    let right = Matrix::new(&b, columns);
    let case = Case { rows, columns, depth, stride: columns, left, right, start: Start::Zero };
    for level in Level::available() {
        let (mut found, mut expected) = (std::vec![0.0; rows * columns], std::vec![0.0; rows * columns]);
        level.run(SparseProduct(case.product(&mut found)));
        level.run(case.product(&mut expected));
        assert_eq!(found, expected, "{level:?}");
    }
}

#[test]
fn a_factor_with_many_zeros_is_sparse() {
    let mut generator = Random::new(7, 0);
    for [rows, depth] in [[128, 5408], [5408, 128], [300, 20], [1, 9]] {
        // Of two rows one is not zero: with half of all values zero, three quarters of the products are left.
        for (share, expected) in [(0.0, false), (0.2, false), (0.5, rows > 1), (0.9, true), (1.0, true)] {
            if rows == 1 && share == 0.5 {
                continue;
            }
            let a = with_zeros(rows * depth, share, &mut generator);
            for left in [Matrix::new(&a, depth), Matrix::new(&a, rows).transposed()] {
                for level in Level::available() {
                    let found = level.run(IsSparse { left, rows, depth });
                    assert_eq!(found, expected, "{level:?}: {rows}x{depth}, {share} of it zero");
                }
            }
        }
    }
}

/// Those of few rows read the right factor where it lies, those of many make copies of it if it is large.
#[test]
fn the_bits_do_not_depend_on_the_number_of_rows() {
    let mut generator = Random::new(8, 0);
    for (depth, columns) in [(100, 128), (37, 300), (5, 3), (0, 20), (64, 640)] {
        let (a, b) = (random(40 * depth, &mut generator), random(depth * columns, &mut generator));
        let bias = random(columns, &mut generator);
        let case = |rows| {
            let (left, right) = (Matrix::new(&a, depth), Matrix::new(&b, columns));
            Case { rows, columns, depth, stride: columns, left, right, start: Start::Bias(&bias) }
        };
        for level in Level::available() {
            let mut expected = std::vec![0.0; 40 * columns];
            level.run(case(40).product(&mut expected));
            for rows in [1, 2, 3, 4, 5, 12, 24] {
                let mut found = std::vec![0.0; rows * columns];
                level.run(case(rows).product(&mut found));
                assert_eq!(found, expected[..rows * columns], "{level:?}: {rows}x{depth}x{columns}");
            }
        }
    }
}

#[test]
fn sparse_products_fall_into_enough_tasks() {
    let tasks = |rows: usize, columns: usize| {
        let size = sparse::tile_size(rows, columns);
        (rows.div_ceil(size[0]) * columns.div_ceil(size[1]), size)
    };
    assert_eq!(tasks(128, 128), (4, [32, 128]));
    assert_eq!(tasks(5408, 128), (38, [144, 128]));
    assert_eq!(tasks(128, 5408), (22, [128, 256]));
    for [rows, columns] in [[32, 128], [1000, 64], [9, 4096], [100_000, 32]] {
        assert!(tasks(rows, columns).0 >= 2, "{rows}x{columns}");
    }
}

#[test]
fn the_portable_sums_are_in_order() {
    let mut generator = Random::new(3, 0);
    let (rows, depth, columns) = (5, 200, 21);
    let (a, b) = (random(rows * depth, &mut generator), random(depth * columns, &mut generator));
    let (left, right) = (Matrix::new(&a, depth), Matrix::new(&b, columns));
    let case = Case { rows, columns, depth, stride: columns, left, right, start: Start::Zero };
    let mut found = std::vec![0.0; rows * columns];
    crate::kernel::Portable.run(case.product(&mut found));
    for row in 0..rows {
        for column in 0..columns {
            let expected = (0..depth).fold(0.0, |sum, step| a[row * depth + step] * b[step * columns + column] + sum);
            assert_eq!(found[row * columns + column], expected);
        }
    }
}

#[test]
fn the_tiles_of_a_team_give_the_same_bits() {
    let mut generator = Random::new(4, 0);
    let sizes = [[128, 700, 128], [300, 40, 77], [33, 129, 200], [3, 2, 1]];
    for ([rows, depth, columns], share) in sizes.into_iter().flat_map(|size| [(size, 0.0), (size, 0.7)]) {
        let (a, b) = (with_zeros(rows * depth, share, &mut generator), random(depth * columns, &mut generator));
        let bias = random(columns, &mut generator);
        let (left, right) = (Matrix::new(&a, depth), Matrix::new(&b, columns));
        let case = Case { rows, columns, depth, stride: columns, left, right, start: Start::Bias(&bias) };
        let (mut whole, mut tiled) = (std::vec![0.0; rows * columns], std::vec![0.0; rows * columns]);
        dispatch(case.product(&mut whole));
        multiply(&crate::team::Backwards, case.product(&mut tiled));
        assert_eq!(whole, tiled);
    }
}

#[test]
fn large_products_fall_into_enough_tasks() {
    let tasks = |rows: usize, columns: usize, depth| {
        let [height, width] = tile_size(rows, columns, depth);
        (rows.div_ceil(height) * columns.div_ceil(width), [height, width])
    };
    assert_eq!(tasks(128, 128, 5408), (4, [64, 64]));
    assert_eq!(tasks(32, 128, 5408), (4, [32, 32]));
    for [rows, columns, depth] in [[5408, 128, 128], [128, 5408, 128], [100_000, 32, 288], [9, 4096, 1024]] {
        assert!((8..=TASKS).contains(&tasks(rows, columns, depth).0), "{rows}x{columns}");
    }
    assert_eq!(tasks(32, 10, 128).0, 1);
    assert_eq!((in_place::tile_size(128), in_place::tile_size(1000)), ([3, 128], [3, 512]));
}
