//! AVX-512 VNNI: four products of bytes are added to each lane at once.
//!
//! Every `unsafe` block here calls instructions of the sets that both tokens prove to exist, on values, or on pointers
//! into slices whose length has just been checked.

use super::avx512::first_bytes;
use super::{Avx512, ByteJob, Cell, Isa, Products};
use core::arch::x86_64::*;

const LANES: usize = Avx512::LANES;
/// 128 in each byte.
const HIGH_BITS: i32 = 0x8080_8080_u32 as i32;

/// AVX-512 VNNI, which multiplies a byte without a sign and one with a sign: one of the factors is held 128 too high.
#[derive(Clone, Copy, Debug)]
pub struct Vnni(());

impl Vnni {
    /// The token, if the running processor has the set.
    #[inline(always)]
    pub fn detect() -> Option<Self> {
        #[cfg(feature = "std")]
        let found = std::is_x86_feature_detected!("avx512vnni");
        #[cfg(not(feature = "std"))]
        let found = cfg!(target_feature = "avx512vnni");
        found.then_some(Self(()))
    }

    /// Runs a job in a function of its own, compiled for this instruction set.
    #[inline(always)]
    pub(super) fn run<J: ByteJob>(self, isa: Avx512, job: J) -> J::Output {
        // SAFETY: the tokens prove that the processor has the instructions.
        unsafe { run(isa, self, job) }
    }
}

#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn run<J: ByteJob>(isa: Avx512, vnni: Vnni, job: J) -> J::Output {
    job.run(isa, vnni)
}

/// A byte, 128 too high.
#[derive(Clone, Copy, Debug)]
pub struct Flipped(u8);

impl Cell for Flipped {
    #[inline(always)]
    fn new(byte: i8) -> Self {
        Self(byte as u8 ^ 0x80)
    }
}

impl Products<Avx512> for Vnni {
    const DEPTH: usize = 4;
    const FLIP: i32 = 128;
    const HAS_FOURS: bool = true;
    type Cell = Flipped;

    #[inline(always)]
    fn splat(self, isa: Avx512, cells: &[Flipped]) -> __m512i {
        let four = match *cells {
            [Flipped(a), Flipped(b), Flipped(c), Flipped(d), ..] => [a, b, c, d],
            _ => [0; 4],
        };
        isa.splat_whole(i32::from_ne_bytes(four))
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
    fn weights_of_lanes(self, isa: Avx512, weights: &[i8]) -> __m512i {
        self.load_values(isa, weights)
    }
    #[inline(always)]
    fn add_flipped(self, _isa: Avx512, sum: __m512i, cells: __m512i, weights: __m512i) -> __m512i {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_dpbusd_epi32(sum, cells, weights) }
    }
    #[inline(always)]
    fn load_values(self, _isa: Avx512, values: &[i8]) -> __m512i {
        let values = &values[..4 * LANES];
        // SAFETY: the slice has four bytes for each lane; the token proves that the processor has the instruction.
        unsafe { _mm512_loadu_si512(values.as_ptr().cast()) }
    }
    #[inline(always)]
    fn load_values_partial(self, _isa: Avx512, values: &[i8]) -> __m512i {
        // SAFETY: only as many bytes are read as the slice has; the token proves that the processor has the instruction.
        unsafe { _mm512_maskz_loadu_epi8(first_bytes(values.len()), values.as_ptr()) }
    }
    #[inline(always)]
    fn load_weights(self, isa: Avx512, weights: &[i8]) -> __m512i {
        flip(isa, self.load_values(isa, weights))
    }
    #[inline(always)]
    fn load_weights_partial(self, isa: Avx512, weights: &[i8]) -> __m512i {
        flip(isa, self.load_values_partial(isa, weights))
    }
    #[inline(always)]
    fn add(self, _isa: Avx512, sum: __m512i, values: __m512i, weights: __m512i) -> __m512i {
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { _mm512_dpbusd_epi32(sum, weights, values) }
    }
    #[inline(always)]
    fn correct(self, isa: Avx512, sum: __m512i, values: __m512i) -> __m512i {
        let high = isa.splat_whole(HIGH_BITS);
        // SAFETY: the token proves that the processor has the instruction.
        unsafe { isa.sub_whole(sum, _mm512_dpbusd_epi32(isa.splat_whole(0), high, values)) }
    }
    #[inline(always)]
    fn splat_values(self, isa: Avx512, values: &[i8]) -> __m512i {
        isa.splat_whole(self.weights_of_lane(values) ^ HIGH_BITS)
    }
    #[inline(always)]
    fn push(self, isa: Avx512, cells: __m512i, next: __m512i) -> __m512i {
        // SAFETY: the token of AVX-512 proves that the processor has the instruction.
        let next = unsafe { _mm512_xor_si512(next, isa.splat_whole(0x80)) };
        self.push_weights(isa, cells, next)
    }
    #[inline(always)]
    fn push_weights(self, _isa: Avx512, weights: __m512i, next: __m512i) -> __m512i {
        // SAFETY: the token proves that the processor has the instructions.
        unsafe { _mm512_or_si512(_mm512_srli_epi32::<8>(weights), _mm512_slli_epi32::<24>(next)) }
    }
    #[inline(always)]
    fn load_cells(self, isa: Avx512, cells: &[i8]) -> __m512i {
        flip(isa, self.load_values(isa, cells))
    }
    #[inline(always)]
    fn pair_cells(self, _isa: Avx512, a: __m512i, b: __m512i) -> [__m512i; 2] {
        // SAFETY: the token of AVX-512 proves that the processor has the instructions.
        unsafe { [_mm512_unpacklo_epi8(a, b), _mm512_unpackhi_epi8(a, b)] }
    }
    #[inline(always)]
    fn pair_pairs(self, _isa: Avx512, [a, b]: [__m512i; 2], [c, d]: [__m512i; 2]) -> [__m512i; 4] {
        // SAFETY: the token of AVX-512 proves that the processor has the instructions.
        unsafe {
            let (first, second) = (_mm512_unpacklo_epi16(a, c), _mm512_unpackhi_epi16(a, c));
            [first, second, _mm512_unpacklo_epi16(b, d), _mm512_unpackhi_epi16(b, d)]
        }
    }
    #[inline(always)]
    fn store_fours(self, _isa: Avx512, [a, b, c, d]: [__m512i; 4], to: &mut [i8]) {
        let to = &mut to[..4 * LANES];
        // SAFETY: the slice has four bytes for each lane; the token of AVX-512 proves that the processor has the
        // instructions.
        unsafe {
            let bytes = _mm512_packs_epi16(_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d));
            _mm512_storeu_si512(to.as_mut_ptr().cast(), bytes);
        }
    }
}

/// Each byte 128 higher.
#[inline(always)]
fn flip(isa: Avx512, bytes: __m512i) -> __m512i {
    // SAFETY: the token of AVX-512 proves that the processor has the instruction.
    unsafe { _mm512_xor_si512(bytes, isa.splat_whole(HIGH_BITS)) }
}
