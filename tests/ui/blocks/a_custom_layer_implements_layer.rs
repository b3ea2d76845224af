use typednet::custom::*;
use typednet::prelude::*;

network! {
    struct Digits: [4] -> [3] {
        scale: custom Scale<4>,
        Dense(3),
    }
}

weights! {
    struct Scale<const N: usize> {
        factors: [f32; N],
    }
}

// `impl Layer for Scale` is forgotten.
impl<const N: usize> Scale<N> {
    const fn output_shape(input: Shape) -> Shape {
        input
    }

    const fn settings(input: Shape) -> Settings {
        Settings::new(input, input, ())
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 3] = net.predict(&[0.0; 4]);
    let data = Dataset::from_fn(1, |_| ([0.0f32; 4], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
