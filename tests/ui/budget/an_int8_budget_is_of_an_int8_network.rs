use typednet::kernel::Isa;
use typednet::layer::{Backward, Layer, Pass, Settings};
use typednet::prelude::*;
use typednet::shape::Shape;

typednet::weights! {
    /// `output = scale * input`.
    pub struct Scale {
        /// The factor.
        pub scale: f32,
    }
}

impl Scale {
    const fn output_shape(input: Shape) -> Shape {
        input
    }

    const fn settings(input: Shape) -> Settings {
        Settings::new(input, input, ())
    }
}

impl Layer for Scale {
    type Settings = Settings;
    type Gradient = Self;

    fn infer<I: Isa>(&self, _: I, _: &Settings, input: &[f32], output: &mut [f32]) {
        output.iter_mut().zip(input).for_each(|(output, input)| *output = self.scale * input);
    }

    fn backward(&self, _: &Settings, _: Pass<'_>, _: Backward<'_>, _: Option<&mut Self>) {}
}

network! {
    #[budget(int8, ram = 1 KiB)]
    struct Scaled: [4] -> [2] { Dense(3), custom Scale, Dense(2) }
}

fn main() {}
