//! What is known of the sums of a form, in a byte that no file holds: whether few instructions turn them into bytes, as those that
//! layers usually have, and in which order their weights lie.

use super::Multiplier;

/// The mark of sums that are usual ones.
pub(super) const USUAL: i8 = 1;
/// The mark of sums whose weights lie in words; see [`Order`](super::kernel::Order). The bits from `WORDS_BEGIN` on say how many
/// words of slack are before them.
const IN_WORDS: i8 = 2;
const WORDS_BEGIN: u32 = 2;

/// The mark of sums whose weights lie in words, so many bytes after the beginning of the slack.
#[cfg(feature = "alloc")]
pub(super) const fn words_from(begin: usize) -> i8 {
    IN_WORDS | ((begin / size_of::<i32>()) as i8) << WORDS_BEGIN
}

/// How many bytes after the beginning of the slack weights in words begin; none if they lie in another order.
pub(super) const fn words_begin(marks: i8) -> Option<usize> {
    if marks & IN_WORDS == 0 { None } else { Some((marks >> WORDS_BEGIN) as usize % 16 * size_of::<i32>()) }
}

/// The sums' bound: less than half of it from the products, and from what a sum begins with.
const BOUND: u32 = 1 << 30;
/// The most products, each at most 2^14, that stay within half the bound.
const MOST_PRODUCTS: usize = (BOUND / 2) as usize >> 14;
/// The zero point fits above so many bits, within the bound.
const MOST_RIGHT: u32 = 22;

/// Where a form has the constants of sums: by how many bytes from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SumsPlaces {
    /// How many sums there are.
    pub outputs: usize,
    /// The products of each of them.
    pub products: usize,
    /// Their weights, bytes, in the order of files.
    pub kernel: usize,
    /// The bytes before them that weights in words may take; none if they cannot lie in words.
    pub slack: usize,
    /// What they begin with, words.
    pub bias: usize,
    /// Their multipliers.
    pub multipliers: usize,
    /// The lowest and the highest byte of the output.
    pub bounds: usize,
}

impl SumsPlaces {
    /// What is known of the sums of a form whose weights lie in the order of files.
    ///
    /// # Safety
    ///
    /// At these places from the beginning of the form on lie initialized words, multipliers and bytes, which nobody writes
    /// meanwhile.
    pub(crate) const unsafe fn marks(&self, form: *const u8) -> i8 {
        // SAFETY: the contract of this function.
        let (bias, multipliers, bounds) = unsafe {
            (
                core::slice::from_raw_parts(form.add(self.bias).cast::<i32>(), self.outputs),
                core::slice::from_raw_parts(form.add(self.multipliers).cast::<Multiplier>(), self.outputs),
                *form.add(self.bounds).cast::<[i8; 2]>(),
            )
        };
        marks(self.products, bias, multipliers, bounds)
    }
}

/// [`USUAL`] or nothing, as [`are_usual`] says.
pub(super) const fn marks(products: usize, bias: &[i32], multipliers: &[Multiplier], bounds: [i8; 2]) -> i8 {
    if are_usual(products, bias, multipliers, bounds) { USUAL } else { 0 }
}

/// Whether sums of so many products are small, all their multipliers shift to the right and not too far, and every byte is
/// within the bounds.
pub(super) const fn are_usual(products: usize, bias: &[i32], multipliers: &[Multiplier], bounds: [i8; 2]) -> bool {
    let mut usual = products <= MOST_PRODUCTS && bounds[0] == i8::MIN && bounds[1] == i8::MAX;
    let mut channel = 0;
    while channel < bias.len() {
        usual &= bias[channel].unsigned_abs() < BOUND / 2;
        channel += 1;
    }
    let mut channel = 0;
    while channel < multipliers.len() {
        let right = multipliers[channel].shift().wrapping_neg();
        usual &= 1 <= right && right <= MOST_RIGHT as i32;
        channel += 1;
    }
    usual
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_not_usual() {
        let multiplier = |shift| Multiplier::from_parts(1 << 30, shift).unwrap();
        let (one, all) = ([multiplier(-1)], [-128, 127]);
        assert!(are_usual(MOST_PRODUCTS, &[(1 << 29) - 1, 1 - (1 << 29)], &one, all));
        assert!(!are_usual(MOST_PRODUCTS + 1, &[0], &one, all));
        assert!(!are_usual(1, &[0, 1 << 29], &one, all));
        assert!(!are_usual(1, &[i32::MIN], &one, all));
        assert!(!are_usual(1, &[0], &one, [-128, 126]));
        assert!(!are_usual(1, &[0], &one, [-127, 127]));
        for (shift, usual) in [(-31, false), (-23, false), (-22, true), (0, false), (1, false)] {
            assert_eq!(are_usual(1, &[0, 0], &[multiplier(-1), multiplier(shift)], all), usual, "{shift}");
        }
    }
}
