//! Convolution, with or without a pool of maxima, for the registers of a desktop's processor.
//!
//! The filters lie in the lanes. A rectangle of the image is copied with its border, so that the windows of all outputs
//! lie in the same way in it; weights are rearranged into a panel of a few filters, word by word of as many as a lane
//! multiplies at once. A tile of sums, some pixels by one or two vectors of filters, stays in registers while a window is
//! run through. Where the panel would be too large, the depth lies in the lanes instead, and weights are read as they
//! lie.

use super::Rescale;
use super::dots::{UNITS, Units, add_dots, correction, lanes_of, without_flips};
use super::places::{Few, Place, Places};
use super::scale::LaneRescale;
use super::span::{Span, span};
use super::strip::{Aligned, Frame, Image, ROOM, SLACK};
use crate::kernel::conv2d::ConvolutionSizes;
use crate::kernel::{ByteJob, Cell, Geometry, Isa, MOST_LANES, Products};

/// The words of a panel, and of a small one.
const PANEL: usize = 5120;
const SMALL_PANEL: usize = 1024;
/// The vectors of filters of a panel.
const MOST_VECTORS: usize = 8;
/// The pixels of the widest tile.
const MOST_PIXELS: usize = 8;

/// A convolution, and a pool on it.
#[derive(Debug)]
pub(super) struct Tiles<'a> {
    pub(super) sizes: &'a ConvolutionSizes,
    /// The pool, of windows of one cell where there is none.
    pub(super) pool: Geometry,
    pub(super) input: &'a [i8],
    pub(super) zero_point: i8,
    pub(super) weights: &'a [i8],
    pub(super) rescale: Rescale<'a>,
    pub(super) output: &'a mut [i8],
}

/// Windows of one cell on an image.
pub(super) fn no_pool(size: [usize; 2]) -> Geometry {
    let one = [1, 1];
    Geometry { input: size, output: size, kernel: one, stride: one, dilation: one, before: [0, 0] }
}

impl Tiles<'_> {
    /// Whether the slices are as long as the sizes say, and a window fits into a strip.
    #[inline(always)]
    pub(super) fn fits(&self) -> bool {
        let ConvolutionSizes { geometry, channels, filters, groups } = *self.sizes;
        let [height, width] = geometry.input;
        let [rows, columns] = self.pool.output;
        let pool = self.pool.kernel[0].min(self.pool.kernel[1]);
        groups > 0
            && pool.min(rows).min(columns) > 0
            && channels.is_multiple_of(groups)
            && filters.is_multiple_of(groups)
            && self.sizes.kernel_len() > 0
            && self.weights.len() >= self.sizes.kernel_len()
            && self.input.len() >= height * width * channels
            && self.output.len() >= rows * columns * filters
            && self.cells([1, 1]) <= ROOM
    }

    fn depth(&self) -> usize {
        self.sizes.channels / self.sizes.groups
    }

    /// How many rows or columns of cells so many outputs look at.
    fn extent(&self, axis: usize, count: usize) -> usize {
        let reach = |geometry: &Geometry, count: usize| {
            let (stride, dilation) = (geometry.stride[axis], geometry.dilation[axis]);
            (count - 1) * stride + (geometry.kernel[axis] - 1) * dilation + 1
        };
        reach(&self.sizes.geometry, reach(&self.pool, count))
    }

    /// The cells that a rectangle of outputs looks at.
    fn cells(&self, size: [usize; 2]) -> usize {
        self.extent(0, size[0]).saturating_mul(self.extent(1, size[1])).saturating_mul(self.depth())
    }

    /// Rows and columns of as many outputs as fit into a strip.
    fn rectangle(&self) -> [usize; 2] {
        let [height, width] = self.pool.output;
        let mut size = [1, width];
        while size[1] > 1 && self.cells(size) > ROOM {
            size[1] = size[1].div_ceil(2);
        }
        while size[0] < height && self.cells([size[0] + 1, size[1]]) <= ROOM {
            size[0] += 1;
        }
        size
    }

    /// An image of which every pixel is seen by itself is one long row.
    fn flatten(&self) -> Option<ConvolutionSizes> {
        let Geometry { input, output, kernel, stride, before, .. } = self.sizes.geometry;
        let unpooled = self.pool.kernel == [1, 1] && self.pool.output == output;
        (unpooled && kernel == [1, 1] && stride == [1, 1] && before == [0, 0] && input == output).then(|| {
            let row = [1, input[0] * input[1]];
            let geometry = Geometry { input: row, output: row, ..self.sizes.geometry };
            ConvolutionSizes { geometry, ..*self.sizes }
        })
    }
}

