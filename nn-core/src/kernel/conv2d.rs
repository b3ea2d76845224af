//! Convolutions of one sample: forward, backward by the input and backward by the kernel.
//!
//! Nothing is copied and no image is unrolled. Where the window lies in the same way (see [`super::stretch`]), a strip
//! of neighbouring outputs by one or two vectors of filters is kept in registers, and the cells of the window are run
//! through; cells that lie side by side in the image and in the kernel are one run.

use super::lanes::{load_some, store_some};
use super::stretch::{Axis, Stretch};
use super::{Geometry, Isa, Job};

/// The sizes of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvolutionSizes {
    /// The window on the image.
    pub geometry: Geometry,
    /// Channels of the input.
    pub channels: usize,
    /// Channels of the output.
    pub filters: usize,
    /// Parts into which channels and filters are cut; each part of the output sees its part of the input only. At least
    /// one, and it divides both.
    pub groups: usize,
}

impl ConvolutionSizes {
    /// The floats of the kernel, `[rows][columns][channels / groups][filters]`.
    pub fn kernel_len(&self) -> usize {
        let [rows, columns] = self.geometry.kernel;
        rows * columns * self.cell_len()
    }

    /// The floats of a kernel's cell.
    pub fn cell_len(&self) -> usize {
        self.channels / self.groups * self.filters
    }

    /// Writes cell `cell` of the kernel turned around, `[rows][columns][filters / groups][channels]`: the kernel of the
    /// convolution that takes the output's gradient to the input's.
    pub fn turn(&self, kernel: &[f32], cell: usize, turned: &mut [f32]) {
        let [rows, columns] = self.geometry.kernel;
        let from = &kernel[(rows * columns - 1 - cell) * self.cell_len()..][..self.cell_len()];
        let (inputs, outputs) = (self.channels / self.groups, self.filters / self.groups);
        for (filter, turned) in turned.chunks_exact_mut(self.channels).enumerate() {
            for (channel, turned) in turned.iter_mut().enumerate() {
                let (group, row) = (channel / inputs, channel % inputs);
                *turned = from[row * self.filters + group * outputs + filter];
            }
        }
    }
}

/// A convolution of one sample, `target = bias + source * kernel`; also its gradient by the input, which is the
/// convolution of the output's gradient with the kernel turned around.
#[derive(Debug)]
pub struct Convolution<'a> {
    axes: [Axis; 2],
    layout: Layout,
    groups: usize,
    source: &'a [f32],
    kernel: &'a [f32],
    bias: Option<&'a [f32]>,
    target: &'a mut [f32],
}

impl<'a> Convolution<'a> {
    /// From the input to the output.
    pub fn forward(
        sizes: &ConvolutionSizes,
        source: &'a [f32],
        kernel: &'a [f32],
        bias: Option<&'a [f32]>,
        target: &'a mut [f32],
    ) -> Self {
        let layout = Layout::forward(sizes);
        let axes = [sizes.geometry.gather(0), sizes.geometry.gather(1)];
        Self { axes, layout, groups: sizes.groups, source, kernel, bias, target }
    }

    /// From the output's gradient to the input's, with the kernel that [`ConvolutionSizes::turn`] writes.
    pub fn backward(sizes: &ConvolutionSizes, source: &'a [f32], turned: &'a [f32], target: &'a mut [f32]) -> Self {
        let layout = Layout::backward(sizes);
        let axes = [sizes.geometry.spread(0), sizes.geometry.spread(1)];
        Self { axes, layout, groups: sizes.groups, source, kernel: turned, bias: None, target }
    }
}

impl Job for Convolution<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let [rows, columns] = self.axes;
        for rows in rows.stretches() {
            for columns in columns.stretches() {
                let rectangle = Rectangle::new(&self.layout, rows, columns);
                for group in 0..self.groups {
                    self.rectangle(isa, &rectangle, group);
                }
            }
        }
    }
}

impl Convolution<'_> {
    /// The outputs of one group in a rectangle.
    #[inline(always)]
    fn rectangle<I: Isa>(&mut self, isa: I, rectangle: &Rectangle, group: usize) {
        let (channels, filters) =
            (self.layout.source.channels / self.groups, self.layout.target.channels / self.groups);
        let mut filter = 0;
        while filter < filters {
            let vectors = if filters - filter >= 2 * I::LANES { 2 } else { 1 };
            let width = (vectors * I::LANES).min(filters - filter);
            let column = group * filters + filter;
            let strips = Strips {
                rectangle,
                row: self.layout.target.channels,
                width,
                // Where no cell lies inside, there may be no source to begin with.
                source: self.source.get(rectangle.source + group * channels..).unwrap_or_default(),
                kernel: self.kernel.get(rectangle.kernel + column..).unwrap_or_default(),
                bias: self.bias.map_or(&[], |bias| &bias[column..][..width]),
            };
            let target = &mut self.target[rectangle.target + column..];
            match vectors {
                1 => strips.run::<I, 1>(isa, target),
                _ => strips.run::<I, 2>(isa, target),
            }
            filter += width;
        }
    }
}

