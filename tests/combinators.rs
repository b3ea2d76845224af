//! Combinations of networks: they infer, train, are saved and loaded as any network.

#![allow(deprecated, reason = "an encoder ends with dropout, and a pool leaves out a row, to try both")]

use nn_core::combine::{Chain, Ensemble, Joined, LeftMetric, Parallel, RightMetric};
use nn_core::head::Head;
use nn_core::layer::{Mode, Pass};
use nn_core::network::{Network, Trainable, TrainingMemory, scaled};
use nn_core::plain::{Plain, boxed_zeroed, flatten};
use nn_core::random::Random;
use nn_core::team::{Sequential, Team};
use nn_core::tensor::Tensor;
use typednet::prelude::*;
use typednet::threads::Threads;

network! { struct Encoder: [4] -> [6] { Dense(6, activation = tanh), BatchNorm, Dropout(0.2) } }
network! { struct Gate: [4] -> [6] { Dense(6, activation = softmax) } }
network! { struct Switch: [4] -> [6] { Dense(6, activation = sigmoid) } }
network! { struct Classifier: [6] -> [3] { Dense(5, activation = tanh), Dense(3, activation = softmax) } }
network! { struct Regression: [4] -> [2] { BatchNorm, Dense(8, activation = gelu), Dense(2) } }
network! { struct Choice: [4] -> [3] { Dense(7, activation = tanh), Dense(3, activation = softmax) } }
network! { struct Events: [4] -> [2] { Dense(7, activation = tanh), Dense(2, activation = sigmoid) } }
network! { struct Mixer: [5] -> [3] { Dense(3, activation = softmax) } }
network! { struct Raw: [4] -> [4] { Tanh } }
network! { struct Image: [4, 5, 2] -> [3] { Conv2d(3, kernel = 2, activation = tanh), AvgPool2d(2), Flatten, Dense(3) } }
network! { struct Mean: [4, 5, 2] -> [2] { GlobalAvgPool2d } }

// The layers of `Encoder` (without dropout) and `Classifier` as one network, and as two.
network! { struct Whole: [4] -> [3] {
    Dense(6, activation = tanh), BatchNorm, Dense(5, activation = tanh), Dense(3, activation = softmax)
} }
network! { struct First: [4] -> [6] { Dense(6, activation = tanh), BatchNorm } }

/// Memory for a batch, full of what must not be read.
struct Memory {
    activations: Vec<f32>,
    positions: Vec<u8>,
    statistics: Vec<f32>,
    partial: Vec<f32>,
}

impl Memory {
    fn new<N: Trainable>(batch: usize) -> Self {
        let needs = N::TRAINING;
        Self {
            activations: vec![f32::NAN; needs.activations * batch],
            positions: vec![255; needs.positions * batch],
            statistics: vec![f32::NAN; needs.statistics],
            partial: vec![f32::NAN; needs.partial_floats(batch)],
        }
    }

    fn borrow(&mut self) -> TrainingMemory<'_> {
        TrainingMemory {
            activations: &mut self.activations,
            positions: &mut self.positions,
            statistics: &mut self.statistics,
            partial: &mut self.partial,
        }
    }
}

const BATCH: usize = 5;
const MODE: Mode = Mode::Training { key: 77 };

fn logits<N: Trainable>(net: &N, team: &dyn Team, input: &[f32], memory: &mut Memory) -> Vec<f32> {
    let pass = Pass { team, batch: BATCH, mode: MODE };
    net.forward(pass, input, &mut memory.borrow());
    memory.activations[scaled(&N::LOGITS, BATCH)].to_vec()
}

/// The sum of the logits, each multiplied by its cotangent.
fn objective<N: Trainable>(net: &N, input: &[f32], cotangent: &[f32]) -> f64 {
    let logits = logits(net, &Sequential, input, &mut Memory::new::<N>(BATCH));
    logits.iter().zip(cotangent).map(|(&logit, &factor)| f64::from(logit) * f64::from(factor)).sum()
}

