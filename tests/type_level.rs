//! The shape rules in types agree with the shape rules in `const fn`s, mistakes included, for every combination of
//! arguments out of a grid.

use core::marker::PhantomData;
use nn_core::shape::rule::{self, Outcome};
use nn_core::shape::type_level::typenum::{
    U, U0, U1, U2, U3, U4, U5, U6, U7, U11, U28, U32, U64, U128, U224, Unsigned,
};
use nn_core::shape::type_level::{
    Concat, Conv2d, Dense, DepthwiseConv2d, Equal, Flat, Flatten, GlobalPool2d, Image, Keep, Known, Network, Output,
    Pool2d, Reshape, Rule, Same, Valid, Window,
};
use nn_core::shape::{self, Padding, Shape};

/// What a layer makes of an input: a shape if the rule holds.
struct Found<Layer, Input>(PhantomData<(Layer, Input)>);

impl<Input, Layer: Rule<Input>> Found<Layer, Input> {
    const FOUND: Option<Shape> = Some(<Output<Layer, Input>>::SHAPE);
}

/// What is found where the implementation above does not apply: associated items of a type come before those of traits.
trait NotFound {
    const FOUND: Option<Shape> = None;
}

impl<T> NotFound for T {}

fn assert_agrees(found: Option<Shape>, outcome: Outcome, arguments: impl core::fmt::Debug) {
    assert_eq!(found, outcome.ok(), "{arguments:?}");
}

/// Calls a macro with each combination of arguments, one out of each list.
macro_rules! grid {
    (@choose $call:ident [$($chosen:ty,)*] []) => { { $call!($($chosen),*); } };
    (@choose $call:ident $chosen:tt [[$($item:ty),*] $($list:tt)*]) => {
        grid!(@each $call $chosen [$($item),*] [$($list)*]);
    };
    (@each $call:ident $chosen:tt [$($item:ty),*] $lists:tt) => { $( grid!(@add $call $chosen $item; $lists); )* };
    (@add $call:ident [$($chosen:ty,)*] $item:ty; $lists:tt) => { grid!(@choose $call [$($chosen,)* $item,] $lists); };
    ($call:ident $($list:tt)+) => { grid!(@choose $call [] [$($list)+]); };
}

/// The padding as a value.
trait AsPadding {
    const PADDING: Padding;
}

impl AsPadding for Valid {
    const PADDING: Padding = Padding::Valid;
}

impl AsPadding for Same {
    const PADDING: Padding = Padding::Same;
}

const fn window(rows: [usize; 3], columns: [usize; 3], padding: Padding) -> shape::Window {
    shape::Window {
        kernel: [rows[0], columns[0]],
        stride: [rows[1], columns[1]],
        dilation: [rows[2], columns[2]],
        padding,
    }
}

#[test]
fn windows_agree() {
    // A list, since a function of a thousand calls would need a large stack.
    let mut cases = Vec::new();
    macro_rules! pool {
        ($input:ty, $kernel:ty, $stride:ty, $dilation:ty, $padding:ty) => {
            let found = Found::<Pool2d<Window<$kernel, $stride, $dilation, $padding>>, Image<$input, U5, U2>>::FOUND;
            let sizes = [<$kernel>::USIZE, <$stride>::USIZE, <$dilation>::USIZE];
            cases.push((found, <$input>::USIZE, sizes, <$padding>::PADDING));
        };
    }
    grid!(pool [U0, U1, U2, U3, U4, U6, U7, U11] [U0, U1, U2, U3] [U0, U1, U2, U3] [U0, U1, U2, U3] [Valid, Same]);
    assert_eq!(cases.len(), 1024);
    for (found, size, sizes, padding) in cases {
        let outcome = rule::pool2d("pool", Shape::new(&[size, 5, 2]), window(sizes, sizes, padding));
        assert_agrees(found, outcome, (size, sizes, padding));
    }
}

