//! The networks in candle.

use candle_core::{D, Device, Module, Result, Tensor};
use candle_nn::{Conv2d, Conv2dConfig, Linear};
use worker::{Layer, Network};

pub(crate) type Net = Network<Convolution, Linear>;

/// A convolution, which in candle has as many zeros on each side; others are joined to the image before it.
pub(crate) struct Convolution {
    layer: Conv2d,
    borders: Option<[[usize; 2]; 2]>,
}

/// A network of tensors that `tensor` makes of weights and their shapes.
pub(crate) fn network(described: Network, tensor: impl Fn(Vec<f32>, &[usize]) -> Tensor) -> Net {
    described.map(
        |convolution| {
            let [[top, bottom], [left, right]] = convolution.borders;
            let even = [bottom, left, right] == [top; 3];
            let config = Conv2dConfig {
                padding: if even { top } else { 0 },
                stride: convolution.stride,
                groups: convolution.groups,
                ..Conv2dConfig::default()
            };
            let bias = tensor(convolution.bias, &convolution.shape[..1]);
            let layer = Conv2d::new(tensor(convolution.kernel, &convolution.shape), Some(bias), config);
            Convolution { layer, borders: (!even).then_some(convolution.borders) }
        },
        |dense| {
            let (inputs, outputs) = (dense.inputs(), dense.outputs());
            let row = |output: usize| dense.kernel[output..].iter().step_by(outputs);
            let kernel = (0..outputs).flat_map(row).copied().collect();
            Linear::new(tensor(kernel, &[outputs, inputs]), Some(tensor(dense.bias, &[outputs])))
        },
    )
}

/// A batch of samples.
pub(crate) fn batch(net: &Net, samples: Vec<f32>) -> Result<Tensor> {
    let count = samples.len() / net.shape.iter().product::<usize>();
    Tensor::from_vec(samples, [&[count], &net.shape[..]].concat(), &Device::Cpu)
}

/// What a network makes of a batch; softmax is left out.
pub(crate) fn forward(net: &Net, samples: Tensor) -> Result<Tensor> {
    let mut x = samples;
    for layer in &net.images {
        x = match layer {
            Layer::Convolution(convolution) => convolution.forward(&x)?.relu()?,
            Layer::MaxPool => x.max_pool2d(2)?,
            Layer::Residual { one, two, shortcut } => {
                let shortcut = shortcut.as_ref().map_or_else(|| Ok(x.clone()), |layer| layer.forward(&x))?;
                (two.forward(&one.forward(&x)?.relu()?)? + shortcut)?.relu()?
            }
        };
    }
    x = if net.mean { x.flatten_from(2)?.mean(D::Minus1)? } else { x.flatten_from(1)? };
    let (last, rest) = net.dense.split_last().expect("a dense layer");
    for layer in rest {
        x = layer.forward(&x)?.relu()?;
    }
    last.forward(&x)
}

impl Module for Convolution {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self.borders {
            None => self.layer.forward(x),
            Some([[top, bottom], [left, right]]) => {
                self.layer.forward(&x.pad_with_zeros(2, top, bottom)?.pad_with_zeros(3, left, right)?)
            }
        }
    }
}
