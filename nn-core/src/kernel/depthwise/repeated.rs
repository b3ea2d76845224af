//! Several windows for each channel: each input stands in as many neighbouring lanes.

use super::{Depthwise, DepthwiseInputGradient, DepthwiseKernelGradient, DepthwiseSizes};
use crate::kernel::Isa;
use crate::kernel::finish::{Finish, Ready};
use crate::kernel::lanes::{MOST_LANES, lanes, load_some, store_some};
use crate::kernel::place::each_place;
use core::ops::Range;

/// A vector of outputs, and the channel that each of them belongs to.
struct Outputs {
    range: Range<usize>,
    channels: [usize; MOST_LANES],
}

impl Outputs {
    #[inline(always)]
    fn each<I: Isa>(sizes: &DepthwiseSizes) -> impl Iterator<Item = Self> {
        let (filters, multiplier) = (sizes.filters(), sizes.multiplier.max(1));
        (0..filters).step_by(I::LANES).map(move |begin| Self {
            range: begin..filters.min(begin + I::LANES),
            channels: core::array::from_fn(|lane| (begin + lane) / multiplier),
        })
    }

    /// The channels' values, each in the lanes of its outputs.
    #[inline(always)]
    fn repeat<I: Isa>(&self, isa: I, pixel: &[f32]) -> I::Vector {
        let mut values = [0.0; MOST_LANES];
        for (value, &channel) in values.iter_mut().zip(&self.channels).take(self.range.len()) {
            *value = pixel[channel];
        }
        isa.load(&values)
    }

    /// Adds each lane to the value of its channel, in order.
    #[inline(always)]
    fn reduce<I: Isa>(&self, isa: I, vector: I::Vector, pixel: &mut [f32]) {
        for (value, &channel) in lanes(isa, vector).iter().zip(&self.channels).take(self.range.len()) {
            pixel[channel] += value;
        }
    }

    /// These outputs of row `row`.
    #[inline(always)]
    fn of(&self, row: usize, sizes: &DepthwiseSizes) -> Range<usize> {
        row * sizes.filters() + self.range.start..row * sizes.filters() + self.range.end
    }
}

#[inline(always)]
pub(super) fn forward<I: Isa, F: Finish>(isa: I, job: Depthwise<'_, F>) {
    let Depthwise { sizes, input, kernel, bias, output, finish } = job;
    for outputs in Outputs::each::<I>(sizes) {
        let finish = finish.ready::<I, 1>(isa, outputs.range.clone());
        let begin = bias.map_or(isa.splat(0.0), |bias| load_some(isa, &bias[outputs.range.clone()]));
        each_place(
            &sizes.geometry,
            #[inline(always)]
            |place| {
                let mut sum = begin;
                place.each_cell(
                    #[inline(always)]
                    |cell, pixel| {
                        let values = outputs.repeat(isa, &input[pixel * sizes.channels..][..sizes.channels]);
                        sum = isa.mul_add(values, load_some(isa, &kernel[outputs.of(cell, sizes)]), sum);
                    },
                );
                let mut sums = [[sum]];
                finish.apply(isa, &mut sums);
                store_some(isa, sums[0][0], &mut output[outputs.of(place.output, sizes)]);
            },
        );
    }
}

#[inline(always)]
pub(super) fn input_gradient<I: Isa>(isa: I, job: DepthwiseInputGradient<'_>) {
    let DepthwiseInputGradient { sizes, output_gradient, turned, input_gradient } = job;
    let last = (sizes.geometry.kernel[0] * sizes.geometry.kernel[1]).saturating_sub(1);
    input_gradient.fill(0.0);
    for outputs in Outputs::each::<I>(sizes) {
        each_place(
            &sizes.geometry,
            #[inline(always)]
            |place| {
                let errors = load_some(isa, &output_gradient[outputs.of(place.output, sizes)]);
                place.each_cell(
                    #[inline(always)]
                    |cell, pixel| {
                        let weights = load_some(isa, &turned[outputs.of(last - cell, sizes)]);
                        let pixel = &mut input_gradient[pixel * sizes.channels..][..sizes.channels];
                        outputs.reduce(isa, isa.mul(errors, weights), pixel);
                    },
                );
            },
        );
    }
}

#[inline(always)]
pub(super) fn kernel_gradient<I: Isa>(isa: I, job: DepthwiseKernelGradient<'_>) {
    let DepthwiseKernelGradient { sizes, input, output_gradient, kernel } = job;
    for outputs in Outputs::each::<I>(sizes) {
        each_place(
            &sizes.geometry,
            #[inline(always)]
            |place| {
                let errors = load_some(isa, &output_gradient[outputs.of(place.output, sizes)]);
                place.each_cell(
                    #[inline(always)]
                    |cell, pixel| {
                        let values = outputs.repeat(isa, &input[pixel * sizes.channels..][..sizes.channels]);
                        let sums = &mut kernel[outputs.of(cell, sizes)];
                        store_some(isa, isa.mul_add(values, errors, load_some(isa, sums)), sums);
                    },
                );
            },
        );
    }
}
