//! Blocks of layers: forward against the same network written by hand, and every derivative by differences.

#![allow(deprecated, reason = "biases before batch normalization are layers to test too")]

use typednet::layer::{Mode, Pass};
use typednet::network::TrainingMemory;
use typednet::prelude::*;
use typednet::team::{Sequential, blocks};

network! {
    #[derive(Clone, PartialEq)]
    struct Residual: [6, 6, 2] -> [3] {
        Conv2d(4, kernel = 3, padding = same, activation = tanh),
        block: residual {
            conv: Conv2d(4, kernel = 3, padding = same, activation = tanh),
            Conv2d(4, kernel = 1),
        },
        Tanh,
        down: residual(shortcut = Conv2d(5, kernel = 1, stride = 2)) {
            Conv2d(5, kernel = 3, stride = 2, padding = same, bias = false),
            BatchNorm,
        } -> [3, 3, 5],
        Sigmoid,
        GlobalAvgPool2d,
        Dense(3),
    }
}

network! {
    struct Branches: [4, 4, 2] -> [4] {
        mix: concat {
            wide: { Conv2d(3, kernel = 3, padding = same), Tanh },
            { Conv2d(2, kernel = 1, activation = sigmoid) },
            {},
        } -> [4, 4, 7],
        add { { Conv2d(7, kernel = 1) }, {}, { Conv2d(7, kernel = 3, padding = same), Softplus } },
        gate: multiply { { Conv2d(7, kernel = 1, activation = sigmoid) }, {}, { Tanh } },
        Flatten,
        Dense(4),
    }
}

network! {
    struct Nested: [5] -> [2] {
        residual {
            Dense(5, activation = tanh),
            inner: residual {
                concat { { Dense(3, activation = gelu) }, { residual { Dense(5), Silu }, Dense(2) } },
                Dense(5),
            },
        },
        deep: repeat(3) { residual { Dense(5, activation = tanh), Dense(5) }, Tanh },
        Dense(2),
    }
}

network! { struct Encoder: [4, 4, 1] -> [3] { Conv2d(2, kernel = 3), BatchNorm, Flatten, Dense(3, activation = sigmoid) } }

network! {
    struct WithNetworks: [4, 4, 1] -> [2] {
        concat { encoder: { Network(Encoder) }, other: { second: Network(Encoder), Dense(2) } },
        repeat(2) { Dense(5), BatchNorm, Softmax },
        Dense(2),
    }
}

network! {
    struct FromInput: [4] -> [4] { add { {}, { Dense(4) }, { Tanh }, {} }, multiply { {}, {} } }
}

network! {
    struct FlattenedTwice: [2, 2, 1] -> [5] { concat { { Flatten, Tanh }, { GlobalAvgPool2d } }, }
}

const WIDTH: usize = 3;
const TIMES: usize = 2;

network! {
    struct Constants: [WIDTH * 2] -> [WIDTH] {
        residual { Dense(WIDTH * 2, activation = tanh) },
        repeat(TIMES) { Dense(WIDTH * 2), Tanh },
        concat { { Dense(WIDTH) }, { Dense(WIDTH + 1) } },
        add { { Dense(WIDTH) }, { Dense(WIDTH) } },
    }
}

/// Numbers from -1 to 1 that look random.
fn numbers(count: usize, seed: u64) -> Vec<f32> {
    let mut random = typednet::random::Random::new(seed, 0);
    (0..count).map(|_| 2.0 * random.uniform() - 1.0).collect()
}

