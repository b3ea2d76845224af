//! The outputs of two networks as one, and where it may flow.

use super::averaged::Averaged;
use super::bounds::Holds;
use crate::head::Head;
use crate::loss::Loss;
use crate::metric::Metric;
use crate::plain::{self, Plain};
use crate::quant::Int8Array;
use crate::shape::Shape;
use crate::tensor::Tensor;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Add, Deref, DerefMut, Mul};
use typenum::{Const, Eq, IsEqual, Prod, Sum, ToUInt, U, U1};

/// Two arrays, one behind the other: what [`Parallel`](super::Parallel) gives. It dereferences to all its floats, and turns
/// into an array of as many:
///
/// ```
/// use nn_core::combine::Joined;
///
/// let joined = Joined { left: [1.0f32, 2.0, 3.0], right: [4.0f32, 5.0] };
/// assert_eq!(joined.len(), 5);
/// let array: [f32; 5] = joined.into();
/// assert_eq!(array, [1.0, 2.0, 3.0, 4.0, 5.0]);
/// ```
///
/// The sizes are added up in the type, by `typenum`, whose numbers reach from 0 to 1024 and to some 120 larger ones. An
/// array of another size is an error:
///
/// ```compile_fail,E0277
/// use nn_core::combine::Joined;
///
/// let array: [f32; 6] = Joined { left: [1.0f32, 2.0, 3.0], right: [4.0f32, 5.0] }.into();
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Joined<L, R> {
    /// What the left network gives.
    pub left: L,
    /// What the right network gives.
    pub right: R,
}

// SAFETY: two values that consist of floats; `repr(C)` adds no padding between types of the alignment of a float or less.
unsafe impl<L: Plain, R: Plain> Plain for Joined<L, R> {}

// SAFETY: two values that consist of bytes, whose alignment is 1; `repr(C)` adds no padding between them.
unsafe impl<L: Int8Array, R: Int8Array> Int8Array for Joined<L, R> {}

/// The shape is that of one row of all floats.
impl<L: Tensor, R: Tensor> Tensor for Joined<L, R> {
    const SHAPE: Shape = Shape::new(&[L::FLOATS + R::FLOATS]);
    type Bytes = Joined<L::Bytes, R::Bytes>;
    type Int8 = Joined<L::Int8, R::Int8>;
}

impl<L: Plain, R: Plain> Deref for Joined<L, R> {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        self.floats()
    }
}

impl<L: Plain, R: Plain> DerefMut for Joined<L, R> {
    fn deref_mut(&mut self) -> &mut [f32] {
        self.floats_mut()
    }
}

/// A nested array of floats whose number is a type of `typenum`.
#[diagnostic::on_unimplemented(
    message = "the number of floats in `{Self}` is not known to the compiler's arithmetic",
    note = "sizes that are added up can be 0 to 1024, and some 120 larger numbers such as 2048 and 4096"
)]
pub trait Flat: Tensor {
    /// The number.
    type Length;
}

impl Flat for f32 {
    type Length = U1;
}

impl<T: Flat, const N: usize> Flat for [T; N]
where
    Const<N>: ToUInt,
    U<N>: Mul<T::Length>,
{
    type Length = Prod<U<N>, T::Length>;
}

impl<L: Flat, R: Flat> Flat for Joined<L, R>
where
    L::Length: Add<R::Length>,
{
    type Length = Sum<L::Length, R::Length>;
}

/// Outputs that a network of the input `Input` can take: the same array, or, of [`Joined`] arrays, as many floats in one
/// row.
#[diagnostic::on_unimplemented(
    message = "a network that takes `{Input}` cannot follow one that gives `{Self}`",
    label = "gives `{Self}`, but what follows takes `{Input}`",
    note = "the output of the first network and the input of the second must be the same array",
    note = "outputs that were joined become one row, `[f32; N]`, if their sizes add up to `N` (0 to 1024, and some 120 larger numbers)"
)]
pub trait FlowsInto<Input: Tensor>: Tensor {}

#[diagnostic::do_not_recommend]
impl<T: Tensor, const N: usize> FlowsInto<[T; N]> for [T; N] {}

