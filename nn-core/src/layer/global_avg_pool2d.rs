//! The mean of each channel of an image.

use super::avg_pool2d::{self, AvgPool2d};
use super::{Backward, Layer, Needs, Pass, Saved};
use crate::kernel::Isa;
use crate::plain::Plain;
use crate::shape::{Padding, Shape, Window};

/// The mean of each channel: [`AvgPool2d`] with a window as large as the image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GlobalAvgPool2d;

// SAFETY: the type holds nothing.
unsafe impl Plain for GlobalAvgPool2d {}

/// The image.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pool: avg_pool2d::Settings,
    channels: usize,
}

impl Settings {
    /// Images of this shape.
    pub const fn new(input: Shape) -> Self {
        let image = [input.size(0), input.size(1)];
        let window = Window { kernel: image, stride: [1, 1], dilation: [1, 1], padding: Padding::Valid };
        Self { pool: avg_pool2d::Settings::new(input, window), channels: input.size(2) }
    }

    /// The shape of one sample's output: a value for each channel.
    pub const fn output(&self) -> Shape {
        Shape::new(&[self.channels])
    }

    /// The number of pixels whose mean is taken.
    pub(crate) const fn pixels(&self) -> usize {
        self.pool.geometry.input[0] * self.pool.geometry.input[1]
    }

    /// What the layer costs.
    pub const fn needs(&self) -> Needs {
        self.pool.needs()
    }
}

impl Layer for GlobalAvgPool2d {
    type Settings = Settings;
    type Gradient = ();

    #[inline(always)]
    fn infer<I: Isa>(&self, isa: I, settings: &Settings, input: &[f32], output: &mut [f32]) {
        AvgPool2d.infer(isa, &settings.pool, input, output);
    }

    fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], saved: Saved<'_>) {
        AvgPool2d.forward(&settings.pool, pass, input, output, saved);
    }

    fn backward(&self, settings: &Settings, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut ()>) {
        AvgPool2d.backward(&settings.pool, pass, backward, gradient);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Portable;
    use crate::layer::gradient_check::Check;

    #[test]
    fn the_mean_is_over_the_whole_image() {
        const SETTINGS: Settings = Settings::new(Shape::new(&[2, 2, 2]));
        let mut output = [0.0; 2];
        GlobalAvgPool2d.infer(Portable, &SETTINGS, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 9.0], &mut output);
        assert_eq!(output, [4.0, 5.25]);
        assert_eq!(SETTINGS.output(), Shape::new(&[2]));
    }

    #[test]
    fn derivatives_are_those_of_the_forward_pass() {
        let input = Shape::new(&[3, 3, 3]);
        let settings = Settings::new(input);
        Check::<GlobalAvgPool2d>::new(settings, input, settings.output(), settings.needs()).run();
    }

    #[test]
    fn any_shape_gives_settings() {
        assert!(Settings::new(Shape::UNKNOWN).output().is_empty());
    }
}
