//! Convolutions: what the window sees at several places is spread once, then each filter's weights are read once for all
//! of the places.

use super::finish::Finish;
use super::patches::Patches;
use super::places::{Filters, Places, Sums};
use super::spread::Spread;
use super::{Pairs, SPREAD};
use crate::kernel::Geometry;
use crate::kernel::conv2d::ConvolutionSizes;
use crate::quant::kernel::span::{Span, span};
use crate::quant::kernel::{Convolution, PooledConvolution, PooledSizes};

impl Pairs for Convolution<'_> {
    #[inline(always)]
    fn fits(&self) -> bool {
        self.sizes.groups == 1 && steps(self.sizes) <= SPREAD
    }

    #[inline(always)]
    fn run_in_pairs(self, usual: bool) {
        let ConvolutionSizes { geometry, channels, filters, .. } = self.sizes;
        let patches = Patches::new(geometry, *channels, self.input, self.zero_point);
        let filters = Filters::new(self.weights, [*filters, products(self.sizes)], Finish::new(self.rescale, usual));
        Work { geometry, filters }.image(&patches, self.output);
    }
}

impl Pairs for PooledConvolution<'_> {
    #[inline(always)]
    fn fits(&self) -> bool {
        self.sizes.convolution.groups == 1 && steps(&self.sizes.convolution) <= SPREAD
    }

    #[inline(always)]
    fn run_in_pairs(self, usual: bool) {
        let PooledSizes { convolution: sizes, pool } = self.sizes;
        let ConvolutionSizes { geometry, channels, filters, .. } = sizes;
        let patches = Patches::new(geometry, *channels, self.input, self.zero_point);
        let filters = Filters::new(self.weights, [*filters, products(sizes)], Finish::new(self.rescale, usual));
        Work { geometry, filters }.pooled(&patches, pool, self.output);
    }
}

/// The products of one sum.
#[inline(always)]
fn products(sizes: &ConvolutionSizes) -> usize {
    sizes.geometry.kernel[0] * sizes.geometry.kernel[1] * sizes.channels
}

/// The words of four weights of a filter.
#[inline(always)]
fn steps(sizes: &ConvolutionSizes) -> usize {
    products(sizes).div_ceil(4)
}

/// Memory for what windows see.
struct Room<'r> {
    spread: &'r mut [Spread],
    window: &'r mut [i8],
}

/// Calls a method that is compiled for the number of places and for the room that they need, as small as it can be: at
/// `SPREAD` pairs of words all places, and at `WINDOW` bytes one of them.
macro_rules! with_room {
    ($places:expr, $steps:expr, $work:ident.$method:ident $arguments:tt) => {
        match ($places, $steps) {
            (4, ..=8) => $work.$method::<4, 32, 32> $arguments,
            (4, ..=16) => $work.$method::<4, 64, 64> $arguments,
            (4, ..=20) => $work.$method::<4, 80, 80> $arguments,
            (4, ..=32) => $work.$method::<4, 128, 128> $arguments,
            (4, _) => $work.$method::<4, SPREAD, SPREAD> $arguments,
            (2, _) => $work.$method::<2, SPREAD, { 2 * SPREAD }> $arguments,
            _ => $work.$method::<1, SPREAD, { 4 * SPREAD }> $arguments,
        }
    };
}

/// The filters of a layer on an image.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub(super) geometry: &'a Geometry,
    pub(super) filters: Filters<'a>,
}