impl ByteJob for Tiles<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa, P: Products<I>>(self, isa: I, products: P) {
        match self.flatten() {
            Some(sizes) => {
                let pool = no_pool(sizes.geometry.output);
                Tiles { sizes: &sizes, pool, ..self }.run_rectangles(isa, products);
            }
            None => self.run_rectangles(isa, products),
        }
    }
}

/// A rectangle of outputs.
#[derive(Clone, Copy)]
struct Rectangle {
    origin: [usize; 2],
    size: [usize; 2],
    /// The first output of the convolution under it.
    under: [usize; 2],
    /// Cells of a line of the strip.
    line: usize,
}

impl Tiles<'_> {
    #[inline(always)]
    fn run_rectangles<I: Isa, P: Products<I>>(mut self, isa: I, products: P) {
        let ConvolutionSizes { filters, groups, .. } = *self.sizes;
        let window = Window::new(self.sizes, P::DEPTH);
        let vectors = (PANEL / (window.words * I::LANES)).min(MOST_VECTORS);
        for group in 0..groups {
            let filters = group * (filters / groups)..(group + 1) * (filters / groups);
            if vectors == 0 {
                self.deep(isa, products, &window, group, filters);
                continue;
            }
            // Tiles take two vectors at once.
            let step = I::LANES * if vectors > 1 { vectors / 2 * 2 } else { 1 };
            for first in filters.clone().step_by(step) {
                let count = step.min(filters.end - first);
                self.panel(isa, products, &window, group, first, count);
            }
        }
    }

    /// The part of the image under a rectangle of outputs.
    #[inline(always)]
    fn frame(&self, group: usize, origin: [usize; 2], most: [usize; 2]) -> (Rectangle, Frame) {
        let depth = self.depth();
        let mut rectangle = Rectangle { origin, size: most, under: [0; 2], line: 0 };
        let mut frame = Frame { origin: [0; 2], size: [0; 2], channel: group * depth, depth };
        for axis in 0..2 {
            rectangle.size[axis] = most[axis].min(self.pool.output[axis] - origin[axis]);
            rectangle.under[axis] = (origin[axis] * self.pool.stride[axis]).saturating_sub(self.pool.before[axis]);
            frame.origin[axis] = rectangle.under[axis] * self.sizes.geometry.stride[axis];
            frame.size[axis] = self.extent(axis, rectangle.size[axis]);
        }
        rectangle.line = frame.size[1] * depth;
        (rectangle, frame)
    }

    /// Some filters of a group, of as many as there is room for in a panel.
    #[inline(always)]
    fn panel<I: Isa, P: Products<I>>(
        &mut self,
        isa: I,
        products: P,
        window: &Window,
        group: usize,
        first: usize,
        count: usize,
    ) {
        // Of two sizes, since either is set to zero first, which takes its time.
        let (mut small, mut large);
        let words = if count.next_multiple_of(I::LANES) * window.words <= SMALL_PANEL {
            small = Aligned([0; SMALL_PANEL]);
            &mut small.0[..]
        } else {
            large = Aligned([0; PANEL]);
            &mut large.0[..]
        };
        let Aligned(starts) = &mut Aligned([0; MOST_VECTORS * MOST_LANES]);
        for pair in (0..count).step_by(2 * I::LANES) {
            let lanes = (2 * I::LANES).min((count - pair).next_multiple_of(I::LANES));
            let words = &mut words[pair * window.words..][..lanes * window.words];
            for vector in (0..lanes).step_by(I::LANES) {
                let first = first + pair + vector;
                let weights = &self.weights[first * window.len()..];
                let filters = Filters { weights, window, count: I::LANES.min(count - pair - vector) };
                filters.arrange(isa, products, lanes, &mut words[vector..]);
                let bias = lanes_of(isa, self.rescale.bias.get(first..).unwrap_or_default());
                let start = without_flips(isa, products, bias, &words[vector..], lanes);
                isa.store_whole(start, &mut starts[pair + vector..]);
            }
        }
        let most = self.rectangle();
        let image = Image::new(self.sizes, self.input, self.zero_point);
        let Aligned(cells) = &mut Aligned([P::Cell::new(0); ROOM + SLACK]);
        for row in (0..self.pool.output[0]).step_by(most[0]) {
            for column in (0..self.pool.output[1]).step_by(most[1]) {
                let (rectangle, frame) = self.frame(group, [row, column], most);
                frame.fill(&image, cells);
                for pair in (0..count).step_by(2 * I::LANES) {
                    let rest = count - pair;
                    let block = Block {
                        cells,
                        rectangle: &rectangle,
                        window,
                        words: &words[pair * window.words..],
                        starts: &starts[pair..],
                        filter: first + pair,
                        count: rest.min(2 * I::LANES),
                    };
                    if rest > I::LANES {
                        self.block::<I, P, 2>(isa, products, block);
                    } else {
                        self.block::<I, P, 1>(isa, products, block);
                    }
                }
            }
        }
    }

    /// One or two vectors of filters of a rectangle.
    #[inline(always)]
    fn block<I: Isa, P: Products<I>, const VECTORS: usize>(&mut self, isa: I, products: P, block: Block<'_, P::Cell>) {
        let mut starts = [isa.splat_whole(0); VECTORS];
        let mut rescales = [self.rescale.lanes(isa, block.filter); VECTORS];
        for vector in 0..VECTORS {
            starts[vector] = isa.load_whole(&block.starts[vector * I::LANES..]);
            rescales[vector] = self.rescale.lanes(isa, block.filter + vector * I::LANES);
        }
        if self.pool.kernel != [1, 1] {
            self.pooled(isa, products, &block, starts, rescales);
        } else if I::REGISTERS >= 32 {
            self.pixels::<I, P, VECTORS, MOST_PIXELS>(isa, products, &block, starts, rescales);
        } else {
            self.pixels::<I, P, VECTORS, 4>(isa, products, &block, starts, rescales);
        }
    }

    /// Outputs one by one: each pixel of a tile is an output.
    #[inline(always)]
    fn pixels<I: Isa, P: Products<I>, const VECTORS: usize, const PIXELS: usize>(
        &mut self,
        isa: I,
        products: P,
        block: &Block<'_, P::Cell>,
        starts: [I::Whole; VECTORS],
        rescales: [LaneRescale<I>; VECTORS],
    ) {
        let Rectangle { origin, size, line, .. } = *block.rectangle;
        let ([row_stride, stride], filters) = (self.sizes.geometry.stride, self.sizes.filters);
        let width = self.pool.output[1];
        let first = Place { window: 0, output: (origin[0] * width + origin[1]) * filters + block.filter };
        let step = Place { window: stride * block.window.depth, output: filters };
        let row = Place { window: row_stride * line, output: width * filters };
        let mut places = Places::new(size, first, step, row);
        // Sums that are chosen by a number that is no constant must lie in memory: these do, and those of the loop over words
        // stay in registers.
        let Aligned(sums) = &mut Aligned([[[0; MOST_LANES]; PIXELS]; VECTORS]);
        while let Some(Few { windows, outputs, count }) = places.few::<PIXELS>() {
            let tile = block.tile(isa, products, windows, starts);
            for vector in 0..VECTORS {
                for pixel in 0..PIXELS {
                    isa.store_whole(tile[pixel][vector], &mut sums[vector][pixel]);
                }
            }
            for vector in 0..VECTORS {
                let width = I::LANES.min(block.count - vector * I::LANES);
                let output = &mut self.output[vector * I::LANES..];
                rescales[vector].store_each(isa, &sums[vector], &outputs[..count], width, output);
            }
        }
    }

    /// Outputs one by one: the pixels of a tile are cells of a window of the pool.
    #[inline(always)]
    fn pooled<I: Isa, P: Products<I>, const VECTORS: usize>(
        &mut self,
        isa: I,
        products: P,
        block: &Block<'_, P::Cell>,
        starts: [I::Whole; VECTORS],
        rescales: [LaneRescale<I>; VECTORS],
    ) {
        let Rectangle { origin, size, .. } = *block.rectangle;
        let strides =
            [self.sizes.geometry.stride[0] * block.rectangle.line, self.sizes.geometry.stride[1] * block.window.depth];
        for row in origin[0]..origin[0] + size[0] {
            let rows = span(&self.pool, 0, row);
            for column in origin[1]..origin[1] + size[1] {
                let columns = span(&self.pool, 1, column);
                let mut cells = WindowCells::new(block.rectangle.under, strides, &rows, &columns);
                let mut largest = [isa.splat_whole(i32::MIN); VECTORS];
                while let Some(offsets) = cells.four() {
                    for sums in block.tile(isa, products, offsets, starts) {
                        for vector in 0..VECTORS {
                            largest[vector] = isa.max_whole(largest[vector], sums[vector]);
                        }
                    }
                }
                let output = (row * self.pool.output[1] + column) * self.sizes.filters + block.filter;
                for vector in 0..VECTORS {
                    let width = I::LANES.min(block.count - vector * I::LANES);
                    let output = &mut self.output[output + vector * I::LANES..][..width];
                    rescales[vector].store(isa, largest[vector], output);
                }
            }
        }
    }
}

