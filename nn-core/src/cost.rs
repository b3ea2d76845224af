//! What a network and each of its layers take of a chip: flash and RAM.

use crate::network::Network;
use crate::quant::Form;

/// What a network takes of a chip, in one number format.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// The bytes of the weights and of all that was prepared, which lie in flash.
    pub weight_bytes: usize,
    /// The bytes that an inference needs besides weights and input.
    pub workspace_bytes: usize,
    /// What each layer takes, in the order of [`Network::LAYERS`]; nothing if that is not known.
    pub layers: &'static [Cost],
}

/// What a layer takes of a chip.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// The bytes of its weights and of all that was prepared for it.
    pub flash: usize,
    /// The bytes of the workspace that are in use while it runs: what it reads and writes, and what others left for
    /// layers that come later. The input of the network is not part of them.
    ///
    /// `None` for a layer that has no step of its own, since it changes no number or the layer before does its work.
    pub ram: Option<usize>,
    /// For a network inside, those of the bytes that are not its own: they are in use besides what its layers state.
    pub around: usize,
    /// The costs of the layers inside, in the order of [`LayerInfo::children`](crate::network::LayerInfo::children).
    pub children: &'static [Cost],
}

impl Cost {
    /// That of a layer whose weights are a `T`.
    pub const fn of<T>(ram: Option<usize>) -> Self {
        Self { flash: size_of::<T>(), ram, around: 0, children: &[] }
    }

    /// The same with what was prepared for an operation besides.
    pub const fn and<F: Form>(mut self) -> Self {
        self.flash += F::BYTES;
        self
    }

    /// That of a block, given what joins its branches.
    pub const fn block(mut self, children: &'static [Cost]) -> Self {
        let mut index = 0;
        while index < children.len() {
            self.flash += children[index].flash;
            self.ram = most(self.ram, children[index].ram);
            index += 1;
        }
        self.children = children;
        self
    }

    /// That of networks inside, given what they take and the workspace of each.
    pub const fn networks(self, workspace_bytes: usize, children: &'static [Cost]) -> Self {
        let around = match self.ram {
            Some(bytes) => bytes.saturating_sub(workspace_bytes),
            None => 0,
        };
        Self { around, children, ..self }
    }

    /// That of `count` networks of floats that run one after the other, while `around` bytes besides are in use.
    pub(crate) const fn parts<N: Network>(count: usize, around: usize) -> Self {
        let ram = Some(around + N::WORKSPACE_BYTES);
        Self { flash: count * N::WEIGHT_BYTES, ram, around, children: N::COSTS.layers }
    }
}

/// The larger of two numbers that need not be there.
pub(crate) const fn most(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    match (a, b) {
        (Some(first), Some(second)) if first < second => b,
        (None, _) => b,
        _ => a,
    }
}
