//! A convolution whose outputs go through a pool of maxima while they are in a tile, of one sample.
//!
//! The image between the two is never whole in memory. Each output is the same sum, in the same order, as without the
//! pool, of all multiplications.

use super::outputs::OutputSums;
use super::rectangle::{Layout, Rectangle};
use super::rows::{MOST_ROWS, most_rows};
use super::{ConvolutionSizes, Geometry};
use crate::kernel::lanes::{MOST_LANES, load_bytes, load_some, store_bytes, store_some};
use crate::kernel::singles;
use crate::kernel::stretch::Stretch;
use crate::kernel::{Isa, Job};

/// The position of a maximum that was cut off, so that it has no derivative.
pub const NOWHERE: u8 = 255;

/// The floats of the largest tile: rows of two vectors.
const TILE: usize = MOST_ROWS * 2 * MOST_LANES;

/// The sizes of a convolution and of a pool on its outputs.
#[derive(Clone, Copy, Debug)]
pub struct PooledSizes {
    /// The convolution.
    pub convolution: ConvolutionSizes,
    /// The pool: windows of at most 255 cells, side by side, none of which reaches beyond the border.
    pub pool: Geometry,
    /// What maxima are cut to, such as zero and infinity by `relu`; infinities if they are not cut.
    pub bounds: [f32; 2],
}

impl PooledSizes {
    /// The floats of one sample between the convolution and the pool.
    pub const fn unpooled(&self) -> usize {
        let [height, width] = self.pool.input;
        height.saturating_mul(width).saturating_mul(self.convolution.filters)
    }

    /// Rows or columns of the convolution's outputs from the first on that are under a window: others are left out.
    pub(in crate::kernel) const fn covered(&self, axis: usize) -> usize {
        self.pool.output[axis].saturating_mul(self.pool.kernel[axis])
    }

    /// The floats of one sample's output.
    pub const fn outputs(&self) -> usize {
        let [height, width] = self.pool.output;
        height.saturating_mul(width).saturating_mul(self.convolution.filters)
    }
}

/// `output = maximum under each window of (bias + input * kernel), cut to bounds`. A value that is not a number is
/// larger than all others.
#[derive(Debug)]
pub struct PooledConvolution<'a> {
    /// The sizes.
    pub sizes: &'a PooledSizes,
    /// The image.
    pub input: &'a [f32],
    /// The kernel.
    pub kernel: &'a [f32],
    /// What the sums begin with; zero if there is none.
    pub bias: Option<&'a [f32]>,
    /// The maxima.
    pub output: &'a mut [f32],
    /// Where to write which cell of the window held each maximum, the first one in row-major order, or [`NOWHERE`] if it
    /// was cut off; empty if nobody asks.
    pub positions: &'a mut [u8],
}

impl Job for PooledConvolution<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        if singles::ARE_TAKEN {
            return self.run_in_singles();
        }
        for care in [false, true] {
            if isa.sum(self.pass(isa, care)).is_finite() {
                break;
            }
        }
    }
}

/// Outputs of the convolution that lie side by side, and the filters they are of.
#[derive(Clone, Copy)]
pub(in crate::kernel) struct Tile {
    pub(in crate::kernel) row: usize,
    pub(in crate::kernel) column: usize,
    pub(in crate::kernel) count: usize,
    pub(in crate::kernel) filter: usize,
    pub(in crate::kernel) width: usize,
}

