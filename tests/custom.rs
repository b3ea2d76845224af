//! Layers of a user's own have the standing of ours: checks, summaries, files, training, gradients, memory. No `unsafe`.

#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "layers are written as another crate would have them")]

use core::sync::atomic::{AtomicUsize, Ordering};
use typednet::check_gradients;
use typednet::custom::*;
use typednet::prelude::*;

/// Layers as another crate might have them.
mod my {
    use super::*;

    weights! {
        /// `output = factor * input`, channel by channel.
        pub struct Scale<const C: usize> {
            /// What each channel is multiplied by.
            pub factor: [f32; C],
        }
    }

    impl<const C: usize> Scale<C> {
        pub const fn output_shape(input: Shape, _first: f32) -> Shape {
            if input.last() == C { input } else { Shape::UNKNOWN }
        }

        pub const fn settings(input: Shape, first: f32) -> Settings<f32> {
            let needs = Needs { macs: input.len(), partial: C, ..Needs::NONE };
            Settings::new(input, input, first).needing(needs)
        }
    }

    impl<const C: usize> Layer for Scale<C> {
        type Settings = Settings<f32>;
        type Gradient = Self;

        fn initialize(&mut self, settings: &Settings<f32>, random: &mut Random) {
            self.factor.fill_with(|| settings.arguments + 0.1 * random.uniform());
        }

        fn infer<I: Isa>(&self, _isa: I, _settings: &Settings<f32>, input: &[f32], output: &mut [f32]) {
            for (index, (output, input)) in output.iter_mut().zip(input).enumerate() {
                *output = self.factor[index % C] * input;
            }
        }

        fn backward(&self, _: &Settings<f32>, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut Self>) {
            let Backward { input, output_gradient, input_gradient, saved } = backward;
            if let Some(gradient) = gradient {
                pass.sum_samples(saved.partial, &mut gradient.factor, |number, sums| {
                    let (input, slopes) = (pass.sample(input, number), pass.sample(output_gradient, number));
                    for (index, (input, slope)) in input.iter().zip(slopes).enumerate() {
                        sums[index % C] += input * slope;
                    }
                });
            }
            if let Some(input_gradient) = input_gradient {
                for (index, (gradient, slope)) in input_gradient.iter_mut().zip(output_gradient).enumerate() {
                    *gradient = self.factor[index % C] * slope;
                }
            }
        }
    }

    weights! {
        /// The square of each value, and the value itself: twice as many channels, and no weights.
        pub struct Square;
    }

    impl Square {
        pub const fn output_shape(input: Shape) -> Shape {
            Shape::new(&[2 * input.len()])
        }

        pub const fn settings(input: Shape) -> Settings {
            Settings::new(input, Self::output_shape(input), ())
        }
    }

    impl Layer for Square {
        type Settings = Settings;
        type Gradient = ();

        fn infer<I: Isa>(&self, _isa: I, _settings: &Settings, input: &[f32], output: &mut [f32]) {
            for (output, input) in output.chunks_exact_mut(2).zip(input) {
                output.copy_from_slice(&[input * input, *input]);
            }
        }

        fn backward(&self, _: &Settings, pass: Pass<'_>, backward: Backward<'_>, _: Option<&mut ()>) {
            let Backward { input, output_gradient, input_gradient: Some(input_gradient), .. } = backward else {
                return;
            };
            pass.each_sample(input_gradient, |number, gradient| {
                let slopes = pass.sample(output_gradient, number).chunks_exact(2);
                for ((gradient, input), slopes) in gradient.iter_mut().zip(pass.sample(input, number)).zip(slopes) {
                    *gradient = 2.0 * input * slopes[0] + slopes[1];
                }
            });
        }
    }

    weights! {
        /// Takes the mean of a batch away in training, and the moving mean at inference.
        pub struct Centre<const C: usize> {
            /// What is added.
            pub offset: [f32; C],
            /// The mean at inference.
            pub moving_mean: [f32; C],
        }
    }

    weights! {
        /// What is trained of [`Centre`].
        pub struct CentreGradient<const C: usize> {
            /// By the offset.
            pub offset: [f32; C],
        }
    }

    /// Settings of a type of one's own.
    #[derive(Clone, Copy)]
    pub struct Momentum(f32, usize);

