//! Kernels of int8 networks against TensorFlow Lite, by the test data of CMSIS-NN; see `golden/cmsis_nn/README.md`.
//!
//! Every byte must be the same.

mod common;

use common::golden::{Golden, names_in};
use serde_json::Value;
use typednet::kernel::conv2d::ConvolutionSizes;
use typednet::kernel::depthwise::DepthwiseSizes;
use typednet::kernel::{Geometry, dispatch};
use typednet::quant::kernel::{
    AveragePool, Convolution, Dense, Depthwise, MaxPool, Multiply, Order, PooledConvolution, PooledSizes, Rescale,
    Softmax,
};
use typednet::quant::prepare::{self, Multiplication, SoftmaxScale};
use typednet::quant::{Multiplier, Rounding};

/// One file.
struct Case {
    name: String,
    golden: Golden,
    config: Value,
}

impl Case {
    fn read(name: &str) -> Self {
        let golden = Golden::read_from("cmsis_nn", name);
        let config = golden.config();
        Self { name: name.to_owned(), golden, config }
    }

    fn has(&self, constant: &str) -> bool {
        self.config.get(constant).is_some()
    }

    fn constant(&self, name: &str) -> i32 {
        let constant = self.config.get(name).unwrap_or_else(|| panic!("{}: no constant {name}", self.name));
        constant.as_i64().unwrap().try_into().unwrap()
    }

    fn size(&self, name: &str) -> usize {
        self.constant(name).try_into().unwrap()
    }

    /// Rows before columns.
    fn sizes(&self, names: [&str; 2]) -> [usize; 2] {
        names.map(|name| self.size(name))
    }

    fn byte(&self, name: &str) -> i8 {
        self.constant(name).try_into().unwrap()
    }

    /// Offsets of inputs are added: zero points with the sign turned around.
    fn zero_point(&self, name: &str) -> i8 {
        (-self.constant(name)).try_into().unwrap()
    }

    fn bounds(&self) -> [i8; 2] {
        if self.has("ACTIVATION_MIN") {
            [self.byte("ACTIVATION_MIN"), self.byte("ACTIVATION_MAX")]
        } else {
            [self.byte("OUT_ACTIVATION_MIN"), self.byte("OUT_ACTIVATION_MAX")]
        }
    }

    fn geometry(&self) -> Geometry {
        Geometry {
            input: self.sizes(["INPUT_H", "INPUT_W"]),
            output: self.sizes(["OUTPUT_H", "OUTPUT_W"]),
            kernel: self.sizes(["FILTER_Y", "FILTER_X"]),
            stride: self.sizes(["STRIDE_Y", "STRIDE_X"]),
            dilation: self.sizes(["DILATION_Y", "DILATION_X"]),
            before: self.sizes(["PAD_Y", "PAD_X"]),
        }
    }

    fn pool(&self) -> Geometry {
        Geometry {
            input: self.sizes(["INPUT_H", "INPUT_W"]),
            output: self.sizes(["OUTPUT_H", "OUTPUT_W"]),
            kernel: self.sizes(["FILTER_H", "FILTER_W"]),
            stride: self.sizes(["STRIDE_H", "STRIDE_W"]),
            dilation: [1, 1],
            before: self.sizes(["PADDING_H", "PADDING_W"]),
        }
    }

    fn multipliers(&self) -> Vec<Multiplier> {
        let parts = |fraction, shift| Multiplier::from_parts(fraction, shift).unwrap();
        if self.has("OUTPUT_MULTIPLIER") {
            return vec![parts(self.constant("OUTPUT_MULTIPLIER"), self.constant("OUTPUT_SHIFT"))];
        }
        let name = if self.golden.has("output_multiplier") { "output_multiplier" } else { "output_mult" };
        let (fractions, shifts) = (self.golden.integers(name), self.golden.integers("output_shift"));
        fractions.into_iter().zip(shifts).map(|(fraction, shift)| parts(fraction, shift)).collect()
    }

    /// Biases that hold the input's zero point; `weights` gives those of a channel.
    fn bias<'a, W: Iterator<Item = &'a i8>>(&self, weights: impl Fn(usize) -> W) -> Vec<i32> {
        let name = if self.golden.has("biases") { "biases" } else { "bias" };
        let zero_point = self.zero_point("INPUT_OFFSET");
        let biases = self.golden.integers(name).into_iter().enumerate();
        biases.map(|(channel, bias)| prepare::folded_bias(bias, zero_point, weights(channel).copied())).collect()
    }

    fn rescale<'a>(&self, bias: &'a [i32], multipliers: &'a [Multiplier]) -> Rescale<'a> {
        let (zero_point, bounds) = (self.byte("OUTPUT_OFFSET"), self.bounds());
        Rescale { bias, multipliers, zero_point, bounds, rounding: Rounding::Double }
    }

    /// Compares what `run` writes for each sample.
    fn check(&self, input: &str, len: usize, run: impl Fn(&[i8], &mut [i8])) {
        let input = self.golden.bytes(input);
        let expected = self.golden.bytes(if self.golden.has("output_ref") { "output_ref" } else { "output" });
        let samples = input.len() / len;
        assert!(samples > 0 && samples * len == input.len(), "{}: {} bytes of {len}", self.name, input.len());
        for (sample, expected) in input.chunks_exact(len).zip(expected.chunks_exact(expected.len() / samples)) {
            let mut output = vec![99; expected.len()];
            run(sample, &mut output);
            assert_eq!(output, expected, "{}", self.name);
        }
    }
}

