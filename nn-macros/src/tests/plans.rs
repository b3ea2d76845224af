//! The memory of random networks: a pass is played on the planned places, in which each value has to be found as it was
//! left, and the plan is compared with the least that any plan needs.

use super::tokens;
use crate::check;
use crate::errors::Errors;
use crate::layer::{Form, Saves};
use crate::model::{self, Buffer, Graph, Inference, Len, Place, Step, Training};
use crate::parse;
use core::ops::Range;
use nn_core::workspace::{self, Plan};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use quote::format_ident;

/// A layer or block whose channels are not chosen yet.
#[derive(Clone, Debug)]
enum Piece {
    /// To so many channels.
    Conv(usize),
    /// A layer that works in place, or by which nothing changes.
    InPlace(&'static str),
    Halve,
    Residual(Vec<Piece>),
    Join(&'static str, Vec<Vec<Piece>>),
    Repeat(Vec<Piece>),
}

fn piece() -> impl Strategy<Value = Piece> {
    let in_place =
        prop::sample::select(vec!["Relu", "Tanh", "Gelu", "BatchNorm", "Dropout(0.5)", "Reshape([8, 8, C])"]);
    let leaf = prop_oneof![
        (1..40usize).prop_map(Piece::Conv),
        (1..8usize).prop_map(Piece::Conv),
        in_place.prop_map(Piece::InPlace),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let inner = prop::collection::vec(inner, 0..4);
        let branches = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            inner.clone().prop_map(Piece::Residual),
            (prop::sample::select(vec!["concat", "add", "multiply"]), branches)
                .prop_map(|(join, branches)| Piece::Join(join, branches)),
            inner.prop_map(Piece::Repeat),
        ]
    })
}

/// A network's declaration.
fn network() -> impl Strategy<Value = String> {
    let top = prop_oneof![4 => piece(), 1 => Just(Piece::Halve)];
    prop::collection::vec(top, 1..7).prop_map(|pieces| {
        let mut text = String::new();
        let (side, channels) = write(&pieces, 8, 3, &mut text);
        format!("[typednet] struct Random: [8, 8, 3] -> [{side}, {side}, {channels}] {{ {text} }}")
    })
}

/// Writes layers that take an image of so many pixels and channels; what they give comes back.
fn write(pieces: &[Piece], mut side: usize, mut channels: usize, text: &mut String) -> (usize, usize) {
    for piece in pieces {
        match piece {
            Piece::Conv(filters) => {
                *text += &format!("Conv2d({filters}, kernel = 1), ");
                channels = *filters;
            }
            Piece::InPlace(layer) => {
                *text += &layer.replace("[8, 8, C]", &format!("[{side}, {side}, {channels}]"));
                *text += ", ";
            }
            Piece::Halve => {
                *text += "MaxPool2d(2, padding = same), ";
                side = side.div_ceil(2);
            }
            Piece::Residual(pieces) => {
                *text += "residual { ";
                write(pieces, side, channels, text);
                *text += &format!("Conv2d({channels}, kernel = 1) }}, ");
            }
            Piece::Repeat(pieces) => {
                *text += "repeat(3) { ";
                write(pieces, side, channels, text);
                *text += &format!("Conv2d({channels}, kernel = 1) }}, ");
            }
            Piece::Join(join, branches) => {
                let mut widths = 0;
                *text += &format!("{join} {{ ");
                for branch in branches {
                    *text += "{ ";
                    let width = write(branch, side, channels, text).1;
                    widths += width;
                    *text += if *join == "concat" { "" } else { "Conv2d(5, kernel = 1), " };
                    *text += "}, ";
                }
                *text += "}, ";
                channels = if *join == "concat" { widths } else { 5 };
            }
        }
    }
    (side, channels)
}

/// What a place holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Held {
    Nothing,
    /// The value of this number.
    Value(usize),
    /// The derivatives by a value.
    Gradient(usize),
    /// The memory of the network that a step runs.
    Nested(usize),
}

/// A block of memory, each float of which knows what was written there last.
struct Memory<'a> {
    graph: &'a Graph<'a>,
    ranges: Vec<Range<usize>>,
    floats: Vec<Held>,
    /// What was given to be overwritten: empty if nothing was.
    data: Range<usize>,
}

impl<'a> Memory<'a> {
    fn new(graph: &'a Graph<'a>, buffers: &[Buffer], len: &dyn Fn(Len) -> usize) -> Self {
        let buffers = buffers.iter().map(|buffer| {
            let Buffer { first, last, .. } = *buffer;
            workspace::Buffer { len: len(buffer.len), first, last }
        });
        let (total, ranges) = plan(&buffers.collect::<Vec<_>>());
        Self { graph, ranges, floats: vec![Held::Nothing; total], data: 0..0 }
    }

    /// The same with so many floats that hold the input and are to be overwritten.
    fn with_data(mut self, len: usize) -> Self {
        self.data = self.floats.len()..self.floats.len() + len;
        self.floats.resize(self.data.end, Held::Value(0));
        self
    }

    fn range(&self, place: Place) -> Range<usize> {
        match place {
            Place::Outside => self.data.clone(),
            Place::Buffer(number) => self.ranges[number].clone(),
        }
    }

    fn write(&mut self, place: Place, held: Held) {
        let range = self.range(place);
        self.floats[range].fill(held);
    }

    fn read(&self, place: Place, held: Held) {
        let range = self.range(place);
        assert!(self.floats[range.clone()].iter().all(|float| *float == held), "{held:?} is not whole at {range:?}");
    }