#[test]
fn rows_and_columns_agree_when_they_differ() {
    macro_rules! pool {
        ($rows:ty, $columns:ty, $stride:ty, $padding:ty) => {
            type Pool = Pool2d<(Window<$rows, $stride, U1, $padding>, Window<$columns, U2, U2, $padding>)>;
            let (rows, columns) = ([<$rows>::USIZE, <$stride>::USIZE, 1], [<$columns>::USIZE, 2, 2]);
            let window = window(rows, columns, <$padding>::PADDING);
            let outcome = rule::pool2d("pool", Shape::new(&[6, 7, 3]), window);
            assert_agrees(Found::<Pool, Image<U6, U7, U3>>::FOUND, outcome, (rows, columns));
        };
    }
    grid!(pool [U1, U2, U5, U7] [U1, U3, U4, U5] [U1, U3] [Valid, Same]);
}

#[test]
fn convolutions_agree() {
    macro_rules! conv {
        ($channels:ty, $filters:ty, $groups:ty, $kernel:ty) => {
            let found =
                Found::<Conv2d<$filters, Window<$kernel, U1, U1, Valid>, $groups>, Image<U4, U5, $channels>>::FOUND;
            let (channels, filters) = (<$channels>::USIZE, <$filters>::USIZE);
            let (groups, kernel) = (<$groups>::USIZE, [<$kernel>::USIZE, 1, 1]);
            let window = window(kernel, kernel, Padding::Valid);
            let outcome = rule::conv2d("conv", Shape::new(&[4, 5, channels]), filters, window, groups);
            assert_agrees(found, outcome, (channels, filters, groups, kernel));
        };
    }
    grid!(conv [U1, U2, U3, U4, U6] [U0, U1, U2, U3, U4, U6] [U0, U1, U2, U3, U4] [U3, U5]);
}

#[test]
fn depthwise_convolutions_agree() {
    macro_rules! depthwise {
        ($channels:ty, $multiplier:ty, $kernel:ty, $padding:ty) => {
            type Layer = DepthwiseConv2d<Window<$kernel, U2, U1, $padding>, $multiplier>;
            let (channels, multiplier) = (<$channels>::USIZE, <$multiplier>::USIZE);
            let kernel = [<$kernel>::USIZE, 2, 1];
            let window = window(kernel, kernel, <$padding>::PADDING);
            let outcome = rule::depthwise_conv2d("conv", Shape::new(&[4, 5, channels]), window, multiplier);
            assert_agrees(Found::<Layer, Image<U4, U5, $channels>>::FOUND, outcome, (channels, multiplier, kernel));
        };
    }
    grid!(depthwise [U0, U1, U2, U3, U7] [U0, U1, U2, U5] [U0, U3, U5] [Valid, Same]);
}

#[test]
fn layers_without_a_window_agree() {
    macro_rules! flat {
        ($size:ty, $units:ty) => {
            let (input, units) = (Shape::new(&[<$size>::USIZE]), <$units>::USIZE);
            assert_agrees(Found::<Dense<$units>, Flat<$size>>::FOUND, rule::dense("", input, units), (input, units));
            assert_agrees(Found::<Flatten, Flat<$size>>::FOUND, rule::flatten(input), input);
            assert_agrees(Found::<Keep, Flat<$size>>::FOUND, rule::same(input), input);
            let target = Shape::new(&[units]);
            let outcome = rule::reshape("", input, target);
            assert_agrees(Found::<Reshape<Flat<$units>>, Flat<$size>>::FOUND, outcome, (input, target));
        };
    }
    grid!(flat [U1, U2, U3, U6] [U0, U1, U2, U3, U6]);
    macro_rules! image {
        ($height:ty, $width:ty, $channels:ty) => {
            let input = Shape::new(&[<$height>::USIZE, <$width>::USIZE, <$channels>::USIZE]);
            type Input = Image<$height, $width, $channels>;
            assert_agrees(Found::<Dense<U3>, Input>::FOUND, rule::dense("", input, 3), input);
            assert_agrees(Found::<GlobalPool2d, Input>::FOUND, rule::global_pool2d("", input), input);
            assert_agrees(Found::<Flatten, Input>::FOUND, rule::flatten(input), input);
            assert_agrees(Found::<Keep, Input>::FOUND, rule::same(input), input);
            let (flat, turned) = (Shape::new(&[6]), Shape::new(&[1, 3, 2]));
            assert_agrees(Found::<Reshape<Flat<U6>>, Input>::FOUND, rule::reshape("", input, flat), input);
            assert_agrees(Found::<Reshape<Image<U1, U3, U2>>, Input>::FOUND, rule::reshape("", input, turned), input);
            let back = Found::<Reshape<Input>, Flat<U6>>::FOUND;
            assert_agrees(back, rule::reshape("", flat, input), input);
        };
    }
    grid!(image [U1, U2, U3] [U1, U2, U3] [U1, U2, U3, U6]);
}

