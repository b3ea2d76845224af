//! NEON, which every 64-bit ARM processor has: eight floats or whole numbers at a time, in two registers of four.
//!
//! Two registers are one vector, so that kernels see eight lanes and 16 vectors as on AVX2, and the same tiles fill the
//! 32 registers: 24 with sums, four with a row of weights, and one with the value that multiplies them. Four lanes would
//! do no more with the same instructions, and lanes that are eighths of a panel hold for all other sets.
//!
//! Every `unsafe` block here calls instructions of the set that the token proves to exist, on values, or on pointers
//! into slices whose length has just been checked.

use super::products::sixteen;
use super::{ByteJob, DotProducts, Halves, Isa, Job};
use core::arch::aarch64::*;

const LANES: usize = 8;
/// Lanes of one register.
const FOUR: usize = LANES / 2;

/// NEON: eight floats or whole numbers at a time, in two registers.
#[derive(Clone, Copy, Debug)]
pub struct Neon(());

impl Neon {
    /// The token, if the running processor has the set: all of this kind have it. Where the highest byte of a number
    /// comes first, halves of whole numbers lie the other way round, and the set is left out.
    pub fn detect() -> Option<Self> {
        cfg!(target_endian = "little").then_some(Self(()))
    }
}

/// An instruction on both registers of vectors.
macro_rules! both {
    ($instruction:ident($($vector:ident),*)) => {
        [$instruction($($vector[0]),*), $instruction($($vector[1]),*)]
    };
}

/// An instruction on all four registers of wide numbers.
macro_rules! four {
    ($instruction:ident($($wide:ident),*)) => {
        [
            $instruction($($wide[0]),*),
            $instruction($($wide[1]),*),
            $instruction($($wide[2]),*),
            $instruction($($wide[3]),*),
        ]
    };
}

impl Isa for Neon {
    const LANES: usize = LANES;
    // Of two registers each.
    const REGISTERS: usize = 16;
    // The compiler unrolls no longer loop over rows of two registers, and what is not unrolled lies in memory.
    const MOST_ROWS: usize = 9;
    type Vector = [float32x4_t; 2];
    type Whole = [int32x4_t; 2];
    type Wide = [int64x2_t; 4];

