//! Plain Rust on small arrays, which every compiler turns into whatever vectors the target has.

use super::products::sixteen;
use super::{Isa, Job};
use crate::kernel::f16::to_f32;

const LANES: usize = 8;

/// The instruction set of every processor. Multiplications and additions are rounded one by one, in the order in which
/// they are written, so that the results are the same bits on every machine.
#[derive(Clone, Copy, Debug)]
pub struct Portable;

#[inline(always)]
fn each(f: impl Fn(usize) -> f32) -> [f32; LANES] {
    core::array::from_fn(f)
}

#[inline(always)]
fn whole(f: impl Fn(usize) -> i32) -> [i32; LANES] {
    core::array::from_fn(f)
}

#[inline(always)]
fn wide(f: impl Fn(usize) -> i64) -> [i64; LANES] {
    core::array::from_fn(f)
}

/// Two halves as one whole number.
#[inline(always)]
fn join(low: i16, high: i16) -> i32 {
    low as u16 as i32 | (high as i32) << 16
}

impl Isa for Portable {
    const LANES: usize = LANES;
    // A Cortex-M has 32 registers of one float: three vectors of eight, and single values, which are no vectors here.
    const REGISTERS: usize = if cfg!(target_arch = "arm") { 5 } else { 16 };
    // Of sixteen registers of four lanes, as many processors have, so many rows of one vector fill three quarters.
    const MOST_ROWS: usize = 6;
    // A microcontroller has no room for it, and the bits are to be the same on every machine.
    const FEWER_MULTIPLICATIONS: bool = false;
    type Vector = [f32; LANES];
    type Whole = [i32; LANES];
    type Wide = [i64; LANES];

