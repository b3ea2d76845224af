//! A network written by hand, as plainly as it can be, with everything that training has to care for: two spans of
//! trained weights with untrained ones between them, dropout, moving statistics, and partial sums over blocks.

#![allow(dead_code, unreachable_pub, reason = "each test is a crate of its own that uses a part of it")]

use core::ops::Range;
use nn_core::class::Class;
use nn_core::head::{Head, Softmax};
use nn_core::kernel::Isa;
use nn_core::layer::{Mode, Pass, WeightInfo};
use nn_core::network::{LayerInfo, Network, Span, Trainable, TrainingMemory, TrainingNeeds, disjoint, scaled};
use nn_core::random::Random;
use nn_core::shape::Shape;
use nn_core::team::{self, Chunks};
use typednet::Dataset;

const HIDDEN: usize = 24;
const TRAINED: usize = 2 * HIDDEN + HIDDEN + HIDDEN * 2 + 2;

/// Where the weights lie: the kernel and bias of the hidden layer, the moving mean of the inputs, the last layer.
const KERNEL: Range<usize> = 0..2 * HIDDEN;
const BIAS: Range<usize> = 2 * HIDDEN..3 * HIDDEN;
const MEAN: Range<usize> = 3 * HIDDEN..3 * HIDDEN + 2;
const LAST: Range<usize> = 3 * HIDDEN + 2..5 * HIDDEN + 2;
const LAST_BIAS: Range<usize> = 5 * HIDDEN + 2..5 * HIDDEN + 4;

/// `[2] -> [2]`: the moving mean is subtracted, then come a dense layer with ReLU, dropout, and a dense layer with softmax.
#[derive(Clone, Debug, PartialEq)]
pub struct Toy(pub [f32; TRAINED + 2]);

/// The same with another name.
#[derive(Clone, Debug, PartialEq)]
pub struct Other(pub Toy);

impl Toy {
    pub fn new(seed: u64) -> Self {
        let mut toy = Self([0.0; TRAINED + 2]);
        toy.initialize(seed);
        toy
    }

    /// One sample up to ReLU, and the inputs without their mean.
    fn hidden(&self, input: &[f32], hidden: &mut [f32]) -> [f32; 2] {
        let weights = &self.0;
        let centred = [input[0] - weights[MEAN][0], input[1] - weights[MEAN][1]];
        for (unit, value) in hidden.iter_mut().enumerate() {
            let sum = centred[0] * weights[KERNEL][unit] + centred[1] * weights[KERNEL][HIDDEN + unit];
            let sum = sum + weights[BIAS][unit];
            // Unlike `max`, this keeps what is not a number.
            *value = if sum < 0.0 { 0.0 } else { sum };
        }
        centred
    }

    fn logits(&self, hidden: &[f32], logits: &mut [f32]) {
        for (class, logit) in logits.iter_mut().enumerate() {
            let products = hidden.iter().enumerate().map(|(unit, value)| value * self.0[LAST][2 * unit + class]);
            *logit = products.sum::<f32>() + self.0[LAST_BIAS][class];
        }
    }
}

/// One or, with a probability of a quarter, zero.
fn kept(mode: Mode, sample: usize, unit: usize) -> f32 {
    let Mode::Training { key } = mode else { return 1.0 };
    let number = Random::new(key, (sample * HIDDEN + unit) as u64).below(4);
    if number == 0 { 0.0 } else { 1.0 / 0.75 }
}

impl Network for Toy {
    type Input = [f32; 2];
    type Output = [f32; 2];
    type Memory = [f32; HIDDEN + 2];

