//! The mean under a window that slides over an image.

use super::{Backward, Layer, Needs, Pass, Saved};
use crate::kernel::pool::{AveragePool, AveragePoolBackward};
use crate::kernel::{Geometry, Isa, dispatch};
use crate::plain::Plain;
use crate::shape::{Shape, Window};
use crate::team::Chunks;

/// The mean of the values under each position of a window, channel by channel. With [`crate::shape::Padding::Same`] the
/// mean is over the pixels that lie inside the image, as in Keras.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AvgPool2d;

// SAFETY: the type holds nothing.
unsafe impl Plain for AvgPool2d {}

/// The window and the image.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub(crate) geometry: Geometry,
    pub(crate) channels: usize,
}

impl Settings {
    /// A window on images of this shape.
    pub const fn new(input: Shape, window: Window) -> Self {
        Self { geometry: window.on([input.size(0), input.size(1)]), channels: input.size(2) }
    }

    /// The shape of one sample's output.
    pub const fn output(&self) -> Shape {
        Shape::new(&[self.geometry.output[0], self.geometry.output[1], self.channels])
    }

    /// What the layer costs: no memory, and no multiplications.
    pub const fn needs(&self) -> Needs {
        Needs { macs: 0, positions: 0, statistics: 0, partial: 0 }
    }
}

impl Layer for AvgPool2d {
    type Settings = Settings;
    type Gradient = ();

    #[inline(always)]
    fn infer<I: Isa>(&self, isa: I, settings: &Settings, input: &[f32], output: &mut [f32]) {
        isa.run(AveragePool { geometry: &settings.geometry, channels: settings.channels, input, output });
    }

    fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], _saved: Saved<'_>) {
        let Settings { geometry, channels } = settings;
        let (inputs, outputs) = (input.len() / pass.batch.max(1), output.len() / pass.batch.max(1));
        pass.team.split(Chunks::new(output, outputs), |sample, output| {
            let input = &input[sample * inputs..][..inputs];
            dispatch(AveragePool { geometry, channels: *channels, input, output });
        });
    }

    fn backward(&self, settings: &Settings, pass: Pass<'_>, backward: Backward<'_>, _gradient: Option<&mut ()>) {
        let Settings { geometry, channels } = settings;
        let Backward { output_gradient, input_gradient: Some(input_gradient), .. } = backward else {
            return;
        };
        let (inputs, outputs) = (input_gradient.len() / pass.batch.max(1), output_gradient.len() / pass.batch.max(1));
        pass.team.split(Chunks::new(input_gradient, inputs), |sample, input_gradient| {
            let output_gradient = &output_gradient[sample * outputs..][..outputs];
            dispatch(AveragePoolBackward { geometry, channels: *channels, output_gradient, input_gradient });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Level;
    use crate::layer::gradient_check::Check;
    use crate::shape::Padding;
    use std::vec;
    use std::vec::Vec;

    fn settings(input: [usize; 3], kernel: [usize; 2], stride: [usize; 2], padding: Padding) -> Settings {
        Settings::new(Shape::new(&input), Window { kernel, stride, dilation: [1, 1], padding })
    }

    #[test]
    fn derivatives_are_those_of_the_forward_pass() {
        for (input, kernel, stride, padding) in [
            ([4, 6, 3], [2, 2], [2, 2], Padding::Valid),
            ([5, 5, 5], [3, 2], [1, 1], Padding::Valid),
            ([5, 4, 2], [3, 3], [2, 1], Padding::Same),
            ([4, 4, 18], [2, 2], [3, 3], Padding::Valid),
        ] {
            let settings = settings(input, kernel, stride, padding);
            Check::<AvgPool2d>::new(settings, Shape::new(&input), settings.output(), settings.needs()).run();
        }
    }

    #[test]
    fn what_lies_beyond_the_border_does_not_count() {
        let settings = settings([2, 3, 1], [2, 2], [1, 2], Padding::Same);
        let mut output = [0.0; 4];
        for level in Level::available() {
            let (geometry, input) = (&settings.geometry, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
            level.run(AveragePool { geometry, channels: 1, input, output: &mut output });
            assert_eq!(output, [3.0, 4.5, 4.5, 6.0]);
        }
    }

    #[test]
    fn every_instruction_set_agrees_on_every_number_of_channels() {
        for channels in [1, 7, 8, 16, 21] {
            let settings = settings([4, 4, channels], [2, 2], [2, 2], Padding::Valid);
            let geometry = &settings.geometry;
            // Means of four quarters are exact.
            let input: Vec<f32> = (0..16 * channels).map(|value| (value * 37 % 101) as f32 / 4.0).collect();
            let value = |y: usize, x: usize, channel: usize| input[(y * 4 + x) * channels + channel];
            for level in Level::available() {
                let mut output = vec![f32::NAN; 4 * channels];
                level.run(AveragePool { geometry, channels, input: &input, output: &mut output });
                let mut gradient = vec![f32::NAN; 16 * channels];
                let (output_gradient, input_gradient) = (&output[..], &mut gradient[..]);
                level.run(AveragePoolBackward { geometry, channels, output_gradient, input_gradient });
                for (index, &found) in output.iter().enumerate() {
                    let (y, x, channel) = (index / channels / 2 * 2, index / channels % 2 * 2, index % channels);
                    let pixels = [(y, x), (y, x + 1), (y + 1, x), (y + 1, x + 1)];
                    let sum: f32 = pixels.iter().map(|&(y, x)| value(y, x, channel)).sum();
                    assert_eq!(found, sum / 4.0, "{level:?}");
                    for (y, x) in pixels {
                        assert_eq!(gradient[(y * 4 + x) * channels + channel], found / 4.0, "{level:?}");
                    }
                }
            }
        }
    }
}
