//! The memory of one inference: planned when the network is compiled, and one block at run time.

use crate::network::Network;
use crate::plain::Plain;
use core::ops::Range;

/// The memory that one inference needs besides its input: `N::WORKSPACE_BYTES` bytes.
///
/// It can be a `static`, lie on the stack, or in a box, and serves any number of inferences one after the other.
#[derive(Debug)]
pub struct Workspace<N: Network> {
    memory: N::Memory,
}

impl<N: Network> Workspace<N> {
    /// A workspace, filled with zeros.
    pub const fn new() -> Self {
        Self { memory: N::Memory::ZERO }
    }

    /// A workspace on the heap, which is never built on the stack.
    #[cfg(feature = "alloc")]
    pub fn boxed() -> alloc::boxed::Box<Self> {
        crate::plain::boxed_zeroed()
    }

    pub(crate) fn floats_mut(&mut self) -> &mut [f32] {
        self.memory.floats_mut()
    }
}

// SAFETY: the workspace is its memory, which is plain.
unsafe impl<N: Network + 'static> Plain for Workspace<N> {}

impl<N: Network> Default for Workspace<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// A buffer of a pass, and the steps of the pass during which its contents matter.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    /// Its length in floats.
    pub len: usize,
    /// The step that writes it first.
    pub first: usize,
    /// The last step that reads it.
    pub last: usize,
}

impl Buffer {
    const fn meets(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// Where each of `COUNT` buffers lies in one block of memory. Buffers that matter at the same step never overlap.
#[derive(Clone, Copy, Debug)]
pub struct Plan<const COUNT: usize> {
    offsets: [usize; COUNT],
    lens: [usize; COUNT],
    total: usize,
}

impl<const COUNT: usize> Plan<COUNT> {
    /// Places the buffers: by three orders, each buffer at the lowest place that is free while it lives, and keeps the
    /// order that needs least memory.
    pub const fn new(buffers: [Buffer; COUNT]) -> Self {
        let by_size = Self::in_order(&buffers, &order(&buffers, Order::Size));
        let by_start = Self::in_order(&buffers, &order(&buffers, Order::Start));
        let by_life = Self::in_order(&buffers, &order(&buffers, Order::Life));
        let better = if by_start.total < by_size.total { by_start } else { by_size };
        if by_life.total < better.total { by_life } else { better }
    }

    /// The floats of the whole block.
    pub const fn total(&self) -> usize {
        self.total
    }

    /// Where a buffer lies.
    pub const fn range(&self, buffer: usize) -> Range<usize> {
        self.offsets[buffer]..self.offsets[buffer] + self.lens[buffer]
    }

    const fn in_order(buffers: &[Buffer; COUNT], order: &[usize; COUNT]) -> Self {
        let mut plan = Self { offsets: [0; COUNT], lens: [0; COUNT], total: 0 };
        let mut placed = 0;
        while placed < COUNT {
            let buffer = order[placed];
            let offset = plan.lowest_place(buffers, order, placed);
            plan.offsets[buffer] = offset;
            plan.lens[buffer] = buffers[buffer].len;
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
            let (begin, end) = (self.offsets[other], self.offsets[other] + self.lens[other]);
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
        let step = buffers[index].first;
        let mut sum = 0;
        let mut other = 0;
        while other < buffers.len() {
            if buffers[other].first <= step && step <= buffers[other].last {
                sum += buffers[other].len;
            }
            other += 1;
        }
        if sum > bound {
            bound = sum;
        }
        index += 1;
    }
    bound
}

#[derive(Clone, Copy)]
enum Order {
    /// Large buffers first.
    Size,
    /// In the order in which they are written.
    Start,
    /// Long-lived buffers first, large ones before small ones.
    Life,
}

impl Order {
    const fn before(self, a: &Buffer, b: &Buffer) -> bool {
        match self {
            Self::Size => a.len > b.len,
            Self::Start => a.first < b.first || (a.first == b.first && a.len > b.len),
            Self::Life => {
                let (life_a, life_b) = (a.last - a.first, b.last - b.first);
                life_a > life_b || (life_a == life_b && a.len > b.len)
            }
        }
    }
}

/// The numbers of the buffers, sorted by insertion.
const fn order<const COUNT: usize>(buffers: &[Buffer; COUNT], by: Order) -> [usize; COUNT] {
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
