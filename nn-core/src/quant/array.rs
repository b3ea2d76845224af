//! Nested arrays of bytes: the inputs and outputs of int8 networks.

/// A nested array of bytes, such as `[i8; 10]` or `[[[i8; 1]; 28]; 28]`.
///
/// # Safety
///
/// The type must consist of `i8` values and nothing else, so that its alignment is 1 and every bit pattern is valid.
pub unsafe trait Int8Array: Copy + Send + Sync + 'static {
    /// The array as one flat slice.
    #[inline(always)]
    fn bytes(&self) -> &[i8] {
        // SAFETY: the value is as many bytes as its size says.
        unsafe { core::slice::from_raw_parts((&raw const *self).cast(), size_of::<Self>()) }
    }

    /// The array as one flat mutable slice.
    #[inline(always)]
    fn bytes_mut(&mut self) -> &mut [i8] {
        // SAFETY: as for `bytes`; the borrow is unique, and every bit pattern written is valid.
        unsafe { core::slice::from_raw_parts_mut((&raw mut *self).cast(), size_of::<Self>()) }
    }

    /// An array of zeros.
    #[inline(always)]
    fn zeros() -> Self {
        // SAFETY: all bits zero is a valid value of bytes.
        unsafe { core::mem::zeroed() }
    }
}

// SAFETY: a byte is a byte.
unsafe impl Int8Array for i8 {}

// SAFETY: an array has no padding between its elements and none of its own.
unsafe impl<T: Int8Array, const N: usize> Int8Array for [T; N] {}

/// Views bytes as a value of `T`; `None` if the length is not exactly that of `T`.
#[inline(always)]
pub(crate) fn view<T: Int8Array>(bytes: &[i8]) -> Option<&T> {
    if bytes.len() != size_of::<T>() {
        return None;
    }
    // SAFETY: the length is that of `T`, whose alignment is 1, and every bit pattern is valid.
    Some(unsafe { &*bytes.as_ptr().cast::<T>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_flat_slices() {
        let mut image = [[1, 2], [3, -4_i8]];
        assert_eq!(image.bytes(), [1, 2, 3, -4]);
        image.bytes_mut()[1] = 7;
        assert_eq!(view::<[[i8; 2]; 2]>(&[1, 7, 3, -4]), Some(&image));
        assert_eq!(view::<[i8; 3]>(&[1, 2]), None);
        assert_eq!(<[i8; 2]>::zeros(), [0, 0]);
    }
}
