//! Convolutions whose outputs go through a pool of maxima.

use super::convolution::one_filter;
use super::filters::{Filters, MOST};
use super::instructions::row_of_windows;
use super::parts;
use super::window::Window;
use crate::kernel::conv2d::pooled::{PooledConvolution, Tile};
use crate::kernel::conv2d::rectangle::{Layout, Rectangle};
use crate::kernel::finish::{AsTheyAre, Finish};
use crate::kernel::stretch::Stretch;

/// The most places that are done before they go into the maxima.
const PLACES: usize = 8;

impl PooledConvolution<'_> {
    /// Does all of it.
    #[inline(never)]
    pub(in crate::kernel) fn run_in_singles(mut self) {
        if self.squares_in_singles() {
            return;
        }
        let sizes = self.sizes.convolution;
        let groups = sizes.groups.max(1);
        let (channels, filters) = (sizes.channels / groups, sizes.filters / groups);
        for group in 0..groups {
            for (filter, width) in parts(filters, sizes.widths()) {
                self.some_filters(group * channels, (group * filters + filter, width));
            }
        }
    }

    /// Some filters at all places, on the channels from one on.
    fn some_filters(&mut self, channel: usize, filters: (usize, usize)) {
        let (mut constants, mut window, mut values) = (Filters::NONE, Window::NONE, [0.0; MOST * PLACES]);
        constants.set(&AsTheyAre.as_finished(), self.bias, filters);
        let (layout, geometry) = (Layout::forward(&self.sizes.convolution), self.sizes.convolution.geometry);
        let (filter, width) = filters;
        for mut rows in geometry.gather(0).stretches() {
            for _ in 0..rows.count.min(self.sizes.covered(0).saturating_sub(rows.position)) {
                for columns in geometry.gather(1).stretches() {
                    let count = columns.count.min(self.sizes.covered(1).saturating_sub(columns.position));
                    let rectangle = Rectangle::new(&layout, Stretch { count: 1, ..rows }, Stretch { count, ..columns });
                    let line = Tile { row: rows.position, column: columns.position, count, filter, width };
                    self.line_of_places(&constants, &mut window, &mut values, rectangle, (channel, line));
                }
                rows.advance();
            }
        }
    }

    /// A line of outputs of the convolution.
    fn line_of_places(
        &mut self,
        filters: &Filters,
        window: &mut Window,
        values: &mut [f32; MOST * PLACES],
        mut rectangle: Rectangle,
        (channel, line): (usize, Tile),
    ) {
        let row = self.sizes.convolution.filters;
        rectangle.outputs[1].other = line.width;
        window.set(&rectangle, row);
        let mut done = 0;
        while done < line.count {
            let count = PLACES.min(line.count - done);
            // Where no cell lies inside, there may be no source to begin with.
            let begin = rectangle.source + channel + done * rectangle.outputs[1].source;
            let source = self.input.get(begin..).unwrap_or_default();
            let kernel = self.kernel.get(rectangle.kernel + line.filter..).unwrap_or_default();
            rectangle.outputs[1].count = count;
            if line.width == 1 {
                one_filter(filters, &rectangle, row, [source, kernel], values);
            } else {
                row_of_windows(filters, window, count, [source, kernel], values);
            }
            let tile = Tile { column: line.column + done, count, ..line };
            if self.positions.is_empty() {
                self.maxima(tile, values)
            } else {
                self.pool_with_care(tile, values)
            }
            done += count;
        }
    }

    /// Takes the values of a tile into the maxima.
    fn maxima(&mut self, tile: Tile, values: &[f32]) {
        let [lower, upper] = self.sizes.bounds;
        for part in tile.windows(self.sizes) {
            let outputs = self.output.get_mut(part.output..).unwrap_or_default();
            for (filter, output) in outputs.iter_mut().take(tile.width).enumerate() {
                let mut best = if part.begins { f32::NEG_INFINITY } else { *output };
                let of_filter = values.get(part.first * tile.width + filter..).unwrap_or_default();
                for &value in of_filter.iter().step_by(tile.width.max(1)).take(part.count) {
                    // A value that is not a number is larger than all others.
                    if (value > best || value.is_nan()) && !best.is_nan() {
                        best = value;
                    }
                }
                if part.ends {
                    best = if best < lower { lower } else { best };
                    best = if best > upper { upper } else { best };
                }
                *output = best;
            }
        }
    }
}
