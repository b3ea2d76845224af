//! Where a window lies on an image.

use crate::kernel::Geometry;
use core::ops::Range;

/// One place of a window along one axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// The cells that lie inside the image.
    pub(super) cells: Range<usize>,
    /// The pixel under the first of them.
    pub(super) pixel: usize,
    /// From one pixel to the next.
    pub(super) step: usize,
}

impl Span {
    /// How many cells lie inside.
    #[inline(always)]
    pub(super) fn count(&self) -> usize {
        self.cells.end - self.cells.start
    }

    /// The pixels under the cells that lie inside.
    #[inline(always)]
    pub(super) fn pixels(&self) -> impl Iterator<Item = usize> + use<> {
        let Self { pixel, step, .. } = *self;
        (0..self.count()).map(move |index| pixel + index * step)
    }

    /// The pixel under a cell, if it lies inside.
    #[inline(always)]
    pub(super) fn pixel_of(&self, cell: usize) -> Option<usize> {
        self.cells.contains(&cell).then(|| self.pixel + (cell - self.cells.start) * self.step)
    }
}

/// Where the window lies at a position along an axis, rows 0 and columns 1.
#[inline(always)]
pub(super) fn span(geometry: &Geometry, axis: usize, position: usize) -> Span {
    let (kernel, dilation) = (geometry.kernel[axis], geometry.dilation[axis].max(1));
    // Everything is moved up by `before`, so that no number is negative.
    let (begin, before) = (position * geometry.stride[axis], geometry.before[axis]);
    let reach = (before + geometry.input[axis]).saturating_sub(begin);
    // Divisions are slow, and there is seldom something to divide by.
    let cells = |pixels: usize| if dilation == 1 { pixels } else { pixels.div_ceil(dilation) };
    let end = cells(reach).min(kernel);
    let first = cells(before.saturating_sub(begin)).min(end);
    Span { cells: first..end, pixel: (begin + first * dilation).saturating_sub(before), step: dilation }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{Padding, Window};
    use std::vec::Vec;

    #[test]
    fn the_cells_inside_are_those_of_the_definition() {
        for (input, kernel, stride, dilation) in
            (1..8).flat_map(|n| (1..5).flat_map(move |k| (1..4).flat_map(move |s| (1..4).map(move |d| (n, k, s, d)))))
        {
            for padding in [Padding::Valid, Padding::Same] {
                let window = Window { kernel: [kernel; 2], stride: [stride; 2], dilation: [dilation; 2], padding };
                let geometry = window.on([input; 2]);
                for position in 0..geometry.output[1] {
                    let expected: Vec<_> = (0..kernel)
                        .map(|cell| (position * stride + cell * dilation).checked_sub(geometry.before[1]))
                        .map(|pixel| pixel.filter(|&pixel| pixel < input))
                        .collect();
                    let span = span(&geometry, 1, position);
                    let found: Vec<_> = (0..kernel).map(|cell| span.pixel_of(cell)).collect();
                    assert_eq!(found, expected, "{geometry:?} at {position}");
                    assert!(span.pixels().eq(expected.into_iter().flatten()));
                }
            }
        }
    }
}
