//! Products of bytes, summed in 32-bit lanes.

use super::Isa;

/// Work on bytes that is written once, and compiled for each instruction set and each way to multiply.
pub trait ByteJob {
    /// What the work gives.
    type Output;

    /// Does the work. Implementations are `#[inline(always)]`, so that they take on the instruction set of their caller.
    fn run<I: Isa, P: Products<I>>(self, isa: I, products: P) -> Self::Output;
}

/// A byte in the form in which it is multiplied.
pub trait Cell: Copy {
    /// The form of a byte.
    fn new(byte: i8) -> Self;
}

/// A way to multiply bytes: so many products are added to each lane at once.
///
/// One factor is a value, the other a weight; what is called `flipped` may hold each value 128 too high, for
/// instructions that multiply a byte with a sign and one without. All sums are without the bits that are too many.
pub trait Products<I: Isa>: Copy {
    /// Products for each lane.
    const DEPTH: usize;
    /// How much flipped values are too high.
    const FLIP: i32;
    /// Whether there are words of four vectors at once: [`Products::load_cells`] and what follows it.
    const HAS_FOURS: bool = false;
    /// A flipped value.
    type Cell: Cell;

    /// The first `DEPTH` cells of a slice in every lane. There must be as many: it may panic.
    fn splat(self, isa: I, cells: &[Self::Cell]) -> I::Whole;
    /// The first `DEPTH` values of a slice, flipped, in every lane. There must be as many: it may panic.
    fn splat_values(self, isa: I, values: &[i8]) -> I::Whole;
    /// The cells of each lane moved to the place before, and the byte of each lane of `next` as the last one.
    fn push(self, isa: I, cells: I::Whole, next: I::Whole) -> I::Whole;
    /// The same for the weights of each lane.
    fn push_weights(self, isa: I, weights: I::Whole, next: I::Whole) -> I::Whole;
    /// Up to `DEPTH` weights as one lane, and zeros after them.
    fn weights_of_lane(self, weights: &[i8]) -> i32;
    /// `DEPTH * LANES` weights as lanes, each as [`Products::weights_of_lane`]. There must be as many: it may panic.
    fn weights_of_lanes(self, isa: I, weights: &[i8]) -> I::Whole;
    /// `sum` and the products of flipped values and weights.
    fn add_flipped(self, isa: I, sum: I::Whole, cells: I::Whole, weights: I::Whole) -> I::Whole;

    /// The first `DEPTH * LANES` values of a slice. There must be as many: it may panic.
    fn load_values(self, isa: I, values: &[i8]) -> I::Whole;
    /// As many values of a slice as there are, up to `DEPTH * LANES`, and zeros after them.
    fn load_values_partial(self, isa: I, values: &[i8]) -> I::Whole;
    /// The same for weights, for [`Products::add`].
    fn load_weights(self, isa: I, weights: &[i8]) -> I::Whole;
    /// The same for weights, for [`Products::add`].
    fn load_weights_partial(self, isa: I, weights: &[i8]) -> I::Whole;
    /// `sum` and the products of values and weights, but not what [`Products::correct`] subtracts.
    fn add(self, isa: I, sum: I::Whole, values: I::Whole, weights: I::Whole) -> I::Whole;
    /// `sum` less what [`Products::add`] adds too much for these values.
    fn correct(self, isa: I, sum: I::Whole, values: I::Whole) -> I::Whole;

    /// The cells of `4 * LANES` channels, from the first bytes of a slice. There must be as many: it may panic.
    #[inline(always)]
    fn load_cells(self, isa: I, cells: &[i8]) -> I::Whole {
        self.load_values(isa, cells)
    }
    /// The bytes of both in turn, in an order of the set's own.
    #[inline(always)]
    fn pair_cells(self, _isa: I, a: I::Whole, b: I::Whole) -> [I::Whole; 2] {
        [a, b]
    }
    /// The pairs of both in turn: words of four cells. Lane `4 * i + k` of vector `v` has the cells of channel
    /// `16 * i + 4 * v + k`.
    #[inline(always)]
    fn pair_pairs(self, _isa: I, [a, b]: [I::Whole; 2], [c, d]: [I::Whole; 2]) -> [I::Whole; 4] {
        [a, b, c, d]
    }
    /// The nearest bytes of lanes in the order of [`Products::pair_pairs`], written to a slice in that of the channels.
    /// There must be room for all of them: it may panic.
    #[inline(always)]
    fn store_fours(self, _isa: I, _wholes: [I::Whole; 4], _to: &mut [i8]) {}
}