/// Where the cells of a window of the pool lie in a strip, four at a time.
struct WindowCells {
    /// Rows and columns that are left, of as many columns.
    rows: usize,
    columns: usize,
    width: usize,
    /// The next cell, and the first one of its row.
    next: usize,
    line: usize,
    /// From one row, and from one column to the next.
    steps: [usize; 2],
}

impl WindowCells {
    #[inline(always)]
    fn new(under: [usize; 2], strides: [usize; 2], rows: &Span, columns: &Span) -> Self {
        let width = columns.count();
        let first =
            rows.pixel.saturating_sub(under[0]) * strides[0] + columns.pixel.saturating_sub(under[1]) * strides[1];
        Self {
            // A window with no columns has no rows.
            rows: if width == 0 { 0 } else { rows.count() },
            columns: width,
            width,
            next: first,
            line: first,
            steps: [rows.step * strides[0], columns.step * strides[1]],
        }
    }

    /// The next four, the last one several times if fewer are left.
    #[inline(always)]
    fn four(&mut self) -> Option<[usize; 4]> {
        if self.rows == 0 {
            return None;
        }
        let mut offsets = [self.next; 4];
        let mut last = self.next;
        for offset in &mut offsets {
            if self.rows > 0 {
                last = self.next;
                self.next += self.steps[1];
                self.columns -= 1;
                if self.columns == 0 {
                    self.line += self.steps[0];
                    (self.rows, self.columns, self.next) = (self.rows - 1, self.width, self.line);
                }
            }
            *offset = last;
        }
        Some(offsets)
    }
}

