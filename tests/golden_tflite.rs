//! Whole int8 networks against TensorFlow's converter and TensorFlow Lite Micro; see `golden/tflite/README.md`.
//!
//! From the weights in floats and the quantization of each value follow the weights in bytes, and from the bytes of an
//! input the bytes of the output. Every one must be the same.

mod common;

use common::golden::Golden;
use serde_json::Value;
use std::path::PathBuf;
use typednet::plain::Plain;
use typednet::prelude::*;
use typednet::quant::{
    self, Calibration, CalibrationError, DoubleRounding, Int8Array, Int8Input, Quantizable, Quantization, RoundingMode,
    Scheme, SingleRounding, Supported, prepare,
};

network! {
    struct Tutorial: [14, 14, 1] -> [10] {
        conv: Conv2d(16, kernel = 3, activation = relu),
        MaxPool2d(2),
        Flatten,
        hidden: Dense(24, activation = relu),
        digit: Dense(10, activation = softmax),
    }
}

network! {
    #[allow(deprecated)]
    struct DsCnn: [49, 10, 1] -> [12] {
        conv: Conv2d(24, kernel = (10, 4), stride = 2, padding = same), norm: BatchNorm, Relu,
        block: repeat(4) {
            across: DepthwiseConv2d(3, padding = same), across_norm: BatchNorm, Relu,
            along: Conv2d(24, kernel = 1, bias = false), along_norm: BatchNorm, Relu,
        },
        AvgPool2d((25, 5)),
        Flatten,
        word: Dense(12, activation = softmax),
    }
}

network! {
    #[allow(deprecated)]
    struct Residual: [12, 12, 3] -> [10] {
        conv: Conv2d(8, kernel = 3, padding = same), norm: BatchNorm, Relu,
        block_1: residual {
            first: Conv2d(8, kernel = 3, padding = same), first_norm: BatchNorm, Relu,
            second: Conv2d(8, kernel = 3, padding = same), second_norm: BatchNorm,
        },
        Relu,
        block_2: residual(shortcut = Conv2d(12, kernel = 1, stride = 2)) {
            first: Conv2d(12, kernel = 3, stride = 2, padding = same), first_norm: BatchNorm, Relu,
            second: Conv2d(12, kernel = 3, padding = same), second_norm: BatchNorm,
        },
        Relu,
        block_3: residual(shortcut = Conv2d(16, kernel = 1, stride = 2)) {
            first: Conv2d(16, kernel = 3, stride = 2, padding = same), first_norm: BatchNorm, Relu,
            second: Conv2d(16, kernel = 3, padding = same), second_norm: BatchNorm,
        },
        Relu,
        mean: GlobalAvgPool2d,
        class: Dense(10, activation = softmax),
    }
}

network! {
    struct Branches: [11, 10, 2] -> [10] {
        conv: Conv2d(8, kernel = 3, padding = same, activation = relu6),
        MaxPool2d(3, stride = 2, padding = same),
        sides: concat {
            wide: { conv: DepthwiseConv2d(3, padding = same, multiplier = 2), Tanh },
            tall: { conv: Conv2d(6, kernel = (3, 2), padding = same), Relu },
            bent: { conv: Conv2d(4, kernel = 1), leaky: LeakyRelu(0.3) },
        },
        gate: multiply {
            value: { conv: Conv2d(12, kernel = 2, padding = same), silu: HardSilu },
            open: { conv: Conv2d(12, kernel = 1), Sigmoid },
        },
        AvgPool2d(2, padding = same),
        Flatten,
        last: Dense(10, bias = false),
    }
}

/// What the tests ask of a network.
trait Declared: Network + Plain + Quantizable<Layers: Supported> {}

impl<N: Network + Plain + Quantizable<Layers: Supported>> Declared for N {}

/// A network and what TensorFlow made of it.
struct Case<N> {
    net: Box<N>,
    golden: Golden,
    values: serde_json::Map<String, Value>,
}

fn quantization(value: &Value) -> Quantization {
    // Written from single precision, so nothing is lost.
    let scale = value["scale"].as_f64().unwrap() as f32;
    Quantization { scale, zero_point: value["zero_point"].as_i64().unwrap().try_into().unwrap() }
}

