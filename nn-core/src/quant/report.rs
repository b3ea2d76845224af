//! Which layer costs how much accuracy.

use super::calibration::{Samples, output_quantization};
use super::network::{Quantizable, Quantized, RoundingMode};
use super::operation::Step;
use super::walk::{At, Task, Value, compute, walk};
use super::{Quantization, Rounding};
use crate::plain::{Plain, boxed_zeroed};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// The noise of each layer's output in an int8 network: its `Display` is a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The operations, in order.
    pub layers: Vec<LayerReport>,
}

/// The noise of one layer's output.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerReport {
    /// The name of the layer.
    pub name: String,
    /// `10 log10(sum of x^2 / sum of (x - y)^2)` in decibels, where `x` are the outputs of the float network, and `y`
    /// those of the int8 network with all its noise up to here. 6 decibels are one bit.
    pub signal_to_noise: f64,
    /// The same with `y` of this layer alone, from the float network's inputs in bytes: what the layer adds by itself.
    pub alone: f64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.layers.iter().map(|layer| layer.name.chars().count()).max().unwrap_or(0).max(5);
        writeln!(f, "{:width$}  signal to noise  of the layer alone", "layer")?;
        for LayerReport { name, signal_to_noise, alone } in &self.layers {
            writeln!(f, "{name:width$}  {signal_to_noise:12.1} dB  {alone:15.1} dB")?;
        }
        Ok(())
    }
}

/// Runs both networks on the samples.
pub(super) fn measure<N: Quantizable, R: RoundingMode>(
    net: &N,
    quantized: &mut Quantized<N, R>,
    samples: &(impl Samples<N::Input> + ?Sized),
    quantizations: &[Quantization],
) -> Report {
    let mut measure = Measure { quantizations, rounding: R::ROUNDING, layers: Vec::new() };
    let mut sample = boxed_zeroed::<N::Input>();
    for number in 0..samples.count() {
        samples.write(number, &mut sample);
        let mut input = Value::new(quantized.input);
        input.floats = sample.floats().to_vec();
        input.bytes = bytes(quantized.input, &input.floats);
        walk(net, &mut quantized.form, input, &mut measure);
    }
    let layers = measure.layers.into_iter().map(|(name, powers)| LayerReport {
        name,
        signal_to_noise: decibels(powers.signal, powers.noise),
        alone: decibels(powers.signal, powers.alone),
    });
    Report { layers: layers.collect() }
}

fn decibels(signal: f64, noise: f64) -> f64 {
    10.0 * libm::log10(signal / noise)
}

fn bytes(quantization: Quantization, floats: &[f32]) -> Vec<i8> {
    floats.iter().map(|float| quantization.quantize(*float)).collect()
}

/// Sums of squares.
#[derive(Clone, Copy, Debug, Default)]
struct Powers {
    signal: f64,
    noise: f64,
    alone: f64,
}

struct Measure<'a> {
    quantizations: &'a [Quantization],
    rounding: Rounding,
    layers: Vec<(String, Powers)>,
}

impl Task for Measure<'_> {
    fn step<S: Step>(&mut self, at: At<'_>, step: &S, form: &mut S::Form, inputs: &[&Value], output: &mut Value) {
        let quantizations: Vec<Quantization> = inputs.iter().map(|input| input.quantization).collect();
        output.quantization = output_quantization(step, &quantizations, self.quantizations, at.number);
        compute(step, inputs, output);
        let fresh: Vec<Vec<i8>> = inputs.iter().map(|input| bytes(input.quantization, &input.floats)).collect();
        let fresh: Vec<&[i8]> = fresh.iter().map(|bytes| &bytes[..]).collect();
        let mut alone = alloc::vec![0; output.bytes.len()];
        step.whole(form, self.rounding, &fresh, &mut alone);
        let given: Vec<&[i8]> = inputs.iter().map(|input| &input.bytes[..]).collect();
        step.whole(form, self.rounding, &given, &mut output.bytes);
        if self.layers.len() < at.number {
            self.layers.push((at.name.to_string(), Powers::default()));
        }
        let powers = &mut self.layers[at.number - 1].1;
        for ((x, y), by_itself) in output.floats.iter().zip(&output.bytes).zip(&alone) {
            let difference = |byte: i8| f64::from(x - output.quantization.dequantize(byte));
            powers.signal += f64::from(*x) * f64::from(*x);
            powers.noise += difference(*y) * difference(*y);
            powers.alone += difference(*by_itself) * difference(*by_itself);
        }
    }
}
