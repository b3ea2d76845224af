//! What is random in training: the order of the samples, and the keys that dropout draws from. Both are functions of the
//! seed and of how far training has come, so that training goes on with the same bits after an interruption.

use nn_core::random::Random;

/// What separates the streams of shuffles from those that initial weights of the same seed are drawn from.
const SHUFFLES: u64 = 1 << 40;

/// Writes the numbers from zero on in a random order.
pub(super) fn shuffle(order: &mut [u32], seed: u64, epoch: u64) {
    let mut random = Random::new(seed, SHUFFLES.wrapping_add(epoch));
    for (row, place) in (0..).zip(order.iter_mut()) {
        *place = row;
    }
    random.shuffle(order);
}

/// The key of a step: a number that no other step of the same seed has.
pub(super) fn key(seed: u64, step: u64) -> u64 {
    mix(mix(seed).wrapping_add(step))
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood 2014): a permutation of 64-bit numbers that changes half of the bits
/// when one is changed.
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(len: usize, seed: u64, epoch: u64) -> Vec<u32> {
        let mut order = vec![0; len];
        shuffle(&mut order, seed, epoch);
        order
    }

    #[test]
    fn an_order_is_a_permutation_of_its_own_for_each_seed_and_epoch() {
        for len in [0, 1, 2, 5, 100] {
            let mut sorted = order(len, 3, 4);
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..len as u32));
        }
        assert_eq!(order(50, 1, 2), order(50, 1, 2));
        assert_ne!(order(50, 1, 2), order(50, 1, 3));
        assert_ne!(order(50, 1, 2), order(50, 2, 2));
    }

    #[test]
    fn mix_is_split_mix() {
        // The first numbers of SplitMix64 from seed 1234567, as its authors' program prints them.
        let mut state = 1_234_567u64;
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        for number in expected {
            assert_eq!(mix(state), number);
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        }
        assert_ne!(key(0, 1), key(1, 0));
    }
}