    // The set belongs to the target, so that the function needs no attribute for it.
    #[inline(never)]
    fn run<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }
    #[inline(always)]
    fn run_bytes<J: ByteJob>(self, job: J) -> J::Output {
        match DotProducts::detect() {
            Some(dots) => dots.run(self, job),
            None => job.run(self, Halves),
        }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [vdupq_n_f32(value); 2] }
    }
    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::Vector {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` floats; the token proves that the processor has the instruction.
        unsafe { [vld1q_f32(from.as_ptr()), vld1q_f32(from.as_ptr().add(FOUR))] }
    }
    #[inline(always)]
    fn load_partial(self, from: &[f32]) -> Self::Vector {
        [some(from), some(from.get(FOUR..).unwrap_or_default())]
    }
    #[inline(always)]
    fn store(self, vector: Self::Vector, to: &mut [f32]) {
        let to = &mut to[..LANES];
        // SAFETY: the slice has `LANES` floats; the token proves that the processor has the instruction.
        unsafe {
            vst1q_f32(to.as_mut_ptr(), vector[0]);
            vst1q_f32(to.as_mut_ptr().add(FOUR), vector[1]);
        }
    }
    #[inline(always)]
    fn store_partial(self, vector: Self::Vector, to: &mut [f32]) {
        match to.split_at_mut_checked(FOUR) {
            Some((first, others)) => {
                store_some(vector[0], first);
                store_some(vector[1], others);
            }
            None => store_some(vector[0], to),
        }
    }
    #[inline(always)]
    fn load_f16(self, from: &[u16]) -> Self::Vector {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` half floats; the token proves that the processor has the instructions.
        unsafe { [0, FOUR].map(|begin| vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(from.as_ptr().add(begin))))) }
    }
    #[inline(always)]
    fn load_f16_partial(self, from: &[u16]) -> Self::Vector {
        let mut halves = [0; LANES];
        for (half, from) in halves.iter_mut().zip(from) {
            *half = *from;
        }
        self.load_f16(&halves)
    }
    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vaddq_f32(a, b)) }
    }
    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vsubq_f32(a, b)) }
    }
    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vmulq_f32(a, b)) }
    }
    #[inline(always)]
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vdivq_f32(a, b)) }
    }
    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vfmaq_f32(c, a, b)) }
    }
    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // The instruction for it treats what is not a number in another way.
        self.select_greater(a, b, a, b)
    }
    #[inline(always)]
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.select_greater(b, a, a, b)
    }
    #[inline(always)]
    fn sqrt(self, a: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vsqrtq_f32(a)) }
    }
    #[inline(always)]
    fn select_greater(
        self,
        a: Self::Vector,
        b: Self::Vector,
        then: Self::Vector,
        otherwise: Self::Vector,
    ) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let greater = both!(vcgtq_f32(a, b));
            both!(vbslq_f32(greater, then, otherwise))
        }
    }
    #[inline(always)]
    fn nonzero(self, values: &[f32; 8]) -> u8 {
        const BITS: [u32; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
        // SAFETY: eight floats and eight whole numbers are read; the token proves that the processor has the instructions.
        unsafe {
            let is_zero = [vceqzq_f32(vld1q_f32(values.as_ptr())), vceqzq_f32(vld1q_f32(values[4..].as_ptr()))];
            let bits = [vld1q_u32(BITS.as_ptr()), vld1q_u32(BITS[4..].as_ptr())];
            vaddvq_u32(vorrq_u32(vbicq_u32(bits[0], is_zero[0]), vbicq_u32(bits[1], is_zero[1]))) as u8
        }
    }
    #[inline(always)]
    fn round(self, a: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vrndnq_f32(a)) }
    }
    #[inline(always)]
    fn power_of_two(self, n: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let whole = both!(vcvtq_s32_f32(n));
            let bias = [vdupq_n_s32(127); 2];
            let exponent = both!(vaddq_s32(whole, bias));
            let bits = [vshlq_n_s32::<23>(exponent[0]), vshlq_n_s32::<23>(exponent[1])];
            both!(vreinterpretq_f32_s32(bits))
        }
    }
    #[inline(always)]
    fn interleave(self, a: Self::Vector, b: Self::Vector) -> (Self::Vector, Self::Vector) {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { ([vzip1q_f32(a[0], b[0]), vzip2q_f32(a[0], b[0])], [vzip1q_f32(a[1], b[1]), vzip2q_f32(a[1], b[1])]) }
    }
    #[inline(always)]
    fn sum(self, a: Self::Vector) -> f32 {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let sums = vaddq_f32(a[0], a[1]);
            vpadds_f32(vadd_f32(vget_low_f32(sums), vget_high_f32(sums)))
        }
    }

    #[inline(always)]
    fn any_greater(self, a: Self::Vector, b: Self::Vector) -> bool {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let [first, last] = both!(vcgtq_f32(a, b));
            vmaxvq_u32(vorrq_u32(first, last)) != 0
        }
    }
    #[inline(always)]
    fn nearest_whole(self, a: Self::Vector) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vcvtnq_s32_f32(a)) }
    }
    #[inline(always)]
    fn of_bits(self, bits: Self::Whole) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vreinterpretq_f32_s32(bits)) }
    }
    #[inline(always)]
    fn to_floats(self, a: Self::Whole) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vcvtq_f32_s32(a)) }
    }
    #[inline(always)]
    fn splat_whole(self, value: i32) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [vdupq_n_s32(value); 2] }
    }
    #[inline(always)]
    fn load_whole(self, from: &[i32]) -> Self::Whole {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` numbers; the token proves that the processor has the instruction.
        unsafe { [vld1q_s32(from.as_ptr()), vld1q_s32(from.as_ptr().add(FOUR))] }
    }
    #[inline(always)]
    fn store_whole(self, whole: Self::Whole, to: &mut [i32]) {
        let to = &mut to[..LANES];
        // SAFETY: the slice has `LANES` numbers; the token proves that the processor has the instruction.
        unsafe {
            vst1q_s32(to.as_mut_ptr(), whole[0]);
            vst1q_s32(to.as_mut_ptr().add(FOUR), whole[1]);
        }
    }
    #[inline(always)]
    fn load_bytes(self, from: &[i8]) -> Self::Whole {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` bytes; the token proves that the processor has the instructions.
        unsafe {
            let halves = vmovl_s8(vld1_s8(from.as_ptr()));
            [vmovl_s16(vget_low_s16(halves)), vmovl_high_s16(halves)]
        }
    }
    #[inline(always)]
    fn store_bytes(self, whole: Self::Whole, to: &mut [i8]) {
        let to = &mut to[..LANES];
        // SAFETY: the slice has `LANES` bytes; the token proves that the processor has the instructions.
        unsafe {
            let halves = vqmovn_high_s32(vqmovn_s32(whole[0]), whole[1]);
            vst1_s8(to.as_mut_ptr(), vqmovn_s16(halves));
        }
    }
    #[inline(always)]
    fn load_halves(self, from: &[i8]) -> Self::Whole {
        let from = &from[..2 * LANES];
        // SAFETY: the slice has `2 * LANES` bytes; the token proves that the processor has the instruction.
        unsafe { halves(vld1q_s8(from.as_ptr())) }
    }
    #[inline(always)]
    fn load_pairs(self, from: &[i8]) -> Self::Whole {
        let from = &from[..2 * LANES];
        // SAFETY: the slice has `2 * LANES` bytes; the token proves that the processor has the instructions.
        unsafe {
            let bytes = vld1q_s8(from.as_ptr());
            [vreinterpretq_s32_s16(vmovl_s8(vget_low_s8(bytes))), vreinterpretq_s32_s16(vmovl_high_s8(bytes))]
        }
    }
    #[inline(always)]
    fn load_halves_partial(self, from: &[i8]) -> Self::Whole {
        let bytes = sixteen(from);
        // SAFETY: the number has `2 * LANES` bytes; the token proves that the processor has the instruction.
        unsafe { halves(vld1q_s8((&raw const bytes).cast())) }
    }
    #[inline(always)]
    fn add_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vaddq_s32(a, b)) }
    }
    #[inline(always)]
    fn sub_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vsubq_s32(a, b)) }
    }
    #[inline(always)]
    fn max_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vmaxq_s32(a, b)) }
    }
    #[inline(always)]
    fn min_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vminq_s32(a, b)) }
    }
    #[inline(always)]
    fn shift_left(self, a: Self::Whole, by: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { both!(vshlq_s32(a, by)) }
    }
    #[inline(always)]
    fn shift_right(self, a: Self::Whole, by: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let a = both!(vreinterpretq_u32_s32(a));
            let moved = [vshlq_u32(a[0], vnegq_s32(by[0])), vshlq_u32(a[1], vnegq_s32(by[1]))];
            both!(vreinterpretq_s32_u32(moved))
        }
    }
    #[inline(always)]
    fn multiply_halves(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        let ([a_low, a_high], [b_low, b_high]) = (apart(a), apart(b));
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let products = [vmull_s16(vget_low_s16(a_low), vget_low_s16(b_low)), vmull_high_s16(a_low, b_low)];
            [
                vmlal_s16(products[0], vget_low_s16(a_high), vget_low_s16(b_high)),
                vmlal_high_s16(products[1], a_high, b_high),
            ]
        }
    }
    #[inline(always)]
    fn interleave_whole(self, a: Self::Whole, b: Self::Whole) -> (Self::Whole, Self::Whole) {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { ([vzip1q_s32(a[0], b[0]), vzip2q_s32(a[0], b[0])], [vzip1q_s32(a[1], b[1]), vzip2q_s32(a[1], b[1])]) }
    }
    #[inline(always)]
    fn push_halves(self, a: Self::Whole, next: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let low = both!(vreinterpretq_u32_s32(a));
            let low = [vshrq_n_u32::<16>(low[0]), vshrq_n_u32::<16>(low[1])];
            let low = both!(vreinterpretq_s32_u32(low));
            [vsliq_n_s32::<16>(low[0], next[0]), vsliq_n_s32::<16>(low[1], next[1])]
        }
    }
    #[inline(always)]
    fn sums(self, of: [Self::Whole; 8]) -> Self::Whole {
        let [a, b, c, d, e, f, g, h] = of;
        // SAFETY: the token proves that the processor has the instruction.
        unsafe {
            let four = |[a, b, c, d]: [int32x4_t; 4]| vpaddq_s32(vpaddq_s32(a, b), vpaddq_s32(c, d));
            [four([a, b, c, d].map(add_registers)), four([e, f, g, h].map(add_registers))]
        }
    }
    #[inline(always)]
    fn join_eights(self, a: Self::Whole, _b: Self::Whole) -> Self::Whole {
        a
    }

    #[inline(always)]
    fn splat_wide(self, value: i64) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [vdupq_n_s64(value); 4] }
    }
    #[inline(always)]
    fn widen(self, a: Self::Whole) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            [vmovl_s32(vget_low_s32(a[0])), vmovl_high_s32(a[0]), vmovl_s32(vget_low_s32(a[1])), vmovl_high_s32(a[1])]
        }
    }
    #[inline(always)]
    fn narrow(self, a: Self::Wide) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let a = four!(vreinterpretq_s32_s64(a));
            [vuzp1q_s32(a[0], a[1]), vuzp1q_s32(a[2], a[3])]
        }
    }
    #[inline(always)]
    fn high(self, a: Self::Wide) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let a = four!(vreinterpretq_s32_s64(a));
            [vuzp2q_s32(a[0], a[1]), vuzp2q_s32(a[2], a[3])]
        }
    }
    #[inline(always)]
    fn multiply_wide(self, a: Self::Whole, b: Self::Whole) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            [
                vmull_s32(vget_low_s32(a[0]), vget_low_s32(b[0])),
                vmull_high_s32(a[0], b[0]),
                vmull_s32(vget_low_s32(a[1]), vget_low_s32(b[1])),
                vmull_high_s32(a[1], b[1]),
            ]
        }
    }
    #[inline(always)]
    fn add_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { four!(vaddq_s64(a, b)) }
    }
    #[inline(always)]
    fn sub_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { four!(vsubq_s64(a, b)) }
    }
    #[inline(always)]
    fn shift_left_wide(self, a: Self::Wide, by: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { four!(vshlq_s64(a, by)) }
    }
    #[inline(always)]
    fn shift_right_wide(self, a: Self::Wide, by: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            // The other way by less than nothing.
            let back = four!(vnegq_s64(by));
            let bits = four!(vreinterpretq_u64_s64(a));
            let bits = four!(vshlq_u64(bits, back));
            four!(vreinterpretq_s64_u64(bits))
        }
    }
    #[inline(always)]
    fn select_negative(self, a: Self::Wide, then: Self::Wide, otherwise: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let negative = four!(vcltzq_s64(a));
            four!(vbslq_s64(negative, then, otherwise))
        }
    }
}

