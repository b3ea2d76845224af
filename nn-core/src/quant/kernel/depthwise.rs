//! Depthwise convolution.

mod fours;

use self::fours::{Fours, VECTORS};
use super::Rescale;
use super::one_by_one::OneByOne;
use super::places::{Few, Place, Places};
use super::scale::load_some;
use super::span::span;
use super::strip::Aligned;
use crate::kernel::depthwise::DepthwiseSizes;
use crate::kernel::{ByteJob, Geometry, Isa, Job, MOST_LANES, Products};
use core::ops::Range;

/// A depthwise convolution of one sample: output `c * multiplier + m` is channel `c` under its window `m`. Cells beyond
/// the border hold the zero point.
#[derive(Debug)]
pub struct Depthwise<'a> {
    /// The sizes.
    pub sizes: &'a DepthwiseSizes,
    /// The image, `[rows][columns][channels]`.
    pub input: &'a [i8],
    /// The byte of the input that stands for zero.
    pub zero_point: i8,
    /// The weights, `[rows][columns][channels * multiplier]`.
    pub weights: &'a [i8],
    /// From sums to bytes, one channel for each of `channels * multiplier`.
    pub rescale: Rescale<'a>,
    /// The image of the outputs, `[rows][columns][channels * multiplier]`.
    pub output: &'a mut [i8],
}

impl Job for Depthwise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.run_on(isa);
    }
}

impl ByteJob for Depthwise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa, P: Products<I>>(mut self, isa: I, products: P) {
        let DepthwiseSizes { channels, .. } = *self.sizes;
        let mut first = 0;
        if let Some(plan) = self.plan_of_fours::<I, P>() {
            first = channels - channels % (VECTORS * I::LANES);
            isa.run_bytes(Fours { layer: &mut self, plan, channels: first });
        }
        if first == channels {
            return;
        }
        match Plan::new::<I, P>(&self, I::LANES) {
            Some(plan) => self.planned(isa, products, &plan, first),
            None => self.one_by_one(),
        }
    }
}

/// The words of a strip of cells.
const ROOM: usize = 4096;
/// The words of the weights of a vector of channels.
const WEIGHTS: usize = 1024;
/// The outputs of a tile.
const PIXELS: usize = 8;

/// How outputs are computed one vector of channels at a time, or some.
///
/// Each lane of a word holds some cells of its channel that lie side by side, as many as are multiplied at once.
struct Plan {
    /// Rows and columns of outputs at once.
    outputs: [usize; 2],
    /// The words of a row of the window.
    words: usize,
}

impl Plan {
    /// None where there is more than one window for each channel, where cells under a window do not lie side by side, where
    /// a window is too large, or where a slice is too short. The words of so many lanes lie side by side in a strip.
    fn new<I: Isa, P: Products<I>>(job: &Depthwise<'_>, lanes: usize) -> Option<Self> {
        let DepthwiseSizes { geometry, channels, multiplier } = *job.sizes;
        let [height, width] = geometry.output;
        let words = geometry.kernel[1].div_ceil(P::DEPTH);
        let possible = multiplier == 1
            && geometry.dilation[1] == 1
            && height.min(width).min(channels).min(geometry.kernel[0]).min(words) > 0
            && geometry.kernel[0] * words * lanes <= WEIGHTS
            && job.weights.len() >= job.sizes.kernel_len()
            && job.input.len() >= geometry.input[0] * geometry.input[1] * channels
            && job.output.len() >= height * width * channels;
        let room = |[rows, columns]: [usize; 2]| {
            extent(&geometry, 0, rows) * columns_of_strip(&geometry, columns, words, P::DEPTH) * lanes <= ROOM
        };
        if !possible || !room([1, 1]) {
            return None;
        }
        let mut outputs = [1, width];
        while !room(outputs) {
            outputs[1] = outputs[1].div_ceil(2);
        }
        while outputs[0] < height && room([outputs[0] + 1, outputs[1]]) {
            outputs[0] += 1;
        }
        Some(Self { outputs, words })
    }
}

/// How many rows or columns of cells so many outputs look at.
fn extent(geometry: &Geometry, axis: usize, count: usize) -> usize {
    (count - 1) * geometry.stride[axis] + (geometry.kernel[axis] - 1) * geometry.dilation[axis] + 1
}

/// The columns of words that so many columns of outputs look at, with so many words of some cells in a row of the window.
fn columns_of_strip(geometry: &Geometry, count: usize, words: usize, depth: usize) -> usize {
    (count - 1) * geometry.stride[1] + (words - 1) * depth + 1
}

/// The bytes of some channels, one in each lane; lanes behind the last channel may hold anything.
#[inline(always)]
fn lanes_at<I: Isa>(isa: I, from: &[i8], at: usize) -> I::Whole {
    match from.get(at..at + I::LANES) {
        Some(bytes) => isa.load_bytes(bytes),
        None => load_some(isa, &from[at..]),
    }
}