/// `sum(output * cotangent)` of a batch in training, and the derivatives by weights and input.
fn pass<N: Trainable>(
    net: &N,
    batch: usize,
    input: &[f32],
    cotangent: &[f32],
    mode: Mode,
) -> (f64, Vec<f32>, Vec<f32>) {
    let needs = N::TRAINING;
    let mut activations = vec![f32::NAN; needs.activations * batch];
    let mut positions = vec![0; needs.positions * batch];
    let mut statistics = vec![f32::NAN; needs.statistics];
    let mut partial = vec![f32::NAN; needs.partial * blocks(batch)];
    let mut memory = TrainingMemory {
        activations: &mut activations,
        positions: &mut positions,
        statistics: &mut statistics,
        partial: &mut partial,
    };
    let pass = Pass { team: &Sequential, batch, mode };
    net.forward(pass, input, &mut memory);
    let (logits, gradient) = memory.logits::<N>(batch);
    let outputs = typednet::plain::flatten(logits).to_vec();
    typednet::plain::flatten_mut(gradient).copy_from_slice(cotangent);
    let mut gradients = typednet::plain::boxed_zeroed::<N::Gradients>();
    gradients.floats_mut().fill(f32::NAN);
    let mut input_gradient = vec![f32::NAN; input.len()];
    net.backward_to_input(pass, input, &mut memory, &mut gradients, &mut input_gradient);
    let sum = outputs.iter().zip(cotangent).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
    (sum, gradients.floats().to_vec(), input_gradient)
}

/// Compares every derivative with a central difference.
fn check<N: Trainable + NetworkExt>() {
    let mode = Mode::Training { key: 7 };
    let batch = 3;
    let mut net = N::boxed(11);
    for (weight, number) in net.weights_mut().iter_mut().zip(numbers(N::PARAMETERS, 5)) {
        *weight += 0.3 * number;
    }
    let input = numbers(batch * N::Input::FLOATS, 3);
    let cotangent = numbers(batch * N::Output::FLOATS, 4);
    let (_, gradients, input_gradient) = pass(&*net, batch, &input, &cotangent, mode);
    // Rounding costs about 1e-7 * sum / step, the third derivative about step^2: both well below the tolerance.
    let (step, tolerance) = (1e-2, 4e-3);
    let close = |found: f32, up: f64, down: f64, what: &str| {
        let expected = (up - down) / (2.0 * f64::from(step));
        let error = (f64::from(found) - expected).abs() / (1.0 + expected.abs());
        assert!(error < tolerance, "{} {what}: {found} instead of {expected}", N::NAME);
    };
    for span in N::SPANS {
        for (weight, gradient) in span.weights.clone().zip(span.gradients.clone()) {
            let at = |by: f32| {
                let mut moved = net.boxed_clone();
                moved.weights_mut()[weight] += by;
                pass(&*moved, batch, &input, &cotangent, mode).0
            };
            close(gradients[gradient], at(step), at(-step), &format!("weight {weight}"));
        }
    }
    for index in 0..input.len() {
        let at = |by: f32| {
            let mut moved = input.clone();
            moved[index] += by;
            pass(&*net, batch, &moved, &cotangent, mode).0
        };
        close(input_gradient[index], at(step), at(-step), &format!("input {index}"));
    }
}

/// One sample's inference against the batched forward pass as at inference.
fn check_inference<N: Trainable + NetworkExt>() {
    let net = N::boxed(2);
    let input = numbers(N::Input::FLOATS, 9);
    let sample: &N::Input = typednet::plain::view(&input).unwrap();
    let (one, batch) = (net.predict(sample), net.predict_batch(&[*sample, *sample]));
    for (a, b) in one.floats().iter().zip(batch[1].floats()) {
        assert!((a - b).abs() < 1e-5 * (1.0 + b.abs()), "{}: {a} instead of {b}", N::NAME);
    }
    println!("{}", N::summary());
}

macro_rules! networks {
    ($($name:ident: $network:ty),* $(,)?) => { $(
        #[test]
        fn $name() {
            check_inference::<$network>();
            check::<$network>();
        }
    )* };
}

networks! {
    residual_blocks: Residual,
    branches: Branches,
    nested_blocks: Nested,
    networks_as_layers: WithNetworks,
    branches_from_the_input: FromInput,
    aliases_of_the_input: FlattenedTwice,
    sizes_that_are_constants: Constants,
}

