//! Types that are nothing but floats, and their views as flat slices.

use crate::layer::WeightInfo;

/// A type that consists of `f32` values only.
///
/// Weights, gradients and nested arrays are of this kind, so each of them can be read, filled, saved and updated as one
/// flat slice of floats. A struct of arrays is made one by [`weights!`](crate::weights), without `unsafe`.
///
/// # Safety
///
/// The type must consist of `f32` values and nothing else: no padding, no pointers, no drop code. Its size must be a
/// multiple of four, its alignment at most that of `f32`, and every bit pattern must be a valid value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not consist of floats alone",
    note = "arrays of `f32` do, and structs of them that are declared with `typednet::weights!`"
)]
pub unsafe trait Plain: Sized + 'static {
    /// The value whose every float is zero.
    // SAFETY: all bits zero is a valid value by the contract of the trait.
    const ZERO: Self = unsafe { core::mem::zeroed() };

    /// The fields that [`weights!`](crate::weights) declared.
    #[doc(hidden)]
    const TENSORS: &'static [WeightInfo] = &[];

    /// How many floats the type holds.
    const FLOATS: usize = size_of::<Self>() / size_of::<f32>();

    /// The value as one flat slice, in memory order.
    #[inline(always)]
    fn floats(&self) -> &[f32] {
        flatten(core::slice::from_ref(self))
    }

    /// The value as one flat mutable slice, in memory order.
    #[inline(always)]
    fn floats_mut(&mut self) -> &mut [f32] {
        flatten_mut(core::slice::from_mut(self))
    }
}

// SAFETY: a float is a float.
unsafe impl Plain for f32 {}

// SAFETY: the empty tuple holds zero floats.
unsafe impl Plain for () {}

// SAFETY: an array has no padding between its elements and none of its own.
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}

/// Views `floats` as a value of `T`; `None` if the length is not exactly that of `T`.
#[inline(always)]
pub fn view<T: Plain>(floats: &[f32]) -> Option<&T> {
    if floats.len() != T::FLOATS {
        return None;
    }
    // SAFETY: the length is that of `T`, the alignment of `f32` is enough for `T`, and every bit pattern is valid.
    Some(unsafe { &*floats.as_ptr().cast::<T>() })
}

/// Views `floats` as a mutable value of `T`; `None` if the length is not exactly that of `T`.
#[inline(always)]
pub fn view_mut<T: Plain>(floats: &mut [f32]) -> Option<&mut T> {
    if floats.len() != T::FLOATS {
        return None;
    }
    // SAFETY: as for `view`; the borrow of `floats` is unique.
    Some(unsafe { &mut *floats.as_mut_ptr().cast::<T>() })
}

/// Views a slice of values as one flat slice of floats.
#[inline(always)]
pub fn flatten<T: Plain>(values: &[T]) -> &[f32] {
    if T::FLOATS == 0 {
        // A value of no size need not be aligned for floats.
        return &[];
    }
    // SAFETY: each value is `FLOATS` floats without padding, and slices have no padding between their elements.
    unsafe { core::slice::from_raw_parts(values.as_ptr().cast(), values.len() * T::FLOATS) }
}

/// Views a mutable slice of values as one flat slice of floats.
#[inline(always)]
pub fn flatten_mut<T: Plain>(values: &mut [T]) -> &mut [f32] {
    if T::FLOATS == 0 {
        return &mut [];
    }
    // SAFETY: as for `flatten`; the borrow is unique and every bit pattern written is valid.
    unsafe { core::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), values.len() * T::FLOATS) }
}

/// The bytes of a value, in the byte order of the processor. A constant may call it.
pub const fn bytes_mut<T: Plain>(value: &mut T) -> &mut [u8] {
    // SAFETY: the value is floats without padding, so each of its bytes may be read and written; the borrow is unique.
    unsafe { core::slice::from_raw_parts_mut((value as *mut T).cast(), size_of::<T>()) }
}

/// A value on the heap whose every float is zero. It is never built on the stack, whatever its size.
#[cfg(feature = "alloc")]
pub fn boxed_zeroed<T: Plain>() -> alloc::boxed::Box<T> {
    use alloc::boxed::Box;
    let mut value = Box::<T>::new_uninit();
    // SAFETY: the bytes written lie within the allocation, and all bits zero is a valid value of a plain type.
    unsafe {
        value.as_mut_ptr().write_bytes(0, 1);
        value.assume_init()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_arrays_are_flat_slices() {
        let mut image = [[[1.0f32], [2.0]], [[3.0], [4.0]]];
        assert_eq!(image.floats(), [1.0, 2.0, 3.0, 4.0]);
        image.floats_mut()[3] = 9.0;
        assert_eq!(image[1][1][0], 9.0);
        assert_eq!(<[[f32; 3]; 2]>::FLOATS, 6);
        assert_eq!(<[[f32; 3]; 2]>::ZERO, [[0.0; 3]; 2]);
        assert!(().floats().is_empty());
    }

    #[test]
    fn a_view_needs_the_exact_length() {
        let floats = [1.0f32, 2.0, 3.0, 4.0];
        assert_eq!(view::<[[f32; 2]; 2]>(&floats), Some(&[[1.0, 2.0], [3.0, 4.0]]));
        assert_eq!(view::<[f32; 3]>(&floats), None);
        assert_eq!(flatten(&[[1.0f32, 2.0], [3.0, 4.0]]), floats);
    }
}
