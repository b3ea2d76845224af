//! AVX-512 F: sixteen floats at a time.
//!
//! Every `unsafe` block here calls instructions of the set that the token proves to exist, on values, or on pointers
//! into slices whose length has just been checked.

use super::{Isa, Job};
use core::arch::x86_64::*;

const LANES: usize = 16;

/// AVX-512 F: sixteen floats at a time.
#[derive(Clone, Copy, Debug)]
pub struct Avx512(());

impl Avx512 {
    /// The token, if the running processor has the set.
    pub fn detect() -> Option<Self> {
        #[cfg(feature = "std")]
        let found = std::is_x86_feature_detected!("avx512f");
        #[cfg(not(feature = "std"))]
        let found = cfg!(target_feature = "avx512f");
        found.then_some(Self(()))
    }
}

#[inline(never)]
#[target_feature(enable = "avx512f")]
fn run<J: Job>(isa: Avx512, job: J) -> J::Output {
    job.run(isa)
}

impl Isa for Avx512 {
    const LANES: usize = LANES;
    const REGISTERS: usize = 32;
    type Vector = __m512;

    #[inline(always)]
    fn run<J: Job>(self, job: J) -> J::Output {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { run(self, job) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_set1_ps(value) }
    }
    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::Vector {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` floats; the token proves that the processor has the instruction.
        unsafe { _mm512_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    fn load_partial(self, from: &[f32]) -> Self::Vector {
        // SAFETY: only as many floats are read as the slice has.
        unsafe { _mm512_maskz_loadu_ps(first(from.len()), from.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, vector: Self::Vector, to: &mut [f32]) {
        let to = &mut to[..LANES];
        // SAFETY: the slice has `LANES` floats; the token proves that the processor has the instruction.
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), vector) }
    }
    #[inline(always)]
    fn store_partial(self, vector: Self::Vector, to: &mut [f32]) {
        // SAFETY: only as many floats are written as the slice has.
        unsafe { _mm512_mask_storeu_ps(to.as_mut_ptr(), first(to.len()), vector) }
    }
    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_mul_ps(a, b) }
    }
    #[inline(always)]
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_div_ps(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_max_ps(a, b) }
    }
    #[inline(always)]
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_min_ps(a, b) }
    }
    #[inline(always)]
    fn sqrt(self, a: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_sqrt_ps(a) }
    }
    #[inline(always)]
    fn select_greater(
        self,
        a: Self::Vector,
        b: Self::Vector,
        then: Self::Vector,
        otherwise: Self::Vector,
    ) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, b), otherwise, then) }
    }
    #[inline(always)]
    fn round(self, a: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a) }
    }
    #[inline(always)]
    fn power_of_two(self, n: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe {
            _mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_add_epi32(
                _mm512_cvtps_epi32(n),
                _mm512_set1_epi32(127),
            )))
        }
    }
    #[inline(always)]
    fn interleave(self, a: Self::Vector, b: Self::Vector) -> (Self::Vector, Self::Vector) {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            // From 16 on a number counts the lanes of `b`.
            let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            let high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
            (_mm512_permutex2var_ps(a, low, b), _mm512_permutex2var_ps(a, high, b))
        }
    }
    #[inline(always)]
    fn sum(self, a: Self::Vector) -> f32 {
        let mut lanes = [0.0; LANES];
        self.store(a, &mut lanes);
        let mut half = LANES / 2;
        while half > 0 {
            for lane in 0..half {
                lanes[lane] += lanes[lane + half];
            }
            half /= 2;
        }
        lanes[0]
    }
}

/// A mask that is set in the first `count` lanes.
#[inline(always)]
fn first(count: usize) -> __mmask16 {
    if count >= LANES { !0 } else { (1 << count) - 1 }
}
