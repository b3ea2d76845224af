//! Maxima and means over a window, for one sample: forward and backward.

use super::lanes::{MOST_LANES, lanes, load_some, store_some};
use super::place::{Place, each_place};
use super::{Geometry, Isa, Job};
use core::ops::Range;

/// How many bytes it takes to tell the cells of a window apart: the planes of [`MaxPool::positions`].
pub const fn planes(geometry: &Geometry) -> usize {
    let cells = geometry.kernel[0].saturating_mul(geometry.kernel[1]);
    match cells {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 3,
    }
}

/// The largest value under each window. A value that is not a number is larger than all others.
#[derive(Debug)]
pub struct MaxPool<'a> {
    /// The window on the image.
    pub geometry: &'a Geometry,
    /// The number of channels.
    pub channels: usize,
    /// The image.
    pub input: &'a [f32],
    /// The maxima.
    pub output: &'a mut [f32],
    /// Where to write which cell of the window held each maximum, the first one in row-major order; empty if nobody
    /// asks. The low bytes of all outputs come first, then the next higher ones, in as many planes as [`planes`] says.
    pub positions: &'a mut [u8],
}

impl Job for MaxPool<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        // Zeros, as long as all values are finite.
        let mut sound = isa.splat(0.0);
        each_place(
            self.geometry,
            #[inline(always)]
            |place| sound = self.place(isa, place, sound),
        );
        if isa.sum(sound) != 0.0 {
            each_place(self.geometry, |place| self.with_care(place));
        }
    }
}

impl MaxPool<'_> {
    /// All channels at one place.
    #[inline(always)]
    fn place<I: Isa>(&mut self, isa: I, place: &Place, mut sound: I::Vector) -> I::Vector {
        let mut begin = 0;
        while begin < self.channels {
            let range = begin..self.channels.min(begin + I::LANES);
            let (mut best, mut best_cell) = (isa.splat(f32::NEG_INFINITY), isa.splat(0.0));
            place.each_cell(
                #[inline(always)]
                |cell, pixel| {
                    let values = load_some(isa, place.channels(self.input, pixel, self.channels, &range));
                    // Whole numbers up to 2^23 are exact, and windows of more cells are not thought of.
                    best_cell = isa.select_greater(values, best, isa.splat(cell as f32), best_cell);
                    best = isa.select_greater(values, best, values, best);
                    sound = isa.mul_add(values, isa.splat(0.0), sound);
                },
            );
            let outputs = place.outputs(&range, self.channels);
            store_some(isa, best, self.output.get_mut(outputs.clone()).unwrap_or_default());
            if !self.positions.is_empty() {
                self.write_positions(outputs, &lanes(isa, best_cell));
            }
            begin += I::LANES;
        }
        sound
    }

    /// The same, one channel after the other, for values that may be infinite or not numbers.
    #[inline(never)]
    fn with_care(&mut self, place: &Place) {
        for channel in 0..self.channels {
            let (mut best, mut best_cell) = (f32::NEG_INFINITY, place.cell);
            place.each_cell(|cell, pixel| {
                let Some(&value) = self.input.get(pixel * self.channels + channel) else { return };
                if value > best || (value.is_nan() && !best.is_nan()) {
                    (best, best_cell) = (value, cell);
                }
            });
            let outputs = place.outputs(&(channel..channel + 1), self.channels);
            if let Some(output) = self.output.get_mut(outputs.start) {
                *output = best;
            }
            if !self.positions.is_empty() {
                self.write_positions(outputs, &[best_cell as f32; MOST_LANES]);
            }
        }
    }

    #[inline(always)]
    fn write_positions(&mut self, outputs: Range<usize>, cells: &[f32; MOST_LANES]) {
        for plane in 0..planes(self.geometry) {
            let mut bytes = [0; MOST_LANES];
            for (byte, cell) in bytes.iter_mut().zip(cells) {
                // Whole numbers from 2^23 on have no bits for a fraction: the low bits are the number itself.
                *byte = ((cell + 8_388_608.0).to_bits() >> (8 * plane)) as u8;
            }
            let begin = plane * self.output.len();
            let to = self.positions.get_mut(begin + outputs.start..begin + outputs.end).unwrap_or_default();
            copy_some(&bytes, to);
        }
    }
}

/// Copies as many bytes as `to` has. Copies of a length that the compiler knows are single instructions.
#[inline(always)]
fn copy_some(from: &[u8; MOST_LANES], to: &mut [u8]) {
    match to.len() {
        16 => to.copy_from_slice(&from[..16]),
        8 => to.copy_from_slice(&from[..8]),
        _ => {
            for (to, from) in to.iter_mut().zip(from) {
                *to = *from;
            }
        }
    }
}

/// The derivative of [`MaxPool`]: each output's goes to the cell that held the maximum.
#[derive(Debug)]
pub struct MaxPoolBackward<'a> {
    /// The window on the image.
    pub geometry: &'a Geometry,
    /// The number of channels.
    pub channels: usize,
    /// What the forward pass wrote.
    pub positions: &'a [u8],
    /// The derivative by the maxima.
    pub output_gradient: &'a [f32],
    /// The derivative by the image.
    pub input_gradient: &'a mut [f32],
}

impl Job for MaxPoolBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        self.input_gradient.fill(0.0);
        each_place(
            self.geometry,
            #[inline(always)]
            |place| self.place(isa, place),
        );
    }
}

