//! Layers of weighted sums: convolutions and dense layers, with the normalization, the activation and the pool of maxima
//! that follow them.

use super::{Output, Quantizations, Step};
use crate::kernel::conv2d::ConvolutionSizes;
use crate::kernel::depthwise::DepthwiseSizes;
use crate::kernel::pool::MaxPool;
use crate::kernel::{Geometry, Isa, Job, Portable};
use crate::layer::bias::Bias;
use crate::layer::{
    BatchNorm, Conv2d, Dense, DepthwiseConv2d, Identity, Layer, batch_norm, conv2d, dense, depthwise_conv2d, max_pool2d,
};
use crate::plain::flatten;
use crate::quant::form::{FormTensor, Kind};
#[cfg(target_arch = "arm")]
use crate::quant::kernel::dual::Pairs;
#[cfg(helium)]
use crate::quant::kernel::helium::Vectors;
use crate::quant::kernel::{self, Order, PooledSizes, Rescale, words};
use crate::quant::marks::{USUAL, marks, words_begin};
use crate::quant::{Contents, Form, Multiplier, Quantization, Rounding, SumsPlaces, prepare};
use crate::shape::Shape;
use core::mem::offset_of;

/// Weights and constants of `OUT` sums, prepared. The bytes of the kernel are those of [`Settings::weights`] and, before
/// them, `SLACK`, as [`Settings::slack`] says.
#[derive(Debug)]
#[repr(C)]
pub struct Sums<const KERNEL: usize, const OUT: usize, const SLACK: usize> {
    bias: [i32; OUT],
    multipliers: [Multiplier; OUT],
    // After words, so that it can be read in words.
    kernel: [i8; KERNEL],
    zero_point: i8,
    output_zero_point: i8,
    bounds: [i8; 2],
    marks: i8,
}

// SAFETY: each field is listed, and the places of sums are those of its constants; multipliers are two words.
unsafe impl<const KERNEL: usize, const OUT: usize, const SLACK: usize> Form for Sums<KERNEL, OUT, SLACK> {
    const CONTENTS: Contents = Contents {
        tensors: &[
            FormTensor {
                name: "kernel",
                kind: Kind::Weight,
                shape: Shape::new(&[OUT, Self::PRODUCTS]),
                offset: offset_of!(Self, kernel) + SLACK,
            },
            FormTensor::words("bias", OUT, offset_of!(Self, bias)),
            FormTensor::multipliers("multipliers", OUT, offset_of!(Self, multipliers)),
            FormTensor::byte("zero_point", offset_of!(Self, zero_point)),
            FormTensor::byte("output_zero_point", offset_of!(Self, output_zero_point)),
            FormTensor::bytes("bounds", 2, offset_of!(Self, bounds)),
            FormTensor::marks(
                SumsPlaces {
                    outputs: OUT,
                    products: Self::PRODUCTS,
                    kernel: offset_of!(Self, kernel) + SLACK,
                    slack: SLACK,
                    bias: offset_of!(Self, bias),
                    multipliers: offset_of!(Self, multipliers),
                    bounds: offset_of!(Self, bounds),
                },
                offset_of!(Self, marks),
            ),
        ],
        parts: &[],
    };
}

/// The sizes of the sums, and the pool on them.
#[derive(Clone, Copy, Debug)]
pub enum Sizes {
    /// Of a convolution.
    Convolution(ConvolutionSizes),
    /// Of a convolution whose outputs go through a pool.
    Pooled(PooledSizes),
    /// Of a depthwise convolution.
    Depthwise(DepthwiseSizes),
    /// Of a dense layer.
    Dense {
        /// The number of inputs.
        inputs: usize,
        /// The number of outputs.
        units: usize,
    },
}

/// What is not a weight.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    sizes: Sizes,
}

impl Settings {
    /// Those of a convolution.
    pub const fn conv2d(settings: &conv2d::Settings) -> Self {
        Self { sizes: Sizes::Convolution(settings.sizes) }
    }

    /// Those of a depthwise convolution.
    pub const fn depthwise_conv2d(settings: &depthwise_conv2d::Settings) -> Self {
        Self { sizes: Sizes::Depthwise(settings.sizes) }
    }

    /// Those of a dense layer.
    pub const fn dense(settings: &dense::Settings) -> Self {
        Self { sizes: Sizes::Dense { inputs: settings.inputs, units: settings.units } }
    }

