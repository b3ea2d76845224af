//! Against the layers one after the other.

use super::*;
use crate::initializer::Initializers;
use crate::layer::activation::{self, Activation};
use crate::layer::{InPlace, Mode};
use crate::plain::boxed_zeroed;
use crate::random::Random;
use crate::shape::{Padding, Shape, Window};
use crate::team::{Backwards, Sequential, Team};
use std::vec;
use std::vec::Vec;

const BATCH: usize = 17;

/// What comes out of a pass forward and backward.
#[derive(Debug, PartialEq)]
struct Found {
    output: Vec<f32>,
    statistics: Vec<f32>,
    gradient: Vec<f32>,
    normalization: Vec<f32>,
    input_gradient: Vec<f32>,
}

/// A convolution of images of this shape, with what follows it.
struct Case<'a, L: Layer, const C: usize> {
    layer: &'a L,
    settings: L::Settings,
    needs: (Needs, usize),
    norm: &'a BatchNorm<C>,
    norm_settings: batch_norm::Settings,
    function: Option<Function>,
    mode: Mode,
    input: &'a [f32],
    output_gradient: &'a [f32],
}

impl<L: Normalizes, const C: usize> Case<'_, L, C> {
    fn found(&self) -> Found {
        let outputs = self.output_gradient.len();
        Found {
            output: vec![f32::NAN; outputs],
            statistics: vec![f32::NAN; 2 * C + self.needs.0.statistics],
            gradient: vec![f32::NAN; L::Gradient::FLOATS],
            normalization: vec![f32::NAN; 2 * C],
            input_gradient: vec![f32::NAN; self.input.len()],
        }
    }

    fn as_steps(&self, team: &dyn Team) -> Found {
        let settings = Settings::new(self.settings, self.needs, self.norm_settings, self.function);
        let (step, mut found) = (Normalized(&(), self.layer, self.norm), self.found());
        let pass = Pass { team, batch: BATCH, mode: self.mode };
        let mut partial = vec![f32::NAN; settings.needs().partial * blocks(BATCH)];
        let mut convolved = vec![f32::NAN; found.output.len()];
        macro_rules! saved {
            () => {
                Saved { statistics: &mut found.statistics, partial: &mut partial, ..Saved::default() }
            };
        }
        step.measure(&settings, pass, &[], self.input, &mut convolved, saved!());
        step.apply(&settings, pass, &convolved, &mut found.output, saved!());
        let mut gradient = boxed_zeroed::<L::Gradient>();
        let mut of_norm = boxed_zeroed::<BatchNormGradient<C>>();
        let output_gradient = self.output_gradient;
        let backward = Backward { input: &convolved, output_gradient, input_gradient: None, saved: saved!() };
        step.add_errors(&settings, pass, backward, Some(&mut of_norm));
        let input_gradient = Some(&mut found.input_gradient[..]);
        let backward = Backward { input: self.input, output_gradient, input_gradient, saved: saved!() };
        step.backward(&settings, pass, &[], backward, &convolved, Some((&mut gradient, &of_norm, &mut [])));
        found.gradient.copy_from_slice(gradient.floats());
        found.normalization.copy_from_slice(of_norm.floats());
        found.statistics.truncate(2 * C);
        found
    }

    fn as_layers(&self) -> Found {
        let (mut found, pass) = (self.found(), Pass { team: &Sequential, batch: BATCH, mode: self.mode });
        found.statistics.truncate(2 * C);
        let most = self.needs.0.partial.max(2 * C) * blocks(BATCH);
        let mut partial = vec![f32::NAN; most];
        let mut convolved = vec![f32::NAN; found.output.len()];
        macro_rules! saved {
            ($floats:expr) => {
                Saved {
                    statistics: &mut found.statistics,
                    partial: &mut partial[..$floats * blocks(BATCH)],
                    ..Saved::default()
                }
            };
        }
        self.layer.forward(&self.settings, pass, self.input, &mut convolved, Saved::default());
        self.norm.forward(&self.norm_settings, pass, &convolved, &mut found.output, saved!(2 * C));
        let mut errors = self.output_gradient.to_vec();
        if let Some(function) = self.function {
            let settings = activation::Settings::new(self.norm_settings.output(), function);
            Activation.forward_in_place(&settings, pass, &mut found.output);
            Activation.backward_in_place(&settings, pass, &found.output, &mut errors);
        }
        let mut of_norm = boxed_zeroed::<BatchNormGradient<C>>();
        let mut through = vec![f32::NAN; errors.len()];
        let backward = Backward {
            input: &convolved,
            output_gradient: &errors,
            input_gradient: Some(&mut through),
            saved: saved!(2 * C),
        };
        self.norm.backward(&self.norm_settings, pass, backward, Some(&mut of_norm));
        let mut gradient = boxed_zeroed::<L::Gradient>();
        let backward = Backward {
            input: self.input,
            output_gradient: &through,
            input_gradient: Some(&mut found.input_gradient),
            saved: Saved { statistics: &mut [], ..saved!(self.needs.0.partial) },
        };
        self.layer.backward(&self.settings, pass, backward, Some(&mut gradient));
        found.gradient.copy_from_slice(gradient.floats());
        found.normalization.copy_from_slice(of_norm.floats());
        found
    }
}