    impl Momentum {
        pub const fn needs(&self) -> Needs {
            Needs { statistics: self.1, ..Needs::NONE }
        }
    }

    impl<const C: usize> Centre<C> {
        pub const fn output_shape(input: Shape, _momentum: f32) -> Shape {
            input
        }

        pub const fn settings(_: Shape, momentum: f32) -> Momentum {
            Momentum(momentum, C)
        }
    }

    impl<const C: usize> Layer for Centre<C> {
        type Settings = Momentum;
        type Gradient = CentreGradient<C>;

        const WEIGHTS: &'static [WeightInfo] = &[
            WeightInfo { name: "offset", shape: Shape::new(&[C]), trained: true },
            WeightInfo { name: "moving_mean", shape: Shape::new(&[C]), trained: false },
        ];

        fn infer<I: Isa>(&self, _isa: I, _: &Momentum, input: &[f32], output: &mut [f32]) {
            for (index, (output, input)) in output.iter_mut().zip(input).enumerate() {
                *output = input - self.moving_mean[index % C] + self.offset[index % C];
            }
        }

        fn forward(&self, settings: &Momentum, pass: Pass<'_>, input: &[f32], output: &mut [f32], saved: Saved<'_>) {
            let mean = match pass.mode {
                Mode::Inference => &self.moving_mean[..],
                Mode::Training { .. } => {
                    assert_eq!(saved.statistics.len(), settings.1);
                    for (channel, mean) in saved.statistics.iter_mut().enumerate() {
                        let values = input.iter().skip(channel).step_by(C);
                        *mean = values.sum::<f32>() / (input.len() / C) as f32;
                    }
                    saved.statistics
                }
            };
            for (index, (output, input)) in output.iter_mut().zip(input).enumerate() {
                *output = input - mean[index % C] + self.offset[index % C];
            }
        }

        fn backward(
            &self,
            _: &Momentum,
            pass: Pass<'_>,
            backward: Backward<'_>,
            gradient: Option<&mut CentreGradient<C>>,
        ) {
            let Backward { output_gradient, input_gradient, .. } = backward;
            let mut sums = [0.0; C];
            output_gradient.iter().enumerate().for_each(|(index, slope)| sums[index % C] += slope);
            if let Some(gradient) = gradient {
                gradient.offset = sums;
            }
            let count = (output_gradient.len() / C) as f32;
            let share = if pass.mode == Mode::Inference { 0.0 } else { 1.0 / count };
            for (index, gradient) in input_gradient.into_iter().flatten().enumerate() {
                *gradient = output_gradient[index] - share * sums[index % C];
            }
        }

        fn update_statistics(&mut self, settings: &Momentum, statistics: &[f32]) {
            for (moving, mean) in self.moving_mean.iter_mut().zip(statistics) {
                *moving = settings.0 * *moving + (1.0 - settings.0) * mean;
            }
        }
    }

    weights! {
        /// `output = input * kernel + bias`, as `Dense` does it, without any art.
        pub struct Affine<const INPUTS: usize, const UNITS: usize> {
            /// The kernel.
            pub kernel: [[f32; UNITS]; INPUTS],
            /// The bias.
            pub bias: [f32; UNITS],
        }
    }

    impl<const INPUTS: usize, const UNITS: usize> Affine<INPUTS, UNITS> {
        pub const fn output_shape(_: Shape) -> Shape {
            Shape::new(&[UNITS])
        }

        pub const fn settings(input: Shape) -> Settings {
            Settings::new(input, Self::output_shape(input), ())
        }
    }

    impl<const INPUTS: usize, const UNITS: usize> Layer for Affine<INPUTS, UNITS> {
        type Settings = Settings;
        type Gradient = Self;

        fn infer<I: Isa>(&self, _isa: I, _: &Settings, input: &[f32], output: &mut [f32]) {
            output.copy_from_slice(&self.bias);
            for (input, row) in input.iter().zip(&self.kernel) {
                output.iter_mut().zip(row).for_each(|(output, weight)| *output += input * weight);
            }
        }

        fn backward(&self, _: &Settings, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut Self>) {
            let Backward { input, output_gradient, input_gradient, saved } = backward;
            if let Some(gradient) = gradient {
                pass.sum_samples(saved.partial, gradient.floats_mut(), |number, sums| {
                    let (input, slopes) = (pass.sample(input, number), pass.sample(output_gradient, number));
                    let rows = input.iter().chain([&1.0]).zip(sums.chunks_exact_mut(UNITS));
                    rows.for_each(|(input, row)| {
                        row.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += input * slope)
                    });
                });
            }
            if let Some(input_gradient) = input_gradient {
                pass.each_sample(input_gradient, |number, gradient| {
                    let slopes = pass.sample(output_gradient, number);
                    for (gradient, row) in gradient.iter_mut().zip(&self.kernel) {
                        *gradient = row.iter().zip(slopes).map(|(weight, slope)| weight * slope).sum();
                    }
                });
            }
        }
    }
}

