//! What generic code may ask of networks, in words that the compiler repeats where it is not so.

use crate::network::Network;
use crate::tensor::Tensor;
use core::ops::Rem;
use typenum::{B1, Const, Eq, GrEq, IsEqual, IsGreaterOrEqual, Mod, ToUInt, U, U0};

/// The answer yes of a comparison of types.
pub trait Holds {}

impl Holds for B1 {}

/// Arrays of at least `LEAST` values along the last axis, such as scores of at least so many classes.
///
/// ```
/// use nn_core::combine::AtLeast;
/// use nn_core::network::Network;
///
/// /// The second guess, which a network of a single class does not have.
/// fn second<N: Network<Output: AtLeast<2>>>(output: &N::Output) -> usize {
///     # let _ = output;
///     // ..
///     # 0
/// }
///
/// fn classes<Output: AtLeast<3>>() {}
/// classes::<[f32; 10]>();
/// classes::<[[f32; 3]; 8]>(); // a sequence of eight
/// ```
///
/// ```compile_fail,E0277
/// # use nn_core::combine::AtLeast;
/// # fn classes<Output: AtLeast<3>>() {}
/// classes::<[f32; 2]>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known to hold at least {LEAST} values along its last axis",
    label = "not known to be {LEAST} or more",
    note = "sizes that are compared can be 0 to 1024, and some 120 larger numbers such as 2048 and 4096"
)]
pub trait AtLeast<const LEAST: usize>: Tensor {}

#[diagnostic::do_not_recommend]
impl<const SIZE: usize, const LEAST: usize> AtLeast<LEAST> for [f32; SIZE]
where
    Const<SIZE>: ToUInt,
    Const<LEAST>: ToUInt,
    U<SIZE>: IsGreaterOrEqual<U<LEAST>>,
    GrEq<U<SIZE>, U<LEAST>>: Holds,
{
}

#[diagnostic::do_not_recommend]
impl<T: AtLeast<LEAST>, const SIZE: usize, const LEAST: usize> AtLeast<LEAST> for [T; SIZE] {}

/// Arrays whose last axis falls into `BY` equal parts, such as the heads of an attention.
///
/// ```
/// use nn_core::combine::DivisibleBy;
///
/// fn heads<Sequence: DivisibleBy<4>>() {}
/// heads::<[[f32; 64]; 100]>();
/// ```
///
/// ```compile_fail,E0277
/// # use nn_core::combine::DivisibleBy;
/// # fn heads<Sequence: DivisibleBy<4>>() {}
/// heads::<[[f32; 66]; 100]>();
/// ```
#[diagnostic::on_unimplemented(
    message = "the last axis of `{Self}` is not known to fall into {BY} equal parts",
    label = "not known to be divisible by {BY}",
    note = "sizes that are divided can be 0 to 1024, and some 120 larger numbers such as 2048 and 4096"
)]
pub trait DivisibleBy<const BY: usize>: Tensor {}

#[diagnostic::do_not_recommend]
impl<const SIZE: usize, const BY: usize> DivisibleBy<BY> for [f32; SIZE]
where
    Const<SIZE>: ToUInt,
    Const<BY>: ToUInt,
    U<SIZE>: Rem<U<BY>>,
    Mod<U<SIZE>, U<BY>>: IsEqual<U0>,
    Eq<Mod<U<SIZE>, U<BY>>, U0>: Holds,
{
}

#[diagnostic::do_not_recommend]
impl<T: DivisibleBy<BY>, const SIZE: usize, const BY: usize> DivisibleBy<BY> for [T; SIZE] {}

/// Networks that take what another network takes, so that both can be asked about the same sample.
///
/// ```
/// use nn_core::combine::SameInput;
/// use nn_core::network::Network;
///
/// /// How far two networks are apart.
/// fn distance<A: Network, B: SameInput<A>>(a: &A, b: &B, input: &A::Input) -> f32 {
///     # let _ = (a, b, input);
///     // ..
///     # 0.0
/// }
/// ```
pub trait SameInput<Other: Network>: Network {}

impl<A: Network, B: Network> SameInput<A> for B where B::Input: SameArray<A::Input> {}

/// The same type: the bound behind [`SameInput`], for the sake of its words.
///
/// ```compile_fail,E0277
/// fn same<A, B>() where A: nn_core::combine::SameArray<B> {}
/// same::<[f32; 3], [f32; 4]>();
/// ```
#[diagnostic::on_unimplemented(
    message = "networks side by side must take the same input, but one takes `{Other}` and the other `{Self}`",
    label = "takes `{Self}` instead of `{Other}`"
)]
pub trait SameArray<Other> {}

impl<T> SameArray<T> for T {}
