//! From a trained network and samples to an int8 network.

use super::histogram::{Range, Seen};
use super::network::{DoubleRounding, Quantizable, Quantized, RoundingMode, Supported};
use super::operation::{Output, Quantizations, Step};
use super::report::{self, Report};
use super::settle::settle;
use super::walk::{self, At, Task, Value, walk};
use super::{Quantization, Rounding};
use crate::plain::{Plain, boxed_zeroed};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::marker::PhantomData;

/// Samples to calibrate with.
pub trait Samples<T> {
    /// How many there are.
    fn count(&self) -> usize;

    /// Writes one of them.
    fn write(&self, number: usize, sample: &mut T);
}

impl<T: Copy> Samples<T> for [T] {
    fn count(&self) -> usize {
        self.len()
    }

    fn write(&self, number: usize, sample: &mut T) {
        if let Some(given) = self.get(number) {
            *sample = *given;
        }
    }
}

impl<T: Copy, const N: usize> Samples<T> for [T; N] {
    fn count(&self) -> usize {
        N
    }

    fn write(&self, number: usize, sample: &mut T) {
        self.as_slice().write(number, sample);
    }
}

impl<T: Copy> Samples<T> for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn write(&self, number: usize, sample: &mut T) {
        self.as_slice().write(number, sample);
    }
}

/// Why a network was not quantized.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CalibrationError {
    /// There are no samples.
    #[error("there are no samples to calibrate with: a few hundred of those that the network was trained on will do")]
    NoSamples,
    /// A percentage that keeps nothing.
    #[error("the range is to hold {0} percent of the numbers, which is more than 50 and at most 100, such as 99.99")]
    Percentile(f64),
    /// A layer gave something that is no number.
    #[error("`{layer}` gives infinity or what is not a number; check the weights and the samples")]
    NotFinite {
        /// The layer.
        layer: String,
    },
    /// No multiplier takes the numbers of a layer to its output.
    #[error("`{layer}` turns numbers of one size into those of another, too far away for 32 bits; train it anew")]
    Scales {
        /// The layer.
        layer: String,
    },
    /// A name that no value has.
    #[error("there is no value `{name}`; the values are {known}")]
    NoValue {
        /// The name.
        name: String,
        /// Those there are.
        known: String,
    },
}

/// How a network is quantized, with the options that [`Quantized::calibrate`] leaves as they are.
///
/// ```no_run
/// use nn_core::quant::{Calibration, Quantizable, Quantized, Range, SingleRounding, Supported};
///
/// fn quantize<N: Quantizable<Layers: Supported>>(
///     net: &N,
///     samples: &[N::Input],
/// ) -> Result<Box<Quantized<N, SingleRounding>>, nn_core::quant::CalibrationError> {
///     Calibration::new().range(Range::Percentile(99.99)).single_rounding().quantize(net, samples)
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Calibration<R = DoubleRounding> {
    range: Range,
    rounding: PhantomData<R>,
}

impl Calibration {
    /// Ranges from the smallest to the largest number, and double rounding.
    pub const fn new() -> Self {
        Self { range: Range::MinMax, rounding: PhantomData }
    }
}

impl Default for Calibration {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RoundingMode> Calibration<R> {
    /// How the ranges of activations are chosen.
    pub const fn range(self, range: Range) -> Self {
        Self { range, ..self }
    }

    /// For products with multipliers that are rounded once.
    pub const fn single_rounding(self) -> Calibration<super::SingleRounding> {
        Calibration { range: self.range, rounding: PhantomData }
    }

