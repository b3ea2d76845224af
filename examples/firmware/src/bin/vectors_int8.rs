//! The layers of which CMSIS-NN's figures on a Cortex-M55 are known, one inference after another.

#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::layers::{ConvolutionPool, Sixteen, Small, Words10By4, WordsDepthwise, WordsPointwise};
use typednet::prelude::*;

firmware::probes! {
    small: Quantized<Small> = "weights/layers/small.safetensors",
    sixteen: Quantized<Sixteen> = "weights/layers/sixteen.safetensors",
    convolution_pool: Quantized<ConvolutionPool> = "weights/layers/convolution_pool.safetensors",
    words_10_by_4: Quantized<Words10By4> = "weights/layers/words_10_by_4.safetensors",
    words_depthwise: Quantized<WordsDepthwise> = "weights/layers/words_depthwise.safetensors",
    words_pointwise: Quantized<WordsPointwise> = "weights/layers/words_pointwise.safetensors",
}
