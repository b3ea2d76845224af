//! Instruction sets: vectors of floats and of whole numbers, and the choice of the best set that the processor has.
//!
//! Each set is a zero-sized token. Only this module makes tokens, and only after it has found the set on the running
//! processor, so that a token is the proof that its instructions exist.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
mod dot_products;
#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
mod float_registers;
#[cfg(target_arch = "x86_64")]
mod half_rows;
mod level;
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
mod neon;
mod portable;
mod products;
#[cfg(target_arch = "x86_64")]
mod splats;
#[cfg(target_arch = "x86_64")]
mod vnni;

#[cfg(target_arch = "x86_64")]
pub use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub use avx512::Avx512;
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
pub use dot_products::DotProducts;
pub use level::{Level, level};
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
pub use neon::Neon;
pub use portable::Portable;
pub use products::{ByteJob, Cell, Halves, Products};
#[cfg(target_arch = "x86_64")]
pub use vnni::Vnni;

/// How many sums of lanes [`Isa::store_sums`] writes.
pub(super) const SUMS: usize = 8;

/// Work that is written once and compiled for each instruction set.
pub trait Job {
    /// What the work gives.
    type Output;

    /// Does the work. Implementations are `#[inline(always)]`, so that they take on the instruction set of their caller.
    fn run<I: Isa>(self, isa: I) -> Self::Output;
}

