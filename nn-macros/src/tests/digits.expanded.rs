#[allow(non_snake_case)]
use typednet::__private as __Digits;
/// Handwritten digits.
///
///A network from `[28, 28, 1]` to `[10]`.
///
///| Layer | Output | Parameters | MACs |
///|---|---|---:|---:|
///| `conv`: `Conv2d(32, kernel = 3, activation = relu)` | `[26, 26, 32]` | 320 | 194,688 |
///| `pool`: `MaxPool2d(2)` | `[13, 13, 32]` | 0 | 0 |
///| `flatten_1`: `Flatten` | `[5408]` | 0 | 0 |
///| `hidden`: `Dense(128, activation = relu)` | `[128]` | 692,352 | 692,224 |
///| `digit`: `Dense(10, activation = softmax)` | `[10]` | 1,290 | 1,280 |
///| **Total** | | **693,962** | **888,192** |
#[repr(C)]
pub struct Digits {
    ///
    ///`Conv2d(32, kernel = 3, activation = relu)`, which gives `[26, 26, 32]`: 320 parameters.
    pub conv: __Digits::layer::Conv2d<3, 3, 1, 32>,
    ///
    ///`Dense(128, activation = relu)`, which gives `[128]`: 692,352 parameters.
    pub hidden: __Digits::layer::Dense<5408, 128>,
    ///
    ///`Dense(10, activation = softmax)`, which gives `[10]`: 1,290 parameters.
    pub digit: __Digits::layer::Dense<128, 10>,
}
unsafe impl __Digits::Plain for Digits {}
impl __Digits::Debug for Digits {
    fn fmt(&self, formatter: &mut __Digits::Formatter<'_>) -> __Digits::FmtResult {
        formatter.write_str("Digits")
    }
}
///The derivatives of a loss by the weights of [`Digits`].
#[repr(C)]
pub struct DigitsGradients {
    ///The derivatives by `conv`.
    pub conv: <__Digits::layer::Conv2d<3, 3, 1, 32> as __Digits::Layer>::Gradient,
    ///The derivatives by `hidden`.
    pub hidden: <__Digits::layer::Dense<5408, 128> as __Digits::Layer>::Gradient,
    ///The derivatives by `digit`.
    pub digit: <__Digits::layer::Dense<128, 10> as __Digits::Layer>::Gradient,
}
unsafe impl __Digits::Plain for DigitsGradients {}
impl __Digits::Debug for DigitsGradients {
    fn fmt(&self, formatter: &mut __Digits::Formatter<'_>) -> __Digits::FmtResult {
        formatter.write_str("DigitsGradients")
    }
}
const _: () = __Digits::assert_layout::<
    Digits,