    /// Runs the network on the samples and chooses the quantization of each value.
    ///
    /// # Errors
    ///
    /// A [`CalibrationError`] if there are no samples, or if a layer gives what is no number.
    pub fn choose<N>(&self, net: &N, samples: &(impl Samples<N::Input> + ?Sized)) -> Result<Scheme<R>, CalibrationError>
    where
        N: Quantizable<Layers: Supported>,
    {
        self.range.check()?;
        if samples.count() == 0 {
            return Err(CalibrationError::NoSamples);
        }
        let mut observe = Observe { values: Vec::new(), counts: false, problem: None };
        observe.all(net, samples);
        if self.range.counts() && observe.problem.is_none() {
            observe.counts = true;
            observe.all(net, samples);
        }
        match observe.problem {
            Some(layer) => Err(CalibrationError::NotFinite { layer }),
            None => {
                let values = observe.values.into_iter();
                let values = values.map(|(name, seen)| (name, seen.quantization(self.range))).collect();
                Ok(Scheme { values, rounding: PhantomData })
            }
        }
    }

    /// The int8 network.
    ///
    /// # Errors
    ///
    /// A [`CalibrationError`] that names the layer.
    pub fn quantize<N>(
        &self,
        net: &N,
        samples: &(impl Samples<N::Input> + ?Sized),
    ) -> Result<Box<Quantized<N, R>>, CalibrationError>
    where
        N: Quantizable<Layers: Supported>,
    {
        self.choose(net, samples)?.quantize(net)
    }

    /// The int8 network, and how much of each layer's output is noise that it adds, over the same samples.
    ///
    /// # Errors
    ///
    /// As for [`Calibration::quantize`].
    pub fn quantize_with_report<N>(
        &self,
        net: &N,
        samples: &(impl Samples<N::Input> + ?Sized),
    ) -> Result<(Box<Quantized<N, R>>, Report), CalibrationError>
    where
        N: Quantizable<Layers: Supported>,
    {
        let scheme = self.choose(net, samples)?;
        let mut quantized = scheme.prepare(net)?;
        let report = report::measure(net, &mut *quantized, samples, &scheme.quantizations());
        settle(&mut *quantized);
        Ok((quantized, report))
    }
}

impl<N: Quantizable> Quantized<N> {
    /// Quantizes a trained network by the numbers that it computes for samples: a few hundred of those that it was trained
    /// on. [`Calibration`] has options.
    ///
    /// # Errors
    ///
    /// A [`CalibrationError`] if there are no samples, or if a layer gives what is no number.
    pub fn calibrate(net: &N, samples: &(impl Samples<N::Input> + ?Sized)) -> Result<Box<Self>, CalibrationError>
    where
        N::Layers: Supported,
    {
        Calibration::new().quantize(net, samples)
    }
}

/// The quantizations of all values of a network: what was chosen by samples, and what is set by hand, for instance to those
/// of a model that was quantized elsewhere.
///
/// A value has the name of the layer that gives it, such as `block.conv`; the network's input is `input`, and the
/// activation after a layer, where it is an operation of its own, is `hidden.activation`.
#[derive(Clone, Debug)]
pub struct Scheme<R = DoubleRounding> {
    values: Vec<(String, Quantization)>,
    rounding: PhantomData<R>,
}

impl<R: RoundingMode> Scheme<R> {
    /// The values and their quantizations. Those of pools and of softmax follow from others and are not used.
    pub fn values(&self) -> impl Iterator<Item = (&str, Quantization)> {
        self.values.iter().map(|(name, quantization)| (name.as_str(), *quantization))
    }

    /// Sets that of a value.
    ///
    /// # Errors
    ///
    /// [`CalibrationError::NoValue`] if no value has this name.
    pub fn set(&mut self, name: &str, quantization: Quantization) -> Result<(), CalibrationError> {
        match self.values.iter_mut().find(|(known, _)| known == name) {
            Some((_, chosen)) => *chosen = quantization,
            None => {
                let known: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
                return Err(CalibrationError::NoValue { name: name.to_string(), known: known.join(", ") });
            }
        }
        Ok(())
    }

