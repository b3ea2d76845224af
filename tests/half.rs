//! A network with half floats for weights is the network of floats that has the same rounded weights, bit for bit; and it
//! is saved, loaded and included like that one.

mod common;

use common::uniform;
use std::fs;
use typednet::check_gradients;
use typednet::combine::{Chain, Ensemble, Parallel};
use typednet::custom;
use typednet::half::{self, Halvable, TooLarge};
use typednet::kernel::{Isa, Job, Level};
use typednet::prelude::*;
use typednet::random::Random;

/// A network whose weights and moving statistics are all different, and positive where they must be.
fn any<N: Network + Plain>(seed: u64) -> Box<N> {
    let mut net = N::boxed(seed);
    let mut random = Random::new(seed, 9);
    net.weights_mut().iter_mut().for_each(|weight| *weight += 0.1 * random.uniform());
    net
}

/// An inference on an instruction set with half floats, and one with the floats that they are.
struct Infer<'a, N: Halvable>(&'a Half<N>, &'a N, &'a N::Input);

impl<N: Halvable> Job for Infer<'_, N> {
    type Output = [Vec<f32>; 2];

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> [Vec<f32>; 2] {
        let Self(half, wide, input) = self;
        let mut memory = [0, 1].map(|_| vec![f32::NAN; N::Memory::FLOATS]);
        let mut widened = vec![f32::NAN; N::Widened::FLOATS];
        N::infer_halves(half.weights(), isa, input.floats(), &mut memory[0], &mut widened);
        wide.infer_on(isa, input.floats(), &mut memory[1]);
        memory.map(|memory| memory[N::OUTPUT].to_vec())
    }
}

/// Compares outputs with those of the widened network on every instruction set, and with the network before it was rounded.
fn check<N: Halvable + Plain>() {
    let net = any::<N>(3);
    let half = Half::<N>::round(&net).unwrap();
    let wide = half.widen();
    for (&half, &value) in half.weights().iter().zip(net.weights()) {
        assert!((half::to_f32(half) - value).abs() <= value.abs() / 2048.0 + 2.0_f32.powi(-25));
    }
    assert_eq!(Half::<N>::WEIGHT_BYTES * 2, N::WEIGHT_BYTES);
    assert_eq!(Half::<N>::WORKSPACE_BYTES, N::WORKSPACE_BYTES + 4 * N::Widened::FLOATS);
    assert_eq!(Half::round(&*wide).unwrap(), half);
    let mut random = Random::new(7, 1);
    for _ in 0..4 {
        let mut input = N::Input::ZERO;
        input.floats_mut().copy_from_slice(&uniform(&mut random, N::Input::FLOATS, -1.0, 1.0));
        for level in Level::available() {
            let [found, expected] = level.run(Infer(&*half, &*wide, &input));
            assert_eq!(found, expected, "{level:?}");
        }
        let output = half.predict(&input);
        assert_eq!(output.floats(), wide.predict(&input).floats());
        common::assert_close("output", output.floats(), net.predict(&input).floats(), 0.01);
    }
}

custom::weights! {
    /// A layer of one's own: each value, multiplied by a factor of its channel.
    struct Scale<const C: usize> {
        factor: [f32; C],
    }
}

impl<const C: usize> Scale<C> {
    const fn output_shape(input: custom::Shape) -> custom::Shape {
        input
    }

    const fn settings(input: custom::Shape) -> custom::Settings {
        custom::Settings::new(input, input, ())
    }
}

impl<const C: usize> custom::Layer for Scale<C> {
    type Settings = custom::Settings;
    type Gradient = Self;

    fn infer<I: Isa>(&self, _isa: I, _settings: &custom::Settings, input: &[f32], output: &mut [f32]) {
        for (index, (output, input)) in output.iter_mut().zip(input).enumerate() {
            *output = self.factor[index % C] * input;
        }
    }

