//! Int8 networks in files and in the program: the same bytes come back, and a file that does not fit is told.

use std::fs;
use typednet::files::{load_quantized, save_quantized};
use typednet::prelude::*;
use typednet::quant::{Calibration, Samples, SingleRounding};

network! {
    struct Mlp: [64] -> [10] {
        hidden: Dense(32, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

network! {
    /// The same tensors, but another layer between them.
    struct Other: [64] -> [10] {
        hidden: Dense(32, activation = relu),
        Dropout(0.5),
        digit:  Dense(10, activation = softmax),
    }
}

network! { struct Inner: [4, 4, 2] -> [3] { GlobalMaxPool2d, Dense(3) } }

network! {
    struct Blocks: [4, 4, 2] -> [5] {
        repeat(2) { residual { Conv2d(2, kernel = 3, padding = same), Tanh } },
        concat { { GlobalAvgPool2d, Dense(2) }, { inner: Network(Inner) } },
    }
}

static INCLUDED: Quantized<Mlp> = include_weights!(Quantized<Mlp>, "tests/weights/int8.safetensors");

/// The same file with a weight that there cannot be.
const LOWEST_WEIGHT: &str = "tests/weights/lowest_weight.safetensors";

/// Small digits, flat.
fn digits() -> Vec<[f32; 64]> {
    let (train, _) = datasets::digits().unwrap();
    let mut flat = Vec::new();
    for number in 0..200 {
        let mut image = [[[0.0; 1]; 8]; 8];
        train.write(number, &mut image);
        flat.push(core::array::from_fn(|index| image[index / 8][index % 8][0]));
    }
    flat
}

fn mlp() -> Box<Quantized<Mlp>> {
    let net = Mlp::load("examples/firmware/weights/mlp.safetensors").unwrap();
    Quantized::<Mlp>::calibrate(&*net, &digits()).unwrap()
}

/// `UPDATE_WEIGHTS=1 cargo test --test quantized_files` writes the file anew that is included, and those that do not fit.
#[test]
fn what_is_saved_is_what_is_there() {
    let quantized = mlp();
    let path = "tests/weights/int8.safetensors";
    if std::env::var_os("UPDATE_WEIGHTS").is_some() {
        quantized.save(path).unwrap();
        let mut bytes = fs::read(path).unwrap();
        let begin = place(&bytes, "hidden.kernel");
        bytes[begin + 70] = i8::MIN.cast_unsigned();
        fs::write(LOWEST_WEIGHT, bytes).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let again = folder.path().join("again.safetensors");
    quantized.save(&again).unwrap();
    assert!(fs::read(&again).unwrap() == fs::read(path).unwrap(), "quantized anew, the network is another one");
    let loaded = Quantized::<Mlp>::load(path).unwrap();
    assert_eq!(loaded.input_quantization(), quantized.input_quantization());
    for image in digits() {
        let output = quantized.predict_f32(&image);
        assert_eq!(loaded.predict_f32(&image), output);
        assert_eq!(INCLUDED.predict_f32(&image), output);
    }
}

#[test]
fn networks_within_networks_come_back() {
    let net = Blocks::boxed(5);
    let samples: Vec<_> =
        (0..20).map(|sample| [[[0.1 * sample as f32 - 1.0, 0.7]; 4]; 4]).collect::<Vec<[[[f32; 2]; 4]; 4]>>();
    let quantized = Calibration::new().single_rounding().quantize(&*net, &samples).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blocks.safetensors");
    save_quantized(&quantized, &path).unwrap();
    let loaded = load_quantized::<Blocks, SingleRounding>(&path).unwrap();
    for sample in &samples {
        assert_eq!(loaded.predict(&quantized.quantize(sample)), quantized.predict(&quantized.quantize(sample)));
    }
    let error = Quantized::<Blocks>::load(&path).unwrap_err().to_string();
    assert!(error.contains("for single rounding, and this network has double rounding"), "{error}");
}

/// What is said of a file whose bytes are changed.
fn error_of(change: impl FnOnce(&mut Vec<u8>)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("changed.safetensors");
    let mut bytes = fs::read("tests/weights/int8.safetensors").unwrap();
    change(&mut bytes);
    fs::write(&path, bytes).unwrap();
    Quantized::<Mlp>::load(&path).unwrap_err().to_string()
}

#[test]
fn a_file_that_does_not_fit_is_told() {
    let error = error_of(|bytes| bytes.truncate(bytes.len() - 10));
    assert!(error.contains("cut short or damaged"), "{error}");
    let error = Quantized::<Mlp>::load("examples/firmware/weights/mlp.safetensors").unwrap_err().to_string();
    assert!(error.contains("the tensor `input_scale` [] is not in the file"), "{error}");
    let error = Mlp::load("tests/weights/int8.safetensors").unwrap_err().to_string();
    assert!(error.contains("expected was F32: convert it to 32-bit floats"), "{error}");
    let error = Quantized::<Other>::load("tests/weights/int8.safetensors").unwrap_err().to_string();
    assert!(error.contains("layer 2 is `Dense [10]` in the file and `Dropout [32]` in the network"), "{error}");
    let error = Quantized::<Blocks>::load("tests/weights/int8.safetensors").unwrap_err().to_string();
    assert!(error.contains("saved from `Mlp`"), "{error}");
}

/// Weights are symmetric, and kernels count on it.
#[test]
fn a_weight_of_128_below_zero_is_told() {
    let error = Quantized::<Mlp>::load(LOWEST_WEIGHT).unwrap_err().to_string();
    assert!(
        error.contains("weight 70 of the tensor `hidden.kernel` is -128, expected were numbers from -127 to 127"),
        "{error}"
    );
    // Others may have every value.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("changed.safetensors");
    let mut bytes = fs::read("tests/weights/int8.safetensors").unwrap();
    let begin = place(&bytes, "digit.output_zero_point");
    bytes[begin] = i8::MIN.cast_unsigned();
    fs::write(&path, &bytes).unwrap();
    Quantized::<Mlp>::load(&path).unwrap();
}

/// Where the values of a tensor begin in a file.
fn place(bytes: &[u8], name: &str) -> usize {
    let file = safetensors::SafeTensors::deserialize(bytes).unwrap();
    file.tensor(name).unwrap().data().as_ptr().addr() - bytes.as_ptr().addr()
}

/// A damaged file has no multiplier that the arithmetic does not know, and no scale that is not one.
#[test]
fn numbers_are_checked() {
    for (name, number) in [
        ("hidden.multipliers", (-1_i32).to_le_bytes()),
        ("input_scale", f32::NAN.to_le_bytes()),
        ("output_scale", (-1.0_f32).to_le_bytes()),
    ] {
        let error = error_of(|bytes| {
            let begin = place(bytes, name);
            bytes[begin..begin + 4].copy_from_slice(&number);
        });
        assert!(error.contains(&format!("the tensor `{name}` holds numbers that it cannot have")), "{error}");
    }
}
