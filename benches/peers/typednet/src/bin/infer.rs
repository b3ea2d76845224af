//! Infers with networks of typednet, by orders. usage: infer [f16 | int8]

use typednet::half::Halvable;
use typednet::network::Trainable;
use typednet::prelude::*;
use typednet::quant::{Quantizable, Supported};
use typednet::random::Random;
use worker::{Order, orders};
use worker_typednet::{Autoencoder, Controller, Digits, DsCnn, ForWidth, Perceptron, ResNet8, for_width};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("f16") => return half_floats(),
        Some("int8") => return whole_numbers(),
        _ => {}
    }
    for (workload, order) in orders() {
        match workload.as_str() {
            "digits" => infer::<Digits>(order, &workload),
            "perceptron" => infer::<Perceptron>(order, &workload),
            "controller" => infer::<Controller>(order, &workload),
            "ds-cnn" => infer::<DsCnn>(order, &workload),
            "autoencoder" => infer::<Autoencoder>(order, &workload),
            "resnet-8" => infer::<ResNet8>(order, &workload),
            _ => batches(order, &workload),
        }
    }
}

/// The workloads of many samples: `digits-BATCH`, and `dense-WIDTH-128`.
fn batches(order: Order, workload: &str) {
    match *workload.split('-').collect::<Vec<_>>() {
        ["digits", _] => infer_batch::<Digits>(order, "digits", workload),
        ["dense", width, _] => {
            let there = for_width(width.parse().unwrap_or(0), InferBatch { order, width, workload });
            if !there {
                order.decline();
            }
        }
        _ => order.decline(),
    }
}

struct InferBatch<'a> {
    order: Order,
    width: &'a str,
    workload: &'a str,
}

impl ForWidth for InferBatch<'_> {
    fn run<N: Trainable + Plain>(self) {
        infer_batch::<N>(self.order, &format!("dense-{}", self.width), self.workload);
    }
}

/// The same with half floats for weights, one sample at a time.
fn half_floats() {
    for (workload, order) in orders() {
        match workload.as_str() {
            "digits" => infer_half::<Digits>(order, &workload),
            "perceptron" => infer_half::<Perceptron>(order, &workload),
            "controller" => infer_half::<Controller>(order, &workload),
            "ds-cnn" => infer_half::<DsCnn>(order, &workload),
            "autoencoder" => infer_half::<Autoencoder>(order, &workload),
            "resnet-8" => infer_half::<ResNet8>(order, &workload),
            _ => order.decline(),
        }
    }
}

fn infer_half<N: Halvable + Plain>(order: Order, workload: &str) {
    let net = Half::<N>::round(&network::<N>(workload)).expect("small weights");
    let inputs = inputs::<N>(workload);
    let mut workspace = Workspace::boxed();
    order.answer(
        || core::ptr::from_ref(net.infer(core::hint::black_box(&inputs[0]), &mut workspace)),
        |_| typednet::plain::flatten(&[net.predict(&inputs[0])]).to_vec(),
    );
}

/// The same in int8: one sample at a time, or `digits-BATCH`.
fn whole_numbers() {
    for (workload, order) in orders() {
        match workload.as_str() {
            "digits" => infer_int8::<Digits>(order, &workload),
            "perceptron" => infer_int8::<Perceptron>(order, &workload),
            "controller" => infer_int8::<Controller>(order, &workload),
            "ds-cnn" => infer_int8::<DsCnn>(order, &workload),
            "autoencoder" => infer_int8::<Autoencoder>(order, &workload),
            "resnet-8" => infer_int8::<ResNet8>(order, &workload),
            batch if batch.starts_with("digits-") => infer_int8_batch::<Digits>(order, "digits", batch),
            _ => order.decline(),
        }
    }
}

/// From bytes to bytes.
fn infer_int8<N: Quantizable<Layers: Supported> + Plain>(order: Order, workload: &str) {
    let net = quantized::<N>(workload);
    let input = net.quantize(&inputs::<N>(workload)[0]);
    let mut workspace = Workspace::boxed();
    order.answer(
        || core::ptr::from_ref(net.infer(core::hint::black_box(&input), &mut workspace)),
        |_| typednet::plain::flatten(&[net.dequantize(&net.predict(&input))]).to_vec(),
    );
}

/// The same with many samples at once, with as many threads as the process may use.
fn infer_int8_batch<N: Quantizable<Layers: Supported> + Plain>(order: Order, network_name: &str, workload: &str) {
    let net = quantized::<N>(network_name);
    let inputs: Vec<_> = inputs::<N>(workload).iter().map(|input| net.quantize(input)).collect();
    order.answer(
        || net.predict_batch(&inputs),
        |outputs| outputs.iter().flat_map(|output| net.dequantize(output).floats().to_vec()).collect(),
    );
}

/// Quantized by random samples, as LiteRT's models are.
fn quantized<N: Quantizable<Layers: Supported> + Plain>(network_name: &str) -> Box<Quantized<N>> {
    let mut random = Random::new(0, 0);
    let samples: Vec<N::Input> = (0..20)
        .map(|_| {
            let mut sample = <N::Input as Plain>::ZERO;
            sample.floats_mut().iter_mut().for_each(|value| *value = random.uniform());
            sample
        })
        .collect();
    Quantized::<N>::calibrate(&network::<N>(network_name), &samples).expect("samples of numbers")
}

/// One sample at a time, in a workspace that stays.
fn infer<N: Network + Plain>(order: Order, workload: &str) {
    let net = network::<N>(workload);
    let inputs = inputs::<N>(workload);
    let mut workspace = Workspace::boxed();
    order.answer(
        || core::ptr::from_ref(net.infer(core::hint::black_box(&inputs[0]), &mut workspace)),
        |_| typednet::plain::flatten(&[net.predict(&inputs[0])]).to_vec(),
    );
}

/// Many samples at once, with as many threads as the process may use.
fn infer_batch<N: Trainable + Plain>(order: Order, network_name: &str, workload: &str) {
    let net = network::<N>(network_name);
    let inputs = inputs::<N>(workload);
    order.answer(|| net.predict_batch(&inputs), |outputs| typednet::plain::flatten(&outputs).to_vec());
}

fn network<N: Network + Plain>(name: &str) -> Box<N> {
    N::load(worker::installed().join("models").join(format!("{name}.safetensors"))).expect("a network")
}

/// The samples in the file of a workload's input.
fn inputs<N: Network>(workload: &str) -> Vec<N::Input> {
    let floats = worker::input(workload);
    let size = size_of::<N::Input>() / size_of::<f32>();
    floats
        .chunks_exact(size)
        .map(|sample| {
            let mut input = <N::Input as Plain>::ZERO;
            input.floats_mut().copy_from_slice(sample);
            input
        })
        .collect()
}