    fn backward(
        &self,
        _settings: &custom::Settings,
        _pass: custom::Pass<'_>,
        backward: custom::Backward<'_>,
        gradient: Option<&mut Self>,
    ) {
        let custom::Backward { input, output_gradient, input_gradient, .. } = backward;
        if let Some(gradient) = gradient {
            gradient.factor.fill(0.0);
            for (index, (input, slope)) in input.iter().zip(output_gradient).enumerate() {
                gradient.factor[index % C] += input * slope;
            }
        }
        if let Some(input_gradient) = input_gradient {
            for (index, (gradient, slope)) in input_gradient.iter_mut().zip(output_gradient).enumerate() {
                *gradient = self.factor[index % C] * slope;
            }
        }
    }
}

network! {
    struct Scaled: [2, 2] -> [3] { scale: custom Scale<2>(), Flatten, Dense(3) }
}

#[test]
fn the_layer_of_ones_own_has_the_right_derivatives() {
    let report = check_gradients(&*Scaled::boxed(1), &[[[0.5, 1.0], [-1.0, 2.0]], [[1.5, -0.5], [0.25, 1.0]]]);
    assert!(report.is_right(), "{report}");
}

/// Declares networks and checks each.
macro_rules! same {
    ($($name:ident: $input:tt -> $output:tt { $($layer:tt)* })*) => {
        $(
            #[test]
            fn $name() {
                network! {
                    #[allow(deprecated)]
                    struct Net: $input -> $output { $($layer)* }
                }
                check::<Net>();
            }
        )*
    };
}

network! {
    #[allow(deprecated)]
    struct Encoder: [4, 4, 2] -> [3] { Conv2d(3, kernel = 3), BatchNorm, Relu, Flatten, Dense(3) }
}

