//! AVX2, FMA and F16C: eight floats or whole numbers at a time.
//!
//! Every `unsafe` block here calls instructions of the set that the token proves to exist, on values, or on pointers
//! into slices whose length has just been checked.

use super::products::sixteen;
use super::{Isa, Job};
use core::arch::x86_64::*;

const LANES: usize = 8;

/// AVX2, FMA and F16C, which every processor with AVX2 has: eight floats or whole numbers at a time.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

impl Avx2 {
    /// The token, if the running processor has the set.
    pub fn detect() -> Option<Self> {
        #[cfg(feature = "std")]
        let found = std::is_x86_feature_detected!("avx2")
            && std::is_x86_feature_detected!("fma")
            && std::is_x86_feature_detected!("f16c");
        #[cfg(not(feature = "std"))]
        let found = cfg!(target_feature = "avx2") && cfg!(target_feature = "fma") && cfg!(target_feature = "f16c");
        found.then_some(Self(()))
    }
}

#[inline(never)]
#[target_feature(enable = "avx2,fma,f16c,popcnt")]
fn run<J: Job>(isa: Avx2, job: J) -> J::Output {
    job.run(isa)
}

impl Isa for Avx2 {
    const LANES: usize = LANES;
    const REGISTERS: usize = 16;
    const FINDS_ZEROS: bool = true;
    const FETCHES: bool = true;
    type Vector = __m256;
    type Whole = __m256i;
    /// The even lanes, and the odd ones.
    type Wide = [__m256i; 2];

    #[inline(always)]
    fn run<J: Job>(self, job: J) -> J::Output {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { run(self, job) }
    }

