//! A rectangle of an image with the border around it, in the form in which it is multiplied.

use crate::kernel::Cell;
use crate::kernel::conv2d::ConvolutionSizes;
use core::mem::MaybeUninit;

/// The cells of the largest rectangle.
pub(super) const ROOM: usize = 8192;
/// Cells behind it that may be read, and multiplied by zero.
pub(super) const SLACK: usize = 4;

/// Begins where a line of the cache does, so that no vector of it lies in two.
#[repr(align(64))]
pub(super) struct Aligned<T>(pub(super) T);

/// An image and what lies around it.
#[derive(Clone, Copy)]
pub(super) struct Image<'a> {
    pub(super) input: &'a [i8],
    pub(super) size: [usize; 2],
    pub(super) channels: usize,
    /// Rows and columns before the image.
    pub(super) before: [usize; 2],
    pub(super) zero_point: i8,
}

impl<'a> Image<'a> {
    /// What a convolution reads.
    #[inline(always)]
    pub(super) fn new(sizes: &ConvolutionSizes, input: &'a [i8], zero_point: i8) -> Self {
        let geometry = &sizes.geometry;
        Self { input, size: geometry.input, channels: sizes.channels, before: geometry.before, zero_point }
    }
}

/// The part of an image that a strip holds.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// The first row and column, counted from the border.
    pub(super) origin: [usize; 2],
    /// Rows and columns.
    pub(super) size: [usize; 2],
    /// The first channel, and how many.
    pub(super) channel: usize,
    pub(super) depth: usize,
}

impl Frame {
    /// Writes the part of the image, `[rows][columns][depth]`, and [`SLACK`] behind it.
    #[inline(always)]
    pub(super) fn fill<'c, C: Cell>(&self, image: &Image<'_>, room: &'c mut [MaybeUninit<C>]) -> &'c [C] {
        let Self { origin, size: [rows, columns], channel, depth } = *self;
        let zero = MaybeUninit::new(C::new(image.zero_point));
        let room = &mut room[..rows * columns * depth + SLACK];
        let (cells, slack) = room.split_at_mut(rows * columns * depth);
        slack.fill(zero);
        let left = image.before[1].saturating_sub(origin[1]).min(columns);
        let first = (origin[1] + left).saturating_sub(image.before[1]);
        let inside = image.size[1].saturating_sub(first).min(columns - left);
        let [above, below] = [image.before[0], image.before[0] + image.size[0]];
        if inside < columns || origin[0] < above || origin[0] + rows > below {
            // All at once: many short lines take longer.
            cells.fill(zero);
        }
        for (index, line) in cells.chunks_exact_mut(columns * depth).enumerate() {
            let row = (origin[0] + index).checked_sub(image.before[0]).filter(|&row| row < image.size[0]);
            let Some(row) = row.filter(|_| inside > 0) else { continue };
            let line = &mut line[left * depth..][..inside * depth];
            let pixels = &image.input[(row * image.size[1] + first) * image.channels..][..inside * image.channels];
            if depth == image.channels {
                copy(pixels, line);
            } else {
                for (pixel, cells) in pixels.chunks_exact(image.channels).zip(line.chunks_exact_mut(depth)) {
                    copy(&pixel[channel..][..depth], cells);
                }
            }
        }
        // SAFETY: every cell was written: where a line or a part of one lies outside the image, all of them were before the lines,
        // else each line from its first cell to its last.
        unsafe { room.assume_init_ref() }
    }
}

#[inline(always)]
fn copy<C: Cell>(from: &[i8], to: &mut [MaybeUninit<C>]) {
    for (to, &from) in to.iter_mut().zip(from) {
        to.write(C::new(from));
    }
}
