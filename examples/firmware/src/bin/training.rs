//! Training on the chip: 200 steps of stochastic gradient descent with momentum on small digits, in static memory.

#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::{machine, networks::Mlp, text::Text};
use typednet::layer::{Mode, Pass};
use typednet::loss;
use typednet::network::TrainingMemory;
use typednet::optimizer::Sgd;
use typednet::prelude::*;
use typednet::team::Sequential;

/// Images of 64 pixels from 0 to 16, each followed by its class.
static IMAGES: &[u8] = include_bytes!("../../samples/training.bin");
const LINE: usize = 65;

const BATCH: usize = 16;
const STEPS: usize = 200;

/// All memory that training needs.
struct State {
    net: Mlp,
    gradients: <Mlp as Trainable>::Gradients,
    velocities: [f32; Mlp::PARAMETERS],
    activations: [f32; Mlp::TRAINING.activations * BATCH],
    positions: [u8; Mlp::TRAINING.positions * BATCH],
    statistics: [f32; Mlp::TRAINING.statistics],
    partial: [f32; Mlp::TRAINING.partial_floats(BATCH)],
}

impl State {
    const fn new() -> Self {
        Self {
            net: Mlp::ZERO,
            gradients: <Mlp as Trainable>::Gradients::ZERO,
            velocities: [0.0; Mlp::PARAMETERS],
            activations: [0.0; Mlp::TRAINING.activations * BATCH],
            positions: [0; Mlp::TRAINING.positions * BATCH],
            statistics: [0.0; Mlp::TRAINING.statistics],
            partial: [0.0; Mlp::TRAINING.partial_floats(BATCH)],
        }
    }
}

firmware::program! {
    state: State = State::new();
    train(state);
}

fn train(state: &mut State) {
    state.net.initialize(1);
    machine::mark();
    for step in 0..STEPS {
        let loss = train_step(state, step);
        if step % 20 == 0 || step == STEPS - 1 {
            let mut line = Text::new();
            machine::print(line.text("step ").number(step).text(": loss ").thousandths(loss / BATCH as f64));
        }
    }
    machine::mark();
    let mut sum = 0_u32;
    for weight in state.net.weights() {
        sum = sum.rotate_left(5) ^ weight.to_bits();
    }
    let mut line = Text::new();
    machine::print(line.text("all bits of the weights: ").bits(f32::from_bits(sum)));
}

/// One step on the next samples; the sum of their losses.
#[inline(never)]
fn train_step(state: &mut State, step: usize) -> f64 {
    let mut input = [[0.0; 64]; BATCH];
    let Ok(first) = Class::<10>::new(0) else { return f64::NAN };
    let mut labels = [first; BATCH];
    let lines = IMAGES.chunks_exact(LINE).cycle().skip(step * BATCH % (IMAGES.len() / LINE));
    for ((line, input), label) in lines.zip(&mut input).zip(&mut labels) {
        if let [pixels @ .., class] = line {
            for (value, pixel) in input.iter_mut().zip(pixels) {
                *value = f32::from(*pixel) / 16.0;
            }
            *label = Class::new(usize::from(*class)).unwrap_or(first);
        }
    }
    let State { net, gradients, velocities, activations, positions, statistics, partial } = state;
    let pass = Pass { team: &Sequential, batch: BATCH, mode: Mode::Training { key: step as u64 } };
    let mut memory = TrainingMemory { activations, positions, statistics, partial };
    net.forward(pass, input.as_flattened(), &mut memory);
    let (logits, slopes) = memory.logits::<Mlp>(BATCH);
    let loss = loss::batch::<<Mlp as Trainable>::Head, _, _>(&SparseCategoricalCrossentropy, logits, &labels, slopes);
    net.backward(pass, input.as_flattened(), &mut memory, gradients);
    let sgd = Sgd::new(0.1).momentum(0.9);
    sgd.update(step as u64 + 1, net.weights_mut(), gradients.floats(), velocities);
    loss
}
