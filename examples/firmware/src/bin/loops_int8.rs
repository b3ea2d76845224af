//! Every loop of the int8 kernels, with what it leaves over.

#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::layers::{
    DepthwiseDilation, DepthwiseFew, DepthwiseFive, DepthwiseOdd, DepthwiseStride, ManyProducts, OddConvolution,
    OddDense, OnePlace, SamePool, TwoPlaces,
};
use typednet::prelude::*;
use typednet::quant::SingleRounding;

firmware::probes! {
    two_places: Quantized<TwoPlaces> = "weights/layers/two_places.safetensors",
    one_place: Quantized<OnePlace> = "weights/layers/one_place.safetensors",
    many_products: Quantized<ManyProducts> = "weights/layers/many_products.safetensors",
    odd_convolution: Quantized<OddConvolution> = "weights/layers/odd_convolution.safetensors",
    same_pool: Quantized<SamePool> = "weights/layers/same_pool.safetensors",
    depthwise_stride: Quantized<DepthwiseStride> = "weights/layers/depthwise_stride.safetensors",
    depthwise_five: Quantized<DepthwiseFive> = "weights/layers/depthwise_five.safetensors",
    depthwise_dilation: Quantized<DepthwiseDilation> = "weights/layers/depthwise_dilation.safetensors",
    depthwise_odd: Quantized<DepthwiseOdd> = "weights/layers/depthwise_odd.safetensors",
    depthwise_few: Quantized<DepthwiseFew> = "weights/layers/depthwise_few.safetensors",
    odd_dense: Quantized<OddDense> = "weights/layers/odd_dense.safetensors",
    rounded_once: Quantized<OddConvolution, SingleRounding> = "weights/layers/rounded_once.safetensors",
}