/// An image in memory.
#[derive(Clone, Copy, Debug)]
struct Image {
    width: usize,
    channels: usize,
}

/// Where source, target and kernel of a convolution have their values.
#[derive(Clone, Copy, Debug)]
struct Layout {
    source: Image,
    target: Image,
    kernel_columns: usize,
    /// Source channels of one group.
    depth: usize,
}

impl Layout {
    fn forward(sizes: &ConvolutionSizes) -> Self {
        Self {
            source: Image { width: sizes.geometry.input[1], channels: sizes.channels },
            target: Image { width: sizes.geometry.output[1], channels: sizes.filters },
            kernel_columns: sizes.geometry.kernel[1],
            depth: sizes.channels / sizes.groups,
        }
    }

    fn backward(sizes: &ConvolutionSizes) -> Self {
        let Self { source, target, kernel_columns, .. } = Self::forward(sizes);
        Self { source: target, target: source, kernel_columns, depth: sizes.filters / sizes.groups }
    }
}

/// Steps through two slices at once.
#[derive(Clone, Copy, Debug)]
struct Steps {
    count: usize,
    source: usize,
    other: usize,
}

impl Steps {
    /// Whether `count` of these steps, through source and other, are one step of `outer`.
    fn fill(&self, outer: &Self) -> bool {
        outer.source == self.count * self.source && outer.other == self.count * self.other
    }
}

/// A rectangle of outputs over which the same cells of the window lie inside the image.
#[derive(Clone, Copy, Debug)]
struct Rectangle {
    source: usize,
    target: usize,
    kernel: usize,
    /// Lines of outputs, and the outputs in a line: steps through source and target.
    outputs: [Steps; 2],
    /// The cells of the window: steps through source and kernel.
    runs: [Steps; 2],
    /// The length of a run: values in a row of the source, each with its own row of the kernel.
    depth: usize,
}

impl Rectangle {
    fn new(layout: &Layout, rows: Stretch, columns: Stretch) -> Self {
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
}

/// Lines that are as long as possible.
fn lines_of(lines: Steps, pixels: Steps) -> [Steps; 2] {
    if pixels.fill(&lines) {
        return [Steps { count: 1, source: 0, other: 0 }, Steps { count: lines.count * pixels.count, ..pixels }];
    }
    if pixels.count < lines.count.min(MOST_ROWS) { [pixels, lines] } else { [lines, pixels] }
}

/// The largest number of rows of a tile.
const MOST_ROWS: usize = 12;

/// How many rows of `vectors` sums stay in registers, besides the vectors of the kernel and two more.
#[inline(always)]
const fn most_rows<I: Isa>(vectors: usize) -> usize {
    let rows = (I::REGISTERS - vectors - 2) / vectors;
    if rows < MOST_ROWS { rows } else { MOST_ROWS }
}

/// Calls `$function` with as many rows as `$rows` says, as a constant.
macro_rules! with_rows {
    ($isa:ident, $vectors:ident, $rows:expr, $self:ident.$function:ident($($argument:expr),*)) => {
        with_rows!(@ $isa, $vectors, $rows, $self.$function($($argument),*), 1 2 3 4 5 6 7 8 9 10 11 12)
    };
    (@ $isa:ident, $vectors:ident, $rows:expr, $self:ident.$function:ident $arguments:tt, $($count:literal)*) => {
        match $rows {
            // The condition is known to the compiler: tiles that do not fit are not compiled.
            $($count if $count <= most_rows::<$isa>($vectors) => with_rows!(@@ $self.$function, $isa, $count, $vectors, $arguments),)*
            _ => unreachable!("a tile has at least one row and at most as many as fit"),
        }
    };
    (@@ $self:ident.$function:ident, $isa:ident, $count:literal, $vectors:ident, ($($argument:expr),*)) => {
        $self.$function::<$isa, $count, $vectors>($($argument),*)
    };
}

/// One or two vectors of filters for all outputs of a rectangle. The slices begin at its first output.
struct Strips<'a> {
    rectangle: &'a Rectangle,
    /// The length of a row of the kernel.
    row: usize,
    /// The number of filters.
    width: usize,
    source: &'a [f32],
    kernel: &'a [f32],
    bias: &'a [f32],
}

