//! typednet under another name, its macros under other names too, without `std`.

#![no_std]
#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic)]

use nets::custom::{Backward, Isa, Layer, Pass, Settings, Shape};
use nets::{network as declare, weights as hold};

hold! {
    /// A number for each channel.
    pub struct Offset<const C: usize> {
        /// What is added.
        pub offset: [f32; C],
    }
}

impl<const C: usize> Offset<C> {
    const fn output_shape(input: Shape) -> Shape {
        input
    }
    const fn settings(input: Shape) -> Settings {
        Settings::new(input, input, ())
    }
}

impl<const C: usize> Layer for Offset<C> {
    type Settings = Settings;
    type Gradient = Self;

    fn infer<I: Isa>(&self, _: I, _: &Settings, input: &[f32], output: &mut [f32]) {
        for (index, (output, input)) in output.iter_mut().zip(input).enumerate() {
            *output = input + self.offset[index % C];
        }
    }

    fn backward(&self, _: &Settings, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut Self>) {
        let slopes = backward.output_gradient;
        if let Some(gradient) = gradient {
            pass.sum_samples(backward.saved.partial, &mut gradient.offset, |number, sums| {
                let slopes = pass.sample(slopes, number);
                slopes.iter().enumerate().for_each(|(index, slope)| sums[index % C] += slope);
            });
        }
        if let Some(gradient) = backward.input_gradient {
            gradient.copy_from_slice(slopes);
        }
    }
}

const CLASSES: usize = 3;

declare! {
    /// All blocks.
    pub struct Blocks: [4, 4, 1] -> [CLASSES] {
        conv: Conv2d(2, kernel = 3, activation = relu),
        residual { custom Offset<2>, BatchNorm },
        #[frozen]
        deep: repeat(2) { Conv2d(2, kernel = 1), Tanh },
        concat { { GlobalAvgPool2d }, { Flatten, Dropout(0.5) } },
        inner: Network(Inner),
        Dense(CLASSES, activation = softmax),
    }
}

nets::network! {
    /// A network inside the other one.
    pub struct Inner: [10] -> [4] { Dense(4, bias = false, initializer = he_normal, activation = gelu) }
}

#[cfg(test)]
mod tests {
    use super::Blocks;
    use nets::network::Network;
    use nets::plain::Plain;
    use nets::workspace::Workspace;

    #[test]
    fn it_infers() {
        let mut net = Blocks::ZERO;
        net.initialize(1);
        let mut workspace = Workspace::new();
        let sum: f32 = net.infer(&[[[0.5]; 4]; 4], &mut workspace).iter().sum();
        assert!((sum - 1.0).abs() < 1e-6);
    }
}
