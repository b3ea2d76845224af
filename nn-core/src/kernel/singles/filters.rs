//! What belongs to some neighbouring filters: what their sums begin with, and what becomes of them.

use super::instructions::square_root;
use crate::kernel::finish::Finished;

/// Sums are normalized.
pub(super) const NORMALIZE: u32 = 1;
/// Sums below the lower bound become it.
pub(super) const CUT_BELOW: u32 = 2;
/// Sums above the upper bound become it.
pub(super) const CUT_ABOVE: u32 = 4;
/// Sums below zero become zero, and none is minus zero, which is not below it.
#[cfg(dual_multiply)]
pub(super) const CUT_AT_ZERO: u32 = 8;

/// The most filters whose sums are in registers together.
pub(super) const MOST: usize = 16;

/// The constants, as the instructions read them.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Filters {
    pub(super) start: [f32; MOST],
    mean: [f32; MOST],
    scale: [f32; MOST],
    beta: [f32; MOST],
    lower: f32,
    upper: f32,
    /// Which of the steps are to be done.
    steps: u32,
    /// How many filters there are: sixteen, eight, four or one.
    pub(super) width: usize,
}

impl Filters {
    /// None, whose sums begin with zero and stay as they are.
    pub(super) const NONE: Self = Self {
        start: [0.0; MOST],
        mean: [0.0; MOST],
        scale: [0.0; MOST],
        beta: [0.0; MOST],
        lower: f32::NEG_INFINITY,
        upper: f32::INFINITY,
        steps: 0,
        width: 0,
    };

    /// Makes those of so many filters from `first` on of none: in place, since the stack is small.
    pub(super) fn set(&mut self, finish: &Finished<'_>, bias: Option<&[f32]>, (first, width): (usize, usize)) {
        [self.lower, self.upper] = finish.bounds;
        self.width = width;
        let bias = bias.and_then(|bias| bias.get(first..)).unwrap_or_default();
        for (start, bias) in self.start.iter_mut().zip(bias).take(width) {
            *start = *bias;
        }
        let mut last = &self.start;
        if let Some(normalization) = &finish.normalization {
            self.steps |= NORMALIZE;
            let constants = self.mean.iter_mut().zip(&mut self.scale).zip(&mut self.beta).take(width);
            for (index, ((mean, scale), beta)) in constants.enumerate() {
                let [center, variance, gamma, shift] = normalization.column(first + index);
                (*mean, *scale, *beta) = (center, gamma / square_root(variance), shift);
            }
            last = &self.beta;
        }
        self.steps |= cut_below(self.lower, last);
        if self.upper < f32::INFINITY {
            self.steps |= CUT_ABOVE;
        }
    }

    /// Writes what becomes of the sums of a place.
    pub(super) fn finish(&self, sums: &[f32; MOST], target: &mut [f32]) {
        let constants = self.mean.iter().zip(&self.scale).zip(&self.beta);
        for (target, (&sum, ((mean, scale), beta))) in
            target.iter_mut().zip(sums.iter().zip(constants)).take(self.width)
        {
            *target = if self.steps & NORMALIZE == 0 { sum } else { (sum - mean) * scale + beta };
            // Comparisons, because the functions of the same names lose what is not a number.
            if *target < self.lower {
                *target = self.lower;
            }
            if *target > self.upper {
                *target = self.upper;
            }
        }
    }
}

/// How sums are cut at the lower bound, if what is added to them last, or first, is this.
///
/// A sum is minus zero only if all that is added up is: if one term is not, it never is.
fn cut_below(lower: f32, terms: &[f32]) -> u32 {
    let _ = terms;
    #[cfg(dual_multiply)]
    if lower.to_bits() == 0 && terms.iter().all(|term| term.to_bits() != (-0.0_f32).to_bits()) {
        return CUT_AT_ZERO;
    }
    if lower > f32::NEG_INFINITY { CUT_BELOW } else { 0 }
}
