//! What a window sees, byte after byte.

use super::instructions::copy_rows;
use crate::kernel::conv2d::ConvolutionSizes;
use crate::quant::kernel::span::span;

/// The bytes that a window may see.
pub(super) const ROOM: usize = 1024;

/// What windows see at four places, if that does not lie together in the image.
pub(super) type Room = [[i8; ROOM]; 4];

/// The windows of a convolution on an image.
#[derive(Clone, Copy)]
pub(super) struct Patches<'a> {
    sizes: &'a ConvolutionSizes,
    input: &'a [i8],
    zero_point: i8,
    /// The bytes that a window sees.
    len: usize,
}

impl<'a> Patches<'a> {
    #[inline(always)]
    pub(super) fn new(sizes: &'a ConvolutionSizes, input: &'a [i8], zero_point: i8) -> Self {
        Self { sizes, input, zero_point, len: len(sizes) }
    }

    /// What the window sees at four places.
    #[inline(always)]
    pub(super) fn at<'p>(&self, places: [[usize; 2]; 4], room: &'p mut Room) -> [&'p [i8]; 4]
    where
        'a: 'p,
    {
        let geometry = self.sizes.geometry;
        if geometry.kernel == [1, 1] && geometry.before == [0, 0] {
            return places.map(|place| {
                let [row, column] = core::array::from_fn(|axis| place[axis] * geometry.stride[axis]);
                let begin = (row * geometry.input[1] + column) * self.len;
                self.input.get(begin..begin + self.len).unwrap_or_default()
            });
        }
        let [first, .., last] = places;
        let together = [self.inside(0, first[0]), self.inside(1, first[1]), self.inside(1, last[1])];
        match together {
            // Four windows of a row, all inside.
            [Some(row), Some(_), Some(_)] if first[0] == last[0] && geometry.dilation[1] == 1 => {
                for (place, room) in places.into_iter().zip(&mut *room) {
                    self.gather_all([row, place[1] * geometry.stride[1] - geometry.before[1]], room);
                }
            }
            _ => {
                for (place, room) in places.into_iter().zip(&mut *room) {
                    self.gather(place, room);
                }
            }
        }
        room.each_ref().map(|bytes| bytes.get(..self.len).unwrap_or_default())
    }

    /// What the window sees at a place.
    #[inline(always)]
    fn gather(&self, place: [usize; 2], room: &mut [i8; ROOM]) {
        match (self.inside(0, place[0]), self.inside(1, place[1])) {
            (Some(row), Some(column)) if self.sizes.geometry.dilation[1] == 1 => self.gather_all([row, column], room),
            _ => self.gather_some(place, room),
        }
    }

    /// The same where all of the window lies inside, from a pixel on.
    #[inline(always)]
    fn gather_all(&self, [row, column]: [usize; 2], room: &mut [i8; ROOM]) {
        let ConvolutionSizes { geometry, channels, .. } = self.sizes;
        let from = self.input.get((row * geometry.input[1] + column) * channels..).unwrap_or_default();
        let step = geometry.dilation[0] * geometry.input[1] * channels;
        copy_rows(from, step, room, 0, [geometry.kernel[0], geometry.kernel[1] * channels]);
    }

    /// Where the window begins along an axis, if all of it lies inside the image.
    #[inline(always)]
    fn inside(&self, axis: usize, position: usize) -> Option<usize> {
        let geometry = self.sizes.geometry;
        let begin = (position * geometry.stride[axis]).checked_sub(geometry.before[axis])?;
        let last = begin + (geometry.kernel[axis] - 1) * geometry.dilation[axis];
        (last < geometry.input[axis]).then_some(begin)
    }

    /// The same where cells may lie beyond the border, or apart.
    #[inline(never)]
    fn gather_some(&self, place: [usize; 2], room: &mut [i8; ROOM]) {
        let ConvolutionSizes { geometry, channels, .. } = self.sizes;
        let [rows, columns] = [span(geometry, 0, place[0]), span(geometry, 1, place[1])];
        let row_len = geometry.kernel[1] * channels;
        room.iter_mut().take(self.len).for_each(|byte| *byte = self.zero_point);
        // Pixels that follow each other are copied together.
        let (pieces, len) = match geometry.dilation[1] {
            1 => (1, columns.count() * channels),
            _ => (columns.count(), *channels),
        };
        for piece in 0..pieces {
            let from = (rows.pixel * geometry.input[1] + columns.pixel + piece * columns.step) * channels;
            let to = rows.cells.start * row_len + (columns.cells.start + piece) * channels;
            let (from, to) = (self.input.get(from..).unwrap_or_default(), room.get_mut(to..).unwrap_or_default());
            copy_rows(from, rows.step * geometry.input[1] * channels, to, row_len - len, [rows.count(), len]);
        }
    }
}

/// The bytes that a window sees.
#[inline(always)]
pub(super) fn len(sizes: &ConvolutionSizes) -> usize {
    sizes.geometry.kernel[0] * sizes.geometry.kernel[1] * sizes.channels
}
