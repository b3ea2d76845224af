//! Depthwise convolutions: four channels at a time.
//!
//! The rows of the image that windows see are spread once, into a ring of as many rows as a window reaches over, with the
//! cells beyond the border. One channel with several outputs is an ordinary convolution, once its weights are turned.

#[cfg(armv6m)]
use super::armv6m::squares::Square;
use super::convolution::Work;
use super::finish::Finish;
use super::patches::Patches;
use super::places::Filters;
use super::spread::{Spread, spread_each};
use super::squares::{CELLS, Group, add_cell, row_of_squares};
use super::words::{spread, word};
use super::{Pairs, SPREAD};
use crate::kernel::Geometry;
use crate::kernel::depthwise::DepthwiseSizes;
use crate::quant::kernel::Depthwise;

/// The most bytes of weights that can be turned.
const TURNED: usize = 1024;

impl Pairs for Depthwise<'_> {
    #[inline(always)]
    fn fits(&self) -> bool {
        let DepthwiseSizes { geometry, channels, multiplier } = self.sizes;
        let cells = geometry.kernel[0] * geometry.kernel[1];
        let [height, width] = geometry.output;
        if *channels == 1 {
            return cells * multiplier <= TURNED && cells <= SPREAD && height * width >= 4;
        }
        *multiplier == 1 && *channels >= 4 && cells <= CELLS && seen(geometry, 0) * row_width(geometry) <= SPREAD
    }

    #[inline(always)]
    fn run_in_pairs(self, usual: bool) {
        let DepthwiseSizes { geometry, channels, multiplier } = self.sizes;
        let cells = geometry.kernel[0] * geometry.kernel[1];
        match (channels, cells, cells * multiplier) {
            (1, ..=32, ..=256) => self.run_turned::<256, 32>(usual),
            (1, ..=80, ..=640) => self.run_turned::<640, 80>(usual),
            (1, ..) => self.run_turned::<TURNED, SPREAD>(usual),
            _ => self.run_in_fours(usual),
        }
    }
}

impl Depthwise<'_> {
    /// One channel, with several outputs: at most `WEIGHTS` weights, and windows of at most `ROOM` cells.
    #[inline(never)]
    fn run_turned<const WEIGHTS: usize, const ROOM: usize>(self, usual: bool) {
        let filters = self.sizes.filters();
        let cells = self.weights.len() / filters.max(1);
        let mut turned = [0; WEIGHTS];
        for (filter, turned) in turned.chunks_exact_mut(cells.max(1)).enumerate().take(filters) {
            let weights = self.weights.get(filter..).unwrap_or_default();
            for (turned, weight) in turned.iter_mut().zip(weights.iter().step_by(filters.max(1))) {
                *turned = *weight;
            }
        }
        let geometry = &self.sizes.geometry;
        let patches = Patches::new(geometry, 1, self.input, self.zero_point);
        let filters = Filters::new(&turned, [filters, cells], Finish::new(self.rescale, usual));
        Work { geometry, filters }.image_in::<4, ROOM, ROOM>(&patches, self.output);
    }

    /// Four channels at a time.
    #[inline(never)]
    fn run_in_fours(self, usual: bool) {
        let DepthwiseSizes { geometry, channels, .. } = self.sizes;
        let finish = &Finish::new(self.rescale, usual);
        let squares = geometry.kernel == [3, 3] && geometry.dilation == [1, 1] && finish.is_plain();
        let (mut cells, beyond) = ([[0; 2]; SPREAD], spread(word(&[self.zero_point; 4])));
        let mut ring = Ring::new(geometry, *channels, &mut cells, beyond);
        let mut group = Group::new(*channels, geometry.output[1], geometry.stride[1]);
        for first in (0..*channels).step_by(4) {
            // The last four may be some of the four before them once more.
            let first = first.min(channels - 4);
            spread_each(self.weights.get(first..).unwrap_or_default(), *channels, &mut group.weights, 1);
            group.starts = core::array::from_fn(|channel| finish.start(first + channel));
            group.constants = core::array::from_fn(|channel| finish.constants(first + channel));
            #[cfg(armv6m)]
            {
                group.square = Square::new(group.starts, &group.weights, group.constants);
            }
            ring.restart();
            let rows = self.output.chunks_exact_mut((geometry.output[1] * channels).max(1));
            for (row, output) in (0..geometry.output[0]).zip(rows) {
                ring.reach(row, first, self.input);
                let output = output.get_mut(first..).unwrap_or_default();
                if squares {
                    row_of_squares(&group, ring.three_rows(), output);
                } else {
                    any_row(&group, &ring, row, output, |channel, sum| match finish.is_plain() {
                        true => group.constants[channel].byte(sum),
                        false => finish.any_byte(first + channel, sum),
                    });
                }
            }
        }
    }
}

