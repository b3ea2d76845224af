//! Dense layers: four units at a time.

use super::instructions::{Finish, four_sums};
use super::{Vectors, four_multipliers, four_starts, is_usual};
use crate::quant::kernel::Dense;

impl Vectors for Dense<'_> {
    #[inline(always)]
    fn fits_vectors(&self) -> bool {
        is_usual(&self.rescale, self.output.len())
    }

    #[inline(never)]
    fn run_in_vectors(self) {
        let Self { input, weights, rescale, output, .. } = self;
        let finish = Finish::new(&rescale);
        let (fours, rest) = output.as_chunks_mut::<4>();
        let mut rows = weights.chunks_exact(input.len().max(1));
        for (number, bytes) in fours.iter_mut().enumerate() {
            let four = core::array::from_fn(|_| rows.next().unwrap_or_default());
            let sums = four_sums(four_starts(&rescale, 4 * number), input, four);
            finish.units(sums, four_multipliers(&rescale, 4 * number), bytes);
        }
        let first = 4 * fours.len();
        for (unit, byte) in rest.iter_mut().enumerate() {
            let row = rows.next().unwrap_or_default();
            let [sum, ..] = four_sums([rescale.start(first + unit); 4], input, [row; 4]);
            *byte = rescale.byte(first + unit, sum);
        }
    }
}
