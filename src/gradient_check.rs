//! Derivatives against differences: is a backward pass the derivative of its forward pass?

use crate::files::weights::{Place, places};
use core::fmt;
use nn_core::head::{self, Head};
use nn_core::layer::{Mode, Pass};
use nn_core::network::{Trainable, TrainingMemory};
use nn_core::plain::{Plain, boxed_zeroed, flatten};
use nn_core::random::Random;
use nn_core::team::{Sequential, Team};
use nn_core::tensor::Tensor;

/// The step of the differences.
const STEP: f32 = 1.0 / 128.0;
/// The largest error of a derivative that is right.
const TOLERANCE: f64 = 2e-3;
/// The most values of a tensor that are checked.
const MOST: usize = 200;

/// Compares the derivatives of a network's backward pass with differences of its forward pass: those by each tensor of
/// weights, and those by the input. For a layer of one's own, put it into a small network.
///
/// What is differentiated is `sum(output * factor)` over a batch of all `inputs`, each output with a random factor from -1
/// to 1, in training mode. The difference is the five-point rule
/// `(8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h` with `h = 1/128`. Outputs are single-precision numbers, whose rounding makes
/// the difference uncertain by some 1e-5 for outputs near 1; so keep weights and inputs near 1 in size.
///
/// Where a function has a kink (ReLU at 0), a difference across it is no derivative. Such places show themselves, since
/// differences of one and of two steps disagree there; they are counted and left out. Of each tensor 200 values at most are
/// checked, at equal distances.
///
/// The work is done twice, the tasks of the second time in the opposite order: a result that changes would depend on the
/// number of threads.
///
/// ```
/// use typednet::check_gradients;
/// use typednet::prelude::*;
///
/// network! {
///     struct Small: [3] -> [2] { hidden: Dense(4, activation = tanh), Dense(2, activation = softmax) }
/// }
///
/// let report = check_gradients(&*Small::boxed(1), &[[0.1, -0.5, 0.9], [0.7, 0.2, -0.3]]);
/// assert!(report.is_right(), "{report}");
/// assert_eq!(report.tensors[0].name, "hidden.kernel");
/// assert_eq!(report.tensors[0].checked, 12);
/// ```
pub fn check_gradients<N: Trainable + Plain>(net: &N, inputs: &[N::Input]) -> GradientReport {
    let mut random = Random::new(12, 0);
    let mut factors: Vec<f32> = vec![0.0; inputs.len() * N::Output::FLOATS];
    factors.fill_with(|| 2.0 * random.uniform() - 1.0);
    let mut copy = boxed_zeroed::<N>();
    copy.weights_mut().copy_from_slice(net.weights());
    Check { net: copy, input: flatten(inputs).to_vec(), factors }.run()
}

/// How far the derivatives of a network are from differences.
#[derive(Clone, Debug, PartialEq)]
pub struct GradientReport {
    /// The trained weights, tensor by tensor, and then the `input`.
    pub tensors: Vec<TensorReport>,
    /// Whether every bit was the same when the work was done in another order.
    pub is_deterministic: bool,
    /// The largest error that counts as right: 2e-3.
    pub tolerance: f64,
}

/// How far the derivatives by one tensor are from differences.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorReport {
    /// Its name, such as `hidden.kernel`, or `input`.
    pub name: String,
    /// How many of its values were checked.
    pub checked: usize,
    /// How many of these lie so near a kink that there is no derivative to compare with.
    pub kinks: usize,
    /// The largest distance of a derivative from its difference, relative to 1 and to the largest derivative by the tensor;
    /// infinite if a derivative was not written or is not finite.
    pub error: f64,
    /// Where that is: the number of the value within the tensor.
    pub worst: usize,
    /// The derivative there, and the difference.
    pub found: [f64; 2],
}

impl GradientReport {
    /// Whether all derivatives are right: every error is within the tolerance, no bit depends on the order of work, and at
    /// most half of a tensor's values lie at kinks.
    pub fn is_right(&self) -> bool {
        let is_right = |tensor: &TensorReport| tensor.error <= self.tolerance && 2 * tensor.kinks <= tensor.checked;
        self.is_deterministic && self.tensors.iter().all(is_right)
    }

    /// The largest error.
    pub fn error(&self) -> f64 {
        self.tensors.iter().map(|tensor| tensor.error).fold(0.0, f64::max)
    }
}

/// A line for each tensor, and what is wrong.
impl fmt::Display for GradientReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for TensorReport { name, checked, kinks, error, worst, found: [found, expected] } in &self.tensors {
            write!(f, "{name}: {checked} derivatives")?;
            if *kinks > 0 {
                write!(f, ", {kinks} of them at kinks")?;
            }
            write!(f, ", largest error {error:.1e}")?;
            if *error > self.tolerance {
                write!(f, ": number {worst} is {found}, and the difference {expected}")?;
            }
            writeln!(f)?;
        }
        if !self.is_deterministic {
            writeln!(f, "the result depends on the order of the work, and so on the number of threads")?;
        }
        Ok(())
    }
}

/// A network, a batch, and what its outputs are multiplied with.
struct Check<N> {
    net: Box<N>,
    input: Vec<f32>,
    factors: Vec<f32>,
}

/// The derivatives of a backward pass, and the objective before it.
#[derive(PartialEq)]
struct Derivatives {
    objective: f64,
    weights: Vec<f32>,
    input: Vec<f32>,
}

