//! Inference by orders.

use crate::layers::{batch, forward, network};
use candle_core::{Device, Result, Tensor};
use candle_nn::ops::softmax;
use worker::{Network, input, orders};

pub(crate) fn serve() -> Result<()> {
    for (workload, order) in orders() {
        let Some(described) = Network::of(&workload) else {
            order.decline();
            continue;
        };
        let tensor = |values, shape: &[usize]| Tensor::from_vec(values, shape, &Device::Cpu).expect("a tensor");
        let net = network(described, tensor);
        let samples = batch(&net, input(&format!("{workload}-channels-first")))?;
        let infer = || {
            let outputs = forward(&net, samples.clone())?;
            if net.softmax { softmax(&outputs, 1) } else { Ok(outputs) }
        };
        order.answer(
            || infer().expect("an inference"),
            |outputs| outputs.flatten_all().and_then(|outputs| outputs.to_vec1()).expect("floats"),
        );
    }
    Ok(())
}
