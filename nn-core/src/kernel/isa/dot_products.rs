//! The dot products of ARMv8.2: four products of bytes are added to each lane at once.
//!
//! Every `unsafe` block here calls instructions of the sets that both tokens prove to exist, on values, or on pointers
//! into slices whose length has just been checked.

use super::products::sixteen;
use super::{ByteJob, Isa, Neon, Products};
use core::arch::aarch64::*;
use core::arch::asm;

const LANES: usize = Neon::LANES;

/// The instruction that adds the dot products of four neighbouring bytes each, all with a sign.
#[derive(Clone, Copy, Debug)]
pub struct DotProducts(());

impl DotProducts {
    /// The token, if the running processor has the instruction.
    #[inline(always)]
    pub fn detect() -> Option<Self> {
        #[cfg(feature = "std")]
        let found = std::arch::is_aarch64_feature_detected!("dotprod");
        #[cfg(not(feature = "std"))]
        let found = cfg!(target_feature = "dotprod");
        found.then_some(Self(()))
    }

    /// Runs a job in a function of its own, compiled for this instruction.
    #[inline(always)]
    pub(super) fn run<J: ByteJob>(self, isa: Neon, job: J) -> J::Output {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { run(isa, self, job) }
    }
}

#[inline(never)]
#[target_feature(enable = "dotprod")]
fn run<J: ByteJob>(isa: Neon, dots: DotProducts, job: J) -> J::Output {
    job.run(isa, dots)
}

impl Products<Neon> for DotProducts {
    const DEPTH: usize = 4;
    const FLIP: i32 = 0;
    type Cell = i8;

    #[inline(always)]
    fn splat(self, isa: Neon, cells: &[i8]) -> [int32x4_t; 2] {
        isa.splat_whole(self.weights_of_lane(cells))
    }
    #[inline(always)]
    fn splat_values(self, isa: Neon, values: &[i8]) -> [int32x4_t; 2] {
        self.splat(isa, values)
    }
    #[inline(always)]
    fn push(self, _isa: Neon, cells: [int32x4_t; 2], next: [int32x4_t; 2]) -> [int32x4_t; 2] {
        [push(cells[0], next[0]), push(cells[1], next[1])]
    }
    #[inline(always)]
    fn push_weights(self, isa: Neon, weights: [int32x4_t; 2], next: [int32x4_t; 2]) -> [int32x4_t; 2] {
        self.push(isa, weights, next)
    }
    #[inline(always)]
    fn weights_of_lane(self, weights: &[i8]) -> i32 {
        let mut bytes = [0; 4];
        match weights.first_chunk::<4>() {
            Some(four) => bytes = four.map(|weight| weight as u8),
            None => bytes.iter_mut().zip(weights).for_each(|(byte, &weight)| *byte = weight as u8),
        }
        i32::from_ne_bytes(bytes)
    }
    #[inline(always)]
    fn weights_of_lanes(self, isa: Neon, weights: &[i8]) -> [int32x4_t; 2] {
        self.load_values(isa, weights)
    }
    #[inline(always)]
    fn add_flipped(
        self,
        isa: Neon,
        sum: [int32x4_t; 2],
        cells: [int32x4_t; 2],
        weights: [int32x4_t; 2],
    ) -> [int32x4_t; 2] {
        self.add(isa, sum, cells, weights)
    }
    #[inline(always)]
    fn load_values(self, _isa: Neon, values: &[i8]) -> [int32x4_t; 2] {
        let values = &values[..4 * LANES];
        // SAFETY: the slice has four bytes for each lane, and every processor of this kind has the instructions.
        unsafe {
            let [first, second] = [vld1q_s8(values.as_ptr()), vld1q_s8(values.as_ptr().add(2 * LANES))];
            [vreinterpretq_s32_s8(first), vreinterpretq_s32_s8(second)]
        }
    }
    #[inline(always)]
    fn load_values_partial(self, _isa: Neon, values: &[i8]) -> [int32x4_t; 2] {
        let bytes = [sixteen(values), sixteen(values.get(2 * LANES..).unwrap_or_default())];
        // SAFETY: each number has 16 bytes, and every processor of this kind has the instruction.
        unsafe { [vld1q_s32((&raw const bytes[0]).cast()), vld1q_s32((&raw const bytes[1]).cast())] }
    }
    #[inline(always)]
    fn load_weights(self, isa: Neon, weights: &[i8]) -> [int32x4_t; 2] {
        self.load_values(isa, weights)
    }
    #[inline(always)]
    fn load_weights_partial(self, isa: Neon, weights: &[i8]) -> [int32x4_t; 2] {
        self.load_values_partial(isa, weights)
    }
    #[inline(always)]
    fn add(self, _isa: Neon, sum: [int32x4_t; 2], values: [int32x4_t; 2], weights: [int32x4_t; 2]) -> [int32x4_t; 2] {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [add_dots(sum[0], values[0], weights[0]), add_dots(sum[1], values[1], weights[1])] }
    }
    #[inline(always)]
    fn correct(self, _isa: Neon, sum: [int32x4_t; 2], _values: [int32x4_t; 2]) -> [int32x4_t; 2] {
        sum
    }
}

/// Adds to each lane the products of its four bytes.
#[inline]
#[target_feature(enable = "dotprod")]
fn add_dots(mut sum: int32x4_t, values: int32x4_t, weights: int32x4_t) -> int32x4_t {
    // SAFETY: the instruction is that of the function's attribute, and works on registers alone. Written out because
    // stable Rust has no name for it yet.
    unsafe {
        asm!(
            "sdot {sum:v}.4s, {values:v}.16b, {weights:v}.16b",
            sum = inlateout(vreg) sum,
            values = in(vreg) values,
            weights = in(vreg) weights,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    sum
}

/// The bytes of each lane moved to the place before, and the lowest byte of each lane of `next` as the last one.
#[inline(always)]
fn push(bytes: int32x4_t, next: int32x4_t) -> int32x4_t {
    // SAFETY: every processor of this kind has the instructions.
    unsafe {
        let moved = vshrq_n_u32::<8>(vreinterpretq_u32_s32(bytes));
        vsliq_n_s32::<24>(vreinterpretq_s32_u32(moved), next)
    }
}