impl MaxPoolBackward<'_> {
    /// All channels at one place.
    #[inline(always)]
    fn place<I: Isa>(&mut self, isa: I, place: &Place) {
        let mut begin = 0;
        while begin < self.channels {
            let range = begin..self.channels.min(begin + I::LANES);
            let outputs = place.outputs(&range, self.channels);
            let errors = load_some(isa, &self.output_gradient[outputs.clone()]);
            let best = isa.load(&self.read_positions(outputs));
            place.each_cell(
                #[inline(always)]
                |cell, pixel| {
                    let cell = isa.splat(cell as f32);
                    let not_below = isa.select_greater(best, cell, isa.splat(0.0), errors);
                    let here = isa.select_greater(cell, best, isa.splat(0.0), not_below);
                    let inputs = &mut self.input_gradient[pixel * self.channels..][range.clone()];
                    store_some(isa, isa.add(load_some(isa, inputs), here), inputs);
                },
            );
            begin += I::LANES;
        }
    }

    #[inline(always)]
    fn read_positions(&self, outputs: Range<usize>) -> [f32; MOST_LANES] {
        let mut cells = [0.0; MOST_LANES];
        let mut unit = 1.0;
        for plane in 0..planes(self.geometry) {
            let begin = plane * self.output_gradient.len();
            let bytes = load_bytes(&self.positions[begin + outputs.start..begin + outputs.end]);
            for (cell, byte) in cells.iter_mut().zip(bytes) {
                *cell += unit * f32::from(byte);
            }
            unit *= 256.0;
        }
        cells
    }
}

/// The bytes of a slice of up to 16, and zeros after them.
#[inline(always)]
fn load_bytes(from: &[u8]) -> [u8; MOST_LANES] {
    let mut bytes = [0; MOST_LANES];
    match from.len() {
        16 => bytes.copy_from_slice(&from[..16]),
        8 => bytes[..8].copy_from_slice(&from[..8]),
        len => bytes[..len].copy_from_slice(from),
    }
    bytes
}

/// The mean of the pixels under each window; what lies beyond the border does not count.
#[derive(Debug)]
pub struct AveragePool<'a> {
    /// The window on the image.
    pub geometry: &'a Geometry,
    /// The number of channels.
    pub channels: usize,
    /// The image.
    pub input: &'a [f32],
    /// The means.
    pub output: &'a mut [f32],
}

impl Job for AveragePool<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        each_place(
            self.geometry,
            #[inline(always)]
            |place| self.place(isa, place),
        );
    }
}

impl AveragePool<'_> {
    /// All channels at one place.
    #[inline(always)]
    fn place<I: Isa>(&mut self, isa: I, place: &Place) {
        let mut begin = 0;
        // Each addition waits for the one before: four vectors wait no longer than one. A set with few registers is a
        // microcontroller's, with little memory for code.
        while I::REGISTERS >= 16 && self.channels - begin >= 4 * I::LANES {
            self.vectors::<I, 4>(isa, place, begin..begin + 4 * I::LANES);
            begin += 4 * I::LANES;
        }
        while begin < self.channels {
            self.vectors::<I, 1>(isa, place, begin..self.channels.min(begin + I::LANES));
            begin += I::LANES;
        }
    }

    /// So many vectors of channels, of which a single one may be partial.
    #[inline(always)]
    fn vectors<I: Isa, const VECTORS: usize>(&mut self, isa: I, place: &Place, range: Range<usize>) {
        let mut sums = [isa.splat(0.0); VECTORS];
        place.each_cell(
            #[inline(always)]
            |_, pixel| {
                let mut values = place.channels(self.input, pixel, self.channels, &range).chunks(I::LANES);
                for sum in &mut sums {
                    *sum = isa.add(*sum, load_some(isa, values.next().unwrap_or_default()));
                }
            },
        );
        let count = isa.splat(place.count() as f32);
        let output = self.output.get_mut(place.outputs(&range, self.channels)).unwrap_or_default();
        for (sum, output) in sums.into_iter().zip(output.chunks_mut(I::LANES)) {
            store_some(isa, isa.div(sum, count), output);
        }
    }
}

/// The derivative of [`AveragePool`].
#[derive(Debug)]
pub struct AveragePoolBackward<'a> {
    /// The window on the image.
    pub geometry: &'a Geometry,
    /// The number of channels.
    pub channels: usize,
    /// The derivative by the means.
    pub output_gradient: &'a [f32],
    /// The derivative by the image.
    pub input_gradient: &'a mut [f32],
}

impl Job for AveragePoolBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        self.input_gradient.fill(0.0);
        each_place(
            self.geometry,
            #[inline(always)]
            |place| self.place(isa, place),
        );
    }
}

impl AveragePoolBackward<'_> {
    /// All channels at one place.
    #[inline(always)]
    fn place<I: Isa>(&mut self, isa: I, place: &Place) {
        let mut begin = 0;
        while begin < self.channels {
            let range = begin..self.channels.min(begin + I::LANES);
            let errors = load_some(isa, &self.output_gradient[place.output * self.channels..][range.clone()]);
            let share = isa.div(errors, isa.splat(place.count() as f32));
            place.each_cell(
                #[inline(always)]
                |_, pixel| {
                    let inputs = &mut self.input_gradient[pixel * self.channels..][range.clone()];
                    store_some(isa, isa.add(load_some(isa, inputs), share), inputs);
                },
            );
            begin += I::LANES;
        }
    }
}