    /// Those of a normalization that follows no sums: a depthwise convolution with a window of one pixel.
    pub const fn batch_norm(settings: &batch_norm::Settings) -> Self {
        let channels = settings.input.last();
        let pixels = match settings.input.len().checked_div(channels) {
            Some(pixels) => pixels,
            None => 0,
        };
        let (image, one) = ([pixels, 1], [1, 1]);
        let geometry =
            Geometry { input: image, output: image, kernel: one, stride: one, dilation: one, before: [0, 0] };
        Self { sizes: Sizes::Depthwise(DepthwiseSizes { geometry, channels, multiplier: 1 }) }
    }

    /// The same with a pool of maxima; only convolutions can have one.
    pub const fn pooled(self, pool: &max_pool2d::Settings) -> Self {
        match self.sizes {
            Sizes::Convolution(convolution) => {
                Self { sizes: Sizes::Pooled(PooledSizes { convolution, pool: pool.geometry }) }
            }
            _ => self,
        }
    }

    /// The number of weights.
    pub const fn weights(&self) -> usize {
        match &self.sizes {
            Sizes::Convolution(sizes) | Sizes::Pooled(PooledSizes { convolution: sizes, .. }) => sizes.kernel_len(),
            Sizes::Depthwise(sizes) => sizes.kernel_len(),
            Sizes::Dense { inputs, units } => *inputs * *units,
        }
    }

    /// The number of sums at each place.
    pub const fn channels(&self) -> usize {
        match &self.sizes {
            Sizes::Convolution(sizes) | Sizes::Pooled(PooledSizes { convolution: sizes, .. }) => sizes.filters,
            Sizes::Depthwise(sizes) => sizes.filters(),
            Sizes::Dense { units, .. } => *units,
        }
    }

    /// The bytes besides the weights, so that these can lie in words from the beginning of a line of the cache on. None where
    /// they cannot: cells that lie side by side must fill whole words, and filters whole vectors.
    pub const fn slack(&self) -> usize {
        let fit = match &self.sizes {
            Sizes::Convolution(sizes) | Sizes::Pooled(PooledSizes { convolution: sizes, .. }) => {
                let [height, width] = sizes.geometry.kernel;
                let few = height * width * sizes.channels <= words::DEPTH * words::MOST_WORDS;
                sizes.groups == 1 && words::fit(sizes.filters, sizes.channels) && few
            }
            Sizes::Depthwise(_) => false,
            Sizes::Dense { inputs, units } => words::fit(*units, *inputs),
        };
        if fit { words::SLACK } else { 0 }
    }

    /// Whether the weights lie as those of a depthwise convolution, channels last.
    const fn is_depthwise(&self) -> bool {
        matches!(self.sizes, Sizes::Depthwise(_))
    }

    /// The number of sums of one sample.
    const fn outputs(&self) -> usize {
        let [height, width] = match &self.sizes {
            Sizes::Convolution(sizes) | Sizes::Pooled(PooledSizes { convolution: sizes, .. }) => sizes.geometry.output,
            Sizes::Depthwise(sizes) => sizes.geometry.output,
            Sizes::Dense { .. } => [1, 1],
        };
        height * width * self.channels()
    }
}

impl<const KERNEL: usize, const OUT: usize, const SLACK: usize> Sums<KERNEL, OUT, SLACK> {
    /// The products of each sum.
    const PRODUCTS: usize = match (KERNEL - SLACK).checked_div(OUT) {
        Some(products) => products,
        None => 0,
    };

    /// The weights, and their order.
    #[inline(always)]
    fn weights(&self) -> (&[i8], Order) {
        if SLACK > 0
            && let Some(begin) = words_begin(self.marks)
        {
            return (&self.kernel[begin.min(SLACK)..][..KERNEL - SLACK], Order::Words);
        }
        (&self.kernel[SLACK..], Order::Filters)
    }

    /// One sample.
    #[inline(always)]
    pub fn run<I: Isa>(&self, isa: I, rounding: Rounding, settings: &Settings, input: &[i8], output: &mut [i8]) {
        let rescale = Rescale {
            bias: &self.bias,
            multipliers: &self.multipliers,
            zero_point: self.output_zero_point,
            bounds: self.bounds,
            rounding,
        };
        let (zero_point, usual) = (self.zero_point, self.marks & USUAL != 0);
        let (weights, order) = self.weights();
        match &settings.sizes {
            Sizes::Convolution(sizes) => {
                run(isa, kernel::Convolution { sizes, input, zero_point, weights, order, rescale, output }, usual);
            }
            Sizes::Pooled(sizes) => {
                run(
                    isa,
                    kernel::PooledConvolution { sizes, input, zero_point, weights, order, rescale, output },
                    usual,
                );
            }
            Sizes::Depthwise(sizes) => {
                run(isa, kernel::Depthwise { sizes, input, zero_point, weights, rescale, output }, usual);
            }
            Sizes::Dense { .. } => run(isa, kernel::Dense { input, weights, order, rescale, output }, usual),
        }
    }
}

