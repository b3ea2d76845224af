//! What the tests of declared networks have in common.

#![allow(dead_code, unreachable_pub, reason = "each test is a crate of its own that uses a part of it")]

pub mod batch;
pub mod golden;

use typednet::random::Random;

/// Numbers from `low` up to `high`.
pub fn uniform(random: &mut Random, count: usize, low: f32, high: f32) -> Vec<f32> {
    (0..count).map(|_| low + (high - low) * random.uniform()).collect()
}

/// Checks that numbers are those expected, but for a part of the largest one's magnitude.
#[track_caller]
pub fn assert_close(what: &str, found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len(), "{what}: the number of values");
    let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs();
        assert!(
            error <= tolerance * largest,
            "{what}: value {index} is {found}, expected {expected}; the error is {} of the largest value",
            error / largest
        );
    }
}
