//! The largest value under a window that slides over an image.

use super::{Backward, Layer, Needs, Pass, Saved};
use crate::kernel::pool::{MaxPool, MaxPoolBackward, planes};
use crate::kernel::{Geometry, Isa, dispatch};
use crate::plain::Plain;
use crate::shape::{Shape, Window};
use crate::team::Chunks;

/// The largest value under each position of a window, channel by channel. With [`crate::shape::Padding::Same`] what lies
/// beyond the border is smaller than everything.
///
/// A value that is not a number makes its outputs not numbers. Of several largest values the first one in row-major
/// order gets the gradient, as in Keras.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxPool2d;

// SAFETY: the type holds nothing.
unsafe impl Plain for MaxPool2d {}

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

    /// What the layer costs: for each output it is saved where the maximum was found, in one byte for windows of up to
    /// 256 cells.
    pub const fn needs(&self) -> Needs {
        let [height, width] = self.geometry.output;
        let outputs = height.saturating_mul(width).saturating_mul(self.channels);
        Needs { macs: 0, positions: outputs.saturating_mul(planes(&self.geometry)), statistics: 0, partial: 0 }
    }
}

impl Layer for MaxPool2d {
    type Settings = Settings;
    type Gradient = ();

    #[inline(always)]
    fn infer<I: Isa>(&self, isa: I, settings: &Settings, input: &[f32], output: &mut [f32]) {
        let Settings { geometry, channels } = settings;
        isa.run(MaxPool { geometry, channels: *channels, input, output, positions: &mut [] });
    }

    fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], saved: Saved<'_>) {
        let Settings { geometry, channels } = settings;
        let batch = pass.batch.max(1);
        let (inputs, outputs, bytes) = (input.len() / batch, output.len() / batch, saved.positions.len() / batch);
        let parts = (Chunks::new(output, outputs), Chunks::new(saved.positions, bytes));
        pass.team.split(parts, |sample, (output, positions)| {
            let input = &input[sample * inputs..][..inputs];
            dispatch(MaxPool { geometry, channels: *channels, input, output, positions });
        });
    }

    fn backward(&self, settings: &Settings, pass: Pass<'_>, backward: Backward<'_>, _gradient: Option<&mut ()>) {
        let Settings { geometry, channels } = settings;
        let Backward { output_gradient, input_gradient: Some(input_gradient), saved, .. } = backward else {
            return;
        };
        let batch = pass.batch.max(1);
        let (outputs, bytes) = (output_gradient.len() / batch, saved.positions.len() / batch);
        let (positions, inputs) = (&*saved.positions, input_gradient.len() / batch);
        pass.team.split(Chunks::new(input_gradient, inputs), |sample, input_gradient| {
            let output_gradient = &output_gradient[sample * outputs..][..outputs];
            let positions = &positions[sample * bytes..][..bytes];
            dispatch(MaxPoolBackward { geometry, channels: *channels, positions, output_gradient, input_gradient });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Level, Portable};
    use crate::layer::gradient_check::Check;
    use crate::random::Random;
    use crate::shape::Padding;
    use std::vec;
    use std::vec::Vec;

    fn settings(input: [usize; 3], kernel: [usize; 2], stride: [usize; 2], padding: Padding) -> Settings {
        Settings::new(Shape::new(&input), Window { kernel, stride, dilation: [1, 1], padding })
    }

    /// Shuffled whole numbers, so that no two values are near each other.
    fn distinct(len: usize) -> Vec<f32> {
        let mut random = Random::new(3, 0);
        let mut values: Vec<f32> = (0..len).map(|value| value as f32).collect();
        (1..len).rev().for_each(|last| values.swap(last, random.below(last as u32 + 1) as usize));
        values
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
            let check = Check::new(settings, Shape::new(&input), settings.output(), settings.needs());
            check.at(&mut MaxPool2d, distinct(2 * input.iter().product::<usize>()));
        }
    }

    #[test]
    fn the_first_of_equal_maxima_gets_the_gradient() {
        let settings = settings([3, 3, 1], [2, 2], [1, 1], Padding::Valid);
        let image = [0.0, 2.0, 2.0, 2.0, 1.0, 0.0, 2.0, 2.0, 3.0];
        let (output, gradient) = both_ways(&settings, &image, &[1.0, 10.0, 100.0, 1000.0]);
        assert_eq!(output, [2.0, 2.0, 2.0, 3.0]);
        assert_eq!(gradient, [0.0, 11.0, 0.0, 100.0, 0.0, 0.0, 0.0, 0.0, 1000.0]);
    }

    #[test]
    fn what_is_not_finite_is_not_lost() {
        const NAN: f32 = f32::NAN;
        const LOW: f32 = f32::NEG_INFINITY;
        let settings = settings([2, 8, 1], [2, 2], [2, 2], Padding::Valid);
        let image = [1.0, NAN, LOW, LOW, f32::INFINITY, 0.0, NAN, NAN, 2.0, 3.0, LOW, LOW, NAN, 1.0, 5.0, 6.0];
        let (output, gradient) = both_ways(&settings, &image, &[1.0, 2.0, 3.0, 4.0]);
        assert!(output[0].is_nan() && output[1] == LOW && output[2].is_nan() && output[3].is_nan());
        assert_eq!(gradient, [0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn large_windows_have_two_planes_of_positions() {
        let settings = settings([20, 18, 17], [20, 18], [1, 1], Padding::Valid);
        assert_eq!(settings.needs().positions, 2 * 17);
        let image = distinct(20 * 18 * 17);
        let (output, gradient) = both_ways(&settings, &image, &[1.0; 17]);
        for (channel, &found) in output.iter().enumerate() {
            let largest = image.iter().skip(channel).step_by(17).fold(0.0f32, |largest, &value| largest.max(value));
            assert_eq!(found, largest);
        }
        let found: Vec<f32> = image.iter().zip(&gradient).filter(|pair| *pair.1 != 0.0).map(|pair| *pair.0).collect();
        assert_eq!(found.len(), 17);
        assert!(found.iter().all(|value| output.contains(value)));
    }

    #[test]
    fn every_instruction_set_agrees() {
        for padding in [Padding::Valid, Padding::Same] {
            for channels in [1, 7, 8, 16, 21] {
                let settings = settings([9, 8, channels], [3, 2], [2, 1], padding);
                let input = distinct(9 * 8 * channels);
                let outputs = settings.output().len();
                let run = |level: Level| {
                    let (mut output, mut positions) = (vec![f32::NAN; outputs], vec![0; outputs]);
                    let Settings { geometry, channels } = &settings;
                    let (input, positions_mut) = (&input[..], &mut positions[..]);
                    let channels = *channels;
                    level.run(MaxPool { geometry, channels, input, output: &mut output, positions: positions_mut });
                    let mut gradient = vec![f32::NAN; input.len()];
                    let (output_gradient, input_gradient, positions) = (&output[..], &mut gradient[..], &positions[..]);
                    level.run(MaxPoolBackward { geometry, channels, positions, output_gradient, input_gradient });
                    (output, positions.to_vec(), gradient)
                };
                let expected = run(Level::Portable(Portable));
                Level::available().for_each(|level| assert_eq!(run(level), expected, "{level:?}"));
            }
        }
    }

    /// The output and the derivative by the input, of one sample.
    fn both_ways(settings: &Settings, input: &[f32], output_gradient: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let pass = Pass { team: &crate::team::Sequential, batch: 1, mode: crate::layer::Mode::Inference };
        let mut positions = vec![0; settings.needs().positions];
        let (mut output, mut gradient) = (vec![0.0; output_gradient.len()], vec![0.0; input.len()]);
        let saved = Saved { positions: &mut positions, ..Saved::default() };
        MaxPool2d.forward(settings, pass, input, &mut output, saved);
        let saved = Saved { positions: &mut positions, ..Saved::default() };
        let input_gradient = Some(&mut gradient[..]);
        MaxPool2d.backward(settings, pass, Backward { input, output_gradient, input_gradient, saved }, None);
        (output, gradient)
    }
}