#[diagnostic::do_not_recommend]
impl<L: Tensor, R: Tensor, const N: usize> FlowsInto<[f32; N]> for Joined<L, R> where Self: SameLength<[f32; N]> {}

#[diagnostic::do_not_recommend]
impl<T: Tensor, L: Tensor, R: Tensor, const N: usize> FlowsInto<Joined<L, R>> for [T; N] where
    Self: SameLength<Joined<L, R>>
{
}

/// As many floats as `Other`.
trait SameLength<Other> {}

impl<A: Flat, B: Flat> SameLength<B> for A
where
    A::Length: IsEqual<B::Length>,
    Eq<A::Length, B::Length>: Holds,
{
}

impl<const L: usize, const R: usize, const N: usize> From<Joined<[f32; L], [f32; R]>> for [f32; N]
where
    Joined<[f32; L], [f32; R]>: FlowsInto<[f32; N]>,
{
    fn from(joined: Joined<[f32; L], [f32; R]>) -> Self {
        *joined.as_array()
    }
}

impl<L: Tensor, R: Tensor> Joined<L, R> {
    /// All floats as one array, where they lie.
    pub fn as_array<const N: usize>(&self) -> &[f32; N]
    where
        Self: FlowsInto<[f32; N]>,
    {
        match plain::view(self.floats()) {
            Some(array) => array,
            None => unreachable!("the bound compares the lengths"),
        }
    }
}

/// The heads of two networks whose outputs, `L` and `R`, are joined.
pub struct JoinedHead<HL, HR, L, R>(PhantomData<(HL, HR, L, R)>);

impl<HL, HR, L, R> Clone for JoinedHead<HL, HR, L, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<HL, HR, L, R> Copy for JoinedHead<HL, HR, L, R> {}

impl<HL, HR, L, R> Default for JoinedHead<HL, HR, L, R> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<HL: Head, HR: Head, L, R> fmt::Debug for JoinedHead<HL, HR, L, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinedHead<{:?}, {:?}>", HL::default(), HR::default())
    }
}

impl<HL: Head, HR: Head, L: Tensor, R: Tensor> Head for JoinedHead<HL, HR, L, R> {
    const IDENTITY: bool = HL::IDENTITY && HR::IDENTITY;

    fn apply(logits: &mut [f32], _axis: usize) {
        let (left, right) = logits.split_at_mut(L::FLOATS);
        HL::apply(left, L::SHAPE.last());
        HR::apply(right, R::SHAPE.last());
    }

    fn backward(outputs: &[f32], gradient: &mut [f32], _axis: usize) {
        let ((left, right), (left_gradient, right_gradient)) =
            (outputs.split_at(L::FLOATS), gradient.split_at_mut(L::FLOATS));
        HL::backward(left, left_gradient, L::SHAPE.last());
        HR::backward(right, right_gradient, R::SHAPE.last());
    }

    fn backward_in_place(outputs: &mut [f32], _axis: usize, slope: impl Fn(usize, f32) -> f32) {
        let (left, right) = outputs.split_at_mut(L::FLOATS);
        HL::backward_in_place(left, L::SHAPE.last(), &slope);
        HR::backward_in_place(right, R::SHAPE.last(), |index, output| slope(L::FLOATS + index, output));
    }
}

impl<HL: Averaged, HR: Averaged, L: Tensor, R: Tensor> Averaged for JoinedHead<HL, HR, L, R> {
    fn add(logits: &[f32], share: f32, sums: &mut [f32], complements: &mut [f32], _axis: usize) {
        let (left, right) = logits.split_at(L::FLOATS);
        let (left_sums, right_sums) = sums.split_at_mut(L::FLOATS);
        let (left_complements, right_complements) = complements.split_at_mut(L::FLOATS);
        HL::add(left, share, left_sums, left_complements, L::SHAPE.last());
        HR::add(right, share, right_sums, right_complements, R::SHAPE.last());
    }

    fn finish(sums: &mut [f32], complements: &[f32]) {
        let ((left, right), (left_complements, right_complements)) =
            (sums.split_at_mut(L::FLOATS), complements.split_at(L::FLOATS));
        HL::finish(left, left_complements);
        HR::finish(right, right_complements);
    }