    #[inline(never)]
    fn run<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }

    #[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
    #[inline(always)]
    fn add_rows<const ROWS: usize, const VECTORS: usize>(
        self,
        sums: &mut [[Self::Vector; VECTORS]; ROWS],
        rows: [&[f32]; ROWS],
        weights: &[f32],
        stride: usize,
    ) -> bool {
        use super::float_registers::{add_one_row, add_two_rows};
        let Ok(sums) = sums.as_flattened_mut().as_flattened_mut().try_into() else { return false };
        let done = match rows[..] {
            [values] if VECTORS == 2 => add_one_row(sums, values, weights, stride),
            [first, second] if VECTORS == 1 => add_two_rows(sums, [first, second], weights, stride),
            _ => None,
        };
        done.is_some()
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        [value; LANES]
    }
    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::Vector {
        // Where others panic this set is content, so that firmware has no code for it.
        from.first_chunk().copied().unwrap_or_else(|| self.load_partial(from))
    }
    #[inline(always)]
    fn load_partial(self, from: &[f32]) -> Self::Vector {
        each(|lane| from.get(lane).copied().unwrap_or(0.0))
    }
    #[inline(always)]
    fn store(self, vector: Self::Vector, to: &mut [f32]) {
        match to.first_chunk_mut() {
            Some(to) => *to = vector,
            None => self.store_partial(vector, to),
        }
    }
    #[inline(always)]
    fn store_partial(self, vector: Self::Vector, to: &mut [f32]) {
        for (to, value) in to.iter_mut().zip(vector) {
            *to = value;
        }
    }
    #[inline(always)]
    fn load_f16(self, from: &[u16]) -> Self::Vector {
        match from.first_chunk::<LANES>() {
            Some(halves) => each(|lane| to_f32(halves[lane])),
            None => self.load_f16_partial(from),
        }
    }
    #[inline(always)]
    fn load_f16_partial(self, from: &[u16]) -> Self::Vector {
        each(|lane| from.get(lane).map_or(0.0, |half| to_f32(*half)))
    }
    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| a[lane] + b[lane])
    }
    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| a[lane] - b[lane])
    }
    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| a[lane] * b[lane])
    }
    #[inline(always)]
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| a[lane] / b[lane])
    }
    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        each(|lane| a[lane] * b[lane] + c[lane])
    }
    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| if a[lane] > b[lane] { a[lane] } else { b[lane] })
    }
    #[inline(always)]
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| if a[lane] < b[lane] { a[lane] } else { b[lane] })
    }
    #[inline(always)]
    fn sqrt(self, a: Self::Vector) -> Self::Vector {
        each(|lane| libm::sqrtf(a[lane]))
    }
    #[inline(always)]
    fn select_greater(
        self,
        a: Self::Vector,
        b: Self::Vector,
        then: Self::Vector,
        otherwise: Self::Vector,
    ) -> Self::Vector {
        each(|lane| if a[lane] > b[lane] { then[lane] } else { otherwise[lane] })
    }
    #[inline(always)]
    fn round(self, a: Self::Vector) -> Self::Vector {
        // Adding 1.5 * 2^23 leaves no bits for a fraction, so the addition itself rounds, halves to even.
        const SHIFT: f32 = 12_582_912.0;
        each(|lane| (a[lane] + SHIFT) - SHIFT)
    }
    #[inline(always)]
    fn power_of_two(self, n: Self::Vector) -> Self::Vector {
        // The sum has no bits for a fraction, so its lowest bits are the whole number n + 127: the exponent.
        const SHIFT: f32 = 12_582_912.0 + 127.0;
        each(|lane| f32::from_bits((n[lane] + SHIFT).to_bits() << 23))
    }
    #[inline(always)]
    fn interleave(self, a: Self::Vector, b: Self::Vector) -> (Self::Vector, Self::Vector) {
        let both = |place: usize| if place.is_multiple_of(2) { a[place / 2] } else { b[place / 2] };
        (each(both), each(|lane| both(LANES + lane)))
    }
    #[inline(always)]
    fn sum(self, a: Self::Vector) -> f32 {
        let four: [f32; 4] = core::array::from_fn(|lane| a[lane] + a[lane + 4]);
        (four[0] + four[2]) + (four[1] + four[3])
    }

    #[inline(always)]
    fn any_greater(self, a: Self::Vector, b: Self::Vector) -> bool {
        // All are compared, so that the compiler can do it at once.
        (0..LANES).fold(false, |any, lane| any | (a[lane] > b[lane]))
    }
    #[inline(always)]
    fn nearest_whole(self, a: Self::Vector) -> Self::Whole {
        // The sum has no bits for a fraction, so its bits count from those of 1.5 * 2^23 on.
        const SHIFT: f32 = 12_582_912.0;
        whole(|lane| (a[lane] + SHIFT).to_bits().wrapping_sub(SHIFT.to_bits()) as i32)
    }
    #[inline(always)]
    fn of_bits(self, bits: Self::Whole) -> Self::Vector {
        each(|lane| f32::from_bits(bits[lane] as u32))
    }
    #[inline(always)]
    fn to_floats(self, a: Self::Whole) -> Self::Vector {
        each(|lane| a[lane] as f32)
    }
    #[inline(always)]
    fn splat_whole(self, value: i32) -> Self::Whole {
        [value; LANES]
    }
    #[inline(always)]
    fn load_whole(self, from: &[i32]) -> Self::Whole {
        from.first_chunk().copied().unwrap_or([0; LANES])
    }
    #[inline(always)]
    fn store_whole(self, whole: Self::Whole, to: &mut [i32]) {
        if let Some(to) = to.first_chunk_mut() {
            *to = whole;
        }
    }
    #[inline(always)]
    fn load_bytes(self, from: &[i8]) -> Self::Whole {
        from.first_chunk::<LANES>().map_or([0; LANES], |bytes| whole(|lane| bytes[lane] as i32))
    }
    #[inline(always)]
    fn store_bytes(self, whole: Self::Whole, to: &mut [i8]) {
        if let Some(to) = to.first_chunk_mut::<LANES>() {
            *to = core::array::from_fn(|lane| whole[lane].clamp(i8::MIN as i32, i8::MAX as i32) as i8);
        }
    }
    #[inline(always)]
    fn load_halves(self, from: &[i8]) -> Self::Whole {
        match from.first_chunk::<{ 2 * LANES }>() {
            // Neighbours in different lanes, so that the compiler need not move any.
            Some(bytes) => whole(|lane| join(bytes[lane] as i16, bytes[LANES + lane] as i16)),
            None => self.load_halves_partial(from),
        }
    }
    #[inline(always)]
    fn load_pairs(self, from: &[i8]) -> Self::Whole {
        from.first_chunk::<{ 2 * LANES }>()
            .map_or([0; LANES], |bytes| whole(|lane| join(bytes[2 * lane] as i16, bytes[2 * lane + 1] as i16)))
    }
    #[inline(always)]
    fn load_halves_partial(self, from: &[i8]) -> Self::Whole {
        let bytes = sixteen(from).to_le_bytes();
        whole(|lane| join(bytes[lane] as i8 as i16, bytes[LANES + lane] as i8 as i16))
    }
    #[inline(always)]
    fn add_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        whole(|lane| a[lane].wrapping_add(b[lane]))
    }
    #[inline(always)]
    fn sub_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        whole(|lane| a[lane].wrapping_sub(b[lane]))
    }
    #[inline(always)]
    fn max_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        whole(|lane| a[lane].max(b[lane]))
    }
    #[inline(always)]
    fn min_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        whole(|lane| a[lane].min(b[lane]))
    }
    #[inline(always)]
    fn shift_left(self, a: Self::Whole, by: Self::Whole) -> Self::Whole {
        whole(|lane| a[lane].wrapping_shl(by[lane] as u32))
    }
    #[inline(always)]
    fn shift_right(self, a: Self::Whole, by: Self::Whole) -> Self::Whole {
        whole(|lane| (a[lane] as u32).wrapping_shr(by[lane] as u32) as i32)
    }
    #[inline(always)]
    #[cfg(target_arch = "x86_64")]
    fn multiply_halves(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        use core::arch::x86_64::*;

        let mut products = [0; LANES];
        for half in [0, LANES / 2] {
            let (a, b, to) = (&a[half..][..4], &b[half..][..4], &mut products[half..][..4]);
            // SAFETY: each slice has four numbers, and every processor of this kind has the instructions.
            unsafe {
                let product = _mm_madd_epi16(_mm_loadu_si128(a.as_ptr().cast()), _mm_loadu_si128(b.as_ptr().cast()));
                _mm_storeu_si128(to.as_mut_ptr().cast(), product);
            }
        }
        products
    }
    #[inline(always)]
    #[cfg(not(target_arch = "x86_64"))]
    fn multiply_halves(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        let low = |a: i32, b: i32| (a as i16 as i32) * (b as i16 as i32);
        whole(|lane| low(a[lane], b[lane]).wrapping_add((a[lane] >> 16) * (b[lane] >> 16)))
    }
    #[inline(always)]
    fn interleave_whole(self, a: Self::Whole, b: Self::Whole) -> (Self::Whole, Self::Whole) {
        let both = |place: usize| if place.is_multiple_of(2) { a[place / 2] } else { b[place / 2] };
        (whole(both), whole(|lane| both(LANES + lane)))
    }
    #[inline(always)]
    fn push_halves(self, a: Self::Whole, next: Self::Whole) -> Self::Whole {
        whole(|lane| (a[lane] as u32 >> 16) as i32 | next[lane] << 16)
    }
    #[inline(always)]
    fn sums(self, of: [Self::Whole; 8]) -> Self::Whole {
        whole(|index| of[index].iter().fold(0_i32, |sum, &lane| sum.wrapping_add(lane)))
    }
    #[inline(always)]
    fn join_eights(self, a: Self::Whole, _b: Self::Whole) -> Self::Whole {
        a
    }
    #[inline(always)]
    fn splat_wide(self, value: i64) -> Self::Wide {
        [value; LANES]
    }
    #[inline(always)]
    fn widen(self, a: Self::Whole) -> Self::Wide {
        wide(|lane| a[lane] as i64)
    }
    #[inline(always)]
    fn narrow(self, a: Self::Wide) -> Self::Whole {
        whole(|lane| a[lane] as i32)
    }
    #[inline(always)]
    fn high(self, a: Self::Wide) -> Self::Whole {
        whole(|lane| (a[lane] >> 32) as i32)
    }
    #[inline(always)]
    fn multiply_wide(self, a: Self::Whole, b: Self::Whole) -> Self::Wide {
        wide(|lane| a[lane] as i64 * b[lane] as i64)
    }
    #[inline(always)]
    fn add_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        wide(|lane| a[lane].wrapping_add(b[lane]))
    }
    #[inline(always)]
    fn sub_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        wide(|lane| a[lane].wrapping_sub(b[lane]))
    }
    #[inline(always)]
    fn shift_left_wide(self, a: Self::Wide, by: Self::Wide) -> Self::Wide {
        wide(|lane| a[lane].wrapping_shl(by[lane] as u32))
    }
    #[inline(always)]
    fn shift_right_wide(self, a: Self::Wide, by: Self::Wide) -> Self::Wide {
        wide(|lane| (a[lane] as u64).wrapping_shr(by[lane] as u32) as i64)
    }
    #[inline(always)]
    fn select_negative(self, a: Self::Wide, then: Self::Wide, otherwise: Self::Wide) -> Self::Wide {
        wide(|lane| if a[lane] < 0 { then[lane] } else { otherwise[lane] })
    }
}
