//! Windows three columns wide that move by one or two: whole lines of outputs, with the border in them.
//!
//! Each pixel is loaded once for all windows of a strip that it lies under. Beyond the border nothing is loaded: the test
//! for it is the test that the pixel lies within the slice. On a chip the code would cost more memory than the time is
//! worth.

use super::Values;
use crate::kernel::Isa;
use crate::kernel::finish::{Finish, Ready};
use core::ops::Range;

/// Columns of the window.
pub(super) const ACROSS: usize = 3;

/// The most outputs of a strip. More would be little faster, and much more code.
pub(super) const MOST: usize = 6;

/// How many floats behind those at hand memory is asked for. Vectors of some channels lie apart, in an order that no
/// processor foresees: without asking, each is waited for where a batch is in no near cache. So much behind the end of a
/// sample the next one has begun.
pub(super) const AHEAD: usize = 4096;

/// Calls a function for each pixel under a strip, whose number is a constant: else the compiler would keep the sums in
/// memory.
macro_rules! each_pixel {
    ($count:ident, $stride:ident, $self:ident.$function:ident($isa:expr, $($argument:expr),*)) => {
        each_pixel!(@ $count, $stride, $self.$function, ($isa, $($argument),*), 0 1 2 3 4 5 6 7 8 9 10 11 12)
    };
    (@ $count:ident, $stride:ident, $self:ident.$function:ident, $arguments:tt, $($pixel:literal)*) => {
        $(if $pixel < ($count - 1) * $stride + ACROSS {
            each_pixel!(@@ $count, $stride, $self.$function, $pixel, $arguments);
        })*
    };
    (@@ $count:ident, $stride:ident, $self:ident.$function:ident, $pixel:literal, ($($argument:expr),*)) => {
        $self.$function::<I, $count, $stride, $pixel>($($argument),*)
    };
}

/// The sizes: rows before columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineSizes {
    pub(super) source: [usize; 2],
    pub(super) target: [usize; 2],
    pub(super) kernel_rows: usize,
    pub(super) stride: [usize; 2],
    pub(super) before: [usize; 2],
    pub(super) channels: usize,
}

impl LineSizes {
    /// How many lines of outputs to run through at a time: the pixels and what they give stay in a near cache while one
    /// vector of channels after the other is run through.
    pub(super) fn band(&self) -> usize {
        const FLOATS: usize = 64 * 1024 / size_of::<f32>();
        let line = self.channels * (self.stride[0] * self.source[1] + self.target[1]);
        (FLOATS / line).next_multiple_of(2).max(2)
    }

    /// The most outputs of a strip of those into which a line is cut, of equal length as nearly as possible.
    #[inline(always)]
    pub(super) fn most(&self) -> usize {
        let across = self.target[1];
        across.div_ceil(across.div_ceil(MOST))
    }
}

/// Some channels of some lines of outputs.
pub(super) struct Band<'a, F> {
    pub(super) values: Values<'a>,
    pub(super) sizes: LineSizes,
    pub(super) channels: Range<usize>,
    /// The first line of outputs.
    pub(super) row: usize,
    pub(super) target: &'a mut [f32],
    pub(super) finish: F,
}

impl<F: Finish> Band<'_, F> {
    /// All outputs in strips, of whole vectors of channels, or of as many channels as there are.
    #[inline(always)]
    pub(super) fn in_strips<I: Isa, const STRIDE: usize, const WHOLE: bool>(self, isa: I) {
        let Self { values, sizes, channels, row, target, finish } = self;
        for first in channels.clone().step_by(I::LANES) {
            // A number of channels that the compiler knows spares the tests of each access.
            let width = if WHOLE { I::LANES } else { channels.end - first };
            let finish = finish.ready::<I, 1>(isa, first..first + width);
            let lines = Lines::<_, WHOLE>::new(isa, values, sizes, (first, width), row);
            lines.lines::<I, STRIDE>(isa, target, &finish);
        }
    }
}

/// One vector of channels of a band.
pub(super) struct Lines<'a, V, const WHOLE: bool> {
    pub(super) sizes: LineSizes,
    /// The first channel, and how many there are.
    pub(super) channel: usize,
    pub(super) width: usize,
    /// The first line of outputs.
    pub(super) row: usize,
    pub(super) source: &'a [f32],
    pub(super) kernel: &'a [f32],
    /// What the sums begin with.
    pub(super) begin: V,
}