impl Work<'_> {
    /// The whole image.
    #[inline(always)]
    fn image(&self, patches: &Patches<'_>, output: &mut [i8]) {
        let [height, width] = self.geometry.output;
        let steps = self.filters.steps();
        let places = match SPREAD / steps.max(1) {
            4.. if height * width >= 4 => 4,
            2.. if height * width >= 2 => 2,
            _ => 1,
        };
        with_room!(places, steps, self.image_in(patches, output));
    }

    /// The maxima under the windows of a pool.
    #[inline(always)]
    fn pooled(&self, patches: &Patches<'_>, pool: &Geometry, output: &mut [i8]) {
        let steps = self.filters.steps();
        let places = match SPREAD / steps.max(1) {
            4.. => 4,
            2.. => 2,
            _ => 1,
        };
        with_room!(places, steps, self.pooled_in(patches, pool, output));
    }

    /// The whole image, so many places at once, with room for what they see and for the bytes of one of them.
    #[inline(never)]
    pub(super) fn image_in<const PLACES: usize, const ROOM: usize, const WINDOW: usize>(
        &self,
        patches: &Patches<'_>,
        output: &mut [i8],
    ) where
        Places<PLACES>: Sums<PLACES>,
    {
        let (spread, window) = (&mut [[0; 2]; ROOM], &mut [0; WINDOW]);
        self.image_with::<PLACES>(patches, output, Room { spread, window });
    }

    #[inline(never)]
    fn pooled_in<const PLACES: usize, const ROOM: usize, const WINDOW: usize>(
        &self,
        patches: &Patches<'_>,
        pool: &Geometry,
        output: &mut [i8],
    ) where
        Places<PLACES>: Sums<PLACES>,
    {
        let (spread, window) = (&mut [[0; 2]; ROOM], &mut [0; WINDOW]);
        self.pooled_with::<PLACES>(patches, pool, output, Room { spread, window });
    }

    /// Some places after another at once; there are at least so many.
    #[inline(never)]
    fn image_with<const PLACES: usize>(&self, patches: &Patches<'_>, output: &mut [i8], room: Room<'_>)
    where
        Places<PLACES>: Sums<PLACES>,
    {
        let filters = self.filters.count;
        let [height, width] = self.geometry.output;
        let mut next = 0;
        while next < height * width {
            // The last ones may be some of those before them once more.
            let first = next.min(height * width - PLACES);
            if patches.are_pixels() {
                patches.gather_pixels::<PLACES>(first, room.spread);
            } else {
                for slot in 0..PLACES {
                    let place = first + slot;
                    let place = [place / width.max(1), place % width.max(1)];
                    patches.gather(place, room.spread.get_mut(slot..).unwrap_or_default(), PLACES, room.window);
                }
            }
            self.prepare::<PLACES>(room.spread);
            let Some(outputs) = output.get_mut(first * filters..(first + PLACES) * filters) else { return };
            self.write::<PLACES>(room.spread, outputs);
            next += PLACES;
        }
    }

    /// The outputs at some places.
    #[inline(always)]
    fn write<const PLACES: usize>(&self, spread: &[Spread], outputs: &mut [i8])
    where
        Places<PLACES>: Sums<PLACES>,
    {
        let filters = self.filters.count;
        let first = match PLACES {
            4 if self.filters.are_plain() => self.filters.write_fours(spread.as_chunks().0, outputs, filters),
            _ => 0,
        };
        if first < filters {
            self.write_each::<PLACES>(first, spread, outputs);
        }
    }

    /// The outputs of each filter from the first on.
    #[inline(never)]
    fn write_each<const PLACES: usize>(&self, first: usize, spread: &[Spread], outputs: &mut [i8])
    where
        Places<PLACES>: Sums<PLACES>,
    {
        let filters = self.filters.count;
        for filter in first..filters {
            let sums = self.filters.sums::<PLACES>(filter, spread.as_chunks().0);
            let outputs = outputs.get_mut(filter..).unwrap_or_default();
            let bytes = self.filters.bytes(filter, sums);
            for (output, byte) in outputs.iter_mut().step_by(filters.max(1)).zip(bytes) {
                *output = byte;
            }
        }
    }

    #[inline(never)]
    fn pooled_with<const PLACES: usize>(
        &self,
        patches: &Patches<'_>,
        pool: &Geometry,
        output: &mut [i8],
        mut room: Room<'_>,
    ) where
        Places<PLACES>: Sums<PLACES>,
    {
        let mut outputs = output.chunks_exact_mut(self.filters.count.max(1));
        for row in 0..pool.output[0] {
            for column in 0..pool.output[1] {
                let Some(outputs) = outputs.next() else { return };
                let window = [span(pool, 0, row), span(pool, 1, column)];
                self.window::<PLACES>(patches, window, &mut room, outputs);
            }
        }
    }

    /// The maxima under one window of a pool.
    #[inline(always)]
    fn window<const PLACES: usize>(
        &self,
        patches: &Patches<'_>,
        [rows, columns]: [Span; 2],
        room: &mut Room<'_>,
        outputs: &mut [i8],
    ) where
        Places<PLACES>: Sums<PLACES>,
    {
        let (mut place, end) = ([rows.pixel, columns.pixel], columns.pixel + columns.count() * columns.step);
        let mut left = rows.count() * columns.count();
        outputs.fill(i8::MIN);
        while left > 0 {
            for slot in 0..PLACES {
                patches.gather(place, room.spread.get_mut(slot..).unwrap_or_default(), PLACES, room.window);
                left = left.saturating_sub(1);
                // The last place once more changes no maximum.
                if left > 0 {
                    place[1] += columns.step;
                    if place[1] == end {
                        place = [place[0] + rows.step, columns.pixel];
                    }
                }
            }
            self.prepare::<PLACES>(room.spread);
            self.raise::<PLACES>(room.spread, outputs);
        }
    }

    /// Turns what some places see, spread, to what filters read.
    #[inline(always)]
    fn prepare<const PLACES: usize>(&self, spread: &mut [Spread])
    where
        Places<PLACES>: Sums<PLACES>,
    {
        Places::prepare(spread.as_chunks_mut().0.get_mut(..self.filters.steps()).unwrap_or_default());
    }

    /// Raises outputs to those of some places.
    #[inline(always)]
    fn raise<const PLACES: usize>(&self, spread: &[Spread], outputs: &mut [i8])
    where
        Places<PLACES>: Sums<PLACES>,
    {
        let first = match PLACES {
            4 if self.filters.are_plain() => self.filters.raise_fours(spread.as_chunks().0, outputs),
            _ => 0,
        };
        if first < outputs.len() {
            self.raise_each::<PLACES>(first, spread, outputs);
        }
    }

    /// The same for each filter from the first on.
    #[inline(never)]
    fn raise_each<const PLACES: usize>(&self, first: usize, spread: &[Spread], outputs: &mut [i8])
    where
        Places<PLACES>: Sums<PLACES>,
    {
        for (filter, output) in outputs.iter_mut().enumerate().skip(first) {
            let sums = self.filters.sums::<PLACES>(filter, spread.as_chunks().0);
            let [byte] = self.filters.bytes(filter, [sums.into_iter().fold(i32::MIN, i32::max)]);
            *output = (*output).max(byte);
        }
    }
}
