//! Depthwise convolutions.

use super::Convolve;
use super::filters::Filters;
use super::instructions::row_of_cells;
use super::parts;
use super::window::{Cells, floats};
use crate::kernel::conv2d::ConvolutionSizes;
use crate::kernel::conv2d::rectangle::Rectangle;
use crate::kernel::depthwise::DepthwiseSizes;
use crate::kernel::finish::Finished;

/// Fewer channels are done all at once, and no more by the processor's instructions.
const FEW: usize = 4;

/// How many channels are done at once.
const WIDTHS: [usize; 3] = [16, 8, 4];

/// `target = finish(bias + source * kernel)`, channel by channel.
pub(in crate::kernel) struct ConvolveChannels<'a> {
    pub(in crate::kernel) sizes: DepthwiseSizes,
    pub(in crate::kernel) source: &'a [f32],
    pub(in crate::kernel) kernel: &'a [f32],
    pub(in crate::kernel) bias: Option<&'a [f32]>,
    pub(in crate::kernel) target: &'a mut [f32],
    pub(in crate::kernel) finish: Finished<'a>,
}

impl ConvolveChannels<'_> {
    /// Does all of it.
    #[inline(never)]
    pub(in crate::kernel) fn run(mut self) {
        let DepthwiseSizes { channels, multiplier, .. } = self.sizes;
        if multiplier != 1 || channels == 1 {
            return self.as_groups().run();
        }
        if channels < FEW {
            return self.channels((0, channels));
        }
        for channels in parts(channels, &WIDTHS) {
            self.channels(channels);
        }
    }

    /// The same as a convolution whose groups have one channel each.
    fn as_groups(&mut self) -> Convolve<'_> {
        let Self { sizes: DepthwiseSizes { geometry, channels, .. }, source, kernel, bias, ref mut target, finish } =
            *self;
        let sizes = ConvolutionSizes { geometry, channels, filters: self.sizes.filters(), groups: channels };
        Convolve { sizes, source, kernel, bias, target, finish }
    }

    /// Some channels at all places.
    fn channels(&mut self, channels: (usize, usize)) {
        let mut filters = Filters::NONE;
        filters.set(&self.finish, self.bias, channels);
        let (layout, geometry) = (self.sizes.layout(), self.sizes.geometry);
        for rows in geometry.gather(0).stretches() {
            for columns in geometry.gather(1).stretches() {
                let rectangle = Rectangle::new(&layout, rows, columns);
                self.rectangle(&filters, &rectangle, channels.0);
            }
        }
    }

    fn rectangle(&mut self, filters: &Filters, rectangle: &Rectangle, channel: usize) {
        let source = self.source.get(rectangle.source + channel..).unwrap_or_default();
        let kernel = self.kernel.get(rectangle.kernel + channel..).unwrap_or_default();
        let target = self.target.get_mut(rectangle.target + channel..).unwrap_or_default();
        let [lines, places] = rectangle.outputs;
        let Some(cells) = Cells::new(rectangle) else {
            return without_cells(filters, rectangle, target);
        };
        for line in 0..lines.count {
            let source = source.get(line * lines.source..).unwrap_or_default();
            let target = target.get_mut(line * lines.other..).unwrap_or_default();
            if filters.width < FEW {
                few_channels(filters, &cells, places.count, [source, kernel], target);
            } else {
                row_of_cells(filters, &cells, places.count, [source, kernel], target);
            }
        }
    }
}

/// Sums of nothing, where the window lies beyond the image.
fn without_cells(filters: &Filters, rectangle: &Rectangle, target: &mut [f32]) {
    let [lines, places] = rectangle.outputs;
    for line in 0..lines.count {
        for place in 0..places.count {
            let place = line * lines.other + place * places.other;
            filters.finish(&filters.start, target.get_mut(place..).unwrap_or_default());
        }
    }
}

/// The finished sums of some channels at some places of a line.
pub(super) fn few_channels(
    filters: &Filters,
    cells: &Cells,
    places: usize,
    [source, kernel]: [&[f32]; 2],
    target: &mut [f32],
) {
    if !cells.fits(places, filters.width, [source, kernel], target) {
        return;
    }
    let [step, target_step] = cells.place.floats();
    for (place, target) in target.chunks_mut(target_step.max(1)).take(places).enumerate() {
        let (mut sums, mut value, mut weight) = (filters.start, place * step, 0_usize);
        for _ in 0..cells.count[0] {
            for _ in 0..cells.count[1] {
                let values = source.get(value..).unwrap_or_default();
                let weights = kernel.get(weight..).unwrap_or_default();
                for (sum, (value, weight)) in sums.iter_mut().zip(values.iter().zip(weights)).take(filters.width) {
                    *sum += value * weight;
                }
                value = value.wrapping_add(floats(cells.source[0]));
                weight = weight.wrapping_add(floats(cells.kernel[0]));
            }
            value = value.wrapping_add(floats(cells.source[1]));
            weight = weight.wrapping_add(floats(cells.kernel[1]));
        }
        filters.finish(&sums, target);
    }
}