/// Runs a kernel in vectors of bytes, or in pairs of halves, whose sums are usual ones or not.
#[cfg(helium)]
#[inline(always)]
fn run<I: Isa>(isa: I, job: impl Job<Output = ()> + Vectors + Pairs, usual: bool) {
    if job.fits_vectors() {
        job.run_in_vectors();
    } else if job.fits() {
        job.run_in_pairs(usual);
    } else {
        isa.run(job);
    }
}

/// Runs a kernel in pairs of halves, whose sums are usual ones or not.
#[cfg(all(target_arch = "arm", not(helium)))]
#[inline(always)]
fn run<I: Isa>(isa: I, job: impl Job<Output = ()> + Pairs, usual: bool) {
    if job.fits() {
        job.run_in_pairs(usual);
    } else {
        isa.run(job);
    }
}

/// Runs a kernel.
#[cfg(not(target_arch = "arm"))]
#[inline(always)]
fn run<I: Isa>(isa: I, job: impl Job<Output = ()>, _usual: bool) {
    isa.run(job);
}

/// A layer of weighted sums.
pub trait Weighted: Layer {
    /// The weights, `[products][outputs]`; none for weights that are all 1.
    fn kernel(&self) -> Option<&[f32]>;

    /// What the sums begin with; none for zeros.
    fn bias(&self) -> Option<&[f32]>;
}

impl<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias> Weighted
    for Conv2d<KH, KW, C, OUT, BIAS>
{
    fn kernel(&self) -> Option<&[f32]> {
        Some(flatten(&self.kernel))
    }

    fn bias(&self) -> Option<&[f32]> {
        self.bias.values()
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const MULTIPLIER: usize, const OUT: usize, BIAS: Bias> Weighted
    for DepthwiseConv2d<KH, KW, C, MULTIPLIER, OUT, BIAS>
{
    fn kernel(&self) -> Option<&[f32]> {
        Some(flatten(&self.kernel))
    }

    fn bias(&self) -> Option<&[f32]> {
        self.bias.values()
    }
}

impl<const IN: usize, const OUT: usize, BIAS: Bias> Weighted for Dense<IN, OUT, BIAS> {
    fn kernel(&self) -> Option<&[f32]> {
        Some(flatten(&self.kernel))
    }

    fn bias(&self) -> Option<&[f32]> {
        self.bias.values()
    }
}

impl Weighted for Identity {
    fn kernel(&self) -> Option<&[f32]> {
        None
    }

    fn bias(&self) -> Option<&[f32]> {
        None
    }
}

/// A batch normalization at inference: `output = factor * input + term`, channel by channel.
#[derive(Clone, Copy, Debug)]
pub struct Normalization<'a> {
    gamma: &'a [f32],
    beta: &'a [f32],
    mean: &'a [f32],
    variance: &'a [f32],
    epsilon: f32,
}

impl<'a> Normalization<'a> {
    /// That of a layer.
    pub fn new<const C: usize>(layer: &'a BatchNorm<C>, settings: &batch_norm::Settings) -> Self {
        let BatchNorm { gamma, beta, moving_mean, moving_variance } = layer;
        Self { gamma, beta, mean: moving_mean, variance: moving_variance, epsilon: settings.epsilon }
    }

    /// Factor and term of a channel.
    fn of(&self, channel: usize) -> [f32; 2] {
        // As TensorFlow's converter folds it, so that weights get the same scales: the reciprocal root is a number of its
        // own, in single precision.
        let root = libm::sqrt(f64::from(self.variance[channel] + self.epsilon));
        let factor = self.gamma[channel] * (1.0 / root) as f32;
        [factor, self.beta[channel] - self.mean[channel] * factor]
    }
}

/// Sums that are being prepared.
#[derive(Debug)]
pub struct SumsStep<'a, L: Weighted, const KERNEL: usize, const OUT: usize, const SLACK: usize> {
    /// The layer of the sums.
    pub layer: &'a L,
    /// Its settings.
    pub layer_settings: &'a L::Settings,
    /// The sizes, and the pool after it.
    pub settings: &'a Settings,
    /// The normalization after it.
    pub normalization: Option<Normalization<'a>>,
    /// The lowest and the highest number of the activation after it.
    pub cut: [f32; 2],
}

