//! A pointwise convolution of an image that is normalized and cut by `relu` first, some pixels at a time: what lies between
//! stays in the first cache.

use super::ConvolutionSizes;
use super::outputs::OutputSums;
use super::rectangle::{Rectangle, Steps};
use super::sparse::{SAMPLES, are_few};
use super::squares::{FILTERS, SQUARE, Squares};
use crate::kernel::ahead::Ahead;
use crate::kernel::finish::{AsTheyAre, Finish};
use crate::kernel::normalization::Normalization;
use crate::kernel::normalization::apply::Ready;
use crate::kernel::{Isa, Job, nonzero};

/// How many pixels are normalized at a time: an even number, since outputs are summed up by twos.
const PIXELS: usize = 16;

/// The outputs, if single products take less time than all of them and the processor has registers for them. Whether they
/// were written is what comes out.
///
/// They are the same bits as those of the steps one after the other.
#[derive(Debug)]
pub struct NormalizedOutputs<'a> {
    /// The sizes.
    pub sizes: &'a ConvolutionSizes,
    /// What is done to the input first; then values below zero are cut off.
    pub normalization: Normalization<'a>,
    /// The image.
    pub input: &'a [f32],
    /// The kernel.
    pub squares: Squares<'a>,
    /// The bias.
    pub bias: Option<&'a [f32]>,
    /// The outputs.
    pub output: &'a mut [f32],
    /// What is read afterwards.
    pub ahead: Ahead,
}

impl Job for NormalizedOutputs<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> bool {
        // What an instruction set never has is not compiled for it.
        if const { I::LANES * 4 == FILTERS && I::FINDS_ZEROS } && self.is_sparse::<I, 4>(isa) {
            self.write::<I, 4>(isa);
            return true;
        }
        false
    }
}

impl NormalizedOutputs<'_> {
    /// What is done to [`SQUARE`] channels from `first` on.
    #[inline(always)]
    fn ready<I: Isa, const VECTORS: usize>(&self, isa: I, first: usize) -> Ready<I::Vector, VECTORS, 1> {
        Ready::new(isa, &self.normalization, Some([0.0, f32::INFINITY]), &(first..first + SQUARE))
    }

    /// Looks at the outputs at which a convolution of the normalized image would look.
    #[inline(always)]
    fn is_sparse<I: Isa, const VECTORS: usize>(&self, isa: I) -> bool {
        let channels = self.sizes.channels;
        let pixels = self.input.len() / channels;
        if pixels < SAMPLES {
            return false;
        }
        let (mut products, mut values) = (0, [0.0; SQUARE]);
        for first in (0..channels).step_by(SQUARE) {
            let ready = self.ready::<I, VECTORS>(isa, first);
            for sample in 0..SAMPLES {
                ready.write(isa, &self.input[pixels * sample / SAMPLES * channels + first..], &mut values);
                products += nonzero::count(isa, &values);
            }
        }
        are_few(products, channels)
    }

    #[inline(always)]
    fn write<I: Isa, const VECTORS: usize>(self, isa: I) {
        let ConvolutionSizes { channels, filters, .. } = *self.sizes;
        let pixels = self.input.len() / channels;
        let mut ahead = self.ahead.in_pieces(pixels.div_ceil(2) * (channels / SQUARE) * (filters / FILTERS));
        let mut values = Pixels([[0.0; SQUARE]; PIXELS]);
        for first in (0..channels).step_by(SQUARE) {
            let ready = self.ready::<I, VECTORS>(isa, first);
            for pixel in (0..pixels).step_by(PIXELS) {
                let count = PIXELS.min(pixels - pixel);
                let input = self.input[pixel * channels..].chunks_exact(channels);
                for (input, values) in input.zip(values.0.iter_mut().take(count)) {
                    ready.write(isa, &input[first..], values);
                }
                let rectangle = of_pixels(count, channels, filters);
                for column in (0..filters).step_by(FILTERS) {
                    let bias = self.bias.map_or(&[][..], |bias| &bias[column..][..FILTERS]);
                    let source = values.0.as_flattened();
                    let sums =
                        OutputSums { rectangle: &rectangle, row: filters, width: FILTERS, source, kernel: &[], bias };
                    let (rows, target) = (self.squares.at(first, column), &mut self.output[pixel * filters + column..]);
                    let finish = AsTheyAre.ready::<I, VECTORS>(isa, column..column + FILTERS);
                    sums.add_channels::<I, VECTORS>(isa, first, source, rows, target, &finish, &mut ahead);
                }
            }
        }
    }
}

/// Pixels as they are multiplied.
#[repr(align(64))]
struct Pixels([[f32; SQUARE]; PIXELS]);

/// So many outputs side by side, of pixels of [`SQUARE`] channels each.
fn of_pixels(count: usize, depth: usize, filters: usize) -> Rectangle {
    let one = Steps { count: 1, source: 0, other: 0 };
    Rectangle {
        source: 0,
        target: 0,
        kernel: 0,
        outputs: [one, Steps { count, source: SQUARE, other: filters }],
        runs: [one, one],
        depth,
    }
}
