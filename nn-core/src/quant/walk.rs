//! A walk over the operations of a network, with the values between them.

use super::network::{Place, Quantizable, Visitor};
use super::operation::Step;
use super::{Form, Quantization};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What is done at each operation.
pub(super) trait Task {
    /// Operation number `number`, counted from 1: 0 is the input of the network.
    fn step<S: Step>(&mut self, at: At<'_>, step: &S, form: &mut S::Form, inputs: &[&Value], output: &mut Value);
}

/// Which operation it is.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) number: usize,
    pub(super) name: &'a str,
}

/// A value between operations, as far as the task computes it.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) floats: Vec<f32>,
    pub(super) bytes: Vec<i8>,
    pub(super) quantization: Quantization,
}

/// What an operation of the float network gives.
pub(super) fn compute<S: Step>(step: &S, inputs: &[&Value], output: &mut Value) {
    let inputs: Vec<&[f32]> = inputs.iter().map(|input| &input.floats[..]).collect();
    step.float(&inputs, &mut output.floats, &mut alloc::vec![0.0; step.between()]);
}

impl Value {
    pub(super) const fn new(quantization: Quantization) -> Self {
        Self { floats: Vec::new(), bytes: Vec::new(), quantization }
    }

    const EMPTY: Self = Self::new(Quantization { scale: 1.0, zero_point: 0 });
}

/// Walks over a network from the value of its input on.
pub(super) fn walk<N: Quantizable, T: Task>(net: &N, form: &mut N::Form, input: Value, task: &mut T) {
    let mut walk = Walk { values: alloc::vec![input], prefix: String::new(), number: 0, result: Value::EMPTY, task };
    net.visit(form, &mut walk);
}

/// A form whose every bit is zero, never built on the stack.
pub fn empty<F: Form>() -> Box<F> {
    let mut form = Box::<F>::new_uninit();
    // SAFETY: the bytes written lie within the allocation, and all bits zero is a valid value of a form.
    unsafe {
        form.as_mut_ptr().write_bytes(0, 1);
        form.assume_init()
    }
}

struct Walk<'a, T> {
    /// The values of the network that is walked over.
    values: Vec<Value>,
    /// The names of the networks around, each with a dot.
    prefix: String,
    number: usize,
    /// What the last network inside gave.
    result: Value,
    task: &'a mut T,
}

impl<T> Walk<'_, T> {
    /// Takes out the value at a place, with memory for as many floats and bytes as it has.
    fn take(&mut self, place: Place<'_>) -> Value {
        if self.values.len() <= place.output {
            self.values.resize(place.output + 1, Value::EMPTY);
        }
        let mut value = core::mem::replace(&mut self.values[place.output], Value::EMPTY);
        value.floats.resize(place.len, 0.0);
        value.bytes.resize(place.len, 0);
        value
    }
}

impl<T: Task> Visitor for Walk<'_, T> {
    fn step<S: Step>(&mut self, place: Place<'_>, step: &S, form: &mut S::Form) {
        self.number += 1;
        let name = format!("{}{}", self.prefix, place.name);
        let mut output = self.take(place);
        let inputs: Vec<&Value> = place.inputs.iter().map(|input| &self.values[*input]).collect();
        self.task.step(At { number: self.number, name: &name }, step, form, &inputs, &mut output);
        self.values[place.output] = output;
    }

    fn networks<N: Quantizable>(&mut self, place: Place<'_>, networks: &[N], forms: &mut [N::Form]) {
        self.result = self.values[place.inputs[0]].clone();
        let repeated = networks.len() != 1;
        for (number, (network, form)) in networks.iter().zip(forms).enumerate() {
            let prefix = match repeated {
                true => format!("{}{}.{number}.", self.prefix, place.name),
                false => format!("{}{}.", self.prefix, place.name),
            };
            let input = core::mem::replace(&mut self.result, Value::EMPTY);
            let outside = (core::mem::replace(&mut self.values, alloc::vec![input]), self.prefix.to_string());
            self.prefix = prefix;
            network.visit(form, self);
            (self.values, self.prefix) = outside;
        }
        self.take(place);
        self.values[place.output] = core::mem::replace(&mut self.result, Value::EMPTY);
    }

    fn finish(&mut self, output: usize) {
        self.result = self.values[output].clone();
    }
}
