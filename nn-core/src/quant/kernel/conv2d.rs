//! Convolution.

use super::Rescale;
use super::one_by_one::OneByOne;
use super::span::{Span, span};
use super::tiles::{Tiles, no_pool};
use super::words::{self, Order};
use crate::kernel::conv2d::ConvolutionSizes;
use crate::kernel::{ByteJob, Isa, Job, Products};

/// A convolution of one sample: `output = rescale(input * weights)`. Cells beyond the border hold the zero point.
#[derive(Debug)]
pub struct Convolution<'a> {
    /// The sizes.
    pub sizes: &'a ConvolutionSizes,
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
    /// The image of the filters, `[rows][columns][filters]`.
    pub output: &'a mut [i8],
}

impl Job for Convolution<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.run_on(isa);
    }
}

impl ByteJob for Convolution<'_> {
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

impl Convolution<'_> {
    #[inline(always)]
    fn tiles(&mut self) -> Tiles<'_> {
        let Self { sizes, input, zero_point, weights, order, rescale, ref mut output } = *self;
        Tiles { sizes, pool: no_pool(sizes.geometry.output), input, zero_point, weights, order, rescale, output }
    }
}

impl OneByOne for Convolution<'_> {
    #[inline(always)]
    fn one_by_one(self) {
        let Self { sizes, input, zero_point, weights, order, rescale, output } = self;
        let source = Source { sizes, input, zero_point, weights, order };
        let [height, width] = sizes.geometry.output;
        let mut outputs = output.chunks_exact_mut(sizes.filters.max(1));
        for row in 0..height {
            let rows = span(&sizes.geometry, 0, row);
            for column in 0..width {
                let columns = span(&sizes.geometry, 1, column);
                let Some(outputs) = outputs.next() else { return };
                for (filter, output) in outputs.iter_mut().enumerate() {
                    let sum = source.sum(&rows, &columns, filter, rescale.start(filter));
                    *output = rescale.byte(filter, sum);
                }
            }
        }
    }
}

/// What a convolution reads.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) sizes: &'a ConvolutionSizes,
    pub(super) input: &'a [i8],
    pub(super) zero_point: i8,
    pub(super) weights: &'a [i8],
    pub(super) order: Order,
}

impl Source<'_> {
    /// Adds the products of a filter at one place to a sum.
    #[inline(always)]
    pub(super) fn sum(&self, rows: &Span, columns: &Span, filter: usize, mut sum: i32) -> i32 {
        if self.order.is_words() {
            return self.sum_of_words(rows, columns, filter, sum);
        }
        let ConvolutionSizes { geometry, channels, filters, groups } = *self.sizes;
        let depth = channels / groups.max(1);
        let first = filter / (filters / groups.max(1)).max(1) * depth;
        let [height, width] = geometry.kernel;
        let mut cells =
            self.weights.get(filter * height * width * depth..).unwrap_or_default().chunks_exact(depth.max(1));
        for row in 0..height {
            let row = rows.pixel_of(row);
            for column in 0..width {
                let Some(weights) = cells.next() else { return sum };
                sum = match (row, columns.pixel_of(column)) {
                    (Some(row), Some(column)) => {
                        let pixel = (row * geometry.input[1] + column) * channels + first;
                        add_products(sum, self.input.get(pixel..).unwrap_or_default(), weights)
                    }
                    _ => sum.wrapping_add((self.zero_point as i32).wrapping_mul(total(weights))),
                };
            }
        }
        sum
    }

    /// The same for weights in words.
    fn sum_of_words(&self, rows: &Span, columns: &Span, filter: usize, mut sum: i32) -> i32 {
        let ConvolutionSizes { geometry, channels, .. } = *self.sizes;
        let [height, width] = geometry.kernel;
        let products = height * width * channels;
        let mut places = (0..products).map(|product| Order::Words.place(products, filter, product));
        for row in 0..height {
            for column in 0..width {
                let pixel = match (rows.pixel_of(row), columns.pixel_of(column)) {
                    (Some(row), Some(column)) => {
                        self.input.get((row * geometry.input[1] + column) * channels..).unwrap_or_default()
                    }
                    _ => &[],
                };
                for (channel, place) in (0..channels).zip(&mut places) {
                    let value = pixel.get(channel).copied().unwrap_or(self.zero_point);
                    sum = sum.wrapping_add(words::product(value, self.weights, place));
                }
            }
        }
        sum
    }
}

/// Adds the products of pairs, as far as the shorter slice reaches.
#[inline(always)]
pub(super) fn add_products(sum: i32, input: &[i8], weights: &[i8]) -> i32 {
    input.iter().zip(weights).fold(sum, |sum, (&x, &w)| sum.wrapping_add(x as i32 * w as i32))
}

/// The sum of weights.
#[inline(always)]
pub(super) fn total(weights: &[i8]) -> i32 {
    weights.iter().fold(0, |sum, &weight| sum.wrapping_add(weight as i32))
}
