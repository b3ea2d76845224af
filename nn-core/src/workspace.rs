//! The memory of one inference: planned when the network is compiled, and one block at run time.

use crate::cost::most;
use crate::network::{Network, disjoint};
use core::mem::MaybeUninit;
use core::ops::Range;

/// What infers in a [`Workspace`]: a network of floats, or a [`Quantized`](crate::quant::Quantized) one.
///
/// # Safety
///
/// All bits zero is a valid value of the memory.
pub unsafe trait Inference {
    /// The memory of one inference.
    #[doc(hidden)]
    type Memory: core::fmt::Debug + Send + Sync;
}

// SAFETY: the memory of a network consists of floats.
unsafe impl<N: Network> Inference for N {
    type Memory = N::Memory;
}

/// The memory that one inference needs besides its input: `N::WORKSPACE_BYTES` bytes. `N` is a network, or a
/// [`Quantized`](crate::quant::Quantized) one.
///
/// It can be a `static`, lie on the stack, or in a box, and serves any number of inferences one after the other.
#[derive(Debug)]
pub struct Workspace<N: Inference> {
    pub(crate) memory: N::Memory,
}

impl<N: Inference> Workspace<N> {
    /// A workspace, filled with zeros.
    pub const fn new() -> Self {
        // SAFETY: the workspace is its memory, of which all bits zero is a valid value by the contract of the trait.
        unsafe { MaybeUninit::zeroed().assume_init() }
    }

    /// A workspace on the heap, which is never built on the stack.
    #[cfg(feature = "alloc")]
    pub fn boxed() -> alloc::boxed::Box<Self> {
        let mut workspace = alloc::boxed::Box::<Self>::new_uninit();
        // SAFETY: the bytes written lie within the allocation, and all bits zero is a valid value, as for `new`.
        unsafe {
            workspace.as_mut_ptr().write_bytes(0, 1);
            workspace.assume_init()
        }
    }
}

impl<N: Inference> Default for Workspace<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// A buffer of a pass, and the steps of the pass during which its contents matter.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    /// Its length in numbers: floats, or the bytes of an int8 network.
    pub len: usize,
    /// The step that writes it first.
    pub first: usize,
    /// The last step that reads it.
    pub last: usize,
}

impl Buffer {
    /// A buffer of `len` numbers, needed from the step `first` to the step `last`.
    pub const fn new(len: usize, first: usize, last: usize) -> Self {
        Self { len, first, last }
    }