/// A set of instructions that the running processor is known to have.
pub trait Isa: Copy + Send + Sync + core::fmt::Debug + 'static {
    /// The number of floats in a vector.
    const LANES: usize;
    /// The number of vector registers that a kernel may count on.
    const REGISTERS: usize;
    /// The largest number of rows of a tile, at most 12.
    const MOST_ROWS: usize = 12;
    /// Whether convolutions take [fewer multiplications](super::conv2d::winograd) where they can, whose sums are rounded in
    /// another way.
    const FEWER_MULTIPLICATIONS: bool = true;
    /// Whether [`Isa::splats`] takes less time than [`Isa::splat`] for each.
    const HAS_SPLATS: bool = false;
    /// Whether [`Isa::nonzero`] and [`Isa::nonzeros`] take no more than a few instructions.
    const FINDS_ZEROS: bool = false;
    /// Whether [`Isa::fetch`] does anything.
    const FETCHES: bool = false;
    /// `LANES` floats.
    type Vector: Copy;
    /// `LANES` whole numbers of 32 bits. As two halves of 16 bits each, the first half is the low one.
    type Whole: Copy;
    /// `LANES` whole numbers of 64 bits, in an order of the set's own.
    type Wide: Copy;

    /// Runs a job in a function of its own, compiled for this instruction set.
    fn run<J: Job>(self, job: J) -> J::Output;
    /// Runs work on bytes with the best way to multiply them that the running processor has.
    #[inline(always)]
    fn run_bytes<J: ByteJob>(self, job: J) -> J::Output {
        job.run(self, Halves)
    }

    /// Adds to the sums of each row the products of its values with vectors of weights, which begin at each `stride`th of
    /// the weights. Returns whether this set has a loop for so many rows and vectors; where it has none, nothing is done.
    #[inline(always)]
    fn add_rows<const ROWS: usize, const VECTORS: usize>(
        self,
        _sums: &mut [[Self::Vector; VECTORS]; ROWS],
        _rows: [&[f32]; ROWS],
        _weights: &[f32],
        _stride: usize,
    ) -> bool {
        false
    }

    /// Like [`Isa::add_rows`], with [half floats](super::f16) for weights.
    #[inline(always)]
    fn add_rows_f16<const ROWS: usize, const VECTORS: usize>(
        self,
        _sums: &mut [[Self::Vector; VECTORS]; ROWS],
        _rows: [&[f32]; ROWS],
        _weights: &[u16],
        _stride: usize,
    ) -> bool {
        false
    }

    /// Like [`Isa::add_rows_f16`] for one row, with those of its values only whose numbers are listed.
    #[inline(always)]
    fn add_listed_f16<const VECTORS: usize>(
        self,
        _sums: &mut [Self::Vector; VECTORS],
        (_values, _numbers): (&[f32], &[u8]),
        _weights: &[u16],
        _stride: usize,
    ) -> bool {
        false
    }

    /// Asks for the line of memory at this place, so that it is in a near cache when it is read or written some hundred
    /// nanoseconds later. It may lie beyond the end of a sample, where the next one of a batch begins, and beyond all memory.
    /// It does nothing where the set has no instruction for it.
    #[inline(always)]
    fn fetch(self, _place: *const f32) {}

    /// The same value in every lane.
    fn splat(self, value: f32) -> Self::Vector;
    /// Each of sixteen values in every lane of a vector, by fours. A set that [has its own way](Isa::HAS_SPLATS) reads them
    /// together, so that values just computed are taken from their register and not from memory.
    #[inline(always)]
    fn splats(self, values: &[f32; 16]) -> [[Self::Vector; 4]; 4] {
        let mut splats = [[self.splat(0.0); 4]; 4];
        for (splat, &value) in splats.as_flattened_mut().iter_mut().zip(values) {
            *splat = self.splat(value);
        }
        splats
    }
    /// The first `LANES` values of a slice. There must be as many: it may panic.
    fn load(self, from: &[f32]) -> Self::Vector;
    /// As many values of a slice as there are, up to `LANES`, and zeros after them.
    fn load_partial(self, from: &[f32]) -> Self::Vector;
    /// Writes to the first `LANES` values of a slice. There must be as many: it may panic.
    fn store(self, vector: Self::Vector, to: &mut [f32]);
    /// Writes to as many values of a slice as there are, up to `LANES`.
    fn store_partial(self, vector: Self::Vector, to: &mut [f32]);

    /// Like [`Isa::load`] where there are enough values, else like [`Isa::load_partial`].
    #[inline(always)]
    fn load_some(self, from: &[f32]) -> Self::Vector {
        if from.len() >= Self::LANES { self.load(from) } else { self.load_partial(from) }
    }
    /// Like [`Isa::store`] where there is enough room, else like [`Isa::store_partial`].
    #[inline(always)]
    fn store_some(self, vector: Self::Vector, to: &mut [f32]) {
        if to.len() >= Self::LANES { self.store(vector, to) } else { self.store_partial(vector, to) }
    }

    /// The first `LANES` [half floats](super::f16) of a slice, as floats. There must be as many: it may panic.
    fn load_f16(self, from: &[u16]) -> Self::Vector;
    /// As many half floats of a slice as there are, up to `LANES`, as floats, and zeros after them.
    fn load_f16_partial(self, from: &[u16]) -> Self::Vector;

    /// `a + b`
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a - b`
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b`
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a / b`
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b + c`: rounded once where the set has a fused instruction, twice on [`Portable`].
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The larger of each pair; `b` where `a` is not a number.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The smaller of each pair; `b` where `a` is not a number.
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The square root, correctly rounded.
    fn sqrt(self, a: Self::Vector) -> Self::Vector;
    /// `then` where `a > b`, else `otherwise`.
    fn select_greater(
        self,
        a: Self::Vector,
        b: Self::Vector,
        then: Self::Vector,
        otherwise: Self::Vector,
    ) -> Self::Vector;
    /// Which of eight values are not zero, the first in the lowest bit.
    #[inline(always)]
    fn nonzero(self, values: &[f32; 8]) -> u8 {
        values.iter().enumerate().fold(0, |bits, (lane, &value)| bits | u8::from(value != 0.0) << lane)
    }
    /// Which of sixty-four values are not zero, the first in the lowest bit.
    #[inline(always)]
    fn nonzeros(self, values: &[f32; 64]) -> u64 {
        let mut word = 0;
        for (byte, eight) in values.as_chunks().0.iter().enumerate() {
            word |= u64::from(self.nonzero(eight)) << (8 * byte);
        }
        word
    }
    /// The nearest whole number, halves to even. Values of at least 2^22 in size are not for this.
    fn round(self, a: Self::Vector) -> Self::Vector;
    /// `2^n` for whole numbers `n` of -126 to 127 that are given as floats.
    fn power_of_two(self, n: Self::Vector) -> Self::Vector;
    /// The lanes of both in turn, `a[0] b[0] a[1] b[1] ..`: the first half of them, and the second.
    fn interleave(self, a: Self::Vector, b: Self::Vector) -> (Self::Vector, Self::Vector);
    /// The sum of the lanes: halves are added to each other until one lane is left.
    fn sum(self, a: Self::Vector) -> f32;

    /// For each vector the [sum](Isa::sum) of its lanes.
    #[inline(always)]
    fn store_sums(self, of: [Self::Vector; SUMS], to: &mut [f32; SUMS]) {
        for (to, vector) in to.iter_mut().zip(of) {
            *to = self.sum(vector);
        }
    }
    /// Values of a slice, from the first on, in those lanes whose bits are set, and zeros in the others. The slice must have
    /// `LANES`, at most sixteen: it may panic.
    #[inline(always)]
    fn load_spread(self, from: &[f32], lanes: u16) -> Self::Vector {
        let (mut spread, mut next) = ([0.0; 16], 0);
        for (lane, to) in spread.iter_mut().enumerate().take(Self::LANES) {
            if lanes >> lane & 1 == 1 {
                *to = from[next];
                next += 1;
            }
        }
        self.load(&spread)
    }

    /// Whether some lane of `a` is greater than that of `b`.
    fn any_greater(self, a: Self::Vector, b: Self::Vector) -> bool;
    /// The nearest whole number, halves to even. Values of at least 2^22 in size are not for this.
    fn nearest_whole(self, a: Self::Vector) -> Self::Whole;
    /// The floats that have these bits.
    fn of_bits(self, bits: Self::Whole) -> Self::Vector;
    /// The nearest float.
    fn to_floats(self, a: Self::Whole) -> Self::Vector;

    /// The same whole number in every lane.
    fn splat_whole(self, value: i32) -> Self::Whole;
    /// The first `LANES` whole numbers of a slice. There must be as many: it may panic.
    fn load_whole(self, from: &[i32]) -> Self::Whole;
    /// Writes to the first `LANES` whole numbers of a slice. There must be as many: it may panic.
    fn store_whole(self, whole: Self::Whole, to: &mut [i32]);
    /// The first `LANES` bytes of a slice, one in each lane. There must be as many: it may panic.
    fn load_bytes(self, from: &[i8]) -> Self::Whole;
    /// The nearest bytes, written to the first `LANES` bytes of a slice. There must be as many: it may panic.
    fn store_bytes(self, whole: Self::Whole, to: &mut [i8]);
    /// The nearest bytes of one vector after another, written to the first `4 * LANES` bytes of a slice. There must be as
    /// many: it may panic.
    #[inline(always)]
    fn store_bytes_of_four(self, wholes: [Self::Whole; 4], to: &mut [i8]) {
        for (to, whole) in to.chunks_exact_mut(Self::LANES).zip(wholes) {
            self.store_bytes(whole, to);
        }
    }
    /// The first `2 * LANES` bytes of a slice, one in each half, in an order of the set's own. There must be as
    /// many: it may panic.
    fn load_halves(self, from: &[i8]) -> Self::Whole;
    /// The same in the order of the slice, two neighbours in each lane.
    #[inline(always)]
    fn load_pairs(self, from: &[i8]) -> Self::Whole {
        self.load_halves(from)
    }
    /// As many bytes of a slice as there are, up to `2 * LANES`, in the order of [`Isa::load_halves`], and zeros for the others.
    fn load_halves_partial(self, from: &[i8]) -> Self::Whole;

    /// `a + b`, without the bits that are too many.
    fn add_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole;
    /// `a - b`, without the bits that are too many.
    fn sub_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole;
    /// The larger of each pair.
    fn max_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole;
    /// The smaller of each pair.
    fn min_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole;
    /// `a * 2^by` with `by` of 0 to 31, without the bits that are too many.
    fn shift_left(self, a: Self::Whole, by: Self::Whole) -> Self::Whole;
    /// The bits of `a` moved down by 0 to 31, and zeros above them.
    fn shift_right(self, a: Self::Whole, by: Self::Whole) -> Self::Whole;
    /// The sum of the products of both halves.
    fn multiply_halves(self, a: Self::Whole, b: Self::Whole) -> Self::Whole;
    /// The lanes of both in turn, `a[0] b[0] a[1] b[1] ..`: the first half of them, and the second.
    fn interleave_whole(self, a: Self::Whole, b: Self::Whole) -> (Self::Whole, Self::Whole);
    /// What [`Isa::interleave_whole`] gives `a` and `b` for: the numbers of both at even places, and those at odd ones.
    #[inline(always)]
    fn deinterleave_whole(self, mut a: Self::Whole, mut b: Self::Whole) -> (Self::Whole, Self::Whole) {
        // As a number's place is doubled each time, without the bits that are too many, so many more times bring it back.
        let mut places = 1;
        while places < Self::LANES {
            (a, b) = self.interleave_whole(a, b);
            places *= 2;
        }
        (a, b)
    }
    /// Halves moved from high to low, and the low halves of `next` as high ones.
    fn push_halves(self, a: Self::Whole, next: Self::Whole) -> Self::Whole;
    /// For each of eight, the sum of its lanes; zeros after them.
    fn sums(self, of: [Self::Whole; 8]) -> Self::Whole;
    /// The first eight lanes of both, as far as there are lanes.
    fn join_eights(self, a: Self::Whole, b: Self::Whole) -> Self::Whole;

    /// The same wide number in every lane.
    fn splat_wide(self, value: i64) -> Self::Wide;
    /// Whole numbers that are not negative as wide ones.
    fn widen(self, a: Self::Whole) -> Self::Wide;
    /// The low 32 bits of each.
    fn narrow(self, a: Self::Wide) -> Self::Whole;
    /// The high 32 bits of each.
    fn high(self, a: Self::Wide) -> Self::Whole;
    /// The whole product `a * b`.
    fn multiply_wide(self, a: Self::Whole, b: Self::Whole) -> Self::Wide;
    /// `a + b`, without the bits that are too many.
    fn add_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;
    /// `a - b`, without the bits that are too many.
    fn sub_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;
    /// `a * 2^by` with `by` of 0 to 63, without the bits that are too many.
    fn shift_left_wide(self, a: Self::Wide, by: Self::Wide) -> Self::Wide;
    /// The bits of `a` moved down by 0 to 63, and zeros above them.
    fn shift_right_wide(self, a: Self::Wide, by: Self::Wide) -> Self::Wide;
    /// `then` where `a` is negative, else `otherwise`.
    fn select_negative(self, a: Self::Wide, then: Self::Wide, otherwise: Self::Wide) -> Self::Wide;
}