impl<'a, V: Copy, const WHOLE: bool> Lines<'a, V, WHOLE> {
    #[inline(always)]
    pub(super) fn new<I: Isa<Vector = V>>(
        isa: I,
        values: Values<'a>,
        sizes: LineSizes,
        (channel, width): (usize, usize),
        row: usize,
    ) -> Self {
        let Values { source, kernel, bias } = values;
        // A load of nothing, from nowhere, would take as long as some hundred others.
        let bias = bias.get(channel..channel + width);
        let begin = bias.map_or_else(|| isa.splat(0.0), |bias| isa.load_some(bias));
        Self { sizes, channel, width, row, source, kernel, begin }
    }

    #[inline(always)]
    fn lines<I: Isa<Vector = V>, const STRIDE: usize>(&self, isa: I, target: &mut [f32], finish: &impl Ready<I, 1>) {
        let ([_, across], channels) = (self.sizes.target, self.sizes.channels);
        let most = self.sizes.most();
        for (row, target) in target.chunks_exact_mut(across * channels).enumerate() {
            let mut column = 0;
            while column < across {
                let count = most.min(across - column);
                let (place, target) = ([self.row + row, column], &mut target[column * channels..]);
                match count {
                    1 => self.strip::<I, 1, STRIDE>(isa, place, target, finish),
                    2 => self.strip::<I, 2, STRIDE>(isa, place, target, finish),
                    3 => self.strip::<I, 3, STRIDE>(isa, place, target, finish),
                    4 => self.strip::<I, 4, STRIDE>(isa, place, target, finish),
                    5 => self.strip::<I, 5, STRIDE>(isa, place, target, finish),
                    _ => self.strip::<I, MOST, STRIDE>(isa, place, target, finish),
                }
                column += count;
            }
        }
    }

    /// `COUNT` neighbouring outputs.
    #[inline(always)]
    fn strip<I: Isa<Vector = V>, const COUNT: usize, const STRIDE: usize>(
        &self,
        isa: I,
        [row, column]: [usize; 2],
        target: &mut [f32],
        finish: &impl Ready<I, 1>,
    ) {
        let LineSizes { kernel_rows, channels, .. } = self.sizes;
        let mut sums = [[self.begin]; COUNT];
        let first = self.first(column * STRIDE);
        for kernel_row in 0..kernel_rows {
            let Some(line) = self.source_line(row * self.sizes.stride[0] + kernel_row) else { continue };
            let mut weights = [self.begin; ACROSS];
            for (cell, weights) in weights.iter_mut().enumerate() {
                *weights = isa.load_some(self.of(self.kernel, kernel_row * ACROSS + cell));
            }
            each_pixel!(COUNT, STRIDE, self.pixel(isa, line, first, &weights, &mut sums));
        }
        finish.apply(isa, &mut sums);
        for (index, &[sum]) in sums.iter().enumerate() {
            let target = &mut target[index * channels + self.channel..][..self.width];
            if WHOLE {
                isa.store(sum, target)
            } else {
                isa.store_partial(sum, target)
            };
        }
    }

    /// What pixel number `PIXEL` under the strip gives to its windows.
    #[inline(always)]
    fn pixel<I: Isa<Vector = V>, const COUNT: usize, const STRIDE: usize, const PIXEL: usize>(
        &self,
        isa: I,
        line: &[f32],
        first: usize,
        weights: &[V; ACROSS],
        sums: &mut [[V; 1]; COUNT],
    ) {
        let place = first.wrapping_add(PIXEL * self.sizes.channels);
        let Some(values) = line.get(place..place.wrapping_add(self.width)) else { return };
        let values = if WHOLE { isa.load(values) } else { isa.load_partial(values) };
        for (index, [sum]) in sums.iter_mut().enumerate() {
            if let Some(&weights) = weights.get(PIXEL.wrapping_sub(index * STRIDE)) {
                *sum = isa.mul_add(values, weights, *sum);
            }
        }
    }

    /// Where in a line the first pixel lies under a window that begins at a column. Before the border the numbers of pixels
    /// are below zero: as places in a line they are beyond its end.
    #[inline(always)]
    pub(super) fn first(&self, column: usize) -> usize {
        let LineSizes { before, channels, .. } = self.sizes;
        column.wrapping_sub(before[1]).wrapping_mul(channels).wrapping_add(self.channel)
    }

    /// A line of pixels, counted from the first one under the first window; nothing beyond the border.
    #[inline(always)]
    pub(super) fn source_line(&self, number: usize) -> Option<&[f32]> {
        let LineSizes { source: [_, across], before, channels, .. } = self.sizes;
        let line = number.wrapping_sub(before[0]).wrapping_mul(across * channels);
        self.source.get(line..line.wrapping_add(across * channels))
    }

    /// The channels of a row.
    #[inline(always)]
    pub(super) fn of<'s>(&self, from: &'s [f32], row: usize) -> &'s [f32] {
        &from[row * self.sizes.channels + self.channel..][..self.width]
    }
}
