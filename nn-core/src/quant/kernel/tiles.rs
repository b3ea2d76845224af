//! Convolution, with or without a pool of maxima, for the registers of a desktop's processor.
//!
//! The filters lie in the lanes. A rectangle of the image is copied with its border, so that the windows of all outputs
//! lie in the same way in it; weights are rearranged into a panel of a few filters, word by word of as many as a lane
//! multiplies at once, unless they lie [so](super::words) in memory. A tile of sums, some pixels by one or two vectors of
//! filters, stays in registers while a window is run through. Where the panel would be too large, the depth lies in the
//! lanes instead, and weights are read as they lie.

mod band;
mod deep;
mod panel;
mod window;

use self::window::Window;
use super::Rescale;
use super::strip::{Frame, ROOM};
use super::words::{self, MOST_WORDS, Order};
use crate::kernel::conv2d::ConvolutionSizes;
use crate::kernel::{ByteJob, Geometry, Isa, Products};

/// The words of a panel: those of a filter, where vectors have the fewest lanes.
const PANEL: usize = 8 * MOST_WORDS;
/// The vectors of filters of a panel.
const MOST_VECTORS: usize = 8;

/// A convolution, and a pool on it.
#[derive(Debug)]
pub(super) struct Tiles<'a> {
    pub(super) sizes: &'a ConvolutionSizes,
    /// The pool, of windows of one cell where there is none.
    pub(super) pool: Geometry,
    pub(super) input: &'a [i8],
    pub(super) zero_point: i8,
    pub(super) weights: &'a [i8],
    pub(super) order: Order,
    pub(super) rescale: Rescale<'a>,
    pub(super) output: &'a mut [i8],
}

/// Windows of one cell on an image.
pub(super) fn no_pool(size: [usize; 2]) -> Geometry {
    let one = [1, 1];
    Geometry { input: size, output: size, kernel: one, stride: one, dilation: one, before: [0, 0] }
}

impl<'a> Tiles<'a> {
    /// Whether the slices are as long as the sizes say, a window fits into a strip, and words can be read if there are any.
    #[inline(always)]
    pub(super) fn fits<I: Isa, P: Products<I>>(&self) -> bool {
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
            && (!self.order.is_words() || self.words::<I, P>().is_some())
    }

    /// The weights in words, if they lie so, and are read so.
    #[inline(always)]
    fn words<I: Isa, P: Products<I>>(&self) -> Option<&'a [i32]> {
        let ConvolutionSizes { filters, groups, .. } = *self.sizes;
        if !words::reads::<I, P>() || !self.order.is_words() || groups != 1 {
            return None;
        }
        let window = Window::new(self.sizes, P::DEPTH);
        let fit = words::fit(filters, window.run) && window.words <= MOST_WORDS && self.rescale.bias.len() >= filters;
        if fit { words::of_bytes(self.weights) } else { None }
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

/// Some filters of a group.
#[derive(Clone, Copy)]
struct Part {
    group: usize,
    first: usize,
    count: usize,
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
        let words = self.words::<I, P>();
        for group in 0..groups {
            let filters = group * (filters / groups)..(group + 1) * (filters / groups);
            if vectors == 0 && words.is_none() {
                self.deep(isa, products, &window, group, filters);
                continue;
            }
            // Tiles take two vectors at once.
            let room = I::LANES * if vectors > 1 { vectors / 2 * 2 } else { 1 };
            let step = if words.is_some() { filters.len() } else { room };
            for first in filters.clone().step_by(step) {
                let part = Part { group, first, count: step.min(filters.end - first) };
                self.panel(isa, products, &window, part, words);
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
}

#[cfg(test)]
mod tests;