/// Runs a job with the best instruction set of the processor, or the one that `TYPEDNET_ISA` names.
#[inline]
pub fn dispatch<J: Job>(job: J) -> J::Output {
    level().run(job)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// Every operation against the same one on single floats.
    struct Operations;

    impl Job for Operations {
        type Output = ();

        #[inline(always)]
        fn run<I: Isa>(self, isa: I) {
            let a: Vec<f32> = (0..I::LANES).map(|lane| 1.7 * lane as f32 - 3.3).collect();
            let b: Vec<f32> = (0..I::LANES).map(|lane| 2.9 - 0.9 * lane as f32).collect();
            let (x, y) = (isa.load(&a), isa.load(&b));
            let check = |vector, expected: &dyn Fn(f32, f32) -> f32| {
                let mut found = std::vec![0.0; I::LANES];
                isa.store(vector, &mut found);
                for lane in 0..I::LANES {
                    assert_eq!(found[lane], expected(a[lane], b[lane]), "lane {lane} of {isa:?}");
                }
            };
            check(isa.add(x, y), &|a, b| a + b);
            check(isa.sub(x, y), &|a, b| a - b);
            check(isa.mul(x, y), &|a, b| a * b);
            check(isa.div(x, y), &|a, b| a / b);
            check(isa.max(x, y), &|a, b| if a > b { a } else { b });
            check(isa.min(x, y), &|a, b| if a < b { a } else { b });
            check(isa.sqrt(isa.mul(x, x)), &|a, _| (a * a).sqrt());
            check(isa.select_greater(x, y, x, isa.splat(7.0)), &|a, b| if a > b { a } else { 7.0 });
            check(isa.round(x), &|a, _| a.round_ties_even());
            check(isa.power_of_two(isa.round(x)), &|a, _| a.round_ties_even().exp2());
            let (low, high) = isa.interleave(x, y);
            let mut found = std::vec![0.0; 2 * I::LANES];
            isa.store(low, &mut found);
            isa.store(high, &mut found[I::LANES..]);
            for lane in 0..I::LANES {
                assert_eq!(found[2 * lane..][..2], [a[lane], b[lane]], "lane {lane} of {isa:?}");
            }
            for lane in 0..I::LANES {
                let mut raised = a.clone();
                raised[lane] += 1.0;
                assert!(isa.any_greater(isa.load(&raised), x) && !isa.any_greater(x, isa.load(&raised)), "{isa:?}");
            }
            assert_eq!(isa.sum(isa.splat(0.5)), 0.5 * I::LANES as f32);
            let mut halves = a.clone();
            while halves.len() > 1 {
                let upper = halves.split_off(halves.len() / 2);
                halves.iter_mut().zip(upper).for_each(|(lower, upper)| *lower += upper);
            }
            assert_eq!(isa.sum(x), halves[0], "{isa:?}");
            let rows: [Vec<f32>; SUMS] =
                core::array::from_fn(|row| a.iter().map(|value| value * (0.7 + row as f32)).collect());
            let mut sums = [0.0; SUMS];
            isa.store_sums(core::array::from_fn(|row| isa.load(&rows[row])), &mut sums);
            assert_eq!(sums, core::array::from_fn(|row| isa.sum(isa.load(&rows[row]))), "{isa:?}");
            for lanes in [0_u16, 0xffff, 0b1010_0110_0111_0001] {
                let mut next = a.iter();
                let mut spread = |lane: usize| if lanes >> lane & 1 == 1 { *next.next().unwrap() } else { 0.0 };
                let expected: Vec<f32> = (0..I::LANES).map(&mut spread).collect();
                let mut found = std::vec![9.0; I::LANES];
                isa.store(isa.load_spread(&a, lanes), &mut found);
                assert_eq!(found, expected, "{lanes:b} on {isa:?}");
            }
            let values = core::array::from_fn(|index| 0.3 * index as f32 - 1.9);
            for (&value, splat) in values.iter().zip(isa.splats(&values).as_flattened()) {
                check(*splat, &|_, _| value);
            }
            assert_eq!(isa.nonzero(&[0.0, 1.0, -0.0, 1e-45, f32::NAN, 0.0, f32::INFINITY, -2.0]), 0b1101_1010);
            for lane in 0..I::LANES {
                let mut found = std::vec![9.0; I::LANES];
                isa.store_partial(isa.load_partial(&a[..lane]), &mut found[..]);
                assert_eq!(found[..lane], a[..lane]);
                assert!(found[lane..].iter().all(|&value| value == 0.0));
                isa.store_partial(isa.splat(5.0), &mut found[..lane]);
                assert!(found[lane..].iter().all(|&value| value == 0.0));
            }
            let mut found = std::vec![9.0; I::LANES + 1];
            isa.store_some(isa.load_some(&a), &mut found);
            assert_eq!((&found[..I::LANES], found[I::LANES]), (&a[..], 9.0));
            isa.store_some(isa.load_some(&b[..1]), &mut found[..2]);
            assert_eq!(found[..3], [b[0], 0.0, a[2]]);
            let fused = isa.mul_add(x, y, x);
            let mut found = std::vec![0.0; I::LANES];
            isa.store(fused, &mut found);
            for lane in 0..I::LANES {
                let exact = f64::from(a[lane]) * f64::from(b[lane]) + f64::from(a[lane]);
                assert!((f64::from(found[lane]) - exact).abs() < 4e-6 * (1.0 + exact.abs()));
            }
        }
    }

    #[test]
    fn every_instruction_set_computes_the_same() {
        for level in Level::available() {
            level.run(Operations);
        }
    }

    /// Every operation on whole numbers against the same one on single numbers.
    struct WholeOperations;

    /// Whole numbers of all sizes.
    fn wholes(lanes: usize, seed: u32) -> Vec<i32> {
        (0..lanes as u32).map(|lane| ((lane + seed).wrapping_mul(0x9e37_79b9) as i32) >> (lane % 9)).collect()
    }

    impl Job for WholeOperations {
        type Output = ();

        #[inline(always)]
        fn run<I: Isa>(self, isa: I) {
            let (a, b) = (wholes(I::LANES, 1), wholes(I::LANES, 77));
            let (x, y) = (isa.load_whole(&a), isa.load_whole(&b));
            let lanes = |whole: I::Whole| {
                let mut lanes = std::vec![0; I::LANES];
                isa.store_whole(whole, &mut lanes);
                lanes
            };
            let check = |vector, expected: &dyn Fn(i32, i32) -> i32| {
                let expected: Vec<i32> = a.iter().zip(&b).map(|(&a, &b)| expected(a, b)).collect();
                assert_eq!(lanes(vector), expected, "{isa:?}");
            };
            check(isa.splat_whole(-5), &|_, _| -5);
            check(isa.add_whole(x, y), &i32::wrapping_add);
            check(isa.sub_whole(x, y), &i32::wrapping_sub);
            check(isa.max_whole(x, y), &Ord::max);
            check(isa.min_whole(x, y), &Ord::min);
            check(isa.shift_left(x, isa.splat_whole(7)), &|a, _| a << 7);
            let few = |a: i32| a % 4096;
            let halves: Vec<f32> = a.iter().map(|&a| 0.5 * few(a) as f32).collect();
            check(isa.nearest_whole(isa.load(&halves)), &|a, _| (0.5 * few(a) as f32).round_ties_even() as i32);
            let mut floats = std::vec![0.0; I::LANES];
            isa.store(isa.to_floats(x), &mut floats);
            assert!(floats.iter().zip(&a).all(|(&float, &a)| float == a as f32), "{isa:?}");
            isa.store(isa.of_bits(x), &mut floats);
            assert!(floats.iter().zip(&a).all(|(&float, &a)| float.to_bits() == a as u32), "{isa:?}");
            check(isa.multiply_halves(x, y), &|a, b| {
                (i32::from(a as i16) * i32::from(b as i16)).wrapping_add((a >> 16) * (b >> 16))
            });
            check(isa.push_halves(x, y), &|a, b| (a as u32 >> 16) as i32 | b << 16);
            let product = isa.multiply_wide(x, y);
            check(isa.narrow(product), &i32::wrapping_mul);
            check(isa.high(product), &|a, b| ((i64::from(a) * i64::from(b)) >> 32) as i32);
            check(isa.shift_right(x, isa.splat_whole(5)), &|a, _| (a as u32 >> 5) as i32);
            let by = isa.widen(isa.splat_whole(33));
            let high = |a: i32, b: i32| (i64::from(a) * i64::from(b)) >> 33;
            // Zeros are moved in, which the low 32 bits of the result show where the number is negative.
            check(isa.narrow(isa.shift_right_wide(product, by)), &|a, b| (high(a, b) & 0x7fff_ffff) as i32);
            check(isa.narrow(isa.shift_left_wide(product, isa.splat_wide(3))), &|a, b| a.wrapping_mul(b) << 3);
            let sum = isa.add_wide(product, isa.splat_wide(1 << 40));
            check(isa.narrow(isa.shift_right_wide(sum, isa.splat_wide(20))), &|a, b| {
                ((i64::from(a) * i64::from(b) + (1 << 40)) >> 20) as i32
            });
            let difference = isa.sub_wide(product, isa.splat_wide(9));
            check(isa.narrow(difference), &|a, b| a.wrapping_mul(b).wrapping_sub(9));
            let chosen = isa.select_negative(product, isa.splat_wide(1), isa.splat_wide(2));
            check(isa.narrow(chosen), &|a, b| if i64::from(a) * i64::from(b) < 0 { 1 } else { 2 });
            let (low, high) = isa.interleave_whole(x, y);
            let found = [lanes(low), lanes(high)].concat();
            assert!(found.chunks(2).zip(a.iter().zip(&b)).all(|(pair, (a, b))| pair == [*a, *b]), "{isa:?}");
            let (even, odd) = isa.deinterleave_whole(low, high);
            assert_eq!((lanes(even), lanes(odd)), (a.clone(), b.clone()), "{isa:?}");
            let vectors: [I::Whole; 8] = core::array::from_fn(|seed| isa.load_whole(&wholes(I::LANES, seed as u32)));
            let mut sums: Vec<i32> =
                (0..8).map(|seed| wholes(I::LANES, seed).into_iter().fold(0, i32::wrapping_add)).collect();
            sums.resize(I::LANES, 0);
            assert_eq!(lanes(isa.sums(vectors)), sums, "{isa:?}");
            let joined: Vec<i32> = a[..8].iter().chain(&b[..8]).copied().take(I::LANES).collect();
            assert_eq!(lanes(isa.join_eights(x, y)), joined, "{isa:?}");
            self.bytes(isa);
        }
    }

    impl WholeOperations {
        #[inline(always)]
        fn bytes<I: Isa>(self, isa: I) {
            let bytes: Vec<i8> = (0..2 * I::LANES).map(|index| (37 * index + 100) as u8 as i8).collect();
            let mut found = std::vec![0; I::LANES];
            isa.store_whole(isa.load_bytes(&bytes), &mut found);
            assert!(found.iter().zip(&bytes).all(|(&found, &byte)| found == i32::from(byte)), "{isa:?}");
            let numbers: Vec<i32> = (0..I::LANES as i32).map(|lane| 70 * (lane - 4)).collect();
            let mut nearest = std::vec![0; I::LANES];
            isa.store_bytes(isa.load_whole(&numbers), &mut nearest);
            assert!(nearest.iter().zip(&numbers).all(|(&byte, &number)| i32::from(byte) == number.clamp(-128, 127)));
            let numbers: Vec<i32> = (0..4 * I::LANES as i32).map(|lane| 9 * lane - 200).collect();
            let mut nearest = std::vec![0; 4 * I::LANES];
            let vectors = core::array::from_fn(|vector| isa.load_whole(&numbers[vector * I::LANES..]));
            isa.store_bytes_of_four(vectors, &mut nearest);
            assert!(nearest.iter().zip(&numbers).all(|(&byte, &number)| i32::from(byte) == number.clamp(-128, 127)));
            // In whatever order halves lie, squares of the same bytes add up to the same.
            for len in 0..=2 * I::LANES {
                let some = &bytes[..len];
                let half = isa.load_halves_partial(some);
                let squares = isa.sums([isa.multiply_halves(half, half); 8]);
                isa.store_whole(squares, &mut found);
                assert_eq!(found[0], some.iter().map(|&byte| i32::from(byte).pow(2)).sum(), "{len} on {isa:?}");
            }
            let all = isa.sums([isa.multiply_halves(isa.load_halves(&bytes), isa.load_halves_partial(&bytes)); 8]);
            let mut again = std::vec![0; I::LANES];
            isa.store_whole(all, &mut again);
            assert_eq!(again, found, "{isa:?}");
            isa.store_whole(isa.load_pairs(&bytes), &mut found);
            for (&found, pair) in found.iter().zip(bytes.chunks(2)) {
                assert_eq!([i32::from(found as i16), found >> 16], [i32::from(pair[0]), i32::from(pair[1])], "{isa:?}");
            }
        }
    }

    #[test]
    fn every_instruction_set_has_the_same_whole_numbers() {
        for level in Level::available() {
            level.run(WholeOperations);
        }
    }
}
