//! The rules of [`rule`](super::rule) once more, in the compiler's type arithmetic: `typenum`'s numbers instead of `usize`,
//! traits instead of `const fn`s.
//!
//! They are for generic code, which cannot compute with const generics, and are a second opinion: both are written
//! independently of each other, and a test compares them for thousands of arguments. A layer that breaks a rule does not
//! implement [`Rule`] for that input, so that a bound is all it takes:
//!
//! ```
//! use nn_core::shape::type_level::{Conv2d, Flat, Flatten, Image, Known, Output, Pool2d, Rule, Valid, Window};
//! use typenum::{U, U1, U2, U3, U32};
//!
//! type Conv = Conv2d<U32, Window<U3, U1, U1, Valid>>;
//! type Pool = Pool2d<Window<U2, U2, U1, Valid>>;
//!
//! /// The floats behind convolution and pool, for images of any shape on which they fit.
//! const fn floats<Input>() -> usize
//! where
//!     Conv: Rule<Input>,
//!     Pool: Rule<Output<Conv, Input>>,
//!     Output<Pool, Output<Conv, Input>>: Known,
//! {
//!     <Output<Pool, Output<Conv, Input>>>::SHAPE.len()
//! }
//!
//! assert_eq!(floats::<Image<U<28>, U<28>, U1>>(), 13 * 13 * 32);
//! ```
//!
//! Here the image is smaller than the window:
//!
//! ```compile_fail,E0277
//! # use nn_core::shape::type_level::{Conv2d, Image, Rule, Valid, Window};
//! # use typenum::{U1, U2, U3, U32};
//! fn fits<Input>() where Conv2d<U32, Window<U3, U1, U1, Valid>>: Rule<Input> {}
//! fits::<Image<U2, U2, U1>>();
//! ```
//!
//! `U<N>` of a const generic `N` exists for 0 to 1024 and some 120 larger numbers. That is a limit of what is written
//! down; results can be any number.

/// The crate of the numbers, in the version that is meant here.
pub use typenum;

use super::Shape;
use core::marker::PhantomData;
use core::ops::{Add, Div, Mul, Rem, Sub};
use typenum::{B1, Diff, Eq, IsEqual, Mod, NonZero, Prod, Quot, Sub1, Sum, U0, U1, Unsigned};

/// The shape of a layer's output, given that of its input.
#[diagnostic::on_unimplemented(
    message = "this layer does not fit an input of this shape",
    note = "a window must fit the image, sizes and strides must not be zero, and groups must divide channels and filters"
)]
pub trait Rule<Input> {
    /// The shape that comes out.
    type Output: Known;
}

/// The shape that comes out of a layer.
pub type Output<Layer, Input> = <Layer as Rule<Input>>::Output;

/// A shape whose sizes are types.
pub trait Known {
    /// The same shape as a value.
    const SHAPE: Shape;
    /// The number of values: a number of `typenum`.
    type Length;
}

/// One row of `N` values.
#[derive(Debug)]
pub struct Flat<N>(PhantomData<N>);

/// An image of height `H`, width `W` and `C` channels.
#[derive(Debug)]
pub struct Image<H, W, C>(PhantomData<(H, W, C)>);

impl<N: Unsigned> Known for Flat<N> {
    const SHAPE: Shape = Shape::new(&[N::USIZE]);
    type Length = N;
}

impl<H: Unsigned + Mul<W>, W: Unsigned, C: Unsigned> Known for Image<H, W, C>
where
    Prod<H, W>: Mul<C>,
{
    const SHAPE: Shape = Shape::new(&[H::USIZE, W::USIZE, C::USIZE]);
    type Length = Prod<Prod<H, W>, C>;
}

/// The window stays inside the image.
#[derive(Debug)]
pub struct Valid;

/// The image is extended as evenly as possible.
#[derive(Debug)]
pub struct Same;