/// The derivatives by the trained weights, and by the inputs.
fn derivatives<N: Trainable>(
    net: &N,
    team: &dyn Team,
    input: &[f32],
    cotangent: &[f32],
) -> (Box<N::Gradients>, Vec<f32>) {
    let mut memory = Memory::new::<N>(BATCH);
    logits(net, team, input, &mut memory);
    // The logits may turn into outputs before the backward pass.
    for sample in memory.activations[scaled(&N::LOGITS, BATCH)].chunks_exact_mut(N::Output::FLOATS) {
        N::Head::apply(sample, N::Output::SHAPE.last());
    }
    memory.activations[scaled(&N::LOGITS_GRADIENT, BATCH)].copy_from_slice(cotangent);
    let pass = Pass { team, batch: BATCH, mode: MODE };
    let mut gradients = boxed_zeroed::<N::Gradients>();
    gradients.floats_mut().fill(f32::NAN);
    let mut by_input = vec![f32::NAN; input.len()];
    net.backward_to_input(pass, input, &mut memory.borrow(), &mut gradients, &mut by_input);
    (gradients, by_input)
}

/// The five-point rule: its own error is the step to the fourth, 6e-8, times a thirtieth of a fifth derivative. What is
/// left is the rounding of some dozen logits of the order of one, 1e-7 for each, divided by the step.
fn assert_close(found: f32, at: impl Fn(f32) -> f64, what: &str) {
    const STEP: f32 = 1.0 / 64.0;
    let slope = (8.0 * (at(STEP) - at(-STEP)) - (at(2.0 * STEP) - at(-2.0 * STEP))) / f64::from(12.0 * STEP);
    let error = (slope - f64::from(found)).abs();
    assert!(error < 2e-4 * slope.abs().max(1.0), "the derivative by {what} is {found}, the difference says {slope}");
}

fn check<N: Trainable + Plain>() {
    let mut random = Random::new(5, 0);
    let mut net = boxed_zeroed::<N>();
    net.initialize(1);
    let mut values = |count: usize| -> Vec<f32> { (0..count).map(|_| 2.0 * random.uniform() - 1.0).collect() };
    let input = values(BATCH * N::Input::FLOATS);
    let cotangent = values(BATCH * N::Output::FLOATS);
    let (gradients, by_input) = derivatives(&*net, &Sequential, &input, &cotangent);
    for index in 0..input.len() {
        let at = |step: f32| {
            let mut moved = input.clone();
            moved[index] += step;
            objective(&*net, &moved, &cotangent)
        };
        assert_close(by_input[index], at, &format!("input {index} of {}", N::NAME));
    }
    let mut trained = 0;
    for span in N::SPANS {
        for (weight, gradient) in span.weights.clone().zip(span.gradients.clone()) {
            let at = |step: f32| {
                let mut moved = boxed_zeroed::<N>();
                moved.weights_mut().copy_from_slice(net.weights());
                moved.weights_mut()[weight] += step;
                objective(&*moved, &input, &cotangent)
            };
            assert_close(gradients.floats()[gradient], at, &format!("weight {weight} of {}", N::NAME));
            trained += 1;
        }
    }
    assert_eq!(trained, N::Gradients::FLOATS);
    check_bits::<N>(&net, &input, &cotangent, (&gradients, &by_input));
}

/// The same bits for any number of threads, and without the derivatives by the input.
fn check_bits<N: Trainable>(net: &N, input: &[f32], cotangent: &[f32], expected: (&N::Gradients, &[f32])) {
    let threads = Threads::new(3);
    let (gradients, by_input) = derivatives(net, &threads, input, cotangent);
    assert_eq!(gradients.floats(), expected.0.floats());
    assert_eq!(by_input, expected.1);
    let mut memory = Memory::new::<N>(BATCH);
    logits(net, &threads, input, &mut memory);
    memory.activations[scaled(&N::LOGITS_GRADIENT, BATCH)].copy_from_slice(cotangent);
    let mut gradients = boxed_zeroed::<N::Gradients>();
    net.backward(Pass { team: &threads, batch: BATCH, mode: MODE }, input, &mut memory.borrow(), &mut gradients);
    assert_eq!(gradients.floats(), expected.0.floats());
}