fn check<L: Normalizes, const C: usize>(settings: L::Settings, needs: (Needs, usize), input: Shape, output: Shape) {
    let mut random = Random::new(3, 0);
    let mut layer = boxed_zeroed::<L>();
    layer.floats_mut().iter_mut().for_each(|weight| *weight = 2.0 * random.uniform() - 1.0);
    let mut norm = boxed_zeroed::<BatchNorm<C>>();
    norm.floats_mut().iter_mut().for_each(|weight| *weight = 0.5 + random.uniform());
    let mut values = |len: usize| -> Vec<f32> { (0..len).map(|_| 4.0 * random.uniform() - 2.0).collect() };
    let (input, output_gradient) = (values(BATCH * input.len()), values(BATCH * output.len()));
    let norm_settings = batch_norm::Settings::new(output, 0.99, 1e-3);
    for mode in [Mode::Training { key: 0 }, Mode::Inference] {
        for function in [None, Some(Function::Relu), Some(Function::Relu6)] {
            let (input, output_gradient) = (&input, &output_gradient);
            let case = Case {
                layer: &*layer,
                settings,
                needs,
                norm: &*norm,
                norm_settings,
                function,
                mode,
                input,
                output_gradient,
            };
            let mut expected = case.as_layers();
            if mode == Mode::Inference {
                expected.statistics.fill(0.0);
            } else if L::WEIGHTS.len() > 1 {
                forget_bias(&mut expected.gradient, C);
            }
            for team in [&Sequential as &dyn Team, &Backwards] {
                let mut found = case.as_steps(team);
                if mode == Mode::Inference {
                    found.statistics.fill(0.0);
                }
                assert_eq!(found, expected, "{function:?} {mode:?}");
            }
        }
    }
}

/// The derivatives by a bias before a normalization by the batch's own mean are zero: layers find what rounding leaves.
fn forget_bias(gradient: &mut [f32], filters: usize) {
    let (kernel, bias) = gradient.split_at_mut(gradient.len() - filters);
    // 1,309 terms, none of them larger than the largest sum: each addition is off by 2^-24 of a sum at most.
    let tolerance = 1309.0 * 6e-8 * kernel.iter().fold(0.0, |most: f32, value| most.max(value.abs()));
    for derivative in bias {
        assert!(derivative.abs() <= tolerance, "{derivative}");
        *derivative = 0.0;
    }
}

#[test]
fn steps_give_the_bits_of_layers() {
    let window = Window { kernel: [3; 2], stride: [1; 2], dilation: [1; 2], padding: Padding::Same };
    let shape = Shape::new(&[7, 11, 5]);
    let pixel = Window { kernel: [1; 2], ..window };
    let settings = conv2d::Settings::new(shape, 70, pixel, 1, Initializers::DEFAULT);
    check::<Conv2d<1, 1, 5, 70>, 70>(settings, (settings.needs(), settings.at_once()), shape, settings.output());
    let settings = conv2d::Settings::new(shape, 3, window, 1, Initializers::DEFAULT);
    check::<Conv2d<3, 3, 5, 3, ()>, 3>(settings, (settings.needs(), settings.at_once()), shape, settings.output());
    // With fewer multiplications, of several samples at once.
    let wide = Shape::new(&[7, 8, 17]);
    let settings = conv2d::Settings::new(wide, 18, window, 1, Initializers::DEFAULT);
    assert!(settings.at_once() > 1);
    check::<Conv2d<3, 3, 17, 18>, 18>(settings, (settings.needs(), settings.at_once()), wide, settings.output());
    let settings = depthwise_conv2d::Settings::new(shape, 1, window, Initializers::DEFAULT);
    check::<DepthwiseConv2d<3, 3, 5, 1, 5>, 5>(
        settings,
        (settings.needs(), settings.at_once()),
        shape,
        settings.output(),
    );
}

