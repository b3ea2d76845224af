//! The numbers that a value takes over all samples, and the range that is chosen for its bytes.

use super::{CalibrationError, Quantization};
use alloc::vec::Vec;

/// How the range of an activation is chosen: numbers beyond it are cut off, and those within are the finer the narrower it
/// is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Range {
    /// From the smallest to the largest number seen: nothing is cut off, and a single outlier makes all else coarse.
    #[default]
    MinMax,
    /// Of so many percent of the numbers, such as 99.99; of those beyond, half lie at either end.
    Percentile(f64),
    /// The range with the least mean squared error over the numbers seen.
    LeastError,
}

/// What was seen of a value.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    lowest: f32,
    highest: f32,
    /// How many numbers lay in each of [`BINS`] equal parts from the lowest to the highest.
    bins: Vec<u64>,
}

const BINS: usize = 2048;

impl Seen {
    pub(super) const NOTHING: Self = Self { lowest: f32::INFINITY, highest: f32::NEG_INFINITY, bins: Vec::new() };

    /// Widens the ends; false if a number is none.
    pub(super) fn widen(&mut self, numbers: &[f32]) -> bool {
        for number in numbers {
            self.lowest = self.lowest.min(*number);
            self.highest = self.highest.max(*number);
        }
        numbers.iter().all(|number| number.is_finite())
    }

    /// Counts numbers between the ends that were found before.
    pub(super) fn count(&mut self, numbers: &[f32]) {
        self.bins.resize(BINS, 0);
        let width = (self.highest as f64 - self.lowest as f64) / BINS as f64;
        for number in numbers {
            let bin = (*number as f64 - self.lowest as f64) / width;
            // What is not a number, where the width is zero, goes to the first.
            self.bins[(bin as usize).min(BINS - 1)] += 1;
        }
    }

    /// The quantization for the range that is asked for.
    pub(super) fn quantization(&self, range: Range) -> Quantization {
        let (lowest, highest) = match range {
            Range::MinMax => (self.lowest, self.highest),
            Range::Percentile(percent) => self.percentile(percent),
            Range::LeastError => self.least_error(),
        };
        Quantization::of_range(lowest, highest)
    }

    /// The number in the middle of a bin.
    fn middle(&self, bin: usize) -> f64 {
        let width = (self.highest as f64 - self.lowest as f64) / BINS as f64;
        self.lowest as f64 + (bin as f64 + 0.5) * width
    }

    fn percentile(&self, percent: f64) -> (f32, f32) {
        let total: u64 = self.bins.iter().sum();
        let beyond = total as f64 * (100.0 - percent) / 200.0;
        let width = (self.highest as f64 - self.lowest as f64) / BINS as f64;
        let first = self.first_within(beyond, 0..self.bins.len()).map(|bin| (self.middle(bin) - width / 2.0) as f32);
        let last = self.first_within(beyond, (0..self.bins.len()).rev());
        let last = last.map(|bin| (self.middle(bin) + width / 2.0) as f32);
        (first.unwrap_or(self.lowest), last.unwrap_or(self.highest))
    }

    /// The first bin before which, and in which, lie more numbers than are cut off.
    fn first_within(&self, beyond: f64, mut bins: impl Iterator<Item = usize>) -> Option<usize> {
        let mut passed = 0.0;
        bins.find(|bin| {
            passed += self.bins[*bin] as f64;
            passed > beyond
        })
    }

    /// Tries parts of the way from zero to either end.
    fn least_error(&self) -> (f32, f32) {
        const PARTS: u16 = 40;
        const LEAST: u16 = 10;
        let parts = |end: f32| (LEAST..=PARTS).rev().map(move |part| end * f32::from(part) / f32::from(PARTS));
        let one_side = |end: f32| if end == 0.0 { 1 } else { usize::MAX };
        let (lowest, highest) = (self.lowest.min(0.0), self.highest.max(0.0));
        let mut best = (f64::INFINITY, (lowest, highest));
        for low in parts(lowest).take(one_side(lowest)) {
            for high in parts(highest).take(one_side(highest)) {
                let error = self.error(Quantization::of_range(low, high));
                if error < best.0 {
                    best = (error, (low, high));
                }
            }
        }
        best.1
    }

    /// The sum of squared differences between the numbers and what their bytes stand for.
    fn error(&self, quantization: Quantization) -> f64 {
        let counted = self.bins.iter().enumerate().filter(|(_, count)| **count > 0);
        counted.fold(0.0, |sum, (bin, count)| {
            let number = self.middle(bin);
            let back = quantization.dequantize(quantization.quantize(number as f32)) as f64;
            sum + *count as f64 * (number - back) * (number - back)
        })
    }
}

impl Range {
    /// Whether numbers must be counted, and not only their ends found.
    pub(super) fn counts(self) -> bool {
        self != Self::MinMax
    }

    /// Percentages must be more than 50 and at most 100.
    pub(super) fn check(self) -> Result<(), CalibrationError> {
        match self {
            Self::Percentile(percent) if !(percent > 50.0 && percent <= 100.0) => {
                Err(CalibrationError::Percentile(percent))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thousand numbers from 0 to 1, and one far away.
    fn seen() -> Seen {
        let numbers: Vec<f32> = (0..1000).map(|number| number as f32 / 1000.0).chain([100.0]).collect();
        let mut seen = Seen::NOTHING;
        assert!(seen.widen(&numbers));
        seen.count(&numbers);
        seen
    }

    #[test]
    fn outliers_are_cut_off_where_that_is_asked_for() {
        let highest = |range| seen().quantization(range).dequantize(127);
        assert!((highest(Range::MinMax) - 100.0).abs() < 0.2);
        assert!((highest(Range::Percentile(99.0)) - 1.0).abs() < 0.1);
        // One number in a thousand that is cut off at 25 costs more than all others gain by steps of 0.1 instead of 0.4.
        assert!((highest(Range::LeastError) - 100.0).abs() < 3.0);
    }

    #[test]
    fn the_least_error_cuts_off_rare_tails() {
        // 100,000 numbers up to 1 and one of 4.
        let numbers: Vec<f32> = (0..100_000).map(|number| number as f32 / 100_000.0).chain([4.0]).collect();
        let mut seen = Seen::NOTHING;
        seen.widen(&numbers);
        seen.count(&numbers);
        let highest = seen.quantization(Range::LeastError).dequantize(127);
        assert!(highest < 3.9 && highest > 0.9, "{highest}");
    }

    #[test]
    fn what_is_no_number_is_told() {
        let mut seen = Seen::NOTHING;
        assert!(!seen.widen(&[1.0, f32::NAN]));
        assert!(!seen.widen(&[f32::INFINITY]));
        assert_eq!(Range::Percentile(20.0).check(), Err(CalibrationError::Percentile(20.0)));
    }
}
