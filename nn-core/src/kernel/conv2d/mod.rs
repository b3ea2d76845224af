//! Convolutions of one sample: forward, backward by the input and backward by the kernel.
//!
//! Nothing is copied and no image is unrolled. Where the window lies in the same way (see `super::stretch`), a tile of
//! sums is kept in registers while the cells of the window, or the outputs, are run through. Cells that lie side by side
//! both in the image and in the kernel are one run. Where fewer multiplications are enough, [`winograd`] has its turn.

mod cells;
mod lines;
pub mod normalized;
mod outputs;
pub mod pooled;
pub mod pooled_gradient;
mod pooled_squares;
pub(super) mod rectangle;
pub(super) mod rows;
mod sparse;
pub mod squares;
mod wanted;
pub mod winograd;

use super::ahead::Ahead;
use super::finish::{AsTheyAre, Finish};
use super::singles::{self, Convolve};
use super::stretch::Axis;
use super::{Geometry, Isa, Job};
use cells::{CellSums, Cells};
use lines::Lines;
use outputs::{OutputSums, Outputs};
use rectangle::{Layout, Rectangle};
use rows::most_rows;
use sparse::{SparseCells, SparseOutputs};
use squares::{FILTERS, Squares};
pub use wanted::Wanted;
use wanted::WantedGradient;
use winograd::{ByWeights, Kernel, Minimal, Planes};

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
    pub const fn kernel_len(&self) -> usize {
        let [rows, columns] = self.geometry.kernel;
        rows.saturating_mul(columns).saturating_mul(self.cell_len())
    }

    /// The floats of a kernel's cell.
    pub const fn cell_len(&self) -> usize {
        (self.channels / self.groups).saturating_mul(self.filters)
    }

    /// Writes cell `cell` of the kernel turned around, `[rows][columns][filters / groups][channels]`: the kernel of the
    /// convolution that takes the output's gradient to the input's.
    pub fn turn(&self, kernel: &[f32], cell: usize, turned: &mut [f32]) {
        let [rows, columns] = self.geometry.kernel;
        let from = &kernel[(rows * columns - 1 - cell) * self.cell_len()..][..self.cell_len()];
        let (inputs, outputs) = (self.channels / self.groups, self.filters / self.groups);
        for (filter, turned) in turned.chunks_exact_mut(self.channels).enumerate() {
            for (group, turned) in turned.chunks_exact_mut(inputs).enumerate() {
                let from = from.iter().skip(group * outputs + filter).step_by(self.filters);
                for (turned, &from) in turned.iter_mut().zip(from) {
                    *turned = from;
                }
            }
        }
    }
}

/// A convolution of one sample, `target = bias + source * kernel`.
#[derive(Debug)]
pub struct Convolution<'a, F = AsTheyAre> {
    sizes: &'a ConvolutionSizes,
    source: &'a [f32],
    kernel: &'a [f32],
    bias: Option<&'a [f32]>,
    target: &'a mut [f32],
    squares: Option<Squares<'a>>,
    finish: F,
    ahead: Ahead,
}

impl<'a> Convolution<'a> {
    /// From the input to the output.
    pub fn forward(
        sizes: &'a ConvolutionSizes,
        source: &'a [f32],
        kernel: &'a [f32],
        bias: Option<&'a [f32]>,
        target: &'a mut [f32],
    ) -> Self {
        Self { sizes, source, kernel, bias, target, squares: None, finish: AsTheyAre, ahead: Ahead::NOTHING }
    }
}

impl<'a, F> Convolution<'a, F> {
    /// The same, but for what becomes of the sums.
    #[inline(always)]
    pub fn finished<G>(self, finish: G) -> Convolution<'a, G> {
        let Self { sizes, source, kernel, bias, target, squares, ahead, .. } = self;
        Convolution { sizes, source, kernel, bias, target, squares, finish, ahead }
    }

    /// The same with squares of the kernel.
    #[inline(always)]
    pub fn squared(self, squares: Option<Squares<'a>>) -> Self {
        Self { squares, ..self }
    }

    /// The same, and fetches memory meanwhile.
    #[inline(always)]
    pub fn fetching(self, ahead: Ahead) -> Self {
        Self { ahead, ..self }
    }
}

impl<F: Finish> Job for Convolution<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        if singles::ARE_TAKEN {
            let Self { sizes, source, kernel, bias, target, finish, .. } = self;
            return Convolve { sizes: *sizes, source, kernel, bias, target, finish: finish.as_finished() }.run();
        }
        if const { I::FEWER_MULTIPLICATIONS }
            && let Some(planes) = Planes::forward(self.sizes)
        {
            let Self { source, kernel, bias, target, finish, .. } = self;
            let kernel = Kernel::AsGiven(kernel);
            return isa.run(Minimal { planes: &planes, source, kernel, bias, finish, target });
        }
        self.direct(isa);
    }
}

