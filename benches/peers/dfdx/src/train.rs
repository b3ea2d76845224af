//! Training by orders.

use crate::networks::{Perceptron, network};
use dfdx::optim::Adam;
use dfdx::prelude::*;
use worker::{Job, Network, Steps, serve_steps};

type Net = <Perceptron as BuildOnDevice<Cpu, f32>>::Built;

pub(crate) fn serve() {
    let job = Job::from_arguments();
    let net = network::<Perceptron>(Network::of("perceptron").expect("a network").dense);
    let settings = AdamConfig { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-7, weight_decay: None };
    let optimizer = Adam::new(&net, settings);
    serve_steps(&job, Dfdx { gradients: Some(net.alloc_grads()), optimizer, net });
}

struct Dfdx {
    net: Net,
    optimizer: Adam<Net, f32, Cpu>,
    /// None while a step fills them.
    gradients: Option<Gradients<f32, Cpu>>,
}

fn images(pixels: Vec<f32>) -> Tensor<(usize, Const<784>), f32, Cpu> {
    let count = pixels.len() / 784;
    Cpu::default().tensor_from_vec(pixels, (count, Const))
}

impl Steps for Dfdx {
    fn step(&mut self, pixels: Vec<f32>, labels: Vec<u8>) -> f64 {
        let classes = labels.iter().flat_map(|&label| (0..10).map(move |class| f32::from(u8::from(class == label))));
        let classes = Cpu::default().tensor_from_vec(classes.collect(), (labels.len(), Const::<10>));
        let traced = images(pixels).traced(self.gradients.take().expect("gradients"));
        let loss = cross_entropy_with_logits_loss(self.net.forward_mut(traced), classes);
        let mean = loss.array();
        let mut gradients = loss.backward();
        self.optimizer.update(&mut self.net, &gradients).expect("a gradient for every weight");
        self.net.zero_grads(&mut gradients);
        self.gradients = Some(gradients);
        mean.into()
    }

    fn classes(&self, pixels: Vec<f32>) -> Vec<usize> {
        let logits = self.net.forward(images(pixels)).as_vec();
        let largest = |row: &[f32; 10]| (0..10).max_by(|&one, &other| row[one].total_cmp(&row[other]));
        logits.as_chunks().0.iter().map(|row| largest(row).expect("ten classes")).collect()
    }
}
