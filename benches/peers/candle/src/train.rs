//! Training by orders.

use crate::layers::{Net, batch, forward, network};
use candle_core::{Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, loss::cross_entropy};
use std::cell::RefCell;
use worker::{Job, Network, Steps, serve_steps};

pub(crate) fn serve() -> Result<()> {
    let job = Job::from_arguments();
    let variables = RefCell::new(Vec::new());
    let net = network(Network::of(&job.network).expect("a network"), |values, shape| {
        let variable = Var::from_vec(values, shape, &Device::Cpu).expect("a variable");
        variables.borrow_mut().push(variable.clone());
        variable.into_inner()
    });
    let settings = ParamsAdamW { lr: 1e-3, eps: 1e-7, weight_decay: 0.0, ..ParamsAdamW::default() };
    serve_steps(&job, Candle { net, optimizer: AdamW::new(variables.into_inner(), settings)? });
    Ok(())
}

struct Candle {
    net: Net,
    optimizer: AdamW,
}

impl Candle {
    fn logits(&self, pixels: Vec<f32>) -> Result<Tensor> {
        forward(&self.net, batch(&self.net, pixels)?)
    }

    fn train(&mut self, pixels: Vec<f32>, labels: Vec<u8>) -> Result<f32> {
        let labels = Tensor::new(labels, &Device::Cpu)?;
        let loss = cross_entropy(&self.logits(pixels)?, &labels)?;
        self.optimizer.backward_step(&loss)?;
        loss.to_scalar()
    }
}

impl Steps for Candle {
    fn step(&mut self, pixels: Vec<f32>, labels: Vec<u8>) -> f64 {
        self.train(pixels, labels).expect("a step").into()
    }

    fn classes(&self, pixels: Vec<f32>) -> Vec<usize> {
        let classes = self.logits(pixels).and_then(|logits| logits.argmax(1)?.to_vec1::<u32>()).expect("classes");
        classes.into_iter().map(|class| class as usize).collect()
    }
}
