//! Rectangles of outputs, and the steps through the slices that belong to them.

use super::ConvolutionSizes;
use super::rows::MOST_ROWS;
use crate::kernel::stretch::Stretch;

/// An image in memory.
#[derive(Clone, Copy, Debug)]
pub(in crate::kernel) struct Image {
    pub(in crate::kernel) width: usize,
    pub(in crate::kernel) channels: usize,
}

/// Where source, target and kernel of a convolution have their values.
#[derive(Clone, Copy, Debug)]
pub(in crate::kernel) struct Layout {
    pub(in crate::kernel) source: Image,
    pub(in crate::kernel) target: Image,
    pub(in crate::kernel) kernel_columns: usize,
    /// Source channels of one group.
    pub(in crate::kernel) depth: usize,
}

impl Layout {
    pub(in crate::kernel) fn forward(sizes: &ConvolutionSizes) -> Self {
        Self {
            source: Image { width: sizes.geometry.input[1], channels: sizes.channels },
            target: Image { width: sizes.geometry.output[1], channels: sizes.filters },
            kernel_columns: sizes.geometry.kernel[1],
            depth: sizes.channels / sizes.groups.max(1),
        }
    }

    pub(in crate::kernel) fn backward(sizes: &ConvolutionSizes) -> Self {
        let Self { source, target, kernel_columns, .. } = Self::forward(sizes);
        Self { source: target, target: source, kernel_columns, depth: sizes.filters / sizes.groups }
    }
}

/// Steps through two slices at once.
#[derive(Clone, Copy, Debug)]
pub(in crate::kernel) struct Steps {
    pub(in crate::kernel) count: usize,
    pub(in crate::kernel) source: usize,
    pub(in crate::kernel) other: usize,
}

impl Steps {
    /// Whether `count` of these steps, through source and other, are one step of `outer`.
    fn fill(&self, outer: &Self) -> bool {
        outer.source == self.count * self.source && outer.other == self.count * self.other
    }
}

/// A rectangle of outputs over which the same cells of the window lie inside the image.
#[derive(Clone, Copy, Debug)]
pub(in crate::kernel) struct Rectangle {
    pub(in crate::kernel) source: usize,
    pub(in crate::kernel) target: usize,
    pub(in crate::kernel) kernel: usize,
    /// Lines of outputs, and the outputs in a line: steps through source and target.
    pub(in crate::kernel) outputs: [Steps; 2],
    /// The cells of the window: steps through source and kernel.
    pub(in crate::kernel) runs: [Steps; 2],
    /// The length of a run: values in a row of the source, each with its own row of the kernel.
    pub(in crate::kernel) depth: usize,
}

impl Rectangle {
    pub(in crate::kernel) fn new(layout: &Layout, rows: Stretch, columns: Stretch) -> Self {
        let (source, target) = (layout.source, layout.target);
        let (source_row, target_row) = (source.width * source.channels, target.width * target.channels);
        let cell = layout.depth * target.channels;
        let lines =
            Steps { count: rows.count, source: rows.pixel_step * source_row, other: rows.position_step * target_row };
        let pixels = Steps {
            count: columns.count,
            source: columns.pixel_step * source.channels,
            other: columns.position_step * target.channels,
        };
        let mut rectangle = Self {
            source: rows.pixel * source_row + columns.pixel * source.channels,
            target: rows.position * target_row + columns.position * target.channels,
            kernel: (rows.cell * layout.kernel_columns + columns.cell) * cell,
            outputs: lines_of(lines, pixels),
            runs: [
                Steps {
                    count: rows.cells,
                    source: rows.spacing * source_row,
                    other: rows.cell_step * layout.kernel_columns * cell,
                },
                Steps {
                    count: columns.cells,
                    source: columns.spacing * source.channels,
                    other: columns.cell_step * cell,
                },
            ],
            depth: layout.depth,
        };
        rectangle.join_runs(target.channels);
        rectangle
    }

    /// Makes longer runs of those that lie one behind the other.
    fn join_runs(&mut self, kernel_row: usize) {
        let one = Steps { count: 1, source: 0, other: 0 };
        for axis in [1, 0] {
            let run = Steps { count: self.depth, source: 1, other: kernel_row };
            let count = self.runs[axis].count;
            if count == 0 || (count > 1 && !run.fill(&self.runs[axis])) {
                break;
            }
            self.depth *= count;
            self.runs[axis] = one;
        }
    }

    /// The number of cells in all.
    pub(in crate::kernel) fn cells(&self) -> usize {
        self.runs[0].count * self.runs[1].count * self.depth
    }

    /// The places of a cell in the source and in the kernel, whose rows have this length.
    #[inline(always)]
    pub(in crate::kernel) fn cell(&self, cell: usize, kernel_row: usize) -> [usize; 2] {
        let (run, step) = (cell / self.depth, cell % self.depth);
        let [outer, inner] = self.runs;
        let (first, second) = (run / inner.count, run % inner.count);
        [
            first * outer.source + second * inner.source + step,
            first * outer.other + second * inner.other + step * kernel_row,
        ]
    }
}

/// Lines that are as long as possible.
fn lines_of(lines: Steps, pixels: Steps) -> [Steps; 2] {
    if pixels.fill(&lines) {
        return [Steps { count: 1, source: 0, other: 0 }, Steps { count: lines.count * pixels.count, ..pixels }];
    }
    if pixels.count < lines.count.min(MOST_ROWS) { [pixels, lines] } else { [lines, pixels] }
}
