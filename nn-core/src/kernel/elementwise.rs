//! What is done to each value, and to each row or column of values, on its own.

use super::{Isa, Job};

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
        if self.sums.is_empty() {
            return;
        }
        for row in self.values.chunks_exact(self.sums.len()) {
            let (mut sums, mut row) = (&mut *self.sums, row);
            while sums.len() >= I::LANES {
                isa.store(isa.add(isa.load(sums), isa.load(row)), sums);
                (sums, row) = (&mut sums[I::LANES..], &row[I::LANES..]);
            }
            isa.store_partial(isa.add(isa.load_partial(sums), isa.load_partial(row)), sums);
        }
    }
}
