//! Walks over slices, a vector at a time.

use super::{Isa, Job};

/// Replaces each vector of `data` by an expression of it.
///
/// A macro and not a function, because a closure need not be inlined, and would then lack the instruction set.
macro_rules! each {
    ($isa:ident, $data:expr, |$value:ident| $result:expr) => {
        for chunk in $data.chunks_mut(I::LANES) {
            let $value = $isa.load_some(chunk);
            $isa.store_some($result, chunk);
        }
    };
}

/// Replaces each vector of `data` by an expression of it and of the vector at the same place of `other`.
macro_rules! each_pair {
    ($isa:ident, $other:expr, $data:expr, |$first:ident, $value:ident| $result:expr) => {
        for (first, chunk) in $other.chunks(I::LANES).zip($data.chunks_mut(I::LANES)) {
            let ($first, $value) = ($isa.load_some(first), $isa.load_some(chunk));
            $isa.store_some($result, chunk);
        }
    };
}

pub(super) use {each, each_pair};

/// `sums[column] = sum over rows of values[row][column]`, in the order of the rows.
#[derive(Debug)]
pub struct ColumnSums<'a> {
    /// The rows, one behind the other.
    pub values: &'a [f32],
    /// A value for each column.
    pub sums: &'a mut [f32],
}

impl Job for ColumnSums<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.sums.fill(0.0);
        for row in self.values.chunks_exact(self.sums.len().max(1)) {
            each_pair!(isa, row, self.sums, |value, sum| isa.add(sum, value));
        }
    }
}

/// Adds a value for each column to every row.
#[derive(Debug)]
pub struct AddBias<'a> {
    /// A value for each column.
    pub bias: &'a [f32],
    /// The rows, one behind the other.
    pub data: &'a mut [f32],
}

impl Job for AddBias<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        for row in self.data.chunks_exact_mut(self.bias.len().max(1)) {
            each_pair!(isa, self.bias, row, |bias, value| isa.add(value, bias));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Level;
    use crate::random::Random;
    use std::vec::Vec;

    #[test]
    fn sums_and_biases_of_all_sizes_agree_with_the_definition() {
        let mut random = Random::new(1, 0);
        for rows in [0, 1, 2, 17] {
            for columns in [0, 1, 7, 8, 16, 35] {
                let values: Vec<f32> = (0..rows * columns).map(|_| 2.0 * random.uniform() - 1.0).collect();
                let bias: Vec<f32> = (0..columns).map(|_| random.uniform()).collect();
                for level in Level::available() {
                    let mut sums = std::vec![f32::NAN; columns];
                    level.run(ColumnSums { values: &values, sums: &mut sums });
                    for (column, &sum) in sums.iter().enumerate() {
                        // The same additions in the same order: the same bits.
                        assert_eq!(sum, (0..rows).fold(0.0, |sum, row| sum + values[row * columns + column]));
                    }
                    let mut data = values.clone();
                    level.run(AddBias { bias: &bias, data: &mut data });
                    for (index, &value) in data.iter().enumerate() {
                        assert_eq!(value, values[index] + bias[index % columns]);
                    }
                }
            }
        }
    }
}
