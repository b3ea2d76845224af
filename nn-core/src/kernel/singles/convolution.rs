//! Convolutions.

use super::filters::Filters;
use super::instructions::row_of_windows;
use super::parts;
use super::window::{RUNS, Window};
use crate::kernel::conv2d::ConvolutionSizes;
use crate::kernel::conv2d::rectangle::{Layout, Rectangle};
use crate::kernel::finish::Finished;

/// `target = finish(bias + source * kernel)`
pub(in crate::kernel) struct Convolve<'a> {
    pub(in crate::kernel) sizes: ConvolutionSizes,
    pub(in crate::kernel) source: &'a [f32],
    pub(in crate::kernel) kernel: &'a [f32],
    pub(in crate::kernel) bias: Option<&'a [f32]>,
    pub(in crate::kernel) target: &'a mut [f32],
    pub(in crate::kernel) finish: Finished<'a>,
}

impl Convolve<'_> {
    /// Does all of it.
    #[inline(never)]
    pub(in crate::kernel) fn run(mut self) {
        let groups = self.sizes.groups.max(1);
        let (channels, filters) = (self.sizes.channels / groups, self.sizes.filters / groups);
        for group in 0..groups {
            for (filter, width) in parts(filters, self.sizes.widths()) {
                self.filters(group * channels, (group * filters + filter, width));
            }
        }
    }

    /// Some filters at all places, on the channels from one on.
    #[inline(never)]
    fn filters(&mut self, channel: usize, filters: (usize, usize)) {
        let (mut constants, mut window) = (Filters::NONE, Window::NONE);
        constants.set(&self.finish, self.bias, filters);
        let (layout, geometry) = (Layout::forward(&self.sizes), self.sizes.geometry);
        for rows in geometry.gather(0).stretches() {
            for columns in geometry.gather(1).stretches() {
                let rectangle = Rectangle::new(&layout, rows, columns);
                self.rectangle(&constants, &mut window, &rectangle, [channel, filters.0]);
            }
        }
    }

    fn rectangle(
        &mut self,
        filters: &Filters,
        window: &mut Window,
        rectangle: &Rectangle,
        [channel, filter]: [usize; 2],
    ) {
        // Where no cell lies inside, there may be no source to begin with.
        let source = self.source.get(rectangle.source + channel..).unwrap_or_default();
        let kernel = self.kernel.get(rectangle.kernel + filter..).unwrap_or_default();
        let target = self.target.get_mut(rectangle.target + filter..).unwrap_or_default();
        let row = self.sizes.filters;
        if filters.width == 1 {
            return one_filter(filters, rectangle, row, [source, kernel], target);
        }
        let [lines, places] = rectangle.outputs;
        window.set(rectangle, row);
        for line in 0..lines.count {
            let source = source.get(line * lines.source..).unwrap_or_default();
            let target = target.get_mut(line * lines.other..).unwrap_or_default();
            row_of_windows(filters, window, places.count, [source, kernel], target);
        }
    }
}

/// A single filter over a rectangle, whatever its window.
#[inline(never)]
pub(super) fn one_filter(
    filters: &Filters,
    rectangle: &Rectangle,
    row: usize,
    [source, kernel]: [&[f32]; 2],
    target: &mut [f32],
) {
    let Rectangle { runs: [outer, inner], outputs: [lines, places], depth, .. } = *rectangle;
    for line in 0..lines.count {
        for place in 0..places.count {
            let mut sums = filters.start;
            let [sum, ..] = &mut sums;
            for first in 0..outer.count {
                for second in 0..inner.count {
                    let begin =
                        line * lines.source + place * places.source + first * outer.source + second * inner.source;
                    let values = source.get(begin..).unwrap_or_default();
                    let weights = kernel.get(first * outer.other + second * inner.other..).unwrap_or_default();
                    for (value, weight) in values.iter().take(depth).zip(weights.iter().step_by(row.max(1))) {
                        *sum += value * weight;
                    }
                }
            }
            filters.finish(&sums, target.get_mut(line * lines.other + place * places.other..).unwrap_or_default());
        }
    }
}

impl ConvolutionSizes {
    /// How many filters are done at once.
    pub(super) fn widths(&self) -> &'static [usize] {
        let [rows, columns] = self.geometry.kernel;
        // Cells that lie side by side are one run.
        let runs = if self.groups == 1 && self.geometry.dilation[1] == 1 { rows } else { rows.saturating_mul(columns) };
        if runs <= RUNS { &[16, 8, 4] } else { &[] }
    }
}