impl Strips<'_> {
    #[inline(always)]
    fn run<I: Isa, const VECTORS: usize>(&self, isa: I, target: &mut [f32]) {
        let [lines, outputs] = self.rectangle.outputs;
        for line in 0..lines.count {
            let mut output = 0;
            while output < outputs.count {
                // Strips of equal length, as nearly as possible.
                let left = outputs.count - output;
                let rows = left.div_ceil(left.div_ceil(most_rows::<I>(VECTORS)));
                let source = &self.source[line * lines.source + output * outputs.source..];
                let target = &mut target[line * lines.other + output * outputs.other..];
                with_rows!(I, VECTORS, rows, self.strip(isa, source, target));
                output += rows;
            }
        }
    }

    /// `ROWS` neighbouring outputs.
    #[inline(always)]
    fn strip<I: Isa, const ROWS: usize, const VECTORS: usize>(&self, isa: I, source: &[f32], target: &mut [f32]) {
        let step = self.rectangle.outputs[1];
        let mut sums = [[isa.splat(0.0); VECTORS]; ROWS];
        if !self.bias.is_empty() {
            sums = [load_vectors(isa, self.bias); ROWS];
        }
        let [outer, inner] = self.rectangle.runs;
        for first in 0..outer.count {
            for second in 0..inner.count {
                let source = &source[first * outer.source + second * inner.source..];
                let kernel = &self.kernel[first * outer.other + second * inner.other..];
                self.add_run(isa, &mut sums, source, kernel);
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            store_vectors(isa, sums, &mut target[row * step.other..][..self.width]);
        }
    }

    /// Adds a run of cells to the sums.
    #[inline(always)]
    fn add_run<I: Isa, const ROWS: usize, const VECTORS: usize>(
        &self,
        isa: I,
        sums: &mut [[I::Vector; VECTORS]; ROWS],
        source: &[f32],
        kernel: &[f32],
    ) {
        let depth = self.rectangle.depth;
        let step = self.rectangle.outputs[1].source;
        let mut rows: [&[f32]; ROWS] = [&[]; ROWS];
        for (row, values) in rows.iter_mut().enumerate() {
            *values = &source[row * step..][..depth];
        }
        for index in 0..depth {
            let weights = load_vectors::<I, VECTORS>(isa, &kernel[index * self.row..][..self.width]);
            for row in 0..ROWS {
                let value = isa.splat(rows[row][index]);
                for vector in 0..VECTORS {
                    sums[row][vector] = isa.mul_add(value, weights[vector], sums[row][vector]);
                }
            }
        }
    }
}

/// Adds the gradient of one sample by the kernel, and by the bias, to `kernel` and `bias`.
#[derive(Debug)]
pub struct KernelGradient<'a> {
    /// The sizes.
    pub sizes: &'a ConvolutionSizes,
    /// The input.
    pub input: &'a [f32],
    /// The derivative by the output.
    pub output_gradient: &'a [f32],
    /// The derivative by the kernel.
    pub kernel: &'a mut [f32],
    /// The derivative by the bias; empty if there is none.
    pub bias: &'a mut [f32],
}

impl Job for KernelGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let layout = Layout::forward(self.sizes);
        let geometry = &self.sizes.geometry;
        for rows in geometry.gather(0).stretches() {
            for columns in geometry.gather(1).stretches() {
                let rectangle = Rectangle::new(&layout, rows, columns);
                for group in 0..self.sizes.groups {
                    self.rectangle(isa, &rectangle, group);
                }
            }
        }
        add_columns(isa, self.output_gradient, self.sizes.filters, self.bias);
    }
}

impl KernelGradient<'_> {
    /// What the outputs of a rectangle give to the kernel of one group.
    #[inline(always)]
    fn rectangle<I: Isa>(&mut self, isa: I, rectangle: &Rectangle, group: usize) {
        let filters = self.sizes.filters / self.sizes.groups;
        let source = rectangle.source + group * (self.sizes.channels / self.sizes.groups);
        let mut filter = 0;
        while filter < filters {
            let vectors = if filters - filter >= 2 * I::LANES { 2 } else { 1 };
            let width = (vectors * I::LANES).min(filters - filter);
            let column = group * filters + filter;
            let tiles = Tiles {
                rectangle,
                row: self.sizes.filters,
                width,
                // Where no cell lies inside, there may be no source to begin with.
                source: self.input.get(source..).unwrap_or_default(),
                gradient: &self.output_gradient[rectangle.target + column..],
            };
            let kernel = self.kernel.get_mut(rectangle.kernel + column..).unwrap_or_default();
            match vectors {
                1 => tiles.run::<I, 1>(isa, kernel),
                _ => tiles.run::<I, 2>(isa, kernel),
            }
            filter += width;
        }
    }
}

