//! Memory on the stack, about as much as is asked for.

/// Where a cache line begins.
#[repr(align(64))]
struct Aligned<const LEN: usize>([f32; LEN]);

/// The most floats there are.
pub(super) const MOST: usize = 138 << 10;

/// Calls `work` with `len` floats, at most [`MOST`].
pub(super) fn with_floats(len: usize, work: &mut dyn FnMut(&mut [f32])) {
    // Sizes of their own, since all of an array is filled before it is there.
    match len >> 10 {
        0..16 => filled::<{ 16 << 10 }>(len, work),
        16..24 => filled::<{ 24 << 10 }>(len, work),
        24..50 => filled::<{ 50 << 10 }>(len, work),
        50..80 => filled::<{ 80 << 10 }>(len, work),
        _ => filled::<MOST>(len, work),
    }
}

#[inline(never)]
fn filled<const LEN: usize>(len: usize, work: &mut dyn FnMut(&mut [f32])) {
    let mut floats = Aligned([0.0; LEN]);
    work(&mut floats.0[..len]);
}