impl PooledConvolution<'_> {
    /// The whole output. The result is a sum of all values: if it is not finite, all is to be done again with care.
    #[inline(always)]
    fn pass<I: Isa>(&mut self, isa: I, care: bool) -> I::Vector {
        let ConvolutionSizes { filters, groups, .. } = self.sizes.convolution;
        let mut sound = isa.splat(0.0);
        for group in 0..groups {
            let (mut filter, end) = (group * (filters / groups), (group + 1) * (filters / groups));
            while filter < end {
                let vectors = if I::REGISTERS >= 8 && end - filter >= 2 * I::LANES { 2 } else { 1 };
                let width = (vectors * I::LANES).min(end - filter);
                let tile = Tile { row: 0, column: 0, count: 0, filter, width };
                let squares = !care && self.sizes.is_of_squares();
                sound = match vectors {
                    1 if squares => self.squares::<I, 1>(isa, filter, width, sound),
                    _ if squares => self.squares::<I, 2>(isa, filter, width, sound),
                    1 => self.filters::<I, 1>(isa, group, tile, care, sound),
                    _ => self.filters::<I, 2>(isa, group, tile, care, sound),
                };
                filter += width;
            }
        }
        sound
    }

    /// Some filters of the whole output, row by row.
    #[inline(always)]
    fn filters<I: Isa, const VECTORS: usize>(
        &mut self,
        isa: I,
        group: usize,
        tile: Tile,
        care: bool,
        mut sound: I::Vector,
    ) -> I::Vector {
        let convolution = &self.sizes.convolution;
        let layout = Layout::forward(convolution);
        for mut rows in convolution.geometry.gather(0).stretches() {
            for _ in 0..rows.count.min(self.sizes.covered(0).saturating_sub(rows.position)) {
                for columns in convolution.geometry.gather(1).stretches() {
                    let count = columns.count.min(self.sizes.covered(1).saturating_sub(columns.position));
                    if count > 0 {
                        let columns = Stretch { count, ..columns };
                        let mut rectangle = Rectangle::new(&layout, Stretch { count: 1, ..rows }, columns);
                        rectangle.outputs[1].other = tile.width;
                        let line = Tile { row: rows.position, column: columns.position, count, ..tile };
                        sound = self.line::<I, VECTORS>(isa, &rectangle, group, line, care, sound);
                    }
                }
                rows.advance();
            }
        }
        sound
    }

    /// A line of outputs, tile by tile.
    #[inline(always)]
    fn line<I: Isa, const VECTORS: usize>(
        &mut self,
        isa: I,
        rectangle: &Rectangle,
        group: usize,
        line: Tile,
        care: bool,
        mut sound: I::Vector,
    ) -> I::Vector {
        let ConvolutionSizes { channels, filters, groups, .. } = self.sizes.convolution;
        let (input, kernel) = (self.input, self.kernel);
        let sums = OutputSums {
            rectangle,
            row: filters,
            width: line.width,
            // Where no cell lies inside, there may be no source to begin with.
            source: input.get(rectangle.source + group * (channels / groups)..).unwrap_or_default(),
            kernel: kernel.get(rectangle.kernel + line.filter..).unwrap_or_default(),
            bias: self.bias.map_or(&[], |bias| &bias[line.filter..][..line.width]),
        };
        // As many whole windows as fit.
        let across = self.sizes.pool.kernel[1];
        let most = most_rows::<I>(VECTORS);
        let unit = if across <= most { across } else { 1 };
        let mut values = [0.0; TILE];
        let mut done = 0;
        while done < line.count {
            let units = (line.count - done).div_ceil(unit);
            let count = (units.div_ceil(units.div_ceil(most / unit)) * unit).min(line.count - done);
            sums.strip_of::<I, VECTORS>(isa, done, count, &mut values);
            let tile = Tile { column: line.column + done, count, ..line };
            if care {
                self.pool_with_care(tile, &values);
            } else {
                sound = self.pool(isa, tile, &values, sound);
            }
            done += count;
        }
        sound
    }

    /// Takes the values of a tile into the maxima.
    #[inline(always)]
    fn pool<I: Isa>(&mut self, isa: I, tile: Tile, values: &[f32], mut sound: I::Vector) -> I::Vector {
        let zero = isa.splat(0.0);
        let [lower, upper] = self.sizes.bounds.map(|bound| isa.splat(bound));
        for part in tile.windows(self.sizes) {
            let mut begin = 0;
            while begin < tile.width {
                let len = I::LANES.min(tile.width - begin);
                let output = &mut self.output[part.output + begin..][..len];
                let (mut best, mut best_cell) = (isa.splat(f32::NEG_INFINITY), zero);
                if !part.begins {
                    best = load_some(isa, output);
                    if !self.positions.is_empty() {
                        best_cell = load_bytes(isa, &self.positions[part.output + begin..][..len]);
                    }
                }
                for index in 0..part.count {
                    let values = load_some(isa, &values[(part.first + index) * tile.width + begin..][..len]);
                    if !self.positions.is_empty() {
                        let cell = isa.splat((part.cell + index) as f32);
                        best_cell = isa.select_greater(values, best, cell, best_cell);
                    }
                    best = isa.max(values, best);
                    sound = isa.add(values, sound);
                }
                if part.ends {
                    let nowhere = isa.splat(f32::from(NOWHERE));
                    best_cell = isa.select_greater(best, lower, best_cell, nowhere);
                    best_cell = isa.select_greater(upper, best, best_cell, nowhere);
                    best = isa.min(upper, isa.max(lower, best));
                }
                store_some(isa, best, output);
                if !self.positions.is_empty() {
                    store_bytes(isa, best_cell, &mut self.positions[part.output + begin..][..len]);
                }
                begin += len;
            }
        }
        sound
    }

    /// The same, one filter after the other, for values that may be infinite or not numbers.
    #[inline(never)]
    pub(in crate::kernel) fn pool_with_care(&mut self, tile: Tile, values: &[f32]) {
        let [lower, upper] = self.sizes.bounds;
        for part in tile.windows(self.sizes) {
            let values = values.get(part.first * tile.width..).unwrap_or_default();
            let outputs = self.output.get_mut(part.output..).unwrap_or_default();
            for (filter, output) in outputs.iter_mut().take(tile.width).enumerate() {
                let mut position = self.positions.get_mut(part.output + filter);
                let (mut best, mut cell) = (f32::NEG_INFINITY, 0);
                if !part.begins {
                    (best, cell) = (*output, position.as_deref().map_or(0, |position| usize::from(*position)));
                }
                let of_filter = values.get(filter..).unwrap_or_default().iter().step_by(tile.width.max(1));
                for (index, &value) in of_filter.take(part.count).enumerate() {
                    if value > best || (value.is_nan() && !best.is_nan()) {
                        (best, cell) = (value, part.cell + index);
                    }
                }
                if part.ends {
                    if best <= lower || best >= upper {
                        cell = usize::from(NOWHERE);
                    }
                    // Comparisons, because the functions of the same names lose what is not a number.
                    best = if best < lower { lower } else { best };
                    best = if best > upper { upper } else { best };
                }
                *output = best;
                if let Some(position) = position.as_mut() {
                    **position = cell as u8;
                }
            }
        }
    }
}