#[test]
fn derivatives_are_differences() {
    check::<Chain<Encoder, Classifier>>();
    check::<Chain<Gate, Classifier>>();
    check::<Chain<Switch, Classifier>>();
    check::<Parallel<Choice, Regression>>();
    check::<Parallel<Mean, Image>>();
    check::<Parallel<Image, Mean>>();
    check::<Ensemble<Choice, 3>>();
    check::<Ensemble<Events, 2>>();
    check::<Ensemble<Regression, 3>>();
    check::<Ensemble<Image, 2>>();
    check::<Ensemble<Choice, 1>>();
}

#[test]
fn derivatives_of_combined_combinations_are_differences() {
    check::<Chain<Parallel<Choice, Regression>, Mixer>>();
    check::<Ensemble<Parallel<Choice, Events>, 2>>();
    check::<Parallel<Ensemble<Choice, 2>, Chain<Gate, Classifier>>>();
    check::<Chain<Chain<Raw, Gate>, Ensemble<Classifier, 2>>>();
}

fn net<N: Network + Plain>(seed: u64) -> Box<N> {
    N::boxed(seed)
}

const INPUT: [f32; 4] = [0.3, -0.7, 0.2, 0.9];

#[test]
fn a_chain_is_one_network_after_the_other() {
    let chain = net::<Chain<Gate, Classifier>>(3);
    let between = chain.first.predict(&INPUT);
    assert_eq!(chain.predict(&INPUT), chain.second.predict(&between));
    assert!((between.iter().sum::<f32>() - 1.0).abs() < 1e-6);
}

#[test]
fn parallel_networks_read_the_same_input() {
    let both = net::<Parallel<Choice, Regression>>(3);
    let joined = both.predict(&INPUT);
    assert_eq!((joined.left, joined.right), (both.left.predict(&INPUT), both.right.predict(&INPUT)));
    let chain = net::<Chain<Parallel<Choice, Regression>, Mixer>>(3);
    let row: [f32; 5] = chain.first.predict(&INPUT).into();
    assert_eq!(chain.predict(&INPUT), chain.second.predict(&row));
}

#[test]
fn an_ensemble_gives_the_mean() {
    let ensemble = net::<Ensemble<Choice, 4>>(3);
    let mean = ensemble.predict(&INPUT);
    for (class, mean) in mean.into_iter().enumerate() {
        let sum: f64 = ensemble.members.iter().map(|member| f64::from(member.predict(&INPUT)[class])).sum();
        assert!((f64::from(mean) - sum / 4.0).abs() < 1e-7);
    }
    assert_ne!(ensemble.members[0].weights(), ensemble.members[1].weights());
    assert_eq!(ensemble.weights(), net::<Ensemble<Choice, 4>>(3).weights());
}

#[test]
fn the_memory_of_an_inference_is_shared() {
    type Both = Parallel<Choice, Regression>;
    type Row = Chain<Both, Mixer>;
    let floats = size_of::<f32>();
    assert_eq!(Both::WORKSPACE_BYTES, Choice::WORKSPACE_BYTES.max(3 * floats + Regression::WORKSPACE_BYTES));
    assert_eq!(Row::WORKSPACE_BYTES, Both::WORKSPACE_BYTES.max(5 * floats + Mixer::WORKSPACE_BYTES));
    assert_eq!(Ensemble::<Choice, 9>::WORKSPACE_BYTES, 3 * floats + Choice::WORKSPACE_BYTES);
    // The memory of one inference serves the next, whatever it holds.
    let (row, mut workspace) = (net::<Row>(3), Workspace::new());
    let first = *row.infer(&INPUT, &mut workspace);
    row.infer(&[9.0; 4], &mut workspace);
    assert_eq!(*row.infer(&INPUT, &mut workspace), first);
}

