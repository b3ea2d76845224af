//! Half floats: IEEE 754's binary16, a sign, five bits of exponent and ten of fraction, as the bits of a `u16`.
//!
//! They reach to 65,504 on both sides. From 2^-14 on they are within 2^-11 of the number that they stand for, relative to
//! it; smaller ones are within 2^-25, as they are.

use super::{Isa, Job};

/// The largest finite half float.
pub const MAX: f32 = 65_504.0;

/// The float of the same value: every half float is one.
#[inline(always)]
pub const fn to_f32(half: u16) -> f32 {
    let (sign, size) = ((half as u32 & 0x8000) << 16, half as u32 & 0x7fff);
    // With the fraction where a float has it the exponent counts from another number, 112 lower. The product is exact,
    // also for numbers without an exponent.
    let float = f32::from_bits(size << 13) * f32::from_bits((127 + 112) << 23);
    // Infinity and what is not a number have the highest exponent in both.
    let highest = if size >= 0x7c00 { 0x7f80_0000 } else { 0 };
    f32::from_bits(float.to_bits() | highest | sign)
}

/// The nearest half float; of two that are as near, the one whose last bit is zero. From 65,520 on that is infinity.
#[inline(always)]
pub const fn from_f32(float: f32) -> u16 {
    let (sign, size) = ((float.to_bits() >> 16) as u16 & 0x8000, float.to_bits() & 0x7fff_ffff);
    if size > 0x7f80_0000 {
        return sign | 0x7e00;
    }
    if size >= to_bits_of_power(16) {
        return sign | 0x7c00;
    }
    if size < to_bits_of_power(-14) {
        // The last bit of floats from a half to one is worth 2^-24, as that of the smallest half floats: the addition
        // rounds to it.
        let sum = f32::from_bits(size) + 0.5;
        return sign | (sum.to_bits() - 0.5_f32.to_bits()) as u16;
    }
    let is_odd = (size >> 13) & 1;
    // What is more than half of the last bit, or half of it where that bit is one, carries.
    let rounded = size - (112 << 23) + 0xfff + is_odd;
    sign | (rounded >> 13) as u16
}

/// The bits of 2^`exponent`.
const fn to_bits_of_power(exponent: i32) -> u32 {
    ((127 + exponent) as u32) << 23
}

/// Writes half floats as floats: as many as both slices have.
#[derive(Debug)]
pub struct Widen<'a> {
    /// The half floats.
    pub from: &'a [u16],
    /// Where the floats go.
    pub to: &'a mut [f32],
}

impl Job for Widen<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        for (from, to) in self.from.chunks(I::LANES).zip(self.to.chunks_mut(I::LANES)) {
            let vector = if from.len() == I::LANES { isa.load_f16(from) } else { isa.load_f16_partial(from) };
            isa.store_some(vector, to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Level;
    use std::vec::Vec;

    /// The value of a half float by the definition of the format.
    fn defined(half: u16) -> f64 {
        let (exponent, fraction) = (i32::from(half >> 10 & 31), f64::from(half & 1023));
        let size = match exponent {
            31 if fraction == 0.0 => f64::INFINITY,
            31 => f64::NAN,
            0 => fraction * 2.0_f64.powi(-24),
            _ => (1024.0 + fraction) * 2.0_f64.powi(exponent - 25),
        };
        if half & 0x8000 == 0 { size } else { -size }
    }

    #[test]
    fn every_half_float_is_the_float_of_its_definition() {
        for half in 0..=u16::MAX {
            let (found, expected) = (to_f32(half), defined(half) as f32);
            assert_eq!(found.is_nan(), expected.is_nan(), "{half:#06x}");
            assert!(found.is_nan() || found.to_bits() == expected.to_bits(), "{half:#06x} is {found}, not {expected}");
        }
    }

    #[test]
    fn every_half_float_comes_back_from_its_float() {
        for half in 0..=u16::MAX {
            let back = from_f32(to_f32(half));
            assert!(
                back == half || to_f32(half).is_nan() && to_f32(back).is_nan(),
                "{half:#06x} came back {back:#06x}"
            );
        }
    }

    #[test]
    fn floats_between_two_half_floats_go_to_the_nearer_one_and_from_the_middle_to_the_even_one() {
        for low in 0..0x7bff_u16 {
            let (below, above) = (to_f32(low), to_f32(low + 1));
            // The middle of two half floats is a float.
            let middle = below + (above - below) / 2.0;
            let even = if low % 2 == 0 { low } else { low + 1 };
            for (float, expected) in [(middle.next_down(), low), (middle, even), (middle.next_up(), low + 1)] {
                assert_eq!(from_f32(float), expected, "{float:e}");
                assert_eq!(from_f32(-float), expected | 0x8000, "{float:e}");
            }
        }
    }

    #[test]
    fn what_no_half_float_reaches_is_infinite() {
        assert_eq!((from_f32(MAX), to_f32(0x7bff)), (0x7bff, MAX));
        for (float, expected) in [
            (65_520.0_f32.next_down(), 0x7bff),
            (65_520.0, 0x7c00),
            (65_536.0, 0x7c00),
            (f32::MAX, 0x7c00),
            (f32::INFINITY, 0x7c00),
            (f32::NEG_INFINITY, 0xfc00),
            (2.0_f32.powi(-25), 0),
            (2.0_f32.powi(-25).next_up(), 1),
            (f32::MIN_POSITIVE, 0),
            (-f32::MIN_POSITIVE, 0x8000),
            (f32::from_bits(1), 0),
            (-0.0, 0x8000),
        ] {
            assert_eq!(from_f32(float), expected, "{float:e}");
        }
        for nan in [f32::NAN, -f32::NAN, f32::from_bits(0x7f80_0001)] {
            assert!(to_f32(from_f32(nan)).is_nan());
        }
    }

    #[test]
    fn every_instruction_set_widens_all_half_floats_alike() {
        let halves: Vec<u16> = (0..=u16::MAX).collect();
        for level in Level::available() {
            // The last vectors are partial ones, and one value is too many for the slice of half floats.
            for begin in [0, 0xffef, 0xfff6, 0xfff9, 0xffff, 0x10000] {
                let mut floats = std::vec![7.0; halves.len() - begin + 1];
                level.run(Widen { from: &halves[begin..], to: &mut floats });
                for (&half, &found) in halves[begin..].iter().zip(&floats) {
                    let expected = to_f32(half);
                    let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
                    assert!(same, "{level:?}: {half:#06x} became {found}");
                }
            }
        }
    }
}
