//! AVX-512 F and BW: sixteen floats or whole numbers at a time.
//!
//! Every `unsafe` block here calls instructions of the set that the token proves to exist, on values, or on pointers
//! into slices whose length has just been checked.

use super::{ByteJob, Halves, Isa, Job, SUMS, Vnni, half_rows, splats};
use core::arch::x86_64::*;

const LANES: usize = 16;

/// AVX-512 F and BW, which is nearly every processor with AVX-512: sixteen floats or whole numbers at a time.
#[derive(Clone, Copy, Debug)]
pub struct Avx512(());

impl Avx512 {
    /// The token, if the running processor has the set.
    pub fn detect() -> Option<Self> {
        #[cfg(feature = "std")]
        let found = std::is_x86_feature_detected!("avx512f") && std::is_x86_feature_detected!("avx512bw");
        #[cfg(not(feature = "std"))]
        let found = cfg!(target_feature = "avx512f") && cfg!(target_feature = "avx512bw");
        found.then_some(Self(()))
    }
}

#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,popcnt")]
fn run<J: Job>(isa: Avx512, job: J) -> J::Output {
    job.run(isa)
}

/// A function of its own, so that a processor with VNNI makes no room for what is not run.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,popcnt")]
fn run_bytes<J: ByteJob>(isa: Avx512, job: J) -> J::Output {
    job.run(isa, Halves)
}

impl Isa for Avx512 {
    const LANES: usize = LANES;
    const REGISTERS: usize = 32;
    const HAS_SPLATS: bool = true;
    const FINDS_ZEROS: bool = true;
    const FETCHES: bool = true;
    type Vector = __m512;
    type Whole = __m512i;
    /// The even lanes, and the odd ones.
    type Wide = [__m512i; 2];

    #[inline(always)]
    fn run<J: Job>(self, job: J) -> J::Output {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { run(self, job) }
    }

    #[inline(always)]
    fn add_rows_f16<const ROWS: usize, const VECTORS: usize>(
        self,
        sums: &mut [[Self::Vector; VECTORS]; ROWS],
        rows: [&[f32]; ROWS],
        weights: &[u16],
        stride: usize,
    ) -> bool {
        match (&mut sums[..], &rows[..]) {
            ([sums], [values]) => half_rows::add_row(sums, values, weights, stride),
            _ => false,
        }
    }

    #[inline(always)]
    fn add_listed_f16<const VECTORS: usize>(
        self,
        sums: &mut [Self::Vector; VECTORS],
        (values, numbers): (&[f32], &[u8]),
        weights: &[u16],
        stride: usize,
    ) -> bool {
        half_rows::add_listed(sums, (values, numbers), weights, stride)
    }