/// The gradient of a convolution by the input: the convolution of the output's gradient with the kernel turned around.
#[derive(Debug)]
pub struct InputGradient<'a> {
    /// The sizes.
    pub sizes: &'a ConvolutionSizes,
    /// The derivative by the output.
    pub output_gradient: &'a [f32],
    /// The kernel that [`ConvolutionSizes::turn`] writes.
    pub turned: &'a [f32],
    /// The derivative by the input.
    pub input_gradient: &'a mut [f32],
    /// Which derivatives are wanted; all, if it is not said. The others may be zero.
    pub wanted: Option<Wanted<'a>>,
    /// What is read afterwards.
    pub ahead: Ahead,
}

impl Job for InputGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { sizes, output_gradient, turned, input_gradient, wanted, ahead } = self;
        if const { I::FEWER_MULTIPLICATIONS }
            && let Some(planes) = Planes::backward(sizes)
        {
            let kernel = Kernel::AsGiven(turned);
            let (source, target) = (output_gradient, input_gradient);
            return isa.run(Minimal { planes: &planes, source, kernel, bias: None, finish: AsTheyAre, target });
        }
        if let Some(wanted) = wanted.filter(|wanted| wanted.are_few(isa, sizes)) {
            return isa.run(WantedGradient { sizes, wanted, output_gradient, input_gradient, ahead });
        }
        isa.run(Rectangles {
            axes: [sizes.geometry.spread(0), sizes.geometry.spread(1)],
            layout: Layout::backward(sizes),
            groups: sizes.groups,
            source: output_gradient,
            kernel: turned,
            squares: None,
            bias: None,
            target: input_gradient,
            finish: AsTheyAre,
            ahead,
        });
    }
}

impl<F: Finish> Convolution<'_, F> {
    /// All outputs, multiplication by multiplication.
    #[inline(always)]
    pub fn direct<I: Isa>(&mut self, isa: I) {
        if self.sizes.is_of_lines() { isa.run(OfOneChannel(self)) } else { isa.run(self.rectangles()) }
    }

    /// The same for images of any number of channels.
    #[inline(always)]
    fn rectangles(&mut self) -> Rectangles<'_, F> {
        let Self { sizes, source, kernel, squares, bias, ref mut target, finish, ahead } = *self;
        let layout = Layout::forward(sizes);
        let axes = [sizes.geometry.gather(0), sizes.geometry.gather(1)];
        Rectangles { axes, layout, groups: sizes.groups, source, kernel, squares, bias, target, finish, ahead }
    }
}

/// A convolution of an image of one channel.
///
/// A job of its own, like the next: the compiler takes less time for two functions than for one with the loops of both.
struct OfOneChannel<'c, 'a, F>(&'c mut Convolution<'a, F>);

impl<F: Finish> Job for OfOneChannel<'_, '_, F> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Convolution { sizes, source, kernel, bias, ref mut target, finish, .. } = *self.0;
        let mut filter = 0;
        while filter < sizes.filters {
            let vectors = match (sizes.filters - filter) / I::LANES {
                4.. if I::REGISTERS >= 32 => 4,
                2.. if I::REGISTERS >= 8 => 2,
                _ => 1,
            };
            let width = (vectors * I::LANES).min(sizes.filters - filter);
            let filters = filter..filter + width;
            let bias = bias.map_or(&[][..], |bias| &bias[filters.clone()]);
            let lines = Lines { sizes, filter, width, source, kernel, bias };
            match vectors {
                1 => lines.run::<I, 1>(isa, target, &finish.ready(isa, filters)),
                2 => lines.run::<I, 2>(isa, target, &finish.ready(isa, filters)),
                // Elsewhere there are never so many: they are not compiled.
                _ if const { I::REGISTERS >= 32 } => lines.run::<I, 4>(isa, target, &finish.ready(isa, filters)),
                _ => {}
            }
            filter += width;
        }
    }
}

/// A convolution, rectangle by rectangle: from the input to the output, or back.
struct Rectangles<'a, F> {
    axes: [Axis; 2],
    layout: Layout,
    groups: usize,
    source: &'a [f32],
    kernel: &'a [f32],
    squares: Option<Squares<'a>>,
    bias: Option<&'a [f32]>,
    target: &'a mut [f32],
    finish: F,
    ahead: Ahead,
}

impl<F: Finish> Job for Rectangles<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let [rows, columns] = self.axes;
        self.ahead = self.ahead.in_pieces(self.target.len() / (2 * I::LANES * most_rows::<I>(2)));
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