/// Outputs of some channels that are computed from one strip.
struct Part<'a> {
    plan: &'a Plan,
    sizes: &'a DepthwiseSizes,
    /// The first channel, and the lanes of words that lie side by side.
    channel: usize,
    lanes: usize,
    /// The first row and column, and how many.
    origin: [usize; 2],
    size: [usize; 2],
    /// The columns of the strip.
    columns: usize,
}

impl<'a> Part<'a> {
    /// The outputs from a row and a column on, as many as the plan has.
    #[inline(always)]
    fn new<I: Isa, P: Products<I>>(
        plan: &'a Plan,
        sizes: &'a DepthwiseSizes,
        channel: usize,
        lanes: usize,
        origin: [usize; 2],
    ) -> Self {
        let [rows, columns] = sizes.geometry.output;
        let size = [plan.outputs[0].min(rows - origin[0]), plan.outputs[1].min(columns - origin[1])];
        let columns = columns_of_strip(&sizes.geometry, size[1], plan.words, P::DEPTH);
        Self { plan, sizes, channel, lanes, origin, size, columns }
    }

    /// Where the windows and the outputs lie.
    #[inline(always)]
    fn places(&self) -> Places {
        let DepthwiseSizes { geometry, channels, .. } = *self.sizes;
        let [row, column] = self.origin;
        let first = Place { window: 0, output: (row * geometry.output[1] + column) * channels + self.channel };
        let step = Place { window: geometry.stride[1] * self.lanes, output: channels };
        let line = geometry.stride[0] * self.columns * self.lanes;
        let row = Place { window: line, output: geometry.output[1] * channels };
        Places::new(self.size, first, step, row)
    }

    /// Which columns of a line of the strip lie inside the image, and where the first of these cells lies.
    #[inline(always)]
    fn inside(&self, line: usize) -> (Range<usize>, usize) {
        let DepthwiseSizes { geometry, channels, .. } = *self.sizes;
        let [height, width] = geometry.input;
        let (top, left) = (self.origin[0] * geometry.stride[0], self.origin[1] * geometry.stride[1]);
        let Some(row) = (top + line).checked_sub(geometry.before[0]).filter(|&row| row < height) else {
            return (0..0, 0);
        };
        let (begin, end) = (geometry.before[1].saturating_sub(left), (geometry.before[1] + width).saturating_sub(left));
        (begin..end, (row * width + left + begin - geometry.before[1]) * channels + self.channel)
    }

    /// The sums of the windows that begin at some words.
    #[inline(always)]
    fn tile<I: Isa, P: Products<I>>(
        &self,
        isa: I,
        products: P,
        strip: &[i32],
        weights: &[i32],
        windows: [usize; PIXELS],
        starts: I::Whole,
    ) -> [I::Whole; PIXELS] {
        let mut sums = [starts; PIXELS];
        let Geometry { kernel, dilation, .. } = self.sizes.geometry;
        let line = dilation[0] * self.columns;
        // The same length for all, so that the compiler checks once for all.
        let len = ((kernel[0] - 1) * line + (self.plan.words - 1) * P::DEPTH) * self.lanes + I::LANES;
        let mut cells = [&strip[..0]; PIXELS];
        for (cells, window) in cells.iter_mut().zip(windows) {
            *cells = &strip[window..][..len];
        }
        let mut weights = weights.chunks(self.lanes);
        for row in 0..kernel[0] {
            for word in 0..self.plan.words {
                let Some(of_word) = weights.next() else { return sums };
                let of_word = isa.load_whole(of_word);
                let at = (row * line + word * P::DEPTH) * self.lanes;
                for pixel in 0..PIXELS {
                    let cells = isa.load_whole(&cells[pixel][at..][..I::LANES]);
                    sums[pixel] = products.add_flipped(isa, sums[pixel], cells, of_word);
                }
            }
        }
        sums
    }
}

