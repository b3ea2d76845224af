#[allow(non_snake_case)]
use typednet::__private as __ResNet8;
///`first` in [`ResNet8`].
#[repr(C)]
pub struct ResNet8First {
    ///
    ///`Conv2d(16, kernel = 3, padding = same, bias = false)`, which gives `[32, 32, 16]`: 2,304 parameters.
    pub conv2d_1: __ResNet8::layer::Conv2d<3, 3, 16, 16, ()>,
    ///
    ///`BatchNorm`, which gives `[32, 32, 16]`: 64 parameters.
    pub batch_norm_1: __ResNet8::layer::BatchNorm<16>,
    ///
    ///`Conv2d(16, kernel = 3, padding = same, bias = false)`, which gives `[32, 32, 16]`: 2,304 parameters.
    pub conv2d_2: __ResNet8::layer::Conv2d<3, 3, 16, 16, ()>,
    ///
    ///`BatchNorm`, which gives `[32, 32, 16]`: 64 parameters.
    pub batch_norm_2: __ResNet8::layer::BatchNorm<16>,
}
unsafe impl __ResNet8::Plain for ResNet8First {}
impl __ResNet8::Debug for ResNet8First {
    fn fmt(&self, formatter: &mut __ResNet8::Formatter<'_>) -> __ResNet8::FmtResult {
        formatter.write_str("ResNet8First")
    }
}
///The derivatives of a loss by the weights of [`ResNet8First`].
#[repr(C)]
pub struct ResNet8FirstGradients {
    ///The derivatives by `conv2d_1`.
    pub conv2d_1: <__ResNet8::layer::Conv2d<
        3,
        3,
        16,
        16,
        (),
    > as __ResNet8::Layer>::Gradient,
    ///The derivatives by `batch_norm_1`.
    pub batch_norm_1: <__ResNet8::layer::BatchNorm<16> as __ResNet8::Layer>::Gradient,
    ///The derivatives by `conv2d_2`.
    pub conv2d_2: <__ResNet8::layer::Conv2d<
        3,
        3,
        16,
        16,
        (),
    > as __ResNet8::Layer>::Gradient,
    ///The derivatives by `batch_norm_2`.
    pub batch_norm_2: <__ResNet8::layer::BatchNorm<16> as __ResNet8::Layer>::Gradient,
}
unsafe impl __ResNet8::Plain for ResNet8FirstGradients {}
impl __ResNet8::Debug for ResNet8FirstGradients {
    fn fmt(&self, formatter: &mut __ResNet8::Formatter<'_>) -> __ResNet8::FmtResult {
        formatter.write_str("ResNet8FirstGradients")
    }
}
///`second` in [`ResNet8`].
#[repr(C)]
pub struct ResNet8Second {
    ///
    ///`Conv2d(32, kernel = 3, stride = 2, padding = same, bias = false)`, which gives `[16, 16, 32]`: 4,608 parameters.
    pub conv2d_1: __ResNet8::layer::Conv2d<3, 3, 16, 32, ()>,
    ///
    ///`BatchNorm`, which gives `[16, 16, 32]`: 128 parameters.
    pub batch_norm_1: __ResNet8::layer::BatchNorm<32>,
    ///
    ///`Conv2d(32, kernel = 3, padding = same, bias = false)`, which gives `[16, 16, 32]`: 9,216 parameters.
    pub conv2d_2: __ResNet8::layer::Conv2d<3, 3, 32, 32, ()>,
    ///
    ///`BatchNorm`, which gives `[16, 16, 32]`: 128 parameters.
    pub batch_norm_2: __ResNet8::layer::BatchNorm<32>,
    ///
    ///`Conv2d(32, kernel = 1, stride = 2)`, which gives `[16, 16, 32]`: 544 parameters.
    pub shortcut: __ResNet8::layer::Conv2d<1, 1, 16, 32>,
}
unsafe impl __ResNet8::Plain for ResNet8Second {}
impl __ResNet8::Debug for ResNet8Second {
    fn fmt(&self, formatter: &mut __ResNet8::Formatter<'_>) -> __ResNet8::FmtResult {
        formatter.write_str("ResNet8Second")
    }
}
///The derivatives of a loss by the weights of [`ResNet8Second`].
#[repr(C)]
pub struct ResNet8SecondGradients {
    ///The derivatives by `conv2d_1`.
    pub conv2d_1: <__ResNet8::layer::Conv2d<
        3,
        3,
        16,
        32,
        (),
    > as __ResNet8::Layer>::Gradient,
    ///The derivatives by `batch_norm_1`.
    pub batch_norm_1: <__ResNet8::layer::BatchNorm<32> as __ResNet8::Layer>::Gradient,
    ///The derivatives by `conv2d_2`.
    pub conv2d_2: <__ResNet8::layer::Conv2d<
        3,
        3,
        32,
        32,
        (),
    > as __ResNet8::Layer>::Gradient,
    ///The derivatives by `batch_norm_2`.
    pub batch_norm_2: <__ResNet8::layer::BatchNorm<32> as __ResNet8::Layer>::Gradient,
    ///The derivatives by `shortcut`.
    pub shortcut: <__ResNet8::layer::Conv2d<1, 1, 16, 32> as __ResNet8::Layer>::Gradient,
}
unsafe impl __ResNet8::Plain for ResNet8SecondGradients {}
impl __ResNet8::Debug for ResNet8SecondGradients {
    fn fmt(&self, formatter: &mut __ResNet8::Formatter<'_>) -> __ResNet8::FmtResult {
        formatter.write_str("ResNet8SecondGradients")
    }
}
///`third` in [`ResNet8`].
#[repr(C)]
pub struct ResNet8Third {
    ///
    ///`Conv2d(64, kernel = 3, stride = 2, padding = same, bias = false)`, which gives `[8, 8, 64]`: 18,432 parameters.
    pub conv2d_1: __ResNet8::layer::Conv2d<3, 3, 32, 64, ()>,
    ///
    ///`BatchNorm`, which gives `[8, 8, 64]`: 256 parameters.
    pub batch_norm_1: __ResNet8::layer::BatchNorm<64>,
    ///
    ///`Conv2d(64, kernel = 3, padding = same, bias = false)`, which gives `[8, 8, 64]`: 36,864 parameters.
    pub conv2d_2: __ResNet8::layer::Conv2d<3, 3, 64, 64, ()>,
    ///
    ///`BatchNorm`, which gives `[8, 8, 64]`: 256 parameters.
    pub batch_norm_2: __ResNet8::layer::BatchNorm<64>,
    ///
    ///`Conv2d(64, kernel = 1, stride = 2)`, which gives `[8, 8, 64]`: 2,112 parameters.
    pub shortcut: __ResNet8::layer::Conv2d<1, 1, 32, 64>,
}
unsafe impl __ResNet8::Plain for ResNet8Third {}
impl __ResNet8::Debug for ResNet8Third {
    fn fmt(&self, formatter: &mut __ResNet8::Formatter<'_>) -> __ResNet8::FmtResult {
        formatter.write_str("ResNet8Third")
    }
}
///The derivatives of a loss by the weights of [`ResNet8Third`].
#[repr(C)]
pub struct ResNet8ThirdGradients {
    ///The derivatives by `conv2d_1`.
    pub conv2d_1: <__ResNet8::layer::Conv2d<
        3,
        3,
        32,
        64,
        (),
    > as __ResNet8::Layer>::Gradient,
    ///The derivatives by `batch_norm_1`.
    pub batch_norm_1: <__ResNet8::layer::BatchNorm<64> as __ResNet8::Layer>::Gradient,
    ///The derivatives by `conv2d_2`.
    pub conv2d_2: <__ResNet8::layer::Conv2d<
        3,
        3,
        64,
        64,
        (),
    > as __ResNet8::Layer>::Gradient,
    ///The derivatives by `batch_norm_2`.
    pub batch_norm_2: <__ResNet8::layer::BatchNorm<64> as __ResNet8::Layer>::Gradient,
    ///The derivatives by `shortcut`.
    pub shortcut: <__ResNet8::layer::Conv2d<1, 1, 32, 64> as __ResNet8::Layer>::Gradient,
}
unsafe impl __ResNet8::Plain for ResNet8ThirdGradients {}
impl __ResNet8::Debug for ResNet8ThirdGradients {
    fn fmt(&self, formatter: &mut __ResNet8::Formatter<'_>) -> __ResNet8::FmtResult {
        formatter.write_str("ResNet8ThirdGradients")
    }
}
/// Images of ten kinds.
///
///A network from `[32, 32, 3]` to `[10]`.
///
///| Layer | Output | Parameters | MACs |
///|---|---|---:|---:|
///| `stem`: `Conv2d(16, kernel = 3, padding = same, bias = false)` | `[32, 32, 16]` | 432 | 442,368 |
///| `batch_norm_1`: `BatchNorm` | `[32, 32, 16]` | 64 | 16,384 |
///| `relu_1`: `Relu` | `[32, 32, 16]` | 0 | 0 |
///| `first`: `residual` | `[32, 32, 16]` | 0 | 0 |
///| `first.conv2d_1`: `Conv2d(16, kernel = 3, padding = same, bias = false)` | `[32, 32, 16]` | 2,304 | 2,359,296 |
///| `first.batch_norm_1`: `BatchNorm` | `[32, 32, 16]` | 64 | 16,384 |
///| `first.relu_1`: `Relu` | `[32, 32, 16]` | 0 | 0 |
///| `first.conv2d_2`: `Conv2d(16, kernel = 3, padding = same, bias = false)` | `[32, 32, 16]` | 2,304 | 2,359,296 |
///| `first.batch_norm_2`: `BatchNorm` | `[32, 32, 16]` | 64 | 16,384 |
///| `relu_2`: `Relu` | `[32, 32, 16]` | 0 | 0 |
///| `second`: `residual(shortcut = Conv2d(32, kernel = 1, stride = 2))` | `[16, 16, 32]` | 0 | 0 |
///| `second.conv2d_1`: `Conv2d(32, kernel = 3, stride = 2, padding = same, bias = false)` | `[16, 16, 32]` | 4,608 | 1,179,648 |
///| `second.batch_norm_1`: `BatchNorm` | `[16, 16, 32]` | 128 | 8,192 |
///| `second.relu_1`: `Relu` | `[16, 16, 32]` | 0 | 0 |
///| `second.conv2d_2`: `Conv2d(32, kernel = 3, padding = same, bias = false)` | `[16, 16, 32]` | 9,216 | 2,359,296 |
///| `second.batch_norm_2`: `BatchNorm` | `[16, 16, 32]` | 128 | 8,192 |
///| `second.shortcut`: `Conv2d(32, kernel = 1, stride = 2)` | `[16, 16, 32]` | 544 | 131,072 |
///| `relu_3`: `Relu` | `[16, 16, 32]` | 0 | 0 |
///| `third`: `residual(shortcut = Conv2d(64, kernel = 1, stride = 2))` | `[8, 8, 64]` | 0 | 0 |
///| `third.conv2d_1`: `Conv2d(64, kernel = 3, stride = 2, padding = same, bias = false)` | `[8, 8, 64]` | 18,432 | 1,179,648 |
///| `third.batch_norm_1`: `BatchNorm` | `[8, 8, 64]` | 256 | 4,096 |
///| `third.relu_1`: `Relu` | `[8, 8, 64]` | 0 | 0 |
///| `third.conv2d_2`: `Conv2d(64, kernel = 3, padding = same, bias = false)` | `[8, 8, 64]` | 36,864 | 2,359,296 |
///| `third.batch_norm_2`: `BatchNorm` | `[8, 8, 64]` | 256 | 4,096 |
///| `third.shortcut`: `Conv2d(64, kernel = 1, stride = 2)` | `[8, 8, 64]` | 2,112 | 131,072 |
///| `relu_4`: `Relu` | `[8, 8, 64]` | 0 | 0 |
///| `global_avg_pool2d_1`: `GlobalAvgPool2d` | `[64]` | 0 | 0 |
///| `digit`: `Dense(10, activation = softmax)` | `[10]` | 650 | 640 |
///| **Total** | | **78,426** | **12,575,360** |
#[repr(C)]
pub struct ResNet8 {
    ///
    ///`Conv2d(16, kernel = 3, padding = same, bias = false)`, which gives `[32, 32, 16]`: 432 parameters.
    pub stem: __ResNet8::layer::Conv2d<3, 3, 3, 16, ()>,
    ///
    ///`BatchNorm`, which gives `[32, 32, 16]`: 64 parameters.
    pub batch_norm_1: __ResNet8::layer::BatchNorm<16>,
    ///
    ///`residual`, which gives `[32, 32, 16]`.
    pub first: ResNet8First,
    ///
    ///`residual(shortcut = Conv2d(32, kernel = 1, stride = 2))`, which gives `[16, 16, 32]`.
    pub second: ResNet8Second,
    ///
    ///`residual(shortcut = Conv2d(64, kernel = 1, stride = 2))`, which gives `[8, 8, 64]`.
    pub third: ResNet8Third,
    ///
    ///`Dense(10, activation = softmax)`, which gives `[10]`: 650 parameters.
    pub digit: __ResNet8::layer::Dense<64, 10>,
}
unsafe impl __ResNet8::Plain for ResNet8 {}
impl __ResNet8::Debug for ResNet8 {
    fn fmt(&self, formatter: &mut __ResNet8::Formatter<'_>) -> __ResNet8::FmtResult {
        formatter.write_str("ResNet8")
    }
}
///The derivatives of a loss by the weights of [`ResNet8`].
#[repr(C)]
pub struct ResNet8Gradients {
    ///The derivatives by `stem`.
    pub stem: <__ResNet8::layer::Conv2d<3, 3, 3, 16, ()> as __ResNet8::Layer>::Gradient,
    ///The derivatives by `batch_norm_1`.
    pub batch_norm_1: <__ResNet8::layer::BatchNorm<16> as __ResNet8::Layer>::Gradient,
    ///The derivatives by `first`.
    pub first: ResNet8FirstGradients,
    ///The derivatives by `second`.
    pub second: ResNet8SecondGradients,
    ///The derivatives by `third`.
    pub third: ResNet8ThirdGradients,
    ///The derivatives by `digit`.
    pub digit: <__ResNet8::layer::Dense<64, 10> as __ResNet8::Layer>::Gradient,
}
unsafe impl __ResNet8::Plain for ResNet8Gradients {}
impl __ResNet8::Debug for ResNet8Gradients {
    fn fmt(&self, formatter: &mut __ResNet8::Formatter<'_>) -> __ResNet8::FmtResult {
        formatter.write_str("ResNet8Gradients")
    }
}
const _: () = __ResNet8::assert_layout::<
    ResNet8,