#[test]
fn many_samples_are_predicted_as_each_is() {
    let inputs: Vec<[f32; 4]> = points(40).iter().map(|(input, _)| input).collect();
    let chain = net::<Chain<First, Classifier>>(3);
    for (output, input) in chain.predict_batch(&inputs).iter().zip(&inputs) {
        // One sample and many are multiplied by different kernels, whose sums have another order.
        let expected = chain.predict(input);
        assert!(output.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6));
    }
    let ensemble = net::<Ensemble<Events, 3>>(3);
    for (output, input) in ensemble.predict_batch(&inputs).iter().zip(&inputs) {
        // Training takes the mean through its logit and back.
        let expected = ensemble.predict(input);
        assert!(output.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6));
    }
}

/// Points in four dimensions, in three classes.
fn points(count: usize) -> Dataset<[f32; 4], Class<3>> {
    let mut random = Random::new(8, 0);
    Dataset::from_fn(count, |_| {
        let point: [f32; 4] = core::array::from_fn(|_| 2.0 * random.uniform() - 1.0);
        let class = if point[0] * point[1] > 0.1 { 0 } else { 1 + usize::from(point[2] > point[3]) };
        (point, Class::new(class).unwrap())
    })
}

/// Saves and loads, and compares every bit.
fn check_file<N: Network + Plain>(net: &N) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    net.save(&path).unwrap();
    let loaded = N::load(&path).unwrap();
    assert_eq!(loaded.weights(), net.weights());
}

fn trainer() -> Trainer<'static, Adam, SparseCategoricalCrossentropy, ((), Accuracy)> {
    Trainer::new(Adam::new(0.01), SparseCategoricalCrossentropy).metric(Accuracy).epochs(30).batch_size(32).verbose(0)
}

/// Trains a classifier to an accuracy, the same bits on one thread and on three, and puts it into a file.
fn check_training<N: Trainable<Input = [f32; 4], Output = [f32; 3], Head = nn_core::head::Softmax> + Plain>(
    target: f64,
) {
    let (data, test) = points(1000).split(0.2).unwrap();
    let (mut net, mut other) = (net::<N>(1), net::<N>(1));
    let mut trainer = trainer().threads(1);
    trainer.fit(&mut *net, &data).unwrap();
    let score = trainer.evaluate(&*net, &test).unwrap();
    assert!(score.metric("accuracy") > target, "{} reaches {score:?}", N::NAME);
    self::trainer().threads(3).fit(&mut *other, &data).unwrap();
    assert_eq!(net.weights(), other.weights());
    check_file(&*net);
}

#[test]
fn combinations_learn() {
    check_training::<Chain<Encoder, Classifier>>(0.85);
    check_training::<Chain<Switch, Classifier>>(0.85);
    check_training::<Ensemble<Choice, 3>>(0.9);
    check_training::<Chain<Parallel<Choice, Regression>, Mixer>>(0.85);
}

/// A chain is trained to the bits of the network that is its two halves in one declaration.
#[test]
fn a_chain_trains_as_one_network_does() {
    let data = points(300);
    let mut chain = net::<Chain<First, Classifier>>(5);
    let mut whole = net::<Whole>(1);
    assert_eq!(Whole::PARAMETERS, Chain::<First, Classifier>::PARAMETERS);
    whole.weights_mut().copy_from_slice(chain.weights());
    let history = trainer().fit(&mut *chain, &data).unwrap();
    let expected = trainer().fit(&mut *whole, &data).unwrap();
    assert_eq!(history.metric("loss"), expected.metric("loss"));
    assert_eq!(chain.weights(), whole.weights());
    assert_ne!(chain.first.batch_norm_1.moving_mean, [0.0; 6]);
}