/// A depthwise convolution and one with a window of `K` by `K` after it, which normalizes what it takes.
struct Pair<const INNER: usize, const OUTER: usize, const K: usize> {
    settings: (depthwise_conv2d::Settings, conv2d::Settings),
    norms: [batch_norm::Settings; 2],
    mode: Mode,
}

type First<const INNER: usize> = DepthwiseConv2d<3, 3, INNER, 1, INNER>;

/// What a pair of convolutions gives: the outputs, and derivatives by weights, by normalizations, and by the inputs.
#[derive(Debug, PartialEq)]
struct FoundPair {
    output: Vec<f32>,
    gradients: [Vec<f32>; 4],
    input_gradient: Vec<f32>,
}

impl<const INNER: usize, const OUTER: usize, const K: usize> Pair<INNER, OUTER, K> {
    fn new(shape: [usize; 2], mode: Mode) -> Self {
        let window = |kernel| Window { kernel: [kernel; 2], stride: [1; 2], dilation: [1; 2], padding: Padding::Same };
        let shape = Shape::new(&[shape[0], shape[1], INNER]);
        let first = depthwise_conv2d::Settings::new(shape, 1, window(3), Initializers::DEFAULT);
        let second = conv2d::Settings::new(shape, OUTER, window(K), 1, Initializers::DEFAULT);
        let norms = [shape, second.output()].map(|shape| batch_norm::Settings::new(shape, 0.99, 1e-3));
        Self { settings: (first, second), norms, mode }
    }

    /// Both ways keep the normalized outputs of the first convolution apart (`chained` false), or leave them to the second.
    fn run(&self, team: &dyn Team, chained: bool) -> FoundPair {
        let mut random = Random::new(7, 0);
        let mut fill = |floats: &mut [f32], least: f32| {
            floats.iter_mut().for_each(|float| *float = least + 2.0 * random.uniform());
        };
        let (mut first, mut second) = (boxed_zeroed::<First<INNER>>(), boxed_zeroed::<Conv2d<K, K, INNER, OUTER>>());
        let (mut inner, mut outer) = (boxed_zeroed::<BatchNorm<INNER>>(), boxed_zeroed::<BatchNorm<OUTER>>());
        fill(first.floats_mut(), -1.0);
        fill(second.floats_mut(), -1.0);
        fill(inner.floats_mut(), 0.5);
        fill(outer.floats_mut(), 0.5);
        let [inputs, outputs] = self.norms.map(|norm| BATCH * norm.input.len());
        let (mut input, mut output_gradient) = (vec![0.0; inputs], vec![0.0; outputs]);
        fill(&mut input, -1.0);
        fill(&mut output_gradient, -1.0);

        let pass = Pass { team, batch: BATCH, mode: self.mode };
        let (of_first, of_second) = &self.settings;
        let first_settings =
            Settings::new(*of_first, (of_first.needs(), of_first.at_once()), self.norms[0], Some(Function::Relu));
        let apart = Settings::new(*of_second, (of_second.needs(), of_second.at_once()), self.norms[1], None);
        let after = apart.after(self.norms[0], Some(Function::Relu));
        let second_needs = if chained { after.needs() } else { apart.needs() };
        let mut statistics = [first_settings.needs(), second_needs].map(|needs| vec![f32::NAN; needs.statistics]);
        let mut partial =
            [first_settings.needs(), second_needs].map(|needs| vec![f32::NAN; needs.partial * blocks(BATCH)]);
        let [of_inner, of_outer] = &mut statistics;
        let [partial_inner, partial_outer] = &mut partial;
        macro_rules! saved {
            ($statistics:ident, $partial:ident) => {
                Saved { statistics: &mut *$statistics, partial: &mut *$partial, ..Saved::default() }
            };
        }
        let front = Normalized(&(), &*first, &*inner);
        let (back, behind) = (Normalized(&(), &*second, &*outer), Normalized(&*inner, &*second, &*outer));
        let [mut hidden, mut normalized] = [(); 2].map(|()| vec![f32::NAN; inputs]);
        let (mut convolved, mut output) = (vec![f32::NAN; outputs], vec![f32::NAN; outputs]);

        front.measure(&first_settings, pass, &[], &input, &mut hidden, saved!(of_inner, partial_inner));
        if chained {
            behind.measure(&after, pass, of_inner, &hidden, &mut convolved, saved!(of_outer, partial_outer));
            behind.apply(&after, pass, &convolved, &mut output, saved!(of_outer, partial_outer));
        } else {
            front.apply(&first_settings, pass, &hidden, &mut normalized, saved!(of_inner, partial_inner));
            back.measure(&apart, pass, &[], &normalized, &mut convolved, saved!(of_outer, partial_outer));
            back.apply(&apart, pass, &convolved, &mut output, saved!(of_outer, partial_outer));
        }

        let (mut by_first, mut by_second) =
            (boxed_zeroed::<First<INNER>>(), boxed_zeroed::<Conv2d<K, K, INNER, OUTER>>());
        let (mut by_inner, mut by_outer) = (BatchNormGradient::<INNER>::ZERO, BatchNormGradient::<OUTER>::ZERO);
        let mut hidden_gradient = vec![f32::NAN; inputs];
        let mut input_gradient = vec![f32::NAN; inputs];
        macro_rules! backward {
            ($input:expr, $errors:expr, $target:expr, $saved:expr) => {
                Backward { input: $input, output_gradient: $errors, input_gradient: $target, saved: $saved }
            };
        }
        let errors = backward!(&convolved, &output_gradient, None, saved!(of_outer, partial_outer));
        behind.add_errors(&after, pass, errors, Some(&mut by_outer));
        let target = Some(&mut hidden_gradient[..]);
        if chained {
            let step = backward!(&hidden, &output_gradient, target, saved!(of_outer, partial_outer));
            let gradients = Some((&mut *by_second, &by_outer, &mut by_inner));
            behind.backward(&after, pass, of_inner, step, &convolved, gradients);
        } else {
            let step = backward!(&normalized, &output_gradient, target, saved!(of_outer, partial_outer));
            back.backward(&apart, pass, &[], step, &convolved, Some((&mut *by_second, &by_outer, &mut [])));
            let errors = backward!(&hidden, &hidden_gradient, None, saved!(of_inner, partial_inner));
            front.add_errors(&first_settings, pass, errors, Some(&mut by_inner));
        }
        let target = Some(&mut input_gradient[..]);
        let step = backward!(&input, &hidden_gradient, target, saved!(of_inner, partial_inner));
        front.backward(&first_settings, pass, &[], step, &hidden, Some((&mut *by_first, &by_inner, &mut [])));
        let gradients = [by_first.floats(), by_second.floats(), by_inner.floats(), by_outer.floats()];
        FoundPair { output, gradients: gradients.map(<[f32]>::to_vec), input_gradient }
    }
}

