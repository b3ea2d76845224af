//! The rows beyond the border of an image, which all hold the zero point: what they add to sums is the same for all outputs of a
//! row, so that it is enough to multiply the words of the rows that the image has.

use super::Tiles;
use super::window::Window;
use crate::kernel::Geometry;
use crate::quant::kernel::span::span;
use core::ops::Range;

/// Rows of outputs, and the words that are multiplied for them.
pub(super) struct Band {
    pub(super) rows: usize,
    pub(super) words: Range<usize>,
}

impl Tiles<'_> {
    /// The rows of outputs from one on, at most so many, whose windows have the same rows of the image.
    #[inline(always)]
    pub(super) fn band(&self, window: &Window, row: usize, most: usize) -> Band {
        let Geometry { input, kernel, stride, dilation, before, .. } = self.sizes.geometry;
        let (inside, words_of_row) = (span(&self.sizes.geometry, 0, row).cells, window.words / kernel[0]);
        let words = inside.start * words_of_row..inside.end * words_of_row;
        if inside.len() < kernel[0] {
            return Band { rows: 1, words };
        }
        let reach = (kernel[0] - 1) * dilation[0] + 1;
        let last = (before[0] + input[0]).saturating_sub(reach) / stride[0];
        Band { rows: (last + 1).saturating_sub(row).clamp(1, most), words }
    }
}