impl<N: Declared> Case<N> {
    fn read(name: &str) -> Self {
        let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "golden", "tflite"].iter().collect();
        let net = typednet::files::load(folder.join(name).with_extension("safetensors")).unwrap();
        let golden = Golden::read_from("tflite", &format!("{name}_int8"));
        let values = golden.config()["values"].as_object().unwrap().clone();
        Self { net, golden, values }
    }

    /// Quantized with the converter's ranges of values; all else is ours.
    fn quantized<R: RoundingMode>(&self, calibration: Calibration<R>) -> Box<Quantized<N, R>> {
        let mut scheme: Scheme<R> = calibration.choose(&*self.net, &[N::Input::ZERO]).unwrap();
        let set = |(name, value): (&String, &Value)| scheme.set(name, quantization(value));
        self.values.iter().try_for_each(set).unwrap_or_else(|error: CalibrationError| panic!("{error}"));
        scheme.quantize(&*self.net).unwrap()
    }

    /// The bytes that a network gives for each input.
    fn outputs<R: RoundingMode>(&self, net: &Quantized<N, R>) -> Vec<i8> {
        let mut outputs = Vec::new();
        let mut workspace = Workspace::boxed();
        for input in self.golden.bytes("input").chunks_exact(N::Input::FLOATS) {
            let mut bytes = Int8Input::<N>::zeros();
            bytes.bytes_mut().copy_from_slice(input);
            outputs.extend_from_slice(net.infer(&bytes, &mut workspace).bytes());
        }
        assert_eq!(outputs.len(), 100 * N::Output::FLOATS);
        outputs
    }

    /// How many of the outputs are not those of the file.
    fn different(&self, outputs: &[i8], expected: &str) -> usize {
        let (size, expected) = (N::Output::FLOATS, self.golden.bytes(expected));
        outputs
            .chunks_exact(size)
            .zip(expected.chunks_exact(size))
            .filter(|(found, expected)| found != expected)
            .count()
    }

    /// Checks weights, biases and multipliers of each layer that has them.
    fn check_weights(&self, net: &Quantized<N, DoubleRounding>) {
        let mut kernels = 0;
        for tensor in quant::tensors::<Quantized<N, DoubleRounding>>() {
            let found = tensor.bytes(net);
            let Some((layer, kind)) = tensor.name().rsplit_once('.') else { continue };
            let Some(of) = self.values.get(layer).and_then(|value| value.get("of")) else { continue };
            let expected = match kind {
                "kernel" => {
                    kernels += 1;
                    self.golden.bytes(tensor.name()).into_iter().map(i8::cast_unsigned).collect()
                }
                "bias" => self.folded_biases(layer, quantization(of)),
                "multipliers" => self.multipliers(layer, quantization(of)),
                _ => continue,
            };
            assert!(found == expected, "{}: {found:?} {expected:?}", tensor.name());
        }
        let layers = self.values.values().filter(|value| value.get("of").is_some());
        assert_eq!(kernels, layers.count());
    }

    /// TensorFlow's biases less what comes of the input's zero point.
    fn folded_biases(&self, layer: &str, input: Quantization) -> Vec<u8> {
        let (kernel, name) = (self.golden.bytes(&format!("{layer}.kernel")), format!("{layer}.bias"));
        let outputs = self.golden.shape(&format!("{layer}.scales"))[0];
        let biases = if self.golden.has(&name) { self.golden.integers(&name) } else { vec![0; outputs] };
        // A depthwise kernel is `[1, rows, columns, outputs]`, others begin with the outputs, of which there are more.
        let is_depthwise = self.golden.shape(&format!("{layer}.kernel"))[0] == 1;
        let (skip, step, count) =
            if is_depthwise { (1, outputs, kernel.len()) } else { (kernel.len() / outputs, 1, kernel.len() / outputs) };
        let folded = biases.into_iter().enumerate().map(|(output, bias)| {
            let weights = kernel.iter().skip(output * skip).take(count).step_by(step).copied();
            prepare::folded_bias(bias, input.zero_point, weights)
        });
        folded.flat_map(i32::to_ne_bytes).collect()
    }

    /// The multipliers of TensorFlow's scales.
    fn multipliers(&self, layer: &str, input: Quantization) -> Vec<u8> {
        let output = quantization(&self.values[layer]);
        let multipliers = self.golden.floats(&format!("{layer}.scales")).into_iter().map(|scale| {
            let multiplier = prepare::multiplier_per_channel(input.scale, scale, output.scale).unwrap();
            [multiplier.fraction(), multiplier.shift()]
        });
        multipliers.flatten().flat_map(i32::to_ne_bytes).collect()
    }
}

/// Every byte must be that of TensorFlow Lite Micro; `desktop` outputs are others in TensorFlow Lite on a desktop.
fn check<N: Declared>(name: &str, desktop: usize) {
    let case = Case::<N>::read(name);
    let net = case.quantized(Calibration::new());
    case.check_weights(&net);
    let outputs = case.outputs(&net);
    assert_eq!(case.different(&outputs, "output"), 0);
    assert_eq!(case.different(&outputs, "desktop"), desktop);
    // The inputs are enough to tell one rounding from another.
    let single: Box<Quantized<N, SingleRounding>> = case.quantized(Calibration::new().single_rounding());
    assert_ne!(case.different(&case.outputs(&single), "output"), 0);
}

#[test]
fn tutorial() {
    check::<Tutorial>("tutorial", 2);
}

#[test]
fn ds_cnn() {
    check::<DsCnn>("ds_cnn", 2);
}

#[test]
fn residual() {
    check::<Residual>("residual", 2);
}

#[test]
fn branches() {
    check::<Branches>("branches", 0);
}