use my::Square;

const CHANNELS: usize = 4;

network! {
    /// Layers of one's own at every place where a layer can stand.
    #[derive(Clone, PartialEq, Debug)]
    struct Mixed: [3, 3, 2] -> [3] {
        conv: Conv2d(CHANNELS, kernel = 2, activation = tanh),
        /// Documented.
        scale: custom my::Scale<CHANNELS>(0.5 + 0.5) -> [2, 2, CHANNELS],
        residual(shortcut = custom my::Scale<4>(0.25)) { custom my::Scale<4>(2.0), Tanh, custom my::Centre<4>(0.9) },
        repeat(2) { custom my::Scale<{ 2 * 2 }>(0.75), centre: custom my::Centre<4>(0.5) },
        concat { { Flatten, Dense(3) }, { custom Square }, wide: { custom my::Affine<16, 5> } },
        Dense(3, activation = softmax),
    }
}

fn images(count: usize, seed: u64) -> Vec<[[[f32; 2]; 3]; 3]> {
    let mut random = Random::new(seed, 0);
    let mut images = vec![[[[0.0; 2]; 3]; 3]; count];
    images.iter_mut().for_each(|image| image.floats_mut().fill_with(|| 2.0 * random.uniform() - 1.0));
    images
}

#[test]
fn layers_are_checked_and_listed() {
    let kinds: Vec<_> = Mixed::LAYERS.iter().map(|layer| (layer.name, layer.kind)).collect();
    let expected = [
        ("conv", "Conv2d"),
        ("scale", "Scale"),
        ("residual_1", "residual"),
        ("repeat_1", "repeat"),
        ("concat_1", "concat"),
        ("dense_1", "Dense"),
    ];
    assert_eq!(kinds, expected);
    let scale = &Mixed::LAYERS[1];
    assert_eq!((scale.output, scale.parameters, scale.macs), (Shape::new(&[2, 2, 4]), 4, 16));
    let names = |block: usize| Mixed::LAYERS[block].children.iter().map(|layer| layer.name).collect::<Vec<_>>();
    assert_eq!(names(2), ["scale_1", "tanh_1", "centre_1", "shortcut"]);
    assert_eq!(Mixed::LAYERS[4].children[1].children[0].name, "square_1");
    let text = Mixed::summary().to_string();
    assert!(text.contains("scale (Scale)") && text.contains("square_1 (Square)"), "{text}");
    // None of them has an int8 form.
    assert!(Mixed::INT8_COSTS.is_none() && text.contains("f32 RAM") && !text.contains("int8"), "{text}");
    // 36 of the convolution, 4 + 4 + 8 + 4, twice 4 + 8, 51 + 85 and 120 of the rest; means are not trained.
    assert_eq!(Mixed::PARAMETERS, 36 + 20 + 24 + 51 + 85 + 123);
    assert_eq!(Mixed::summary().table().trained(), Mixed::PARAMETERS - 3 * 4);
    assert_eq!(format!("{:?}", Mixed::boxed(1).scale), "Scale { factor: [4] }");
}

