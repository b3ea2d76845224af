//! A declared network in bytes: close to the network of floats, within its memory, and with errors that help.

mod common;
#[path = "common/networks.rs"]
mod networks;

use common::uniform;
use networks::{DsCnn, ResNet8, Tutorial};
use typednet::prelude::*;
use typednet::quant::{
    Calibration, CalibrationError, Quantizable, Quantization, Range, RoundingMode, SingleRounding, Supported,
};
use typednet::random::Random;

/// Samples of uniform numbers from -1 to 1.
fn samples<N: Network>(count: usize) -> Vec<N::Input> {
    let mut random = Random::new(7, 1);
    let sample = |_| {
        let mut sample = N::Input::ZERO;
        sample.floats_mut().copy_from_slice(&uniform(&mut random, N::Input::FLOATS, -1.0, 1.0));
        sample
    };
    (0..count).map(sample).collect()
}

/// A network whose weights and moving statistics are all different.
fn any<N: Network + Plain>(seed: u64) -> Box<N> {
    let mut net = N::boxed(seed);
    let mut random = Random::new(seed, 9);
    // Variances are among the weights and must be positive; a kernel that is moved by a tenth stays random.
    net.weights_mut().iter_mut().for_each(|weight| *weight += 0.1 * random.uniform());
    net
}

/// The signal to noise of the last operation in decibels.
fn fidelity<N: Network + Plain + Quantizable<Layers: Supported>, R: RoundingMode>(calibration: Calibration<R>) -> f64 {
    let (net, samples) = (any::<N>(3), samples::<N>(40));
    let (quantized, report) = calibration.quantize_with_report(&*net, &samples).unwrap();
    let (mut signal, mut noise) = (0.0, 0.0);
    for sample in &samples {
        let (float, whole) = (net.predict(sample), quantized.predict_f32(sample));
        for (x, y) in float.floats().iter().zip(whole.floats()) {
            signal += f64::from(x * x);
            noise += f64::from((x - y) * (x - y));
        }
    }
    let decibels = 10.0 * (signal / noise).log10();
    let last = report.layers.last().unwrap();
    // Inference and the walk of the report are two ways to the same bytes.
    assert!((last.signal_to_noise - decibels).abs() < 1e-3, "{report}\n{decibels}");
    decibels
}

/// Declares networks, each of which must keep at least so many decibels: a wrong channel, zero point or order leaves less
/// than 10, and bytes alone are good for about 30 after a few layers.
macro_rules! faithful {
    ($($name:ident: $input:tt -> $output:tt { $($layer:tt)* } $least:literal)*) => {
        $(
            #[test]
            fn $name() {
                network! {
                    #[allow(deprecated)]
                    struct Net: $input -> $output { $($layer)* }
                }
                let found = fidelity::<Net, _>(Calibration::new());
                assert!(found > $least, "{found} dB");
                let single = fidelity::<Net, _>(Calibration::new().single_rounding());
                assert!(single > $least, "{single} dB with single rounding");
            }
        )*
    };
}

