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
    pub conv: typednet::__private::layer::Conv2d<3, 3, 1, 32>,
    ///
    ///`Dense(128, activation = relu)`, which gives `[128]`: 692,352 parameters.
    pub hidden: typednet::__private::layer::Dense<5408, 128>,
    ///
    ///`Dense(10, activation = softmax)`, which gives `[10]`: 1,290 parameters.
    pub digit: typednet::__private::layer::Dense<128, 10>,
}
unsafe impl typednet::__private::Plain for Digits {}
impl typednet::__private::Debug for Digits {
    fn fmt(
        &self,
        formatter: &mut typednet::__private::Formatter<'_>,
    ) -> typednet::__private::FmtResult {
        formatter.write_str("Digits")
    }
}
///The derivatives of a loss by the weights of [`Digits`].
#[repr(C)]
pub struct DigitsGradients {
    ///The derivatives by `conv`.
    pub conv: <typednet::__private::layer::Conv2d<
        3,
        3,
        1,
        32,
    > as typednet::__private::Layer>::Gradient,
    ///The derivatives by `hidden`.
    pub hidden: <typednet::__private::layer::Dense<
        5408,
        128,
    > as typednet::__private::Layer>::Gradient,
    ///The derivatives by `digit`.
    pub digit: <typednet::__private::layer::Dense<
        128,
        10,
    > as typednet::__private::Layer>::Gradient,
}
unsafe impl typednet::__private::Plain for DigitsGradients {}
impl typednet::__private::Debug for DigitsGradients {
    fn fmt(
        &self,
        formatter: &mut typednet::__private::Formatter<'_>,
    ) -> typednet::__private::FmtResult {
        formatter.write_str("DigitsGradients")
    }
}
const _: () = typednet::__private::assert_layout::<
    Digits,
