//! Random numbers that are the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The generator of initial weights and shuffles: ChaCha8, whose numbers never change with a version.
#[derive(Clone, Debug)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The generator of this seed. Generators of different streams are independent of each other, so that what one
    /// layer draws does not depend on the layers before it.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// A number below `bound`, each with the same probability but for at most one part in 2^32; zero if `bound` is zero.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// A number from 0 up to, but not including, 1: a multiple of 2^-24.
    pub fn uniform(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0)
    }

    /// A number of the normal distribution of mean 0 and deviation 1, at most 6.7 in size.
    ///
    /// Two numbers `u` and `v` of the uniform distribution give `sqrt(-2 ln u) cos(2 pi v)` (Box and Muller, 1958),
    /// computed in `f64` by `libm`, so that it is the same everywhere.
    pub fn normal(&mut self) -> f32 {
        const PART: f64 = 1.0 / 4_294_967_296.0;
        // From 2^-32 to 1, so that the logarithm is finite.
        let size = (f64::from(self.0.next_u32()) + 1.0) * PART;
        let turn = f64::from(self.0.next_u32()) * PART;
        (libm::sqrt(-2.0 * libm::log(size)) * libm::cos(core::f64::consts::TAU * turn)) as f32
    }

    /// Puts `items` in an order in which each of their orders is as probable as any other (Fisher and Yates).
    pub fn shuffle(&mut self, items: &mut [u32]) {
        for last in (1..items.len()).rev() {
            let chosen = self.below(u32::try_from(last + 1).unwrap_or(u32::MAX));
            items.swap(last, chosen as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_never_change() {
        let mut random = Random::new(42, 7);
        assert_eq!([random.below(1000), random.below(1000), random.below(1000)], [209, 128, 428]);
        assert_eq!([random.uniform(), random.uniform()], [0.32633066, 0.807606]);
        assert_eq!([random.normal(), random.normal()], [-0.65081674, 0.4321573]);
        let mut items = [0, 1, 2, 3, 4, 5, 6, 7];
        random.shuffle(&mut items);
        assert_eq!(items, [2, 7, 4, 0, 5, 1, 6, 3]);
    }

    #[test]
    fn streams_and_seeds_differ() {
        let first = |seed, stream| Random::new(seed, stream).below(u32::MAX);
        assert_ne!(first(1, 0), first(1, 1));
        assert_ne!(first(1, 0), first(2, 0));
        assert_eq!(first(1, 0), first(1, 0));
    }

    #[test]
    fn normal_numbers_have_the_moments_of_the_normal_distribution() {
        const COUNT: usize = 100_000;
        let mut random = Random::new(1, 0);
        let mut moments = [0.0f64; 4];
        for _ in 0..COUNT {
            let value = f64::from(random.normal());
            for (power, moment) in (1..).zip(&mut moments) {
                *moment += value.powi(power) / COUNT as f64;
            }
        }
        // Four deviations of the mean of each power: the variances are 1, 2, 15 and 96.
        for (found, (expected, variance)) in moments.into_iter().zip([(0.0, 1.0), (1.0, 2.0), (0.0, 15.0), (3.0, 96.0)])
        {
            let bound = 4.0 * f64::sqrt(variance / COUNT as f64);
            assert!(f64::abs(found - expected) < bound, "{found} instead of {expected}");
        }
    }

    #[test]
    fn a_shuffle_keeps_all_items_and_prefers_no_place() {
        let mut random = Random::new(2, 0);
        let mut places = [[0; 5]; 5];
        for _ in 0..10_000 {
            let mut items = [0, 1, 2, 3, 4];
            random.shuffle(&mut items);
            for (place, &item) in items.iter().enumerate() {
                places[item as usize][place] += 1;
            }
        }
        // Each item is at each place 2000 times, with a deviation of 40.
        assert!(places.iter().flatten().all(|&count: &i32| (count - 2000).abs() < 200), "{places:?}");
        random.shuffle(&mut []);
    }
}
