//! Arrays of half floats.

/// A type that consists of half floats, as the bits of `u16` values.
///
/// # Safety
///
/// The type must consist of `u16` values and nothing else: it has their alignment, and every bit pattern is valid.
pub unsafe trait HalfArray: Sized + Send + Sync + 'static {
    /// The array as one flat slice.
    #[inline(always)]
    fn halves(&self) -> &[u16] {
        // SAFETY: the value is as many words as its size says, of their alignment.
        unsafe { core::slice::from_raw_parts((&raw const *self).cast(), size_of::<Self>() / size_of::<u16>()) }
    }

    /// The array as one flat mutable slice.
    #[inline(always)]
    fn halves_mut(&mut self) -> &mut [u16] {
        // SAFETY: as for `halves`; the borrow is unique, and every bit pattern written is valid.
        unsafe { core::slice::from_raw_parts_mut((&raw mut *self).cast(), size_of::<Self>() / size_of::<u16>()) }
    }
}

// SAFETY: a word is a word.
unsafe impl HalfArray for u16 {}

// SAFETY: an array has no padding between its elements and none of its own.
unsafe impl<T: HalfArray, const N: usize> HalfArray for [T; N] {}

/// The half floats of two networks, one behind the other.
#[derive(Debug)]
#[repr(C)]
pub struct Both<A, B> {
    first: A,
    second: B,
}

// SAFETY: two values that consist of words; `repr(C)` adds no padding between types of the same alignment.
unsafe impl<A: HalfArray, B: HalfArray> HalfArray for Both<A, B> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_flat_slices() {
        let mut both = Both { first: [[1, 2], [3, 4]], second: [5] };
        assert_eq!(both.halves(), [1, 2, 3, 4, 5]);
        both.halves_mut()[4] = 7;
        assert_eq!(both.second, [7]);
        assert_eq!([0_u16; 0].halves(), []);
    }
}
