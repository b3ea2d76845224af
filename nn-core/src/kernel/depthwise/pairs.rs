//! Two lines of outputs at once, of windows of three by three pixels that move by one.
//!
//! The weights stay in registers through the whole image, and each pixel is loaded once for the two windows above each
//! other that it lies under. It takes more registers than most instruction sets have.

use super::lines::{ACROSS, AHEAD, Band, LineSizes, Lines, MOST};
use crate::kernel::Isa;
use crate::kernel::finish::{Finish, Ready};

/// Lines of the window.
const DOWN: usize = 3;

/// The weights of one vector of channels.
type Weights<V> = [[V; ACROSS]; DOWN];

/// Calls a function for each pixel of a line under a strip, whose number is a constant: else the compiler would keep the
/// sums in memory.
macro_rules! each_pixel {
    ($count:ident, $line:ident, $self:ident.$function:ident $arguments:tt) => {
        each_pixel!(@ $count, $line, $self.$function, $arguments, 0 1 2 3 4 5 6 7)
    };
    (@ $count:ident, $line:ident, $self:ident.$function:ident, $arguments:tt, $($pixel:literal)*) => {
        $(if $pixel < $count - 1 + ACROSS {
            each_pixel!(@@ $count, $line, $self.$function, $pixel, $arguments);
        })*
    };
    (@@ $count:ident, $line:ident, $self:ident.$function:ident, $pixel:literal, ($($argument:expr),*)) => {
        $self.$function::<I, $count, $line, $pixel>($($argument),*)
    };
}

impl LineSizes {
    /// Whether [`Band::in_pairs`] can do it, for whole vectors of channels.
    #[inline(always)]
    pub(super) fn are_of_pairs(&self) -> bool {
        self.kernel_rows == DOWN && self.stride == [1, 1]
    }
}

impl<F: Finish> Band<'_, F> {
    /// All outputs in pairs of strips, of whole vectors of channels.
    #[inline(always)]
    pub(super) fn in_pairs<I: Isa>(self, isa: I) {
        let Self { values, sizes, channels, row, target, finish } = self;
        for first in channels.step_by(I::LANES) {
            let finish = finish.ready::<I, 1>(isa, first..first + I::LANES);
            Lines::<_, true>::new(isa, values, sizes, (first, I::LANES), row).pairs(isa, target, &finish);
        }
    }
}

impl<V: Copy> Lines<'_, V, true> {
    /// All lines.
    #[inline(always)]
    fn pairs<I: Isa<Vector = V>>(&self, isa: I, target: &mut [f32], finish: &impl Ready<I, 1>) {
        let (across, most) = (self.sizes.target[1], self.sizes.most());
        let mut weights = [[self.begin; ACROSS]; DOWN];
        for (cell, weights) in weights.as_flattened_mut().iter_mut().enumerate() {
            *weights = isa.load(self.of(self.kernel, cell));
        }
        for (pair, target) in target.chunks_mut(2 * across * self.sizes.channels).enumerate() {
            let mut column = 0;
            while column < across {
                let (count, place) = (most.min(across - column), [self.row + 2 * pair, column]);
                match count {
                    1 => self.pair::<I, 1>(isa, place, &weights, target, finish),
                    2 => self.pair::<I, 2>(isa, place, &weights, target, finish),
                    3 => self.pair::<I, 3>(isa, place, &weights, target, finish),
                    4 => self.pair::<I, 4>(isa, place, &weights, target, finish),
                    5 => self.pair::<I, 5>(isa, place, &weights, target, finish),
                    _ => self.pair::<I, MOST>(isa, place, &weights, target, finish),
                }
                column += count;
            }
        }
    }

    /// `COUNT` neighbouring outputs of a line, and those below them if there are any.
    #[inline(always)]
    fn pair<I: Isa<Vector = V>, const COUNT: usize>(
        &self,
        isa: I,
        [row, column]: [usize; 2],
        weights: &Weights<V>,
        target: &mut [f32],
        finish: &impl Ready<I, 1>,
    ) {
        let mut sums = [[[self.begin]; COUNT]; 2];
        let place = [row, self.first(column)];
        self.line::<I, COUNT, 0>(isa, place, weights, &mut sums);
        self.line::<I, COUNT, 1>(isa, place, weights, &mut sums);
        self.line::<I, COUNT, 2>(isa, place, weights, &mut sums);
        self.line::<I, COUNT, 3>(isa, place, weights, &mut sums);
        let line = self.sizes.target[1] * self.sizes.channels;
        for (sums, target) in sums.iter_mut().zip(target.chunks_exact_mut(line)) {
            finish.apply(isa, sums);
            for (index, &[sum]) in sums.iter().enumerate() {
                let target = &mut target[(column + index) * self.sizes.channels + self.channel..][..self.width];
                isa.fetch(target.as_ptr().wrapping_add(AHEAD));
                isa.store(sum, target);
            }
        }
    }

    /// What line number `LINE` under a pair gives to its windows.
    #[inline(always)]
    fn line<I: Isa<Vector = V>, const COUNT: usize, const LINE: usize>(
        &self,
        isa: I,
        [row, first]: [usize; 2],
        weights: &Weights<V>,
        sums: &mut [[[V; 1]; COUNT]; 2],
    ) {
        let Some(line) = self.source_line(row + LINE) else { return };
        each_pixel!(COUNT, LINE, self.pixel_of_pair(isa, line, first, weights, sums));
    }

    #[inline(always)]
    fn pixel_of_pair<I: Isa<Vector = V>, const COUNT: usize, const LINE: usize, const PIXEL: usize>(
        &self,
        isa: I,
        line: &[f32],
        first: usize,
        weights: &Weights<V>,
        sums: &mut [[[V; 1]; COUNT]; 2],
    ) {
        let place = first.wrapping_add(PIXEL * self.sizes.channels);
        let Some(values) = line.get(place..place.wrapping_add(I::LANES)) else { return };
        if LINE >= 2 {
            // The first two lines are the last ones of the pair above.
            isa.fetch(values.as_ptr().wrapping_add(AHEAD));
        }
        let values = isa.load(values);
        for (window, sums) in sums.iter_mut().enumerate() {
            let Some(weights) = weights.get(LINE.wrapping_sub(window)) else { continue };
            for (index, [sum]) in sums.iter_mut().enumerate() {
                if let Some(&weights) = weights.get(PIXEL.wrapping_sub(index)) {
                    *sum = isa.mul_add(values, weights, *sum);
                }
            }
        }
    }
}