    /// A step forward. An alias writes nothing.
    fn forward(&mut self, time: usize, step: &Step<'_>, places: &[Place], nested: &[Option<usize>]) {
        for input in &step.inputs {
            self.read(places[*input], Held::Value(self.graph.root(*input)));
        }
        if let Some(buffer) = nested[time] {
            self.write(Place::Buffer(buffer), Held::Nested(time));
        }
        if let Form::Apart { .. } = step.form {
            let (output, input) = (self.range(places[step.output]), self.range(places[step.inputs[0]]));
            assert!(output.end <= input.start || input.end <= output.start, "step {time} writes over what it reads");
        }
        if step.form != Form::Alias {
            self.write(places[step.output], Held::Value(step.output));
        }
    }

    /// A step backward: reads what it saved and the derivatives that arrive, and leaves those by its inputs.
    fn backward(&mut self, time: usize, step: &Step<'_>, memory: &Training) {
        let root = |value| Held::Gradient(self.graph.root(value));
        let (arriving, gradients) = (root(step.output), step.inputs.iter().map(|input| root(*input)));
        let gradients: Vec<_> = gradients.collect();
        let saved = match step.form {
            Form::Apart { saves_input: true } | Form::InPlace(Saves::Input) => step.inputs.clone(),
            Form::InPlace(Saves::Output) => vec![step.output],
            _ => Vec::new(),
        };
        for value in saved {
            self.read(memory.places[value], Held::Value(self.graph.root(value)));
        }
        if let Some(buffer) = memory.nested[time] {
            self.read(Place::Buffer(buffer), Held::Nested(time));
        }
        let contributions = memory.contributions[time].iter().zip(gradients);
        for (contribution, gradient) in contributions {
            self.read(memory.arriving[time], arriving);
            match contribution.added {
                // The sum goes where other steps have contributed; what is written beside it is used up.
                Some(sum) => {
                    self.read(sum, gradient);
                    if contribution.written != memory.arriving[time] {
                        self.write(contribution.written, Held::Nothing);
                    }
                    self.read(sum, gradient);
                }
                None => self.write(contribution.written, gradient),
            }
        }
    }
}

/// Plans buffers, as the compiler does for their number: the length of the whole, and where each buffer lies.
fn plan(buffers: &[workspace::Buffer]) -> (usize, Vec<Range<usize>>) {
    match buffers.len() {
        0..8 => plan_of::<8>(buffers),
        8..16 => plan_of::<16>(buffers),
        16..24 => plan_of::<24>(buffers),
        24..32 => plan_of::<32>(buffers),
        32..48 => plan_of::<48>(buffers),
        48..64 => plan_of::<64>(buffers),
        64..96 => plan_of::<96>(buffers),
        96..128 => plan_of::<128>(buffers),
        128..192 => plan_of::<192>(buffers),
        _ => plan_of::<384>(buffers),
    }
}

/// The same for at most `MOST` buffers; the rest are empty.
fn plan_of<const MOST: usize>(buffers: &[workspace::Buffer]) -> (usize, Vec<Range<usize>>) {
    let mut padded = [workspace::Buffer { len: 0, first: 0, last: 0 }; MOST];
    padded[..buffers.len()].copy_from_slice(buffers);
    let plan = Plan::new(padded);
    let bound = workspace::lower_bound(buffers);
    assert_eq!(plan.lower_bound(), bound);
    assert!(plan.total() <= bound + bound / 10, "{} floats, where {bound} could do: {buffers:?}", plan.total());
    (plan.total(), (0..buffers.len()).map(|buffer| plan.range(buffer)).collect())
}

/// Plays an inference and a training pass of a network.
fn play(text: &str) {
    let mut errors = Errors::default();
    let declaration = parse::declaration(tokens(text), &mut errors).unwrap();
    let nodes = model::build(&declaration.layers, &model::Parent::default(), format_ident!("INPUT"), &mut errors);
    let shapes = check::shapes(&declaration, &nodes, &mut errors);
    assert!(!errors.any(), "{text}");
    // The memory of an inner network is unknown to the macro; any number serves.
    let len = |graph: &Graph<'_>, len| match len {
        Len::Value(value) => shapes.get(&graph.shapes[value]).unwrap().len(),
        Len::Nested(step) => 100 + 37 * step,
    };

    let graph = model::inference(&nodes);
    let input = shapes.get(&graph.shapes[0]).unwrap().len();
    let mut in_place = vec![false];
    if shapes.get(&graph.shapes[graph.output]).unwrap().len() == input {
        in_place.push(true);
    }
    for in_place in in_place {
        let inference = Inference::new(&graph, in_place);
        let memory = Memory::new(&graph, &inference.buffers, &|which| len(&graph, which));
        let mut memory = memory.with_data(if in_place { input } else { 0 });
        for (time, step) in graph.steps.iter().enumerate() {
            memory.forward(time, step, &inference.places, &inference.nested);
        }
        memory.read(inference.places[graph.output], Held::Value(graph.root(graph.output)));
    }

    let (graph, _) = model::training(&nodes);
    let training = Training::new(&graph);
    let mut memory = Memory::new(&graph, &training.buffers, &|which| len(&graph, which));
    for (time, step) in graph.steps.iter().enumerate() {
        memory.forward(time, step, &training.places, &training.nested);
    }
    memory.read(training.places[graph.output], Held::Value(graph.root(graph.output)));
    memory.write(training.output_gradient, Held::Gradient(graph.root(graph.output)));
    for (time, step) in graph.steps.iter().enumerate().rev().filter(|(_, step)| step.form != Form::Alias) {
        memory.backward(time, step, &training);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn no_value_is_overwritten_before_its_last_reader(text in network()) {
        play(&text);
    }
}
