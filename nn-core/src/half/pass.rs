//! What the code that `network!` writes for half floats is put together with: layers, and networks inside the network,
//! each found among the half floats by where its floats lie in the network of floats.

use super::network::{Halvable, Repeated};
use crate::kernel::Isa;
use crate::kernel::Job;
use crate::kernel::f16::Widen;
use crate::layer::{Finished, InPlace, Layer, MaxPooled};
use crate::plain::{Plain, view};
use core::marker::PhantomData;

/// The largest of some numbers of floats.
pub const fn most(floats: &[usize]) -> usize {
    let (mut most, mut index) = (0, 0);
    while index < floats.len() {
        if floats[index] > most {
            most = floats[index];
        }
        index += 1;
    }
    most
}

/// The floats that a layer needs for its weights.
pub const fn widened<L: Layer>() -> usize {
    L::WIDENED
}

/// The floats that a network inside needs for the weights of its layers.
pub const fn widened_of_network<N: Halvable>() -> usize {
    N::Widened::FLOATS
}

/// A layer whose weights are half floats, and memory in which they can be floats.
#[derive(Debug)]
pub struct Stored<'a, L> {
    halves: &'a [u16],
    widened: &'a mut [f32],
    layer: PhantomData<L>,
}

/// The layer whose floats lie at this offset of the network, in bytes.
#[inline(always)]
pub fn layer<'a, L: Plain>(halves: &'a [u16], offset: usize, widened: &'a mut [f32]) -> Stored<'a, L> {
    Stored { halves: part(halves, offset, L::FLOATS), widened, layer: PhantomData }
}

/// `count` half floats for the floats at this offset in bytes.
#[inline(always)]
fn part(halves: &[u16], offset: usize, count: usize) -> &[u16] {
    let begin = offset / size_of::<f32>();
    halves.get(begin..begin + count).unwrap_or_default()
}

impl<L: Layer> Stored<'_, L> {
    /// One sample, as at inference.
    #[inline(always)]
    pub fn infer<I: Isa>(self, isa: I, settings: &L::Settings, input: &[f32], output: &mut [f32]) {
        if let Some(widened) = self.widened.get_mut(..L::WIDENED) {
            L::infer_half(self.halves, isa, settings, input, output, widened);
        }
    }

    /// One sample, changed where it lies.
    #[inline(always)]
    pub fn infer_in_place<I: Isa>(self, isa: I, settings: &L::Settings, data: &mut [f32])
    where
        L: InPlace,
    {
        if let Some(layer) = widen::<L, I>(isa, self.halves, self.widened) {
            layer.infer_in_place(isa, settings, data);
        }
    }
}

/// A layer in floats, which are written to memory of at least as many; `None` if there are fewer.
#[inline(always)]
pub(crate) fn widen<'a, L: Plain, I: Isa>(isa: I, halves: &[u16], widened: &'a mut [f32]) -> Option<&'a L> {
    let widened = widened.get_mut(..L::FLOATS)?;
    Widen { from: halves, to: widened }.run(isa);
    view(widened)
}

/// A convolution and the pool after it as one step.
#[inline(always)]
pub fn pooled<'a, L: Plain, I: Isa>(isa: I, halves: &[u16], offset: usize, widened: &'a mut [f32]) -> MaxPooled<'a, L> {
    match widen(isa, part(halves, offset, L::FLOATS), widened) {
        Some(layer) => MaxPooled(layer),
        None => unreachable!("there is memory for the largest step"),
    }
}

/// A convolution, and the normalization after it, which may be `()`, as one step.
#[inline(always)]
pub fn finished<'a, L: Plain, N: Plain, I: Isa>(
    isa: I,
    halves: &[u16],
    offsets: [usize; 2],
    widened: &'a mut [f32],
) -> Finished<'a, L, N> {
    let (layer, rest) = widened.split_at_mut(L::FLOATS);
    let layer = widen(isa, part(halves, offsets[0], L::FLOATS), layer);
    match (layer, widen(isa, part(halves, offsets[1], N::FLOATS), rest)) {
        (Some(layer), Some(normalization)) => Finished(layer, normalization),
        _ => unreachable!("there is memory for the largest step"),
    }
}

/// A declared network inside, or the layers of a `repeat`, which run one after the other.
#[derive(Debug)]
pub struct Networks<'a, N> {
    halves: &'a [u16],
    count: usize,
    network: PhantomData<N>,
}

/// The networks whose floats lie at this offset of the network around, in bytes.
#[inline(always)]
pub fn networks<N: Halvable>(halves: &[u16], offset: usize, count: usize) -> Networks<'_, N> {
    Networks { halves: part(halves, offset, count * N::PARAMETERS), count, network: PhantomData }
}

impl<N: Halvable> Networks<'_, N> {
    /// One sample through a declared network, as at inference.
    #[inline(always)]
    pub fn infer<I: Isa>(self, isa: I, input: &[f32], output: &mut [f32], memory: &mut [f32], widened: &mut [f32]) {
        N::infer_halves(self.halves, isa, input, memory, widened);
        output.copy_from_slice(&memory[N::OUTPUT]);
    }
}

impl<N: Repeated> Networks<'_, N> {
    /// One sample through the layers of a `repeat`, as at inference: what they give takes its place.
    #[inline(always)]
    pub fn infer_repeated<I: Isa>(self, isa: I, data: &mut [f32], memory: &mut [f32], widened: &mut [f32]) {
        for number in 0..self.count {
            let begin = number * N::PARAMETERS;
            let halves = self.halves.get(begin..begin + N::PARAMETERS).unwrap_or_default();
            N::infer_halves_in_place(halves, isa, data, memory, widened);
        }
    }
}