/// What a tile holds of one window.
pub(in crate::kernel) struct Part {
    /// Its first output in the tile, and how many there are.
    pub(in crate::kernel) first: usize,
    pub(in crate::kernel) count: usize,
    /// The cell of the window that the first one is.
    pub(in crate::kernel) cell: usize,
    /// Where the window's maxima lie.
    pub(in crate::kernel) output: usize,
    /// Whether these are the first, and the last cells of the window.
    pub(in crate::kernel) begins: bool,
    pub(in crate::kernel) ends: bool,
}

impl Tile {
    /// The windows over a tile, from left to right.
    #[inline(always)]
    pub(in crate::kernel) fn windows(self, sizes: &PooledSizes) -> impl Iterator<Item = Part> + use<> {
        let ([down, across], filters) = (sizes.pool.kernel, sizes.convolution.filters);
        // Windows have cells: so divisions cannot fail.
        let (down, across) = (down.max(1), across.max(1));
        let (row, cell_row) = (self.row / down, self.row % down);
        let mut output = (row * sizes.pool.output[1] + self.column / across) * filters + self.filter;
        let (mut cell_column, mut first) = (self.column % across, 0);
        core::iter::from_fn(move || {
            if first >= self.count {
                return None;
            }
            let count = (across - cell_column).min(self.count - first);
            let part = Part {
                first,
                count,
                cell: cell_row * across + cell_column,
                output,
                begins: cell_row == 0 && cell_column == 0,
                ends: cell_row + 1 == down && cell_column + count == across,
            };
            (first, cell_column, output) = (first + count, 0, output + filters);
            Some(part)
        })
    }
}