#[test]
fn they_begin_as_they_say() {
    let net = Mixed::boxed(5);
    assert!(net.scale.factor.iter().all(|factor| (1.0..1.1).contains(factor)));
    assert!(net.residual_1.shortcut.factor.iter().all(|factor| (0.25..0.35).contains(factor)));
    assert!(net.repeat_1[1].scale_1.factor.iter().all(|factor| (0.75..0.85).contains(factor)));
    assert_ne!(net.repeat_1[0].scale_1.factor, net.repeat_1[1].scale_1.factor);
    assert_eq!(net.concat_1.wide.affine_1.kernel, [[0.0; 5]; 16]);
    assert!(*net == *Mixed::boxed(5) && *net != *Mixed::boxed(6));
    // Again from the start, whatever was learned.
    let mut again = Mixed::boxed(6);
    again.weights_mut().fill(7.0);
    again.initialize(5);
    assert!(again == net);
}

#[test]
fn derivatives_are_right() {
    let mut net = Mixed::boxed(1);
    let mut random = Random::new(3, 1);
    net.concat_1.wide.affine_1.floats_mut().fill_with(|| 0.5 * random.uniform());
    let report = check_gradients(&*net, &images(5, 2));
    assert!(report.is_right(), "{report}");
    let names: Vec<_> = report.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    assert!(names.contains(&"repeat_1.1.centre.offset") && names.contains(&"residual_1.shortcut.factor"), "{names:?}");
    assert!(!names.contains(&"repeat_1.1.centre.moving_mean") && names.last() == Some(&"input"), "{names:?}");
    assert!(report.tensors.iter().all(|tensor| tensor.checked > 0 && tensor.kinks == 0), "{report}");
}

#[test]
fn a_batch_is_what_single_samples_are() {
    let net = Mixed::boxed(2);
    let images = images(9, 4);
    let together = net.predict_batch(&images);
    for (image, together) in images.iter().zip(&together) {
        for (one, other) in net.predict(image).iter().zip(together) {
            // Probabilities; the kernels of a batch add in another order.
            assert!((one - other).abs() < 1e-6, "{one} instead of {other}");
        }
    }
}

#[test]
fn weights_go_to_files_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mixed.safetensors");
    let net = Mixed::boxed(3);
    net.save(&path).unwrap();
    assert!(*Mixed::load(&path).unwrap() == *net);
    let bytes = std::fs::read(&path).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    for (name, shape) in [
        ("scale.factor", &[4][..]),
        ("residual_1.shortcut.factor", &[4]),
        ("residual_1.centre_1.moving_mean", &[4]),
        ("repeat_1.1.centre.offset", &[4]),
        ("concat_1.wide.affine_1.kernel", &[16, 5]),
    ] {
        assert_eq!(file.tensor(name).unwrap().shape(), shape, "{name}");
    }
}

/// The same network twice, once with our layer and once with one's own.
#[test]
fn a_layer_of_ones_own_trains_as_ours_does() {
    network! { struct Ours: [4] -> [2] { a: Dense(6, activation = tanh), b: Dense(2) } }
    network! { struct Own: [4] -> [2] { a: custom my::Affine<4, 6>, Tanh, b: custom my::Affine<6, 2> } }
    let mut random = Random::new(9, 0);
    let data = Dataset::from_fn(70, |_| {
        let input: [f32; 4] = core::array::from_fn(|_| random.uniform());
        (input, [input[0] * input[1], input[2] - input[3]])
    });
    let mut ours = Ours::boxed(1);
    let mut own = Own::boxed(1);
    own.weights_mut().copy_from_slice(ours.weights());
    let mut trainer = Trainer::new(Sgd::new(0.1), MeanSquaredError).epochs(5).batch_size(16).seed(2);
    trainer.fit(&mut *ours, &data).unwrap();
    trainer.reset();
    trainer.fit(&mut *own, &data).unwrap();
    // The same sums in another order, over 25 steps.
    for (ours, own) in ours.weights().iter().zip(own.weights()) {
        assert!((ours - own).abs() < 1e-5, "{own} instead of {ours}");
    }
}