#[test]
fn a_convolution_normalizes_what_it_takes_to_the_same_bits() {
    for mode in [Mode::Training { key: 0 }, Mode::Inference] {
        let pair = Pair::<20, 18, 3>::new([8, 9], mode);
        assert!(pair.settings.1.at_once() > 1, "it has fewer multiplications, of several samples at once");
        let expected = pair.run(&Sequential, false);
        for team in [&Sequential as &dyn Team, &Backwards] {
            assert_eq!(pair.run(team, true), expected, "{mode:?}");
        }
    }
}

#[test]
fn derivatives_that_do_not_go_through_relu_need_not_be_calculated() {
    for mode in [Mode::Training { key: 0 }, Mode::Inference] {
        let pair = Pair::<64, 64, 1>::new([5, 4], mode);
        let expected = pair.run(&Sequential, false);
        let found = pair.run(&Sequential, true);
        assert_eq!(pair.run(&Backwards, true), found, "{mode:?}");
        assert_eq!(found.output, expected.output, "{mode:?}");
        let [by_first, by_second, by_inner, by_outer] = &found.gradients;
        assert_eq!([by_second, by_outer], [&expected.gradients[1], &expected.gradients[3]], "{mode:?}");
        let pairs = [
            (by_first, &expected.gradients[0]),
            (by_inner, &expected.gradients[2]),
            (&found.input_gradient, &expected.input_gradient),
        ];
        for (found, expected) in pairs {
            // Sums of 64 products in another order: each is off by 64 roundings of 2^-24 at most.
            let tolerance = 4e-6 * expected.iter().fold(0.0, |most: f32, value| most.max(value.abs()));
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() <= tolerance, "{mode:?}: {found} and {expected}");
            }
        }
    }
}
