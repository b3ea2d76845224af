use typednet::custom::*;
use typednet::prelude::*;

network! {
    struct Digits: [8, 8, 4] -> [10] {
        scale: custom Scale<8>(1.0),
        GlobalAvgPool2d,
        Dense(10),
    }
}

weights! {
    struct Scale<const C: usize> {
        factor: [f32; C],
    }
}

impl<const C: usize> Scale<C> {
    const fn output_shape(input: Shape, _first: f32) -> Shape {
        if input.last() == C { input } else { Shape::UNKNOWN }
    }

    const fn settings(input: Shape, _first: f32) -> Settings {
        Settings::new(input, input, ())
    }
}

impl<const C: usize> Layer for Scale<C> {
    type Settings = Settings;
    type Gradient = Self;
    fn infer<I: Isa>(&self, _: I, _: &Settings, _: &[f32], _: &mut [f32]) {}
    fn backward(&self, _: &Settings, _: Pass<'_>, _: Backward<'_>, _: Option<&mut Self>) {}
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[[[0.0; 4]; 8]; 8]);
    let data = Dataset::from_fn(1, |_| ([[[0.0f32; 4]; 8]; 8], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