#[test]
fn training_moves_what_it_should_and_is_the_same_for_any_number_of_threads() {
    let labels: Vec<Class<3>> = (0..90).map(|number| Class::new(number % 3).unwrap()).collect();
    let inputs = images(90, 8).into_iter().zip(&labels).map(|(mut image, label)| {
        image[0][0][0] = f32::from(u8::from(*label == Class::new(1).unwrap()));
        image[1][1][1] = f32::from(u8::from(*label == Class::new(2).unwrap()));
        image
    });
    let data = Dataset::new(inputs.collect::<Vec<_>>(), labels).unwrap();
    let train = |threads| {
        let mut net = Mixed::boxed(1);
        let mut trainer = Trainer::new(Adam::new(0.02), SparseCategoricalCrossentropy).metric(Accuracy);
        trainer = trainer.epochs(40).threads(threads);
        trainer.fit(&mut *net, &data).unwrap();
        let score = trainer.evaluate(&*net, &data).unwrap();
        (net, score)
    };
    let (net, score) = train(1);
    assert!(score.metric("accuracy") > 0.95, "{score:?}");
    let before = Mixed::boxed(1);
    assert_ne!(net.scale, before.scale);
    assert_ne!(net.residual_1.centre_1.moving_mean, before.residual_1.centre_1.moving_mean);
    assert_ne!(net.repeat_1[1].centre.moving_mean, before.repeat_1[1].centre.moving_mean);
    assert!(*train(3).0 == *net);
}

#[test]
fn memory_is_what_the_layers_need() {
    network! { struct Centred: [6] -> [6] { custom my::Centre<3>(0.5), custom my::Scale<6>(1.0) } }
    assert_eq!((Centred::TRAINING.statistics, Centred::TRAINING.partial), (3, 6));
    // What `Centre` gives, the output and the derivatives by it; those by what `Centre` gives lie where the output lay.
    assert_eq!(Centred::TRAINING.activations, 3 * 6);
    assert_eq!(Centred::MACS, 6);
    network! { struct Empty: [6] -> [12] { custom Square } }
    assert_eq!((Empty::PARAMETERS, Empty::SPANS.len(), size_of::<Empty>()), (0, 0, 0));
    assert_eq!(Empty::boxed(1).predict(&[1.0, 2.0, 3.0, 0.0, 0.0, 0.5])[10..], [0.25, 0.5]);
}

/// How often `Scale` was asked for which derivatives, as its stand-in below counts.
static BY_INPUT: AtomicUsize = AtomicUsize::new(0);

weights! {
    /// Nothing but a count.
    struct Counted;
}

impl Counted {
    const fn output_shape(input: Shape) -> Shape {
        input
    }
    const fn settings(input: Shape) -> Settings {
        Settings::new(input, input, ())
    }
}

impl Layer for Counted {
    type Settings = Settings;
    type Gradient = ();
    fn infer<I: Isa>(&self, _isa: I, _: &Settings, input: &[f32], output: &mut [f32]) {
        output.copy_from_slice(input);
    }
    fn backward(&self, _: &Settings, _: Pass<'_>, backward: Backward<'_>, _: Option<&mut ()>) {
        BY_INPUT.fetch_add(1, Ordering::Relaxed);
        let gradient = backward.input_gradient.map(|gradient| gradient.copy_from_slice(backward.output_gradient));
        assert!(gradient.is_some(), "nobody reads this derivative");
    }
}

/// A layer without weights at the beginning has nothing to do backward: only rustc knows that it has none.
#[test]
fn no_derivative_is_computed_that_nobody_reads() {
    network! { struct First: [2] -> [2] { custom Counted, Dense(2) } }
    network! { struct Second: [2] -> [2] { Dense(2), custom Counted, Dense(2) } }
    let data = Dataset::new(vec![[0.5, 1.0]; 4], vec![[1.0, 0.0]; 4]).unwrap();
    let train = |before: usize| {
        assert_eq!(BY_INPUT.swap(0, Ordering::Relaxed), before);
        Trainer::new(Sgd::new(0.1), MeanSquaredError).epochs(2).batch_size(2)
    };
    train(0).fit(&mut *First::boxed(1), &data).unwrap();
    train(0).fit(&mut *Second::boxed(1), &data).unwrap();
    assert_eq!(BY_INPUT.load(Ordering::Relaxed), 4);
    // Asked for the derivatives by the input, it computes them.
    let report = check_gradients(&*First::boxed(1), &[[0.5, 1.0]]);
    assert!(report.is_right(), "{report}");
}

/// Layers whose backward pass is wrong, each in its way.
mod wrong {
    use super::*;

