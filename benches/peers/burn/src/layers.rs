//! Layers of burn with weights.

use burn::module::Param;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor, TensorData};
use worker::{Convolution, Dense};

pub(crate) fn convolution(weights: Convolution, device: &Device) -> Conv2d {
    let [filters, channels, rows, columns] = weights.shape;
    let [[top, bottom], [left, right]] = weights.borders;
    let mut layer = Conv2dConfig::new([channels * weights.groups, filters], [rows, columns])
        .with_stride([weights.stride; 2])
        .with_groups(weights.groups)
        .with_padding(PaddingConfig2d::Explicit(top, left, bottom, right))
        .init(device);
    layer.weight = parameter(weights.kernel, weights.shape, device);
    layer.bias = Some(parameter(weights.bias, [filters], device));
    layer
}

pub(crate) fn dense(weights: Dense, device: &Device) -> Linear {
    let (inputs, outputs) = (weights.inputs(), weights.outputs());
    let mut layer = LinearConfig::new(inputs, outputs).init(device);
    layer.weight = parameter(weights.kernel, [inputs, outputs], device);
    layer.bias = Some(parameter(weights.bias, [outputs], device));
    layer
}

fn parameter<const D: usize>(values: Vec<f32>, shape: [usize; D], device: &Device) -> Param<Tensor<D>> {
    Param::from_tensor(tensor(values, shape, device))
}

pub(crate) fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values, shape), device)
}
