//! The networks in dfdx, and their weights.

use core::convert::Infallible;
use dfdx::nn::tensor_collection::{RecursiveWalker, TensorOptions, TensorVisitor, ViewTensorMut};
use dfdx::prelude::*;
use worker::Dense;

type Hidden<const IN: usize, const OUT: usize> = (Linear<IN, OUT>, ReLU);
type Three = (Hidden<128, 128>, Hidden<128, 128>, Hidden<128, 128>);

pub(crate) type Perceptron = (Hidden<784, 128>, Linear<128, 10>);
pub(crate) type Controller = (Hidden<4, 16>, Hidden<16, 16>, Linear<16, 1>);
pub(crate) type Autoencoder = ((Hidden<640, 128>, Three, Hidden<128, 8>), (Hidden<8, 128>, Three), Linear<128, 640>);

/// A network with the weights of these layers.
pub(crate) fn network<N: BuildOnDevice<Cpu, f32>>(layers: Vec<Dense>) -> N::Built {
    let mut net = Cpu::default().build_module::<N, f32>();
    let tensors: Vec<_> = layers.into_iter().flat_map(|layer| [transposed(&layer), layer.bias]).collect();
    let mut given = Given(tensors.into_iter());
    let Ok(_) = N::Built::iter_tensors(&mut RecursiveWalker { m: &mut net, f: &mut given });
    net
}

fn transposed(layer: &Dense) -> Vec<f32> {
    let row = |output: usize| layer.kernel[output..].iter().step_by(layer.outputs());
    (0..layer.outputs()).flat_map(row).copied().collect()
}

/// The tensors of a network, in its order.
struct Given(std::vec::IntoIter<Vec<f32>>);

impl TensorVisitor<f32, Cpu> for Given {
    type Viewer = ViewTensorMut;
    type Err = Infallible;
    type E2 = f32;
    type D2 = Cpu;

    fn visit<S: Shape>(
        &mut self,
        _: TensorOptions<S, f32, Cpu>,
        tensor: &mut Tensor<S, f32, Cpu>,
    ) -> Result<Option<Tensor<S, f32, Cpu>>, Infallible> {
        tensor.copy_from(&self.0.next().expect("a tensor for each of the network's"));
        Ok(None)
    }
}