>(
    &[
        1
            * <typednet::__private::layer::Conv2d<
                3,
                3,
                1,
                32,
            > as typednet::__private::Plain>::FLOATS,
        1
            * <typednet::__private::layer::Dense<
                5408,
                128,
            > as typednet::__private::Plain>::FLOATS,
        1
            * <typednet::__private::layer::Dense<
                128,
                10,
            > as typednet::__private::Plain>::FLOATS,
    ],
);
#[doc(hidden)]
#[allow(dead_code, non_camel_case_types)]
struct __DigitsFacts;
#[allow(dead_code, long_running_const_eval, non_upper_case_globals)]
impl __DigitsFacts {
    const INPUT: typednet::__private::Shape = typednet::__private::Shape::new(
        &[28, 28, 1],
    );
    const shape_conv: typednet::__private::Shape = typednet::__private::Shape::new(
        &[26, 26, 32],
    );
    const shape_pool: typednet::__private::Shape = typednet::__private::Shape::new(
        &[13, 13, 32],
    );
    const shape_flatten_1: typednet::__private::Shape = typednet::__private::Shape::new(
        &[5408],
    );
    const shape_hidden: typednet::__private::Shape = typednet::__private::Shape::new(
        &[128],
    );
    const shape_digit: typednet::__private::Shape = typednet::__private::Shape::new(
        &[10],
    );
    const settings_conv: <typednet::__private::layer::Conv2d<
        3,
        3,
        1,
        32,
    > as typednet::__private::Layer>::Settings = typednet::__private::layer::conv2d::Settings::new(
        __DigitsFacts::INPUT,
        32,
        typednet::__private::Window {
            kernel: [3, 3],
            stride: [1, 1],
            dilation: [1, 1],
            padding: typednet::__private::Padding::Valid,
        },
        1,
        typednet::__private::Initializers {
            kernel: typednet::__private::Initializer::GlorotUniform,
            bias: typednet::__private::Initializer::Zeros,
        },
    );
    const activation_conv: typednet::__private::layer::activation::Settings = typednet::__private::layer::activation::Settings::new(
        __DigitsFacts::shape_conv,
        typednet::__private::layer::Function::Relu,
    );
    const settings_pool: <typednet::__private::layer::MaxPool2d as typednet::__private::Layer>::Settings = typednet::__private::layer::max_pool2d::Settings::new(
        __DigitsFacts::shape_conv,
        typednet::__private::Window {
            kernel: [2, 2],
            stride: [2, 2],
            dilation: [1, 1],
            padding: typednet::__private::Padding::Valid,
        },
    );
    const settings_hidden: <typednet::__private::layer::Dense<
        5408,
        128,
    > as typednet::__private::Layer>::Settings = typednet::__private::layer::dense::Settings::new(
        __DigitsFacts::shape_flatten_1,
        128,
        typednet::__private::Initializers {
            kernel: typednet::__private::Initializer::GlorotUniform,
            bias: typednet::__private::Initializer::Zeros,
        },
    );
    const activation_hidden: typednet::__private::layer::activation::Settings = typednet::__private::layer::activation::Settings::new(
        __DigitsFacts::shape_hidden,
        typednet::__private::layer::Function::Relu,
    );
    const settings_digit: <typednet::__private::layer::Dense<
        128,
        10,
    > as typednet::__private::Layer>::Settings = typednet::__private::layer::dense::Settings::new(
        __DigitsFacts::shape_hidden,
        10,
        typednet::__private::Initializers {
            kernel: typednet::__private::Initializer::GlorotUniform,
            bias: typednet::__private::Initializer::Zeros,
        },
    );
    const activation_digit: typednet::__private::layer::activation::Settings = typednet::__private::layer::activation::Settings::new(
        __DigitsFacts::shape_digit,
        typednet::__private::layer::Function::Softmax,
    );
    const pooled_pool: typednet::__private::layer::max_pooled::Settings = typednet::__private::layer::max_pooled::Settings::new(
        __DigitsFacts::settings_conv,
        typednet::__private::Option::Some(typednet::__private::layer::Function::Relu),
        __DigitsFacts::settings_pool,
    );
    const INFERENCE: typednet::__private::Plan<3usize> = typednet::__private::Plan::new([
        typednet::__private::Buffer {
            len: __DigitsFacts::shape_pool.len(),
            first: 0,
            last: 2,
        },
        typednet::__private::Buffer {
            len: __DigitsFacts::shape_hidden.len(),
            first: 2,
            last: 4,
        },
        typednet::__private::Buffer {
            len: __DigitsFacts::shape_digit.len(),
            first: 4,
            last: 6,
        },
    ]);
    const TRAINING: typednet::__private::Plan<6usize> = typednet::__private::Plan::new([
        typednet::__private::Buffer {
            len: __DigitsFacts::shape_pool.len(),
            first: 0,
            last: 8,
        },
        typednet::__private::Buffer {
            len: __DigitsFacts::shape_hidden.len(),
            first: 2,
            last: 7,
        },
        typednet::__private::Buffer {
            len: __DigitsFacts::shape_digit.len(),
            first: 4,
            last: 5,
        },
        typednet::__private::Buffer {
            len: __DigitsFacts::shape_digit.len(),
            first: 5,
            last: 6,
        },
        typednet::__private::Buffer {
            len: __DigitsFacts::shape_hidden.len(),
            first: 6,
            last: 8,
        },
        typednet::__private::Buffer {
            len: __DigitsFacts::shape_flatten_1.len(),
            first: 8,
            last: 10,
        },
    ]);
    const SAVED: typednet::__private::SavedPlan<3usize> = typednet::__private::SavedPlan::new([
        __DigitsFacts::pooled_pool.needs(),
        __DigitsFacts::settings_hidden.needs(),
        __DigitsFacts::settings_digit.needs(),
    ]);
    const SPANS: typednet::__private::SpanList<{ 0 + 1 + 1 + 1 }> = typednet::__private::SpanList::new(
        &[
            typednet::__private::SpanPart::layer::<
                typednet::__private::layer::Conv2d<3, 3, 1, 32>,
            >(),
            typednet::__private::SpanPart::layer::<
                typednet::__private::layer::Dense<5408, 128>,
            >(),
            typednet::__private::SpanPart::layer::<
                typednet::__private::layer::Dense<128, 10>,
            >(),
        ],
    );
}
impl typednet::__private::Network for Digits {
    type Input = [[[f32; 1]; 28]; 28];
    type Output = [f32; 10];
    type Memory = [f32; __DigitsFacts::INFERENCE.total()];
    const NAME: &'static str = "Digits";
    const PARAMETERS: usize = <Self as typednet::__private::Plain>::FLOATS;
    const MACS: usize = typednet::__private::total_macs(
        <Self as typednet::__private::Network>::LAYERS,
    );
    const WORKSPACE_LOWER_BOUND: usize = 4 * __DigitsFacts::INFERENCE.lower_bound();
    const LAYERS: &'static [typednet::__private::LayerInfo] = &[
        typednet::__private::layer_info::<
            typednet::__private::layer::Conv2d<3, 3, 1, 32>,
        >(
            "conv",
            "Conv2d",
            __DigitsFacts::INPUT,
            __DigitsFacts::shape_conv,
            __DigitsFacts::settings_conv.needs(),
            false,
        ),
        typednet::__private::layer_info::<
            typednet::__private::layer::MaxPool2d,
        >(
            "pool",
            "MaxPool2d",
            __DigitsFacts::shape_conv,
            __DigitsFacts::shape_pool,
            __DigitsFacts::settings_pool.needs(),
            false,
        ),
        typednet::__private::layer_info::<
            typednet::__private::layer::Flatten,
        >(
            "flatten_1",
            "Flatten",
            __DigitsFacts::shape_pool,
            __DigitsFacts::shape_flatten_1,
            typednet::__private::Needs::NONE,
            false,
        ),
        typednet::__private::layer_info::<
            typednet::__private::layer::Dense<5408, 128>,
        >(
            "hidden",
            "Dense",
            __DigitsFacts::shape_flatten_1,
            __DigitsFacts::shape_hidden,
            __DigitsFacts::settings_hidden.needs(),
            false,
        ),
        typednet::__private::layer_info::<
            typednet::__private::layer::Dense<128, 10>,
        >(
            "digit",
            "Dense",
            __DigitsFacts::shape_hidden,
            __DigitsFacts::shape_digit,
            __DigitsFacts::settings_digit.needs(),
            false,
        ),
    ];
    const OUTPUT: typednet::__private::Range<usize> = __DigitsFacts::INFERENCE.range(2);
    fn weights(&self) -> &[f32] {
        typednet::__private::Plain::floats(self)
    }
    fn weights_mut(&mut self) -> &mut [f32] {
        typednet::__private::Plain::floats_mut(self)
    }
    #[allow(unused_variables)]
    fn initialize(&mut self, seed: u64) {
        #[allow(unused_imports)]
        use typednet::__private::{
            InPlace as _, Layer as _, Network as _, Trainable as _,
        };
        self.conv
            .initialize(
                &__DigitsFacts::settings_conv,
                &mut typednet::__private::Random::new(seed, 0),
            );
        self.hidden
            .initialize(
                &__DigitsFacts::settings_hidden,
                &mut typednet::__private::Random::new(seed, 1),
            );
        self.digit
            .initialize(
                &__DigitsFacts::settings_digit,
                &mut typednet::__private::Random::new(seed, 2),
            );
    }
    #[inline(always)]
    #[allow(unused_variables)]
    fn infer_on<I: typednet::__private::Isa>(
        &self,
        isa: I,
        input: &[f32],
        memory: &mut [f32],
    ) {
        #[allow(unused_imports)]
        use typednet::__private::{
            InPlace as _, Layer as _, Network as _, Trainable as _,
        };
        let [target] = typednet::__private::disjoint(
            memory,
            [__DigitsFacts::INFERENCE.range(0)],
        );
        typednet::__private::layer::MaxPooled(&self.conv)
            .infer(isa, &__DigitsFacts::pooled_pool, input, target);
        let [source, target] = typednet::__private::disjoint(
            memory,
            [__DigitsFacts::INFERENCE.range(0), __DigitsFacts::INFERENCE.range(1)],
        );
        self.hidden.infer(isa, &__DigitsFacts::settings_hidden, source, target);
        let [data] = typednet::__private::disjoint(
            memory,
            [__DigitsFacts::INFERENCE.range(1)],
        );
        typednet::__private::layer::Activation
            .infer_in_place(isa, &__DigitsFacts::activation_hidden, data);
        let [source, target] = typednet::__private::disjoint(
            memory,
            [__DigitsFacts::INFERENCE.range(1), __DigitsFacts::INFERENCE.range(2)],
        );
        self.digit.infer(isa, &__DigitsFacts::settings_digit, source, target);
        let [data] = typednet::__private::disjoint(
            memory,
            [__DigitsFacts::INFERENCE.range(2)],
        );
        typednet::__private::layer::Activation
            .infer_in_place(isa, &__DigitsFacts::activation_digit, data);
    }
}
impl typednet::__private::Trainable for Digits {
    type Gradients = DigitsGradients;
    type Head = typednet::__private::head::Softmax;
    const SPANS: &'static [typednet::__private::Span] = __DigitsFacts::SPANS.as_slice();
    const TRAINING: typednet::__private::TrainingNeeds = typednet::__private::TrainingNeeds {
        activations: __DigitsFacts::TRAINING.total(),
        positions: __DigitsFacts::SAVED.positions(),
        statistics: __DigitsFacts::SAVED.statistics(),
        partial: __DigitsFacts::SAVED.partial(),
    };
    const LOGITS: typednet::__private::Range<usize> = __DigitsFacts::TRAINING.range(2);
    const LOGITS_GRADIENT: typednet::__private::Range<usize> = __DigitsFacts::TRAINING
        .range(3);
    #[allow(unused_variables)]
    fn forward(
        &self,
        pass: typednet::__private::Pass<'_>,
        input: &[f32],
        memory: &mut typednet::__private::TrainingMemory<'_>,
    ) {
        #[allow(unused_imports)]
        use typednet::__private::{
            InPlace as _, Layer as _, Network as _, Trainable as _,
        };
        let [target] = typednet::__private::disjoint(
            memory.activations,
            [typednet::__private::scaled(&__DigitsFacts::TRAINING.range(0), pass.batch)],
        );
        typednet::__private::layer::MaxPooled(&self.conv)
            .forward(
                &__DigitsFacts::pooled_pool,
                pass,
                input,
                target,
                __DigitsFacts::SAVED
                    .of(
                        0,
                        pass.batch,
                        memory.positions,
                        memory.statistics,
                        memory.partial,
                    ),
            );
        let [source, target] = typednet::__private::disjoint(
            memory.activations,
            [
                typednet::__private::scaled(
                    &__DigitsFacts::TRAINING.range(0),
                    pass.batch,
                ),
                typednet::__private::scaled(
                    &__DigitsFacts::TRAINING.range(1),
                    pass.batch,
                ),
            ],
        );
        self.hidden
            .forward(
                &__DigitsFacts::settings_hidden,
                pass,
                source,
                target,
                __DigitsFacts::SAVED
                    .of(
                        1,
                        pass.batch,
                        memory.positions,
                        memory.statistics,
                        memory.partial,
                    ),
            );
        let [data] = typednet::__private::disjoint(
            memory.activations,
            [typednet::__private::scaled(&__DigitsFacts::TRAINING.range(1), pass.batch)],
        );
        typednet::__private::layer::Activation
            .forward_in_place(&__DigitsFacts::activation_hidden, pass, data);
        let [source, target] = typednet::__private::disjoint(
            memory.activations,
            [
                typednet::__private::scaled(
                    &__DigitsFacts::TRAINING.range(1),
                    pass.batch,
                ),
                typednet::__private::scaled(
                    &__DigitsFacts::TRAINING.range(2),
                    pass.batch,
                ),
            ],
        );
        self.digit
            .forward(
                &__DigitsFacts::settings_digit,
                pass,
                source,
                target,
                __DigitsFacts::SAVED
                    .of(
                        2,
                        pass.batch,
                        memory.positions,
                        memory.statistics,
                        memory.partial,
                    ),
            );
    }
    #[allow(unused_variables, unused_mut)]
    fn backward_on(
        &self,
        pass: typednet::__private::Pass<'_>,
        input: &[f32],
        memory: &mut typednet::__private::TrainingMemory<'_>,
        mut gradients: typednet::__private::Option<&mut DigitsGradients>,
        mut input_gradient: typednet::__private::Option<&mut [f32]>,
    ) {
        #[allow(unused_imports)]
        use typednet::__private::{
            InPlace as _, Layer as _, Network as _, Trainable as _,
        };
        {
            let [output_gradient, source, target] = typednet::__private::disjoint(
                memory.activations,
                [
                    typednet::__private::scaled(
                        &__DigitsFacts::TRAINING.range(3),
                        pass.batch,
                    ),
                    typednet::__private::scaled(
                        &__DigitsFacts::TRAINING.range(1),
                        pass.batch,
                    ),
                    typednet::__private::scaled(
                        &__DigitsFacts::TRAINING.range(4),
                        pass.batch,
                    ),
                ],
            );
            let arrived = typednet::__private::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: typednet::__private::Option::Some(target),
                saved: __DigitsFacts::SAVED
                    .of(
                        2,
                        pass.batch,
                        memory.positions,
                        memory.statistics,
                        memory.partial,
                    ),
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
            let [gradient, saved] = typednet::__private::disjoint(
                memory.activations,
                [
                    typednet::__private::scaled(
                        &__DigitsFacts::TRAINING.range(4),
                        pass.batch,
                    ),
                    typednet::__private::scaled(
                        &__DigitsFacts::TRAINING.range(1),
                        pass.batch,
                    ),
                ],
            );
            typednet::__private::layer::Activation
                .backward_in_place(
                    &__DigitsFacts::activation_hidden,
                    pass,
                    saved,
                    gradient,
                );
        }
        {
            let [output_gradient, source, target] = typednet::__private::disjoint(
                memory.activations,
                [
                    typednet::__private::scaled(
                        &__DigitsFacts::TRAINING.range(4),
                        pass.batch,
                    ),
                    typednet::__private::scaled(
                        &__DigitsFacts::TRAINING.range(0),
                        pass.batch,
                    ),
                    typednet::__private::scaled(
                        &__DigitsFacts::TRAINING.range(5),
                        pass.batch,
                    ),
                ],
            );
            let arrived = typednet::__private::Backward {
                input: source,
                output_gradient: output_gradient,
                input_gradient: typednet::__private::Option::Some(target),
                saved: __DigitsFacts::SAVED
                    .of(
                        1,
                        pass.batch,
                        memory.positions,
                        memory.statistics,
                        memory.partial,
                    ),
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
            let [output_gradient] = typednet::__private::disjoint(
                memory.activations,
                [
                    typednet::__private::scaled(
                        &__DigitsFacts::TRAINING.range(5),
                        pass.batch,
                    ),
                ],
            );
            let arrived = typednet::__private::Backward {
                input: input,
                output_gradient: output_gradient,
                input_gradient: input_gradient.as_deref_mut(),
                saved: __DigitsFacts::SAVED
                    .of(
                        0,
                        pass.batch,
                        memory.positions,
                        memory.statistics,
                        memory.partial,
                    ),
            };
            typednet::__private::layer::MaxPooled(&self.conv)
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
        use typednet::__private::{
            InPlace as _, Layer as _, Network as _, Trainable as _,
        };
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
