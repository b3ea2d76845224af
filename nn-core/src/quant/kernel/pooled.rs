//! A convolution whose outputs go through a pool of maxima.
//!
//! The image between the two is never in memory. Rescaling never puts a larger sum below a smaller one, so it is enough
//! to rescale the largest sum of each window: the result is the same byte as that of the two operations.

use super::Rescale;
use super::conv2d::Source;
use super::one_by_one::OneByOne;
use super::span::span;
use super::tiles::Tiles;
use super::words::Order;
use crate::kernel::conv2d::ConvolutionSizes;
use crate::kernel::{ByteJob, Geometry, Isa, Job, Products};

/// The sizes of a convolution and of a pool on its outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PooledSizes {
    /// The convolution.
    pub convolution: ConvolutionSizes,
    /// The pool, on the image of the convolution's output.
    pub pool: Geometry,
}

/// `output = maximum under each window of rescale(input * weights)`.
///
/// Outputs of the convolution under several windows are computed for each of them; under none, for none.
#[derive(Debug)]
pub struct PooledConvolution<'a> {
    /// The sizes.
    pub sizes: &'a PooledSizes,
    /// The image, `[rows][columns][channels]`.
    pub input: &'a [i8],
    /// The byte of the input that stands for zero.
    pub zero_point: i8,
    /// The weights, `[filters][rows][columns][channels / groups]`.
    pub weights: &'a [i8],
    /// In which order they lie; other than that of files only for one group.
    pub order: Order,
    /// From sums to bytes, one channel a filter.
    pub rescale: Rescale<'a>,
    /// The maxima, `[rows][columns][filters]`.
    pub output: &'a mut [i8],
}

impl Job for PooledConvolution<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.run_on(isa);
    }
}

impl ByteJob for PooledConvolution<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa, P: Products<I>>(mut self, isa: I, products: P) {
        let tiles = self.tiles();
        if tiles.fits::<I, P>() {
            tiles.run(isa, products);
        } else {
            self.one_by_one();
        }
    }
}

impl PooledConvolution<'_> {
    #[inline(always)]
    fn tiles(&mut self) -> Tiles<'_> {
        let Self {
            sizes: PooledSizes { convolution: sizes, pool },
            input,
            zero_point,
            weights,
            order,
            rescale,
            ref mut output,
        } = *self;
        Tiles { sizes, pool: *pool, input, zero_point, weights, order, rescale, output }
    }
}

impl OneByOne for PooledConvolution<'_> {
    #[inline(always)]
    fn one_by_one(self) {
        let Self {
            sizes: PooledSizes { convolution: sizes, pool },
            input,
            zero_point,
            weights,
            order,
            rescale,
            output,
        } = self;
        let source = Source { sizes, input, zero_point, weights, order };
        let mut outputs = output.chunks_exact_mut(sizes.filters.max(1));
        for row in 0..pool.output[0] {
            for column in 0..pool.output[1] {
                let Some(outputs) = outputs.next() else { return };
                for (filter, output) in outputs.iter_mut().enumerate() {
                    let start = rescale.start(filter);
                    let mut largest = i32::MIN;
                    for row in span(pool, 0, row).pixels() {
                        let rows = span(&sizes.geometry, 0, row);
                        for column in span(pool, 1, column).pixels() {
                            let columns = span(&sizes.geometry, 1, column);
                            largest = largest.max(source.sum(&rows, &columns, filter, start));
                        }
                    }
                    *output = rescale.byte(filter, largest);
                }
            }
        }
    }
}
