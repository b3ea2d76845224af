//! Inference by orders.

use crate::layers::{convolution, dense, tensor};
use burn::nn::{Linear, conv::Conv2d};
use burn::tensor::activation::{relu, softmax};
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Device, Tensor, module::max_pool2d};
use worker::{Layer, Network, input, orders};

type Net = Network<Conv2d, Linear>;

pub(crate) fn serve() {
    let device = Device::flex();
    for (workload, order) in orders() {
        let Some(described) = Network::of(&workload) else {
            order.decline();
            continue;
        };
        let net = described.map(|weights| convolution(weights, &device), |weights| dense(weights, &device));
        let samples = input(&format!("{workload}-channels-first"));
        let floats = |outputs: Tensor<2>| outputs.into_data().try_to_vec().expect("floats");
        let count = samples.len() / net.shape.iter().product::<usize>();
        if let [channels, rows, columns] = net.shape[..] {
            let images = tensor(samples, [count, channels, rows, columns], &device);
            order.answer(|| vectors(&net, pixels(&net, images.clone())), floats);
        } else {
            let samples = tensor(samples, [count, net.shape[0]], &device);
            order.answer(|| vectors(&net, samples.clone()), floats);
        }
    }
}

/// What the layers on images make of them, as vectors.
fn pixels(net: &Net, images: Tensor<4>) -> Tensor<2> {
    let mut x = images;
    for layer in &net.images {
        x = match layer {
            Layer::Convolution(convolution) => relu(convolution.forward(x)),
            Layer::MaxPool => max_pool2d(x, MaxPoolOptions::new([2, 2])),
            Layer::Residual { one, two, shortcut } => {
                let shortcut = shortcut.as_ref().map_or_else(|| x.clone(), |layer| layer.forward(x.clone()));
                relu(two.forward(relu(one.forward(x))) + shortcut)
            }
        };
    }
    if net.mean { x.flatten::<3>(2, 3).mean_dim(2).squeeze_dim(2) } else { x.flatten(1, 3) }
}

/// What the layers on vectors make of them.
fn vectors(net: &Net, vectors: Tensor<2>) -> Tensor<2> {
    let (last, rest) = net.dense.split_last().expect("a dense layer");
    let outputs = last.forward(rest.iter().fold(vectors, |x, layer| relu(layer.forward(x))));
    if net.softmax { softmax(outputs, 1) } else { outputs }
}
