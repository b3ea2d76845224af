//! What windows see, spread to pairs.

use super::loops::{Spread, spread_each, spread_rows};
use super::words::{partial_word, spread, word};
use crate::kernel::Geometry;
use crate::kernel::conv2d::ConvolutionSizes;
use crate::quant::kernel::span::span;

/// An image and the window on it.
#[derive(Clone, Copy)]
pub(super) struct Patches<'a> {
    sizes: &'a ConvolutionSizes,
    input: &'a [i8],
    zero_point: i8,
    /// The first row and column of places whose windows lie inside the image, their cells side by side, and how many
    /// there are from there on.
    inside: [[usize; 2]; 2],
}

impl<'a> Patches<'a> {
    #[inline(always)]
    pub(super) fn new(sizes: &'a ConvolutionSizes, input: &'a [i8], zero_point: i8) -> Self {
        let Geometry { input: image, kernel, stride, dilation, before, .. } = &sizes.geometry;
        let inside = [0, 1].map(|axis| {
            let (step, first) = (stride[axis].max(1), before[axis].div_ceil(stride[axis].max(1)));
            match (before[axis] + image[axis]).checked_sub(kernel[axis]) {
                Some(last) if *dilation == [1, 1] => [first, (last / step + 1).saturating_sub(first)],
                _ => [0, 0],
            }
        });
        Self { sizes, input, zero_point, inside }
    }

    /// The first pixel of a window that lies inside.
    #[inline(always)]
    fn first_inside(&self, place: [usize; 2]) -> Option<[usize; 2]> {
        let Geometry { stride, before, .. } = &self.sizes.geometry;
        let [rows, columns] = self.inside;
        // Places before the first one become large numbers.
        let inside = place[0].wrapping_sub(rows[0]) < rows[1] && place[1].wrapping_sub(columns[0]) < columns[1];
        inside.then(|| [0, 1].map(|axis| (place[axis] * stride[axis]).wrapping_sub(before[axis])))
    }

    /// Whether each window is one pixel, one after another, of whole words.
    #[inline(always)]
    pub(super) fn are_pixels(&self) -> bool {
        let Geometry { kernel, stride, before, .. } = self.sizes.geometry;
        kernel == [1, 1] && stride == [1, 1] && before == [0, 0] && self.sizes.channels.is_multiple_of(4)
    }

    /// Writes pixels that follow each other, from the first on, where [`Self::are_pixels`].
    #[inline(always)]
    pub(super) fn gather_pixels<const PLACES: usize>(&self, first: usize, spread: &mut [Spread]) {
        let len = self.sizes.channels;
        let mut pixels = self.input.get(first * len..).unwrap_or_default().chunks_exact(len.max(1));
        for slot in 0..PLACES {
            let Some(pixel) = pixels.next() else { return };
            spread_each(pixel, 4, spread.get_mut(slot..).unwrap_or_default(), PLACES);
        }
    }

    /// Writes what the window sees at a place to each `step`th of `spread` from the first on, and zeros to fill up four.
    #[inline(never)]
    pub(super) fn gather(&self, place: [usize; 2], spread: &mut [Spread], step: usize) {
        let mut writer = Writer { slots: spread, step, word: 0, bits: 0 };
        match self.first_inside(place) {
            Some(first) => self.write_inside(first, &mut writer),
            None => self.write(place, &mut writer),
        }
        writer.finish();
    }

    #[inline(always)]
    fn write_inside(&self, [row, column]: [usize; 2], writer: &mut Writer<'_>) {
        let ConvolutionSizes { geometry: Geometry { input: image, kernel, .. }, channels, .. } = self.sizes;
        let (row_len, len) = (image[1] * channels, kernel[1] * channels);
        let mut at = row * row_len + column * channels;
        if len.is_multiple_of(4) {
            let input = self.input.get(at..).unwrap_or_default();
            return spread_rows(input, row_len, [kernel[0], len / 4], writer.slots, writer.step);
        }
        for _ in 0..kernel[0] {
            let Some(pixels) = self.input.get(at..at + len) else { return };
            writer.bytes(pixels);
            at += row_len;
        }
    }

    #[inline(always)]
    fn write(&self, [row, column]: [usize; 2], writer: &mut Writer<'_>) {
        let ConvolutionSizes { geometry, channels, .. } = *self.sizes;
        let [height, width] = geometry.kernel;
        let (rows, columns) = (span(&geometry, 0, row), span(&geometry, 1, column));
        let row_len = geometry.input[1] * channels;
        let (left, right) = (columns.cells.start * channels, (width - columns.cells.end) * channels);
        let mut at = rows.pixel * row_len + columns.pixel * channels;
        writer.repeat(self.zero_point, rows.cells.start * width * channels);
        for _ in 0..rows.count() {
            writer.repeat(self.zero_point, left);
            if columns.step == 1 {
                writer.bytes(self.input.get(at..at + columns.count() * channels).unwrap_or_default());
            } else {
                let pixels = self.input.get(at..).unwrap_or_default().chunks(channels.max(1));
                for pixel in pixels.step_by(columns.step).take(columns.count()) {
                    writer.bytes(pixel);
                }
            }
            writer.repeat(self.zero_point, right);
            at += rows.step * row_len;
        }
        writer.repeat(self.zero_point, (height - rows.cells.end) * width * channels);
    }
}

/// Takes bytes and writes words, spread.
struct Writer<'a> {
    /// Words go to each `step`th.
    slots: &'a mut [Spread],
    step: usize,
    /// Bytes that fill no word yet, the lowest `bits`.
    word: u32,
    bits: u32,
}

impl Writer<'_> {
    #[inline(always)]
    fn write(&mut self, word: u32) {
        if let Some(slot) = self.slots.first_mut() {
            *slot = spread(word);
        }
        self.skip(1);
    }

    #[inline(always)]
    fn skip(&mut self, words: usize) {
        self.slots = core::mem::take(&mut self.slots).get_mut(self.step * words..).unwrap_or_default();
    }

    /// The lowest `count` bytes of a word whose others are 0, fewer than four.
    #[inline(always)]
    fn some(&mut self, word: u32, count: usize) {
        self.word |= word << self.bits;
        self.bits += 8 * count as u32;
        if self.bits >= 32 {
            self.write(self.word);
            self.bits -= 32;
            self.word = word.wrapping_shr(8 * count as u32 - self.bits);
        }
    }

    /// Four bytes.
    #[inline(always)]
    fn four(&mut self, word: u32) {
        if self.bits == 0 {
            self.write(word);
        } else {
            self.write(self.word | word << self.bits);
            self.word = word >> (32 - self.bits);
        }
    }

    #[inline(always)]
    fn bytes(&mut self, bytes: &[i8]) {
        let (words, rest) = bytes.as_chunks::<4>();
        if self.bits == 0 && !words.is_empty() {
            spread_each(words.as_flattened(), 4, self.slots, self.step);
            self.skip(words.len());
        } else {
            for bytes in words {
                self.four(word(bytes));
            }
        }
        if !rest.is_empty() {
            self.some(partial_word(rest), rest.len());
        }
    }

    #[inline(always)]
    fn repeat(&mut self, byte: i8, count: usize) {
        let (all, rest) = (word(&[byte; 4]), count % 4);
        for _ in 0..count / 4 {
            self.four(all);
        }
        if rest > 0 {
            self.some(all >> (32 - 8 * rest as u32), rest);
        }
    }

    #[inline(always)]
    fn finish(mut self) {
        if self.bits > 0 {
            self.write(self.word);
        }
    }
}
