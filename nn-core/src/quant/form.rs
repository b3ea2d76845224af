//! What an int8 network remembers: its tensors, where they lie, and their names in a file.

use crate::quant::{Multiplier, SumsPlaces};
use crate::shape::Shape;
use core::mem::offset_of;

/// The prepared weights and constants of an operation or of a whole network.
///
/// # Safety
///
/// All bits zero is a valid value. At each place that [`Form::CONTENTS`] lists lies a tensor of the kind and shape that
/// are stated, whose every bit pattern is valid, and no two of them overlap. The places of
/// sums are those of words, multipliers and two bytes of this form; before the weights lies as much slack as they state, from
/// the beginning of a word on, which is no part of any tensor.
pub unsafe trait Form: Sized + Send + Sync + 'static {
    /// Its tensors.
    const CONTENTS: Contents;

    /// The value whose every bit is zero.
    // SAFETY: the contract of the trait.
    const ZERO: Self = unsafe { core::mem::zeroed() };

    /// The bytes that it takes of a chip, wherever that is asked.
    const BYTES: usize = size_of::<Self>() - Self::CONTENTS.slack();
}

/// The tensors of a form, and the forms inside it.
#[derive(Clone, Copy, Debug)]
pub struct Contents {
    /// Tensors of its own.
    pub tensors: &'static [FormTensor],
    /// Forms inside, each with a name before those of its tensors.
    pub parts: &'static [FormPart],
}

impl Contents {
    /// The bytes of slack, which only some processors need.
    pub(crate) const fn slack(&self) -> usize {
        let (mut bytes, mut number) = (0, 0);
        while number < self.tensors.len() {
            if let Kind::Marks(places) = &self.tensors[number].kind {
                bytes += places.slack;
            }
            number += 1;
        }
        let mut number = 0;
        while number < self.parts.len() {
            let part = &self.parts[number];
            let count = match part.repeated {
                None => 1,
                Some([count, _]) => count,
            };
            bytes += count * part.contents.slack();
            number += 1;
        }
        bytes
    }
}

/// A tensor of a form.
#[derive(Clone, Copy, Debug)]
pub struct FormTensor {
    /// Its name, such as `kernel`.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Its sizes.
    pub shape: Shape,
    /// Where it begins, in bytes from the beginning of the form.
    pub offset: usize,
}

/// What a tensor holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Signed bytes.
    I8,
    /// Weights: signed bytes, none of which is -128. TFLite's scheme has none, and kernels count on it: the sum of two
    /// products of such weights with bytes fits 16 bits.
    Weight,
    /// Signed words of 32 bits.
    I32,
    /// Multipliers, each a fraction, which is not negative, and a shift of -31 to 30 in words of 32 bits.
    Multiplier,
    /// Scales: floats of 32 bits that are positive and finite.
    Scale,
    /// Floats of 32 bits.
    F32,
    /// [Half floats](crate::kernel::f16), which no int8 network has.
    F16,
    /// A byte that no file holds: what is known of the sums there, whether they are usual ones, of which few instructions make
    /// bytes, and whether their weights lie in words; 0 is never wrong while they lie as in files.
    Marks(SumsPlaces),
}

impl Kind {
    /// The bytes of one number.
    pub const fn size(self) -> usize {
        match self {
            Self::I8 | Self::Weight | Self::Marks(_) => 1,
            Self::F16 => 2,
            Self::I32 | Self::Multiplier | Self::Scale | Self::F32 => 4,
        }
    }

    /// As a file of tensors names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::I8 | Self::Weight | Self::Marks(_) => "I8",
            Self::I32 | Self::Multiplier => "I32",
            Self::Scale | Self::F32 => "F32",
            Self::F16 => "F16",
        }
    }
}

impl Kind {
    /// Whether the little-endian bytes of a file are numbers that every tensor of this kind can have, but for weights of
    /// -128, whose place is told.
    pub const fn allows(self, bytes: &[u8]) -> bool {
        let size = match self {
            Self::I8 | Self::Weight | Self::I32 | Self::F32 | Self::F16 | Self::Marks(_) => return true,
            Self::Scale => 4,
            Self::Multiplier => 8,
        };
        let mut begin = 0;
        while begin + size <= bytes.len() {
            let first = word(bytes, begin);
            let allowed = match self {
                Self::Multiplier => Multiplier::from_parts(first, word(bytes, begin + 4)).is_some(),
                _ => {
                    let scale = f32::from_bits(first as u32);
                    scale > 0.0 && scale.is_finite()
                }
            };
            if !allowed {
                return false;
            }
            begin += size;
        }
        begin == bytes.len()
    }
}

/// A little-endian word.
const fn word(bytes: &[u8], begin: usize) -> i32 {
    i32::from_le_bytes([bytes[begin], bytes[begin + 1], bytes[begin + 2], bytes[begin + 3]])
}

/// Forms of one type inside another form.
#[derive(Clone, Copy, Debug)]
pub struct FormPart {
    /// The name of the operation: `block.conv`; empty for none.
    pub name: &'static str,
    /// Where the first one begins, in bytes from the beginning of the form around it.
    pub offset: usize,
    /// For forms that follow each other, how many, and how far apart they begin; each has its number for a name.
    pub repeated: Option<[usize; 2]>,
    /// What each of them holds.
    pub contents: Contents,
}

impl FormPart {
    /// One form.
    pub const fn one<F: Form>(name: &'static str, offset: usize) -> Self {
        Self { name, offset, repeated: None, contents: F::CONTENTS }
    }

    /// An array of forms.
    pub const fn array<F: Form>(name: &'static str, offset: usize, count: usize) -> Self {
        Self { name, offset, repeated: Some([count, size_of::<F>()]), contents: F::CONTENTS }
    }
}

impl FormTensor {
    /// A single byte.
    pub(super) const fn byte(name: &'static str, offset: usize) -> Self {
        Self { name, kind: Kind::I8, shape: Shape::SCALAR, offset }
    }

    /// Multipliers: a row of fraction and shift for each.
    pub(super) const fn multipliers(name: &'static str, count: usize, offset: usize) -> Self {
        const { assert!(size_of::<Multiplier>() == 2 * size_of::<i32>() && offset_of!(Multiplier, shift) == 4) }
        Self { name, kind: Kind::Multiplier, shape: Shape::new(&[count, 2]), offset }
    }

    /// What is known of the sums of constants at some places; it comes after those constants.
    pub(super) const fn marks(places: SumsPlaces, offset: usize) -> Self {
        Self { name: "marks", kind: Kind::Marks(places), shape: Shape::SCALAR, offset }
    }

    /// Some bytes.
    pub(super) const fn bytes(name: &'static str, count: usize, offset: usize) -> Self {
        Self { name, kind: Kind::I8, shape: Shape::new(&[count]), offset }
    }

    /// Some words.
    pub(super) const fn words(name: &'static str, count: usize, offset: usize) -> Self {
        Self { name, kind: Kind::I32, shape: Shape::new(&[count]), offset }
    }
}
