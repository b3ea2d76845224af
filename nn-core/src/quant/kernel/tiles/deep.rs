//! Convolution with the depth in the lanes, where a panel would be too large: weights are read as they lie.

use super::window::Window;
use super::{Rectangle, Tiles};
use crate::kernel::{Isa, Products};
use crate::quant::kernel::dots::{UNITS, Units, add_dots, correction, lanes_of};
use crate::quant::kernel::span::span;
use crate::quant::kernel::strip::{Aligned, Image, ROOM, SLACK};
use core::mem::MaybeUninit;

impl Tiles<'_> {
    /// The filters of a group, with the depth in the lanes.
    #[inline(always)]
    pub(super) fn deep<I: Isa, P: Products<I>>(
        &mut self,
        isa: I,
        products: P,
        window: &Window,
        group: usize,
        filters: core::ops::Range<usize>,
    ) {
        let most = self.rectangle();
        let image = Image::new(self.sizes, self.input, self.zero_point);
        let Aligned(room) = &mut Aligned([const { MaybeUninit::<i8>::uninit() }; ROOM + SLACK]);
        for row in (0..self.pool.output[0]).step_by(most[0]) {
            for column in (0..self.pool.output[1]).step_by(most[1]) {
                let (rectangle, frame) = self.frame(group, [row, column], most);
                let cells = frame.fill(&image, room);
                for first in filters.clone().step_by(I::LANES) {
                    let count = I::LANES.min(filters.end - first);
                    let deep = Deep { cells, rectangle: &rectangle, window, first, count };
                    self.deep_filters(isa, products, &deep);
                }
            }
        }
    }

    /// A vector of filters of a rectangle.
    #[inline(always)]
    fn deep_filters<I: Isa, P: Products<I>>(&mut self, isa: I, products: P, deep: &Deep<'_>) {
        let Rectangle { origin, size, under, line } = *deep.rectangle;
        let rescale = self.rescale.lanes(isa, deep.first);
        let bias = lanes_of(isa, self.rescale.bias.get(deep.first..).unwrap_or_default());
        for row in origin[0]..origin[0] + size[0] {
            let rows = span(&self.pool, 0, row);
            for column in origin[1]..origin[1] + size[1] {
                let columns = span(&self.pool, 1, column);
                let mut largest = isa.splat_whole(i32::MIN);
                for row in rows.pixels() {
                    for column in columns.pixels() {
                        let stride = self.sizes.geometry.stride;
                        let offset =
                            (row - under[0]) * stride[0] * line + (column - under[1]) * stride[1] * deep.window.depth;
                        let sums = deep.sums(isa, products, self.weights, offset);
                        largest = isa.max_whole(largest, isa.add_whole(sums, bias));
                    }
                }
                let output = (row * self.pool.output[1] + column) * self.sizes.filters + deep.first;
                rescale.store(isa, largest, &mut self.output[output..][..deep.count]);
            }
        }
    }
}

/// A vector of filters on a strip of bytes.
struct Deep<'a> {
    cells: &'a [i8],
    rectangle: &'a Rectangle,
    window: &'a Window,
    first: usize,
    count: usize,
}

impl Deep<'_> {
    /// The sums of the window that begins at a cell.
    #[inline(always)]
    fn sums<I: Isa, P: Products<I>>(&self, isa: I, products: P, weights: &[i8], offset: usize) -> I::Whole {
        let Window { run, runs, step, .. } = *self.window;
        let mut start = isa.splat_whole(0);
        for row in 0..runs[0] {
            for column in 0..runs[1] {
                let at = offset + row * step[0] * self.rectangle.line + column * step[1];
                start = correction(isa, products, start, &self.cells[at..][..run]);
            }
        }
        let units = Units {
            weights: &weights[self.first * self.window.len()..],
            distance: self.window.len(),
            count: self.count,
        };
        let mut sums = isa.sums(self.eight(isa, products, units, offset, start));
        if self.count > UNITS {
            sums = isa.join_eights(sums, isa.sums(self.eight(isa, products, units.next(), offset, start)));
        }
        sums
    }

    /// The products of eight filters.
    #[inline(always)]
    fn eight<I: Isa, P: Products<I>>(
        &self,
        isa: I,
        products: P,
        units: Units<'_>,
        offset: usize,
        start: I::Whole,
    ) -> [I::Whole; UNITS] {
        let Window { run, runs, step, .. } = *self.window;
        let mut sums = [start; UNITS];
        for row in 0..runs[0] {
            for column in 0..runs[1] {
                let at = offset + row * step[0] * self.rectangle.line + column * step[1];
                let units = Units { weights: &units.weights[(row * runs[1] + column) * run..], ..units };
                add_dots(isa, products, &self.cells[at..][..run], units, &mut sums);
            }
        }
        sums
    }
}
