//! What the tests of kernels share.

use super::estimate;
use super::{Order, Rescale};
use crate::kernel::{ByteJob, Halves, Isa, Job};
use crate::quant::{Multiplier, Rounding};
use crate::random::Random;
use std::vec::Vec;

/// Any bytes, the lowest and the highest among them.
pub(super) fn bytes(count: usize, random: &mut Random) -> Vec<i8> {
    let mut byte = || (256.0 * random.uniform()) as u8 as i8;
    (0..count)
        .map(|_| match byte() {
            0..10 => i8::MIN,
            10..20 => i8::MAX,
            _ => byte(),
        })
        .collect()
}

/// Constants of channels.
pub(super) struct Channels {
    bias: Vec<i32>,
    multipliers: Vec<Multiplier>,
}

impl Channels {
    /// For sums of so many products; multipliers of all sizes at which some bytes are within the bounds.
    pub(super) fn new(channels: usize, products: usize, random: &mut Random) -> Self {
        let multiplier = |random: &mut Random| {
            let largest = 4.0 / (products as f64).sqrt();
            let real = largest * 2.0_f64.powf(-14.0 * f64::from(random.uniform()));
            Multiplier::from_real(real).unwrap()
        };
        let multipliers = (0..channels).map(|_| multiplier(random)).collect();
        let bias = (0..channels).map(|_| ((random.uniform() - 0.5) * 20_000.0) as i32).collect();
        Self { bias, multipliers }
    }

    /// Both roundings, with wide and narrow bounds and those of a ReLU, with a multiplier for each channel and with one for
    /// all.
    pub(super) fn rescales(&self) -> [Rescale<'_>; 5] {
        let (bias, multipliers) = (&self.bias[..], &self.multipliers[..]);
        let whole = Rescale { bias, multipliers, zero_point: -7, bounds: [-128, 127], rounding: Rounding::Double };
        let single = Rescale { rounding: Rounding::Single, ..whole };
        let one = Rescale { multipliers: &multipliers[..1], ..whole };
        let relu = Rescale { bounds: [-7, 127], ..whole };
        let narrow = Rescale { bounds: [-20, 90], zero_point: 127, ..single };
        [whole, single, narrow, relu, Rescale { bounds: [3, 4], ..one }]
    }
}

/// Weights in words, and channels that begin with less; none if they don't fit.
pub(super) struct InWords {
    pub(super) weights: Vec<i8>,
    bias: Vec<i32>,
}

impl InWords {
    pub(super) fn new(weights: &[i8], bias: &[i32]) -> Self {
        let filters = bias.len();
        // Words lie where words may.
        let arranged = Order::Filters.rearrange(weights, filters);
        Self { weights: arranged, bias: Order::Filters.restart(weights, bias) }
    }

    pub(super) fn rescale<'a>(&'a self, rescale: Rescale<'a>) -> Rescale<'a> {
        Rescale { bias: &self.bias, ..rescale }
    }
}

/// The work on bytes without the extras of the processor.
pub(super) struct Plainly<J>(pub(super) J);

impl<J: ByteJob> Job for Plainly<J> {
    type Output = J::Output;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> J::Output {
        self.0.run(isa, Halves)
    }
}

/// Runs a kernel on every instruction set, with and without extras, and compares its output of so many bytes.
macro_rules! each_way {
    ($len:expr, $expected:expr, |$output:ident| $kernel:expr, $($what:tt)*) => {
        for level in $crate::kernel::Level::available() {
            let mut found = std::vec![0; $len];
            let $output = &mut found[..];
            level.run($kernel);
            assert_eq!(found, $expected, "{level:?}, {}", std::format!($($what)*));
            let mut found = std::vec![0; $len];
            let $output = &mut found[..];
            level.run($crate::quant::kernel::tests::Plainly($kernel));
            assert_eq!(found, $expected, "{level:?} without extras, {}", std::format!($($what)*));
        }
    };
}
pub(super) use each_way;

/// Multiplies a vector of whole numbers.
struct Times<'a> {
    multipliers: &'a [Multiplier],
    rounding: Rounding,
    numbers: &'a [i32],
}

