//! Which values share a buffer, and while which steps each buffer is needed.
//!
//! Time is counted in steps. Forward, step `n` happens at time `n`; the loss at the time after the last step; backward,
//! the steps happen in reverse. A value may be overwritten by a step in place if nobody needs it after that time.

use super::Join;
use super::steps::{Graph, Step, Value, Work};
use crate::layer::{Form, Saves};

/// Where a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In what the caller gave: the network's input, or the derivatives by it. The layers of a `repeat` write there, too.
    Outside,
    /// In a buffer of this number.
    Buffer(usize),
}

/// How long a buffer is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Len {
    /// As long as this value.
    Value(Value),
    /// As long as the memory of the network that this step runs.
    Nested(usize),
}

/// A buffer, and the time from which and to which it is needed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Buffer {
    pub(crate) len: Len,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// The memory of an inference.
pub(crate) struct Inference {
    /// Where each value lies.
    pub(crate) places: Vec<Place>,
    /// The memory of the networks that steps run.
    pub(crate) nested: Vec<Option<usize>>,
    pub(crate) buffers: Vec<Buffer>,
    /// Whether the input is given to be overwritten with the output.
    pub(crate) in_place: bool,
}

/// The memory of a training pass, forward and backward.
pub(crate) struct Training {
    /// Where each value lies.
    pub(crate) places: Vec<Place>,
    /// The memory of the networks that steps run.
    pub(crate) nested: Vec<Option<usize>>,
    /// Where the derivatives by the output lie.
    pub(crate) output_gradient: Place,
    /// For each step, where the derivatives by its output lie.
    pub(crate) arriving: Vec<Place>,
    /// For each step and each of its inputs, where the derivatives go.
    pub(crate) contributions: Vec<Vec<Contribution>>,
    pub(crate) buffers: Vec<Buffer>,
}

/// What a step's backward pass contributes to the derivatives by one of its inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contribution {
    /// Where the step writes.
    pub(crate) written: Place,
    /// Where what is written is added to afterwards, if another step has contributed before.
    pub(crate) added: Option<Place>,
}

impl Inference {
    /// `in_place` says that the input is given to be overwritten with the output, which has its shape.
    pub(crate) fn new(graph: &Graph<'_>, in_place: bool) -> Self {
        let end = graph.steps.len();
        let mut needed = vec![0; graph.shapes.len()];
        for (time, step) in graph.steps.iter().enumerate() {
            step.inputs.iter().for_each(|input| needed[*input] = time);
        }
        needed[graph.output] = end;
        let (mut places, mut buffers) = forward(graph, &needed, in_place);
        if in_place {
            move_output(graph, &needed, &mut places, &mut buffers);
        }
        let nested = nested(graph, &mut buffers, |time| time);
        Self { places, nested, buffers, in_place }
    }
}

/// Lets the output lie where the input was given, if nobody reads what is there once the output's buffer is written.
fn move_output(graph: &Graph<'_>, needed: &[usize], places: &mut [Place], buffers: &mut Vec<Buffer>) {
    let Place::Buffer(number) = places[graph.output] else { return };
    let outside = places.iter().zip(needed).filter(|(place, _)| **place == Place::Outside);
    if outside.map(|(_, needed)| *needed).max() >= Some(buffers[number].first) {
        return;
    }
    buffers.remove(number);
    for place in places {
        *place = match *place {
            Place::Buffer(other) if other == number => Place::Outside,
            Place::Buffer(other) if other > number => Place::Buffer(other - 1),
            place => place,
        };
    }
}

impl Training {
    pub(crate) fn new(graph: &Graph<'_>) -> Self {
        let end = graph.steps.len();
        let mut needed = vec![0; graph.shapes.len()];
        for (time, step) in graph.steps.iter().enumerate() {
            step.inputs.iter().for_each(|input| needed[*input] = needed[*input].max(time));
            for value in saved(step) {
                needed[value] = needed[value].max(backward_time(end, time));
            }
        }
        needed[graph.output] = needed[graph.output].max(end);
        let (places, mut buffers) = forward(graph, &needed, false);
        let nested = nested(graph, &mut buffers, |time| backward_time(end, time));
        Backward::new(graph, &places, buffers).run(nested)
    }
}

/// The values that a step's backward pass reads.
pub(super) fn saved(step: &Step<'_>) -> Vec<Value> {
    match (step.form, step.work) {
        (_, Work::Measured(..)) => vec![step.inputs[0], step.output],
        (Form::Apart { saves_input: true } | Form::InPlace(Saves::Input), _) => step.inputs.clone(),
        (Form::Nested, _) => vec![step.inputs[0]],
        (Form::InPlace(Saves::Output), _) => vec![step.output],
        (Form::Join, Work::Join(Join::Multiply)) => step.inputs.clone(),
        _ => Vec::new(),
    }
}

/// The time at which step `number` of `end` happens backward.
fn backward_time(end: usize, number: usize) -> usize {
    2 * end - number
}