/// How the weights of a filter lie: in runs of cells that lie side by side in a strip, too.
struct Window {
    /// Channels of a cell.
    depth: usize,
    /// The weights of a run.
    run: usize,
    /// Rows and columns of runs.
    runs: [usize; 2],
    /// From one run to the next: rows, and columns.
    step: [usize; 2],
    /// The words of a run, and of all of them.
    words_of_run: usize,
    words: usize,
}

impl Window {
    fn new(sizes: &ConvolutionSizes, depth_of_word: usize) -> Self {
        let Geometry { kernel, dilation, .. } = sizes.geometry;
        let depth = sizes.channels / sizes.groups;
        let side_by_side = dilation[1] == 1 || kernel[1] == 1;
        let (run, columns) = if side_by_side { (kernel[1] * depth, 1) } else { (depth, kernel[1]) };
        let words_of_run = run.div_ceil(depth_of_word);
        let runs = [kernel[0], columns];
        let words = words_of_run * runs[0] * runs[1];
        Self { depth, run, runs, step: [dilation[0], dilation[1] * depth], words_of_run, words }
    }

    /// The weights of a filter.
    fn len(&self) -> usize {
        self.run * self.runs[0] * self.runs[1]
    }
}

/// The weights of a vector of filters, one filter after the other.
struct Filters<'a> {
    weights: &'a [i8],
    window: &'a Window,
    count: usize,
}