same! {
    dense: [20] -> [10] { Dense(16, activation = relu), Dense(10, activation = softmax) }
    dense_without_bias: [20] -> [10] { Dense(300, bias = false), Dense(10, bias = false) }
    dense_of_many_columns: [70] -> [3] { Dense(150), Tanh, Dense(3) }
    tutorial: [28, 28, 1] -> [10] {
        Conv2d(32, kernel = 3, activation = relu), MaxPool2d(2), Flatten,
        Dense(128, activation = relu), Dense(10, activation = softmax),
    }
    convolutions: [9, 8, 3] -> [3, 3, 6] {
        Conv2d(4, kernel = 3, padding = same, activation = silu), Conv2d(6, kernel = (3, 2), stride = 2),
        AvgPool2d(1, stride = 1), Conv2d(6, kernel = 2, bias = false),
    }
    groups: [6, 5, 4] -> [4, 3, 6] { Conv2d(6, kernel = 3, groups = 2), Sigmoid }
    depthwise: [7, 6, 3] -> [4, 3, 6] {
        DepthwiseConv2d(3, stride = 2, padding = same, multiplier = 2, bias = false), BatchNorm, Relu,
    }
    pooled_normalized: [9, 9, 1] -> [3, 3, 4] { Conv2d(4, kernel = 3), BatchNorm, Relu, MaxPool2d(2) }
    normalization_first: [8, 8, 3] -> [8, 8, 2] { BatchNorm, Conv2d(2, kernel = 1), BatchNorm, Relu }
    normalization_of_rows: [12] -> [4] { BatchNorm, Relu, Dense(4), BatchNorm }
    residual_shortcut: [6, 6, 2] -> [3, 3, 4] {
        residual(shortcut = Conv2d(4, kernel = 1, stride = 2)) {
            Conv2d(4, kernel = 3, stride = 2, padding = same), BatchNorm, Relu,
            Conv2d(4, kernel = 3, padding = same), BatchNorm,
        },
        Relu,
    }
    residual_first: [5] -> [5] { residual { Dropout(0.5) }, Dense(5) }
    sums_of_three: [6] -> [4] { add { { Dense(4) }, { Dense(4), Relu }, { Dense(4), Tanh } }, Relu6 }
    products: [6] -> [4] { multiply { { Dense(4) }, { Dense(4, activation = sigmoid) }, { Dense(4) } } }
    side_by_side: [4, 4, 2] -> [4, 4, 6] {
        concat { { Conv2d(3, kernel = 3, padding = same) }, { Conv2d(1, kernel = 1), Tanh }, { Relu } },
    }
    repeated: [6] -> [6] { repeat(3) { Dense(6), Tanh } }
    repeated_first: [3, 3, 2] -> [3, 3, 2] { repeat(2) { residual { Conv2d(2, kernel = 3, padding = same) } }, Relu }
    within: [4, 4, 2] -> [2] { Dropout(0.1), first: Network(Encoder), Relu, Dense(2) }
    within_after: [4, 4, 2] -> [3] { Tanh, Network(Encoder) }
    within_twice: [4, 4, 2] -> [6] { concat { { Network(Encoder) }, { Network(Encoder) } } }
    without_weights: [2, 3] -> [6] { Reshape([3, 2, 1]), Flatten }
    frozen: [6] -> [4] { #[frozen] Dense(5, activation = relu), Dense(4) }
    layer_of_ones_own: [4, 4, 2] -> [3] { scale: custom Scale<2>(), Relu, Flatten, Dense(3) }
}

network! { struct Head: [3] -> [4] { Dense(5, activation = tanh), Dense(4, activation = softmax) } }

#[test]
fn combinations_have_half_floats_too() {
    check::<Chain<Encoder, Head>>();
    check::<Parallel<Encoder, Encoder>>();
    check::<Ensemble<Encoder, 3>>();
    check::<Chain<Ensemble<Encoder, 2>, Head>>();
}

network! {
    struct Blocks: [6] -> [4] {
        first: Dense(6, activation = relu),
        repeated: repeat(2) { residual { inner: Dense(6), Tanh } },
        last: Dense(4),
    }
}

#[test]
fn a_weight_that_is_too_large_is_named() {
    let mut net = Blocks::boxed(1);
    net.last.bias[3] = 65_519.0;
    assert!(Half::<Blocks>::round(&net).is_ok());
    for value in [65_520.0, -1e6, f32::INFINITY] {
        net.last.bias[3] = value;
        let error = Half::<Blocks>::round(&net).unwrap_err();
        assert_eq!(error, TooLarge { tensor: "last.bias".to_owned(), value });
    }
    // 42 weights come before the repeated blocks, and 42 are in each: the first of the second block's bias.
    net.weights_mut()[42 + 42 + 36] = f32::NEG_INFINITY;
    let error = typednet::Error::from(Half::<Blocks>::round(&net).unwrap_err()).to_string();
    let expected =
        "cannot round to half floats: `repeated.1.residual_1.inner.bias` holds -inf, and half floats reach from";
    assert!(error.starts_with(expected), "{error}");
}

/// A network that learned the 8x8 digits says the same of every image of the test.
#[test]
fn a_trained_network_stays_as_good() {
    network! {
        struct Small: [8, 8, 1] -> [10] {
            Conv2d(8, kernel = 3, activation = relu), MaxPool2d(2), Flatten,
            Dense(32, activation = relu), Dense(10, activation = softmax),
        }
    }
    let (train, test) = datasets::digits().unwrap();
    let mut net = Small::boxed(1);
    Trainer::new(Adam::default(), SparseCategoricalCrossentropy).epochs(20).verbose(0).fit(&mut net, &train).unwrap();
    let half = Half::<Small>::round(&net).unwrap();
    let best = |output: [f32; 10]| (0..10).max_by(|a, b| output[*a].total_cmp(&output[*b])).unwrap();
    let count = |predict: &dyn Fn(&<Small as Network>::Input) -> [f32; 10]| {
        test.iter().filter(|(input, label)| best(predict(input)) == label.index()).count()
    };
    let (floats, halves) = (count(&|input| net.predict(input)), count(&|input| half.predict(input)));
    assert!(floats * 10 > test.len() * 9, "{floats} of {}", test.len());
    assert!(floats.abs_diff(halves) <= 1, "{halves} right with half floats, {floats} with floats");
}

#[test]
fn a_network_of_half_floats_has_a_summary() {
    network! {
        struct Convolutional: [6, 6, 1] -> [3] {
            conv: Conv2d(2, kernel = 3), Flatten, digit: Dense(3),
        }
    }
    let expected = "\
Half<Convolutional>: [6, 6, 1] -> [3]
┌─────────────────────┬──────┬───────────┬─────────┐
│ Layer (kind)        │ MACs │ f16 flash │ f16 RAM │
├─────────────────────┼──────┼───────────┼─────────┤
│ conv (Conv2d)       │  288 │        40 │     208 │
│ flatten_1 (Flatten) │    0 │         0 │       - │
│ digit (Dense)       │   96 │       198 │     220 │
├─────────────────────┼──────┼───────────┼─────────┤
│ Total               │  384 │       238 │     220 │
└─────────────────────┴──────┴───────────┴─────────┘
";
    assert_eq!(Half::<Convolutional>::summary().to_string(), expected);
    assert_eq!(format!("{:?}", Half::<Convolutional>::zeroed()), "Half<Convolutional>");
}

network! {
    struct Mlp: [64] -> [10] {
        hidden: Dense(32, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

network! {
    /// The same tensors, but another layer between them.
    struct Other: [64] -> [10] {
        hidden: Dense(32, activation = relu),
        Dropout(0.5),
        digit:  Dense(10, activation = softmax),
    }
}

static INCLUDED: Half<Mlp> = include_weights!(Half<Mlp>, "tests/weights/half.safetensors");

/// `UPDATE_WEIGHTS=1 cargo test --test half` writes the file anew that is included.
#[test]
fn what_is_saved_is_what_is_there() {
    let net = Mlp::load("examples/firmware/weights/mlp.safetensors").unwrap();
    let half = Half::<Mlp>::round(&net).unwrap();
    let path = "tests/weights/half.safetensors";
    if std::env::var_os("UPDATE_WEIGHTS").is_some() {
        half.save(path).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let again = folder.path().join("again.safetensors");
    half.save(&again).unwrap();
    assert!(fs::read(&again).unwrap() == fs::read(path).unwrap(), "rounded anew, the network is another one");
    assert_eq!(Half::<Mlp>::load(path).unwrap(), half);
    assert!(INCLUDED == *half);
    // The network of floats takes half floats too.
    assert_eq!(Mlp::load(path).unwrap().weights(), half.widen().weights());
    let file = fs::read(path).unwrap();
    let file = safetensors::SafeTensors::deserialize(&file).unwrap();
    let kernel = file.tensor("hidden.kernel").unwrap();
    assert_eq!((kernel.dtype(), kernel.shape()), (safetensors::Dtype::F16, &[64, 32][..]));
}

#[test]
fn blocks_come_back() {
    let half = Half::<Blocks>::round(&any::<Blocks>(5)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blocks.safetensors");
    half.save(&path).unwrap();
    assert_eq!(Half::<Blocks>::load(&path).unwrap(), half);
}

#[test]
fn a_file_that_does_not_fit_is_told() {
    let error = Half::<Mlp>::load("examples/firmware/weights/mlp.safetensors").unwrap_err().to_string();
    assert!(error.contains("holds F32, expected was F16: round the network with `Half::round`"), "{error}");
    let error = Half::<Other>::load("tests/weights/half.safetensors").unwrap_err().to_string();
    assert!(error.contains("layer 2 is `Dense [10]` in the file and `Dropout [32]` in the network"), "{error}");
    let error = Half::<Blocks>::load("tests/weights/half.safetensors").unwrap_err().to_string();
    assert!(error.contains("saved from `Mlp`"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.safetensors");
    let bytes = fs::read("tests/weights/half.safetensors").unwrap();
    fs::write(&path, &bytes[..bytes.len() - 2]).unwrap();
    let error = Half::<Mlp>::load(&path).unwrap_err().to_string();
    assert!(error.contains("cut short or damaged"), "{error}");
}
