//! The loops of the kernels of floats, with what they leave over, one inference after another.

#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::layers::{
    ConvolutionPool, DepthwiseDilation, DepthwiseFive, DepthwiseOdd, DepthwiseStride, ManyPooled, Multiplied,
    OddConvolution, SamePool, Sixteen, Words10By4, WordsDepthwise,
};

firmware::float_probes! {
    convolution_pool: ConvolutionPool,
    words_10_by_4: Words10By4,
    words_depthwise: WordsDepthwise,
    sixteen: Sixteen,
    odd_convolution: OddConvolution,
    same_pool: SamePool,
    depthwise_stride: DepthwiseStride,
    depthwise_five: DepthwiseFive,
    depthwise_dilation: DepthwiseDilation,
    depthwise_odd: DepthwiseOdd,
    many_pooled: ManyPooled,
    multiplied: Multiplied,
}
