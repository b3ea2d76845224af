//! Products of a few values with the weights of many units: the depth lies in the lanes.

use crate::kernel::{Cell, Isa, MOST_LANES, Products};

/// Units at once.
pub(super) const UNITS: usize = 8;

/// What sums begin with, so that [`add_dots`] of these values gives the right ones.
#[inline(always)]
pub(super) fn correction<I: Isa, P: Products<I>>(isa: I, products: P, mut sum: I::Whole, values: &[i8]) -> I::Whole {
    let step = P::DEPTH * I::LANES;
    let mut at = 0;
    while at + step <= values.len() {
        sum = products.correct(isa, sum, products.load_values(isa, &values[at..][..step]));
        at += step;
    }
    products.correct(isa, sum, products.load_values_partial(isa, &values[at..]))
}

/// The weights of units, at equal distances, of which some are multiplied.
#[derive(Clone, Copy)]
pub(super) struct Units<'a> {
    /// From the first unit's weights on.
    pub(super) weights: &'a [i8],
    /// From one unit to the next.
    pub(super) distance: usize,
    /// How many units there are; the last one stands for those that are missing.
    pub(super) count: usize,
}

impl<'a> Units<'a> {
    /// So many weights of each of the first eight units.
    #[inline(always)]
    fn eight(&self, len: usize) -> [&'a [i8]; UNITS] {
        let mut rest = self.weights;
        let mut rows = [&rest[..len]; UNITS];
        if self.count >= UNITS {
            // Without a question for each, which takes as long as a load.
            for row in &mut rows[1..] {
                rest = &rest[self.distance..];
                *row = &rest[..len];
            }
            return rows;
        }
        for (unit, row) in rows.iter_mut().enumerate().skip(1) {
            if unit < self.count {
                rest = &rest[self.distance..];
            }
            *row = &rest[..len];
        }
        rows
    }

    /// All but the first eight units.
    #[inline(always)]
    pub(super) fn next(&self) -> Self {
        Self { weights: &self.weights[UNITS * self.distance..], count: self.count - UNITS, ..*self }
    }
}

/// Adds the products of values with the first weights of each of eight units.
#[inline(always)]
pub(super) fn add_dots<I: Isa, P: Products<I>>(
    isa: I,
    products: P,
    values: &[i8],
    units: Units<'_>,
    sums: &mut [I::Whole; UNITS],
) {
    let (step, len) = (P::DEPTH * I::LANES, values.len());
    let weights = units.eight(len);
    let mut at = 0;
    while at + step <= len {
        let value = products.load_values(isa, &values[at..][..step]);
        for unit in 0..UNITS {
            let weight = products.load_weights(isa, &weights[unit][at..][..step]);
            sums[unit] = products.add(isa, sums[unit], value, weight);
        }
        at += step;
    }
    if at < len {
        let value = products.load_values_partial(isa, &values[at..]);
        for unit in 0..UNITS {
            let weight = products.load_weights_partial(isa, &weights[unit][at..]);
            sums[unit] = products.add(isa, sums[unit], value, weight);
        }
    }
}

/// `start` without what products with flipped cells add too much: the products of these weights, whose words lie so far apart,
/// with flipped zeros.
#[inline(always)]
pub(super) fn without_flips<I: Isa, P: Products<I>>(
    isa: I,
    products: P,
    start: I::Whole,
    words: &[i32],
    distance: usize,
) -> I::Whole {
    let zeros = products.splat(isa, &[P::Cell::new(0); 4]);
    let mut flips = isa.splat_whole(0);
    for words in words.chunks(distance) {
        flips = products.add_flipped(isa, flips, zeros, isa.load_whole(words));
    }
    isa.sub_whole(start, flips)
}

/// A value for each of up to `LANES` channels, and zeros after them.
#[inline(always)]
pub(super) fn lanes_of<I: Isa>(isa: I, values: &[i32]) -> I::Whole {
    if values.len() >= I::LANES {
        return isa.load_whole(values);
    }
    let mut lanes = [0; MOST_LANES];
    for (lane, &value) in lanes.iter_mut().zip(values) {
        *lane = value;
    }
    isa.load_whole(&lanes)
}