/// Places the values of a forward pass, given the last time at which each is needed, and whether the input may be
/// overwritten.
fn forward(graph: &Graph<'_>, needed: &[usize], in_place: bool) -> (Vec<Place>, Vec<Buffer>) {
    // The same contents may have several values: what is needed of an alias is needed of what it stands for.
    let mut contents = needed.to_vec();
    for step in graph.steps.iter().rev().filter(|step| step.form == Form::Alias) {
        contents[step.inputs[0]] = contents[step.inputs[0]].max(contents[step.output]);
    }
    // And what is needed of what it stands for, or of another alias, is needed of it.
    for step in graph.steps.iter().filter(|step| step.form == Form::Alias) {
        contents[step.output] = contents[step.inputs[0]];
    }
    let mut places = vec![Place::Outside; graph.shapes.len()];
    let mut buffers: Vec<Buffer> = Vec::new();
    for (time, step) in graph.steps.iter().enumerate() {
        places[step.output] = match step.form {
            Form::Alias => places[step.inputs[0]],
            _ => reused(step, time, &places, &contents, in_place).unwrap_or_else(|| {
                buffers.push(Buffer { len: Len::Value(step.output), first: time, last: time });
                Place::Buffer(buffers.len() - 1)
            }),
        };
    }
    for (value, place) in places.iter().enumerate() {
        if let Place::Buffer(number) = place {
            buffers[*number].last = buffers[*number].last.max(contents[value]);
        }
    }
    (places, buffers)
}

/// The place of an input that a step may overwrite with its output.
fn reused(step: &Step<'_>, time: usize, places: &[Place], contents: &[usize], in_place: bool) -> Option<Place> {
    let free = |input: Value| {
        let alone = step.inputs.iter().filter(|other| places[**other] == places[input]).count() == 1;
        let is_ours = in_place || places[input] != Place::Outside;
        (alone && is_ours && contents[input] <= time).then_some(places[input])
    };
    match (step.form, step.work) {
        (Form::InPlace(_), _) | (Form::Join, Work::Join(Join::Add | Join::Multiply)) => {
            step.inputs.iter().find_map(|input| free(*input))
        }
        // What is repeated gives the shape that it takes.
        (Form::Nested, _) if step.is_repeated() => free(step.inputs[0]),
        _ => None,
    }
}

/// The buffers of the networks that steps run, each needed until the time that `last` states.
fn nested(graph: &Graph<'_>, buffers: &mut Vec<Buffer>, last: impl Fn(usize) -> usize) -> Vec<Option<usize>> {
    let steps = graph.steps.iter().enumerate();
    steps
        .map(|(time, step)| {
            (step.form == Form::Nested).then(|| {
                buffers.push(Buffer { len: Len::Nested(time), first: time, last: last(time) });
                buffers.len() - 1
            })
        })
        .collect()
}

/// The places of derivatives, found step by step from the last to the first.
struct Backward<'g, 'n> {
    graph: &'g Graph<'n>,
    places: &'g [Place],
    buffers: Vec<Buffer>,
    /// Where the derivatives by each value lie, once a step has contributed. An alias has those of what it stands for.
    gradients: Vec<Option<Place>>,
    /// For each value, the one that it stands for: itself, unless it is an alias.
    roots: Vec<Value>,
}

impl<'g, 'n> Backward<'g, 'n> {
    fn new(graph: &'g Graph<'n>, places: &'g [Place], buffers: Vec<Buffer>) -> Self {
        let roots = (0..graph.shapes.len()).map(|value| graph.root(value)).collect();
        Self { graph, places, buffers, gradients: vec![None; graph.shapes.len()], roots }
    }

    fn run(mut self, nested: Vec<Option<usize>>) -> Training {
        let end = self.graph.steps.len();
        let output_gradient = self.new_buffer(self.graph.output, end);
        self.gradients[self.roots[self.graph.output]] = Some(output_gradient);
        let mut arriving = vec![Place::Outside; end];
        let mut contributions = vec![Vec::new(); end];
        for number in (0..end).rev() {
            let step = &self.graph.steps[number];
            let time = backward_time(end, number);
            if step.form == Form::Alias {
                continue;
            }
            arriving[number] = self.gradients[step.output].unwrap_or(Place::Outside);
            self.touch(arriving[number], time);
            contributions[number] = self.contribute(step, arriving[number], time);
        }
        Training {
            places: self.places.to_vec(),
            nested,
            output_gradient,
            arriving,
            contributions,
            buffers: self.buffers,
        }
    }

    fn contribute(&mut self, step: &Step<'_>, arriving: Place, time: usize) -> Vec<Contribution> {
        let last = step.inputs.len() - 1;
        let inputs = step.inputs.iter().enumerate();
        inputs
            .map(|(index, input)| {
                // The derivatives that arrive may become those by the input where the step changes them in place; where
                // several inputs want them, the last one gets them and the others copies.
                let passes = match (step.form, step.work) {
                    (Form::InPlace(_), _) => true,
                    // The step before takes them through the normalization.
                    (_, Work::Normalized(_)) => true,
                    (Form::Join, Work::Join(Join::Add)) => index == last,
                    _ => false,
                };
                self.contribution(*input, passes.then_some(arriving), time)
            })
            .collect()
    }

    fn contribution(&mut self, input: Value, passed: Option<Place>, time: usize) -> Contribution {
        let root = self.roots[input];
        let outside = self.places[root] == Place::Outside;
        let before = self.gradients[root];
        let written = match (passed, before) {
            (Some(place), _) if !outside || before.is_some() => place,
            (_, None) if outside => Place::Outside,
            _ => self.new_buffer(input, time),
        };
        self.touch(written, time);
        let added = before.inspect(|place| self.touch(*place, time));
        self.gradients[root] = Some(added.unwrap_or(written));
        Contribution { written, added }
    }

    fn new_buffer(&mut self, value: Value, time: usize) -> Place {
        self.buffers.push(Buffer { len: Len::Value(value), first: time, last: time });
        Place::Buffer(self.buffers.len() - 1)
    }

    /// Notes that a buffer is needed at a time.
    fn touch(&mut self, place: Place, time: usize) {
        if let Place::Buffer(number) = place {
            self.buffers[number].last = self.buffers[number].last.max(time);
        }
    }
}
