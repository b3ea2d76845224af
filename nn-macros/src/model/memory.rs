//! Which values share a buffer, and while which steps each buffer is needed.
//!
//! Time is counted in steps. Forward, step `n` happens at time `n`; the loss at the time after the last step; backward,
//! the steps happen in reverse. A value may be overwritten by a step in place if nobody needs it after that time.

use super::steps::{Step, Value};
use crate::layer::{Form, Saves};

/// Where a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In what the caller gave: the network's input, or the derivatives by it.
    Outside,
    /// In a buffer of this number.
    Buffer(usize),
}

/// A buffer: as long as `value`, and needed from time `first` to time `last`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Buffer {
    pub(crate) value: Value,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// The memory of an inference.
pub(crate) struct Inference {
    /// Where each value lies.
    pub(crate) places: Vec<Place>,
    pub(crate) buffers: Vec<Buffer>,
}

/// The memory of a training pass, forward and backward.
pub(crate) struct Training {
    /// Where each value lies.
    pub(crate) places: Vec<Place>,
    /// Where the derivatives by each value lie.
    pub(crate) gradients: Vec<Place>,
    pub(crate) buffers: Vec<Buffer>,
}

impl Inference {
    pub(crate) fn new(steps: &[Step]) -> Self {
        let mut needed = vec![0; steps.len() + 1];
        for (time, step) in steps.iter().enumerate() {
            needed[step.input] = time;
        }
        needed[steps.len()] = steps.len();
        let (places, buffers) = forward(steps, &needed);
        Self { places, buffers }
    }
}

impl Training {
    pub(crate) fn new(steps: &[Step]) -> Self {
        let mut needed = vec![0; steps.len() + 1];
        for (time, step) in steps.iter().enumerate() {
            needed[step.input] = needed[step.input].max(time);
            let (value, saved) = match step.form {
                Form::Apart { saves_input } => (step.input, saves_input),
                Form::InPlace(Saves::Input) => (step.input, true),
                Form::InPlace(Saves::Output) => (step.output, true),
                Form::InPlace(Saves::Nothing) | Form::Alias => (step.input, false),
            };
            if saved {
                needed[value] = needed[value].max(backward_time(steps, time));
            }
        }
        let output = steps.len();
        needed[output] = needed[output].max(steps.len());
        let (places, mut buffers) = forward(steps, &needed);
        let gradients = backward(steps, &places, &mut buffers);
        Self { places, gradients, buffers }
    }
}

/// The time at which step `number` happens backward.
fn backward_time(steps: &[Step], number: usize) -> usize {
    2 * steps.len() - number
}

/// Places the values of a forward pass, given the last time at which each is needed.
fn forward(steps: &[Step], needed: &[usize]) -> (Vec<Place>, Vec<Buffer>) {
    // The same contents may have several values: what is needed of an alias is needed of what it stands for, and the
    // other way round.
    let mut contents = needed.to_vec();
    let aliases = || steps.iter().filter(|step| step.form == Form::Alias);
    for step in aliases().rev() {
        contents[step.input] = contents[step.input].max(contents[step.output]);
    }
    for step in aliases() {
        contents[step.output] = contents[step.input];
    }
    let mut places = vec![Place::Outside];
    let mut buffers: Vec<Buffer> = Vec::new();
    for (time, step) in steps.iter().enumerate() {
        let place = match (step.form, places[step.input]) {
            (Form::Alias, place) => place,
            (Form::InPlace(_), place @ Place::Buffer(_)) if contents[step.input] <= time => place,
            (Form::InPlace(_) | Form::Apart { .. }, _) => {
                buffers.push(Buffer { value: step.output, first: time, last: time });
                Place::Buffer(buffers.len() - 1)
            }
        };
        places.push(place);
    }
    for (value, place) in places.iter().enumerate() {
        if let Place::Buffer(number) = place {
            buffers[*number].last = buffers[*number].last.max(contents[value]);
        }
    }
    (places, buffers)
}

/// Places the derivatives by each value, and adds their buffers.
fn backward(steps: &[Step], places: &[Place], buffers: &mut Vec<Buffer>) -> Vec<Place> {
    let mut gradients = vec![Place::Outside; steps.len() + 1];
    let loss = steps.len();
    buffers.push(Buffer { value: steps.len(), first: loss, last: loss });
    gradients[steps.len()] = Place::Buffer(buffers.len() - 1);
    for (number, step) in steps.iter().enumerate().rev() {
        let time = backward_time(steps, number);
        if let Place::Buffer(buffer) = gradients[step.output] {
            buffers[buffer].last = time;
        }
        gradients[step.input] = match step.form {
            _ if places[step.input] == Place::Outside => Place::Outside,
            Form::Alias | Form::InPlace(_) => gradients[step.output],
            Form::Apart { .. } => {
                buffers.push(Buffer { value: step.input, first: time, last: time });
                Place::Buffer(buffers.len() - 1)
            }
        };
    }
    gradients
}