    const NAME: &'static str = "Toy";
    const PARAMETERS: usize = TRAINED + 2;
    const MACS: usize = 4 * HIDDEN;
    const LAYERS: &'static [LayerInfo] = &[
        LayerInfo {
            name: "hidden",
            kind: "Dense",
            input: Shape::new(&[2]),
            output: Shape::new(&[HIDDEN]),
            parameters: 3 * HIDDEN,
            macs: 2 * HIDDEN,
            weights: &[weight("kernel", Shape::new(&[2, HIDDEN]), true), weight("bias", Shape::new(&[HIDDEN]), true)],
            children: &[],
            repeated: None,
            frozen: false,
        },
        LayerInfo {
            name: "mean",
            kind: "Mean",
            input: Shape::new(&[2]),
            output: Shape::new(&[2]),
            parameters: 2,
            macs: 0,
            weights: &[weight("mean", Shape::new(&[2]), false)],
            children: &[],
            repeated: None,
            frozen: false,
        },
        LayerInfo {
            name: "last",
            kind: "Dense",
            input: Shape::new(&[HIDDEN]),
            output: Shape::new(&[2]),
            parameters: 2 * HIDDEN + 2,
            macs: 2 * HIDDEN,
            weights: &[weight("kernel", Shape::new(&[HIDDEN, 2]), true), weight("bias", Shape::new(&[2]), true)],
            children: &[],
            repeated: None,
            frozen: false,
        },
    ];
    const OUTPUT: Range<usize> = HIDDEN..HIDDEN + 2;

    fn weights(&self) -> &[f32] {
        &self.0
    }

    fn weights_mut(&mut self) -> &mut [f32] {
        &mut self.0
    }

    fn initialize(&mut self, seed: u64) {
        let mut random = Random::new(seed, 0);
        self.0.fill_with(|| random.uniform() - 0.5);
        self.0[MEAN].fill(0.0);
    }

    fn infer_on<I: Isa>(&self, _isa: I, input: &[f32], memory: &mut [f32]) {
        let (hidden, outputs) = memory.split_at_mut(HIDDEN);
        self.hidden(input, hidden);
        self.logits(hidden, outputs);
        Softmax::apply(outputs, 2);
    }
}

const fn weight(name: &'static str, shape: Shape, trained: bool) -> WeightInfo {
    WeightInfo { name, shape, trained }
}

impl Trainable for Toy {
    type Gradients = [f32; TRAINED];
    type Head = Softmax;

    const SPANS: &'static [Span] = &[
        Span { weights: 0..3 * HIDDEN, gradients: 0..3 * HIDDEN },
        Span { weights: LAST.start..LAST_BIAS.end, gradients: 3 * HIDDEN..TRAINED },
    ];
    const TRAINING: TrainingNeeds =
        TrainingNeeds { activations: HIDDEN + 4, positions: HIDDEN, statistics: 2, partial: TRAINED };
    const LOGITS: Range<usize> = HIDDEN..HIDDEN + 2;
    const LOGITS_GRADIENT: Range<usize> = HIDDEN + 2..HIDDEN + 4;

    fn forward(&self, pass: Pass<'_>, input: &[f32], memory: &mut TrainingMemory<'_>) {
        let ranges = [scaled(&(0..HIDDEN), pass.batch), scaled(&Self::LOGITS, pass.batch)];
        let [hidden, logits] = disjoint(memory.activations, ranges);
        let samples = (Chunks::new(hidden, HIDDEN), Chunks::new(logits, 2));
        pass.team.split(samples, |sample, (hidden, logits)| {
            self.hidden(&input[2 * sample..][..2], hidden);
            let units = hidden.iter_mut().enumerate();
            units.for_each(|(unit, value)| *value *= kept(pass.mode, sample, unit));
            self.logits(hidden, logits);
        });
        for (axis, mean) in memory.statistics.iter_mut().enumerate() {
            *mean = input.iter().skip(axis).step_by(2).sum::<f32>() / pass.batch as f32;
        }
    }

    fn backward_on(
        &self,
        pass: Pass<'_>,
        input: &[f32],
        memory: &mut TrainingMemory<'_>,
        gradients: Option<&mut [f32; TRAINED]>,
        input_gradient: Option<&mut [f32]>,
    ) {
        let hidden = &memory.activations[scaled(&(0..HIDDEN), pass.batch)];
        let slopes = &memory.activations[scaled(&Self::LOGITS_GRADIENT, pass.batch)];
        let block = team::block_size(pass.batch);
        assert_eq!(memory.partial.len(), TRAINED * team::blocks(pass.batch));
        let each = |sample: usize, sums: &mut [f32], input_slopes: &mut [f32]| {
            let (hidden, slopes) = (&hidden[sample * HIDDEN..][..HIDDEN], &slopes[2 * sample..][..2]);
            self.add_sample(pass.mode, sample, &input[2 * sample..][..2], hidden, slopes, sums, input_slopes);
        };
        pass.team.split(Chunks::new(memory.partial, TRAINED), |number, sums| {
            sums.fill(0.0);
            let end = ((number + 1) * block).min(pass.batch);
            (number * block..end).for_each(|sample| each(sample, sums, &mut []));
        });
        if let Some(gradients) = gradients {
            gradients.fill(0.0);
            for sums in memory.partial.chunks_exact(TRAINED) {
                gradients.iter_mut().zip(sums).for_each(|(gradient, sum)| *gradient += sum);
            }
        }
        for (sample, slopes) in input_gradient.into_iter().flat_map(|all| all.chunks_exact_mut(2)).enumerate() {
            slopes.fill(0.0);
            each(sample, &mut [0.0; TRAINED], slopes);
        }
    }

    fn update_statistics(&mut self, statistics: &[f32]) {
        for (moving, mean) in self.0[MEAN].iter_mut().zip(statistics) {
            *moving += 0.01 * (mean - *moving);
        }
    }
}