    fn backward_to_member(member: &mut [f32], share: f32, mean: &[f32], slopes: &[f32], _axis: usize) {
        let (left, right) = member.split_at_mut(L::FLOATS);
        let ((left_mean, right_mean), (left_slopes, right_slopes)) =
            (mean.split_at(L::FLOATS), slopes.split_at(L::FLOATS));
        HL::backward_to_member(left, share, left_mean, left_slopes, L::SHAPE.last());
        HR::backward_to_member(right, share, right_mean, right_slopes, R::SHAPE.last());
    }
}

/// The sum of a loss of the left output and one of the right output, whose labels are a pair.
impl<HL, HR, L, R, LossL, LossR> Loss<JoinedHead<HL, HR, L, R>, Joined<L, R>> for (LossL, LossR)
where
    HL: Head,
    HR: Head,
    L: Tensor,
    R: Tensor,
    LossL: Loss<HL, L>,
    LossR: Loss<HR, R>,
{
    type Label = (LossL::Label, LossR::Label);

    fn sample(&self, logits: &Joined<L, R>, label: &Self::Label, gradient: &mut Joined<L, R>) -> f32 {
        self.0.sample(&logits.left, &label.0, &mut gradient.left)
            + self.1.sample(&logits.right, &label.1, &mut gradient.right)
    }
}

/// A metric of the left of two joined outputs, under a name of its own.
#[derive(Clone, Copy, Debug)]
pub struct LeftMetric<M>(pub &'static str, pub M);

/// A metric of the right of two joined outputs, under a name of its own.
#[derive(Clone, Copy, Debug)]
pub struct RightMetric<M>(pub &'static str, pub M);

impl<L: Tensor, R: Tensor, LabelL, LabelR, M: Metric<L, LabelL>> Metric<Joined<L, R>, (LabelL, LabelR)>
    for LeftMetric<M>
{
    fn name(&self) -> &'static str {
        self.0
    }

    fn sample(&self, output: &Joined<L, R>, label: &(LabelL, LabelR)) -> f64 {
        self.1.sample(&output.left, &label.0)
    }
}

impl<L: Tensor, R: Tensor, LabelL, LabelR, M: Metric<R, LabelR>> Metric<Joined<L, R>, (LabelL, LabelR)>
    for RightMetric<M>
{
    fn name(&self) -> &'static str {
        self.0
    }

    fn sample(&self, output: &Joined<L, R>, label: &(LabelL, LabelR)) -> f64 {
        self.1.sample(&output.right, &label.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::{Linear, Softmax};

    type Pair = Joined<[[f32; 2]; 2], [f32; 3]>;
    type Heads = JoinedHead<Softmax, Linear, [[f32; 2]; 2], [f32; 3]>;

    #[test]
    fn joined_arrays_are_one_row() {
        let joined = Pair { left: [[1.0, 2.0], [3.0, 4.0]], right: [5.0, 6.0, 7.0] };
        assert_eq!(*joined, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        assert_eq!(joined.as_array(), &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        assert_eq!((Pair::FLOATS, Pair::SHAPE), (7, Shape::new(&[7])));
        let nested = Joined { left: joined, right: [8.0f32] };
        assert_eq!(nested.as_array::<8>()[7], 8.0);
    }

    #[test]
    fn each_side_has_its_own_head() {
        let mut joined = Pair { left: [[3.0, 3.0], [0.0, 0.0]], right: [5.0, 6.0, 7.0] };
        Heads::apply(&mut joined, 7);
        assert_eq!(*joined, [0.5, 0.5, 0.5, 0.5, 5.0, 6.0, 7.0]);
        let slope = |index: usize, output: f32| index as f32 + output;
        let mut gradient: [f32; 7] = core::array::from_fn(|index| slope(index, joined[index]));
        Heads::backward(&joined, &mut gradient, 7);
        Heads::backward_in_place(&mut joined, 7, slope);
        assert_eq!(*joined, gradient);
        assert_eq!(gradient, [-0.25, 0.25, -0.25, 0.25, 9.0, 11.0, 13.0]);
    }
}