network! { #[allow(deprecated)] struct Encoder: [4, 4, 2] -> [3] { Conv2d(3, kernel = 3), BatchNorm, Relu, Flatten, Dense(3) } }

faithful! {
    dense: [20] -> [10] { Dense(16, activation = relu), Dense(10) } 28.0
    dense_without_bias: [20] -> [10] { Dense(10, bias = false) } 32.0
    convolutions: [9, 8, 3] -> [3, 3, 6] {
        Conv2d(4, kernel = 3, padding = same, activation = relu6), Conv2d(6, kernel = (3, 2), stride = 2, dilation = 1),
        AvgPool2d(1, stride = 1), Conv2d(6, kernel = 2),
    } 22.0
    groups: [6, 5, 4] -> [4, 3, 6] { Conv2d(6, kernel = 3, groups = 2) } 30.0
    depthwise: [7, 6, 3] -> [4, 3, 6] { DepthwiseConv2d(3, stride = 2, padding = same, multiplier = 2) } 28.0
    pooled: [9, 9, 1] -> [3, 3, 4] { Conv2d(4, kernel = 3), Relu, MaxPool2d(2) } 28.0
    pooled_normalized: [9, 9, 1] -> [3, 3, 4] { Conv2d(4, kernel = 3), BatchNorm, Relu, MaxPool2d(2) } 26.0
    pools: [8, 8, 3] -> [3] { MaxPool2d(3, stride = 1), AvgPool2d(2, padding = same), GlobalAvgPool2d } 22.0
    global_maximum: [8, 8, 3] -> [3] { GlobalMaxPool2d } 32.0
    normalization_first: [8, 8, 3] -> [8, 8, 2] { BatchNorm, Conv2d(2, kernel = 1), BatchNorm, Relu } 25.0
    normalization_of_rows: [12] -> [4] { BatchNorm, Relu, Dense(4) } 25.0
    softmax_last: [20] -> [10] { Dense(16, activation = relu), Dense(10, activation = softmax) } 20.0
    softmax_of_rows: [4, 5, 6] -> [4, 5, 6] { Softmax } 18.0
    functions: [10] -> [6] {
        Dense(8, activation = tanh), Dense(8, activation = sigmoid), Dense(8, activation = leaky_relu),
        Dense(8, activation = silu), Dense(8, activation = gelu), Dense(6, activation = hard_sigmoid),
    } 18.0
    function_first: [10] -> [10] { Elu, Softplus } 28.0
    residual_block: [6, 6, 4] -> [6, 6, 4] {
        residual { Conv2d(4, kernel = 3, padding = same), BatchNorm }, Relu,
    } 25.0
    residual_shortcut: [6, 6, 2] -> [3, 3, 4] {
        residual(shortcut = Conv2d(4, kernel = 1, stride = 2)) { Conv2d(4, kernel = 3, stride = 2, padding = same), Relu },
    } 25.0
    residual_first: [5] -> [5] { residual { Dropout(0.5) }, Dense(5) } 28.0
    sums_of_three: [6] -> [4] { add { { Dense(4) }, { Dense(4), Relu }, { Dense(4), Tanh } }, Relu6 } 25.0
    products: [6] -> [4] { multiply { { Dense(4) }, { Dense(4, activation = sigmoid) }, { Dense(4) } } } 20.0
    side_by_side: [4, 4, 2] -> [4, 4, 6] {
        concat { { Conv2d(3, kernel = 3, padding = same) }, { Conv2d(1, kernel = 1), Tanh }, { Relu } },
    } 25.0
    repeated: [6] -> [6] { repeat(3) { Dense(6), Tanh } } 18.0
    repeated_first: [3, 3, 2] -> [3, 3, 2] { repeat(2) { residual { Conv2d(2, kernel = 3, padding = same) } } } 22.0
    within: [4, 4, 2] -> [2] { Dropout(0.1), first: Network(Encoder), Relu, Dense(2) } 20.0
    within_twice: [4, 4, 2] -> [6] { concat { { Network(Encoder) }, { Network(Encoder) } } } 20.0
    shapes_only: [2, 3] -> [6] { Reshape([3, 2, 1]), Flatten } 32.0
}

#[test]
fn constants_are_those_of_the_bytes() {
    type Q = Quantized<Tutorial>;
    assert_eq!((Q::NAME, Q::PARAMETERS, Q::MACS), (Tutorial::NAME, Tutorial::PARAMETERS, Tutorial::MACS));
    // A byte for each weight of a kernel and three words for each output, and less than 64 bytes besides.
    let least = Tutorial::PARAMETERS - 170 + 170 * 12;
    assert!((least..least + 64).contains(&Q::WEIGHT_BYTES), "{}", Q::WEIGHT_BYTES);
    // The pooled image and what is made of it: the image before it is never whole in memory.
    assert_eq!(Q::WORKSPACE_BYTES, 13 * 13 * 32 + 128);
    assert_eq!(Q::WORKSPACE_BYTES, Q::WORKSPACE_LOWER_BOUND);
    // Two images of 25 x 5 x 64, and three of 32 x 32 x 16.
    assert_eq!(Quantized::<DsCnn>::WORKSPACE_BYTES, 16_000);
    assert_eq!(Quantized::<ResNet8>::WORKSPACE_BYTES, 49_152);
}

/// A network that learned the 8x8 digits classifies as well in bytes.
#[test]
fn a_trained_network_stays_as_good() {
    network! {
        struct Small: [8, 8, 1] -> [10] {
            Conv2d(8, kernel = 3, activation = relu), MaxPool2d(2), Flatten,
            Dense(32, activation = relu), Dense(10, activation = softmax),
        }
    }
    let (train, test) = datasets::digits().unwrap();
    let mut net = Small::boxed(1);
    let mut trainer =
        Trainer::new(Adam::default(), SparseCategoricalCrossentropy).metric(Accuracy).epochs(30).verbose(0);
    trainer.fit(&mut net, &train).unwrap();
    type Image = <Small as Network>::Input;
    let right = |predict: &dyn Fn(&Image) -> [f32; 10]| {
        let best = |output: [f32; 10]| (0..10).max_by(|a, b| output[*a].total_cmp(&output[*b])).unwrap();
        test.iter().filter(|(input, label)| best(predict(input)) == label.index()).count()
    };
    let float = right(&|input| net.predict(input));
    assert!(float * 10 > test.len() * 9, "{float} of {}", test.len());
    for range in [Range::MinMax, Range::Percentile(99.9), Range::LeastError] {
        let quantized = Calibration::new().range(range).quantize(&*net, &train.first(300)).unwrap();
        let whole = right(&|input| quantized.predict_f32(input));
        // Two of 360, which is half a point.
        assert!(whole + 2 >= float, "{range:?}: {whole} right in bytes, {float} in floats");
    }
}

#[test]
fn rounding_is_a_choice_that_shows() {
    network! { struct Linear: [20] -> [10] { Dense(30), Dense(10) } }
    let (net, samples) = (any::<Linear>(1), samples::<Linear>(40));
    let double = Quantized::<Linear>::calibrate(&*net, &samples).unwrap();
    let single = Calibration::new().single_rounding().quantize(&*net, &samples).unwrap();
    let different = samples.iter().any(|sample| {
        let input = double.quantize(sample);
        double.predict(&input) != single.predict(&input)
    });
    assert!(different);
    let _: &Quantized<Linear, SingleRounding> = &single;
}

/// So many samples of the tutorial's network that they are shared by threads, an odd number of them, and a few.
#[test]
fn many_samples_are_predicted_as_each_is() {
    let (net, samples) = (Tutorial::boxed(1), samples::<Tutorial>(101));
    assert!(samples.len() * Tutorial::MACS > 50_000_000);
    let double = Quantized::<Tutorial>::calibrate(&*net, &samples[..20]).unwrap();
    let single = Calibration::new().single_rounding().quantize(&*net, &samples[..20]).unwrap();
    let inputs: Vec<_> = samples.iter().map(|sample| double.quantize(sample)).collect();
    let expected: Vec<_> = inputs.iter().map(|input| double.predict(input)).collect();
    assert!(expected.windows(2).all(|two| two[0] != two[1]));
    for count in [0, 1, 2, 3, inputs.len()] {
        assert_eq!(double.predict_batch(&inputs[..count]), expected[..count]);
    }
    let expected: Vec<_> = inputs.iter().map(|input| single.predict(input)).collect();
    let same = || assert_eq!(single.predict_batch(&inputs), expected);
    std::thread::scope(|scope| (0..3).for_each(|_| drop(scope.spawn(same))));
}

#[test]
fn quantizations_can_be_set_by_hand() {
    network! { struct Half: [2] -> [2] { double: Dense(2, bias = false) } }
    let net = Half { double: typednet::layer::Dense { kernel: [[2.0, 0.0], [0.0, 2.0]], bias: () } };
    let mut scheme = Calibration::new().choose(&net, &[[1.0, 0.5]]).unwrap();
    assert_eq!(scheme.values().map(|(name, _)| name).collect::<Vec<_>>(), ["input", "double"]);
    scheme.set("input", Quantization { scale: 0.5, zero_point: 1 }).unwrap();
    scheme.set("double", Quantization { scale: 1.0, zero_point: -2 }).unwrap();
    let quantized = scheme.quantize(&net).unwrap();
    // 3 stands for (3 - 1) * 0.5 = 1, whose double is 2; 2 - 2 = 0.
    assert_eq!(quantized.predict(&[3, 0]), [0, -3]);
    assert_eq!(quantized.predict_f32(&[1.0, -0.5]), [2.0, -1.0]);
    let error = scheme.set("doubel", Quantization { scale: 1.0, zero_point: 0 }).unwrap_err();
    assert_eq!(error.to_string(), "there is no value `doubel`; the values are input, double");
}

#[test]
fn errors_name_the_layer() {
    let net = Tutorial::boxed(1);
    let none: [<Tutorial as Network>::Input; 0] = [];
    assert_eq!(Quantized::<Tutorial>::calibrate(&*net, &none).unwrap_err(), CalibrationError::NoSamples);
    let samples = samples::<Tutorial>(2);
    let error = Calibration::new().range(Range::Percentile(10.0)).quantize(&*net, &samples).unwrap_err();
    assert_eq!(error, CalibrationError::Percentile(10.0));
    let mut broken = net.boxed_clone();
    broken.hidden.kernel[7][3] = f32::NAN;
    let error = Quantized::<Tutorial>::calibrate(&*broken, &samples).unwrap_err();
    assert_eq!(error, CalibrationError::NotFinite { layer: "hidden".to_owned() });
}

#[test]
fn weights_of_zero_leave_the_bias() {
    network! { struct Constant: [2] -> [3] { Dense(3) } }
    let bias = [1.0, -0.25, 0.0];
    let net = Constant { dense_1: typednet::layer::Dense { kernel: [[0.0; 3]; 2], bias } };
    let quantized = Quantized::<Constant>::calibrate(&net, &[[1.0, -1.0]]).unwrap();
    for (found, expected) in quantized.predict_f32(&[0.3, 0.7]).into_iter().zip(bias) {
        // Half a step of the output.
        assert!((found - expected).abs() <= 0.5 * quantized.output_quantization().scale, "{found} {expected}");
    }
}

#[test]
fn reports_are_tables() {
    let (net, samples) = (any::<Tutorial>(1), samples::<Tutorial>(5));
    let (_, report) = Calibration::new().quantize_with_report(&*net, &samples).unwrap();
    let names: Vec<&str> = report.layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["conv", "hidden", "digit", "digit.activation"]);
    assert!(report.to_string().contains("hidden"), "{report}");
    assert!(report.layers.iter().all(|layer| layer.signal_to_noise > 20.0), "{report}");
}
