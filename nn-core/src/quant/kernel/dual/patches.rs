//! What windows see, spread to pairs.

use super::spread::{Spread, copy_rows, spread_each, spread_rows};
use crate::kernel::Geometry;
use crate::quant::kernel::span::span;

/// An image and the window on it.
#[derive(Clone, Copy)]
pub(super) struct Patches<'a> {
    geometry: &'a Geometry,
    channels: usize,
    input: &'a [i8],
    zero_point: i8,
    /// The first row and column of places whose windows lie inside the image, their cells side by side, and how many
    /// there are from there on.
    inside: [[usize; 2]; 2],
}

impl<'a> Patches<'a> {
    #[inline(always)]
    pub(super) fn new(geometry: &'a Geometry, channels: usize, input: &'a [i8], zero_point: i8) -> Self {
        let Geometry { input: image, kernel, stride, dilation, before, .. } = geometry;
        let inside = [0, 1].map(|axis| {
            let (step, first) = (stride[axis].max(1), before[axis].div_ceil(stride[axis].max(1)));
            match (before[axis] + image[axis]).checked_sub(kernel[axis]) {
                Some(last) if *dilation == [1, 1] => [first, (last / step + 1).saturating_sub(first)],
                _ => [0, 0],
            }
        });
        Self { geometry, channels, input, zero_point, inside }
    }

    /// The first pixel of a window that lies inside.
    #[inline(always)]
    fn first_inside(&self, place: [usize; 2]) -> Option<[usize; 2]> {
        let Geometry { stride, before, .. } = self.geometry;
        let [rows, columns] = self.inside;
        // Places before the first one become large numbers.
        let inside = place[0].wrapping_sub(rows[0]) < rows[1] && place[1].wrapping_sub(columns[0]) < columns[1];
        inside.then(|| [0, 1].map(|axis| (place[axis] * stride[axis]).wrapping_sub(before[axis])))
    }

    /// Whether each window is one pixel, one after another, of whole words.
    #[inline(always)]
    pub(super) fn are_pixels(&self) -> bool {
        let Geometry { kernel, stride, before, .. } = *self.geometry;
        kernel == [1, 1] && stride == [1, 1] && before == [0, 0] && self.channels.is_multiple_of(4)
    }

    /// Writes pixels that follow each other, from the first on, where [`Self::are_pixels`].
    #[inline(always)]
    pub(super) fn gather_pixels<const PLACES: usize>(&self, first: usize, spread: &mut [Spread]) {
        let len = self.channels;
        let mut pixels = self.input.get(first * len..).unwrap_or_default().chunks_exact(len.max(1));
        for slot in 0..PLACES {
            let Some(pixel) = pixels.next() else { return };
            spread_bytes(pixel, spread.get_mut(slot..).unwrap_or_default(), PLACES);
        }
    }

    /// Writes what the window sees at a place to each `step`th of `spread` from the first on, and zeros to fill up four.
    /// `window` is memory for its bytes, zeros behind them.
    #[inline(never)]
    pub(super) fn gather(&self, place: [usize; 2], spread: &mut [Spread], step: usize, window: &mut [i8]) {
        let Self { geometry: Geometry { input: image, kernel, .. }, channels, .. } = *self;
        let [row_len, len] = [image[1] * channels, kernel[1] * channels];
        if let Some([row, column]) = self.first_inside(place) {
            let input = self.input.get(row * row_len + column * channels..).unwrap_or_default();
            if len.is_multiple_of(4) {
                return spread_rows(input, row_len, [kernel[0], len / 4], spread, step);
            }
            copy_rows(input, row_len, [kernel[0], len], window, len);
        } else {
            self.copy(place, window);
        }
        let words = (kernel[0] * len).next_multiple_of(4);
        spread_bytes(window.get(..words).unwrap_or_default(), spread, step);
    }

    /// Copies what a window sees that reaches beyond the border, or whose cells are not side by side.
    #[inline(always)]
    fn copy(&self, [row, column]: [usize; 2], window: &mut [i8]) {
        let Self { geometry, channels, .. } = *self;
        let [height, width] = geometry.kernel;
        let (rows, columns) = (span(geometry, 0, row), span(geometry, 1, column));
        let (row_len, len) = (rows.step * geometry.input[1] * channels, width * channels);
        window.get_mut(..height * len).unwrap_or_default().fill(self.zero_point);
        let mut from = (rows.pixel * geometry.input[1] + columns.pixel) * channels;
        let mut to = (rows.cells.start * width + columns.cells.start) * channels;
        // All rows at once if their pixels are side by side, otherwise the pixels of a row.
        let (blocks, sizes, steps) = if columns.step == 1 {
            (1, [rows.count(), columns.count() * channels], [row_len, len])
        } else {
            (rows.count(), [columns.count(), channels], [columns.step * channels, channels])
        };
        for _ in 0..blocks {
            let (input, window) = (self.input.get(from..), window.get_mut(to..));
            copy_rows(input.unwrap_or_default(), steps[0], sizes, window.unwrap_or_default(), steps[1]);
            from += row_len;
            to += len;
        }
    }
}

/// Spreads bytes side by side; compiled once.
#[inline(never)]
fn spread_bytes(bytes: &[i8], spread: &mut [Spread], step: usize) {
    spread_each(bytes, 4, spread, step);
}
