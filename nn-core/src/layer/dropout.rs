//! A layer that drops values at random while the network trains.

use super::{Backward, InPlace, Layer, Mode, Needs, Pass, Saved};
use crate::kernel::{Isa, Job, dispatch};
use crate::plain::Plain;
use crate::shape::Shape;
use crate::team::Chunks;

/// In training, sets each value to zero with the probability `rate` and divides the others by `1 - rate`, so that their
/// mean stays as it is. At inference, does nothing. It has no weights.
///
/// Whether a value is dropped is a hash of the step's key, the layer's salt, the sample's number and the value's index.
/// So nothing is stored between the passes, and it is the same for any number of threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropout;

// SAFETY: the layer holds zero floats.
unsafe impl Plain for Dropout {}

/// How much is dropped, and of what.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    rate: f32,
    salt: u64,
    shape: Shape,
}

impl Settings {
    /// Drops of samples of this shape with the probability `rate`, from 0 to 1. Layers of different `salt` drop
    /// independently of each other.
    pub const fn new(input: Shape, rate: f32, salt: u64) -> Self {
        Self { rate, salt, shape: input }
    }

    /// The shape of one sample's output: that of its input.
    pub const fn output(&self) -> Shape {
        self.shape
    }

    /// What the layer costs: nothing but time.
    pub const fn needs(&self) -> Needs {
        Needs { macs: 0, positions: 0, statistics: 0, partial: 0 }
    }

    /// Drops in every sample of a batch: forward and backward are the same.
    fn drop_in(&self, pass: Pass<'_>, data: &mut [f32]) {
        let Mode::Training { key } = pass.mode else { return };
        let len = self.shape.len().max(1);
        // About 64 KiB are one task.
        let samples = (1usize << 14).div_ceil(len);
        pass.team.split(Chunks::new(data, samples * len), |number, data| {
            for (index, data) in data.chunks_exact_mut(len).enumerate() {
                let sample = (number * samples + index) as u64;
                dispatch(Drop { rate: self.rate, key: mix(mix(mix(key) ^ self.salt) ^ sample), data });
            }
        });
    }
}

/// The mixing function of SplitMix64 (Steele, Lea and Flood 2014), by which neighbouring numbers become unrelated.
const fn mix(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The mixing function of MurmurHash3 (Appleby 2008), in 32 bits so that vectors do it.
#[inline(always)]
const fn mix_32(mut bits: u32) -> u32 {
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x85eb_ca6b);
    bits = (bits ^ (bits >> 13)).wrapping_mul(0xc2b2_ae35);
    bits ^ (bits >> 16)
}

/// Drops in one sample.
struct Drop<'a> {
    rate: f32,
    key: u64,
    data: &'a mut [f32],
}

impl Job for Drop<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        let (first, second) = (self.key as u32, (self.key >> 32) as u32);
        if self.rate >= 1.0 {
            self.data.fill(0.0);
            return;
        }
        let scale = 1.0 / (1.0 - self.rate);
        // The conversion cuts to the range of the type.
        let dropped = (f64::from(self.rate) * 4_294_967_296.0) as u32;
        for (index, value) in (0u32..).zip(self.data) {
            let draw = mix_32(mix_32(index ^ first).wrapping_add(second));
            *value = if draw < dropped { 0.0 } else { *value * scale };
        }
    }
}

impl Layer for Dropout {
    type Settings = Settings;
    type Gradient = ();

    #[inline(always)]
    fn infer<I: Isa>(&self, _isa: I, _settings: &Settings, input: &[f32], output: &mut [f32]) {
        output.copy_from_slice(input);
    }

    fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], _saved: Saved<'_>) {
        output.copy_from_slice(input);
        settings.drop_in(pass, output);
    }

    fn backward(&self, settings: &Settings, pass: Pass<'_>, backward: Backward<'_>, _gradient: Option<&mut ()>) {
        if let Some(input_gradient) = backward.input_gradient {
            input_gradient.copy_from_slice(backward.output_gradient);
            settings.drop_in(pass, input_gradient);
        }
    }
}

impl InPlace for Dropout {
    #[inline(always)]
    fn infer_in_place<I: Isa>(&self, _isa: I, _settings: &Settings, _data: &mut [f32]) {}

    fn forward_in_place(&self, settings: &Settings, pass: Pass<'_>, data: &mut [f32]) {
        settings.drop_in(pass, data);
    }

