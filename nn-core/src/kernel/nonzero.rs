//! Which values are not zero. Many are where `relu` was before: a product leaves their rows out.

use super::Isa;

/// Which values are not zero, eight in a byte, the first in the lowest bit.
#[inline(always)]
pub(super) fn bits<I: Isa>(isa: I, values: &[f32]) -> impl ExactSizeIterator<Item = u8> {
    values.chunks(8).map(move |values| match values.first_chunk() {
        Some(eight) => isa.nonzero(eight),
        None => values.iter().enumerate().fold(0, |bits, (index, &value)| bits | u8::from(value != 0.0) << index),
    })
}

/// How many values are not zero, of a multiple of sixty-four.
#[inline(always)]
pub(super) fn count<I: Isa>(isa: I, values: &[f32]) -> usize {
    let mut count = 0;
    for values in values.as_chunks().0 {
        count += isa.nonzeros(values).count_ones() as usize;
    }
    count
}

/// A square of bits, a word for each row, as columns: the quarters off the diagonal change places, then those of each
/// quarter, down to single bits.
#[inline(always)]
pub(super) fn turned(mut square: [u64; 64]) -> [u64; 64] {
    let (mut half, mut lower) = (32, u64::MAX >> 32);
    while half > 0 {
        for rows in square.chunks_exact_mut(2 * half) {
            let (above, below) = rows.split_at_mut(half);
            for (above, below) in above.iter_mut().zip(below) {
                let changed = (*above >> half ^ *below) & lower;
                *above ^= changed << half;
                *below ^= changed;
            }
        }
        half /= 2;
        lower ^= lower << half;
    }
    square
}

/// Whether all values of a rectangle are zero that begins with the first value of an image with rows of `row_len` values.
///
/// Not inlined, since it would take registers from the loops that ask for it.
#[inline(never)]
pub(super) fn is_empty(image: &[f32], row_len: usize, [rows, columns]: [usize; 2]) -> bool {
    // Without its sign a zero has no bits.
    let is_zero = |values: &[f32]| values.iter().fold(0, |any, value| any | value.to_bits() << 1) == 0;
    image.chunks(row_len).take(rows).all(|row| is_zero(&row[..columns.min(row.len())]))
}

/// Numbers below `8 * BYTES`, in order, at most 256.
#[derive(Debug)]
pub(super) struct List<const BYTES: usize> {
    /// Eight for each byte, since eight are written at a time.
    numbers: [[u8; 8]; BYTES],
    len: usize,
}

impl<const BYTES: usize> List<BYTES> {
    /// No numbers.
    pub(super) const EMPTY: Self = Self { numbers: [[0; 8]; BYTES], len: 0 };

    /// The numbers of the bits that are set.
    #[inline(always)]
    pub(super) fn of(&mut self, bits: impl IntoIterator<Item = u8>) {
        let numbers = self.numbers.as_flattened_mut();
        let mut len = 0;
        for (byte, bits) in bits.into_iter().take(BYTES).enumerate() {
            let eight = NUMBERS[usize::from(bits)] + byte as u64 * 0x0808_0808_0808_0808;
            // There is always room, since each byte before has written eight at most.
            let Some(to) = numbers.get_mut(len..).and_then(|rest| rest.first_chunk_mut()) else { break };
            *to = eight.to_le_bytes();
            len += bits.count_ones() as usize;
        }
        self.len = len;
    }

    /// The numbers.
    #[inline(always)]
    pub(super) fn numbers(&self) -> &[u8] {
        self.numbers.as_flattened().get(..self.len).unwrap_or_default()
    }
}

/// The numbers of the bits that are set, one in each byte.
static NUMBERS: [u64; 256] = numbers();

const fn numbers() -> [u64; 256] {
    let mut table = [0; 256];
    let mut bits = 0;
    while bits < 256 {
        let (mut number, mut at) = (0, 0);
        while number < 8 {
            if bits >> number & 1 == 1 {
                table[bits] |= number << at;
                at += 8;
            }
            number += 1;
        }
        bits += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Job, Level};
    use std::vec::Vec;

    struct Listed<'a>(&'a [f32]);

    impl Job for Listed<'_> {
        type Output = Vec<u8>;

        #[inline(always)]
        fn run<I: Isa>(self, isa: I) -> Vec<u8> {
            let mut list = List::<5>::EMPTY;
            list.of(bits(isa, self.0));
            list.numbers().to_vec()
        }
    }

    #[test]
    fn a_turned_square_has_rows_for_columns() {
        let square: [u64; 64] =
            core::array::from_fn(|row| (row as u64 + 3).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(row as u32));
        for (row, word) in turned(square).into_iter().enumerate() {
            for (column, of_column) in square.into_iter().enumerate() {
                assert_eq!(word >> column & 1, of_column >> row & 1, "{row}, {column}");
            }
        }
    }

    #[test]
    fn what_is_not_zero_is_listed() {
        let values = [0.0, -1.0, f32::NAN, -0.0, f32::INFINITY, 1e-45, 0.0, 3.0];
        for level in Level::available() {
            for len in 0..=40 {
                let values: Vec<f32> = (0..len).map(|index| values[(index + index / 8) % 8]).collect();
                let expected: Vec<u8> = values
                    .iter()
                    .enumerate()
                    .filter(|(_, value)| **value != 0.0)
                    .map(|(index, _)| index as u8)
                    .collect();
                assert_eq!(level.run(Listed(&values)), expected, "{level:?}");
            }
            assert_eq!(level.run(Listed(&[1.0; 48])), (0..40).collect::<Vec<u8>>());
        }
    }
}