impl<N: Trainable + Plain> Check<N> {
    fn run(mut self) -> GradientReport {
        let derivatives = self.derivatives(&Sequential);
        let again = self.derivatives(&Backwards);
        let bits = |floats: &[f32]| floats.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        let is_deterministic =
            bits(&derivatives.weights) == bits(&again.weights) && bits(&derivatives.input) == bits(&again.input);
        let mut tensors = Vec::new();
        for (name, places) in tensors_of::<N>() {
            let found: Vec<f32> = places.iter().map(|(_, gradient)| derivatives.weights[*gradient]).collect();
            tensors.push(self.compare(name, &found, |check, index, step| {
                let place = places[index].0;
                let weight = check.net.weights()[place];
                check.net.weights_mut()[place] = weight + step;
                let objective = check.derivatives(&Sequential).objective;
                check.net.weights_mut()[place] = weight;
                objective
            }));
        }
        tensors.push(self.compare("input".to_owned(), &derivatives.input, |check, index, step| {
            let value = check.input[index];
            check.input[index] = value + step;
            let objective = check.derivatives(&Sequential).objective;
            check.input[index] = value;
            objective
        }));
        GradientReport { tensors, is_deterministic, tolerance: TOLERANCE }
    }

    /// Compares derivatives with differences of `objective`, which takes an index and a step.
    fn compare(
        &mut self,
        name: String,
        found: &[f32],
        objective: impl Fn(&mut Self, usize, f32) -> f64,
    ) -> TensorReport {
        let scale = found.iter().fold(1.0_f64, |largest, value| largest.max(f64::from(*value).abs()));
        let mut report = TensorReport { name, checked: 0, kinks: 0, error: 0.0, worst: 0, found: [0.0; 2] };
        for index in (0..found.len()).step_by(found.len().div_ceil(MOST).max(1)) {
            report.checked += 1;
            let derivative = f64::from(found[index]);
            let at = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|steps| objective(self, index, steps * STEP));
            let Some(expected) = difference(at, scale) else {
                report.kinks += 1;
                continue;
            };
            let error = (derivative - expected).abs() / scale;
            let error = if error.is_finite() { error } else { f64::INFINITY };
            if error > report.error {
                (report.error, report.worst, report.found) = (error, index, [derivative, expected]);
            }
        }
        report
    }

    /// Forward and backward. Memory begins as what is not a number, so that nothing passes that was not written.
    fn derivatives(&self, team: &dyn Team) -> Derivatives {
        let (needs, batch) = (N::TRAINING, self.input.len() / N::Input::FLOATS.max(1));
        let mut memory = TrainingMemory {
            activations: &mut vec![f32::NAN; needs.activations * batch],
            positions: &mut vec![u8::MAX; needs.positions * batch],
            statistics: &mut vec![f32::NAN; needs.statistics],
            partial: &mut vec![f32::NAN; needs.partial_floats(batch)],
        };
        let pass = Pass { team, batch, mode: Mode::Training { key: 7 } };
        self.net.forward(pass, &self.input, &mut memory);
        let (outputs, gradient) = memory.logits::<N>(batch);
        head::apply::<N::Head, _>(outputs);
        let outputs = flatten(outputs);
        let products = outputs.iter().zip(&self.factors).map(|(a, b)| f64::from(*a) * f64::from(*b));
        let objective = products.sum();
        let each = N::Output::FLOATS.max(1);
        let samples = outputs.chunks_exact(each).zip(self.factors.chunks_exact(each));
        for (gradient, (output, factors)) in gradient.iter_mut().zip(samples) {
            gradient.floats_mut().copy_from_slice(factors);
            N::Head::backward(output, gradient.floats_mut(), N::Output::SHAPE.last());
        }
        let mut weights = boxed_zeroed::<N::Gradients>();
        weights.floats_mut().fill(f32::NAN);
        let mut input = vec![f32::NAN; self.input.len()];
        self.net.backward_to_input(pass, &self.input, &mut memory, &mut weights, &mut input);
        Derivatives { objective, weights: weights.floats().to_vec(), input }
    }
}

/// The derivative from five values at equal distances; `None` at a kink.
fn difference([far_below, below, middle, above, far_above]: [f64; 5], scale: f64) -> Option<f64> {
    let step = f64::from(STEP);
    let (near, far) = ((above - below) / (2.0 * step), (far_above - far_below) / (4.0 * step));
    // A kink near the middle changes no difference of values at equal distances from it, but the curvature.
    let near_bend = (above - 2.0 * middle + below) / step;
    let far_bend = (far_above - 2.0 * middle + far_below) / (4.0 * step);
    let is_smooth = (near - far).abs().max((near_bend - far_bend).abs()) <= TOLERANCE * scale;
    is_smooth.then_some((4.0 * near - far) / 3.0)
}

/// The trained tensors of a network: for each weight, where it lies and where its derivative lies.
fn tensors_of<N: Trainable>() -> Vec<(String, Vec<(usize, usize)>)> {
    let mut gradients = vec![None; N::PARAMETERS];
    for span in N::SPANS {
        span.weights
            .clone()
            .zip(span.gradients.clone())
            .for_each(|(weight, gradient)| gradients[weight] = Some(gradient));
    }
    let tensors = places::<N>().into_iter().map(|Place { name, range, .. }| {
        let places: Vec<_> = range.filter_map(|weight| Some((weight, gradients[weight]?))).collect();
        (name, places)
    });
    tensors.filter(|(_, places)| !places.is_empty()).collect()
}

/// A team that takes its tasks in the opposite order.
struct Backwards;

impl Team for Backwards {
    fn threads(&self) -> usize {
        7
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..count).rev().for_each(task);
    }
}