/// A square window: its size, stride, dilation, and [`Valid`] or [`Same`]. A window that is not square is a pair of them,
/// for the rows and for the columns.
#[derive(Debug)]
pub struct Window<Kernel, Stride, Dilation, Padding>(PhantomData<(Kernel, Stride, Dilation, Padding)>);

/// The number of positions of a window along an axis of `Size` pixels.
pub trait Positions<Size> {
    /// The number.
    type Output: Unsigned + NonZero;
}

type PositionsOf<Window, Size> = <Window as Positions<Size>>::Output;

/// The pixels that a window spans: `(Kernel - 1) * Dilation + 1`.
type Extent<Kernel, Dilation> = Sum<Prod<Sub1<Kernel>, Dilation>, U1>;

/// `(Size - Extent) / Stride + 1`, rounded down. There is no difference where the window does not fit.
impl<Size, Kernel, Stride, Dilation> Positions<Size> for Window<Kernel, Stride, Dilation, Valid>
where
    Kernel: NonZero + Sub<B1>,
    Dilation: NonZero,
    Sub1<Kernel>: Mul<Dilation>,
    Prod<Sub1<Kernel>, Dilation>: Add<U1>,
    Size: Sub<Extent<Kernel, Dilation>>,
    Diff<Size, Extent<Kernel, Dilation>>: Div<Stride>,
    Quot<Diff<Size, Extent<Kernel, Dilation>>, Stride>: Add<U1>,
    Sum<Quot<Diff<Size, Extent<Kernel, Dilation>>, Stride>, U1>: Unsigned + NonZero,
{
    type Output = Sum<Quot<Diff<Size, Extent<Kernel, Dilation>>, Stride>, U1>;
}

/// `Size / Stride`, rounded up: `(Size + Stride - 1) / Stride`.
impl<Size, Kernel, Stride, Dilation> Positions<Size> for Window<Kernel, Stride, Dilation, Same>
where
    Kernel: NonZero,
    Dilation: NonZero,
    Stride: NonZero + Sub<B1>,
    Size: Add<Sub1<Stride>>,
    Sum<Size, Sub1<Stride>>: Div<Stride>,
    Quot<Sum<Size, Sub1<Stride>>, Stride>: Unsigned + NonZero,
{
    type Output = Quot<Sum<Size, Sub1<Stride>>, Stride>;
}

/// What is left of an image when a window has slid over it: its height and width.
pub trait Slides<H, W> {
    /// The height.
    type Height: Unsigned + NonZero;
    /// The width.
    type Width: Unsigned + NonZero;
}

impl<H, W, Kernel, Stride, Dilation, Padding> Slides<H, W> for Window<Kernel, Stride, Dilation, Padding>
where
    Self: Positions<H> + Positions<W>,
{
    type Height = PositionsOf<Self, H>;
    type Width = PositionsOf<Self, W>;
}

impl<H, W, Rows: Positions<H>, Columns: Positions<W>> Slides<H, W> for (Rows, Columns) {
    type Height = PositionsOf<Rows, H>;
    type Width = PositionsOf<Columns, W>;
}

/// An image as a window leaves it, with `C` channels.
type Slid<Window, H, W, C> = Image<<Window as Slides<H, W>>::Height, <Window as Slides<H, W>>::Width, C>;

/// Numbers that a number divides.
pub trait Divides<Number> {}

impl<Number: Rem<By>, By> Divides<Number> for By
where
    Mod<Number, By>: IsEqual<U0>,
    Eq<Mod<Number, By>, U0>: Yes,
{
}

/// The answer yes of a comparison.
pub trait Yes {}

impl Yes for B1 {}

/// `Dense(Units)`: a flat input, `Units` values out.
#[derive(Debug)]
pub struct Dense<Units>(PhantomData<Units>);

impl<N, Units: Unsigned + NonZero> Rule<Flat<N>> for Dense<Units> {
    type Output = Flat<Units>;
}

/// `Conv2d(Filters, ..)`: an image, one channel for each filter out. `Groups` divides channels and filters.
#[derive(Debug)]
pub struct Conv2d<Filters, Window, Groups = U1>(PhantomData<(Filters, Window, Groups)>);

