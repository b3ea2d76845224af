//! Inference by orders.

use crate::networks::{Autoencoder, Controller, Perceptron, network};
use dfdx::prelude::*;
use worker::{Network, Order, input, orders};

pub(crate) fn serve() {
    for (workload, order) in orders() {
        match workload.as_str() {
            "perceptron" => infer::<Perceptron, 784, 10>(&workload, order),
            "controller" => infer::<Controller, 4, 1>(&workload, order),
            "autoencoder" => infer::<Autoencoder, 640, 640>(&workload, order),
            _ => order.decline(),
        }
    }
}

type Vector<const N: usize> = Tensor<Rank1<N>, f32, Cpu>;

fn infer<N, const IN: usize, const OUT: usize>(workload: &str, order: Order)
where
    N: BuildOnDevice<Cpu, f32>,
    N::Built: Module<Vector<IN>, Output = Vector<OUT>>,
{
    let described = Network::of(workload).expect("a network");
    let softmax = described.softmax;
    let net = network::<N>(described.dense);
    let sample = Cpu::default().tensor_from_vec(input(workload), (Const::<IN>,));
    let call = || {
        let output = net.forward(sample.clone());
        if softmax { output.softmax() } else { output }
    };
    order.answer(call, |output| output.as_vec());
}