    const fn meets(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// Where each of `COUNT` buffers lies in one block of memory. Buffers that matter at the same step never overlap.
#[derive(Clone, Copy, Debug)]
pub struct Plan<const COUNT: usize> {
    buffers: [Buffer; COUNT],
    offsets: [usize; COUNT],
    total: usize,
    lower_bound: usize,
}

impl<const COUNT: usize> Plan<COUNT> {
    /// Places the buffers, one after the other, each at the lowest place that is free while it lives.
    ///
    /// That is tried in several orders, each of which is changed as long as the plan gets no worse, until a plan needs no
    /// more than [`lower_bound`]. The best order is not always found, since that is as hard as any packing: of random
    /// networks, 19 in 20 need no more than the bound, and the others at most a tenth more.
    pub const fn new(buffers: [Buffer; COUNT]) -> Self {
        let orders = [Order::Life, Order::Size, Order::Area, Order::Start, Order::End];
        let mut order = sorted(&buffers, orders[0]);
        let mut plan = Self::in_order(&buffers, &order);
        let mut best = plan;
        let mut numbers = Numbers(1);
        let (mut tried, mut fruitless, mut started) = (1, 0, 1);
        while tried < Self::TRIES && best.total > best.lower_bound {
            let fresh = fruitless == Self::PATIENCE || started < orders.len();
            let other = if fresh {
                started += 1;
                sorted(&buffers, orders[started % orders.len()])
            } else {
                plan.changed(&buffers, order, &mut numbers)
            };
            let planned = Self::in_order(&buffers, &other);
            fruitless = if fresh || planned.total < plan.total { 0 } else { fruitless + 1 };
            if fresh || planned.total <= plan.total {
                (plan, order) = (planned, other);
            }
            if plan.total < best.total {
                best = plan;
            }
            tried += 1;
        }
        best
    }

    /// These buffers, taken out of the memory of an inference.
    #[inline(always)]
    pub fn of<'a, T, const TAKEN: usize>(&self, memory: &'a mut [T], buffers: [usize; TAKEN]) -> [&'a mut [T]; TAKEN] {
        disjoint(memory, buffers.map(|buffer| self.range(buffer)))
    }

    /// How many orders are tried. A plan compares every two buffers, so that the compiler makes at most some hundred
    /// thousand comparisons, which take it a fraction of a second.
    const TRIES: usize = 500_000 / (COUNT * COUNT + 500);

    /// How many changes may bring nothing until another order is started from.
    const PATIENCE: usize = 10;

    /// An order in which a buffer comes earlier: the one on top, or one that lives at the same time.
    const fn changed(
        &self,
        buffers: &[Buffer; COUNT],
        mut order: [usize; COUNT],
        numbers: &mut Numbers,
    ) -> [usize; COUNT] {
        let mut place = 0;
        while self.range(order[place]).end < self.total {
            place += 1;
        }
        if numbers.below(2) == 0 {
            let top = order[place];
            let start = numbers.below(COUNT);
            let mut step = 0;
            while step < COUNT {
                place = (start + step) % COUNT;
                if order[place] != top && buffers[order[place]].meets(&buffers[top]) {
                    break;
                }
                step += 1;
            }
        }
        let target = numbers.below(place + 1);
        let moved = order[place];
        while place > target {
            order[place] = order[place - 1];
            place -= 1;
        }
        order[target] = moved;
        order
    }

    /// The least that any plan for these buffers needs.
    pub const fn lower_bound(&self) -> usize {
        self.lower_bound
    }

    /// The bytes of the buffers that matter at a step, at that of `steps` where they are most, given the bytes of a number.
    pub const fn bytes_at(&self, steps: &[usize], size: usize) -> Option<usize> {
        let mut bytes = None;
        let mut index = 0;
        while index < steps.len() {
            bytes = most(bytes, Some(size * sum_at(&self.buffers, steps[index])));
            index += 1;
        }
        bytes
    }

    /// The numbers of the whole block.
    pub const fn total(&self) -> usize {
        self.total
    }

    /// Where a buffer lies.
    pub const fn range(&self, buffer: usize) -> Range<usize> {
        self.offsets[buffer]..self.offsets[buffer] + self.buffers[buffer].len
    }

    const fn in_order(buffers: &[Buffer; COUNT], order: &[usize; COUNT]) -> Self {
        let mut plan = Self { buffers: *buffers, offsets: [0; COUNT], total: 0, lower_bound: lower_bound(buffers) };
        let mut placed = 0;
        while placed < COUNT {
            let buffer = order[placed];
            let offset = plan.lowest_place(buffers, order, placed);
            plan.offsets[buffer] = offset;
            if offset + buffers[buffer].len > plan.total {
                plan.total = offset + buffers[buffer].len;
            }
            placed += 1;
        }
        plan
    }

    /// The lowest offset at which the next buffer meets none of those placed before it.
    const fn lowest_place(&self, buffers: &[Buffer; COUNT], order: &[usize; COUNT], placed: usize) -> usize {
        let new = &buffers[order[placed]];
        let mut offset = 0;
        let mut index = 0;
        while index < placed {
            let other = order[index];
            let (begin, end) = (self.offsets[other], self.offsets[other] + buffers[other].len);
            if new.meets(&buffers[other]) && offset < end && begin < offset + new.len {
                // Moving up may run into a buffer that was passed already, so the search starts again.
                offset = end;
                index = 0;
            } else {
                index += 1;
            }
        }
        offset
    }
}

/// The least memory that any plan needs: the largest sum of buffers that matter at the same step.
pub const fn lower_bound(buffers: &[Buffer]) -> usize {
    let mut bound = 0;
    let mut index = 0;
    while index < buffers.len() {
        let sum = sum_at(buffers, buffers[index].first);
        if sum > bound {
            bound = sum;
        }
        index += 1;
    }
    bound
}

/// The numbers of the buffers that matter at a step.
const fn sum_at(buffers: &[Buffer], step: usize) -> usize {
    let mut sum = 0;
    let mut index = 0;
    while index < buffers.len() {
        if buffers[index].first <= step && step <= buffers[index].last {
            sum += buffers[index].len;
        }
        index += 1;
    }
    sum
}

/// What the buffers are sorted by.
#[derive(Clone, Copy)]
enum Order {
    /// Large buffers first.
    Size,
    /// Those that take most memory for most steps first.
    Area,
    /// Long-lived buffers first, large ones before small ones.
    Life,
    /// In the order in which they are written.
    Start,
    /// Those that are read last first.
    End,
}

impl Order {
    const fn before(self, a: &Buffer, b: &Buffer) -> bool {
        let (key_a, key_b) = (self.key(a), self.key(b));
        key_a > key_b || (key_a == key_b && a.len > b.len)
    }

    const fn key(self, buffer: &Buffer) -> usize {
        let steps = buffer.last - buffer.first + 1;
        match self {
            Self::Size => buffer.len,
            Self::Area => buffer.len.saturating_mul(steps),
            Self::Life => steps,
            Self::Start => usize::MAX - buffer.first,
            Self::End => buffer.last,
        }
    }
}

/// The numbers of the buffers, sorted by insertion.
const fn sorted<const COUNT: usize>(buffers: &[Buffer; COUNT], by: Order) -> [usize; COUNT] {
    let mut order = [0; COUNT];
    let mut next = 0;
    while next < COUNT {
        let mut place = next;
        while place > 0 && by.before(&buffers[next], &buffers[order[place - 1]]) {
            order[place] = order[place - 1];
            place -= 1;
        }
        order[place] = next;
        next += 1;
    }
    order
}

/// Numbers that look random and are always the same: a linear congruential generator, Knuth's MMIX.
struct Numbers(u64);

impl Numbers {
    /// From zero to less than `bound`, which is not zero.
    const fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffer(len: usize, first: usize, last: usize) -> Buffer {
        Buffer { len, first, last }
    }

    #[test]
    fn a_chain_needs_no_more_than_its_largest_neighbours() {
        let chain = [buffer(10, 0, 1), buffer(3, 1, 2), buffer(9, 2, 3), buffer(4, 3, 4)];
        let plan = Plan::new(chain);
        assert_eq!(plan.total(), lower_bound(&chain));
        assert_eq!(plan.total(), 13);
    }

    #[test]
    fn buffers_that_meet_do_not_overlap() {
        let buffers =
            [buffer(5, 0, 6), buffer(7, 1, 2), buffer(0, 1, 3), buffer(4, 2, 4), buffer(6, 3, 5), buffer(2, 5, 6)];
        let plan = Plan::new(buffers);
        for a in 0..buffers.len() {
            for b in 0..a {
                let (first, second) = (plan.range(a), plan.range(b));
                let apart = first.end <= second.start || second.end <= first.start;
                assert!(apart || !buffers[a].meets(&buffers[b]), "{a} and {b}");
            }
        }
        assert!(plan.total() >= lower_bound(&buffers));
    }
}