/// Up to four floats of a slice, and zeros after them.
#[inline(always)]
fn some(from: &[f32]) -> float32x4_t {
    let four = match *from {
        [] => [0.0; FOUR],
        [a] => [a, 0.0, 0.0, 0.0],
        [a, b] => [a, b, 0.0, 0.0],
        [a, b, c] => [a, b, c, 0.0],
        [a, b, c, d, ..] => [a, b, c, d],
    };
    // SAFETY: the array has four floats; every processor of this kind has the instruction.
    unsafe { vld1q_f32(four.as_ptr()) }
}

/// Writes to up to four floats of a slice.
#[inline(always)]
fn store_some(vector: float32x4_t, to: &mut [f32]) {
    let mut four = [0.0; FOUR];
    // SAFETY: the array has four floats; every processor of this kind has the instruction.
    unsafe { vst1q_f32(four.as_mut_ptr(), vector) };
    match to {
        [] => (),
        [a] => [*a, ..] = four,
        [a, b] => [*a, *b, ..] = four,
        [a, b, c] => [*a, *b, *c, _] = four,
        [a, b, c, d, ..] => [*a, *b, *c, *d] = four,
    }
}

/// Bytes as halves, the first eight as low ones, so that [`apart`] of them costs nothing.
#[inline(always)]
fn halves(bytes: int8x16_t) -> [int32x4_t; 2] {
    // SAFETY: every processor of this kind has the instructions.
    unsafe {
        let (low, high) = (vmovl_s8(vget_low_s8(bytes)), vmovl_high_s8(bytes));
        let halves = [vzip1q_s16(low, high), vzip2q_s16(low, high)];
        both!(vreinterpretq_s32_s16(halves))
    }
}

/// The low halves of whole numbers, and the high ones.
#[inline(always)]
fn apart(whole: [int32x4_t; 2]) -> [int16x8_t; 2] {
    // SAFETY: every processor of this kind has the instructions.
    unsafe {
        let [first, second] = both!(vreinterpretq_s16_s32(whole));
        [vuzp1q_s16(first, second), vuzp2q_s16(first, second)]
    }
}

/// The first four lanes and the last four, added to each other.
#[inline(always)]
fn add_registers([first, second]: [int32x4_t; 2]) -> int32x4_t {
    // SAFETY: every processor of this kind has the instruction.
    unsafe { vaddq_s32(first, second) }
}
