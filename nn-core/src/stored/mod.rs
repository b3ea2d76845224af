//! Weights of a file, compared with a network and laid out by the compiler: what `include_weights!` writes calls.
//!
//! The macro knows the file and not the declaration: only rustc knows both, as constants. Tensors are found by name, so
//! their order and alignment in the file do not matter.

mod walk;

use crate::half::{Half, Halvable};
use crate::network::{LayerInfo, Network};
use crate::plain::Plain;
use crate::quant::{Contents, Form, Kind, Quantizable, Quantized, Rounding, RoundingMode, Supported};
use crate::shape::{Message, Shape};
use crate::tensor::Tensor;
use core::mem::MaybeUninit;
use walk::{Target, Walk};

/// What can be laid out from a file: a network of floats, of half floats, or a [`Quantized`] one.
///
/// # Safety
///
/// All bits zero is a valid value. Without [`Stored::CONTENTS`] the value is the weights of its layers, one behind the other;
/// with them the contract is that of [`Form`].
pub unsafe trait Stored: Sized {
    /// The name under which the network was declared.
    const NAME: &'static str;
    /// The shape of one sample that goes in.
    const INPUT: Shape;
    /// The layers.
    const LAYERS: &'static [LayerInfo];
    /// What a weight is: a float or a half float.
    const KIND: Kind = Kind::F32;
    /// For an int8 network, its tensors, and how it rounds.
    const CONTENTS: Option<(Contents, Rounding)>;
}

// SAFETY: a plain network consists of the floats of its layers.
unsafe impl<N: Network + Plain> Stored for N {
    const NAME: &'static str = N::NAME;
    const INPUT: Shape = N::Input::SHAPE;
    const LAYERS: &'static [LayerInfo] = N::LAYERS;
    const CONTENTS: Option<(Contents, Rounding)> = None;
}

// SAFETY: the network consists of a half float for each weight of its layers.
unsafe impl<N: Halvable + Plain> Stored for Half<N> {
    const NAME: &'static str = N::NAME;
    const INPUT: Shape = N::Input::SHAPE;
    const LAYERS: &'static [LayerInfo] = N::LAYERS;
    const KIND: Kind = Kind::F16;
    const CONTENTS: Option<(Contents, Rounding)> = None;
}

// SAFETY: the contract of `Form`.
unsafe impl<N: Quantizable<Layers: Supported>, R: RoundingMode> Stored for Quantized<N, R> {
    const NAME: &'static str = N::NAME;
    const INPUT: Shape = N::Input::SHAPE;
    const LAYERS: &'static [LayerInfo] = N::LAYERS;
    const CONTENTS: Option<(Contents, Rounding)> = Some((<Self as Form>::CONTENTS, R::ROUNDING));
}

/// A tensor of a file.
#[derive(Clone, Copy, Debug)]
pub struct StoredTensor {
    /// Its name.
    pub name: &'static str,
    /// The type of its values as the file names it, such as `F32`.
    pub kind: &'static str,
    /// Its sizes, outermost first.
    pub sizes: &'static [usize],
    /// Where its values begin in the bytes of the file.
    pub begin: usize,
    /// Of bytes, the place of the first one that is -128.
    pub lowest: Option<usize>,
}

/// A file of tensors, whose header was read before.
#[derive(Clone, Copy, Debug)]
pub struct StoredFile {
    /// The path as the author wrote it.
    pub path: &'static str,
    /// The name of the network whose weights it holds, if it tells.
    pub network: Option<&'static str>,
    /// The input and the layers of that network, separated by `; `, if it tells.
    pub signature: Option<&'static str>,
    /// For an int8 network, how it rounds: `double` or `single`.
    pub rounding: Option<&'static str>,
    /// Its tensors.
    pub tensors: &'static [StoredTensor],
}

/// Compares a file with a network: the tensors are those of its layers and no others, of the same shapes, and the layers
/// between them are the same, as far as the file tells.
#[expect(clippy::result_large_err, reason = "a message is made by constants, which have no heap to keep it on")]
pub const fn check<S: Stored>(file: &StoredFile, bytes: &[u8]) -> Result<(), Message> {
    if S::LAYERS.is_empty() {
        // The network has mistakes of its own, which were reported.
        return Ok(());
    }
    let mut walk = Walk::new(file, S::NAME, bytes, None);
    match &S::CONTENTS {
        None => walk.layers(S::LAYERS, S::KIND, &Message::new("")),
        Some((contents, rounding)) => {
            walk.contents(contents, &Message::new(""), 0);
            walk.same_rounding(*rounding);
        }
    }
    if let Err(problem) = walk.nothing_left() {
        return Err(problem);
    }
    match file.signature {
        Some(signature) => walk.same_layers(&S::INPUT, S::LAYERS, signature),
        None => Ok(()),
    }
}

/// The network with the weights of a file whose [`check`] holds. What does not fit stays zero.
///
/// # Panics
///
/// For a processor that is not little-endian, as the values of a file are: then the compiler stops.
pub const fn read<S: Stored>(file: &StoredFile, bytes: &[u8]) -> S {
    const {
        assert!(cfg!(target_endian = "little"), "the values of a file are little-endian, and this processor is not");
    }
    let mut network = MaybeUninit::<S>::zeroed();
    // SAFETY: the target is the memory of the network, whose every tensor is initialized by zeros and takes any bits.
    let target = unsafe { Target::new(network.as_mut_ptr().cast(), size_of::<S>()) };
    let mut walk = Walk::new(file, S::NAME, bytes, Some(target));
    match &S::CONTENTS {
        None => walk.layers(S::LAYERS, S::KIND, &Message::new("")),
        Some((contents, _)) => walk.contents(contents, &Message::new(""), 0),
    }
    // SAFETY: all bits zero is a valid value by the contract of the trait, and so is what the walk wrote into tensors.
    unsafe { network.assume_init() }
}