/// The pixels that a window reaches over along an axis.
#[inline(always)]
fn seen(geometry: &Geometry, axis: usize) -> usize {
    geometry.kernel[axis].saturating_sub(1) * geometry.dilation[axis] + 1
}

/// The pixels of a row that windows see, those beyond the border too.
#[inline(always)]
fn row_width(geometry: &Geometry) -> usize {
    geometry.output[1].saturating_sub(1) * geometry.stride[1] + seen(geometry, 1)
}

/// The last rows of the image that windows see, four channels, spread, with the cells beyond the border.
struct Ring<'a> {
    geometry: &'a Geometry,
    channels: usize,
    /// A cell beyond the border.
    beyond: Spread,
    /// The cells of a row.
    width: usize,
    /// As many rows as a window reaches over.
    cells: &'a mut [Spread],
    /// The rows before this one have been spread; the first is the first one that windows see.
    ready: usize,
    /// Where the next row goes.
    place: usize,
}

impl<'a> Ring<'a> {
    /// Of cells that are all beyond the border: columns beyond it stay as they are.
    fn new(geometry: &'a Geometry, channels: usize, cells: &'a mut [Spread], beyond: Spread) -> Self {
        let width = row_width(geometry);
        let cells = cells.get_mut(..width * seen(geometry, 0)).unwrap_or_default();
        cells.fill(beyond);
        Self { geometry, channels, beyond, width, cells, ready: 0, place: 0 }
    }

    /// Forgets the rows.
    #[inline(always)]
    fn restart(&mut self) {
        (self.ready, self.place) = (0, 0);
    }

    /// Spreads the rows up to the last one of an output row.
    #[inline(always)]
    fn reach(&mut self, output_row: usize, first: usize, input: &[i8]) {
        let begin = output_row * self.geometry.stride[0];
        let end = begin + seen(self.geometry, 0);
        if begin > self.ready {
            // Rows that no window sees are not spread, but have their places.
            self.place = begin * self.width % self.cells.len().max(1);
            self.ready = begin;
        }
        while self.ready < end {
            self.spread(first, input);
            self.place += self.width;
            if self.place >= self.cells.len() {
                self.place = 0;
            }
            self.ready += 1;
        }
    }

    #[inline(always)]
    fn spread(&mut self, first: usize, input: &[i8]) {
        let Geometry { input: [height, width], before, .. } = *self.geometry;
        let Some(cells) = self.cells.get_mut(self.place..self.place + self.width) else { return };
        // Rows before the image become large numbers.
        let row = self.ready.wrapping_sub(before[0]);
        if row >= height {
            return cells.fill(self.beyond);
        }
        let end = (before[1] + width).min(cells.len());
        let pixels = input.get(row * width * self.channels + first..).unwrap_or_default();
        spread_each(pixels, self.channels, cells.get_mut(before[1]..end).unwrap_or_default(), 1);
    }

    /// The three rows of a window that reaches over no more: the first is the one that is overwritten next.
    #[inline(always)]
    fn three_rows(&self) -> [&[Spread]; 3] {
        let mut rows = self.cells.chunks_exact(self.width.max(1));
        let [a, b, c] = core::array::from_fn(|_| rows.next().unwrap_or_default());
        match self.place {
            0 => [a, b, c],
            place if place == self.width => [b, c, a],
            _ => [c, a, b],
        }
    }

    /// The row of a cell of the window.
    #[inline(always)]
    fn row(&self, output_row: usize, cell: usize) -> &[Spread] {
        let Geometry { stride, dilation, .. } = self.geometry;
        let place = (output_row * stride[0] + cell * dilation[0]) * self.width % self.cells.len().max(1);
        self.cells.get(place..place + self.width).unwrap_or_default()
    }
}

/// Four channels of a row of outputs under any window; `byte` gives the byte of a sum of one of them.
#[inline(never)]
fn any_row(group: &Group, ring: &Ring<'_>, row: usize, output: &mut [i8], byte: impl Fn(usize, i32) -> i8) {
    let Geometry { kernel, stride, dilation, .. } = ring.geometry;
    for (column, pixel) in output.chunks_mut(ring.channels.max(1)).enumerate() {
        let mut sums = group.starts;
        for (cell, weights) in (0..kernel[0]).zip(group.weights.chunks_exact(kernel[1].max(1))) {
            let cells = ring.row(row, cell).get(column * stride[1]..).unwrap_or_default();
            for (cell, weights) in cells.iter().step_by(dilation[1].max(1)).zip(weights) {
                sums = add_cell(sums, *cell, *weights);
            }
        }
        for (channel, (output, sum)) in pixel.iter_mut().zip(sums).enumerate() {
            *output = byte(channel, sum);
        }
    }
}
