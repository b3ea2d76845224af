//! The instructions on pairs of 16 bits in a word. On other processors plain Rust.
//!
//! Those that add to a sum may set the flag of saturation, which is one of the flags that others say they preserve.

#[cfg(dual_multiply)]
use core::arch::asm;

/// Four bytes as two pairs of 16 bits: the first and the third, the second and the fourth. (`SXTB16`)
#[inline(always)]
pub(super) fn spread(word: u32) -> [u32; 2] {
    [spread_even(word), spread_odd(word)]
}

/// Four bytes as a word.
#[inline(always)]
pub(super) fn word(bytes: &[i8; 4]) -> u32 {
    u32::from_le_bytes(bytes.map(i8::cast_unsigned))
}

/// Adds the products of four bytes, spread both, to a sum.
#[inline(always)]
pub(super) fn add_products(sum: i32, a: [u32; 2], b: [u32; 2]) -> i32 {
    add_pair(add_pair(sum, a[0], b[0]), a[1], b[1])
}

#[cfg(dual_multiply)]
#[inline(always)]
fn spread_even(word: u32) -> u32 {
    let spread;
    // SAFETY: computes one register from another.
    unsafe { asm!("sxtb16 {}, {}", lateout(reg) spread, in(reg) word, options(pure, nomem, nostack, preserves_flags)) };
    spread
}

#[cfg(dual_multiply)]
#[inline(always)]
fn spread_odd(word: u32) -> u32 {
    let spread;
    // SAFETY: computes one register from another.
    unsafe {
        asm!("sxtb16 {}, {}, ror #8", lateout(reg) spread, in(reg) word,
            options(pure, nomem, nostack, preserves_flags));
    }
    spread
}

/// `sum + a.low * b.low + a.high * b.high` (`SMLAD`)
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn add_pair(sum: i32, a: u32, b: u32) -> i32 {
    let result;
    // SAFETY: computes one register from others.
    unsafe {
        asm!("smlad {}, {}, {}, {}", lateout(reg) result, in(reg) a, in(reg) b, in(reg) sum,
            options(pure, nomem, nostack));
    }
    result
}

/// `sum + a.low * b.low` (`SMLABB`)
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn add_low(sum: i32, a: u32, b: u32) -> i32 {
    let result;
    // SAFETY: computes one register from others.
    unsafe {
        asm!("smlabb {}, {}, {}, {}", lateout(reg) result, in(reg) a, in(reg) b, in(reg) sum,
            options(pure, nomem, nostack));
    }
    result
}

/// `sum + a.high * b.high` (`SMLATT`)
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn add_high(sum: i32, a: u32, b: u32) -> i32 {
    let result;
    // SAFETY: computes one register from others.
    unsafe {
        asm!("smlatt {}, {}, {}, {}", lateout(reg) result, in(reg) a, in(reg) b, in(reg) sum,
            options(pure, nomem, nostack));
    }
    result
}

/// `a * b / 2^32`, rounded, ties upward. (`SMMULR`)
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn high_product_rounded(a: i32, b: i32) -> i32 {
    let result;
    // SAFETY: computes one register from others.
    unsafe {
        asm!("smmulr {}, {}, {}", lateout(reg) result, in(reg) a, in(reg) b,
            options(pure, nomem, nostack, preserves_flags));
    }
    result
}

#[cfg(not(dual_multiply))]
fn spread_even(word: u32) -> u32 {
    let bytes = word.to_le_bytes().map(|byte| i16::from(byte.cast_signed()).cast_unsigned());
    u32::from(bytes[0]) | u32::from(bytes[2]) << 16
}

#[cfg(not(dual_multiply))]
fn spread_odd(word: u32) -> u32 {
    spread_even(word.rotate_right(8))
}

#[cfg(not(dual_multiply))]
pub(super) fn add_pair(sum: i32, a: u32, b: u32) -> i32 {
    add_high(add_low(sum, a, b), a, b)
}

#[cfg(not(dual_multiply))]
pub(super) fn add_low(sum: i32, a: u32, b: u32) -> i32 {
    sum.wrapping_add(i32::from(a as i16) * i32::from(b as i16))
}

#[cfg(not(dual_multiply))]
pub(super) fn add_high(sum: i32, a: u32, b: u32) -> i32 {
    add_low(sum, a >> 16, b >> 16)
}

#[cfg(armv6m)]
pub(super) use super::armv6m::high_product_rounded;

#[cfg(not(any(dual_multiply, armv6m)))]
pub(super) fn high_product_rounded(a: i32, b: i32) -> i32 {
    ((i64::from(a) * i64::from(b) + (1 << 31)) >> 32) as i32
}