    /// The int8 network with these quantizations.
    ///
    /// # Errors
    ///
    /// [`CalibrationError::Scales`] if two of them are too far apart.
    pub fn quantize<N>(&self, net: &N) -> Result<Box<Quantized<N, R>>, CalibrationError>
    where
        N: Quantizable<Layers: Supported>,
    {
        let mut quantized = self.prepare(net)?;
        settle(&mut *quantized);
        Ok(quantized)
    }

    /// The same, with weights in the order of files.
    fn prepare<N>(&self, net: &N) -> Result<Box<Quantized<N, R>>, CalibrationError>
    where
        N: Quantizable<Layers: Supported>,
    {
        let quantizations = self.quantizations();
        let mut quantized = walk::empty::<Quantized<N, R>>();
        let input = quantizations.first().copied().unwrap_or(Quantization { scale: 1.0, zero_point: 0 });
        let mut prepare =
            Prepare { quantizations: &quantizations, rounding: R::ROUNDING, output: input, problem: None };
        walk(net, &mut quantized.form, Value::new(input), &mut prepare);
        (quantized.input, quantized.output) = (input, prepare.output);
        match prepare.problem {
            Some(layer) => Err(CalibrationError::Scales { layer }),
            None => Ok(quantized),
        }
    }

    fn quantizations(&self) -> Vec<Quantization> {
        self.values.iter().map(|(_, quantization)| *quantization).collect()
    }
}

/// Looks at the numbers of each value.
struct Observe {
    values: Vec<(String, Seen)>,
    counts: bool,
    problem: Option<String>,
}

impl Observe {
    fn all<N: Quantizable>(&mut self, net: &N, samples: &(impl Samples<N::Input> + ?Sized)) {
        // What is prepared is not looked at yet, but it has a place.
        let mut form = walk::empty::<N::Form>();
        let mut sample = boxed_zeroed::<N::Input>();
        for number in 0..samples.count() {
            samples.write(number, &mut sample);
            let mut input = Value::new(Quantization { scale: 1.0, zero_point: 0 });
            input.floats = sample.floats().to_vec();
            self.see(0, "input", &input.floats);
            walk(net, &mut form, input, self);
        }
    }

    fn see(&mut self, number: usize, name: &str, floats: &[f32]) {
        if self.values.len() <= number {
            self.values.push((name.to_string(), Seen::NOTHING));
        }
        let (_, seen) = &mut self.values[number];
        if self.counts {
            seen.count(floats);
        } else if !seen.widen(floats) && self.problem.is_none() {
            self.problem = Some(name.to_string());
        }
    }
}

impl Task for Observe {
    fn step<S: Step>(&mut self, at: At<'_>, step: &S, _: &mut S::Form, inputs: &[&Value], output: &mut Value) {
        walk::compute(step, inputs, output);
        self.see(at.number, at.name, &output.floats);
    }
}

/// Prepares each operation.
struct Prepare<'a> {
    quantizations: &'a [Quantization],
    rounding: Rounding,
    /// That of the value that was given last.
    output: Quantization,
    problem: Option<String>,
}

impl Task for Prepare<'_> {
    fn step<S: Step>(&mut self, at: At<'_>, step: &S, form: &mut S::Form, inputs: &[&Value], output: &mut Value) {
        let inputs: Vec<Quantization> = inputs.iter().map(|input| input.quantization).collect();
        output.quantization = output_quantization(step, &inputs, self.quantizations, at.number);
        let quantizations = Quantizations { inputs: &inputs, output: output.quantization, rounding: self.rounding };
        if step.prepare(&quantizations, form).is_none() && self.problem.is_none() {
            self.problem = Some(at.name.to_string());
        }
        self.output = output.quantization;
    }
}

/// What the output of an operation stands for.
pub(super) fn output_quantization<S: Step>(
    step: &S,
    inputs: &[Quantization],
    chosen: &[Quantization],
    number: usize,
) -> Quantization {
    match step.output() {
        Output::Fixed(quantization) => quantization,
        Output::SameAsInput => inputs[0],
        Output::Calibrated => chosen.get(number).copied().unwrap_or(inputs[0]),
    }
}
