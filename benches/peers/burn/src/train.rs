//! Training by orders.

use crate::layers::{convolution, dense, tensor};
use burn::module::Module;
use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, conv::Conv2d};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor};
use worker::{Job, Layer, Network, Steps, serve_steps};

pub(crate) fn serve() {
    let job = Job::from_arguments();
    let device = Device::flex().autodiff();
    let described = Network::of(&job.network).expect("a network");
    let mut net = described.map(|weights| convolution(weights, &device), |weights| dense(weights, &device));
    let [hidden, digit] = net.dense.try_into().expect("two dense layers");
    let convolution = match net.images.drain(..).next() {
        Some(Layer::Convolution(convolution)) => Some(convolution),
        _ => None,
    };
    let pool = MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init();
    let optimizer = AdamConfig::new().with_epsilon(1e-7).init();
    let loss = CrossEntropyLossConfig::new().init(&device);
    serve_steps(&job, Burn { net: Some(Classifier { convolution, pool, hidden, digit }), optimizer, loss, device });
}

/// The networks that are trained: both of two dense layers, one with a convolution and a pool before them.
#[derive(Module, Debug)]
struct Classifier {
    convolution: Option<Conv2d>,
    pool: MaxPool2d,
    hidden: Linear,
    digit: Linear,
}

impl Classifier {
    fn logits(&self, pixels: Vec<f32>, device: &Device) -> Tensor<2> {
        let count = pixels.len() / 784;
        let images = tensor(pixels, [count, 1, 28, 28], device);
        let images = match &self.convolution {
            Some(convolution) => self.pool.forward(relu(convolution.forward(images))),
            None => images,
        };
        self.digit.forward(relu(self.hidden.forward(images.flatten(1, 3))))
    }
}

struct Burn {
    /// None during a step of the optimizer, which takes the network and gives another.
    net: Option<Classifier>,
    optimizer: ModuleOptimizer,
    loss: CrossEntropyLoss,
    device: Device,
}

impl Steps for Burn {
    fn step(&mut self, pixels: Vec<f32>, labels: Vec<u8>) -> f64 {
        let net = self.net.take().expect("a network");
        let labels: Vec<i64> = labels.into_iter().map(i64::from).collect();
        let labels = Tensor::<1, Int>::from_data(&labels[..], &self.device);
        let loss = self.loss.forward(net.logits(pixels, &self.device), labels);
        let gradients = GradientsParams::from_grads(loss.backward(), &net);
        self.net = Some(self.optimizer.step(1e-3, net, gradients));
        loss.into_scalar::<f32>().into()
    }

    fn classes(&self, pixels: Vec<f32>) -> Vec<usize> {
        let net = self.net.as_ref().expect("a network").valid();
        let classes = net.logits(pixels, &Device::flex()).argmax(1).into_data();
        classes.iter::<i64>().map(|class| class as usize).collect()
    }
}
