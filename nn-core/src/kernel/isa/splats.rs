//! Sixteen values of one register, each in all lanes of another, for AVX-512: in 20 instructions, of which 16 take one
//! cycle.
//!
//! Reading a value from memory takes as long as reading a row of weights, and a value that was just written comes from there
//! half as fast as this way.
//!
//! The `unsafe` block here is an instruction on registers, in a function that only code with the set can call safely.

use core::arch::{asm, x86_64::*};

/// Four neighbouring lanes of sixteen, repeated: `ORDER` has the number of the four in each two of its eight bits.
///
/// It is hidden from the compiler what this does: it would choose the lane first and repeat it then, so that the
/// instruction that takes four cycles is needed once for each lane, and not once for four.
#[inline]
#[target_feature(enable = "avx512f")]
fn repeat_four<const ORDER: u8>(from: __m512) -> __m512 {
    let repeated;
    // SAFETY: the instruction reads one register and writes another, and the set is one that this function names.
    unsafe {
        asm!("vshuff32x4 {}, {from}, {from}, {}", out(zmm_reg) repeated, const ORDER, from = in(zmm_reg) from,
            options(pure, nomem, nostack, preserves_flags));
    }
    repeated
}

/// Each of four lanes that are repeated, in all lanes.
#[inline]
#[target_feature(enable = "avx512f")]
fn of_four(four: __m512) -> [__m512; 4] {
    [
        _mm512_permute_ps::<0b00_00_00_00>(four),
        _mm512_permute_ps::<0b01_01_01_01>(four),
        _mm512_permute_ps::<0b10_10_10_10>(four),
        _mm512_permute_ps::<0b11_11_11_11>(four),
    ]
}

/// Each of sixteen lanes, in all lanes.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn splats(of: __m512) -> [[__m512; 4]; 4] {
    [
        of_four(repeat_four::<0b00_00_00_00>(of)),
        of_four(repeat_four::<0b01_01_01_01>(of)),
        of_four(repeat_four::<0b10_10_10_10>(of)),
        of_four(repeat_four::<0b11_11_11_11>(of)),
    ]
}