#[test]
fn blocks_agree() {
    macro_rules! pair {
        ($before:ty, $branch:ty) => {
            let (before, branch) = (<$before>::SHAPE, <$branch>::SHAPE);
            let equal = Found::<Equal<$branch>, $before>::FOUND;
            assert_agrees(equal, rule::elementwise("", before, branch), (before, branch));
            assert_agrees(equal, rule::residual("", before, branch, false), (before, branch));
            assert_agrees(equal, rule::repeat("", before, branch), (before, branch));
            assert_agrees(equal, rule::stated("", before, branch), (before, branch));
            let found = Found::<Concat<$branch>, $before>::FOUND;
            assert_agrees(found, rule::concat("", before, branch), (before, branch));
            let found = Found::<Network<$branch, Flat<U7>>, $before>::FOUND;
            assert_agrees(found, rule::network("", before, branch, Shape::new(&[7])), (before, branch));
        };
    }
    grid!(pair
        [Flat<U2>, Flat<U3>, Image<U2, U3, U4>, Image<U2, U3, U5>, Image<U3, U2, U4>, Image<U2, U2, U4>]
        [Flat<U2>, Flat<U3>, Image<U2, U3, U4>, Image<U2, U3, U5>, Image<U3, U2, U4>, Image<U2, U2, U4>]);
}

/// The tutorial's network and the stem of a large one: numbers beyond what a grid can reach.
#[test]
fn sizes_of_real_networks_agree() {
    type Conv = Output<Conv2d<U32, Window<U3, U1, U1, Valid>>, Image<U28, U28, U1>>;
    type Pool = Output<Pool2d<Window<U2, U2, U1, Valid>>, Conv>;
    type Row = Output<Flatten, Pool>;
    assert_eq!(<Output<Dense<U128>, Row>>::SHAPE, Shape::new(&[128]));
    assert_eq!((Pool::SHAPE, Row::SHAPE), (Shape::new(&[13, 13, 32]), Shape::new(&[5408])));
    assert_eq!(<Output<Flatten, Conv>>::SHAPE, Shape::new(&[21632]));
    type Stem = Output<Conv2d<U64, Window<U7, U2, U1, Same>>, Image<U224, U224, U3>>;
    let same = window([7, 2, 1], [7, 2, 1], Padding::Same);
    assert_eq!(Some(Stem::SHAPE), rule::conv2d("", Shape::new(&[224, 224, 3]), 64, same, 1).ok());
    type Wide = Output<Pool2d<Window<U3, U2, U1, Valid>>, Image<U<1000>, U<999>, U4>>;
    let valid = window([3, 2, 1], [3, 2, 1], Padding::Valid);
    assert_eq!(Some(Wide::SHAPE), rule::pool2d("", Shape::new(&[1000, 999, 4]), valid).ok());
}
