//! The places of a window on an image, one after the other.

use super::Geometry;
use super::stretch::Stretch;
use core::ops::Range;

/// One place of the window on the image. Pixels and cells are numbered in row-major order.
pub(super) struct Place {
    /// The number of the output.
    pub(super) output: usize,
    /// The first pixel under the window.
    pub(super) pixel: usize,
    /// From there to the next one below and to the right.
    pixel_step: [usize; 2],
    /// The first cell of the window that lies inside.
    pub(super) cell: usize,
    /// From there to the next one below; the next one to the right is the next.
    cell_step: usize,
    /// Rows and columns of the window that lie inside.
    cells: [usize; 2],
}

impl Place {
    fn new(geometry: &Geometry, rows: &Stretch, columns: &Stretch) -> Self {
        let ([_, width], [_, across]) = (geometry.input, geometry.kernel);
        Self {
            output: rows.position * geometry.output[1] + columns.position,
            pixel: rows.pixel * width + columns.pixel,
            pixel_step: [rows.spacing * width, columns.spacing],
            cell: rows.cell * across + columns.cell,
            cell_step: across,
            cells: [rows.cells, columns.cells],
        }
    }

    /// Calls `visit` with the number of each cell inside and of the pixel under it.
    #[inline(always)]
    pub(super) fn each_cell(&self, mut visit: impl FnMut(usize, usize)) {
        for row in 0..self.cells[0] {
            for column in 0..self.cells[1] {
                let pixel = self.pixel + row * self.pixel_step[0] + column * self.pixel_step[1];
                visit(self.cell + row * self.cell_step + column, pixel);
            }
        }
    }

    /// Where some channels of the output lie.
    #[inline(always)]
    pub(super) fn outputs(&self, range: &Range<usize>, channels: usize) -> Range<usize> {
        self.output * channels + range.start..self.output * channels + range.end
    }

    /// Some channels of a pixel under the window.
    #[inline(always)]
    pub(super) fn channels<'a>(
        &self,
        image: &'a [f32],
        pixel: usize,
        channels: usize,
        range: &Range<usize>,
    ) -> &'a [f32] {
        // Without a panic, so that firmware has no code for it: the window lies within the image.
        image.get(pixel * channels + range.start..pixel * channels + range.end).unwrap_or_default()
    }

    pub(super) fn count(&self) -> usize {
        self.cells[0] * self.cells[1]
    }
}

/// Calls `visit` with every place of the window.
#[inline(always)]
pub(super) fn each_place(geometry: &Geometry, mut visit: impl FnMut(&Place)) {
    let axes = [geometry.gather(0), geometry.gather(1)];
    for mut rows in axes[0].stretches() {
        for _ in 0..rows.count {
            for mut columns in axes[1].stretches() {
                for _ in 0..columns.count {
                    visit(&Place::new(geometry, &rows, &columns));
                    columns.advance();
                }
            }
            rows.advance();
        }
    }
}
