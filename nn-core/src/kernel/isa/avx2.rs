//! AVX2 and FMA: eight floats at a time.
//!
//! Every `unsafe` block here calls instructions of the set that the token proves to exist, on values, or on pointers
//! into slices whose length has just been checked.

use super::{Isa, Job};
use core::arch::x86_64::*;

const LANES: usize = 8;

/// AVX2 and FMA: eight floats at a time.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

impl Avx2 {
    /// The token, if the running processor has the set.
    pub fn detect() -> Option<Self> {
        #[cfg(feature = "std")]
        let found = std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma");
        #[cfg(not(feature = "std"))]
        let found = cfg!(target_feature = "avx2") && cfg!(target_feature = "fma");
        found.then_some(Self(()))
    }
}

#[inline(never)]
#[target_feature(enable = "avx2,fma")]
fn run<J: Job>(isa: Avx2, job: J) -> J::Output {
    job.run(isa)
}

impl Isa for Avx2 {
    const LANES: usize = LANES;
    const REGISTERS: usize = 16;
    type Vector = __m256;

    #[inline(always)]
    fn run<J: Job>(self, job: J) -> J::Output {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { run(self, job) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_set1_ps(value) }
    }
    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::Vector {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` floats; the token proves that the processor has the instruction.
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    fn load_partial(self, from: &[f32]) -> Self::Vector {
        // SAFETY: only as many floats are read as the slice has.
        unsafe { _mm256_maskload_ps(from.as_ptr(), first(from.len())) }
    }
    #[inline(always)]
    fn store(self, vector: Self::Vector, to: &mut [f32]) {
        let to = &mut to[..LANES];
        // SAFETY: the slice has `LANES` floats; the token proves that the processor has the instruction.
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), vector) }
    }
    #[inline(always)]
    fn store_partial(self, vector: Self::Vector, to: &mut [f32]) {
        // SAFETY: only as many floats are written as the slice has.
        unsafe { _mm256_maskstore_ps(to.as_mut_ptr(), first(to.len()), vector) }
    }
    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_mul_ps(a, b) }
    }
    #[inline(always)]
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_div_ps(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_max_ps(a, b) }
    }
    #[inline(always)]
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_min_ps(a, b) }
    }
    #[inline(always)]
    fn sqrt(self, a: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_sqrt_ps(a) }
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
        unsafe { _mm256_blendv_ps(otherwise, then, _mm256_cmp_ps::<_CMP_GT_OQ>(a, b)) }
    }
    #[inline(always)]
    fn round(self, a: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a) }
    }
    #[inline(always)]
    fn power_of_two(self, n: Self::Vector) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe {
            _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(
                _mm256_cvtps_epi32(n),
                _mm256_set1_epi32(127),
            )))
        }
    }
    #[inline(always)]
    fn interleave(self, a: Self::Vector, b: Self::Vector) -> (Self::Vector, Self::Vector) {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            // Within each half of the vector first, since the set has no instruction across.
            let (low, high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
            (_mm256_permute2f128_ps::<0x20>(low, high), _mm256_permute2f128_ps::<0x31>(low, high))
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
#[inline]
#[target_feature(enable = "avx2")]
fn first(count: usize) -> __m256i {
    let lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_cmpgt_epi32(_mm256_set1_epi32(count.min(LANES) as i32), lane)
}