fn convolution(case: &Case) {
    let (geometry, channels, filters) = (case.geometry(), case.size("IN_CH"), case.size("OUT_CH"));
    let depth = if case.has("FILTER_CH") { case.size("FILTER_CH") } else { channels };
    let sizes = ConvolutionSizes { geometry, channels, filters, groups: channels / depth };
    let (weights, multipliers) = (case.golden.bytes("weights"), case.multipliers());
    assert_eq!(weights.len(), sizes.kernel_len(), "{}", case.name);
    let bias = case.bias(|filter| weights.chunks_exact(weights.len() / filters).nth(filter).unwrap().iter());
    let (zero_point, rescale) = (case.zero_point("INPUT_OFFSET"), case.rescale(&bias, &multipliers));
    let len = geometry.input[0] * geometry.input[1] * channels;
    case.check("input", len, |input, output| {
        dispatch(Convolution {
            sizes: &sizes,
            input,
            zero_point,
            weights: &weights,
            order: Order::Filters,
            rescale,
            output,
        });
    });
    // A pool of single cells keeps everything as it is.
    let pool = Geometry { input: geometry.output, kernel: [1, 1], stride: [1, 1], before: [0, 0], ..geometry };
    let sizes = PooledSizes { convolution: sizes, pool };
    case.check("input", len, |input, output| {
        dispatch(PooledConvolution {
            sizes: &sizes,
            input,
            zero_point,
            weights: &weights,
            order: Order::Filters,
            rescale,
            output,
        });
    });
}

fn depthwise(case: &Case) {
    let (geometry, channels, multiplier) = (case.geometry(), case.size("IN_CH"), case.size("CH_MULT"));
    let sizes = DepthwiseSizes { geometry, channels, multiplier };
    let (weights, multipliers) = (case.golden.bytes("weights"), case.multipliers());
    assert_eq!(weights.len(), sizes.kernel_len(), "{}", case.name);
    let bias = case.bias(|filter| weights.iter().skip(filter).step_by(sizes.filters()));
    let (zero_point, rescale) = (case.zero_point("INPUT_OFFSET"), case.rescale(&bias, &multipliers));
    case.check("input", geometry.input[0] * geometry.input[1] * channels, |input, output| {
        dispatch(Depthwise { sizes: &sizes, input, zero_point, weights: &weights, rescale, output });
    });
}

fn dense(case: &Case) {
    let (inputs, weights, multipliers) =
        (case.size("ACCUMULATION_DEPTH"), case.golden.bytes("weights"), case.multipliers());
    let bias = case.bias(|unit| weights[unit * inputs..][..inputs].iter());
    let rescale = case.rescale(&bias, &multipliers);
    case.check("input", inputs, |input, output| {
        dispatch(Dense { input, weights: &weights, order: Order::Filters, rescale, output })
    });
}

fn pool(case: &Case) {
    let (geometry, channels, bounds) = (case.pool(), case.size("INPUT_C"), case.bounds());
    let len = geometry.input[0] * geometry.input[1] * channels;
    case.check("input_tensor", len, |input, output| {
        if case.name.starts_with("avg") {
            dispatch(AveragePool { geometry: &geometry, channels, input, bounds, output });
        } else {
            dispatch(MaxPool { geometry: &geometry, channels, input, bounds, output });
        }
    });
}

fn softmax(case: &Case) {
    let scale = SoftmaxScale {
        fraction: case.constant("INPUT_MULT"),
        shift: case.constant("INPUT_LEFT_SHIFT").try_into().unwrap(),
        smallest: case.constant("DIFF_MIN"),
    };
    case.check("input", case.size("ROW_SIZE"), |input, output| dispatch(Softmax { scale, input, output }));
    // The constants are those of the scale that the parts stand for.
    let real = f64::from(scale.fraction) * f64::from(scale.shift).exp2() / 31f64.exp2() / 26f64.exp2();
    assert_eq!(SoftmaxScale::new(real as f32), scale);
}

fn multiplication(case: &Case) {
    let zero_points = [case.zero_point("INPUT1_OFFSET"), case.zero_point("INPUT2_OFFSET"), case.byte("OUTPUT_OFFSET")];
    let multiplier = Multiplier::from_parts(case.constant("OUTPUT_MULT"), case.constant("OUTPUT_SHIFT")).unwrap();
    let multiplication = Multiplication { zero_points, multiplier, bounds: case.bounds(), rounding: Rounding::Double };
    let second = case.golden.bytes("input2");
    case.check("input1", second.len(), |first, output| {
        dispatch(Multiply { multiplication: &multiplication, first, second: &second, output });
    });
}

#[test]
fn every_byte_is_the_one_of_tensorflow_lite() {
    let names = names_in("cmsis_nn", "");
    assert_eq!(names.len(), 36);
    for name in names {
        let case = Case::read(&name);
        if case.has("CH_MULT") {
            depthwise(&case);
        } else if case.has("ACCUMULATION_DEPTH") {
            dense(&case);
        } else if case.has("FILTER_W") {
            pool(&case);
        } else if case.has("ROW_SIZE") {
            softmax(&case);
        } else if case.has("INPUT1_OFFSET") {
            multiplication(&case);
        } else {
            convolution(&case);
        }
    }
}