    #[inline(always)]
    fn fetch(self, place: *const f32) {
        // SAFETY: the instruction changes no value and may be given any address: what is no memory is not asked for.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(place.cast()) }
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_set1_ps(value) }
    }
    #[inline(always)]
    fn splats(self, values: &[f32; LANES]) -> [[Self::Vector; 4]; 4] {
        // SAFETY: the array has `LANES` floats; the token proves that the processor has the instructions.
        unsafe { splats::splats(_mm512_loadu_ps(values.as_ptr())) }
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
    fn load_f16(self, from: &[u16]) -> Self::Vector {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` half floats; the token proves that the processor has the instructions.
        unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(from.as_ptr().cast())) }
    }
    #[inline(always)]
    fn load_f16_partial(self, from: &[u16]) -> Self::Vector {
        let mask = u32::from(first(from.len()));
        // SAFETY: only as many half floats are read as the slice has, at most `LANES`; the token proves that the processor
        // has the instructions.
        unsafe { _mm512_cvtph_ps(_mm512_castsi512_si256(_mm512_maskz_loadu_epi16(mask, from.as_ptr().cast()))) }
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
    fn nonzero(self, values: &[f32; 8]) -> u8 {
        // SAFETY: eight floats are read; the token proves that the processor has the instructions.
        unsafe {
            let values = _mm256_loadu_ps(values.as_ptr());
            _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NEQ_UQ>(values, _mm256_setzero_ps())) as u8
        }
    }
    #[inline(always)]
    fn nonzeros(self, values: &[f32; 64]) -> u64 {
        let mut word = 0;
        for (vector, values) in values.as_chunks::<LANES>().0.iter().enumerate() {
            // SAFETY: the array has `LANES` floats; the token proves that the processor has the instructions.
            let lanes =
                unsafe { _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(_mm512_loadu_ps(values.as_ptr()), _mm512_setzero_ps()) };
            word |= u64::from(lanes) << (LANES * vector);
        }
        word
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
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { _mm512_reduce_add_ps(a) }
    }

    #[inline(always)]
    fn store_sums(self, of: [Self::Vector; SUMS], to: &mut [f32; SUMS]) {
        let [a, b, c, d, e, f, g, h] = of;
        // SAFETY: the array has eight floats; the token proves that the processor has the instructions.
        unsafe {
            // Each step adds one half of what is left of two vectors to the other.
            let abcd = add_float_quarters(add_float_halves(a, b), add_float_halves(c, d));
            let efgh = add_float_quarters(add_float_halves(e, f), add_float_halves(g, h));
            let [abcd, efgh] = [_mm512_castps_pd(abcd), _mm512_castps_pd(efgh)];
            let (low, high) = (_mm512_unpacklo_pd(abcd, efgh), _mm512_unpackhi_pd(abcd, efgh));
            let pairs = _mm512_add_ps(_mm512_castpd_ps(low), _mm512_castpd_ps(high));
            let sums = _mm512_add_ps(pairs, _mm512_movehdup_ps(pairs));
            // In each quarter: one of the first four, then one of the last four.
            let order = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 10, 14, 0, 0, 0, 0, 0, 0, 0, 0);
            _mm256_storeu_ps(to.as_mut_ptr(), _mm512_castps512_ps256(_mm512_permutexvar_ps(order, sums)));
        }
    }
    #[inline(always)]
    fn load_spread(self, from: &[f32], lanes: u16) -> Self::Vector {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` floats; the token proves that the processor has the instructions.
        unsafe { _mm512_maskz_expand_ps(lanes, _mm512_loadu_ps(from.as_ptr())) }
    }

    #[inline(always)]
    fn run_bytes<J: ByteJob>(self, job: J) -> J::Output {
        match Vnni::detect() {
            Some(vnni) => vnni.run(self, job),
            // SAFETY: the token proves that the processor has the instructions.
            None => unsafe { run_bytes(self, job) },
        }
    }

    #[inline(always)]
    fn any_greater(self, a: Self::Vector, b: Self::Vector) -> bool {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, b) != 0 }
    }
    #[inline(always)]
    fn nearest_whole(self, a: Self::Vector) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_cvtps_epi32(a) }
    }
    #[inline(always)]
    fn of_bits(self, bits: Self::Whole) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_castsi512_ps(bits) }
    }
    #[inline(always)]
    fn to_floats(self, a: Self::Whole) -> Self::Vector {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_cvtepi32_ps(a) }
    }
    #[inline(always)]
    fn splat_whole(self, value: i32) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_set1_epi32(value) }
    }
    #[inline(always)]
    fn load_whole(self, from: &[i32]) -> Self::Whole {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` numbers; the token proves that the processor has the instruction.
        unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
    }
    #[inline(always)]
    fn store_whole(self, whole: Self::Whole, to: &mut [i32]) {
        let to = &mut to[..LANES];
        // SAFETY: the slice has `LANES` numbers; the token proves that the processor has the instruction.
        unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), whole) }
    }
    #[inline(always)]
    fn load_bytes(self, from: &[i8]) -> Self::Whole {
        let from = &from[..LANES];
        // SAFETY: the slice has `LANES` bytes; the token proves that the processor has the instructions.
        unsafe { _mm512_cvtepi8_epi32(_mm_loadu_si128(from.as_ptr().cast())) }
    }
    #[inline(always)]
    fn store_bytes(self, whole: Self::Whole, to: &mut [i8]) {
        let to = &mut to[..LANES];
        // SAFETY: the slice has `LANES` bytes; the token proves that the processor has the instructions.
        unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), _mm512_cvtsepi32_epi8(whole)) }
    }
    #[inline(always)]
    fn store_bytes_of_four(self, [a, b, c, d]: [Self::Whole; 4], to: &mut [i8]) {
        let to = &mut to[..4 * LANES];
        // SAFETY: the slice has four bytes for each lane; the token proves that the processor has the instructions.
        unsafe {
            // Each quarter has four bytes of each vector.
            let quarters = _mm512_packs_epi16(_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d));
            let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
            _mm512_storeu_si512(to.as_mut_ptr().cast(), _mm512_permutexvar_epi32(order, quarters));
        }
    }
    #[inline(always)]
    fn load_halves(self, from: &[i8]) -> Self::Whole {
        let from = &from[..2 * LANES];
        // SAFETY: the slice has `2 * LANES` bytes; the token proves that the processor has the instructions.
        unsafe { _mm512_cvtepi8_epi16(_mm256_loadu_si256(from.as_ptr().cast())) }
    }
    #[inline(always)]
    fn load_halves_partial(self, from: &[i8]) -> Self::Whole {
        let mask = first_bytes(from.len().min(2 * LANES));
        // SAFETY: only as many bytes are read as the slice has; the token proves that the processor has the instructions.
        unsafe {
            let bytes = _mm512_maskz_loadu_epi8(mask, from.as_ptr());
            _mm512_cvtepi8_epi16(_mm512_castsi512_si256(bytes))
        }
    }
    #[inline(always)]
    fn add_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_add_epi32(a, b) }
    }
    #[inline(always)]
    fn sub_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_sub_epi32(a, b) }
    }
    #[inline(always)]
    fn max_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_max_epi32(a, b) }
    }
    #[inline(always)]
    fn min_whole(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_min_epi32(a, b) }
    }
    #[inline(always)]
    fn shift_left(self, a: Self::Whole, by: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_sllv_epi32(a, by) }
    }
    #[inline(always)]
    fn shift_right(self, a: Self::Whole, by: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_srlv_epi32(a, by) }
    }
    #[inline(always)]
    fn multiply_halves(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_madd_epi16(a, b) }
    }
    #[inline(always)]
    fn sums(self, of: [Self::Whole; 8]) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let [a, b, c, d, e, f, g, h] = of;
            // Each step adds one half of what is left of two vectors to the other: quarters of 128 bits first.
            let [ab, cd, ef, gh] = [add_halves(a, b), add_halves(c, d), add_halves(e, f), add_halves(g, h)];
            let [abcd, efgh] = [add_quarters(ab, cd), add_quarters(ef, gh)];
            let pairs = _mm512_add_epi32(_mm512_unpacklo_epi64(abcd, efgh), _mm512_unpackhi_epi64(abcd, efgh));
            let sums = _mm512_add_epi32(pairs, _mm512_srli_epi64::<32>(pairs));
            // In each quarter: one of the first four, then one of the last four.
            let order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
            _mm512_zextsi256_si512(_mm512_cvtepi64_epi32(_mm512_permutexvar_epi64(order, sums)))
        }
    }
    #[inline(always)]
    fn join_eights(self, a: Self::Whole, b: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_inserti64x4::<1>(a, _mm512_castsi512_si256(b)) }
    }
    #[inline(always)]
    fn interleave_whole(self, a: Self::Whole, b: Self::Whole) -> (Self::Whole, Self::Whole) {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            // From 16 on a number counts the lanes of `b`.
            let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            let high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
            (_mm512_permutex2var_epi32(a, low, b), _mm512_permutex2var_epi32(a, high, b))
        }
    }
    #[inline(always)]
    fn deinterleave_whole(self, a: Self::Whole, b: Self::Whole) -> (Self::Whole, Self::Whole) {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            let odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
            (_mm512_permutex2var_epi32(a, even, b), _mm512_permutex2var_epi32(a, odd, b))
        }
    }
    #[inline(always)]
    fn push_halves(self, a: Self::Whole, next: Self::Whole) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { _mm512_or_si512(_mm512_srli_epi32::<16>(a), _mm512_slli_epi32::<16>(next)) }
    }
    #[inline(always)]
    fn splat_wide(self, value: i64) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [_mm512_set1_epi64(value); 2] }
    }
    #[inline(always)]
    fn widen(self, a: Self::Whole) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { [_mm512_maskz_mov_epi32(0x5555, a), _mm512_srli_epi64::<32>(a)] }
    }
    #[inline(always)]
    fn narrow(self, [even, odd]: Self::Wide) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { _mm512_mask_shuffle_epi32::<0b10_10_00_00>(even, 0xaaaa, odd) }
    }
    #[inline(always)]
    fn high(self, [even, odd]: Self::Wide) -> Self::Whole {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe {
            // From 16 on a number counts the lanes of `odd`.
            let high = _mm512_setr_epi32(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
            _mm512_permutex2var_epi32(even, high, odd)
        }
    }
    #[inline(always)]
    fn multiply_wide(self, a: Self::Whole, b: Self::Whole) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe {
            let [a_odd, b_odd] = [_mm512_srli_epi64::<32>(a), _mm512_srli_epi64::<32>(b)];
            [_mm512_mul_epi32(a, b), _mm512_mul_epi32(a_odd, b_odd)]
        }
    }
    #[inline(always)]
    fn add_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [_mm512_add_epi64(a[0], b[0]), _mm512_add_epi64(a[1], b[1])] }
    }
    #[inline(always)]
    fn sub_wide(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [_mm512_sub_epi64(a[0], b[0]), _mm512_sub_epi64(a[1], b[1])] }
    }
    #[inline(always)]
    fn shift_left_wide(self, a: Self::Wide, by: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [_mm512_sllv_epi64(a[0], by[0]), _mm512_sllv_epi64(a[1], by[1])] }
    }
    #[inline(always)]
    fn shift_right_wide(self, a: Self::Wide, by: Self::Wide) -> Self::Wide {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { [_mm512_srlv_epi64(a[0], by[0]), _mm512_srlv_epi64(a[1], by[1])] }
    }
    #[inline(always)]
    fn select_negative(self, a: Self::Wide, then: Self::Wide, otherwise: Self::Wide) -> Self::Wide {
        [select_negative(a[0], then[0], otherwise[0]), select_negative(a[1], then[1], otherwise[1])]
    }
}

/// A mask that is set in the first `count` lanes.
#[inline(always)]
fn first(count: usize) -> __mmask16 {
    if count >= LANES { !0 } else { (1 << count) - 1 }
}

/// A mask that is set for the first `count` of 64 bytes.
#[inline(always)]
pub(super) fn first_bytes(count: usize) -> __mmask64 {
    if count >= 64 { !0 } else { (1 << count) - 1 }
}

/// The halves of both added to each other: first those of `a`.
#[inline(always)]
fn add_halves(a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: only the methods of the token call it, and that proves that the processor has the instructions.
    unsafe {
        _mm512_add_epi32(_mm512_shuffle_i64x2::<0b01_00_01_00>(a, b), _mm512_shuffle_i64x2::<0b11_10_11_10>(a, b))
    }
}

/// The even quarters of both added to the odd ones: first those of `a`.
#[inline(always)]
fn add_quarters(a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: only the methods of the token call it, and that proves that the processor has the instructions.
    unsafe {
        _mm512_add_epi32(_mm512_shuffle_i64x2::<0b10_00_10_00>(a, b), _mm512_shuffle_i64x2::<0b11_01_11_01>(a, b))
    }
}

/// Like [`add_halves`], for floats.
#[inline(always)]
fn add_float_halves(a: __m512, b: __m512) -> __m512 {
    // SAFETY: only the methods of the token call it, and that proves that the processor has the instructions.
    unsafe { _mm512_add_ps(_mm512_shuffle_f32x4::<0b01_00_01_00>(a, b), _mm512_shuffle_f32x4::<0b11_10_11_10>(a, b)) }
}

/// Like [`add_quarters`], for floats.
#[inline(always)]
fn add_float_quarters(a: __m512, b: __m512) -> __m512 {
    // SAFETY: only the methods of the token call it, and that proves that the processor has the instructions.
    unsafe { _mm512_add_ps(_mm512_shuffle_f32x4::<0b10_00_10_00>(a, b), _mm512_shuffle_f32x4::<0b11_01_11_01>(a, b)) }
}

/// `then` where `a` is negative, else `otherwise`, for eight wide numbers.
#[inline(always)]
fn select_negative(a: __m512i, then: __m512i, otherwise: __m512i) -> __m512i {
    // SAFETY: only the methods of the token call it, and that proves that the processor has the instructions.
    unsafe { _mm512_mask_blend_epi64(_mm512_cmplt_epi64_mask(a, _mm512_setzero_si512()), otherwise, then) }
}