/// Bytes are widened to halves of whole numbers, and two products are added to each lane at once.
#[derive(Clone, Copy, Debug)]
pub struct Halves;

impl Cell for i8 {
    #[inline(always)]
    fn new(byte: i8) -> Self {
        byte
    }
}

impl Cell for i16 {
    #[inline(always)]
    fn new(byte: i8) -> Self {
        byte as i16
    }
}

impl<I: Isa> Products<I> for Halves {
    const DEPTH: usize = 2;
    const FLIP: i32 = 0;
    type Cell = i16;

    #[inline(always)]
    fn splat(self, isa: I, cells: &[i16]) -> I::Whole {
        let pair = match *cells {
            [low, high, ..] => low as u16 as i32 | (high as i32) << 16,
            _ => 0,
        };
        isa.splat_whole(pair)
    }
    #[inline(always)]
    fn splat_values(self, isa: I, values: &[i8]) -> I::Whole {
        isa.splat_whole(<Self as Products<I>>::weights_of_lane(self, values))
    }
    #[inline(always)]
    fn weights_of_lane(self, weights: &[i8]) -> i32 {
        match *weights {
            [] => 0,
            [low] => low as i16 as u16 as i32,
            [low, high, ..] => low as i16 as u16 as i32 | (high as i32) << 16,
        }
    }
    #[inline(always)]
    fn weights_of_lanes(self, isa: I, weights: &[i8]) -> I::Whole {
        isa.load_pairs(weights)
    }
    #[inline(always)]
    fn add_flipped(self, isa: I, sum: I::Whole, cells: I::Whole, weights: I::Whole) -> I::Whole {
        isa.add_whole(sum, isa.multiply_halves(cells, weights))
    }
    #[inline(always)]
    fn load_values(self, isa: I, values: &[i8]) -> I::Whole {
        isa.load_halves(values)
    }
    #[inline(always)]
    fn load_values_partial(self, isa: I, values: &[i8]) -> I::Whole {
        isa.load_halves_partial(values)
    }
    #[inline(always)]
    fn load_weights(self, isa: I, weights: &[i8]) -> I::Whole {
        isa.load_halves(weights)
    }
    #[inline(always)]
    fn load_weights_partial(self, isa: I, weights: &[i8]) -> I::Whole {
        isa.load_halves_partial(weights)
    }
    #[inline(always)]
    fn add(self, isa: I, sum: I::Whole, values: I::Whole, weights: I::Whole) -> I::Whole {
        isa.add_whole(sum, isa.multiply_halves(values, weights))
    }
    #[inline(always)]
    fn correct(self, _isa: I, sum: I::Whole, _values: I::Whole) -> I::Whole {
        sum
    }
    #[inline(always)]
    fn push(self, isa: I, cells: I::Whole, next: I::Whole) -> I::Whole {
        isa.push_halves(cells, next)
    }
    #[inline(always)]
    fn push_weights(self, isa: I, weights: I::Whole, next: I::Whole) -> I::Whole {
        isa.push_halves(weights, next)
    }
}

/// Up to 16 bytes of a slice, from the lowest on, and zeros after them.
#[inline(always)]
pub(super) fn sixteen(from: &[i8]) -> u128 {
    let eight = |bytes: &[i8; 8]| u64::from_le_bytes(bytes.map(|byte| byte as u8)) as u128;
    let four = |bytes: &[i8; 4]| u32::from_le_bytes(bytes.map(|byte| byte as u8)) as u128;
    if let Some(bytes) = from.first_chunk::<16>() {
        return u128::from_le_bytes(bytes.map(|byte| byte as u8));
    }
    // The last bytes overlap the first ones: they are the same bits.
    if let (Some(first), Some(last)) = (from.first_chunk(), from.last_chunk()) {
        return eight(first) | eight(last) << (8 * (from.len() - 8));
    }
    if let (Some(first), Some(last)) = (from.first_chunk(), from.last_chunk()) {
        return four(first) | four(last) << (8 * (from.len() - 4));
    }
    from.iter().rev().fold(0, |bytes, &byte| bytes << 8 | byte as u8 as u128)
}
