//! What two places see in one word, for processors that multiply whole numbers only: one multiplication by a weight gives
//! the products at both places.
//!
//! The word is `-(second * 2^16 + first)`. Negative, since the sum of two products is then within -32,768 and 32,512, a
//! half, where it would be up to 32,768 otherwise: the products of two weights are added before the halves are taken apart.

use super::places::Four;
use super::spread::Spread;

/// Turns what four places see, spread, to what the first two and the last two of them see: at the first and the second
/// of four weights at the first places, then at the last ones, then the same at the third and the fourth weight.
#[inline(never)]
pub(super) fn pair(places: &mut [[Spread; 4]]) {
    for step in places {
        let [a, b, c, d] = *step;
        *step = [lower(a, b), lower(c, d), upper(a, b), upper(c, d)];
    }
}

/// What two places see at the first two of four weights.
#[inline(always)]
fn lower(first: Spread, second: Spread) -> Spread {
    [0, 1].map(|weight| word(first[weight] as i16, second[weight] as i16))
}

/// The same at the last two.
#[inline(always)]
fn upper(first: Spread, second: Spread) -> Spread {
    [0, 1].map(|weight| word((first[weight] >> 16) as i16, (second[weight] >> 16) as i16))
}

#[inline(always)]
fn word(first: i16, second: i16) -> u32 {
    (i32::from(second).wrapping_shl(16).wrapping_add(i32::from(first))).wrapping_neg().cast_unsigned()
}

/// Adds the products of a filter's weights with what its window sees at four places.
#[inline(never)]
pub(super) fn add(sums: [i32; 4], weights: &[Four], places: &[[Spread; 4]]) -> [i32; 4] {
    let (mut first, mut last) = ([sums[0], sums[1]], [sums[2], sums[3]]);
    for (weights, step) in weights.iter().zip(places) {
        let weights = weights.map(i32::from);
        for (weights, [at_first, at_last]) in weights.as_chunks().0.iter().zip(step.as_chunks().0) {
            first = subtract(first, products(*weights, *at_first));
            last = subtract(last, products(*weights, *at_last));
        }
    }
    [first[0], first[1], last[0], last[1]]
}

/// The products of two weights at two places, in the halves of a word.
#[inline(always)]
fn products(weights: [i32; 2], seen: Spread) -> i32 {
    let [first, second] = [0, 1].map(|weight| seen[weight].cast_signed().wrapping_mul(weights[weight]));
    first.wrapping_add(second)
}

/// Takes the halves of a word from the sums of two places.
#[inline(always)]
fn subtract([first, second]: [i32; 2], products: i32) -> [i32; 2] {
    // A lower half below zero has taken one from the upper half.
    let upper = products.wrapping_add(1 << 15) >> 16;
    [first.wrapping_sub(i32::from(products as i16)), second.wrapping_sub(upper)]
}