    macro_rules! wrong {
        ($name:ident, |$layer:ident, $pass:ident, $backward:ident, $gradient:ident| $body:block) => {
            weights! {
                pub struct $name {
                    pub factor: [f32; 1],
                }
            }
            impl $name {
                pub const fn output_shape(input: Shape) -> Shape {
                    input
                }
                pub const fn settings(input: Shape) -> Settings {
                    Settings::new(input, input, ())
                }
            }
            impl Layer for $name {
                type Settings = Settings;
                type Gradient = Self;
                fn initialize(&mut self, _: &Settings, _: &mut Random) {
                    self.factor = [0.7];
                }
                fn infer<I: Isa>(&self, _isa: I, _: &Settings, input: &[f32], output: &mut [f32]) {
                    output.iter_mut().zip(input).for_each(|(output, input)| *output = self.factor[0] * input);
                }
                fn backward(
                    &self,
                    _: &Settings,
                    $pass: Pass<'_>,
                    $backward: Backward<'_>,
                    gradient: Option<&mut Self>,
                ) {
                    let ($layer, $gradient) = (self, gradient.unwrap());
                    $body
                }
            }
        };
    }

    fn products(backward: &Backward<'_>) -> f32 {
        backward.input.iter().zip(backward.output_gradient).map(|(a, b)| a * b).sum()
    }

    wrong! { Twice, |layer, pass, backward, gradient| {
        let _ = pass;
        gradient.factor[0] = 2.0 * products(&backward);
        let slopes = backward.output_gradient.iter();
        backward.input_gradient.unwrap().iter_mut().zip(slopes).for_each(|(g, slope)| *g = layer.factor[0] * slope);
    } }

    wrong! { Unwritten, |layer, pass, backward, gradient| {
        let _ = (layer, pass);
        gradient.factor[0] = products(&backward);
    } }

    wrong! { Unordered, |layer, pass, backward, gradient| {
        let count = AtomicUsize::new(0);
        pass.team.run(3, &|number| if number == 0 { count.store(1, Ordering::Relaxed) } else { count.fetch_max(2, Ordering::Relaxed); });
        // Derivatives off by less than any tolerance, and other bits in another order.
        let error = 1.0 + 1e-6 * count.load(Ordering::Relaxed) as f32;
        gradient.factor[0] = error * products(&backward);
        let slopes = backward.output_gradient.iter();
        backward.input_gradient.unwrap().iter_mut().zip(slopes).for_each(|(g, slope)| *g = layer.factor[0] * slope);
    } }
}

#[test]
fn wrong_derivatives_are_found() {
    network! { struct Twice: [4] -> [4] { wrong: custom wrong::Twice } }
    network! { struct Unwritten: [4] -> [4] { wrong: custom wrong::Unwritten } }
    network! { struct Unordered: [4] -> [4] { wrong: custom wrong::Unordered } }
    let inputs = [[0.5, 0.25, -0.5, 1.0], [0.125, 1.0, 0.75, 0.5]];

    let report = check_gradients(&*Twice::boxed(1), &inputs);
    assert!(!report.is_right() && report.is_deterministic && report.tensors[1].error < report.tolerance, "{report}");
    let [found, expected] = report.tensors[0].found;
    assert!((found - 2.0 * expected).abs() < 1e-4, "{report}");
    assert!(report.to_string().contains("wrong.factor: 1 derivatives, largest error"), "{report}");

    let report = check_gradients(&*Unwritten::boxed(1), &inputs);
    assert!(!report.is_right() && report.error() == f64::INFINITY, "{report}");

    let report = check_gradients(&*Unordered::boxed(1), &inputs);
    assert!(!report.is_right() && !report.is_deterministic && report.error() < report.tolerance, "{report}");
    assert!(report.to_string().contains("order of the work"));
}

#[test]
fn kinks_are_counted_and_left_out() {
    network! { struct Kinked: [3] -> [3] { Relu } }
    let report = check_gradients(&*Kinked::boxed(1), &[[0.0, 0.5, -0.5], [1.0, -1.0, 0.25]]);
    assert_eq!((report.tensors[0].checked, report.tensors[0].kinks), (6, 1));
    assert!(report.is_right(), "{report}");
    let report = check_gradients(&*Kinked::boxed(1), &[[0.0; 3]]);
    assert!(!report.is_right(), "{report}");
}