impl<F: Finish> Rectangles<'_, F> {
    /// The outputs of one group in a rectangle.
    #[inline(always)]
    fn rectangle<I: Isa>(&mut self, isa: I, rectangle: &Rectangle, group: usize) {
        let (channels, filters) =
            (self.layout.source.channels / self.groups, self.layout.target.channels / self.groups);
        // Where no cell lies inside, there may be no source to begin with.
        let source = self.source.get(rectangle.source + group * channels..).unwrap_or_default();
        let is_sparse = rectangle.is_sparse(isa, source, filters);
        let mut filter = 0;
        while filter < filters {
            let is_sparse = is_sparse && filters - filter >= FILTERS;
            let vectors = match filters - filter {
                _ if is_sparse => FILTERS / I::LANES,
                left if I::REGISTERS >= 8 && left >= 2 * I::LANES => 2,
                _ => 1,
            };
            let width = (vectors * I::LANES).min(filters - filter);
            let column = group * filters + filter;
            let sums = OutputSums {
                rectangle,
                row: self.layout.target.channels,
                width,
                source,
                kernel: self.kernel.get(rectangle.kernel + column..).unwrap_or_default(),
                bias: self.bias.map_or(&[], |bias| &bias[column..][..width]),
            };
            let (target, ahead) = (&mut self.target[rectangle.target + column..], &mut self.ahead);
            let (squares, finish) = (self.squares, self.finish);
            match vectors {
                _ if is_sparse => isa.run(SparseOutputs { sums, squares, target, column, finish, ahead }),
                1 => isa.run(Outputs::<_, 1> { sums, target, column, finish, ahead }),
                _ => isa.run(Outputs::<_, 2> { sums, target, column, finish, ahead }),
            }
            filter += width;
        }
    }
}

/// Adds the derivative of one sample by the kernel to `kernel`.
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
    /// What is read afterwards.
    pub ahead: Ahead,
}

impl Job for KernelGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let planes = Planes::forward(self.sizes).filter(Planes::are_worth_a_gradient);
        if const { I::FEWER_MULTIPLICATIONS }
            && let Some(planes) = planes
        {
            let Self { input, output_gradient, kernel, .. } = self;
            return isa.run(ByWeights { planes: &planes, input, output_gradient, kernel });
        }
        self.direct(isa);
    }
}

impl KernelGradient<'_> {
    /// Multiplication by multiplication.
    #[inline(always)]
    pub fn direct<I: Isa>(&mut self, isa: I) {
        let layout = Layout::forward(self.sizes);
        let geometry = &self.sizes.geometry;
        self.ahead = self.ahead.in_pieces(self.kernel.len() / (4 * I::LANES * most_rows::<I>(4)));
        for rows in geometry.gather(0).stretches() {
            for columns in geometry.gather(1).stretches() {
                let rectangle = Rectangle::new(&layout, rows, columns);
                for group in 0..self.sizes.groups {
                    self.rectangle(isa, &rectangle, group);
                }
            }
        }
    }

    /// What the outputs of a rectangle give to the kernel of one group.
    #[inline(always)]
    fn rectangle<I: Isa>(&mut self, isa: I, rectangle: &Rectangle, group: usize) {
        let filters = self.sizes.filters / self.sizes.groups;
        let source = rectangle.source + group * (self.sizes.channels / self.sizes.groups);
        // Where no cell lies inside, there may be no source to begin with.
        let source = self.input.get(source..).unwrap_or_default();
        let is_sparse = rectangle.is_sparse(isa, source, filters);
        let mut filter = 0;
        while filter < filters {
            let is_sparse = is_sparse && filters - filter >= FILTERS;
            let vectors = match (filters - filter) / I::LANES {
                _ if is_sparse => FILTERS / I::LANES,
                // Few rows of the kernel: more vectors make more of a pixel that is loaded.
                4.. if I::REGISTERS >= 32 && rectangle.depth <= most_rows::<I>(4) => 4,
                2.. if I::REGISTERS >= 8 => 2,
                _ => 1,
            };
            let width = (vectors * I::LANES).min(filters - filter);
            let column = group * filters + filter;
            let gradient = &self.output_gradient[rectangle.target + column..];
            let sums = CellSums { rectangle, row: self.sizes.filters, width, source, gradient };
            let kernel = self.kernel.get_mut(rectangle.kernel + column..).unwrap_or_default();
            match vectors {
                _ if is_sparse => isa.run(SparseCells { sums, kernel, ahead: &mut self.ahead }),
                1 => isa.run(Cells::<1> { sums, kernel, ahead: &mut self.ahead }),
                2 => isa.run(Cells::<2> { sums, kernel, ahead: &mut self.ahead }),
                _ => isa.run(Cells::<4> { sums, kernel, ahead: &mut self.ahead }),
            }
            filter += width;
        }
    }
}

#[cfg(test)]
mod tests;
