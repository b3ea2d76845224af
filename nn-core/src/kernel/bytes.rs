//! Images as they are stored, in bytes, as floats.

use super::{Isa, Job};

/// `output = bytes / divisor`, as far as both go.
///
/// ```
/// use nn_core::kernel::{bytes::Scaled, dispatch};
///
/// let mut output = [0.0; 3];
/// dispatch(Scaled { bytes: &[0, 51, 255], divisor: 255.0, output: &mut output });
/// assert_eq!(output, [0.0, 0.2, 1.0]);
/// ```
#[derive(Debug)]
pub struct Scaled<'a> {
    /// Whole numbers of 0 to 255.
    pub bytes: &'a [u8],
    /// By what they are divided.
    pub divisor: f32,
    /// As many floats.
    pub output: &'a mut [f32],
}

impl Job for Scaled<'_> {
    type Output = ();

    // Compilers make vectors of it by themselves, of the instruction set for which it is compiled.
    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        for (output, &byte) in self.output.iter_mut().zip(self.bytes) {
            *output = f32::from(byte) / self.divisor;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Level;

    #[test]
    fn every_byte_is_divided_on_every_level() {
        let bytes: std::vec::Vec<u8> = (0..=255).collect();
        for level in Level::available() {
            for len in [0, 1, 15, 17, 256] {
                let mut output = [9.0; 256];
                level.run(Scaled { bytes: &bytes[..len], divisor: 255.0, output: &mut output });
                for (byte, &found) in output.iter().enumerate() {
                    // A quotient of floats is correctly rounded whatever the instruction.
                    assert_eq!(found, if byte < len { byte as f32 / 255.0 } else { 9.0 }, "{level:?}");
                }
            }
        }
    }
}