>(
    &[
        __Digits::floats_of::<__Digits::layer::Conv2d<3, 3, 1, 32>>(1),
        __Digits::floats_of::<__Digits::layer::Dense<5408, 128>>(1),
        __Digits::floats_of::<__Digits::layer::Dense<128, 10>>(1),
    ],
);
#[doc(hidden)]
#[allow(dead_code, non_camel_case_types)]
struct __DigitsFacts;
#[allow(dead_code, long_running_const_eval, non_upper_case_globals)]
impl __DigitsFacts {
    const INPUT: __Digits::Shape = __Digits::Shape::new(&[28, 28, 1]);
    const shape_conv: __Digits::Shape = __Digits::Shape::new(&[26, 26, 32]);
    const shape_pool: __Digits::Shape = __Digits::Shape::new(&[13, 13, 32]);
    const shape_flatten_1: __Digits::Shape = __Digits::Shape::new(&[5408]);
    const shape_hidden: __Digits::Shape = __Digits::Shape::new(&[128]);
    const shape_digit: __Digits::Shape = __Digits::Shape::new(&[10]);
    const settings_conv: <__Digits::layer::Conv2d<
        3,
        3,
        1,
        32,
    > as __Digits::Layer>::Settings = __Digits::layer::conv2d::Settings::new(
        __DigitsFacts::INPUT,
        32,
        __Digits::Window {
            kernel: [3, 3],
            stride: [1, 1],
            dilation: [1, 1],
            padding: __Digits::Padding::Valid,
        },
        1,
        __Digits::Initializers {
            kernel: __Digits::Initializer::GlorotUniform,
            bias: __Digits::Initializer::Zeros,
        },
    );
    const activation_conv: __Digits::layer::activation::Settings = __Digits::layer::activation::Settings::new(
        __DigitsFacts::shape_conv,
        __Digits::layer::Function::Relu,
    );
    const settings_pool: <__Digits::layer::MaxPool2d as __Digits::Layer>::Settings = __Digits::layer::max_pool2d::Settings::new(
        __DigitsFacts::shape_conv,
        __Digits::Window {
            kernel: [2, 2],
            stride: [2, 2],
            dilation: [1, 1],
            padding: __Digits::Padding::Valid,
        },
    );
    const settings_hidden: <__Digits::layer::Dense<
        5408,
        128,
    > as __Digits::Layer>::Settings = __Digits::layer::dense::Settings::new(
        __DigitsFacts::shape_flatten_1,
        128,
        __Digits::Initializers {
            kernel: __Digits::Initializer::GlorotUniform,
            bias: __Digits::Initializer::Zeros,
        },
    );
    const activation_hidden: __Digits::layer::activation::Settings = __Digits::layer::activation::Settings::new(
        __DigitsFacts::shape_hidden,
        __Digits::layer::Function::Relu,
    );
    const settings_digit: <__Digits::layer::Dense<
        128,
        10,
    > as __Digits::Layer>::Settings = __Digits::layer::dense::Settings::new(
        __DigitsFacts::shape_hidden,
        10,
        __Digits::Initializers {
            kernel: __Digits::Initializer::GlorotUniform,
            bias: __Digits::Initializer::Zeros,
        },
    );
    const activation_digit: __Digits::layer::activation::Settings = __Digits::layer::activation::Settings::new(
        __DigitsFacts::shape_digit,
        __Digits::layer::Function::Softmax,
    );
    const pooled_pool: __Digits::layer::max_pooled::Settings = __Digits::layer::max_pooled::Settings::new(
        __DigitsFacts::settings_conv,
        __Digits::Option::Some(__Digits::layer::Function::Relu),
        __DigitsFacts::settings_pool,
    );
    const INFERENCE: __Digits::Plan<3usize> = __Digits::Plan::new([
        __Digits::Buffer::new(__DigitsFacts::shape_pool.len(), 0, 2),
        __Digits::Buffer::new(__DigitsFacts::shape_hidden.len(), 2, 4),
        __Digits::Buffer::new(__DigitsFacts::shape_digit.len(), 4, 6),
    ]);
    const TRAINING: __Digits::Plan<6usize> = __Digits::Plan::new([
        __Digits::Buffer::new(__DigitsFacts::shape_pool.len(), 0, 8),
        __Digits::Buffer::new(__DigitsFacts::shape_hidden.len(), 2, 7),
        __Digits::Buffer::new(__DigitsFacts::shape_digit.len(), 4, 5),
        __Digits::Buffer::new(__DigitsFacts::shape_digit.len(), 5, 6),
        __Digits::Buffer::new(__DigitsFacts::shape_hidden.len(), 6, 8),
        __Digits::Buffer::new(__DigitsFacts::shape_flatten_1.len(), 8, 10),
    ]);
    const SAVED: __Digits::SavedPlan<3usize> = __Digits::SavedPlan::new([
        __DigitsFacts::pooled_pool.needs(),
        __DigitsFacts::settings_hidden.needs(),
        __DigitsFacts::settings_digit.needs(),
    ]);
    const SPANS: __Digits::SpanList<{ 0 + 1 + 1 + 1 }> = __Digits::SpanList::new(
        &[
            __Digits::SpanPart::layer::<__Digits::layer::Conv2d<3, 3, 1, 32>>(),
            __Digits::SpanPart::layer::<__Digits::layer::Dense<5408, 128>>(),
            __Digits::SpanPart::layer::<__Digits::layer::Dense<128, 10>>(),
        ],
    );
}
impl __Digits::Network for Digits {
    type Input = [[[f32; 1]; 28]; 28];
    type Output = [f32; 10];
    type Memory = [f32; __DigitsFacts::INFERENCE.total()];
    const NAME: &'static str = "Digits";
    const PARAMETERS: usize = <Self as __Digits::Plain>::FLOATS;
    const MACS: usize = __Digits::total_macs(<Self as __Digits::Network>::LAYERS);
    const WORKSPACE_LOWER_BOUND: usize = 4 * __DigitsFacts::INFERENCE.lower_bound();
    const LAYERS: &'static [__Digits::LayerInfo] = &[
        __Digits::layer_info::<
            __Digits::layer::Conv2d<3, 3, 1, 32>,
        >(
            "conv",
            "Conv2d",
            __DigitsFacts::INPUT,
            __DigitsFacts::shape_conv,
            __DigitsFacts::settings_conv.needs(),
            false,
        ),
        __Digits::layer_info::<
            __Digits::layer::MaxPool2d,
        >(
            "pool",
            "MaxPool2d",
            __DigitsFacts::shape_conv,
            __DigitsFacts::shape_pool,
            __DigitsFacts::settings_pool.needs(),
            false,
        ),
        __Digits::layer_info::<
            __Digits::layer::Flatten,
        >(
            "flatten_1",
            "Flatten",
            __DigitsFacts::shape_pool,
            __DigitsFacts::shape_flatten_1,
            __Digits::Needs::NONE,
            false,
        ),
        __Digits::layer_info::<
            __Digits::layer::Dense<5408, 128>,
        >(
            "hidden",
            "Dense",
            __DigitsFacts::shape_flatten_1,
            __DigitsFacts::shape_hidden,
            __DigitsFacts::settings_hidden.needs(),
            false,
        ),
        __Digits::layer_info::<
            __Digits::layer::Dense<128, 10>,
        >(
            "digit",
            "Dense",
            __DigitsFacts::shape_hidden,
            __DigitsFacts::shape_digit,
            __DigitsFacts::settings_digit.needs(),
            false,
        ),
    ];
    const COSTS: __Digits::Costs = __Digits::Costs {
        weight_bytes: Self::WEIGHT_BYTES,
        workspace_bytes: Self::WORKSPACE_BYTES,
        layers: &[
            __Digits::Cost::of::<
                __Digits::layer::Conv2d<3, 3, 1, 32>,
            >(__DigitsFacts::INFERENCE.bytes_at(&[0], 4)),
            __Digits::Cost::of::<__Digits::layer::MaxPool2d>(__Digits::Option::None),
            __Digits::Cost::of::<__Digits::layer::Flatten>(__Digits::Option::None),
            __Digits::Cost::of::<
                __Digits::layer::Dense<5408, 128>,
            >(__DigitsFacts::INFERENCE.bytes_at(&[2, 3], 4)),
            __Digits::Cost::of::<
                __Digits::layer::Dense<128, 10>,
            >(__DigitsFacts::INFERENCE.bytes_at(&[4, 5], 4)),
        ],
    };
    const INT8_COSTS: __Digits::Option<__Digits::Costs> = __Digits::quant::costs_if_supported::<
        Self,
    >();
    const OUTPUT: __Digits::Range<usize> = __DigitsFacts::INFERENCE.range(2);
    fn weights(&self) -> &[f32] {
        __Digits::Plain::floats(self)
    }
    fn weights_mut(&mut self) -> &mut [f32] {
        __Digits::Plain::floats_mut(self)
    }
    #[allow(unused_variables)]
    fn initialize(&mut self, seed: u64) {
        #[allow(unused_imports)]
        use __Digits::{InPlace as _, Layer as _, Network as _, Trainable as _};
        self.conv
            .initialize(
                &__DigitsFacts::settings_conv,
                &mut __Digits::Random::new(seed, 0),
            );
        self.hidden
            .initialize(
                &__DigitsFacts::settings_hidden,
                &mut __Digits::Random::new(seed, 1),
            );
        self.digit
            .initialize(
                &__DigitsFacts::settings_digit,
                &mut __Digits::Random::new(seed, 2),
            );
    }
    #[inline(always)]
    #[allow(unused_variables)]
    fn infer_on<I: __Digits::Isa>(&self, isa: I, input: &[f32], memory: &mut [f32]) {
        #[allow(unused_imports)]
        use __Digits::{InPlace as _, Layer as _, Network as _, Trainable as _};
        let [buffer_0] = __DigitsFacts::INFERENCE.of(memory, [0]);
        __Digits::layer::MaxPooled(&self.conv)
            .infer(isa, &__DigitsFacts::pooled_pool, input, buffer_0);
        let [buffer_1, buffer_0] = __DigitsFacts::INFERENCE.of(memory, [1, 0]);
        self.hidden.infer(isa, &__DigitsFacts::settings_hidden, buffer_0, buffer_1);
        let [buffer_1] = __DigitsFacts::INFERENCE.of(memory, [1]);
        __Digits::layer::Activation
            .infer_in_place(isa, &__DigitsFacts::activation_hidden, buffer_1);
        let [buffer_2, buffer_1] = __DigitsFacts::INFERENCE.of(memory, [2, 1]);
        self.digit.infer(isa, &__DigitsFacts::settings_digit, buffer_1, buffer_2);
        let [buffer_2] = __DigitsFacts::INFERENCE.of(memory, [2]);
        __Digits::layer::Activation
            .infer_in_place(isa, &__DigitsFacts::activation_digit, buffer_2);
    }
}
impl __Digits::Trainable for Digits {
    type Gradients = DigitsGradients;
    type Head = __Digits::head::Softmax;
    const SPANS: &'static [__Digits::Span] = __DigitsFacts::SPANS.as_slice();
    const TRAINING: __Digits::TrainingNeeds = __Digits::TrainingNeeds {
        activations: __DigitsFacts::TRAINING.total(),
        positions: __DigitsFacts::SAVED.positions(),
        statistics: __DigitsFacts::SAVED.statistics(),
        partial: __DigitsFacts::SAVED.partial(),
    };
    const LOGITS: __Digits::Range<usize> = __DigitsFacts::TRAINING.range(2);
    const LOGITS_GRADIENT: __Digits::Range<usize> = __DigitsFacts::TRAINING.range(3);
    #[allow(unused_mut, unused_variables)]
    fn forward(
        &self,
        pass: __Digits::Pass<'_>,
        input: &[f32],
        memory: &mut __Digits::TrainingMemory<'_>,
    ) {
        #[allow(unused_imports)]
        use __Digits::{InPlace as _, Layer as _, Network as _, Trainable as _};
        let (mut values, mut saved) = __Digits::split(
            memory,
            &__DigitsFacts::TRAINING,
            &__DigitsFacts::SAVED,
            pass.batch,
        );
        let [target] = values.of([0]);
        __Digits::layer::MaxPooled(&self.conv)
            .forward(&__DigitsFacts::pooled_pool, pass, input, target, saved.of(0));
        let [source, target] = values.of([0, 1]);
        self.hidden
            .forward(&__DigitsFacts::settings_hidden, pass, source, target, saved.of(1));
        let [data] = values.of([1]);
        __Digits::layer::Activation
            .forward_in_place(&__DigitsFacts::activation_hidden, pass, data);
        let [source, target] = values.of([1, 2]);
        self.digit
            .forward(&__DigitsFacts::settings_digit, pass, source, target, saved.of(2));
    }
    #[allow(unused_variables, unused_mut)]
    fn backward_on(
        &self,
        pass: __Digits::Pass<'_>,
        input: &[f32],
        memory: &mut __Digits::TrainingMemory<'_>,
        mut gradients: __Digits::Option<&mut DigitsGradients>,
        mut input_gradient: __Digits::Option<&mut [f32]>,
    ) {
        #[allow(unused_imports)]
        use __Digits::{InPlace as _, Layer as _, Network as _, Trainable as _};
        let (mut values, mut saved) = __Digits::split(
            memory,
            &__DigitsFacts::TRAINING,
            &__DigitsFacts::SAVED,
            pass.batch,
        );
        {
            let [output_gradient, source, target] = values.of([3, 1, 4]);
            let arrived = __Digits::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __Digits::Option::Some(target),
                saved: saved.of(2),
            };
            self.digit
                .backward(
                    &__DigitsFacts::settings_digit,
                    pass,
                    arrived,
                    gradients.as_deref_mut().map(|gradients| &mut gradients.digit),
                );
        }
        {
            let [gradient, saved] = values.of([4, 1]);
            __Digits::layer::Activation
                .backward_in_place(
                    &__DigitsFacts::activation_hidden,
                    pass,
                    saved,
                    gradient,
                );
        }
        {
            let [output_gradient, source, target] = values.of([4, 0, 5]);
            let arrived = __Digits::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: __Digits::Option::Some(target),
                saved: saved.of(1),
            };
            self.hidden
                .backward(
                    &__DigitsFacts::settings_hidden,
                    pass,
                    arrived,
                    gradients.as_deref_mut().map(|gradients| &mut gradients.hidden),
                );
        }
        {
            let [output_gradient] = values.of([5]);
            let arrived = __Digits::Backward {
                input: input,
                output_gradient: output_gradient,
                input_gradient: input_gradient.as_deref_mut(),
                saved: saved.of(0),
            };
            __Digits::layer::MaxPooled(&self.conv)
                .backward(
                    &__DigitsFacts::pooled_pool,
                    pass,
                    arrived,
                    gradients.as_deref_mut().map(|gradients| &mut gradients.conv),
                );
        }
    }
    #[allow(unused_variables)]
    fn update_statistics(&mut self, statistics: &[f32]) {
        #[allow(unused_imports)]
        use __Digits::{InPlace as _, Layer as _, Network as _, Trainable as _};
        self.hidden
            .update_statistics(
                &__DigitsFacts::settings_hidden,
                __DigitsFacts::SAVED.statistics_of(1, statistics),
            );
        self.digit
            .update_statistics(
                &__DigitsFacts::settings_digit,
                __DigitsFacts::SAVED.statistics_of(2, statistics),
            );
    }
}
impl __Digits::half::Halvable for Digits {
    type Halves = [u16; <Self as __Digits::Plain>::FLOATS];
    type Widened = [f32; __Digits::half::most(
        &[
            __Digits::floats_of::<__Digits::layer::Conv2d<3, 3, 1, 32>>(1),
            __Digits::half::widened::<__Digits::layer::Dense<5408, 128>>(),
            __Digits::half::widened::<__Digits::layer::Dense<128, 10>>(),
        ],
    )];
    #[inline(always)]
    #[allow(unused_variables)]
    fn infer_halves<I: __Digits::Isa>(
        halves: &[u16],
        isa: I,
        input: &[f32],
        memory: &mut [f32],
        widened: &mut [f32],
    ) {
        #[allow(unused_imports)]
        use __Digits::{InPlace as _, Layer as _, Network as _, Trainable as _};
        let [buffer_0] = __DigitsFacts::INFERENCE.of(memory, [0]);
        __Digits::half::pooled::<
            __Digits::layer::Conv2d<3, 3, 1, 32>,
            I,
        >(isa, halves, __Digits::offset_of!(Self, conv), widened)
            .infer(isa, &__DigitsFacts::pooled_pool, input, buffer_0);
        let [buffer_1, buffer_0] = __DigitsFacts::INFERENCE.of(memory, [1, 0]);
        __Digits::half::layer::<
            __Digits::layer::Dense<5408, 128>,
        >(halves, __Digits::offset_of!(Self, hidden), widened)
            .infer(isa, &__DigitsFacts::settings_hidden, buffer_0, buffer_1);
        let [buffer_1] = __DigitsFacts::INFERENCE.of(memory, [1]);
        __Digits::layer::Activation
            .infer_in_place(isa, &__DigitsFacts::activation_hidden, buffer_1);
        let [buffer_2, buffer_1] = __DigitsFacts::INFERENCE.of(memory, [2, 1]);
        __Digits::half::layer::<
            __Digits::layer::Dense<128, 10>,
        >(halves, __Digits::offset_of!(Self, digit), widened)
            .infer(isa, &__DigitsFacts::settings_digit, buffer_1, buffer_2);
        let [buffer_2] = __DigitsFacts::INFERENCE.of(memory, [2]);
        __Digits::layer::Activation
            .infer_in_place(isa, &__DigitsFacts::activation_digit, buffer_2);
    }
}
#[doc(hidden)]
#[allow(non_camel_case_types, non_snake_case)]
#[repr(C)]
pub struct __DigitsInt8 {
    form_conv: __Digits::quant::operation::Sums<
        { __DigitsFacts::int8_conv.weights() + __DigitsFacts::int8_conv.slack() },
        { __DigitsFacts::int8_conv.channels() },
        { __DigitsFacts::int8_conv.slack() },
    >,
    form_hidden: __Digits::quant::operation::Sums<
        { __DigitsFacts::int8_hidden.weights() + __DigitsFacts::int8_hidden.slack() },
        { __DigitsFacts::int8_hidden.channels() },
        { __DigitsFacts::int8_hidden.slack() },
    >,
    form_digit: __Digits::quant::operation::Sums<
        { __DigitsFacts::int8_digit.weights() + __DigitsFacts::int8_digit.slack() },
        { __DigitsFacts::int8_digit.channels() },
        { __DigitsFacts::int8_digit.slack() },
    >,
    form_digit__activation: __Digits::quant::operation::Softmax,
}
unsafe impl __Digits::quant::Form for __DigitsInt8 {
    const CONTENTS: __Digits::quant::Contents = __Digits::quant::Contents {
        tensors: &[],
        parts: &[
            __Digits::quant::FormPart::one::<
                __Digits::quant::operation::Sums<
                    {
                        __DigitsFacts::int8_conv.weights()
                            + __DigitsFacts::int8_conv.slack()
                    },
                    { __DigitsFacts::int8_conv.channels() },
                    { __DigitsFacts::int8_conv.slack() },
                >,
            >("conv", __Digits::offset_of!(__DigitsInt8, form_conv)),
            __Digits::quant::FormPart::one::<
                __Digits::quant::operation::Sums<
                    {
                        __DigitsFacts::int8_hidden.weights()
                            + __DigitsFacts::int8_hidden.slack()
                    },
                    { __DigitsFacts::int8_hidden.channels() },
                    { __DigitsFacts::int8_hidden.slack() },
                >,
            >("hidden", __Digits::offset_of!(__DigitsInt8, form_hidden)),
            __Digits::quant::FormPart::one::<
                __Digits::quant::operation::Sums<
                    {
                        __DigitsFacts::int8_digit.weights()
                            + __DigitsFacts::int8_digit.slack()
                    },
                    { __DigitsFacts::int8_digit.channels() },
                    { __DigitsFacts::int8_digit.slack() },
                >,
            >("digit", __Digits::offset_of!(__DigitsInt8, form_digit)),
            __Digits::quant::FormPart::one::<
                __Digits::quant::operation::Softmax,
            >(
                "digit.activation",
                __Digits::offset_of!(__DigitsInt8, form_digit__activation),
            ),
        ],
    };
}
#[allow(dead_code, long_running_const_eval, non_upper_case_globals)]
impl __DigitsFacts {
    const int8_conv: __Digits::quant::operation::SumsSettings = __Digits::quant::operation::SumsSettings::conv2d(
            &__DigitsFacts::settings_conv,
        )
        .pooled(&__DigitsFacts::settings_pool);
    const int8_hidden: __Digits::quant::operation::SumsSettings = __Digits::quant::operation::SumsSettings::dense(
        &__DigitsFacts::settings_hidden,
    );
    const int8_digit: __Digits::quant::operation::SumsSettings = __Digits::quant::operation::SumsSettings::dense(
        &__DigitsFacts::settings_digit,
    );
    const INT8: __Digits::Plan<4usize> = __Digits::Plan::new([
        __Digits::Buffer::new(__DigitsFacts::shape_pool.len(), 0, 1),
        __Digits::Buffer::new(__DigitsFacts::shape_hidden.len(), 1, 2),
        __Digits::Buffer::new(__DigitsFacts::shape_digit.len(), 2, 3),
        __Digits::Buffer::new(__DigitsFacts::shape_digit.len(), 3, 4),
    ]);
}
impl __Digits::quant::Quantizable for Digits {
    type Form = __DigitsInt8;
    type Layers = __Digits::quant::Int8Layers;
    type Int8Memory = [i8; __DigitsFacts::INT8.total()];
    const INT8_LOWER_BOUND: usize = __DigitsFacts::INT8.lower_bound();
    const INT8_OUTPUT: __Digits::Range<usize> = __DigitsFacts::INT8.range(3);
    const INT8_LAYERS: &'static [__Digits::Cost] = &[
        __Digits::Cost::of::<()>(__DigitsFacts::INT8.bytes_at(&[0], 1))
            .and::<
                __Digits::quant::operation::Sums<
                    {
                        __DigitsFacts::int8_conv.weights()
                            + __DigitsFacts::int8_conv.slack()
                    },
                    { __DigitsFacts::int8_conv.channels() },
                    { __DigitsFacts::int8_conv.slack() },
                >,
            >(),
        __Digits::Cost::of::<()>(__Digits::Option::None),
        __Digits::Cost::of::<()>(__Digits::Option::None),
        __Digits::Cost::of::<()>(__DigitsFacts::INT8.bytes_at(&[1], 1))
            .and::<
                __Digits::quant::operation::Sums<
                    {
                        __DigitsFacts::int8_hidden.weights()
                            + __DigitsFacts::int8_hidden.slack()
                    },
                    { __DigitsFacts::int8_hidden.channels() },
                    { __DigitsFacts::int8_hidden.slack() },
                >,
            >(),
        __Digits::Cost::of::<()>(__DigitsFacts::INT8.bytes_at(&[2, 3], 1))
            .and::<
                __Digits::quant::operation::Sums<
                    {
                        __DigitsFacts::int8_digit.weights()
                            + __DigitsFacts::int8_digit.slack()
                    },
                    { __DigitsFacts::int8_digit.channels() },
                    { __DigitsFacts::int8_digit.slack() },
                >,
            >()
            .and::<__Digits::quant::operation::Softmax>(),
    ];
    const IS_SUPPORTED: bool = true;
    fn visit<V: __Digits::quant::Visitor>(
        &self,
        form: &mut Self::Form,
        visitor: &mut V,
    ) {
        #[allow(unused_imports)]
        use __Digits::{InPlace as _, Layer as _, Network as _, Trainable as _};
        visitor
            .step(
                __Digits::quant::Place {
                    name: "conv",
                    inputs: &[0usize],
                    output: 1usize,
                    len: __DigitsFacts::shape_pool.len(),
                },
                &__Digits::quant::operation::SumsStep {
                    layer: &self.conv,
                    layer_settings: &__DigitsFacts::settings_conv,
                    settings: &__DigitsFacts::int8_conv,
                    normalization: __Digits::Option::None,
                    cut: __Digits::quant::operation::cut::RELU,
                },
                &mut form.form_conv,
            );
        visitor
            .step(
                __Digits::quant::Place {
                    name: "hidden",
                    inputs: &[1usize],
                    output: 2usize,
                    len: __DigitsFacts::shape_hidden.len(),
                },
                &__Digits::quant::operation::SumsStep {
                    layer: &self.hidden,
                    layer_settings: &__DigitsFacts::settings_hidden,
                    settings: &__DigitsFacts::int8_hidden,
                    normalization: __Digits::Option::None,
                    cut: __Digits::quant::operation::cut::RELU,
                },
                &mut form.form_hidden,
            );
        visitor
            .step(
                __Digits::quant::Place {
                    name: "digit",
                    inputs: &[2usize],
                    output: 3usize,
                    len: __DigitsFacts::shape_digit.len(),
                },
                &__Digits::quant::operation::SumsStep {
                    layer: &self.digit,
                    layer_settings: &__DigitsFacts::settings_digit,
                    settings: &__DigitsFacts::int8_digit,
                    normalization: __Digits::Option::None,
                    cut: __Digits::quant::operation::cut::NONE,
                },
                &mut form.form_digit,
            );
        visitor
            .step(
                __Digits::quant::Place {
                    name: "digit.activation",
                    inputs: &[3usize],
                    output: 4usize,
                    len: __DigitsFacts::shape_digit.len(),
                },
                &__Digits::quant::operation::SoftmaxStep::new(
                    &__DigitsFacts::activation_digit,
                ),
                &mut form.form_digit__activation,
            );
        visitor.finish(4usize);
    }
    #[inline(always)]
    #[allow(unused_variables)]
    fn infer_int8<I: __Digits::Isa>(
        form: &Self::Form,
        isa: I,
        rounding: __Digits::quant::Rounding,
        input: &[i8],
        memory: &mut [i8],
    ) {
        let [buffer_0] = __DigitsFacts::INT8.of(memory, [0]);
        form.form_conv.run(isa, rounding, &__DigitsFacts::int8_conv, input, buffer_0);
        let [buffer_1, buffer_0] = __DigitsFacts::INT8.of(memory, [1, 0]);
        form.form_hidden
            .run(isa, rounding, &__DigitsFacts::int8_hidden, buffer_0, buffer_1);
        let [buffer_2, buffer_1] = __DigitsFacts::INT8.of(memory, [2, 1]);
        form.form_digit
            .run(isa, rounding, &__DigitsFacts::int8_digit, buffer_1, buffer_2);
        let [buffer_3, buffer_2] = __DigitsFacts::INT8.of(memory, [3, 2]);
        form.form_digit__activation
            .run(isa, __DigitsFacts::shape_digit.last(), buffer_2, buffer_3);
    }
}
