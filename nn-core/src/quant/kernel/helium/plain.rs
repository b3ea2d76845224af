//! What `instructions.rs` does, in Rust.

use super::super::Rescale;
use super::{CELL, Cell, Group};
use crate::quant::{Multiplier, Rounding};

/// The sums of a filter at four places.
pub(super) type Sums = [i32; 4];

pub(super) fn four_sums(mut sums: Sums, shared: &[i8], others: [&[i8]; 4]) -> Sums {
    for (sum, other) in sums.iter_mut().zip(others) {
        *sum += shared.iter().zip(other).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum::<i32>();
    }
    sums
}

pub(super) fn filters_at_four_places(
    weights: &[i8],
    len: usize,
    starts: &[i32],
    places: [&[i8]; 4],
    sums: &mut [Sums],
) {
    for (sums, (weights, start)) in sums.iter_mut().zip(weights.chunks_exact(len).zip(starts)) {
        *sums = four_sums([*start; 4], weights, places);
    }
}

pub(super) fn copy_rows(from: &[i8], from_step: usize, to: &mut [i8], gap: usize, [rows, len]: [usize; 2]) {
    for row in 0..rows {
        to[row * (len + gap)..][..len].copy_from_slice(&from[row * from_step..][..len]);
    }
}

pub(super) struct Finish {
    zero_point: i8,
    bounds: [i8; 2],
}

impl Finish {
    pub(super) fn new(rescale: &Rescale<'_>) -> Self {
        Self { zero_point: rescale.zero_point, bounds: rescale.bounds }
    }

    fn byte(&self, sum: i32, multiplier: &Multiplier) -> i8 {
        let Self { zero_point, bounds } = *self;
        let multipliers = core::slice::from_ref(multiplier);
        Rescale { bias: &[], multipliers, zero_point, bounds, rounding: Rounding::Double }.byte(0, sum)
    }

    pub(super) fn units(&self, sums: Sums, multipliers: &[Multiplier; 4], bytes: &mut [i8; 4]) {
        for (byte, (sum, multiplier)) in bytes.iter_mut().zip(sums.into_iter().zip(multipliers)) {
            *byte = self.byte(sum, multiplier);
        }
    }

    pub(super) fn places(&self, sums: &[Sums], multipliers: &[Multiplier], bytes: &mut [i8], step: usize) {
        for (filter, (sums, multiplier)) in sums.iter().zip(multipliers).enumerate() {
            for (place, sum) in sums.iter().enumerate() {
                bytes[place * step + filter] = self.byte(*sum, multiplier);
            }
        }
    }

    pub(super) fn largest(&self, sums: &[Sums], multipliers: &[Multiplier], bytes: &mut [i8]) {
        for (byte, (sums, multiplier)) in bytes.iter_mut().zip(sums.iter().zip(multipliers)) {
            *byte = sums.iter().map(|sum| self.byte(*sum, multiplier)).fold(i8::MIN, i8::max);
        }
    }
}

pub(super) struct Table {
    weights: [Cell; 9],
    starts: [i32; CELL],
    multipliers: [Multiplier; CELL],
    finish: Finish,
}

impl Table {
    pub(super) fn new(group: &Group<'_>) -> Self {
        Self {
            weights: *group.weights,
            starts: core::array::from_fn(|channel| group.rescale.start(group.first + channel)),
            multipliers: core::array::from_fn(|channel| group.rescale.multipliers[group.first + channel]),
            finish: Finish::new(group.rescale),
        }
    }
}

pub(super) fn row_of_squares(table: &Table, rows: [&[Cell]; 3], stride: usize, bytes: &mut [i8], channels: usize) {
    for (pixel, bytes) in bytes.chunks_mut(channels).enumerate() {
        let cells = rows.map(|row| &row[pixel * stride..][..3]).into_iter().flatten().zip(&table.weights);
        for channel in 0..CELL {
            let products = cells.clone().map(|(cell, weights)| i32::from(cell[channel]) * i32::from(weights[channel]));
            let sum = table.starts[channel] + products.sum::<i32>();
            bytes[channel] = table.finish.byte(sum, &table.multipliers[channel]);
        }
    }
}