    #[inline(always)]
    fn fetch(self, place: *const f32) {
        // SAFETY: the instruction changes no value and may be given any address: what is no memory is not asked for.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(place.cast()) }
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
    fn load_f16(self, from: &[u16]) -> Self::Vector {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` half floats; the token proves that the processor has the instructions.
        unsafe { _mm256_cvtph_ps(_mm_loadu_si128(from.as_ptr().cast())) }
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
    fn nonzero(self, values: &[f32; 8]) -> u8 {
        // SAFETY: eight floats are read; the token proves that the processor has the instructions.
        unsafe {
            let values = _mm256_loadu_ps(values.as_ptr());
            _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NEQ_UQ>(values, _mm256_setzero_ps())) as u8
        }
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
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
        }
    }

    #[inline(always)]
    fn any_greater(self, a: Self::Vector, b: Self::Vector) -> bool {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(a, b)) != 0 }
    }
    #[inline(always)]
    fn nearest_whole(self, a: Self::Vector) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_cvtps_epi32(a) }
    }
    #[inline(always)]
    fn of_bits(self, bits: Self::Whole) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_castsi256_ps(bits) }
    }
    #[inline(always)]
    fn to_floats(self, a: Self::Whole) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_cvtepi32_ps(a) }
    }
    #[inline(always)]
    fn splat_whole(self, value: i32) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_set1_epi32(value) }
    }
    #[inline(always)]
    fn load_whole(self, from: &[i32]) -> Self::Whole {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` numbers; the token proves that the processor has the instruction.
        unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
    }
    #[inline(always)]
    fn store_whole(self, whole: Self::Whole, to: &mut [i32]) {
        let to = &mut to[..LANES];
        // SAFETY: the slice has `LANES` numbers; the token proves that the processor has the instruction.
        unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), whole) }
    }
    #[inline(always)]
    fn load_bytes(self, from: &[i8]) -> Self::Whole {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` bytes; the token proves that the processor has the instructions.
        unsafe { _mm256_cvtepi8_epi32(_mm_loadl_epi64(from.as_ptr().cast())) }
    }
    #[inline(always)]
    fn store_bytes(self, whole: Self::Whole, to: &mut [i8]) {
        let to = &mut to[..LANES];
        // SAFETY: the slice has `LANES` bytes; the token proves that the processor has the instructions.
        unsafe {
            let halves = _mm_packs_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256::<1>(whole));
            _mm_storel_epi64(to.as_mut_ptr().cast(), _mm_packs_epi16(halves, halves));
        }
    }
    #[inline(always)]
    fn store_bytes_of_four(self, [a, b, c, d]: [Self::Whole; 4], to: &mut [i8]) {
        let to = &mut to[..4 * LANES];
        // SAFETY: the slice has four bytes for each lane; the token proves that the processor has the instructions.
        unsafe {
            // Each half has four bytes of each vector.
            let halves = _mm256_packs_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
            let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
            _mm256_storeu_si256(to.as_mut_ptr().cast(), _mm256_permutevar8x32_epi32(halves, order));
        }
    }
    #[inline(always)]
    fn load_halves(self, from: &[i8]) -> Self::Whole {
        let from = &from[..2 * LANES];
        // SAFETY: the slice has `2 * LANES` bytes; the token proves that the processor has the instructions.
        unsafe { _mm256_cvtepi8_epi16(_mm_loadu_si128(from.as_ptr().cast())) }
    }
    #[inline(always)]
    fn load_halves_partial(self, from: &[i8]) -> Self::Whole {
        let bytes = sixteen(from);
        // SAFETY: the number has `2 * LANES` bytes; the token proves that the processor has the instructions.
        unsafe { _mm256_cvtepi8_epi16(_mm_loadu_si128((&raw const bytes).cast())) }
    }
    #[inline(always)]
    fn add_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_add_epi32(a, b) }
    }
    #[inline(always)]
    fn sub_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_sub_epi32(a, b) }
    }
    #[inline(always)]
    fn max_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_max_epi32(a, b) }
    }
    #[inline(always)]
    fn min_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_min_epi32(a, b) }
    }
    #[inline(always)]
    fn shift_left(self, a: Self::Whole, by: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_sllv_epi32(a, by) }
    }
    #[inline(always)]
    fn shift_right(self, a: Self::Whole, by: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_srlv_epi32(a, by) }
    }
    #[inline(always)]
    fn multiply_halves(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm256_madd_epi16(a, b) }
    }
    #[inline(always)]
    fn sums(self, of: [Self::Whole; 8]) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let [a, b, c, d, e, f, g, h] = of;
            // Within each half of the vectors first, since the set adds no neighbours across.
            let first = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
            let second = _mm256_hadd_epi32(_mm256_hadd_epi32(e, f), _mm256_hadd_epi32(g, h));
            let low = _mm256_permute2x128_si256::<0x20>(first, second);
            let high = _mm256_permute2x128_si256::<0x31>(first, second);
            _mm256_add_epi32(low, high)
        }
    }
    #[inline(always)]
    fn join_eights(self, a: Self::Whole, _b: Self::Whole) -> Self::Whole {
        a
    }
    #[inline(always)]
    fn interleave_whole(self, a: Self::Whole, b: Self::Whole) -> (Self::Whole, Self::Whole) {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let (low, high) = (_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
            (_mm256_permute2x128_si256::<0x20>(low, high), _mm256_permute2x128_si256::<0x31>(low, high))
        }
    }
    #[inline(always)]
    fn push_halves(self, a: Self::Whole, next: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { _mm256_blend_epi16::<0xaa>(_mm256_srli_epi32::<16>(a), _mm256_slli_epi32::<16>(next)) }
    }
    #[inline(always)]
    fn splat_wide(self, value: i64) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [_mm256_set1_epi64x(value); 2] }
    }
    #[inline(always)]
    fn widen(self, a: Self::Whole) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { [_mm256_blend_epi32::<0xaa>(a, _mm256_setzero_si256()), _mm256_srli_epi64::<32>(a)] }
    }
    #[inline(always)]
    fn narrow(self, [even, odd]: Self::Wide) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { _mm256_blend_epi32::<0xaa>(even, _mm256_slli_epi64::<32>(odd)) }
    }
    #[inline(always)]
    fn high(self, [even, odd]: Self::Wide) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { _mm256_blend_epi32::<0xaa>(_mm256_srli_epi64::<32>(even), odd) }
    }
    #[inline(always)]
    fn multiply_wide(self, a: Self::Whole, b: Self::Whole) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let [a_odd, b_odd] = [_mm256_srli_epi64::<32>(a), _mm256_srli_epi64::<32>(b)];
            [_mm256_mul_epi32(a, b), _mm256_mul_epi32(a_odd, b_odd)]
        }
    }
    #[inline(always)]
    fn add_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [_mm256_add_epi64(a[0], b[0]), _mm256_add_epi64(a[1], b[1])] }
    }
    #[inline(always)]
    fn sub_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [_mm256_sub_epi64(a[0], b[0]), _mm256_sub_epi64(a[1], b[1])] }
    }
    #[inline(always)]
    fn shift_left_wide(self, a: Self::Wide, by: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [_mm256_sllv_epi64(a[0], by[0]), _mm256_sllv_epi64(a[1], by[1])] }
    }
    #[inline(always)]
    fn shift_right_wide(self, a: Self::Wide, by: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [_mm256_srlv_epi64(a[0], by[0]), _mm256_srlv_epi64(a[1], by[1])] }
    }
    #[inline(always)]
    fn select_negative(self, a: Self::Wide, then: Self::Wide, otherwise: Self::Wide) -> Self::Wide {
        [select_negative(a[0], then[0], otherwise[0]), select_negative(a[1], then[1], otherwise[1])]
    }
}

/// A mask that is set in the first `count` lanes.
#[inline]
#[target_feature(enable = "avx2")]
fn first(count: usize) -> __m256i {
    let lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_cmpgt_epi32(_mm256_set1_epi32(count.min(LANES) as i32), lane)
}

/// `then` where `a` is negative, else `otherwise`, for four wide numbers.
#[inline(always)]
fn select_negative(a: __m256i, then: __m256i, otherwise: __m256i) -> __m256i {
    // SAFETY: only the methods of the token call it, and that proves that the processor has the instructions.
    unsafe {
        // The instruction for floats looks at the highest bit alone.
        _mm256_castpd_si256(_mm256_blendv_pd(
            _mm256_castsi256_pd(otherwise),
            _mm256_castsi256_pd(then),
            _mm256_castsi256_pd(a),
        ))
    }
}
