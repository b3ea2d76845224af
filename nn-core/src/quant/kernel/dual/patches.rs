//! What windows see, spread to pairs.

use super::loops::{Spread, spread_each};
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
    /// All windows lie inside the image, their cells side by side.
    inside: bool,
}

impl<'a> Patches<'a> {
    #[inline(always)]
    pub(super) fn new(sizes: &'a ConvolutionSizes, input: &'a [i8], zero_point: i8) -> Self {
        let Geometry { input: image, output, kernel, stride, dilation, before } = &sizes.geometry;
        let fits = |axis: usize| output[axis].saturating_sub(1) * stride[axis] + kernel[axis] <= image[axis];
        let inside = *dilation == [1, 1] && *before == [0, 0] && fits(0) && fits(1);
        Self { sizes, input, zero_point, inside }
    }

    /// Writes what the window sees at a place to each `step`th of `spread` from the first on, and zeros to fill up four.
    #[inline(never)]
    pub(super) fn gather(&self, place: [usize; 2], spread: &mut [Spread], step: usize) {
        let mut writer = Writer { slots: spread, step, word: 0, bits: 0 };
        if self.inside {
            self.write_inside(place, &mut writer);
        } else {
            self.write(place, &mut writer);
        }
        writer.finish();
    }

    #[inline(always)]
    fn write_inside(&self, [row, column]: [usize; 2], writer: &mut Writer<'_>) {
        let ConvolutionSizes { geometry: Geometry { input: image, kernel, stride, .. }, channels, .. } = self.sizes;
        let (row_len, len) = (image[1] * channels, kernel[1] * channels);
        let mut at = row * stride[0] * row_len + column * stride[1] * channels;
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

    #[inline(always)]
    fn bytes(&mut self, bytes: &[i8]) {
        let (words, rest) = bytes.as_chunks::<4>();
        if self.bits == 0 {
            spread_each(words.as_flattened(), 4, self.slots, self.step);
            self.skip(words.len());
        } else {
            for bytes in words {
                self.write(self.word | word(bytes) << self.bits);
                self.word = word(bytes) >> (32 - self.bits);
            }
        }
        if !rest.is_empty() {
            self.some(partial_word(rest), rest.len());
        }
    }

    #[inline(always)]
    fn repeat(&mut self, byte: i8, count: usize) {
        let (bytes, mut left) = ([byte; 4], count);
        while left > 0 {
            let some = left.min(3);
            self.some(word(&bytes) >> (32 - 8 * some as u32), some);
            left -= some;
        }
    }

    #[inline(always)]
    fn finish(mut self) {
        if self.bits > 0 {
            self.write(self.word);
        }
    }
}