/// One or two vectors of filters for all rows of the kernel that a rectangle's runs name.
struct Tiles<'a> {
    rectangle: &'a Rectangle,
    /// The length of a row of the kernel.
    row: usize,
    /// The number of filters.
    width: usize,
    source: &'a [f32],
    gradient: &'a [f32],
}

impl Tiles<'_> {
    #[inline(always)]
    fn run<I: Isa, const VECTORS: usize>(&self, isa: I, kernel: &mut [f32]) {
        let [outer, inner] = self.rectangle.runs;
        for first in 0..outer.count {
            for second in 0..inner.count {
                let source = &self.source[first * outer.source + second * inner.source..];
                let kernel = &mut kernel[first * outer.other + second * inner.other..];
                self.run_of_cells::<I, VECTORS>(isa, source, kernel);
            }
        }
    }

    /// The rows of the kernel that one run names.
    #[inline(always)]
    fn run_of_cells<I: Isa, const VECTORS: usize>(&self, isa: I, source: &[f32], kernel: &mut [f32]) {
        let mut row = 0;
        while row < self.rectangle.depth {
            let left = self.rectangle.depth - row;
            let rows = left.div_ceil(left.div_ceil(most_rows::<I>(VECTORS)));
            let (source, kernel) = (&source[row..], &mut kernel[row * self.row..]);
            with_rows!(I, VECTORS, rows, self.tile(isa, source, kernel));
            row += rows;
        }
    }

    /// `ROWS` rows of the kernel: their sums over all outputs.
    #[inline(always)]
    fn tile<I: Isa, const ROWS: usize, const VECTORS: usize>(&self, isa: I, source: &[f32], kernel: &mut [f32]) {
        let mut sums = [[isa.splat(0.0); VECTORS]; ROWS];
        for (row, sums) in sums.iter_mut().enumerate() {
            *sums = load_vectors(isa, &kernel[row * self.row..][..self.width]);
        }
        let [lines, outputs] = self.rectangle.outputs;
        for line in 0..lines.count {
            let source = &source[line * lines.source..];
            let gradient = &self.gradient[line * lines.other..];
            for output in 0..outputs.count {
                let errors = load_vectors::<I, VECTORS>(isa, &gradient[output * outputs.other..][..self.width]);
                let values = &source[output * outputs.source..][..ROWS];
                for row in 0..ROWS {
                    let value = isa.splat(values[row]);
                    for vector in 0..VECTORS {
                        sums[row][vector] = isa.mul_add(value, errors[vector], sums[row][vector]);
                    }
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            store_vectors(isa, sums, &mut kernel[row * self.row..][..self.width]);
        }
    }
}

/// Adds the sum of each column of a matrix of `columns` columns to `sums`, if that is not empty.
#[inline(always)]
pub(super) fn add_columns<I: Isa>(isa: I, matrix: &[f32], columns: usize, sums: &mut [f32]) {
    for (block, sums) in sums.chunks_mut(I::LANES).enumerate() {
        let mut total = load_some(isa, sums);
        for row in matrix.chunks_exact(columns) {
            total = isa.add(total, load_some(isa, &row[block * I::LANES..][..sums.len()]));
        }
        store_some(isa, total, sums);
    }
}

/// Several whole vectors, or one that may be partial.
#[inline(always)]
fn load_vectors<I: Isa, const VECTORS: usize>(isa: I, from: &[f32]) -> [I::Vector; VECTORS] {
    let mut vectors = [isa.splat(0.0); VECTORS];
    for (index, vector) in vectors.iter_mut().enumerate() {
        let from = &from[index * I::LANES..];
        *vector = if VECTORS > 1 { isa.load(from) } else { load_some(isa, from) };
    }
    vectors
}

#[inline(always)]
fn store_vectors<I: Isa, const VECTORS: usize>(isa: I, vectors: &[I::Vector; VECTORS], to: &mut [f32]) {
    for (index, &vector) in vectors.iter().enumerate() {
        let to = &mut to[index * I::LANES..];
        if VECTORS > 1 {
            isa.store(vector, to)
        } else {
            store_some(isa, vector, to)
        };
    }
}

#[cfg(test)]
mod tests;