impl<L: Weighted, const KERNEL: usize, const OUT: usize, const SLACK: usize> Step
    for SumsStep<'_, L, KERNEL, OUT, SLACK>
{
    type Form = Sums<KERNEL, OUT, SLACK>;

    fn output(&self) -> Output {
        Output::Calibrated
    }

    fn between(&self) -> usize {
        self.settings.outputs()
    }

    fn float(&self, inputs: &[&[f32]], output: &mut [f32], sums: &mut [f32]) {
        let (layer, settings) = (self.layer, self.layer_settings);
        super::Infer { layer, settings, input: inputs[0], output: &mut *sums }.run(Portable);
        if let Some(normalization) = self.normalization {
            for channel in 0..OUT {
                let [factor, term] = normalization.of(channel);
                sums.iter_mut().skip(channel).step_by(OUT).for_each(|sum| *sum = *sum * factor + term);
            }
        }
        super::cut_off(sums, self.cut);
        match &self.settings.sizes {
            Sizes::Pooled(sizes) => {
                let geometry = &sizes.pool;
                MaxPool { geometry, channels: OUT, input: sums, output, positions: &mut [] }.run(Portable);
            }
            _ => output.copy_from_slice(sums),
        }
    }

    fn prepare(&self, quantizations: &Quantizations<'_>, form: &mut Self::Form) -> Option<()> {
        let source = Source {
            kernel: self.layer.kernel(),
            bias: self.layer.bias(),
            normalization: self.normalization,
            is_depthwise: self.settings.is_depthwise(),
            products: Self::Form::PRODUCTS,
        };
        let (input, output) = (quantizations.input(), quantizations.output);
        form.zero_point = input.zero_point;
        form.output_zero_point = output.zero_point;
        form.bounds = prepare::bounds(output, self.cut[0], self.cut[1]);
        let Sums { bias, multipliers, kernel, .. } = form;
        let kernel = &mut kernel[SLACK..];
        source.prepare(quantizations, Prepared { kernel, bias, multipliers })?;
        form.marks = marks(source.products, &form.bias, &form.multipliers, form.bounds);
        Some(())
    }

    fn whole(&self, form: &Self::Form, rounding: Rounding, inputs: &[&[i8]], output: &mut [i8]) {
        form.run(Portable, rounding, self.settings, inputs[0], output);
    }
}

/// The weights of sums of any size, so that their preparation is compiled once.
struct Source<'a> {
    kernel: Option<&'a [f32]>,
    bias: Option<&'a [f32]>,
    normalization: Option<Normalization<'a>>,
    is_depthwise: bool,
    /// The products of each sum.
    products: usize,
}

/// Where prepared weights go.
struct Prepared<'a> {
    kernel: &'a mut [i8],
    bias: &'a mut [i32],
    multipliers: &'a mut [Multiplier],
}

impl Source<'_> {
    fn prepare(&self, quantizations: &Quantizations<'_>, prepared: Prepared<'_>) -> Option<()> {
        let Prepared { kernel, bias, multipliers } = prepared;
        let (input, output) = (quantizations.input(), quantizations.output);
        let outputs = bias.len();
        for channel in 0..outputs {
            let [factor, term] = self.normalization.map_or([1.0, 0.0], |normalization| normalization.of(channel));
            let real_bias = self.bias.map_or(0.0, |bias| bias[channel]) * factor + term;
            let weight = |product| self.kernel.map_or(1.0, |kernel| kernel[product * outputs + channel]) * factor;
            let largest = (0..self.products).fold(0.0, |largest: f32, product| largest.max(weight(product).abs()));
            let scale = scale(largest, real_bias, input);
            let mut sum = 0_i32;
            for product in 0..self.products {
                let quantized = Quantization { scale, zero_point: 0 }.quantize(weight(product)).max(-i8::MAX);
                let place =
                    if self.is_depthwise { product * outputs + channel } else { channel * self.products + product };
                kernel[place] = quantized;
                sum = sum.wrapping_add(i32::from(quantized));
            }
            multipliers[channel] = prepare::multiplier_per_channel(input.scale, scale, output.scale)?;
            let whole_bias = libm::round(real_bias as f64 / (input.scale as f64 * scale as f64)) as i32;
            bias[channel] = whole_bias.wrapping_sub(i32::from(input.zero_point).wrapping_mul(sum));
        }
        Some(())
    }
}

