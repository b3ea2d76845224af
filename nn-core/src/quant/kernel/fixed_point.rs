//! Exponential, logistic and hyperbolic tangent in fixed point, bit for bit as gemmlowp has them.
//!
//! A number in `Q<n>` stands for `raw * 2^(n - 31)`, within `[-2^n, 2^n)`. The source of the algorithms and of their
//! constants is gemmlowp's `fixedpoint/fixedpoint.h`.

use crate::quant::multiplier::{divide_by_power_of_two, doubling_high_product as product};

/// `2 exponent` times a number, cut to the range; `exponent` 1 to 30.
#[inline(always)]
const fn shifted(x: i32, exponent: u32) -> i32 {
    let wide = (x as i64) << exponent;
    if wide > i32::MAX as i64 {
        i32::MAX
    } else if wide < i32::MIN as i64 {
        i32::MIN
    } else {
        wide as i32
    }
}

/// `exp(x)` in Q0 for `x` of -1/4 to 0 in Q0, by the powers of `x + 1/8` up to the fourth.
#[inline(always)]
const fn exponential_of_quarter(x: i32) -> i32 {
    const EXP_OF_MINUS_EIGHTH: i32 = 1_895_147_668;
    const THIRD: i32 = 715_827_883;
    let x = x.wrapping_add(1 << 28);
    let square = product(x, x);
    let (cube, fourth) = (product(square, x), product(square, square));
    let quarter = divide_by_power_of_two(fourth, 2);
    let higher = divide_by_power_of_two(product(quarter.wrapping_add(cube), THIRD).wrapping_add(square), 1);
    EXP_OF_MINUS_EIGHTH.wrapping_add(product(EXP_OF_MINUS_EIGHTH, x.wrapping_add(higher)))
}

/// `exp(x)` in Q0 for `x` up to 0 in `Q<bits>`, with `bits` of 4 or 5.
#[inline(always)]
pub(super) const fn exponential(x: i32, bits: u32) -> i32 {
    /// `exp(-2^k)` in Q0, `k` from -2 on.
    const FACTORS: [i32; 7] = [1_672_461_947, 1_302_514_674, 790_015_084, 290_630_308, 39_332_535, 720_401, 242];
    if x == 0 {
        return i32::MAX;
    }
    let quarter = 1 << (29 - bits);
    let rest = (x & (quarter - 1)) - quarter;
    let mut result = exponential_of_quarter(shifted(rest, bits));
    let multiple = rest.wrapping_sub(x);
    let mut index = 0;
    while index < bits as usize + 2 && index < FACTORS.len() {
        if multiple & quarter << index != 0 {
            result = product(result, FACTORS[index]);
        }
        index += 1;
    }
    result
}

/// `2 / (1 + x)` in Q2 for `x` of 0 to 1 in Q0, by three steps of Newton's method.
#[inline(always)]
const fn twice_reciprocal(x: i32) -> i32 {
    const FORTY_EIGHT_SEVENTEENTHS: i32 = 1_515_870_810;
    const MINUS_THIRTY_TWO_SEVENTEENTHS: i32 = -1_010_580_540;
    // The sum is positive, so adding one rounds the half up.
    let half = ((x as i64 + i32::MAX as i64 + 1) / 2) as i32;
    let mut y = FORTY_EIGHT_SEVENTEENTHS.wrapping_add(product(half, MINUS_THIRTY_TWO_SEVENTEENTHS));
    let mut step = 0;
    while step < 3 {
        let missing = (1_i32 << 29).wrapping_sub(product(half, y));
        y = y.wrapping_add(shifted(product(y, missing), 2));
        step += 1;
    }
    y
}

/// `1 / (1 + x)` in Q0 for `x` of 0 to 1 in Q0.
#[inline(always)]
pub(super) const fn reciprocal(x: i32) -> i32 {
    shifted(twice_reciprocal(x), 1)
}

/// `1 / (1 + exp(-x))` in Q0, for `x` in Q4.
pub(in crate::quant) const fn logistic(x: i32) -> i32 {
    if x == 0 {
        return 1 << 30;
    }
    let positive = reciprocal(exponential(if x > 0 { x.wrapping_neg() } else { x }, 4));
    if x > 0 { positive } else { i32::MAX - positive }
}

/// `tanh(x)` in Q0, for `x` in Q4.
pub(in crate::quant) const fn tanh(x: i32) -> i32 {
    if x == 0 {
        return 0;
    }
    // The same bits in Q5 are twice the number.
    let exponential = exponential(if x > 0 { x.wrapping_neg() } else { x }, 5);
    let positive = shifted(twice_reciprocal(exponential).wrapping_sub(1 << 29), 2);
    if x > 0 { positive } else { positive.wrapping_neg() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: f64 = 2_147_483_648.0;

    /// The series is off by up to `(1/8)^5 / 5!` of the exponential, 2.6e-7; the steps lose some twenty units of 2^-31.
    #[test]
    fn functions_are_near_those_of_real_numbers() {
        for step in 1..=2000 {
            let raw = (-15.9 / 16.0 * ONE * f64::from(step) / 2000.0) as i32;
            let x = f64::from(raw) * 16.0 / ONE;
            let near = |found: i32, expected: f64, exponential: f64| {
                let error = (f64::from(found) / ONE - expected).abs();
                assert!(error < 3e-7 * exponential + 1e-8, "{x}: {found}, {expected}");
            };
            let (e, square) = (x.exp(), (2.0 * x).exp());
            near(exponential(raw, 4), e, e);
            near(exponential(raw, 5), square, square);
            near(logistic(raw), e / (1.0 + e), e);
            near(logistic(-raw), 1.0 / (1.0 + e), e);
            near(tanh(raw), x.tanh(), 2.0 * square);
            near(tanh(-raw), -x.tanh(), 2.0 * square);
        }
        assert_eq!((exponential(0, 5), logistic(0), tanh(0)), (i32::MAX, 1 << 30, 0));
    }
}
