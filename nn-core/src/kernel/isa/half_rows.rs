//! The loop over products with half floats, for processors with AVX-512 VL: vectors of half the width.
//!
//! Zen 4 makes sixteen floats of sixteen half floats in four times as long as it needs for eight, and then the product waits
//! for that instead of memory: the tutorial network's first dense layer takes 16 us this way, and 24 in whole vectors. The
//! sums are the same bits, since each lane has the same products in the same order.
//!
//! Every `unsafe` block here calls instructions whose set was found before, or reads through a pointer into an array whose
//! length is part of its type.

use core::arch::x86_64::*;

/// The lanes of half a vector.
const EIGHT: usize = 8;

/// Adds to the sums the products of each value with a row of weights, which begin at each `stride`th. Returns whether the
/// processor has the instructions; where it has not, nothing is done.
#[inline(always)]
pub(super) fn add_row<const VECTORS: usize>(
    sums: &mut [__m512; VECTORS],
    values: &[f32],
    weights: &[u16],
    stride: usize,
) -> bool {
    let found = is_found();
    if found {
        // SAFETY: the instructions were just found.
        unsafe { add(sums, values.iter().copied().enumerate(), weights, stride) };
    }
    found
}

/// [`add_row`] with those values only whose numbers are listed.
#[inline(always)]
pub(super) fn add_listed<const VECTORS: usize>(
    sums: &mut [__m512; VECTORS],
    (values, numbers): (&[f32], &[u8]),
    weights: &[u16],
    stride: usize,
) -> bool {
    let found = is_found();
    if found {
        let listed = numbers.iter().map(|&number| usize::from(number));
        let rows = listed.map_while(|row| values.get(row).map(|&value| (row, value)));
        // SAFETY: the instructions were just found.
        unsafe { add(sums, rows, weights, stride) };
    }
    found
}

#[inline(always)]
fn is_found() -> bool {
    #[cfg(feature = "std")]
    let found = std::is_x86_feature_detected!("avx512vl");
    #[cfg(not(feature = "std"))]
    let found = cfg!(target_feature = "avx512vl");
    found
}

/// Adds to the sums the products of values with the rows of weights that have the values' numbers.
#[target_feature(enable = "avx512f,avx512vl")]
fn add<const VECTORS: usize>(
    sums: &mut [__m512; VECTORS],
    rows: impl Iterator<Item = (usize, f32)>,
    weights: &[u16],
    stride: usize,
) {
    let mut halves = [[_mm256_setzero_ps(); 2]; VECTORS];
    for (halves, sum) in halves.iter_mut().zip(sums.iter()) {
        *halves = [_mm512_castps512_ps256(*sum), high(*sum)];
    }
    for (row, value) in rows {
        let sixteens = weights.get(row * stride..).unwrap_or_default().as_chunks::<{ 2 * EIGHT }>().0;
        // As many as there are sums, by the type: else the sums would not stay in registers.
        let Some(row) = sixteens.first_chunk::<VECTORS>() else { break };
        let value = _mm256_set1_ps(value);
        for (sums, sixteen) in halves.iter_mut().zip(row) {
            for (sum, eight) in sums.iter_mut().zip(sixteen.as_chunks::<EIGHT>().0) {
                // SAFETY: the array has eight half floats.
                let weights = unsafe { _mm_loadu_si128(eight.as_ptr().cast()) };
                *sum = _mm256_fmadd_ps(value, _mm256_cvtph_ps(weights), *sum);
            }
        }
    }
    for (sum, [low, high]) in sums.iter_mut().zip(halves) {
        let (low, high) = (_mm512_castpd256_pd512(_mm256_castps_pd(low)), _mm256_castps_pd(high));
        *sum = _mm512_castpd_ps(_mm512_insertf64x4::<1>(low, high));
    }
}

/// The upper half of a vector.
#[inline]
#[target_feature(enable = "avx512f")]
fn high(vector: __m512) -> __m256 {
    _mm256_castpd_ps(_mm512_extractf64x4_pd::<1>(_mm512_castps_pd(vector)))
}