impl<H, W, C, Filters, Window, Groups> Rule<Image<H, W, C>> for Conv2d<Filters, Window, Groups>
where
    Window: Slides<H, W>,
    Filters: Unsigned + NonZero,
    Groups: Divides<C> + Divides<Filters>,
    Slid<Window, H, W, Filters>: Known,
{
    type Output = Slid<Window, H, W, Filters>;
}

/// `DepthwiseConv2d(.., multiplier = Multiplier)`: an image, `Multiplier` channels for each of its channels out.
#[derive(Debug)]
pub struct DepthwiseConv2d<Window, Multiplier = U1>(PhantomData<(Window, Multiplier)>);

impl<H, W, C, Window, Multiplier> Rule<Image<H, W, C>> for DepthwiseConv2d<Window, Multiplier>
where
    Window: Slides<H, W>,
    C: Mul<Multiplier>,
    Prod<C, Multiplier>: NonZero,
    Slid<Window, H, W, Prod<C, Multiplier>>: Known,
{
    type Output = Slid<Window, H, W, Prod<C, Multiplier>>;
}

/// `MaxPool2d` and `AvgPool2d`: an image, a smaller one of as many channels out.
#[derive(Debug)]
pub struct Pool2d<Window>(PhantomData<Window>);

impl<H, W, C, Window> Rule<Image<H, W, C>> for Pool2d<Window>
where
    Window: Slides<H, W>,
    C: NonZero,
    Slid<Window, H, W, C>: Known,
{
    type Output = Slid<Window, H, W, C>;
}

/// `GlobalAvgPool2d` and `GlobalMaxPool2d`: an image, one value for each channel out.
#[derive(Debug)]
pub struct GlobalPool2d;

impl<H, W, C: Unsigned> Rule<Image<H, W, C>> for GlobalPool2d {
    type Output = Flat<C>;
}

/// `Flatten`: anything, the same values as one row out.
#[derive(Debug)]
pub struct Flatten;

impl<Input: Known<Length: Unsigned>> Rule<Input> for Flatten {
    type Output = Flat<Input::Length>;
}

/// `Reshape(Target)`: anything, the same values in another shape out.
#[derive(Debug)]
pub struct Reshape<Target>(PhantomData<Target>);

impl<Input, Target> Rule<Input> for Reshape<Target>
where
    Input: Known<Length: IsEqual<Target::Length>>,
    Target: Known<Length: NonZero>,
    Eq<Input::Length, Target::Length>: Yes,
{
    type Output = Target;
}

/// A layer that works on each value or along the last axis, and keeps the shape.
#[derive(Debug)]
pub struct Keep;

impl<Input: Known> Rule<Input> for Keep {
    type Output = Input;
}

/// Values that must have the shape `Other`: `residual`, `repeat`, `add`, `multiply`, and what is stated behind `->`.
#[derive(Debug)]
pub struct Equal<Other>(PhantomData<Other>);

impl<Input: Known> Rule<Input> for Equal<Input> {
    type Output = Input;
}

/// `concat`: values beside those of a `Branch`, joined along the last axis.
#[derive(Debug)]
pub struct Concat<Branch>(PhantomData<Branch>);

impl<N: Add<M>, M> Rule<Flat<N>> for Concat<Flat<M>>
where
    Sum<N, M>: Unsigned,
{
    type Output = Flat<Sum<N, M>>;
}

impl<H, W, C: Add<D>, D> Rule<Image<H, W, C>> for Concat<Image<H, W, D>>
where
    Image<H, W, Sum<C, D>>: Known,
{
    type Output = Image<H, W, Sum<C, D>>;
}

/// `Network(Name)`: a declared network, which takes and gives what it was declared with.
#[derive(Debug)]
pub struct Network<Takes, Gives>(PhantomData<(Takes, Gives)>);

impl<Takes: Known, Gives: Known> Rule<Takes> for Network<Takes, Gives> {
    type Output = Gives;
}
