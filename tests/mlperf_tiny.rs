//! Two networks of MLPerf Tiny, the benchmark of small networks: their sizes are the published ones, and they learn.
//!
//! Sizes: 24,908 and 78,666 parameters, as Keras counts them for the models of
//! <https://github.com/mlcommons/tiny> (`keyword_spotting` and `image_classification`), whose convolutions keep a bias
//! before batch normalization.

use typednet::prelude::*;
use typednet::random::Random;

network! {
    /// DS-CNN, which hears words.
    #[allow(deprecated)]
    struct DsCnn: [49, 10, 1] -> [12] {
        Conv2d(64, kernel = (10, 4), stride = 2, padding = same), BatchNorm, Relu -> [25, 5, 64],
        Dropout(0.2),
        repeat(4) {
            DepthwiseConv2d(3, padding = same), BatchNorm, Relu,
            Conv2d(64, kernel = 1), BatchNorm, Relu,
        },
        Dropout(0.4),
        GlobalAvgPool2d,
        Dense(12, activation = softmax),
    }
}

network! {
    /// ResNet-8, which tells images apart.
    #[allow(deprecated)]
    struct ResNet8: [32, 32, 3] -> [10] {
        Conv2d(16, kernel = 3, padding = same), BatchNorm, Relu,
        residual {
            Conv2d(16, kernel = 3, padding = same), BatchNorm, Relu,
            Conv2d(16, kernel = 3, padding = same), BatchNorm,
        },
        Relu,
        residual(shortcut = Conv2d(32, kernel = 1, stride = 2)) {
            Conv2d(32, kernel = 3, stride = 2, padding = same), BatchNorm, Relu,
            Conv2d(32, kernel = 3, padding = same), BatchNorm,
        } -> [16, 16, 32],
        Relu,
        residual(shortcut = Conv2d(64, kernel = 1, stride = 2)) {
            Conv2d(64, kernel = 3, stride = 2, padding = same), BatchNorm, Relu,
            Conv2d(64, kernel = 3, padding = same), BatchNorm,
        } -> [8, 8, 64],
        Relu,
        GlobalAvgPool2d,
        Dense(10, activation = softmax),
    }
}

#[test]
fn sizes_are_the_published_ones() {
    assert_eq!(DsCnn::PARAMETERS, 24_908);
    assert_eq!(ResNet8::PARAMETERS, 78_666);
    // By hand: for each pixel of a convolution's output its kernel, and one for batch normalization.
    let of_a_pixel = |kernels: &[usize]| kernels.iter().map(|kernel| kernel + 1).sum::<usize>();
    assert_eq!(DsCnn::MACS, 125 * 64 * (of_a_pixel(&[40]) + 4 * of_a_pixel(&[9, 64])) + 64 * 12);
    let first = 32 * 32 * 16 * of_a_pixel(&[27, 144, 144]);
    let second = 16 * 16 * 32 * (of_a_pixel(&[144, 288]) + 16);
    let third = 8 * 8 * 64 * (of_a_pixel(&[288, 576]) + 32);
    assert_eq!(ResNet8::MACS, first + second + third + 64 * 10);
}

/// Eight samples in one step, as often as it takes to know them by heart. In each block the derivatives pass through all
/// kinds of layers, so that a wrong one keeps the loss up.
fn trainer() -> Trainer<'static, Adam, SparseCategoricalCrossentropy> {
    Trainer::new(Adam::new(0.01), SparseCategoricalCrossentropy).epochs(15).batch_size(8).verbose(0)
}

#[test]
fn ds_cnn_learns() {
    let mut random = Random::new(1, 0);
    let sounds = Dataset::from_fn(8, |row| {
        let sound: [[[f32; 1]; 10]; 49] = core::array::from_fn(|_| core::array::from_fn(|_| [random.normal()]));
        (sound, Class::<12>::new(row).unwrap())
    });
    let history = trainer().fit(&mut *DsCnn::boxed(1), &sounds).unwrap();
    assert!(history.last("loss") < 0.3 * history.loss()[0], "{:?}", history.loss());
}

#[test]
fn resnet_8_learns() {
    let mut random = Random::new(2, 0);
    let images = Dataset::from_fn(8, |row| {
        let image: [[[f32; 3]; 32]; 32] =
            core::array::from_fn(|_| core::array::from_fn(|_| core::array::from_fn(|_| random.normal())));
        (image, Class::<10>::new(row).unwrap())
    });
    let history = trainer().fit(&mut *ResNet8::boxed(1), &images).unwrap();
    assert!(history.last("loss") < 0.3 * history.loss()[0], "{:?}", history.loss());
}