impl Toy {
    /// Adds what one sample gives to the sums, laid out as the gradients are.
    #[expect(clippy::too_many_arguments, reason = "a sample is all of this")]
    fn add_sample(
        &self,
        mode: Mode,
        sample: usize,
        input: &[f32],
        hidden: &[f32],
        slopes: &[f32],
        sums: &mut [f32],
        input_slopes: &mut [f32],
    ) {
        let centred = [input[0] - self.0[MEAN][0], input[1] - self.0[MEAN][1]];
        for (unit, &value) in hidden.iter().enumerate() {
            let last = &self.0[LAST][2 * unit..][..2];
            sums[3 * HIDDEN + 2 * unit] += value * slopes[0];
            sums[3 * HIDDEN + 2 * unit + 1] += value * slopes[1];
            if value > 0.0 {
                let slope = (last[0] * slopes[0] + last[1] * slopes[1]) * kept(mode, sample, unit);
                sums[unit] += centred[0] * slope;
                sums[HIDDEN + unit] += centred[1] * slope;
                sums[2 * HIDDEN + unit] += slope;
                for (axis, input_slope) in input_slopes.iter_mut().enumerate() {
                    *input_slope += self.0[KERNEL][axis * HIDDEN + unit] * slope;
                }
            }
        }
        sums[TRAINED - 2] += slopes[0];
        sums[TRAINED - 1] += slopes[1];
    }
}

impl Network for Other {
    type Input = [f32; 2];
    type Output = [f32; 2];
    type Memory = [f32; HIDDEN + 2];

    const NAME: &'static str = "Other";
    const PARAMETERS: usize = Toy::PARAMETERS;
    const MACS: usize = Toy::MACS;
    const LAYERS: &'static [LayerInfo] = Toy::LAYERS;
    const OUTPUT: Range<usize> = Toy::OUTPUT;

    fn weights(&self) -> &[f32] {
        self.0.weights()
    }
    fn weights_mut(&mut self) -> &mut [f32] {
        self.0.weights_mut()
    }
    fn initialize(&mut self, seed: u64) {
        self.0.initialize(seed);
    }
    fn infer_on<I: Isa>(&self, isa: I, input: &[f32], memory: &mut [f32]) {
        self.0.infer_on(isa, input, memory);
    }
}

impl Trainable for Other {
    type Gradients = [f32; TRAINED];
    type Head = Softmax;

    const SPANS: &'static [Span] = Toy::SPANS;
    const TRAINING: TrainingNeeds = Toy::TRAINING;
    const LOGITS: Range<usize> = Toy::LOGITS;
    const LOGITS_GRADIENT: Range<usize> = Toy::LOGITS_GRADIENT;

    fn forward(&self, pass: Pass<'_>, input: &[f32], memory: &mut TrainingMemory<'_>) {
        self.0.forward(pass, input, memory);
    }
    fn backward_on(
        &self,
        pass: Pass<'_>,
        input: &[f32],
        memory: &mut TrainingMemory<'_>,
        gradients: Option<&mut [f32; TRAINED]>,
        input_gradient: Option<&mut [f32]>,
    ) {
        self.0.backward_on(pass, input, memory, gradients, input_gradient);
    }
    fn update_statistics(&mut self, statistics: &[f32]) {
        self.0.update_statistics(statistics);
    }
}

/// Points of the square from -1 to 1, in two classes: within and without a circle that covers half of it.
pub fn circle(count: usize, seed: u64) -> Dataset<[f32; 2], Class<2>> {
    let mut random = Random::new(seed, 1);
    let classes = [Class::new(0).unwrap(), Class::new(1).unwrap()];
    Dataset::from_fn(count, |_| {
        let point = [2.0 * random.uniform() - 1.0, 2.0 * random.uniform() - 1.0];
        let within = point[0] * point[0] + point[1] * point[1] < 2.0 / core::f32::consts::PI;
        (point, classes[usize::from(within)])
    })
}
