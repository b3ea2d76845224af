//! Sums over the outputs for windows of three by three pixels that move by one: whole lines of outputs, with the border
//! in them.
//!
//! All sums stay in registers, and each pixel is loaded once for all windows of a strip that it
//! lies under.

use super::lines::{ACROSS, AHEAD, LineSizes, MOST};
use crate::kernel::Isa;
use core::ops::Range;

/// Lines of the window.
const DOWN: usize = 3;

/// Calls a function for each pixel of a line under a strip, whose number is a constant: else the compiler would keep the
/// sums in memory.
macro_rules! each_pixel {
    ($count:ident, $self:ident.$function:ident $arguments:tt) => {
        each_pixel!(@ $count, $self.$function, $arguments, 0 1 2 3 4 5 6 7)
    };
    (@ $count:ident, $self:ident.$function:ident, $arguments:tt, $($pixel:literal)*) => {
        $(if $pixel < $count - 1 + ACROSS {
            each_pixel!(@@ $count, $self.$function, $pixel, $arguments);
        })*
    };
    (@@ $count:ident, $self:ident.$function:ident, $pixel:literal, ($($argument:expr),*)) => {
        $self.$function::<I, $count, $pixel>($($argument),*)
    };
}

/// One vector of channels: a whole one, or as many channels as there are.
pub(super) struct LineSums<'a, const WHOLE: bool> {
    pub(super) sizes: LineSizes,
    pub(super) channels: Range<usize>,
    /// The first line of outputs.
    pub(super) row: usize,
    pub(super) source: &'a [f32],
    /// From that line on.
    pub(super) gradient: &'a [f32],
}

impl LineSizes {
    /// Whether [`LineSums`] can do it.
    pub(super) fn are_of_sums(&self) -> bool {
        self.kernel_rows == DOWN && self.stride == [1, 1]
    }
}

impl<const WHOLE: bool> LineSums<'_, WHOLE> {
    /// Adds to the derivatives by the kernel.
    #[inline(always)]
    pub(super) fn run<I: Isa>(&self, isa: I, kernel: &mut [f32]) {
        let ([_, across], channels) = (self.sizes.target, self.sizes.channels);
        let most = across.div_ceil(across.div_ceil(MOST - 1));
        let mut sums = [[isa.splat(0.0); ACROSS]; DOWN];
        for (row, gradient) in self.gradient.chunks_exact(across * channels).enumerate() {
            let mut column = 0;
            while column < across {
                let count = most.min(across - column);
                let (place, gradient) = ([self.row + row, column], &gradient[column * channels..]);
                match count {
                    1 => self.strip::<I, 1>(isa, place, gradient, &mut sums),
                    2 => self.strip::<I, 2>(isa, place, gradient, &mut sums),
                    3 => self.strip::<I, 3>(isa, place, gradient, &mut sums),
                    4 => self.strip::<I, 4>(isa, place, gradient, &mut sums),
                    _ => self.strip::<I, 5>(isa, place, gradient, &mut sums),
                }
                column += count;
            }
        }
        for (cell, &sum) in sums.as_flattened().iter().enumerate() {
            let kernel = &mut kernel[cell * channels..][self.channels.clone()];
            isa.store_some(isa.add(isa.load_some(kernel), sum), kernel);
        }
    }

    /// What `COUNT` neighbouring outputs give.
    #[inline(always)]
    fn strip<I: Isa, const COUNT: usize>(
        &self,
        isa: I,
        [row, column]: [usize; 2],
        gradient: &[f32],
        sums: &mut [[I::Vector; ACROSS]; DOWN],
    ) {
        let LineSizes { source: [_, across], before, channels, .. } = self.sizes;
        let mut errors = [isa.splat(0.0); COUNT];
        for (index, error) in errors.iter_mut().enumerate() {
            let values = &gradient[index * channels..][self.channels.clone()];
            if WHOLE {
                isa.fetch(values.as_ptr().wrapping_add(AHEAD));
            }
            *error = if WHOLE { isa.load(values) } else { isa.load_partial(values) };
        }
        // Before the border the numbers of pixels are below zero: as places in a line they are beyond its end.
        let first = column.wrapping_sub(before[1]).wrapping_mul(channels).wrapping_add(self.channels.start);
        for (cell, sums) in sums.iter_mut().enumerate() {
            let line = (row + cell).wrapping_sub(before[0]).wrapping_mul(across * channels);
            let Some(line) = self.source.get(line..line.wrapping_add(across * channels)) else { continue };
            // The other lines are those of the windows above.
            if WHOLE && cell + 1 == DOWN {
                for pixel in 0..COUNT {
                    isa.fetch(line.as_ptr().wrapping_add(first.wrapping_add(pixel * channels + AHEAD)));
                }
            }
            each_pixel!(COUNT, self.pixel(isa, line, first, &errors, sums));
        }
    }

    /// What pixel number `PIXEL` under the strip gives.
    #[inline(always)]
    fn pixel<I: Isa, const COUNT: usize, const PIXEL: usize>(
        &self,
        isa: I,
        line: &[f32],
        first: usize,
        errors: &[I::Vector; COUNT],
        sums: &mut [I::Vector; ACROSS],
    ) {
        let place = first.wrapping_add(PIXEL * self.sizes.channels);
        let width = if WHOLE { I::LANES } else { self.channels.len() };
        let Some(values) = line.get(place..place.wrapping_add(width)) else { return };
        let values = if WHOLE { isa.load(values) } else { isa.load_partial(values) };
        for (cell, sum) in sums.iter_mut().enumerate() {
            if let Some(&error) = errors.get(PIXEL.wrapping_sub(cell)) {
                *sum = isa.mul_add(values, error, *sum);
            }
        }
    }
}
