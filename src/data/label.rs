//! What can be given as a label.

use nn_core::class::{Class, OutOfRange};
use nn_core::tensor::Tensor;

/// Something that can stand for a label of the type `L`.
///
/// Whole numbers stand for classes, arrays of floats for themselves, and a single float for `[f32; 1]`. Which number of
/// classes is meant follows from the network and the loss that the data set is used with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a label `{L}`",
    note = "classes are given as whole numbers or `Class<CLASSES>`, values as `f32` or arrays such as `[f32; 3]`",
    note = "a network that gives more than one row of scores, such as `[[f32; 10]; 5]`, takes an array of labels, `[Class<10>; 5]`"
)]
pub trait IntoLabel<L>: Copy {
    /// The label.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] if a number is not one of the classes.
    fn into_label(self) -> Result<L, OutOfRange>;
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<const CLASSES: usize> IntoLabel<Class<CLASSES>> for $number {
            fn into_label(self) -> Result<Class<CLASSES>, OutOfRange> {
                match usize::try_from(self) {
                    Ok(index) if index < CLASSES => Class::new(index),
                    _ => Err(OutOfRange { label: i64::try_from(self).unwrap_or(i64::MAX), classes: CLASSES }),
                }
            }
        }
    )*};
}

whole_numbers!(u8, u16, u32, u64, usize, i32, i64);

#[diagnostic::do_not_recommend]
impl<const CLASSES: usize> IntoLabel<Self> for Class<CLASSES> {
    fn into_label(self) -> Result<Self, OutOfRange> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Tensor, const N: usize> IntoLabel<Self> for [T; N] {
    fn into_label(self) -> Result<Self, OutOfRange> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoLabel<[f32; 1]> for f32 {
    fn into_label(self) -> Result<[f32; 1], OutOfRange> {
        Ok([self])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_the_classes_are_refused_as_they_are() {
        let label = |result: Result<Class<10>, OutOfRange>| result.map_err(|error| error.label);
        assert_eq!(label(9u8.into_label()).map(Class::index), Ok(9));
        assert_eq!(label(10u16.into_label()), Err(10));
        assert_eq!(label((-1i32).into_label()), Err(-1));
        assert_eq!(label(i64::MIN.into_label()), Err(i64::MIN));
        assert_eq!(label(u64::MAX.into_label()), Err(i64::MAX));
    }
}
