//! The largest value of each channel of an image.

use super::max_pool2d::{self, MaxPool2d};
use super::{Backward, Layer, Needs, Pass, Saved};
use crate::kernel::Isa;
use crate::plain::Plain;
use crate::shape::{Padding, Shape, Window};

/// The largest value of each channel: [`MaxPool2d`] with a window as large as the image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GlobalMaxPool2d;

// SAFETY: the type holds nothing.
unsafe impl Plain for GlobalMaxPool2d {}

/// The image.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub(crate) pool: max_pool2d::Settings,
    channels: usize,
}

impl Settings {
    /// Images of this shape.
    pub const fn new(input: Shape) -> Self {
        let image = [input.size(0), input.size(1)];
        let window = Window { kernel: image, stride: [1, 1], dilation: [1, 1], padding: Padding::Valid };
        Self { pool: max_pool2d::Settings::new(input, window), channels: input.size(2) }
    }

    /// The shape of one sample's output: a value for each channel.
    pub const fn output(&self) -> Shape {
        Shape::new(&[self.channels])
    }

    /// What the layer costs.
    pub const fn needs(&self) -> Needs {
        self.pool.needs()
    }
}

impl Layer for GlobalMaxPool2d {
    type Settings = Settings;
    type Gradient = ();

    #[inline(always)]
    fn infer<I: Isa>(&self, isa: I, settings: &Settings, input: &[f32], output: &mut [f32]) {
        MaxPool2d.infer(isa, &settings.pool, input, output);
    }

    fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], saved: Saved<'_>) {
        MaxPool2d.forward(&settings.pool, pass, input, output, saved);
    }

    fn backward(&self, settings: &Settings, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut ()>) {
        MaxPool2d.backward(&settings.pool, pass, backward, gradient);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Portable;
    use crate::layer::gradient_check::Check;
    use std::vec::Vec;

    #[test]
    fn the_maximum_is_over_the_whole_image() {
        const SETTINGS: Settings = Settings::new(Shape::new(&[2, 2, 2]));
        let mut output = [0.0; 2];
        GlobalMaxPool2d.infer(Portable, &SETTINGS, &[1.0, 12.0, 3.0, 4.0, 5.0, 6.0, 4.0, 9.0], &mut output);
        assert_eq!(output, [5.0, 12.0]);
        assert_eq!(SETTINGS.needs().positions, 2);
        assert_eq!(Settings::new(Shape::new(&[17, 16, 2])).needs().positions, 4);
    }

    #[test]
    fn derivatives_are_those_of_the_forward_pass() {
        // 277 is prime, so that no value comes twice.
        for image in [[3, 3, 3], [16, 17, 1]] {
            let input = Shape::new(&image);
            let settings = Settings::new(input);
            let check = Check::new(settings, input, settings.output(), settings.needs());
            let values: Vec<f32> = (1..=input.len()).map(|value| (value * 91 % 277) as f32).collect();
            check.at(&mut GlobalMaxPool2d, values);
        }
    }

    #[test]
    fn any_shape_gives_settings() {
        assert!(Settings::new(Shape::UNKNOWN).output().is_empty());
    }
}