#[test]
fn a_residual_block_is_the_sum_of_both_ways() {
    network! { struct Straight: [4] -> [4] { inside: Dense(4, activation = tanh) } }
    network! { struct Around: [4] -> [4] { block: residual { inside: Dense(4, activation = tanh) } } }
    let (mut straight, mut around) = (Straight::boxed(1), Around::boxed(1));
    straight.inside.bias = [0.1, 0.2, 0.3, 0.4];
    around.block.inside = straight.inside.clone();
    let x = [0.5, -0.25, 1.0, 2.0];
    let (inner, outer) = (straight.predict(&x), around.predict(&x));
    for index in 0..4 {
        assert_eq!(outer[index], x[index] + inner[index]);
    }
}

network! {
    struct InRepetitions: [6, 6, 1] -> [3] {
        Conv2d(4, kernel = 3), BatchNorm, Relu,
        repeat(3) { DepthwiseConv2d(3, padding = same), BatchNorm, Relu, Conv2d(4, kernel = 1), BatchNorm, Relu },
        Flatten,
        Dense(3),
    }
}

network! {
    struct InALoop: [6, 6, 1] -> [3] {
        Conv2d(4, kernel = 3), BatchNorm, Relu,
        repeat({ TIMES + 1 }) {
            DepthwiseConv2d(3, padding = same), BatchNorm, Relu, Conv2d(4, kernel = 1), BatchNorm, Relu,
        },
        Flatten,
        Dense(3),
    }
}

network! {
    struct WrittenOut: [6, 6, 1] -> [3] {
        Conv2d(4, kernel = 3), BatchNorm, Relu,
        DepthwiseConv2d(3, padding = same), BatchNorm, Relu, Conv2d(4, kernel = 1), BatchNorm, Relu,
        DepthwiseConv2d(3, padding = same), BatchNorm, Relu, Conv2d(4, kernel = 1), BatchNorm, Relu,
        DepthwiseConv2d(3, padding = same), BatchNorm, Relu, Conv2d(4, kernel = 1), BatchNorm, Relu,
        Flatten,
        Dense(3),
    }
}

#[test]
fn repeated_layers_train_as_those_written_out() {
    fn trained<N: Trainable + NetworkExt>(weights: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let mut net = N::boxed(1);
        net.weights_mut().copy_from_slice(weights);
        let (input, cotangent) = (numbers(5 * N::Input::FLOATS, 3), numbers(5 * N::Output::FLOATS, 4));
        let (_, gradients, input_gradient) = pass(&*net, 5, &input, &cotangent, Mode::Training { key: 7 });
        (gradients, input_gradient)
    }
    let weights = numbers(WrittenOut::PARAMETERS, 6);
    let expected = trained::<WrittenOut>(&weights);
    assert_eq!(trained::<InRepetitions>(&weights), expected);
    assert_eq!(trained::<InALoop>(&weights), expected);
    // What lies between convolutions is not kept from one repetition to the next either.
    let kept = [InRepetitions::TRAINING, WrittenOut::TRAINING, InALoop::TRAINING].map(|needs| needs.activations);
    assert_eq!(kept[0], kept[1]);
    assert!(kept[2] > kept[1], "{kept:?}");
}

#[test]
fn tensors_are_named_by_their_paths() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nested.safetensors");
    let net = Nested::boxed(3);
    net.save(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let mut names = file.names();
    names.sort_unstable();
    assert!(names.contains(&"residual_1.inner.concat_1.branch_2.residual_1.dense_1.kernel"), "{names:?}");
    assert!(names.contains(&"deep.2.residual_1.dense_2.bias"), "{names:?}");
    assert_eq!(Nested::load(&path).unwrap().weights(), net.weights());
    assert_eq!(net.deep.len(), 3);
    // The three copies have weights of their own.
    assert_ne!(net.deep[0].residual_1.dense_1.kernel, net.deep[1].residual_1.dense_1.kernel);
}