/// The scale of a channel's weights: the largest becomes 127, unless the bias, whose scale is this one times the input's,
/// would need more than 30 bits.
fn scale(largest: f32, bias: f32, input: Quantization) -> f32 {
    const MOST_BIAS: f32 = (1 << 30) as f32;
    let scale = (largest / 127.0).max(bias.abs() / input.scale / MOST_BIAS);
    if scale > 0.0 && scale.is_finite() { scale } else { 1.0 }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use crate::kernel::dispatch;
    use crate::quant::{empty, settle, tensors};
    use std::vec::Vec;

    #[test]
    fn usual_sums_are_known_until_a_constant_changes() {
        let (mut form, tensors) = (empty::<Sums<4, 2, 0>>(), tensors::<Sums<4, 2, 0>>());
        assert!(tensors.iter().all(|tensor| tensor.name() != "marks"), "no file has them");
        let set = |form: &mut Sums<4, 2, 0>, name, words: [i32; 2]| {
            let tensor = tensors.iter().find(|tensor| tensor.name() == name).unwrap();
            let bytes = tensor.bytes_mut(form);
            let words = words.map(i32::to_ne_bytes);
            bytes.chunks_mut(8).for_each(|bytes| bytes.copy_from_slice(words.as_flattened()));
        };
        form.bounds = [i8::MIN, i8::MAX];
        set(&mut form, "multipliers", [1 << 30, -1]);
        settle(&mut *form);
        assert_eq!(form.marks, 1);
        set(&mut form, "bias", [0, 1 << 29]);
        assert_eq!(form.marks, 0, "not settled yet");
        settle(&mut *form);
        assert_eq!(form.marks, 0, "too large");
        set(&mut form, "bias", [0, 1]);
        settle(&mut *form);
        assert_eq!(form.marks, 1);
    }

    #[test]
    fn weights_in_words_are_those_of_files() {
        type Units = Sums<{ 8 * 32 + words::SLACK }, 32, { words::SLACK }>;
        let (mut form, tensors) = (empty::<Units>(), tensors::<Units>());
        for (number, tensor) in tensors.iter().enumerate() {
            for (place, byte) in tensor.bytes_mut(&mut form).iter_mut().enumerate() {
                // Multipliers of a half, and whatever is a little different everywhere else.
                *byte = if tensor.name() == "multipliers" {
                    [0, 0, 0, 0x40, 0, 0, 0, 0][place % 8]
                } else {
                    (place * 7 + number) as u8
                };
            }
        }
        form.bias.fill(300);
        form.bounds = [i8::MIN, i8::MAX];
        let bytes = |form: &Units| tensors.iter().map(|tensor| tensor.bytes(form)).collect::<Vec<_>>();
        let infer = |form: &Units| {
            let (input, mut output) = ([5, -3, 0, 127, -128, 1, 2, -9], [0; 32]);
            let settings = Settings { sizes: Sizes::Dense { inputs: 8, units: 32 } };
            dispatch(Run { form, settings: &settings, input: &input, output: &mut output });
            output
        };
        let (saved, expected) = (bytes(&form), infer(&form));
        settle(&mut *form);
        assert_eq!(words_begin(form.marks).is_some(), words::are_read());
        assert_eq!((bytes(&form), infer(&form)), (saved.clone(), expected));
        for (tensor, saved) in tensors.iter().zip(&saved) {
            settle(&mut *form);
            assert_eq!(tensor.bytes_mut(&mut form), saved, "{}", tensor.name());
            assert_eq!(form.marks, 0);
        }
        assert_eq!((bytes(&form), infer(&form)), (saved, expected));
    }

    /// The sums of one sample.
    struct Run<'a> {
        form: &'a Sums<{ 8 * 32 + words::SLACK }, 32, { words::SLACK }>,
        settings: &'a Settings,
        input: &'a [i8],
        output: &'a mut [i8],
    }

    impl Job for Run<'_> {
        type Output = ();

        fn run<I: Isa>(self, isa: I) {
            self.form.run(isa, Rounding::Double, self.settings, self.input, self.output);
        }
    }
}