impl Filters<'_> {
    /// Writes the first words of all filters, then the second ones, each at a distance from the last.
    #[inline(always)]
    fn arrange<I: Isa, P: Products<I>>(&self, isa: I, products: P, distance: usize, to: &mut [i32]) {
        let Window { run, words_of_run, words, .. } = *self.window;
        let mut word = 0;
        if self.count == I::LANES && run.is_multiple_of(P::DEPTH) {
            while word + I::LANES <= words {
                let block = self.block(isa, products, word * P::DEPTH);
                for (index, &lanes) in block.iter().enumerate().take(I::LANES) {
                    isa.store_whole(lanes, &mut to[(word + index) * distance..]);
                }
                word += I::LANES;
            }
        }
        // The rest one by one.
        let (mut index, mut begin) = (word % words_of_run, word / words_of_run * run);
        for word in word..words {
            let len = P::DEPTH.min(run - index * P::DEPTH);
            for filter in 0..self.count {
                let at = filter * self.window.len() + begin + index * P::DEPTH;
                to[word * distance + filter] = products.weights_of_lane(&self.weights[at..][..len]);
            }
            index += 1;
            if index == words_of_run {
                (index, begin) = (0, begin + run);
            }
        }
    }

    /// As many words as there are lanes, from some weight on, of as many filters.
    #[inline(always)]
    fn block<I: Isa, P: Products<I>>(&self, isa: I, products: P, begin: usize) -> [I::Whole; MOST_LANES] {
        let mut lines = [isa.splat_whole(0); MOST_LANES];
        let mut rest = &self.weights[begin..];
        for (filter, line) in lines.iter_mut().enumerate().take(I::LANES) {
            *line = products.weights_of_lanes(isa, rest);
            if filter + 1 < I::LANES {
                rest = &rest[self.window.len()..];
            }
        }
        // Each round puts neighbours side by side that are half of all lines apart, until lines have become columns.
        let mut apart = 1;
        while apart < I::LANES {
            let from = lines;
            for index in 0..I::LANES / 2 {
                (lines[2 * index], lines[2 * index + 1]) =
                    isa.interleave_whole(from[index], from[index + I::LANES / 2]);
            }
            apart *= 2;
        }
        lines
    }
}

/// One or two vectors of filters on a strip.
struct Block<'a, C> {
    cells: &'a [C],
    rectangle: &'a Rectangle,
    window: &'a Window,
    /// The weights, `[words][lanes]`.
    words: &'a [i32],
    starts: &'a [i32],
    /// The first filter, and how many there are.
    filter: usize,
    count: usize,
}

impl<C: Cell> Block<'_, C> {
    /// The sums of the windows that begin at some cells.
    #[inline(always)]
    fn tile<I: Isa, P: Products<I, Cell = C>, const VECTORS: usize, const PIXELS: usize>(
        &self,
        isa: I,
        products: P,
        offsets: [usize; PIXELS],
        starts: [I::Whole; VECTORS],
    ) -> [[I::Whole; VECTORS]; PIXELS] {
        let Window { runs, step, words_of_run, .. } = *self.window;
        let width = VECTORS * I::LANES;
        let mut sums = [starts; PIXELS];
        let mut rest = self.words;
        for row in 0..runs[0] {
            for column in 0..runs[1] {
                let (words, others) = rest.split_at(words_of_run * width);
                rest = others;
                let run = row * step[0] * self.rectangle.line + column * step[1];
                // The same length for all, so that the compiler checks once for all.
                let len = words_of_run * P::DEPTH;
                let mut cells = [&self.cells[..0]; PIXELS];
                for (cells, offset) in cells.iter_mut().zip(offsets) {
                    *cells = &self.cells[offset + run..][..len];
                }
                for (word, words) in words.chunks_exact(width).enumerate() {
                    let mut weights = starts;
                    for vector in 0..VECTORS {
                        weights[vector] = isa.load_whole(&words[vector * I::LANES..]);
                    }
                    for pixel in 0..PIXELS {
                        let values = products.splat(isa, &cells[pixel][word * P::DEPTH..][..P::DEPTH]);
                        for vector in 0..VECTORS {
                            sums[pixel][vector] =
                                products.add_flipped(isa, sums[pixel][vector], values, weights[vector]);
                        }
                    }
                }
            }
        }
        sums
    }
}

