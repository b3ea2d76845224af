//! Infers with networks of typednet, by orders.

use typednet::network::Trainable;
use typednet::prelude::*;
use worker::{Order, orders};
use worker_typednet::{Autoencoder, Controller, Digits, DsCnn, Perceptron, ResNet8};

fn main() {
    for (workload, order) in orders() {
        match workload.as_str() {
            "digits" => infer::<Digits>(order, &workload),
            "perceptron" => infer::<Perceptron>(order, &workload),
            "controller" => infer::<Controller>(order, &workload),
            "ds-cnn" => infer::<DsCnn>(order, &workload),
            "autoencoder" => infer::<Autoencoder>(order, &workload),
            "resnet-8" => infer::<ResNet8>(order, &workload),
            "digits-128" => infer_batch::<Digits>(order, "digits", &workload),
            _ => order.decline(),
        }
    }
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