/// Two networks side by side are trained to the bits of each alone, since their losses only meet in a sum.
#[test]
fn parallel_networks_train_as_each_does() {
    let classes = points(300);
    let value = |point: [f32; 4]| [point[0] + point[1], point[2] * point[3]];
    let values = Dataset::from_fn(300, |row| (classes.input(row), value(classes.input(row))));
    let both = Dataset::from_fn(300, |row| (classes.input(row), (classes.labels()[row], values.labels()[row])));
    let mut net = net::<Parallel<Choice, Regression>>(5);
    let (mut left, mut right) = (net.left.boxed_clone(), net.right.boxed_clone());
    let mut trainer = Trainer::new(Adam::new(0.01), (SparseCategoricalCrossentropy, MeanSquaredError))
        .metric(LeftMetric("class", Accuracy))
        .metric(RightMetric("value", MeanAbsoluteError))
        .epochs(20)
        .verbose(0);
    let history = trainer.fit(&mut *net, &both).unwrap();
    let of_left = self::trainer().batch_size(32).epochs(20).fit(&mut *left, &classes).unwrap();
    let mut alone = Trainer::new(Adam::new(0.01), MeanSquaredError).metric(MeanAbsoluteError).epochs(20).verbose(0);
    let of_right = alone.fit(&mut *right, &values).unwrap();
    assert_eq!(net.left.weights(), left.weights());
    assert_eq!(net.right.weights(), right.weights());
    assert_eq!(history.metric("class"), of_left.metric("accuracy"));
    assert_eq!(history.metric("value"), of_right.metric("mean_absolute_error"));
    check_file(&*net);
}

/// Any loss that takes every head takes joined outputs.
#[test]
fn joined_outputs_have_a_loss_of_one_label() {
    let data = Dataset::from_fn(100, |row| {
        let x = row as f32 / 100.0;
        ([x; 4], Joined { left: [x, 1.0 - x, 0.0], right: [x, -x] })
    });
    let mut net = net::<Parallel<Choice, Regression>>(5);
    let mut trainer = Trainer::new(Adam::new(0.01), MeanSquaredError).epochs(20).verbose(0);
    let before = trainer.evaluate(&*net, &data).unwrap().loss;
    trainer.fit(&mut *net, &data).unwrap();
    assert!(trainer.evaluate(&*net, &data).unwrap().loss < before / 4.0);
}

#[test]
fn tensors_are_named_by_their_part() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    net::<Ensemble<Chain<Raw, Parallel<Gate, Switch>>, 12>>(1).save(&path).unwrap();
    let file = typednet::files::read_tensors(&path).unwrap();
    let names: Vec<&str> = file.tensors().iter().map(|tensor| tensor.name.as_str()).collect();
    assert_eq!(names.len(), 12 * 4);
    assert_eq!(names[0], "members.0.second.left.dense_1.kernel");
    assert_eq!(names[47], "members.11.second.right.dense_1.bias");
    let error = Ensemble::<Chain<Raw, Parallel<Switch, Gate>>, 12>::load(&path).unwrap_err();
    assert!(error.to_string().contains("Parallel<Gate, Switch>"), "{error}");
}

#[test]
fn facts_are_those_of_the_parts() {
    type Net = Chain<Parallel<Choice, Encoder>, Judge>;
    network! { struct Judge: [9] -> [1] { Dense(1) } }
    assert_eq!(Net::NAME, "Chain<Parallel<Choice, Encoder>, Judge>");
    assert_eq!(Net::PARAMETERS, Choice::PARAMETERS + Encoder::PARAMETERS + Judge::PARAMETERS);
    assert_eq!(Net::MACS, Choice::MACS + Encoder::MACS + Judge::MACS);
    // The moving statistics of `Encoder` are all that stands between trained weights.
    assert_eq!(Net::SPANS.len(), 2);
    assert_eq!(Net::summary().table().trained(), Net::PARAMETERS - 12);
    assert_eq!(format!("{:?}", net::<Net>(1)), Net::NAME);
    assert_eq!(Ensemble::<Choice, 100>::SPANS.len(), 1);
    assert_eq!(Ensemble::<Regression, 100>::SPANS.len(), 101);
    assert_eq!(flatten(&[<Net as Network>::Output::ZERO]).len(), 1);
    let table = Net::summary().to_string();
    assert!(table.contains("first (Parallel<Choice, Encoder>)") && table.contains("    dense_1 (Dense)"), "{table}");
}