impl Tiles<'_> {
    /// The filters of a group, with the depth in the lanes.
    #[inline(always)]
    fn deep<I: Isa, P: Products<I>>(
        &mut self,
        isa: I,
        products: P,
        window: &Window,
        group: usize,
        filters: core::ops::Range<usize>,
    ) {
        let most = self.rectangle();
        let image = Image::new(self.sizes, self.input, self.zero_point);
        let Aligned(cells) = &mut Aligned([0_i8; ROOM + SLACK]);
        for row in (0..self.pool.output[0]).step_by(most[0]) {
            for column in (0..self.pool.output[1]).step_by(most[1]) {
                let (rectangle, frame) = self.frame(group, [row, column], most);
                frame.fill(&image, cells);
                for first in filters.clone().step_by(I::LANES) {
                    let count = I::LANES.min(filters.end - first);
                    let deep = Deep { cells, rectangle: &rectangle, window, first, count };
                    self.deep_filters(isa, products, &deep);
                }
            }
        }
    }

    /// A vector of filters of a rectangle.
    #[inline(always)]
    fn deep_filters<I: Isa, P: Products<I>>(&mut self, isa: I, products: P, deep: &Deep<'_>) {
        let Rectangle { origin, size, under, line } = *deep.rectangle;
        let rescale = self.rescale.lanes(isa, deep.first);
        let bias = lanes_of(isa, self.rescale.bias.get(deep.first..).unwrap_or_default());
        for row in origin[0]..origin[0] + size[0] {
            let rows = span(&self.pool, 0, row);
            for column in origin[1]..origin[1] + size[1] {
                let columns = span(&self.pool, 1, column);
                let mut largest = isa.splat_whole(i32::MIN);
                for row in rows.pixels() {
                    for column in columns.pixels() {
                        let stride = self.sizes.geometry.stride;
                        let offset =
                            (row - under[0]) * stride[0] * line + (column - under[1]) * stride[1] * deep.window.depth;
                        let sums = deep.sums(isa, products, self.weights, offset);
                        largest = isa.max_whole(largest, isa.add_whole(sums, bias));
                    }
                }
                let output = (row * self.pool.output[1] + column) * self.sizes.filters + deep.first;
                rescale.store(isa, largest, &mut self.output[output..][..deep.count]);
            }
        }
    }
}

/// A vector of filters on a strip of bytes.
struct Deep<'a> {
    cells: &'a [i8],
    rectangle: &'a Rectangle,
    window: &'a Window,
    first: usize,
    count: usize,
}

impl Deep<'_> {
    /// The sums of the window that begins at a cell.
    #[inline(always)]
    fn sums<I: Isa, P: Products<I>>(&self, isa: I, products: P, weights: &[i8], offset: usize) -> I::Whole {
        let Window { run, runs, step, .. } = *self.window;
        let mut start = isa.splat_whole(0);
        for row in 0..runs[0] {
            for column in 0..runs[1] {
                let at = offset + row * step[0] * self.rectangle.line + column * step[1];
                start = correction(isa, products, start, &self.cells[at..][..run]);
            }
        }
        let units = Units {
            weights: &weights[self.first * self.window.len()..],
            distance: self.window.len(),
            count: self.count,
        };
        let mut sums = isa.sums(self.eight(isa, products, units, offset, start));
        if self.count > UNITS {
            sums = isa.join_eights(sums, isa.sums(self.eight(isa, products, units.next(), offset, start)));
        }
        sums
    }

    /// The products of eight filters.
    #[inline(always)]
    fn eight<I: Isa, P: Products<I>>(
        &self,
        isa: I,
        products: P,
        units: Units<'_>,
        offset: usize,
        start: I::Whole,
    ) -> [I::Whole; UNITS] {
        let Window { run, runs, step, .. } = *self.window;
        let mut sums = [start; UNITS];
        for row in 0..runs[0] {
            for column in 0..runs[1] {
                let at = offset + row * step[0] * self.rectangle.line + column * step[1];
                let units = Units { weights: &units.weights[(row * runs[1] + column) * run..], ..units };
                add_dots(isa, products, &self.cells[at..][..run], units, &mut sums);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests;