>(
    &[
        __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 3, 16, ()>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<16>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 16, 16, ()>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<16>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 16, 16, ()>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<16>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 16, 32, ()>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<32>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 32, 32, ()>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<32>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::Conv2d<1, 1, 16, 32>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 32, 64, ()>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<64>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 64, 64, ()>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<64>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::Conv2d<1, 1, 32, 64>>(1),
        __ResNet8::floats_of::<__ResNet8::layer::Dense<64, 10>>(1),
    ],
);
#[doc(hidden)]
#[allow(dead_code, non_camel_case_types)]
struct __ResNet8Facts;
#[allow(dead_code, long_running_const_eval, non_upper_case_globals)]
impl __ResNet8Facts {
    const INPUT: __ResNet8::Shape = __ResNet8::Shape::new(&[32, 32, 3]);
    const shape_stem: __ResNet8::Shape = __ResNet8::Shape::new(&[32, 32, 16]);
    const shape_batch_norm_1: __ResNet8::Shape = __ResNet8::Shape::new(&[32, 32, 16]);
    const shape_relu_1: __ResNet8::Shape = __ResNet8::Shape::new(&[32, 32, 16]);
    const shape_first: __ResNet8::Shape = __ResNet8::Shape::new(&[32, 32, 16]);
    const shape_first__conv2d_1: __ResNet8::Shape = __ResNet8::Shape::new(&[32, 32, 16]);
    const shape_first__batch_norm_1: __ResNet8::Shape = __ResNet8::Shape::new(
        &[32, 32, 16],
    );
    const shape_first__relu_1: __ResNet8::Shape = __ResNet8::Shape::new(&[32, 32, 16]);
    const shape_first__conv2d_2: __ResNet8::Shape = __ResNet8::Shape::new(&[32, 32, 16]);
    const shape_first__batch_norm_2: __ResNet8::Shape = __ResNet8::Shape::new(
        &[32, 32, 16],
    );
    const shape_relu_2: __ResNet8::Shape = __ResNet8::Shape::new(&[32, 32, 16]);
    const shape_second: __ResNet8::Shape = __ResNet8::Shape::new(&[16, 16, 32]);
    const shape_second__conv2d_1: __ResNet8::Shape = __ResNet8::Shape::new(
        &[16, 16, 32],
    );
    const shape_second__batch_norm_1: __ResNet8::Shape = __ResNet8::Shape::new(
        &[16, 16, 32],
    );
    const shape_second__relu_1: __ResNet8::Shape = __ResNet8::Shape::new(&[16, 16, 32]);
    const shape_second__conv2d_2: __ResNet8::Shape = __ResNet8::Shape::new(
        &[16, 16, 32],
    );
    const shape_second__batch_norm_2: __ResNet8::Shape = __ResNet8::Shape::new(
        &[16, 16, 32],
    );
    const shape_second__shortcut: __ResNet8::Shape = __ResNet8::Shape::new(
        &[16, 16, 32],
    );
    const shape_relu_3: __ResNet8::Shape = __ResNet8::Shape::new(&[16, 16, 32]);
    const shape_third: __ResNet8::Shape = __ResNet8::Shape::new(&[8, 8, 64]);
    const shape_third__conv2d_1: __ResNet8::Shape = __ResNet8::Shape::new(&[8, 8, 64]);
    const shape_third__batch_norm_1: __ResNet8::Shape = __ResNet8::Shape::new(
        &[8, 8, 64],
    );
    const shape_third__relu_1: __ResNet8::Shape = __ResNet8::Shape::new(&[8, 8, 64]);
    const shape_third__conv2d_2: __ResNet8::Shape = __ResNet8::Shape::new(&[8, 8, 64]);
    const shape_third__batch_norm_2: __ResNet8::Shape = __ResNet8::Shape::new(
        &[8, 8, 64],
    );
    const shape_third__shortcut: __ResNet8::Shape = __ResNet8::Shape::new(&[8, 8, 64]);
    const shape_relu_4: __ResNet8::Shape = __ResNet8::Shape::new(&[8, 8, 64]);
    const shape_global_avg_pool2d_1: __ResNet8::Shape = __ResNet8::Shape::new(&[64]);
    const shape_digit: __ResNet8::Shape = __ResNet8::Shape::new(&[10]);
    const settings_stem: <__ResNet8::layer::Conv2d<
        3,
        3,
        3,
        16,
        (),
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::conv2d::Settings::new(
        __ResNet8Facts::INPUT,
        16,
        __ResNet8::Window {
            kernel: [3, 3],
            stride: [1, 1],
            dilation: [1, 1],
            padding: __ResNet8::Padding::Same,
        },
        1,
        __ResNet8::Initializers {
            kernel: __ResNet8::Initializer::GlorotUniform,
            bias: __ResNet8::Initializer::Zeros,
        },
    );
    const settings_batch_norm_1: <__ResNet8::layer::BatchNorm<
        16,
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::batch_norm::Settings::new(
        __ResNet8Facts::shape_stem,
        0.99f32,
        0.001f32,
    );
    const settings_relu_1: <__ResNet8::layer::Activation as __ResNet8::Layer>::Settings = __ResNet8::layer::activation::Settings::new(
        __ResNet8Facts::shape_batch_norm_1,
        __ResNet8::layer::Function::Relu,
    );
    const settings_first__conv2d_1: <__ResNet8::layer::Conv2d<
        3,
        3,
        16,
        16,
        (),
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::conv2d::Settings::new(
        __ResNet8Facts::shape_relu_1,
        16,
        __ResNet8::Window {
            kernel: [3, 3],
            stride: [1, 1],
            dilation: [1, 1],
            padding: __ResNet8::Padding::Same,
        },
        1,
        __ResNet8::Initializers {
            kernel: __ResNet8::Initializer::GlorotUniform,
            bias: __ResNet8::Initializer::Zeros,
        },
    );
    const settings_first__batch_norm_1: <__ResNet8::layer::BatchNorm<
        16,
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::batch_norm::Settings::new(
        __ResNet8Facts::shape_first__conv2d_1,
        0.99f32,
        0.001f32,
    );
    const settings_first__relu_1: <__ResNet8::layer::Activation as __ResNet8::Layer>::Settings = __ResNet8::layer::activation::Settings::new(
        __ResNet8Facts::shape_first__batch_norm_1,
        __ResNet8::layer::Function::Relu,
    );
    const settings_first__conv2d_2: <__ResNet8::layer::Conv2d<
        3,
        3,
        16,
        16,
        (),
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::conv2d::Settings::new(
        __ResNet8Facts::shape_first__relu_1,
        16,
        __ResNet8::Window {
            kernel: [3, 3],
            stride: [1, 1],
            dilation: [1, 1],
            padding: __ResNet8::Padding::Same,
        },
        1,
        __ResNet8::Initializers {
            kernel: __ResNet8::Initializer::GlorotUniform,
            bias: __ResNet8::Initializer::Zeros,
        },
    );
    const settings_first__batch_norm_2: <__ResNet8::layer::BatchNorm<
        16,
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::batch_norm::Settings::new(
        __ResNet8Facts::shape_first__conv2d_2,
        0.99f32,
        0.001f32,
    );
    const settings_relu_2: <__ResNet8::layer::Activation as __ResNet8::Layer>::Settings = __ResNet8::layer::activation::Settings::new(
        __ResNet8Facts::shape_first,
        __ResNet8::layer::Function::Relu,
    );
    const settings_second__conv2d_1: <__ResNet8::layer::Conv2d<
        3,
        3,
        16,
        32,
        (),
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::conv2d::Settings::new(
        __ResNet8Facts::shape_relu_2,
        32,
        __ResNet8::Window {
            kernel: [3, 3],
            stride: [2, 2],
            dilation: [1, 1],
            padding: __ResNet8::Padding::Same,
        },
        1,
        __ResNet8::Initializers {
            kernel: __ResNet8::Initializer::GlorotUniform,
            bias: __ResNet8::Initializer::Zeros,
        },
    );
    const settings_second__batch_norm_1: <__ResNet8::layer::BatchNorm<
        32,
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::batch_norm::Settings::new(
        __ResNet8Facts::shape_second__conv2d_1,
        0.99f32,
        0.001f32,
    );
    const settings_second__relu_1: <__ResNet8::layer::Activation as __ResNet8::Layer>::Settings = __ResNet8::layer::activation::Settings::new(
        __ResNet8Facts::shape_second__batch_norm_1,
        __ResNet8::layer::Function::Relu,
    );
    const settings_second__conv2d_2: <__ResNet8::layer::Conv2d<
        3,
        3,
        32,
        32,
        (),
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::conv2d::Settings::new(
        __ResNet8Facts::shape_second__relu_1,
        32,
        __ResNet8::Window {
            kernel: [3, 3],
            stride: [1, 1],
            dilation: [1, 1],
            padding: __ResNet8::Padding::Same,
        },
        1,
        __ResNet8::Initializers {
            kernel: __ResNet8::Initializer::GlorotUniform,
            bias: __ResNet8::Initializer::Zeros,
        },
    );
    const settings_second__batch_norm_2: <__ResNet8::layer::BatchNorm<
        32,
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::batch_norm::Settings::new(
        __ResNet8Facts::shape_second__conv2d_2,
        0.99f32,
        0.001f32,
    );
    const settings_second__shortcut: <__ResNet8::layer::Conv2d<
        1,
        1,
        16,
        32,
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::conv2d::Settings::new(
        __ResNet8Facts::shape_relu_2,
        32,
        __ResNet8::Window {
            kernel: [1, 1],
            stride: [2, 2],
            dilation: [1, 1],
            padding: __ResNet8::Padding::Valid,
        },
        1,
        __ResNet8::Initializers {
            kernel: __ResNet8::Initializer::GlorotUniform,
            bias: __ResNet8::Initializer::Zeros,
        },
    );
    const settings_relu_3: <__ResNet8::layer::Activation as __ResNet8::Layer>::Settings = __ResNet8::layer::activation::Settings::new(
        __ResNet8Facts::shape_second,
        __ResNet8::layer::Function::Relu,
    );
    const settings_third__conv2d_1: <__ResNet8::layer::Conv2d<
        3,
        3,
        32,
        64,
        (),
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::conv2d::Settings::new(
        __ResNet8Facts::shape_relu_3,
        64,
        __ResNet8::Window {
            kernel: [3, 3],
            stride: [2, 2],
            dilation: [1, 1],
            padding: __ResNet8::Padding::Same,
        },
        1,
        __ResNet8::Initializers {
            kernel: __ResNet8::Initializer::GlorotUniform,
            bias: __ResNet8::Initializer::Zeros,
        },
    );
    const settings_third__batch_norm_1: <__ResNet8::layer::BatchNorm<
        64,
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::batch_norm::Settings::new(
        __ResNet8Facts::shape_third__conv2d_1,
        0.99f32,
        0.001f32,
    );
    const settings_third__relu_1: <__ResNet8::layer::Activation as __ResNet8::Layer>::Settings = __ResNet8::layer::activation::Settings::new(
        __ResNet8Facts::shape_third__batch_norm_1,
        __ResNet8::layer::Function::Relu,
    );
    const settings_third__conv2d_2: <__ResNet8::layer::Conv2d<
        3,
        3,
        64,
        64,
        (),
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::conv2d::Settings::new(
        __ResNet8Facts::shape_third__relu_1,
        64,
        __ResNet8::Window {
            kernel: [3, 3],
            stride: [1, 1],
            dilation: [1, 1],
            padding: __ResNet8::Padding::Same,
        },
        1,
        __ResNet8::Initializers {
            kernel: __ResNet8::Initializer::GlorotUniform,
            bias: __ResNet8::Initializer::Zeros,
        },
    );
    const settings_third__batch_norm_2: <__ResNet8::layer::BatchNorm<
        64,
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::batch_norm::Settings::new(
        __ResNet8Facts::shape_third__conv2d_2,
        0.99f32,
        0.001f32,
    );
    const settings_third__shortcut: <__ResNet8::layer::Conv2d<
        1,
        1,
        32,
        64,
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::conv2d::Settings::new(
        __ResNet8Facts::shape_relu_3,
        64,
        __ResNet8::Window {
            kernel: [1, 1],
            stride: [2, 2],
            dilation: [1, 1],
            padding: __ResNet8::Padding::Valid,
        },
        1,
        __ResNet8::Initializers {
            kernel: __ResNet8::Initializer::GlorotUniform,
            bias: __ResNet8::Initializer::Zeros,
        },
    );
    const settings_relu_4: <__ResNet8::layer::Activation as __ResNet8::Layer>::Settings = __ResNet8::layer::activation::Settings::new(
        __ResNet8Facts::shape_third,
        __ResNet8::layer::Function::Relu,
    );
    const settings_global_avg_pool2d_1: <__ResNet8::layer::GlobalAvgPool2d as __ResNet8::Layer>::Settings = __ResNet8::layer::global_avg_pool2d::Settings::new(
        __ResNet8Facts::shape_relu_4,
    );
    const settings_digit: <__ResNet8::layer::Dense<
        64,
        10,
    > as __ResNet8::Layer>::Settings = __ResNet8::layer::dense::Settings::new(
        __ResNet8Facts::shape_global_avg_pool2d_1,
        10,
        __ResNet8::Initializers {
            kernel: __ResNet8::Initializer::GlorotUniform,
            bias: __ResNet8::Initializer::Zeros,
        },
    );
    const activation_digit: __ResNet8::layer::activation::Settings = __ResNet8::layer::activation::Settings::new(
        __ResNet8Facts::shape_digit,
        __ResNet8::layer::Function::Softmax,
    );
    const finished_stem: __ResNet8::layer::finished::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 3, 16, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::finished::Settings::new(
        __ResNet8Facts::settings_stem,
        __ResNet8::Option::Some(__ResNet8Facts::settings_batch_norm_1),
        __ResNet8::Option::Some(__ResNet8::layer::Function::Relu),
    );
    const finished_first__conv2d_1: __ResNet8::layer::finished::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 16, 16, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::finished::Settings::new(
        __ResNet8Facts::settings_first__conv2d_1,
        __ResNet8::Option::Some(__ResNet8Facts::settings_first__batch_norm_1),
        __ResNet8::Option::Some(__ResNet8::layer::Function::Relu),
    );
    const finished_first__conv2d_2: __ResNet8::layer::finished::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 16, 16, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::finished::Settings::new(
        __ResNet8Facts::settings_first__conv2d_2,
        __ResNet8::Option::Some(__ResNet8Facts::settings_first__batch_norm_2),
        __ResNet8::Option::None,
    );
    const finished_second__conv2d_1: __ResNet8::layer::finished::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 16, 32, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::finished::Settings::new(
        __ResNet8Facts::settings_second__conv2d_1,
        __ResNet8::Option::Some(__ResNet8Facts::settings_second__batch_norm_1),
        __ResNet8::Option::Some(__ResNet8::layer::Function::Relu),
    );
    const finished_second__conv2d_2: __ResNet8::layer::finished::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 32, 32, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::finished::Settings::new(
        __ResNet8Facts::settings_second__conv2d_2,
        __ResNet8::Option::Some(__ResNet8Facts::settings_second__batch_norm_2),
        __ResNet8::Option::None,
    );
    const finished_third__conv2d_1: __ResNet8::layer::finished::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 32, 64, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::finished::Settings::new(
        __ResNet8Facts::settings_third__conv2d_1,
        __ResNet8::Option::Some(__ResNet8Facts::settings_third__batch_norm_1),
        __ResNet8::Option::Some(__ResNet8::layer::Function::Relu),
    );
    const finished_third__conv2d_2: __ResNet8::layer::finished::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 64, 64, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::finished::Settings::new(
        __ResNet8Facts::settings_third__conv2d_2,
        __ResNet8::Option::Some(__ResNet8Facts::settings_third__batch_norm_2),
        __ResNet8::Option::None,
    );
    const normalized_stem: __ResNet8::layer::normalized::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 3, 16, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::normalized::Settings::new(
        __ResNet8Facts::settings_stem,
        (__ResNet8Facts::settings_stem.needs(), __ResNet8Facts::settings_stem.at_once()),
        __ResNet8Facts::settings_batch_norm_1,
        __ResNet8::Option::Some(__ResNet8::layer::Function::Relu),
    );
    const normalized_first__conv2d_1: __ResNet8::layer::normalized::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 16, 16, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::normalized::Settings::new(
        __ResNet8Facts::settings_first__conv2d_1,
        (
            __ResNet8Facts::settings_first__conv2d_1.needs(),
            __ResNet8Facts::settings_first__conv2d_1.at_once(),
        ),
        __ResNet8Facts::settings_first__batch_norm_1,
        __ResNet8::Option::Some(__ResNet8::layer::Function::Relu),
    );
    const normalized_first__conv2d_2: __ResNet8::layer::normalized::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 16, 16, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::normalized::Settings::new(
            __ResNet8Facts::settings_first__conv2d_2,
            (
                __ResNet8Facts::settings_first__conv2d_2.needs(),
                __ResNet8Facts::settings_first__conv2d_2.at_once(),
            ),
            __ResNet8Facts::settings_first__batch_norm_2,
            __ResNet8::Option::None,
        )
        .after(
            __ResNet8Facts::settings_first__batch_norm_1,
            __ResNet8::Option::Some(__ResNet8::layer::Function::Relu),
        );
    const normalized_second__conv2d_1: __ResNet8::layer::normalized::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 16, 32, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::normalized::Settings::new(
        __ResNet8Facts::settings_second__conv2d_1,
        (
            __ResNet8Facts::settings_second__conv2d_1.needs(),
            __ResNet8Facts::settings_second__conv2d_1.at_once(),
        ),
        __ResNet8Facts::settings_second__batch_norm_1,
        __ResNet8::Option::Some(__ResNet8::layer::Function::Relu),
    );
    const normalized_second__conv2d_2: __ResNet8::layer::normalized::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 32, 32, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::normalized::Settings::new(
            __ResNet8Facts::settings_second__conv2d_2,
            (
                __ResNet8Facts::settings_second__conv2d_2.needs(),
                __ResNet8Facts::settings_second__conv2d_2.at_once(),
            ),
            __ResNet8Facts::settings_second__batch_norm_2,
            __ResNet8::Option::None,
        )
        .after(
            __ResNet8Facts::settings_second__batch_norm_1,
            __ResNet8::Option::Some(__ResNet8::layer::Function::Relu),
        );
    const normalized_third__conv2d_1: __ResNet8::layer::normalized::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 32, 64, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::normalized::Settings::new(
        __ResNet8Facts::settings_third__conv2d_1,
        (
            __ResNet8Facts::settings_third__conv2d_1.needs(),
            __ResNet8Facts::settings_third__conv2d_1.at_once(),
        ),
        __ResNet8Facts::settings_third__batch_norm_1,
        __ResNet8::Option::Some(__ResNet8::layer::Function::Relu),
    );
    const normalized_third__conv2d_2: __ResNet8::layer::normalized::Settings<
        <__ResNet8::layer::Conv2d<3, 3, 64, 64, ()> as __ResNet8::Layer>::Settings,
    > = __ResNet8::layer::normalized::Settings::new(
            __ResNet8Facts::settings_third__conv2d_2,
            (
                __ResNet8Facts::settings_third__conv2d_2.needs(),
                __ResNet8Facts::settings_third__conv2d_2.at_once(),
            ),
            __ResNet8Facts::settings_third__batch_norm_2,
            __ResNet8::Option::None,
        )
        .after(
            __ResNet8Facts::settings_third__batch_norm_1,
            __ResNet8::Option::Some(__ResNet8::layer::Function::Relu),
        );
    const INFERENCE: __ResNet8::Plan<11usize> = __ResNet8::Plan::new([
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_1.len(), 0, 7),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_first__relu_1.len(), 1, 2),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_first__batch_norm_2.len(), 2, 3),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__relu_1.len(), 5, 6),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__batch_norm_2.len(), 6, 8),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__shortcut.len(), 7, 12),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__relu_1.len(), 10, 11),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__batch_norm_2.len(), 11, 13),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__shortcut.len(), 12, 15),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_global_avg_pool2d_1.len(), 15, 16),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_digit.len(), 16, 18),
    ]);
    const TRAINING: __ResNet8::Plan<29usize> = __ResNet8::Plan::new([
        __ResNet8::Buffer::new(__ResNet8Facts::shape_stem.len(), 0, 42),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_1.len(), 1, 40),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_first__conv2d_1.len(), 2, 40),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_first__conv2d_2.len(), 3, 39),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_first__batch_norm_2.len(), 4, 36),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__conv2d_1.len(), 7, 35),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__conv2d_2.len(), 8, 34),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__batch_norm_2.len(), 9, 11),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__shortcut.len(), 10, 30),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__conv2d_1.len(), 13, 29),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__conv2d_2.len(), 14, 28),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__batch_norm_2.len(), 15, 17),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__shortcut.len(), 16, 24),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_global_avg_pool2d_1.len(), 19, 22),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_digit.len(), 20, 21),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_digit.len(), 21, 22),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_global_avg_pool2d_1.len(), 22, 23),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_4.len(), 23, 28),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__shortcut.len(), 25, 26),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_3.len(), 26, 34),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__conv2d_1.len(), 28, 29),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_3.len(), 29, 29),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__shortcut.len(), 31, 32),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_2.len(), 32, 39),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__conv2d_1.len(), 34, 35),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_2.len(), 35, 35),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_1.len(), 37, 42),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_first__conv2d_1.len(), 39, 40),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_1.len(), 40, 40),
    ]);
    const SAVED: __ResNet8::SavedPlan<11usize> = __ResNet8::SavedPlan::new([
        __ResNet8Facts::normalized_stem.needs(),
        __ResNet8Facts::normalized_first__conv2d_1.needs(),
        __ResNet8Facts::normalized_first__conv2d_2.needs(),
        __ResNet8Facts::normalized_second__conv2d_1.needs(),
        __ResNet8Facts::normalized_second__conv2d_2.needs(),
        __ResNet8Facts::settings_second__shortcut.needs(),
        __ResNet8Facts::normalized_third__conv2d_1.needs(),
        __ResNet8Facts::normalized_third__conv2d_2.needs(),
        __ResNet8Facts::settings_third__shortcut.needs(),
        __ResNet8Facts::settings_global_avg_pool2d_1.needs(),
        __ResNet8Facts::settings_digit.needs(),
    ]);
    const SPANS: __ResNet8::SpanList<
        { 0 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 },
    > = __ResNet8::SpanList::new(
        &[
            __ResNet8::SpanPart::layer::<__ResNet8::layer::Conv2d<3, 3, 3, 16, ()>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::BatchNorm<16>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::Conv2d<3, 3, 16, 16, ()>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::BatchNorm<16>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::Conv2d<3, 3, 16, 16, ()>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::BatchNorm<16>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::Conv2d<3, 3, 16, 32, ()>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::BatchNorm<32>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::Conv2d<3, 3, 32, 32, ()>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::BatchNorm<32>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::Conv2d<1, 1, 16, 32>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::Conv2d<3, 3, 32, 64, ()>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::BatchNorm<64>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::Conv2d<3, 3, 64, 64, ()>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::BatchNorm<64>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::Conv2d<1, 1, 32, 64>>(),
            __ResNet8::SpanPart::layer::<__ResNet8::layer::Dense<64, 10>>(),
        ],
    );
}
impl __ResNet8::Network for ResNet8 {
    type Input = [[[f32; 3]; 32]; 32];
    type Output = [f32; 10];
    type Memory = [f32; __ResNet8Facts::INFERENCE.total()];
    const NAME: &'static str = "ResNet8";
    const PARAMETERS: usize = <Self as __ResNet8::Plain>::FLOATS;
    const MACS: usize = __ResNet8::total_macs(<Self as __ResNet8::Network>::LAYERS);
    const WORKSPACE_LOWER_BOUND: usize = 4 * __ResNet8Facts::INFERENCE.lower_bound();
    const LAYERS: &'static [__ResNet8::LayerInfo] = &[
        __ResNet8::layer_info::<
            __ResNet8::layer::Conv2d<3, 3, 3, 16, ()>,
        >(
            "stem",
            "Conv2d",
            __ResNet8Facts::INPUT,
            __ResNet8Facts::shape_stem,
            __ResNet8Facts::settings_stem.needs(),
            false,
        ),
        __ResNet8::layer_info::<
            __ResNet8::layer::BatchNorm<16>,
        >(
            "batch_norm_1",
            "BatchNorm",
            __ResNet8Facts::shape_stem,
            __ResNet8Facts::shape_batch_norm_1,
            __ResNet8Facts::settings_batch_norm_1.needs(),
            false,
        ),
        __ResNet8::layer_info::<
            __ResNet8::layer::Activation,
        >(
            "relu_1",
            "Relu",
            __ResNet8Facts::shape_batch_norm_1,
            __ResNet8Facts::shape_relu_1,
            __ResNet8Facts::settings_relu_1.needs(),
            false,
        ),
        __ResNet8::block_info(
            "first",
            "residual",
            __ResNet8Facts::shape_relu_1,
            __ResNet8Facts::shape_first,
            &[
                __ResNet8::layer_info::<
                    __ResNet8::layer::Conv2d<3, 3, 16, 16, ()>,
                >(
                    "conv2d_1",
                    "Conv2d",
                    __ResNet8Facts::shape_relu_1,
                    __ResNet8Facts::shape_first__conv2d_1,
                    __ResNet8Facts::settings_first__conv2d_1.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::BatchNorm<16>,
                >(
                    "batch_norm_1",
                    "BatchNorm",
                    __ResNet8Facts::shape_first__conv2d_1,
                    __ResNet8Facts::shape_first__batch_norm_1,
                    __ResNet8Facts::settings_first__batch_norm_1.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::Activation,
                >(
                    "relu_1",
                    "Relu",
                    __ResNet8Facts::shape_first__batch_norm_1,
                    __ResNet8Facts::shape_first__relu_1,
                    __ResNet8Facts::settings_first__relu_1.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::Conv2d<3, 3, 16, 16, ()>,
                >(
                    "conv2d_2",
                    "Conv2d",
                    __ResNet8Facts::shape_first__relu_1,
                    __ResNet8Facts::shape_first__conv2d_2,
                    __ResNet8Facts::settings_first__conv2d_2.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::BatchNorm<16>,
                >(
                    "batch_norm_2",
                    "BatchNorm",
                    __ResNet8Facts::shape_first__conv2d_2,
                    __ResNet8Facts::shape_first__batch_norm_2,
                    __ResNet8Facts::settings_first__batch_norm_2.needs(),
                    false,
                ),
            ],
            false,
        ),
        __ResNet8::layer_info::<
            __ResNet8::layer::Activation,
        >(
            "relu_2",
            "Relu",
            __ResNet8Facts::shape_first,
            __ResNet8Facts::shape_relu_2,
            __ResNet8Facts::settings_relu_2.needs(),
            false,
        ),
        __ResNet8::block_info(
            "second",
            "residual",
            __ResNet8Facts::shape_relu_2,
            __ResNet8Facts::shape_second,
            &[
                __ResNet8::layer_info::<
                    __ResNet8::layer::Conv2d<3, 3, 16, 32, ()>,
                >(
                    "conv2d_1",
                    "Conv2d",
                    __ResNet8Facts::shape_relu_2,
                    __ResNet8Facts::shape_second__conv2d_1,
                    __ResNet8Facts::settings_second__conv2d_1.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::BatchNorm<32>,
                >(
                    "batch_norm_1",
                    "BatchNorm",
                    __ResNet8Facts::shape_second__conv2d_1,
                    __ResNet8Facts::shape_second__batch_norm_1,
                    __ResNet8Facts::settings_second__batch_norm_1.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::Activation,
                >(
                    "relu_1",
                    "Relu",
                    __ResNet8Facts::shape_second__batch_norm_1,
                    __ResNet8Facts::shape_second__relu_1,
                    __ResNet8Facts::settings_second__relu_1.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::Conv2d<3, 3, 32, 32, ()>,
                >(
                    "conv2d_2",
                    "Conv2d",
                    __ResNet8Facts::shape_second__relu_1,
                    __ResNet8Facts::shape_second__conv2d_2,
                    __ResNet8Facts::settings_second__conv2d_2.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::BatchNorm<32>,
                >(
                    "batch_norm_2",
                    "BatchNorm",
                    __ResNet8Facts::shape_second__conv2d_2,
                    __ResNet8Facts::shape_second__batch_norm_2,
                    __ResNet8Facts::settings_second__batch_norm_2.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::Conv2d<1, 1, 16, 32>,
                >(
                    "shortcut",
                    "Conv2d",
                    __ResNet8Facts::shape_relu_2,
                    __ResNet8Facts::shape_second__shortcut,
                    __ResNet8Facts::settings_second__shortcut.needs(),
                    false,
                ),
            ],
            false,
        ),
        __ResNet8::layer_info::<
            __ResNet8::layer::Activation,
        >(
            "relu_3",
            "Relu",
            __ResNet8Facts::shape_second,
            __ResNet8Facts::shape_relu_3,
            __ResNet8Facts::settings_relu_3.needs(),
            false,
        ),
        __ResNet8::block_info(
            "third",
            "residual",
            __ResNet8Facts::shape_relu_3,
            __ResNet8Facts::shape_third,
            &[
                __ResNet8::layer_info::<
                    __ResNet8::layer::Conv2d<3, 3, 32, 64, ()>,
                >(
                    "conv2d_1",
                    "Conv2d",
                    __ResNet8Facts::shape_relu_3,
                    __ResNet8Facts::shape_third__conv2d_1,
                    __ResNet8Facts::settings_third__conv2d_1.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::BatchNorm<64>,
                >(
                    "batch_norm_1",
                    "BatchNorm",
                    __ResNet8Facts::shape_third__conv2d_1,
                    __ResNet8Facts::shape_third__batch_norm_1,
                    __ResNet8Facts::settings_third__batch_norm_1.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::Activation,
                >(
                    "relu_1",
                    "Relu",
                    __ResNet8Facts::shape_third__batch_norm_1,
                    __ResNet8Facts::shape_third__relu_1,
                    __ResNet8Facts::settings_third__relu_1.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::Conv2d<3, 3, 64, 64, ()>,
                >(
                    "conv2d_2",
                    "Conv2d",
                    __ResNet8Facts::shape_third__relu_1,
                    __ResNet8Facts::shape_third__conv2d_2,
                    __ResNet8Facts::settings_third__conv2d_2.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::BatchNorm<64>,
                >(
                    "batch_norm_2",
                    "BatchNorm",
                    __ResNet8Facts::shape_third__conv2d_2,
                    __ResNet8Facts::shape_third__batch_norm_2,
                    __ResNet8Facts::settings_third__batch_norm_2.needs(),
                    false,
                ),
                __ResNet8::layer_info::<
                    __ResNet8::layer::Conv2d<1, 1, 32, 64>,
                >(
                    "shortcut",
                    "Conv2d",
                    __ResNet8Facts::shape_relu_3,
                    __ResNet8Facts::shape_third__shortcut,
                    __ResNet8Facts::settings_third__shortcut.needs(),
                    false,
                ),
            ],
            false,
        ),
        __ResNet8::layer_info::<
            __ResNet8::layer::Activation,
        >(
            "relu_4",
            "Relu",
            __ResNet8Facts::shape_third,
            __ResNet8Facts::shape_relu_4,
            __ResNet8Facts::settings_relu_4.needs(),
            false,
        ),
        __ResNet8::layer_info::<
            __ResNet8::layer::GlobalAvgPool2d,
        >(
            "global_avg_pool2d_1",
            "GlobalAvgPool2d",
            __ResNet8Facts::shape_relu_4,
            __ResNet8Facts::shape_global_avg_pool2d_1,
            __ResNet8Facts::settings_global_avg_pool2d_1.needs(),
            false,
        ),
        __ResNet8::layer_info::<
            __ResNet8::layer::Dense<64, 10>,
        >(
            "digit",
            "Dense",
            __ResNet8Facts::shape_global_avg_pool2d_1,
            __ResNet8Facts::shape_digit,
            __ResNet8Facts::settings_digit.needs(),
            false,
        ),
    ];
    const COSTS: __ResNet8::Costs = __ResNet8::Costs {
        weight_bytes: Self::WEIGHT_BYTES,
        workspace_bytes: Self::WORKSPACE_BYTES,
        layers: &[
            __ResNet8::Cost::of::<
                __ResNet8::layer::Conv2d<3, 3, 3, 16, ()>,
            >(__ResNet8Facts::INFERENCE.bytes_at(&[0], 4)),
            __ResNet8::Cost::of::<
                __ResNet8::layer::BatchNorm<16>,
            >(__ResNet8::Option::None),
            __ResNet8::Cost::of::<__ResNet8::layer::Activation>(__ResNet8::Option::None),
            __ResNet8::Cost::of::<()>(__ResNet8Facts::INFERENCE.bytes_at(&[3], 4))
                .block(
                    &[
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::Conv2d<3, 3, 16, 16, ()>,
                        >(__ResNet8Facts::INFERENCE.bytes_at(&[1], 4)),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::BatchNorm<16>,
                        >(__ResNet8::Option::None),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::Activation,
                        >(__ResNet8::Option::None),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::Conv2d<3, 3, 16, 16, ()>,
                        >(__ResNet8Facts::INFERENCE.bytes_at(&[2], 4)),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::BatchNorm<16>,
                        >(__ResNet8::Option::None),
                    ],
                ),
            __ResNet8::Cost::of::<
                __ResNet8::layer::Activation,
            >(__ResNet8Facts::INFERENCE.bytes_at(&[4], 4)),
            __ResNet8::Cost::of::<()>(__ResNet8Facts::INFERENCE.bytes_at(&[8], 4))
                .block(
                    &[
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::Conv2d<3, 3, 16, 32, ()>,
                        >(__ResNet8Facts::INFERENCE.bytes_at(&[5], 4)),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::BatchNorm<32>,
                        >(__ResNet8::Option::None),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::Activation,
                        >(__ResNet8::Option::None),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::Conv2d<3, 3, 32, 32, ()>,
                        >(__ResNet8Facts::INFERENCE.bytes_at(&[6], 4)),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::BatchNorm<32>,
                        >(__ResNet8::Option::None),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::Conv2d<1, 1, 16, 32>,
                        >(__ResNet8Facts::INFERENCE.bytes_at(&[7], 4)),
                    ],
                ),
            __ResNet8::Cost::of::<
                __ResNet8::layer::Activation,
            >(__ResNet8Facts::INFERENCE.bytes_at(&[9], 4)),
            __ResNet8::Cost::of::<()>(__ResNet8Facts::INFERENCE.bytes_at(&[13], 4))
                .block(
                    &[
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::Conv2d<3, 3, 32, 64, ()>,
                        >(__ResNet8Facts::INFERENCE.bytes_at(&[10], 4)),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::BatchNorm<64>,
                        >(__ResNet8::Option::None),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::Activation,
                        >(__ResNet8::Option::None),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::Conv2d<3, 3, 64, 64, ()>,
                        >(__ResNet8Facts::INFERENCE.bytes_at(&[11], 4)),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::BatchNorm<64>,
                        >(__ResNet8::Option::None),
                        __ResNet8::Cost::of::<
                            __ResNet8::layer::Conv2d<1, 1, 32, 64>,
                        >(__ResNet8Facts::INFERENCE.bytes_at(&[12], 4)),
                    ],
                ),
            __ResNet8::Cost::of::<
                __ResNet8::layer::Activation,
            >(__ResNet8Facts::INFERENCE.bytes_at(&[14], 4)),
            __ResNet8::Cost::of::<
                __ResNet8::layer::GlobalAvgPool2d,
            >(__ResNet8Facts::INFERENCE.bytes_at(&[15], 4)),
            __ResNet8::Cost::of::<
                __ResNet8::layer::Dense<64, 10>,
            >(__ResNet8Facts::INFERENCE.bytes_at(&[16, 17], 4)),
        ],
    };
    const INT8_COSTS: __ResNet8::Option<__ResNet8::Costs> = __ResNet8::quant::costs_if_supported::<
        Self,
    >();
    const OUTPUT: __ResNet8::Range<usize> = __ResNet8Facts::INFERENCE.range(10);
    fn weights(&self) -> &[f32] {
        __ResNet8::Plain::floats(self)
    }
    fn weights_mut(&mut self) -> &mut [f32] {
        __ResNet8::Plain::floats_mut(self)
    }
    #[allow(unused_variables)]
    fn initialize(&mut self, seed: u64) {
        #[allow(unused_imports)]
        use __ResNet8::{InPlace as _, Layer as _, Network as _, Trainable as _};
        self.stem
            .initialize(
                &__ResNet8Facts::settings_stem,
                &mut __ResNet8::Random::new(seed, 0),
            );
        self.batch_norm_1
            .initialize(
                &__ResNet8Facts::settings_batch_norm_1,
                &mut __ResNet8::Random::new(seed, 1),
            );
        self.first
            .conv2d_1
            .initialize(
                &__ResNet8Facts::settings_first__conv2d_1,
                &mut __ResNet8::Random::new(seed, 2),
            );
        self.first
            .batch_norm_1
            .initialize(
                &__ResNet8Facts::settings_first__batch_norm_1,
                &mut __ResNet8::Random::new(seed, 3),
            );
        self.first
            .conv2d_2
            .initialize(
                &__ResNet8Facts::settings_first__conv2d_2,
                &mut __ResNet8::Random::new(seed, 4),
            );
        self.first
            .batch_norm_2
            .initialize(
                &__ResNet8Facts::settings_first__batch_norm_2,
                &mut __ResNet8::Random::new(seed, 5),
            );
        self.second
            .conv2d_1
            .initialize(
                &__ResNet8Facts::settings_second__conv2d_1,
                &mut __ResNet8::Random::new(seed, 6),
            );
        self.second
            .batch_norm_1
            .initialize(
                &__ResNet8Facts::settings_second__batch_norm_1,
                &mut __ResNet8::Random::new(seed, 7),
            );
        self.second
            .conv2d_2
            .initialize(
                &__ResNet8Facts::settings_second__conv2d_2,
                &mut __ResNet8::Random::new(seed, 8),
            );
        self.second
            .batch_norm_2
            .initialize(
                &__ResNet8Facts::settings_second__batch_norm_2,
                &mut __ResNet8::Random::new(seed, 9),
            );
        self.second
            .shortcut
            .initialize(
                &__ResNet8Facts::settings_second__shortcut,
                &mut __ResNet8::Random::new(seed, 10),
            );
        self.third
            .conv2d_1
            .initialize(
                &__ResNet8Facts::settings_third__conv2d_1,
                &mut __ResNet8::Random::new(seed, 11),
            );
        self.third
            .batch_norm_1
            .initialize(
                &__ResNet8Facts::settings_third__batch_norm_1,
                &mut __ResNet8::Random::new(seed, 12),
            );
        self.third
            .conv2d_2
            .initialize(
                &__ResNet8Facts::settings_third__conv2d_2,
                &mut __ResNet8::Random::new(seed, 13),
            );
        self.third
            .batch_norm_2
            .initialize(
                &__ResNet8Facts::settings_third__batch_norm_2,
                &mut __ResNet8::Random::new(seed, 14),
            );
        self.third
            .shortcut
            .initialize(
                &__ResNet8Facts::settings_third__shortcut,
                &mut __ResNet8::Random::new(seed, 15),
            );
        self.digit
            .initialize(
                &__ResNet8Facts::settings_digit,
                &mut __ResNet8::Random::new(seed, 16),
            );
    }
    #[inline(always)]
    #[allow(unused_variables)]
    fn infer_on<I: __ResNet8::Isa>(&self, isa: I, input: &[f32], memory: &mut [f32]) {
        #[allow(unused_imports)]
        use __ResNet8::{InPlace as _, Layer as _, Network as _, Trainable as _};
        let [buffer_0] = __ResNet8Facts::INFERENCE.of(memory, [0]);
        __ResNet8::layer::Finished(&self.stem, &self.batch_norm_1)
            .infer(isa, &__ResNet8Facts::finished_stem, input, buffer_0);
        let [buffer_1, buffer_0] = __ResNet8Facts::INFERENCE.of(memory, [1, 0]);
        __ResNet8::layer::Finished(&self.first.conv2d_1, &self.first.batch_norm_1)
            .infer(isa, &__ResNet8Facts::finished_first__conv2d_1, buffer_0, buffer_1);
        let [buffer_2, buffer_1] = __ResNet8Facts::INFERENCE.of(memory, [2, 1]);
        __ResNet8::layer::Finished(&self.first.conv2d_2, &self.first.batch_norm_2)
            .infer(isa, &__ResNet8Facts::finished_first__conv2d_2, buffer_1, buffer_2);
        let [buffer_0, buffer_2] = __ResNet8Facts::INFERENCE.of(memory, [0, 2]);
        __ResNet8::join::add(buffer_0, buffer_2);
        let [buffer_0] = __ResNet8Facts::INFERENCE.of(memory, [0]);
        __ResNet8::layer::Activation
            .infer_in_place(isa, &__ResNet8Facts::settings_relu_2, buffer_0);
        let [buffer_3, buffer_0] = __ResNet8Facts::INFERENCE.of(memory, [3, 0]);
        __ResNet8::layer::Finished(&self.second.conv2d_1, &self.second.batch_norm_1)
            .infer(isa, &__ResNet8Facts::finished_second__conv2d_1, buffer_0, buffer_3);
        let [buffer_4, buffer_3] = __ResNet8Facts::INFERENCE.of(memory, [4, 3]);
        __ResNet8::layer::Finished(&self.second.conv2d_2, &self.second.batch_norm_2)
            .infer(isa, &__ResNet8Facts::finished_second__conv2d_2, buffer_3, buffer_4);
        let [buffer_5, buffer_0] = __ResNet8Facts::INFERENCE.of(memory, [5, 0]);
        self.second
            .shortcut
            .infer(isa, &__ResNet8Facts::settings_second__shortcut, buffer_0, buffer_5);
        let [buffer_5, buffer_4] = __ResNet8Facts::INFERENCE.of(memory, [5, 4]);
        __ResNet8::join::add(buffer_5, buffer_4);
        let [buffer_5] = __ResNet8Facts::INFERENCE.of(memory, [5]);
        __ResNet8::layer::Activation
            .infer_in_place(isa, &__ResNet8Facts::settings_relu_3, buffer_5);
        let [buffer_6, buffer_5] = __ResNet8Facts::INFERENCE.of(memory, [6, 5]);
        __ResNet8::layer::Finished(&self.third.conv2d_1, &self.third.batch_norm_1)
            .infer(isa, &__ResNet8Facts::finished_third__conv2d_1, buffer_5, buffer_6);
        let [buffer_7, buffer_6] = __ResNet8Facts::INFERENCE.of(memory, [7, 6]);
        __ResNet8::layer::Finished(&self.third.conv2d_2, &self.third.batch_norm_2)
            .infer(isa, &__ResNet8Facts::finished_third__conv2d_2, buffer_6, buffer_7);
        let [buffer_8, buffer_5] = __ResNet8Facts::INFERENCE.of(memory, [8, 5]);
        self.third
            .shortcut
            .infer(isa, &__ResNet8Facts::settings_third__shortcut, buffer_5, buffer_8);
        let [buffer_8, buffer_7] = __ResNet8Facts::INFERENCE.of(memory, [8, 7]);
        __ResNet8::join::add(buffer_8, buffer_7);
        let [buffer_8] = __ResNet8Facts::INFERENCE.of(memory, [8]);
        __ResNet8::layer::Activation
            .infer_in_place(isa, &__ResNet8Facts::settings_relu_4, buffer_8);
        let [buffer_9, buffer_8] = __ResNet8Facts::INFERENCE.of(memory, [9, 8]);
        __ResNet8::layer::GlobalAvgPool2d
            .infer(
                isa,
                &__ResNet8Facts::settings_global_avg_pool2d_1,
                buffer_8,
                buffer_9,
            );
        let [buffer_10, buffer_9] = __ResNet8Facts::INFERENCE.of(memory, [10, 9]);
        self.digit.infer(isa, &__ResNet8Facts::settings_digit, buffer_9, buffer_10);
        let [buffer_10] = __ResNet8Facts::INFERENCE.of(memory, [10]);
        __ResNet8::layer::Activation
            .infer_in_place(isa, &__ResNet8Facts::activation_digit, buffer_10);
    }
}
impl __ResNet8::Trainable for ResNet8 {
    type Gradients = ResNet8Gradients;
    type Head = __ResNet8::head::Softmax;
    const SPANS: &'static [__ResNet8::Span] = __ResNet8Facts::SPANS.as_slice();
    const TRAINING: __ResNet8::TrainingNeeds = __ResNet8::TrainingNeeds {
        activations: __ResNet8Facts::TRAINING.total(),
        positions: __ResNet8Facts::SAVED.positions(),
        statistics: __ResNet8Facts::SAVED.statistics(),
        partial: __ResNet8Facts::SAVED.partial(),
    };
    const LOGITS: __ResNet8::Range<usize> = __ResNet8Facts::TRAINING.range(14);
    const LOGITS_GRADIENT: __ResNet8::Range<usize> = __ResNet8Facts::TRAINING.range(15);
    #[allow(unused_mut, unused_variables)]
    fn forward(
        &self,
        pass: __ResNet8::Pass<'_>,
        input: &[f32],
        memory: &mut __ResNet8::TrainingMemory<'_>,
    ) {
        #[allow(unused_imports)]
        use __ResNet8::{InPlace as _, Layer as _, Network as _, Trainable as _};
        let (mut values, mut saved) = __ResNet8::split(
            memory,
            &__ResNet8Facts::TRAINING,
            &__ResNet8Facts::SAVED,
            pass.batch,
        );
        let [target] = values.of([0]);
        let (saved_here, before) = (saved.of(0), &[]);
        __ResNet8::layer::Normalized(&(), &self.stem, &self.batch_norm_1)
            .measure(
                &__ResNet8Facts::normalized_stem,
                pass,
                before,
                input,
                target,
                saved_here,
            );
        let [source, target] = values.of([0, 1]);
        __ResNet8::layer::Normalized(&(), &self.stem, &self.batch_norm_1)
            .apply(&__ResNet8Facts::normalized_stem, pass, source, target, saved.of(0));
        let [source, target] = values.of([1, 2]);
        let (saved_here, before) = (saved.of(1), &[]);
        __ResNet8::layer::Normalized(&(), &self.first.conv2d_1, &self.first.batch_norm_1)
            .measure(
                &__ResNet8Facts::normalized_first__conv2d_1,
                pass,
                before,
                source,
                target,
                saved_here,
            );
        let [source, target] = values.of([2, 3]);
        let (saved_here, before) = saved.of_two(2, 1);
        __ResNet8::layer::Normalized(
                &self.first.batch_norm_1,
                &self.first.conv2d_2,
                &self.first.batch_norm_2,
            )
            .measure(
                &__ResNet8Facts::normalized_first__conv2d_2,
                pass,
                before,
                source,
                target,
                saved_here,
            );
        let [source, target] = values.of([3, 4]);
        __ResNet8::layer::Normalized(&(), &self.first.conv2d_2, &self.first.batch_norm_2)
            .apply(
                &__ResNet8Facts::normalized_first__conv2d_2,
                pass,
                source,
                target,
                saved.of(2),
            );
        let [source, target] = values.of([1, 4]);
        __ResNet8::join::add_batch(pass, target, source);
        let [data] = values.of([4]);
        __ResNet8::layer::Activation
            .forward_in_place(&__ResNet8Facts::settings_relu_2, pass, data);
        let [source, target] = values.of([4, 5]);
        let (saved_here, before) = (saved.of(3), &[]);
        __ResNet8::layer::Normalized(
                &(),
                &self.second.conv2d_1,
                &self.second.batch_norm_1,
            )
            .measure(
                &__ResNet8Facts::normalized_second__conv2d_1,
                pass,
                before,
                source,
                target,
                saved_here,
            );
        let [source, target] = values.of([5, 6]);
        let (saved_here, before) = saved.of_two(4, 3);
        __ResNet8::layer::Normalized(
                &self.second.batch_norm_1,
                &self.second.conv2d_2,
                &self.second.batch_norm_2,
            )
            .measure(
                &__ResNet8Facts::normalized_second__conv2d_2,
                pass,
                before,
                source,
                target,
                saved_here,
            );
        let [source, target] = values.of([6, 7]);
        __ResNet8::layer::Normalized(
                &(),
                &self.second.conv2d_2,
                &self.second.batch_norm_2,
            )
            .apply(
                &__ResNet8Facts::normalized_second__conv2d_2,
                pass,
                source,
                target,
                saved.of(4),
            );
        let [source, target] = values.of([4, 8]);
        self.second
            .shortcut
            .forward(
                &__ResNet8Facts::settings_second__shortcut,
                pass,
                source,
                target,
                saved.of(5),
            );
        let [source, target] = values.of([7, 8]);
        __ResNet8::join::add_batch(pass, target, source);
        let [data] = values.of([8]);
        __ResNet8::layer::Activation
            .forward_in_place(&__ResNet8Facts::settings_relu_3, pass, data);
        let [source, target] = values.of([8, 9]);
        let (saved_here, before) = (saved.of(6), &[]);
        __ResNet8::layer::Normalized(&(), &self.third.conv2d_1, &self.third.batch_norm_1)
            .measure(
                &__ResNet8Facts::normalized_third__conv2d_1,
                pass,
                before,
                source,
                target,
                saved_here,
            );
        let [source, target] = values.of([9, 10]);
        let (saved_here, before) = saved.of_two(7, 6);
        __ResNet8::layer::Normalized(
                &self.third.batch_norm_1,
                &self.third.conv2d_2,
                &self.third.batch_norm_2,
            )
            .measure(
                &__ResNet8Facts::normalized_third__conv2d_2,
                pass,
                before,
                source,
                target,
                saved_here,
            );
        let [source, target] = values.of([10, 11]);
        __ResNet8::layer::Normalized(&(), &self.third.conv2d_2, &self.third.batch_norm_2)
            .apply(
                &__ResNet8Facts::normalized_third__conv2d_2,
                pass,
                source,
                target,
                saved.of(7),
            );
        let [source, target] = values.of([8, 12]);
        self.third
            .shortcut
            .forward(
                &__ResNet8Facts::settings_third__shortcut,
                pass,
                source,
                target,
                saved.of(8),
            );
        let [source, target] = values.of([11, 12]);
        __ResNet8::join::add_batch(pass, target, source);
        let [data] = values.of([12]);
        __ResNet8::layer::Activation
            .forward_in_place(&__ResNet8Facts::settings_relu_4, pass, data);
        let [source, target] = values.of([12, 13]);
        __ResNet8::layer::GlobalAvgPool2d
            .forward(
                &__ResNet8Facts::settings_global_avg_pool2d_1,
                pass,
                source,
                target,
                saved.of(9),
            );
        let [source, target] = values.of([13, 14]);
        self.digit
            .forward(
                &__ResNet8Facts::settings_digit,
                pass,
                source,
                target,
                saved.of(10),
            );
    }
    #[allow(unused_variables, unused_mut)]
    fn backward_on(
        &self,
        pass: __ResNet8::Pass<'_>,
        input: &[f32],
        memory: &mut __ResNet8::TrainingMemory<'_>,
        mut gradients: __ResNet8::Option<&mut ResNet8Gradients>,
        mut input_gradient: __ResNet8::Option<&mut [f32]>,
    ) {
        #[allow(unused_imports)]
        use __ResNet8::{InPlace as _, Layer as _, Network as _, Trainable as _};
        let (mut values, mut saved) = __ResNet8::split(
            memory,
            &__ResNet8Facts::TRAINING,
            &__ResNet8Facts::SAVED,
            pass.batch,
        );
        {
            let [output_gradient, source, target] = values.of([15, 13, 16]);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::Some(target),
                saved: saved.of(10),
            };
            self.digit
                .backward(
                    &__ResNet8Facts::settings_digit,
                    pass,
                    arrived,
                    gradients.as_deref_mut().map(|gradients| &mut gradients.digit),
                );
        }
        {
            let [output_gradient, target] = values.of([16, 17]);
            let arrived = __ResNet8::Backward {
                input: &[],
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::Some(target),
                saved: saved.of(9),
            };
            __ResNet8::layer::GlobalAvgPool2d
                .backward(
                    &__ResNet8Facts::settings_global_avg_pool2d_1,
                    pass,
                    arrived,
                    __ResNet8::Option::None,
                );
        }
        {
            let [gradient, saved] = values.of([17, 12]);
            __ResNet8::layer::Activation
                .backward_in_place(
                    &__ResNet8Facts::settings_relu_4,
                    pass,
                    saved,
                    gradient,
                );
        }
        {
            let [arriving, target] = values.of([17, 18]);
            __ResNet8::join::copy(pass, target, arriving);
        }
        {
            let [output_gradient, source, target] = values.of([18, 8, 19]);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::Some(target),
                saved: saved.of(8),
            };
            self.third
                .shortcut
                .backward(
                    &__ResNet8Facts::settings_third__shortcut,
                    pass,
                    arrived,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| &mut gradients.third.shortcut),
                );
        }
        {
            let [output_gradient, source] = values.of([17, 10]);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::None,
                saved: saved.of(7),
            };
            __ResNet8::layer::Normalized(
                    &(),
                    &self.third.conv2d_2,
                    &self.third.batch_norm_2,
                )
                .add_errors(
                    &__ResNet8Facts::normalized_third__conv2d_2,
                    pass,
                    arrived,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| &mut gradients.third.batch_norm_2),
                );
        }
        {
            let [output_gradient, source, target, convolved] = values
                .of([17, 9, 20, 10]);
            let (saved_here, before) = saved.of_two(7, 6);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::Some(target),
                saved: saved_here,
            };
            __ResNet8::layer::Normalized(
                    &self.third.batch_norm_1,
                    &self.third.conv2d_2,
                    &self.third.batch_norm_2,
                )
                .backward(
                    &__ResNet8Facts::normalized_third__conv2d_2,
                    pass,
                    before,
                    arrived,
                    convolved,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| {
                            (
                                &mut gradients.third.conv2d_2,
                                &gradients.third.batch_norm_2,
                                &mut gradients.third.batch_norm_1,
                            )
                        }),
                );
        }
        {
            let [output_gradient, source, target, convolved] = values.of([20, 8, 21, 9]);
            let (saved_here, before) = (saved.of(6), &[]);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::Some(target),
                saved: saved_here,
            };
            __ResNet8::layer::Normalized(
                    &(),
                    &self.third.conv2d_1,
                    &self.third.batch_norm_1,
                )
                .backward(
                    &__ResNet8Facts::normalized_third__conv2d_1,
                    pass,
                    before,
                    arrived,
                    convolved,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| {
                            (
                                &mut gradients.third.conv2d_1,
                                &gradients.third.batch_norm_1,
                                &mut [],
                            )
                        }),
                );
        }
        {
            let [source, target] = values.of([21, 19]);
            __ResNet8::join::add_batch(pass, target, source);
        }
        {
            let [gradient, saved] = values.of([19, 8]);
            __ResNet8::layer::Activation
                .backward_in_place(
                    &__ResNet8Facts::settings_relu_3,
                    pass,
                    saved,
                    gradient,
                );
        }
        {
            let [arriving, target] = values.of([19, 22]);
            __ResNet8::join::copy(pass, target, arriving);
        }
        {
            let [output_gradient, source, target] = values.of([22, 4, 23]);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::Some(target),
                saved: saved.of(5),
            };
            self.second
                .shortcut
                .backward(
                    &__ResNet8Facts::settings_second__shortcut,
                    pass,
                    arrived,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| &mut gradients.second.shortcut),
                );
        }
        {
            let [output_gradient, source] = values.of([19, 6]);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::None,
                saved: saved.of(4),
            };
            __ResNet8::layer::Normalized(
                    &(),
                    &self.second.conv2d_2,
                    &self.second.batch_norm_2,
                )
                .add_errors(
                    &__ResNet8Facts::normalized_second__conv2d_2,
                    pass,
                    arrived,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| &mut gradients.second.batch_norm_2),
                );
        }
        {
            let [output_gradient, source, target, convolved] = values.of([19, 5, 24, 6]);
            let (saved_here, before) = saved.of_two(4, 3);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::Some(target),
                saved: saved_here,
            };
            __ResNet8::layer::Normalized(
                    &self.second.batch_norm_1,
                    &self.second.conv2d_2,
                    &self.second.batch_norm_2,
                )
                .backward(
                    &__ResNet8Facts::normalized_second__conv2d_2,
                    pass,
                    before,
                    arrived,
                    convolved,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| {
                            (
                                &mut gradients.second.conv2d_2,
                                &gradients.second.batch_norm_2,
                                &mut gradients.second.batch_norm_1,
                            )
                        }),
                );
        }
        {
            let [output_gradient, source, target, convolved] = values.of([24, 4, 25, 5]);
            let (saved_here, before) = (saved.of(3), &[]);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::Some(target),
                saved: saved_here,
            };
            __ResNet8::layer::Normalized(
                    &(),
                    &self.second.conv2d_1,
                    &self.second.batch_norm_1,
                )
                .backward(
                    &__ResNet8Facts::normalized_second__conv2d_1,
                    pass,
                    before,
                    arrived,
                    convolved,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| {
                            (
                                &mut gradients.second.conv2d_1,
                                &gradients.second.batch_norm_1,
                                &mut [],
                            )
                        }),
                );
        }
        {
            let [source, target] = values.of([25, 23]);
            __ResNet8::join::add_batch(pass, target, source);
        }
        {
            let [gradient, saved] = values.of([23, 4]);
            __ResNet8::layer::Activation
                .backward_in_place(
                    &__ResNet8Facts::settings_relu_2,
                    pass,
                    saved,
                    gradient,
                );
        }
        {
            let [arriving, target] = values.of([23, 26]);
            __ResNet8::join::copy(pass, target, arriving);
        }
        {
            let [output_gradient, source] = values.of([23, 3]);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::None,
                saved: saved.of(2),
            };
            __ResNet8::layer::Normalized(
                    &(),
                    &self.first.conv2d_2,
                    &self.first.batch_norm_2,
                )
                .add_errors(
                    &__ResNet8Facts::normalized_first__conv2d_2,
                    pass,
                    arrived,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| &mut gradients.first.batch_norm_2),
                );
        }
        {
            let [output_gradient, source, target, convolved] = values.of([23, 2, 27, 3]);
            let (saved_here, before) = saved.of_two(2, 1);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::Some(target),
                saved: saved_here,
            };
            __ResNet8::layer::Normalized(
                    &self.first.batch_norm_1,
                    &self.first.conv2d_2,
                    &self.first.batch_norm_2,
                )
                .backward(
                    &__ResNet8Facts::normalized_first__conv2d_2,
                    pass,
                    before,
                    arrived,
                    convolved,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| {
                            (
                                &mut gradients.first.conv2d_2,
                                &gradients.first.batch_norm_2,
                                &mut gradients.first.batch_norm_1,
                            )
                        }),
                );
        }
        {
            let [output_gradient, source, target, convolved] = values.of([27, 1, 28, 2]);
            let (saved_here, before) = (saved.of(1), &[]);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::Some(target),
                saved: saved_here,
            };
            __ResNet8::layer::Normalized(
                    &(),
                    &self.first.conv2d_1,
                    &self.first.batch_norm_1,
                )
                .backward(
                    &__ResNet8Facts::normalized_first__conv2d_1,
                    pass,
                    before,
                    arrived,
                    convolved,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| {
                            (
                                &mut gradients.first.conv2d_1,
                                &gradients.first.batch_norm_1,
                                &mut [],
                            )
                        }),
                );
        }
        {
            let [source, target] = values.of([28, 26]);
            __ResNet8::join::add_batch(pass, target, source);
        }
        {
            let [output_gradient, source] = values.of([26, 0]);
            let arrived = __ResNet8::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __ResNet8::Option::None,
                saved: saved.of(0),
            };
            __ResNet8::layer::Normalized(&(), &self.stem, &self.batch_norm_1)
                .add_errors(
                    &__ResNet8Facts::normalized_stem,
                    pass,
                    arrived,
                    gradients.as_deref_mut().map(|gradients| &mut gradients.batch_norm_1),
                );
        }
        {
            let [output_gradient, convolved] = values.of([26, 0]);
            let (saved_here, before) = (saved.of(0), &[]);
            let arrived = __ResNet8::Backward {
                input: input,
                output_gradient: output_gradient,
                input_gradient: input_gradient.as_deref_mut(),
                saved: saved_here,
            };
            __ResNet8::layer::Normalized(&(), &self.stem, &self.batch_norm_1)
                .backward(
                    &__ResNet8Facts::normalized_stem,
                    pass,
                    before,
                    arrived,
                    convolved,
                    gradients
                        .as_deref_mut()
                        .map(|gradients| {
                            (&mut gradients.stem, &gradients.batch_norm_1, &mut [])
                        }),
                );
        }
    }
    #[allow(unused_variables)]
    fn update_statistics(&mut self, statistics: &[f32]) {
        #[allow(unused_imports)]
        use __ResNet8::{InPlace as _, Layer as _, Network as _, Trainable as _};
        self.batch_norm_1
            .update_statistics(
                &__ResNet8Facts::settings_batch_norm_1,
                __ResNet8Facts::SAVED.statistics_of(0, statistics),
            );
        self.first
            .batch_norm_1
            .update_statistics(
                &__ResNet8Facts::settings_first__batch_norm_1,
                __ResNet8Facts::SAVED.statistics_of(1, statistics),
            );
        self.first
            .batch_norm_2
            .update_statistics(
                &__ResNet8Facts::settings_first__batch_norm_2,
                __ResNet8Facts::SAVED.statistics_of(2, statistics),
            );
        self.second
            .batch_norm_1
            .update_statistics(
                &__ResNet8Facts::settings_second__batch_norm_1,
                __ResNet8Facts::SAVED.statistics_of(3, statistics),
            );
        self.second
            .batch_norm_2
            .update_statistics(
                &__ResNet8Facts::settings_second__batch_norm_2,
                __ResNet8Facts::SAVED.statistics_of(4, statistics),
            );
        self.second
            .shortcut
            .update_statistics(
                &__ResNet8Facts::settings_second__shortcut,
                __ResNet8Facts::SAVED.statistics_of(5, statistics),
            );
        self.third
            .batch_norm_1
            .update_statistics(
                &__ResNet8Facts::settings_third__batch_norm_1,
                __ResNet8Facts::SAVED.statistics_of(6, statistics),
            );
        self.third
            .batch_norm_2
            .update_statistics(
                &__ResNet8Facts::settings_third__batch_norm_2,
                __ResNet8Facts::SAVED.statistics_of(7, statistics),
            );
        self.third
            .shortcut
            .update_statistics(
                &__ResNet8Facts::settings_third__shortcut,
                __ResNet8Facts::SAVED.statistics_of(8, statistics),
            );
        self.digit
            .update_statistics(
                &__ResNet8Facts::settings_digit,
                __ResNet8Facts::SAVED.statistics_of(10, statistics),
            );
    }
}
impl __ResNet8::half::Halvable for ResNet8 {
    type Halves = [u16; <Self as __ResNet8::Plain>::FLOATS];
    type Widened = [f32; __ResNet8::half::most(
        &[
            __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 3, 16, ()>>(1)
                + __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<16>>(1),
            __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 16, 16, ()>>(1)
                + __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<16>>(1),
            __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 16, 16, ()>>(1)
                + __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<16>>(1),
            __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 16, 32, ()>>(1)
                + __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<32>>(1),
            __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 32, 32, ()>>(1)
                + __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<32>>(1),
            __ResNet8::half::widened::<__ResNet8::layer::Conv2d<1, 1, 16, 32>>(),
            __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 32, 64, ()>>(1)
                + __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<64>>(1),
            __ResNet8::floats_of::<__ResNet8::layer::Conv2d<3, 3, 64, 64, ()>>(1)
                + __ResNet8::floats_of::<__ResNet8::layer::BatchNorm<64>>(1),
            __ResNet8::half::widened::<__ResNet8::layer::Conv2d<1, 1, 32, 64>>(),
            __ResNet8::half::widened::<__ResNet8::layer::Dense<64, 10>>(),
        ],
    )];
    #[inline(always)]
    #[allow(unused_variables)]
    fn infer_halves<I: __ResNet8::Isa>(
        halves: &[u16],
        isa: I,
        input: &[f32],
        memory: &mut [f32],
        widened: &mut [f32],
    ) {
        #[allow(unused_imports)]
        use __ResNet8::{InPlace as _, Layer as _, Network as _, Trainable as _};
        let [buffer_0] = __ResNet8Facts::INFERENCE.of(memory, [0]);
        __ResNet8::half::finished::<
            __ResNet8::layer::Conv2d<3, 3, 3, 16, ()>,
            __ResNet8::layer::BatchNorm<16>,
            I,
        >(
                isa,
                halves,
                [
                    __ResNet8::offset_of!(Self, stem),
                    __ResNet8::offset_of!(Self, batch_norm_1),
                ],
                widened,
            )
            .infer(isa, &__ResNet8Facts::finished_stem, input, buffer_0);
        let [buffer_1, buffer_0] = __ResNet8Facts::INFERENCE.of(memory, [1, 0]);
        __ResNet8::half::finished::<
            __ResNet8::layer::Conv2d<3, 3, 16, 16, ()>,
            __ResNet8::layer::BatchNorm<16>,
            I,
        >(
                isa,
                halves,
                [
                    __ResNet8::offset_of!(Self, first.conv2d_1),
                    __ResNet8::offset_of!(Self, first.batch_norm_1),
                ],
                widened,
            )
            .infer(isa, &__ResNet8Facts::finished_first__conv2d_1, buffer_0, buffer_1);
        let [buffer_2, buffer_1] = __ResNet8Facts::INFERENCE.of(memory, [2, 1]);
        __ResNet8::half::finished::<
            __ResNet8::layer::Conv2d<3, 3, 16, 16, ()>,
            __ResNet8::layer::BatchNorm<16>,
            I,
        >(
                isa,
                halves,
                [
                    __ResNet8::offset_of!(Self, first.conv2d_2),
                    __ResNet8::offset_of!(Self, first.batch_norm_2),
                ],
                widened,
            )
            .infer(isa, &__ResNet8Facts::finished_first__conv2d_2, buffer_1, buffer_2);
        let [buffer_0, buffer_2] = __ResNet8Facts::INFERENCE.of(memory, [0, 2]);
        __ResNet8::join::add(buffer_0, buffer_2);
        let [buffer_0] = __ResNet8Facts::INFERENCE.of(memory, [0]);
        __ResNet8::layer::Activation
            .infer_in_place(isa, &__ResNet8Facts::settings_relu_2, buffer_0);
        let [buffer_3, buffer_0] = __ResNet8Facts::INFERENCE.of(memory, [3, 0]);
        __ResNet8::half::finished::<
            __ResNet8::layer::Conv2d<3, 3, 16, 32, ()>,
            __ResNet8::layer::BatchNorm<32>,
            I,
        >(
                isa,
                halves,
                [
                    __ResNet8::offset_of!(Self, second.conv2d_1),
                    __ResNet8::offset_of!(Self, second.batch_norm_1),
                ],
                widened,
            )
            .infer(isa, &__ResNet8Facts::finished_second__conv2d_1, buffer_0, buffer_3);
        let [buffer_4, buffer_3] = __ResNet8Facts::INFERENCE.of(memory, [4, 3]);
        __ResNet8::half::finished::<
            __ResNet8::layer::Conv2d<3, 3, 32, 32, ()>,
            __ResNet8::layer::BatchNorm<32>,
            I,
        >(
                isa,
                halves,
                [
                    __ResNet8::offset_of!(Self, second.conv2d_2),
                    __ResNet8::offset_of!(Self, second.batch_norm_2),
                ],
                widened,
            )
            .infer(isa, &__ResNet8Facts::finished_second__conv2d_2, buffer_3, buffer_4);
        let [buffer_5, buffer_0] = __ResNet8Facts::INFERENCE.of(memory, [5, 0]);
        __ResNet8::half::layer::<
            __ResNet8::layer::Conv2d<1, 1, 16, 32>,
        >(halves, __ResNet8::offset_of!(Self, second.shortcut), widened)
            .infer(isa, &__ResNet8Facts::settings_second__shortcut, buffer_0, buffer_5);
        let [buffer_5, buffer_4] = __ResNet8Facts::INFERENCE.of(memory, [5, 4]);
        __ResNet8::join::add(buffer_5, buffer_4);
        let [buffer_5] = __ResNet8Facts::INFERENCE.of(memory, [5]);
        __ResNet8::layer::Activation
            .infer_in_place(isa, &__ResNet8Facts::settings_relu_3, buffer_5);
        let [buffer_6, buffer_5] = __ResNet8Facts::INFERENCE.of(memory, [6, 5]);
        __ResNet8::half::finished::<
            __ResNet8::layer::Conv2d<3, 3, 32, 64, ()>,
            __ResNet8::layer::BatchNorm<64>,
            I,
        >(
                isa,
                halves,
                [
                    __ResNet8::offset_of!(Self, third.conv2d_1),
                    __ResNet8::offset_of!(Self, third.batch_norm_1),
                ],
                widened,
            )
            .infer(isa, &__ResNet8Facts::finished_third__conv2d_1, buffer_5, buffer_6);
        let [buffer_7, buffer_6] = __ResNet8Facts::INFERENCE.of(memory, [7, 6]);
        __ResNet8::half::finished::<
            __ResNet8::layer::Conv2d<3, 3, 64, 64, ()>,
            __ResNet8::layer::BatchNorm<64>,
            I,
        >(
                isa,
                halves,
                [
                    __ResNet8::offset_of!(Self, third.conv2d_2),
                    __ResNet8::offset_of!(Self, third.batch_norm_2),
                ],
                widened,
            )
            .infer(isa, &__ResNet8Facts::finished_third__conv2d_2, buffer_6, buffer_7);
        let [buffer_8, buffer_5] = __ResNet8Facts::INFERENCE.of(memory, [8, 5]);
        __ResNet8::half::layer::<
            __ResNet8::layer::Conv2d<1, 1, 32, 64>,
        >(halves, __ResNet8::offset_of!(Self, third.shortcut), widened)
            .infer(isa, &__ResNet8Facts::settings_third__shortcut, buffer_5, buffer_8);
        let [buffer_8, buffer_7] = __ResNet8Facts::INFERENCE.of(memory, [8, 7]);
        __ResNet8::join::add(buffer_8, buffer_7);
        let [buffer_8] = __ResNet8Facts::INFERENCE.of(memory, [8]);
        __ResNet8::layer::Activation
            .infer_in_place(isa, &__ResNet8Facts::settings_relu_4, buffer_8);
        let [buffer_9, buffer_8] = __ResNet8Facts::INFERENCE.of(memory, [9, 8]);
        __ResNet8::layer::GlobalAvgPool2d
            .infer(
                isa,
                &__ResNet8Facts::settings_global_avg_pool2d_1,
                buffer_8,
                buffer_9,
            );
        let [buffer_10, buffer_9] = __ResNet8Facts::INFERENCE.of(memory, [10, 9]);
        __ResNet8::half::layer::<
            __ResNet8::layer::Dense<64, 10>,
        >(halves, __ResNet8::offset_of!(Self, digit), widened)
            .infer(isa, &__ResNet8Facts::settings_digit, buffer_9, buffer_10);
        let [buffer_10] = __ResNet8Facts::INFERENCE.of(memory, [10]);
        __ResNet8::layer::Activation
            .infer_in_place(isa, &__ResNet8Facts::activation_digit, buffer_10);
    }
}
#[doc(hidden)]
#[allow(non_camel_case_types, non_snake_case)]
#[repr(C)]
pub struct __ResNet8Int8 {
    form_stem: __ResNet8::quant::operation::Sums<
        { __ResNet8Facts::int8_stem.weights() + __ResNet8Facts::int8_stem.slack() },
        { __ResNet8Facts::int8_stem.channels() },
        { __ResNet8Facts::int8_stem.slack() },
    >,
    form_first__conv2d_1: __ResNet8::quant::operation::Sums<
        {
            __ResNet8Facts::int8_first__conv2d_1.weights()
                + __ResNet8Facts::int8_first__conv2d_1.slack()
        },
        { __ResNet8Facts::int8_first__conv2d_1.channels() },
        { __ResNet8Facts::int8_first__conv2d_1.slack() },
    >,
    form_first__conv2d_2: __ResNet8::quant::operation::Sums<
        {
            __ResNet8Facts::int8_first__conv2d_2.weights()
                + __ResNet8Facts::int8_first__conv2d_2.slack()
        },
        { __ResNet8Facts::int8_first__conv2d_2.channels() },
        { __ResNet8Facts::int8_first__conv2d_2.slack() },
    >,
    form_first: __ResNet8::quant::operation::Sum,
    form_second__conv2d_1: __ResNet8::quant::operation::Sums<
        {
            __ResNet8Facts::int8_second__conv2d_1.weights()
                + __ResNet8Facts::int8_second__conv2d_1.slack()
        },
        { __ResNet8Facts::int8_second__conv2d_1.channels() },
        { __ResNet8Facts::int8_second__conv2d_1.slack() },
    >,
    form_second__conv2d_2: __ResNet8::quant::operation::Sums<
        {
            __ResNet8Facts::int8_second__conv2d_2.weights()
                + __ResNet8Facts::int8_second__conv2d_2.slack()
        },
        { __ResNet8Facts::int8_second__conv2d_2.channels() },
        { __ResNet8Facts::int8_second__conv2d_2.slack() },
    >,
    form_second__shortcut: __ResNet8::quant::operation::Sums<
        {
            __ResNet8Facts::int8_second__shortcut.weights()
                + __ResNet8Facts::int8_second__shortcut.slack()
        },
        { __ResNet8Facts::int8_second__shortcut.channels() },
        { __ResNet8Facts::int8_second__shortcut.slack() },
    >,
    form_second: __ResNet8::quant::operation::Sum,
    form_third__conv2d_1: __ResNet8::quant::operation::Sums<
        {
            __ResNet8Facts::int8_third__conv2d_1.weights()
                + __ResNet8Facts::int8_third__conv2d_1.slack()
        },
        { __ResNet8Facts::int8_third__conv2d_1.channels() },
        { __ResNet8Facts::int8_third__conv2d_1.slack() },
    >,
    form_third__conv2d_2: __ResNet8::quant::operation::Sums<
        {
            __ResNet8Facts::int8_third__conv2d_2.weights()
                + __ResNet8Facts::int8_third__conv2d_2.slack()
        },
        { __ResNet8Facts::int8_third__conv2d_2.channels() },
        { __ResNet8Facts::int8_third__conv2d_2.slack() },
    >,
    form_third__shortcut: __ResNet8::quant::operation::Sums<
        {
            __ResNet8Facts::int8_third__shortcut.weights()
                + __ResNet8Facts::int8_third__shortcut.slack()
        },
        { __ResNet8Facts::int8_third__shortcut.channels() },
        { __ResNet8Facts::int8_third__shortcut.slack() },
    >,
    form_third: __ResNet8::quant::operation::Sum,
    form_global_avg_pool2d_1: __ResNet8::quant::operation::Mean,
    form_digit: __ResNet8::quant::operation::Sums<
        { __ResNet8Facts::int8_digit.weights() + __ResNet8Facts::int8_digit.slack() },
        { __ResNet8Facts::int8_digit.channels() },
        { __ResNet8Facts::int8_digit.slack() },
    >,
    form_digit__activation: __ResNet8::quant::operation::Softmax,
}
unsafe impl __ResNet8::quant::Form for __ResNet8Int8 {
    const CONTENTS: __ResNet8::quant::Contents = __ResNet8::quant::Contents {
        tensors: &[],
        parts: &[
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_stem.weights()
                            + __ResNet8Facts::int8_stem.slack()
                    },
                    { __ResNet8Facts::int8_stem.channels() },
                    { __ResNet8Facts::int8_stem.slack() },
                >,
            >("stem", __ResNet8::offset_of!(__ResNet8Int8, form_stem)),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_first__conv2d_1.weights()
                            + __ResNet8Facts::int8_first__conv2d_1.slack()
                    },
                    { __ResNet8Facts::int8_first__conv2d_1.channels() },
                    { __ResNet8Facts::int8_first__conv2d_1.slack() },
                >,
            >(
                "first.conv2d_1",
                __ResNet8::offset_of!(__ResNet8Int8, form_first__conv2d_1),
            ),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_first__conv2d_2.weights()
                            + __ResNet8Facts::int8_first__conv2d_2.slack()
                    },
                    { __ResNet8Facts::int8_first__conv2d_2.channels() },
                    { __ResNet8Facts::int8_first__conv2d_2.slack() },
                >,
            >(
                "first.conv2d_2",
                __ResNet8::offset_of!(__ResNet8Int8, form_first__conv2d_2),
            ),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sum,
            >("first", __ResNet8::offset_of!(__ResNet8Int8, form_first)),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_second__conv2d_1.weights()
                            + __ResNet8Facts::int8_second__conv2d_1.slack()
                    },
                    { __ResNet8Facts::int8_second__conv2d_1.channels() },
                    { __ResNet8Facts::int8_second__conv2d_1.slack() },
                >,
            >(
                "second.conv2d_1",
                __ResNet8::offset_of!(__ResNet8Int8, form_second__conv2d_1),
            ),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_second__conv2d_2.weights()
                            + __ResNet8Facts::int8_second__conv2d_2.slack()
                    },
                    { __ResNet8Facts::int8_second__conv2d_2.channels() },
                    { __ResNet8Facts::int8_second__conv2d_2.slack() },
                >,
            >(
                "second.conv2d_2",
                __ResNet8::offset_of!(__ResNet8Int8, form_second__conv2d_2),
            ),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_second__shortcut.weights()
                            + __ResNet8Facts::int8_second__shortcut.slack()
                    },
                    { __ResNet8Facts::int8_second__shortcut.channels() },
                    { __ResNet8Facts::int8_second__shortcut.slack() },
                >,
            >(
                "second.shortcut",
                __ResNet8::offset_of!(__ResNet8Int8, form_second__shortcut),
            ),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sum,
            >("second", __ResNet8::offset_of!(__ResNet8Int8, form_second)),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_third__conv2d_1.weights()
                            + __ResNet8Facts::int8_third__conv2d_1.slack()
                    },
                    { __ResNet8Facts::int8_third__conv2d_1.channels() },
                    { __ResNet8Facts::int8_third__conv2d_1.slack() },
                >,
            >(
                "third.conv2d_1",
                __ResNet8::offset_of!(__ResNet8Int8, form_third__conv2d_1),
            ),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_third__conv2d_2.weights()
                            + __ResNet8Facts::int8_third__conv2d_2.slack()
                    },
                    { __ResNet8Facts::int8_third__conv2d_2.channels() },
                    { __ResNet8Facts::int8_third__conv2d_2.slack() },
                >,
            >(
                "third.conv2d_2",
                __ResNet8::offset_of!(__ResNet8Int8, form_third__conv2d_2),
            ),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_third__shortcut.weights()
                            + __ResNet8Facts::int8_third__shortcut.slack()
                    },
                    { __ResNet8Facts::int8_third__shortcut.channels() },
                    { __ResNet8Facts::int8_third__shortcut.slack() },
                >,
            >(
                "third.shortcut",
                __ResNet8::offset_of!(__ResNet8Int8, form_third__shortcut),
            ),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sum,
            >("third", __ResNet8::offset_of!(__ResNet8Int8, form_third)),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Mean,
            >(
                "global_avg_pool2d_1",
                __ResNet8::offset_of!(__ResNet8Int8, form_global_avg_pool2d_1),
            ),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_digit.weights()
                            + __ResNet8Facts::int8_digit.slack()
                    },
                    { __ResNet8Facts::int8_digit.channels() },
                    { __ResNet8Facts::int8_digit.slack() },
                >,
            >("digit", __ResNet8::offset_of!(__ResNet8Int8, form_digit)),
            __ResNet8::quant::FormPart::one::<
                __ResNet8::quant::operation::Softmax,
            >(
                "digit.activation",
                __ResNet8::offset_of!(__ResNet8Int8, form_digit__activation),
            ),
        ],
    };
}
#[allow(dead_code, long_running_const_eval, non_upper_case_globals)]
impl __ResNet8Facts {
    const int8_stem: __ResNet8::quant::operation::SumsSettings = __ResNet8::quant::operation::SumsSettings::conv2d(
        &__ResNet8Facts::settings_stem,
    );
    const int8_first__conv2d_1: __ResNet8::quant::operation::SumsSettings = __ResNet8::quant::operation::SumsSettings::conv2d(
        &__ResNet8Facts::settings_first__conv2d_1,
    );
    const int8_first__conv2d_2: __ResNet8::quant::operation::SumsSettings = __ResNet8::quant::operation::SumsSettings::conv2d(
        &__ResNet8Facts::settings_first__conv2d_2,
    );
    const int8_second__conv2d_1: __ResNet8::quant::operation::SumsSettings = __ResNet8::quant::operation::SumsSettings::conv2d(
        &__ResNet8Facts::settings_second__conv2d_1,
    );
    const int8_second__conv2d_2: __ResNet8::quant::operation::SumsSettings = __ResNet8::quant::operation::SumsSettings::conv2d(
        &__ResNet8Facts::settings_second__conv2d_2,
    );
    const int8_second__shortcut: __ResNet8::quant::operation::SumsSettings = __ResNet8::quant::operation::SumsSettings::conv2d(
        &__ResNet8Facts::settings_second__shortcut,
    );
    const int8_third__conv2d_1: __ResNet8::quant::operation::SumsSettings = __ResNet8::quant::operation::SumsSettings::conv2d(
        &__ResNet8Facts::settings_third__conv2d_1,
    );
    const int8_third__conv2d_2: __ResNet8::quant::operation::SumsSettings = __ResNet8::quant::operation::SumsSettings::conv2d(
        &__ResNet8Facts::settings_third__conv2d_2,
    );
    const int8_third__shortcut: __ResNet8::quant::operation::SumsSettings = __ResNet8::quant::operation::SumsSettings::conv2d(
        &__ResNet8Facts::settings_third__shortcut,
    );
    const int8_digit: __ResNet8::quant::operation::SumsSettings = __ResNet8::quant::operation::SumsSettings::dense(
        &__ResNet8Facts::settings_digit,
    );
    const INT8: __ResNet8::Plan<15usize> = __ResNet8::Plan::new([
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_1.len(), 0, 3),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_first__relu_1.len(), 1, 2),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_first__batch_norm_2.len(), 2, 3),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_2.len(), 3, 6),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__relu_1.len(), 4, 5),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__batch_norm_2.len(), 5, 7),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_second__shortcut.len(), 6, 7),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_3.len(), 7, 10),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__relu_1.len(), 8, 9),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__batch_norm_2.len(), 9, 11),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_third__shortcut.len(), 10, 11),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_relu_4.len(), 11, 12),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_global_avg_pool2d_1.len(), 12, 13),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_digit.len(), 13, 14),
        __ResNet8::Buffer::new(__ResNet8Facts::shape_digit.len(), 14, 15),
    ]);
}
impl __ResNet8::quant::Quantizable for ResNet8 {
    type Form = __ResNet8Int8;
    type Layers = __ResNet8::quant::Int8Layers;
    type Int8Memory = [i8; __ResNet8Facts::INT8.total()];
    const INT8_LOWER_BOUND: usize = __ResNet8Facts::INT8.lower_bound();
    const INT8_OUTPUT: __ResNet8::Range<usize> = __ResNet8Facts::INT8.range(14);
    const INT8_LAYERS: &'static [__ResNet8::Cost] = &[
        __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[0], 1))
            .and::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_stem.weights()
                            + __ResNet8Facts::int8_stem.slack()
                    },
                    { __ResNet8Facts::int8_stem.channels() },
                    { __ResNet8Facts::int8_stem.slack() },
                >,
            >(),
        __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
        __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
        __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[3], 1))
            .and::<__ResNet8::quant::operation::Sum>()
            .block(
                &[
                    __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[1], 1))
                        .and::<
                            __ResNet8::quant::operation::Sums<
                                {
                                    __ResNet8Facts::int8_first__conv2d_1.weights()
                                        + __ResNet8Facts::int8_first__conv2d_1.slack()
                                },
                                { __ResNet8Facts::int8_first__conv2d_1.channels() },
                                { __ResNet8Facts::int8_first__conv2d_1.slack() },
                            >,
                        >(),
                    __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
                    __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
                    __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[2], 1))
                        .and::<
                            __ResNet8::quant::operation::Sums<
                                {
                                    __ResNet8Facts::int8_first__conv2d_2.weights()
                                        + __ResNet8Facts::int8_first__conv2d_2.slack()
                                },
                                { __ResNet8Facts::int8_first__conv2d_2.channels() },
                                { __ResNet8Facts::int8_first__conv2d_2.slack() },
                            >,
                        >(),
                    __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
                ],
            ),
        __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
        __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[7], 1))
            .and::<__ResNet8::quant::operation::Sum>()
            .block(
                &[
                    __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[4], 1))
                        .and::<
                            __ResNet8::quant::operation::Sums<
                                {
                                    __ResNet8Facts::int8_second__conv2d_1.weights()
                                        + __ResNet8Facts::int8_second__conv2d_1.slack()
                                },
                                { __ResNet8Facts::int8_second__conv2d_1.channels() },
                                { __ResNet8Facts::int8_second__conv2d_1.slack() },
                            >,
                        >(),
                    __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
                    __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
                    __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[5], 1))
                        .and::<
                            __ResNet8::quant::operation::Sums<
                                {
                                    __ResNet8Facts::int8_second__conv2d_2.weights()
                                        + __ResNet8Facts::int8_second__conv2d_2.slack()
                                },
                                { __ResNet8Facts::int8_second__conv2d_2.channels() },
                                { __ResNet8Facts::int8_second__conv2d_2.slack() },
                            >,
                        >(),
                    __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
                    __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[6], 1))
                        .and::<
                            __ResNet8::quant::operation::Sums<
                                {
                                    __ResNet8Facts::int8_second__shortcut.weights()
                                        + __ResNet8Facts::int8_second__shortcut.slack()
                                },
                                { __ResNet8Facts::int8_second__shortcut.channels() },
                                { __ResNet8Facts::int8_second__shortcut.slack() },
                            >,
                        >(),
                ],
            ),
        __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
        __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[11], 1))
            .and::<__ResNet8::quant::operation::Sum>()
            .block(
                &[
                    __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[8], 1))
                        .and::<
                            __ResNet8::quant::operation::Sums<
                                {
                                    __ResNet8Facts::int8_third__conv2d_1.weights()
                                        + __ResNet8Facts::int8_third__conv2d_1.slack()
                                },
                                { __ResNet8Facts::int8_third__conv2d_1.channels() },
                                { __ResNet8Facts::int8_third__conv2d_1.slack() },
                            >,
                        >(),
                    __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
                    __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
                    __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[9], 1))
                        .and::<
                            __ResNet8::quant::operation::Sums<
                                {
                                    __ResNet8Facts::int8_third__conv2d_2.weights()
                                        + __ResNet8Facts::int8_third__conv2d_2.slack()
                                },
                                { __ResNet8Facts::int8_third__conv2d_2.channels() },
                                { __ResNet8Facts::int8_third__conv2d_2.slack() },
                            >,
                        >(),
                    __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
                    __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[10], 1))
                        .and::<
                            __ResNet8::quant::operation::Sums<
                                {
                                    __ResNet8Facts::int8_third__shortcut.weights()
                                        + __ResNet8Facts::int8_third__shortcut.slack()
                                },
                                { __ResNet8Facts::int8_third__shortcut.channels() },
                                { __ResNet8Facts::int8_third__shortcut.slack() },
                            >,
                        >(),
                ],
            ),
        __ResNet8::Cost::of::<()>(__ResNet8::Option::None),
        __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[12], 1))
            .and::<__ResNet8::quant::operation::Mean>(),
        __ResNet8::Cost::of::<()>(__ResNet8Facts::INT8.bytes_at(&[13, 14], 1))
            .and::<
                __ResNet8::quant::operation::Sums<
                    {
                        __ResNet8Facts::int8_digit.weights()
                            + __ResNet8Facts::int8_digit.slack()
                    },
                    { __ResNet8Facts::int8_digit.channels() },
                    { __ResNet8Facts::int8_digit.slack() },
                >,
            >()
            .and::<__ResNet8::quant::operation::Softmax>(),
    ];
    const IS_SUPPORTED: bool = true;
    fn visit<V: __ResNet8::quant::Visitor>(
        &self,
        form: &mut Self::Form,
        visitor: &mut V,
    ) {
        #[allow(unused_imports)]
        use __ResNet8::{InPlace as _, Layer as _, Network as _, Trainable as _};
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "stem",
                    inputs: &[0usize],
                    output: 1usize,
                    len: __ResNet8Facts::shape_relu_1.len(),
                },
                &__ResNet8::quant::operation::SumsStep {
                    layer: &self.stem,
                    layer_settings: &__ResNet8Facts::settings_stem,
                    settings: &__ResNet8Facts::int8_stem,
                    normalization: __ResNet8::Option::Some(
                        __ResNet8::quant::operation::Normalization::new(
                            &self.batch_norm_1,
                            &__ResNet8Facts::settings_batch_norm_1,
                        ),
                    ),
                    cut: __ResNet8::quant::operation::cut::RELU,
                },
                &mut form.form_stem,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "first.conv2d_1",
                    inputs: &[1usize],
                    output: 2usize,
                    len: __ResNet8Facts::shape_first__relu_1.len(),
                },
                &__ResNet8::quant::operation::SumsStep {
                    layer: &self.first.conv2d_1,
                    layer_settings: &__ResNet8Facts::settings_first__conv2d_1,
                    settings: &__ResNet8Facts::int8_first__conv2d_1,
                    normalization: __ResNet8::Option::Some(
                        __ResNet8::quant::operation::Normalization::new(
                            &self.first.batch_norm_1,
                            &__ResNet8Facts::settings_first__batch_norm_1,
                        ),
                    ),
                    cut: __ResNet8::quant::operation::cut::RELU,
                },
                &mut form.form_first__conv2d_1,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "first.conv2d_2",
                    inputs: &[2usize],
                    output: 3usize,
                    len: __ResNet8Facts::shape_first__batch_norm_2.len(),
                },
                &__ResNet8::quant::operation::SumsStep {
                    layer: &self.first.conv2d_2,
                    layer_settings: &__ResNet8Facts::settings_first__conv2d_2,
                    settings: &__ResNet8Facts::int8_first__conv2d_2,
                    normalization: __ResNet8::Option::Some(
                        __ResNet8::quant::operation::Normalization::new(
                            &self.first.batch_norm_2,
                            &__ResNet8Facts::settings_first__batch_norm_2,
                        ),
                    ),
                    cut: __ResNet8::quant::operation::cut::NONE,
                },
                &mut form.form_first__conv2d_2,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "first",
                    inputs: &[1usize, 3usize],
                    output: 4usize,
                    len: __ResNet8Facts::shape_relu_2.len(),
                },
                &__ResNet8::quant::operation::SumStep {
                    cut: __ResNet8::quant::operation::cut::RELU,
                },
                &mut form.form_first,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "second.conv2d_1",
                    inputs: &[4usize],
                    output: 5usize,
                    len: __ResNet8Facts::shape_second__relu_1.len(),
                },
                &__ResNet8::quant::operation::SumsStep {
                    layer: &self.second.conv2d_1,
                    layer_settings: &__ResNet8Facts::settings_second__conv2d_1,
                    settings: &__ResNet8Facts::int8_second__conv2d_1,
                    normalization: __ResNet8::Option::Some(
                        __ResNet8::quant::operation::Normalization::new(
                            &self.second.batch_norm_1,
                            &__ResNet8Facts::settings_second__batch_norm_1,
                        ),
                    ),
                    cut: __ResNet8::quant::operation::cut::RELU,
                },
                &mut form.form_second__conv2d_1,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "second.conv2d_2",
                    inputs: &[5usize],
                    output: 6usize,
                    len: __ResNet8Facts::shape_second__batch_norm_2.len(),
                },
                &__ResNet8::quant::operation::SumsStep {
                    layer: &self.second.conv2d_2,
                    layer_settings: &__ResNet8Facts::settings_second__conv2d_2,
                    settings: &__ResNet8Facts::int8_second__conv2d_2,
                    normalization: __ResNet8::Option::Some(
                        __ResNet8::quant::operation::Normalization::new(
                            &self.second.batch_norm_2,
                            &__ResNet8Facts::settings_second__batch_norm_2,
                        ),
                    ),
                    cut: __ResNet8::quant::operation::cut::NONE,
                },
                &mut form.form_second__conv2d_2,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "second.shortcut",
                    inputs: &[4usize],
                    output: 7usize,
                    len: __ResNet8Facts::shape_second__shortcut.len(),
                },
                &__ResNet8::quant::operation::SumsStep {
                    layer: &self.second.shortcut,
                    layer_settings: &__ResNet8Facts::settings_second__shortcut,
                    settings: &__ResNet8Facts::int8_second__shortcut,
                    normalization: __ResNet8::Option::None,
                    cut: __ResNet8::quant::operation::cut::NONE,
                },
                &mut form.form_second__shortcut,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "second",
                    inputs: &[7usize, 6usize],
                    output: 8usize,
                    len: __ResNet8Facts::shape_relu_3.len(),
                },
                &__ResNet8::quant::operation::SumStep {
                    cut: __ResNet8::quant::operation::cut::RELU,
                },
                &mut form.form_second,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "third.conv2d_1",
                    inputs: &[8usize],
                    output: 9usize,
                    len: __ResNet8Facts::shape_third__relu_1.len(),
                },
                &__ResNet8::quant::operation::SumsStep {
                    layer: &self.third.conv2d_1,
                    layer_settings: &__ResNet8Facts::settings_third__conv2d_1,
                    settings: &__ResNet8Facts::int8_third__conv2d_1,
                    normalization: __ResNet8::Option::Some(
                        __ResNet8::quant::operation::Normalization::new(
                            &self.third.batch_norm_1,
                            &__ResNet8Facts::settings_third__batch_norm_1,
                        ),
                    ),
                    cut: __ResNet8::quant::operation::cut::RELU,
                },
                &mut form.form_third__conv2d_1,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "third.conv2d_2",
                    inputs: &[9usize],
                    output: 10usize,
                    len: __ResNet8Facts::shape_third__batch_norm_2.len(),
                },
                &__ResNet8::quant::operation::SumsStep {
                    layer: &self.third.conv2d_2,
                    layer_settings: &__ResNet8Facts::settings_third__conv2d_2,
                    settings: &__ResNet8Facts::int8_third__conv2d_2,
                    normalization: __ResNet8::Option::Some(
                        __ResNet8::quant::operation::Normalization::new(
                            &self.third.batch_norm_2,
                            &__ResNet8Facts::settings_third__batch_norm_2,
                        ),
                    ),
                    cut: __ResNet8::quant::operation::cut::NONE,
                },
                &mut form.form_third__conv2d_2,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "third.shortcut",
                    inputs: &[8usize],
                    output: 11usize,
                    len: __ResNet8Facts::shape_third__shortcut.len(),
                },
                &__ResNet8::quant::operation::SumsStep {
                    layer: &self.third.shortcut,
                    layer_settings: &__ResNet8Facts::settings_third__shortcut,
                    settings: &__ResNet8Facts::int8_third__shortcut,
                    normalization: __ResNet8::Option::None,
                    cut: __ResNet8::quant::operation::cut::NONE,
                },
                &mut form.form_third__shortcut,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "third",
                    inputs: &[11usize, 10usize],
                    output: 12usize,
                    len: __ResNet8Facts::shape_relu_4.len(),
                },
                &__ResNet8::quant::operation::SumStep {
                    cut: __ResNet8::quant::operation::cut::RELU,
                },
                &mut form.form_third,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "global_avg_pool2d_1",
                    inputs: &[12usize],
                    output: 13usize,
                    len: __ResNet8Facts::shape_global_avg_pool2d_1.len(),
                },
                &__ResNet8::quant::operation::MeanStep::new(
                    &__ResNet8Facts::settings_global_avg_pool2d_1,
                ),
                &mut form.form_global_avg_pool2d_1,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "digit",
                    inputs: &[13usize],
                    output: 14usize,
                    len: __ResNet8Facts::shape_digit.len(),
                },
                &__ResNet8::quant::operation::SumsStep {
                    layer: &self.digit,
                    layer_settings: &__ResNet8Facts::settings_digit,
                    settings: &__ResNet8Facts::int8_digit,
                    normalization: __ResNet8::Option::None,
                    cut: __ResNet8::quant::operation::cut::NONE,
                },
                &mut form.form_digit,
            );
        visitor
            .step(
                __ResNet8::quant::Place {
                    name: "digit.activation",
                    inputs: &[14usize],
                    output: 15usize,
                    len: __ResNet8Facts::shape_digit.len(),
                },
                &__ResNet8::quant::operation::SoftmaxStep::new(
                    &__ResNet8Facts::activation_digit,
                ),
                &mut form.form_digit__activation,
            );
        visitor.finish(15usize);
    }
    #[inline(always)]
    #[allow(unused_variables)]
    fn infer_int8<I: __ResNet8::Isa>(
        form: &Self::Form,
        isa: I,
        rounding: __ResNet8::quant::Rounding,
        input: &[i8],
        memory: &mut [i8],
    ) {
        let [buffer_0] = __ResNet8Facts::INT8.of(memory, [0]);
        form.form_stem.run(isa, rounding, &__ResNet8Facts::int8_stem, input, buffer_0);
        let [buffer_1, buffer_0] = __ResNet8Facts::INT8.of(memory, [1, 0]);
        form.form_first__conv2d_1
            .run(
                isa,
                rounding,
                &__ResNet8Facts::int8_first__conv2d_1,
                buffer_0,
                buffer_1,
            );
        let [buffer_2, buffer_1] = __ResNet8Facts::INT8.of(memory, [2, 1]);
        form.form_first__conv2d_2
            .run(
                isa,
                rounding,
                &__ResNet8Facts::int8_first__conv2d_2,
                buffer_1,
                buffer_2,
            );
        let [buffer_3, buffer_0, buffer_2] = __ResNet8Facts::INT8.of(memory, [3, 0, 2]);
        form.form_first.run(isa, rounding, [&*buffer_0, &*buffer_2], buffer_3);
        let [buffer_4, buffer_3] = __ResNet8Facts::INT8.of(memory, [4, 3]);
        form.form_second__conv2d_1
            .run(
                isa,
                rounding,
                &__ResNet8Facts::int8_second__conv2d_1,
                buffer_3,
                buffer_4,
            );
        let [buffer_5, buffer_4] = __ResNet8Facts::INT8.of(memory, [5, 4]);
        form.form_second__conv2d_2
            .run(
                isa,
                rounding,
                &__ResNet8Facts::int8_second__conv2d_2,
                buffer_4,
                buffer_5,
            );
        let [buffer_6, buffer_3] = __ResNet8Facts::INT8.of(memory, [6, 3]);
        form.form_second__shortcut
            .run(
                isa,
                rounding,
                &__ResNet8Facts::int8_second__shortcut,
                buffer_3,
                buffer_6,
            );
        let [buffer_7, buffer_6, buffer_5] = __ResNet8Facts::INT8.of(memory, [7, 6, 5]);
        form.form_second.run(isa, rounding, [&*buffer_6, &*buffer_5], buffer_7);
        let [buffer_8, buffer_7] = __ResNet8Facts::INT8.of(memory, [8, 7]);
        form.form_third__conv2d_1
            .run(
                isa,
                rounding,
                &__ResNet8Facts::int8_third__conv2d_1,
                buffer_7,
                buffer_8,
            );
        let [buffer_9, buffer_8] = __ResNet8Facts::INT8.of(memory, [9, 8]);
        form.form_third__conv2d_2
            .run(
                isa,
                rounding,
                &__ResNet8Facts::int8_third__conv2d_2,
                buffer_8,
                buffer_9,
            );
        let [buffer_10, buffer_7] = __ResNet8Facts::INT8.of(memory, [10, 7]);
        form.form_third__shortcut
            .run(
                isa,
                rounding,
                &__ResNet8Facts::int8_third__shortcut,
                buffer_7,
                buffer_10,
            );
        let [buffer_11, buffer_10, buffer_9] = __ResNet8Facts::INT8
            .of(memory, [11, 10, 9]);
        form.form_third.run(isa, rounding, [&*buffer_10, &*buffer_9], buffer_11);
        let [buffer_12, buffer_11] = __ResNet8Facts::INT8.of(memory, [12, 11]);
        form.form_global_avg_pool2d_1.run(isa, rounding, buffer_11, buffer_12);
        let [buffer_13, buffer_12] = __ResNet8Facts::INT8.of(memory, [13, 12]);
        form.form_digit
            .run(isa, rounding, &__ResNet8Facts::int8_digit, buffer_12, buffer_13);
        let [buffer_14, buffer_13] = __ResNet8Facts::INT8.of(memory, [14, 13]);
        form.form_digit__activation
            .run(isa, __ResNet8Facts::shape_digit.last(), buffer_13, buffer_14);
    }
}
