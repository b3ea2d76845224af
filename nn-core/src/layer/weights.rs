//! Structs of weights, declared without `unsafe`.

/// Declares the struct of a layer's weights: fields that are arrays of floats, or none.
///
/// The struct is laid out as in C and implements [`Plain`](crate::plain::Plain), so that it can be a
/// [`Layer`](crate::layer::Layer), whose tensors are named as the fields; and `Clone`, `PartialEq` and a `Debug` that shows
/// shapes instead of numbers. Its parameters are const ones of type `usize`. Its only attributes are documentation, since
/// others might change the layout.
///
/// ```
/// nn_core::weights! {
///     /// A straight line for each channel.
///     pub struct Line<const C: usize> {
///         /// How steep it is.
///         pub slope: [f32; C],
///         /// How high it is at zero.
///         pub height: [f32; C],
///     }
/// }
///
/// nn_core::weights! {
///     /// A layer without weights.
///     pub struct Turn;
/// }
///
/// use nn_core::plain::Plain;
/// let line = Line { slope: [1.0, 2.0], height: [3.0, 4.0] };
/// assert_eq!(line.floats(), [1.0, 2.0, 3.0, 4.0]);
/// assert_eq!(format!("{line:?}"), "Line { slope: [2], height: [2] }");
/// assert_eq!(Turn::FLOATS, 0);
/// ```
///
/// A field that is no array of floats is an error:
///
/// ```compile_fail,E0277
/// nn_core::weights! {
///     struct Counted<const C: usize> {
///         factor: [f32; C],
///         count: usize,
///     }
/// }
/// ```
#[macro_export]
macro_rules! weights {
    (
        $(#[doc = $documentation:expr])*
        $visibility:vis struct $name:ident $(<$(const $parameter:ident: usize),+ $(,)?>)? {
            $(
                $(#[doc = $field_documentation:expr])*
                $field_visibility:vis $field:ident: $ty:ty
            ),* $(,)?
        }
    ) => {
        $(#[doc = $documentation])*
        #[derive(::core::clone::Clone, ::core::cmp::PartialEq)]
        #[repr(C)]
        $visibility struct $name $(<$(const $parameter: usize),+>)? {
            $(
                $(#[doc = $field_documentation])*
                $field_visibility $field: $ty
            ),*
        }

        // SAFETY: the struct is laid out as in C, and `TENSORS` is there only if each field is an array of floats.
        unsafe impl $(<$(const $parameter: usize),+>)? $crate::plain::Plain for $name $(<$($parameter),+>)? {
            const TENSORS: &'static [$crate::layer::WeightInfo] = &[$(
                $crate::layer::WeightInfo {
                    name: ::core::stringify!($field),
                    shape: <$ty as $crate::tensor::Tensor>::SHAPE,
                    trained: true,
                }
            ),*];
        }

        impl $(<$(const $parameter: usize),+>)? ::core::fmt::Debug for $name $(<$($parameter),+>)? {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let mut shown = formatter.debug_struct(::core::stringify!($name));
                $(let _ = shown.field(::core::stringify!($field), &<$ty as $crate::tensor::Tensor>::SHAPE);)*
                shown.finish()
            }
        }
    };
    (
        $(#[doc = $documentation:expr])*
        $visibility:vis struct $name:ident $(<$(const $parameter:ident: usize),+ $(,)?>)?;
    ) => {
        $crate::weights! {
            $(#[doc = $documentation])*
            $visibility struct $name $(<$(const $parameter: usize),+>)? {}
        }
    };
}