    /// `saved` is empty.
    fn backward_in_place(&self, settings: &Settings, pass: Pass<'_>, _saved: &[f32], gradient: &mut [f32]) {
        settings.drop_in(pass, gradient);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Level;
    use crate::layer::gradient_check::Check;
    use crate::team::{Backwards, Sequential, Team};
    use std::vec::Vec;

    const SHAPE: Shape = Shape::new(&[50, 41]);

    /// A batch of ones, after the layer.
    fn dropped(rate: f32, salt: u64, key: u64, batch: usize, team: &dyn Team) -> Vec<f32> {
        let mut data = std::vec![1.0; batch * SHAPE.len()];
        let pass = Pass { team, batch, mode: Mode::Training { key } };
        Dropout.forward_in_place(&Settings::new(SHAPE, rate, salt), pass, &mut data);
        data
    }

    /// The share of values that are dropped in one place or the other, but not in both.
    fn difference(a: &[f32], b: &[f32]) -> f64 {
        let count = a.iter().zip(b).filter(|(a, b)| (**a == 0.0) != (**b == 0.0)).count();
        count as f64 / a.len() as f64
    }

    #[test]
    fn as_many_are_dropped_as_asked_and_the_mean_stays() {
        for rate in [0.1, 0.25, 0.5, 0.9] {
            let data = dropped(rate, 1, 2, 40, &Sequential);
            let kept = data.iter().filter(|&&value| value != 0.0).count() as f64;
            let count = data.len() as f64;
            let deviation = (f64::from(rate) * (1.0 - f64::from(rate)) * count).sqrt();
            assert!((kept - (1.0 - f64::from(rate)) * count).abs() < 4.0 * deviation);
            assert!(data.iter().all(|&value| value == 0.0 || value == 1.0 / (1.0 - rate)));
        }
        assert!(dropped(1.0, 1, 2, 3, &Sequential).iter().all(|&value| value == 0.0));
        assert!(dropped(0.0, 1, 2, 3, &Sequential).iter().all(|&value| value == 1.0));
    }

    /// Independent masks at a rate of one half differ in half of the places. Of 2050 places that is within 0.05 of one
    /// half but for 4.5 deviations.
    #[test]
    fn samples_steps_and_layers_drop_independently() {
        let data = dropped(0.5, 1, 2, 30, &Sequential);
        let samples: Vec<&[f32]> = data.chunks(SHAPE.len()).collect();
        for (index, sample) in samples.iter().enumerate() {
            for other in &samples[..index] {
                assert!((difference(sample, other) - 0.5).abs() < 0.05);
            }
            assert!((difference(&sample[1..], &sample[..sample.len() - 1]) - 0.5).abs() < 0.05);
        }
        assert!((difference(&data, &dropped(0.5, 1, 3, 30, &Sequential)) - 0.5).abs() < 0.02);
        assert!((difference(&data, &dropped(0.5, 2, 2, 30, &Sequential)) - 0.5).abs() < 0.02);
    }

    #[test]
    fn neither_the_team_nor_the_batch_nor_the_instruction_set_matters() {
        let data = dropped(0.5, 1, 2, 30, &Sequential);
        assert_eq!(data, dropped(0.5, 1, 2, 30, &Backwards));
        assert_eq!(data[..7 * SHAPE.len()], dropped(0.5, 1, 2, 7, &Sequential));
        let on = |level: Level| {
            let mut data = [1.0; 100];
            level.run(Drop { rate: 0.3, key: 9, data: &mut data });
            data
        };
        for level in Level::available() {
            assert_eq!(on(level), on(Level::Portable(crate::kernel::Portable)));
        }
    }

    #[test]
    fn inference_drops_nothing() {
        let settings = Settings::new(SHAPE, 0.5, 1);
        let mut data = std::vec![1.0; SHAPE.len()];
        let pass = Pass { team: &Sequential, batch: 1, mode: Mode::Inference };
        Dropout.forward_in_place(&settings, pass, &mut data);
        Dropout.backward_in_place(&settings, pass, &[], &mut data);
        assert!(data.iter().all(|&value| value == 1.0));
    }

    #[test]
    fn derivatives_are_differences() {
        let shape = Shape::new(&[3, 5]);
        let settings = Settings::new(shape, 0.4, 3);
        let check = Check::<Dropout>::new(settings, shape, settings.output(), settings.needs());
        check.run();
        check.in_place(false);
    }
}