impl Depthwise<'_> {
    /// The channels from `first` on.
    #[inline(always)]
    fn planned<I: Isa, P: Products<I>>(mut self, isa: I, products: P, plan: &Plan, first: usize) {
        let DepthwiseSizes { geometry, channels, .. } = *self.sizes;
        let Aligned(strip) = &mut Aligned([0; ROOM]);
        let Aligned(weights) = &mut Aligned([0; WEIGHTS]);
        for channel in (first..channels).step_by(I::LANES) {
            let starts = self.prepare(isa, products, plan, channel, weights);
            for row in (0..geometry.output[0]).step_by(plan.outputs[0]) {
                for column in (0..geometry.output[1]).step_by(plan.outputs[1]) {
                    let part = Part::new::<I, P>(plan, self.sizes, channel, I::LANES, [row, column]);
                    self.fill(isa, products, &part, strip);
                    self.outputs(isa, products, &part, strip, weights, starts);
                }
            }
        }
    }

    /// Arranges the weights of a vector of channels, and gives what their sums begin with.
    #[inline(always)]
    fn prepare<I: Isa, P: Products<I>>(
        &self,
        isa: I,
        products: P,
        plan: &Plan,
        first: usize,
        weights: &mut [i32; WEIGHTS],
    ) -> I::Whole {
        let DepthwiseSizes { geometry, channels, .. } = *self.sizes;
        let mut total = isa.splat_whole(0);
        let mut words = weights.chunks_exact_mut(I::LANES);
        for row in 0..geometry.kernel[0] {
            for first_column in (0..plan.words).map(|word| word * P::DEPTH) {
                let mut taps = isa.splat_whole(0);
                for column in first_column..first_column + P::DEPTH {
                    let mut tap = isa.splat_whole(0);
                    if column < geometry.kernel[1] {
                        let at = (row * geometry.kernel[1] + column) * channels + first;
                        tap = lanes_at(isa, self.weights, at);
                    }
                    total = isa.add_whole(total, tap);
                    taps = products.push_weights(isa, taps, tap);
                }
                if let Some(word) = words.next() {
                    isa.store_whole(taps, word);
                }
            }
        }
        let (mut starts, mut totals) = ([0; MOST_LANES], [0; MOST_LANES]);
        isa.store_whole(total, &mut totals);
        for (lane, (start, total)) in starts.iter_mut().zip(totals).enumerate() {
            *start = self.rescale.start(first + lane).wrapping_sub(P::FLIP.wrapping_mul(total));
        }
        isa.load_whole(&starts)
    }

    /// Writes the words of the cells under some outputs, `[rows][columns][lanes]`.
    #[inline(always)]
    fn fill<I: Isa, P: Products<I>>(&self, isa: I, products: P, part: &Part<'_>, strip: &mut [i32; ROOM]) {
        let DepthwiseSizes { geometry, channels, .. } = *self.sizes;
        let border = isa.splat_whole(self.zero_point as i32);
        let lines = strip.chunks_exact_mut(part.columns * I::LANES).take(extent(&geometry, 0, part.size[0]));
        for (line, words) in lines.enumerate() {
            let (inside, mut at) = part.inside(line);
            let mut cells = border;
            for column in 0..part.columns + P::DEPTH - 1 {
                let mut next = border;
                if inside.contains(&column) {
                    next = lanes_at(isa, self.input, at);
                    at += channels;
                }
                cells = products.push(isa, cells, next);
                // Each word ends with the cell that is pushed last.
                if let Some(word) = column.checked_sub(P::DEPTH - 1) {
                    isa.store_whole(cells, &mut words[word * I::LANES..]);
                }
            }
        }
    }

    /// Some outputs, tile by tile.
    #[inline(always)]
    fn outputs<I: Isa, P: Products<I>>(
        &mut self,
        isa: I,
        products: P,
        part: &Part<'_>,
        strip: &[i32; ROOM],
        weights: &[i32; WEIGHTS],
        starts: I::Whole,
    ) {
        let rescale = self.rescale.lanes(isa, part.channel);
        let width = I::LANES.min(self.sizes.channels - part.channel);
        let mut places = part.places();
        let Aligned(sums) = &mut Aligned([[0; MOST_LANES]; PIXELS]);
        while let Some(Few { windows, outputs, count }) = places.few::<PIXELS>() {
            let tile = part.tile(isa, products, strip, weights, windows, starts);
            for pixel in 0..PIXELS {
                isa.store_whole(tile[pixel], &mut sums[pixel]);
            }
            rescale.store_each(isa, sums, &outputs[..count], width, self.output);
        }
    }
}

impl OneByOne for Depthwise<'_> {
    #[inline(always)]
    fn one_by_one(self) {
        let Self { sizes, input, zero_point, weights, rescale, output } = self;
        let DepthwiseSizes { geometry, channels, multiplier } = *sizes;
        let filters = sizes.filters();
        let [height, width] = geometry.output;
        let mut outputs = output.chunks_exact_mut(filters.max(1));
        for row in 0..height {
            let rows = span(&geometry, 0, row);
            for column in 0..width {
                let columns = span(&geometry, 1, column);
                let Some(outputs) = outputs.next() else { return };
                for (filter, output) in outputs.iter_mut().enumerate() {
                    let channel = filter / multiplier.max(1);
                    let mut sum = rescale.start(filter);
                    let mut cells = weights.get(filter..).unwrap_or_default().iter().step_by(filters.max(1));
                    for row in 0..geometry.kernel[0] {
                        let row = rows.pixel_of(row);
                        for column in 0..geometry.kernel[1] {
                            let pixel =
                                row.zip(columns.pixel_of(column)).map(|(row, column)| row * geometry.input[1] + column);
                            let value = pixel.map_or(zero_point, |pixel| {
                                input.get(pixel * channels + channel).copied().unwrap_or(zero_point)
                            });
                            let weight = cells.next().copied().unwrap_or(0);
                            sum = sum.wrapping_add(value as i32 * weight as i32);
                        }
                    }
                    *output = rescale.byte(filter, sum);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