impl Job for Times<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let multipliers = &self.multipliers[..I::LANES];
        let scale = super::scale::Scale::new(isa, multipliers, 5, self.rounding);
        for &number in self.numbers {
            let (mut found, mut positive) = (std::vec![0; I::LANES], std::vec![0; I::LANES]);
            let numbers = isa.splat_whole(number);
            isa.store_whole(scale.times(isa, numbers), &mut found);
            isa.store_whole(scale.times_positive(isa, numbers), &mut positive);
            for ((&found, &positive), multiplier) in found.iter().zip(&positive).zip(multipliers) {
                let expected = multiplier.times(number, self.rounding).wrapping_add(5);
                assert_eq!(found, expected, "{isa:?}: {number} times {multiplier:?}, {:?}", self.rounding);
                if scale.halves() {
                    assert_eq!(positive.max(5), expected.max(5), "{isa:?}: {number} times {multiplier:?}");
                }
            }
        }
    }
}

/// Estimates the bytes of sums, and counts those that are certain.
struct Estimates<'a> {
    rescale: Rescale<'a>,
    sums: &'a [i32],
}

impl Job for Estimates<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> usize {
        let Self { rescale, sums } = self;
        let mut certain = 0;
        for &sum in sums {
            let mut estimates = estimate::Estimates::new(isa);
            let bytes = rescale.estimate(isa, 0, isa.splat_whole(sum), &mut estimates);
            if estimates.are_right(isa) {
                let mut found = std::vec![0; I::LANES];
                isa.store_whole(bytes, &mut found);
                for (channel, &found) in found.iter().enumerate() {
                    assert_eq!(
                        found,
                        i32::from(rescale.byte(channel, sum)),
                        "{isa:?}: {sum} of {channel}, {rescale:?}"
                    );
                }
                certain += 1;
            }
        }
        certain
    }
}

#[test]
fn what_is_certain_is_the_byte() {
    let mut random = Random::new(5, 0);
    // Of every size, and so near to each other that they pass the middle between two bytes.
    let mut sums: Vec<i32> = (0..31).flat_map(|bit| [1 << bit, -(1 << bit), 3 << bit >> 1, -(3 << bit >> 1)]).collect();
    sums.extend((-3000..3000).step_by(7));
    sums.extend([i32::MIN, i32::MAX]);
    let (mut certain, mut count) = (0, 0);
    for shift in -31..=1 {
        let mut multiplier = || Multiplier::from_parts((1 << 30) + (random.uniform() * 1e9) as i32, shift).unwrap();
        let each: Vec<Multiplier> = (0..16).map(|_| multiplier()).collect();
        let even = Multiplier::from_parts(1 << 30, shift).unwrap();
        for multipliers in [&each[..], &each[..1], &[even]] {
            for rounding in [Rounding::Double, Rounding::Single] {
                for (zero_point, bounds) in [(5, [-128, 127]), (-128, [-128, 127]), (127, [3, 100])] {
                    let rescale = Rescale { bias: &[], multipliers, zero_point, bounds, rounding };
                    for level in crate::kernel::Level::available() {
                        certain += level.run(Estimates { rescale, sums: &sums });
                        count += sums.len();
                    }
                }
            }
        }
    }
    // All but those of multipliers of more than one half, and of middles.
    assert!(certain > 3 * count / 4, "{certain} of {count}");
}

#[test]
fn vectors_are_multiplied_as_single_numbers_are() {
    let fractions = [0, 1, 1 << 30, (1 << 30) + 1, 3 << 29, i32::MAX, 1_518_500_250];
    let multipliers: Vec<Multiplier> = (-31..=30)
        .flat_map(|shift| fractions.map(|fraction| Multiplier::from_parts(fraction, shift).unwrap()))
        .collect();
    let mut random = Random::new(3, 0);
    let mut numbers: Vec<i32> =
        (0..31).flat_map(|bit| [1 << bit, 3 << bit >> 1, -(1 << bit), (1 << bit) - 1]).collect();
    numbers.extend((0..200).map(|_| ((random.uniform() - 0.5) * 2_000_000.0) as i32));
    numbers.extend([i32::MIN, i32::MIN + 1, i32::MAX, 0]);
    for level in crate::kernel::Level::available() {
        for rounding in [Rounding::Double, Rounding::Single] {
            for first in 0..multipliers.len() - 16 {
                level.run(Times { multipliers: &multipliers[first..], rounding, numbers: &numbers });
            }
        }
    }
}
