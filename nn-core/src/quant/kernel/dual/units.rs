//! Four units of a dense layer at a time, which share the inputs that are spread.

#[cfg(armv6m)]
use super::armv6m::units::add_four_units;
#[cfg(not(dual_multiply))]
use super::finish::Channel;
#[cfg(dual_multiply)]
use super::finish::byte;
#[cfg(not(any(dual_multiply, armv6m)))]
use super::words::{add_products, spread, word};
use crate::quant::Multiplier;
#[cfg(dual_multiply)]
use core::arch::asm;

/// What the loop over units reads from memory, and the places that it moves on.
#[cfg(dual_multiply)]
#[repr(C)]
struct Table {
    inputs: *const i8,
    weights: *const i8,
    len: usize,
    starts: *const i32,
    /// None where the sums are wanted.
    multipliers: *const Multiplier,
    /// Where bytes go, or four sums.
    outputs: *mut i8,
    zero: i32,
    fours: usize,
}

/// The instructions from one of four units' sums to its byte.
#[cfg(dual_multiply)]
macro_rules! unit {
    ($sum:literal) => {
        concat!(
            "ldrd r0, r1, [r6], #8\n",
            "rsb r1, r1, #0\n",
            "lsl lr, r10, r1\n",
            byte!($sum, "r0", "lr, asr #1", "r1", "lr"),
            "strb ",
            $sum,
            ", [r7], #1\n",
        )
    };
}

/// The instructions for four inputs of a unit, or for one.
#[cfg(dual_multiply)]
macro_rules! inputs {
    (4, $weights:literal, $sum:literal) => {
        concat!(
            "ldr r6, [",
            $weights,
            "], #4\n",
            "sxtb16 r7, r6\n",
            "sxtb16 r6, r6, ror #8\n",
            "smlad ",
            $sum,
            ", r0, r7, ",
            $sum,
            "\n",
            "smlad ",
            $sum,
            ", r1, r6, ",
            $sum,
            "\n",
        )
    };
    (1, $weights:literal, $sum:literal) => {
        concat!("ldrsb r6, [", $weights, "], #1\n", "smlabb ", $sum, ", r0, r6, ", $sum, "\n")
    };
}

/// # Safety
///
/// There are `4 fours` starts and multipliers, and so many rows of `len` weights; `len` inputs; room for the bytes of as
/// many units, or for four words. At least four units.
#[cfg(dual_multiply)]
#[inline(never)]
unsafe fn run(table: &mut Table) {
    // SAFETY: the contract. Registers that Rust does not lend are put back.
    unsafe {
        asm!(
            "push {{r0, r6, r7}}",
            "mov r11, r0",
            "2:",
            "ldrd r8, r9, [r11]",
            "ldrd lr, r0, [r11, #8]",
            "ldmia r0!, {{r2, r3, r4, r5}}",
            "str r0, [r11, #12]",
            "add r10, r9, lr",
            "add r11, r10, lr",
            "add r12, r11, lr",
            "subs lr, lr, #4",
            "blt 4f",
            "3:",
            "ldr r1, [r8], #4",
            "sxtb16 r0, r1",
            "sxtb16 r1, r1, ror #8",
            inputs!(4, "r9", "r2"),
            inputs!(4, "r10", "r3"),
            inputs!(4, "r11", "r4"),
            inputs!(4, "r12", "r5"),
            "subs lr, lr, #4",
            "bge 3b",
            "4:",
            "adds lr, lr, #4",
            "beq 6f",
            "5:",
            "ldrsb r0, [r8], #1",
            inputs!(1, "r9", "r2"),
            inputs!(1, "r10", "r3"),
            inputs!(1, "r11", "r4"),
            inputs!(1, "r12", "r5"),
            "subs lr, lr, #1",
            "bne 5b",
            "6:",
            "ldr r11, [sp]",
            "str r12, [r11, #4]",
            "ldrd r6, r7, [r11, #16]",
            "cmp r6, #0",
            "beq 7f",
            "ldr r10, [r11, #24]",
            unit!("r2"),
            unit!("r3"),
            unit!("r4"),
            unit!("r5"),
            "strd r6, r7, [r11, #16]",
            "ldr r0, [r11, #28]",
            "subs r0, r0, #1",
            "str r0, [r11, #28]",
            "bne 2b",
            "b 8f",
            "7:",
            "stmia r7, {{r2, r3, r4, r5}}",
            "8:",
            "pop {{r0, r6, r7}}",
            inout("r0") table => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r4") _,
            out("r5") _,
            out("r8") _,
            out("r9") _,
            out("r10") _,
            out("r11") _,
            out("r12") _,
            out("lr") _,
        );
    }
}

/// Units that follow each other: what their sums begin with, and their weights, as many of each as there are inputs.
#[derive(Clone, Copy)]
pub(super) struct Units<'a> {
    pub(super) inputs: &'a [i8],
    pub(super) weights: &'a [i8],
    pub(super) starts: &'a [i32],
}

impl Units<'_> {
    /// How many fours of them there are.
    #[inline(always)]
    fn fours(&self) -> usize {
        let starts = self.starts.len() / 4;
        if starts.saturating_mul(4 * self.inputs.len()) <= self.weights.len() { starts } else { 0 }
    }

    /// The table for so many fours, whose sums go to the outputs if there are no multipliers.
    #[cfg(dual_multiply)]
    #[inline(always)]
    fn table(&self, fours: usize, multipliers: *const Multiplier, zero: i32, outputs: *mut i8) -> Table {
        let Self { inputs, weights, starts } = self;
        Table {
            inputs: inputs.as_ptr(),
            weights: weights.as_ptr(),
            len: inputs.len(),
            starts: starts.as_ptr(),
            multipliers,
            outputs,
            zero,
            fours,
        }
    }

    /// Writes the bytes of as many units as there are fours, all of whose constants are given, and tells how many.
    #[cfg(dual_multiply)]
    #[inline(always)]
    pub(super) fn write(&self, multipliers: &[Multiplier], zero_point: i8, outputs: &mut [i8]) -> usize {
        let fours = self.fours().min(multipliers.len() / 4).min(outputs.len() / 4);
        if fours > 0 {
            let zero = 2 * zero_point as i32 + 1;
            let table = &mut self.table(fours, multipliers.as_ptr(), zero, outputs.as_mut_ptr());
            // SAFETY: there are as many of everything, by the minimum.
            unsafe { run(table) };
        }
        4 * fours
    }

    /// The sums of the first four units, if there are four.
    #[cfg(dual_multiply)]
    #[inline(always)]
    pub(super) fn sums(&self) -> Option<[i32; 4]> {
        let mut sums = [0; 4];
        let table = &mut self.table(1, core::ptr::null(), 0, sums.as_mut_ptr().cast());
        if self.fours() == 0 {
            return None;
        }
        // SAFETY: there are four units, and room for four words.
        unsafe { run(table) };
        Some(sums)
    }

    #[cfg(not(dual_multiply))]
    pub(super) fn write(&self, multipliers: &[Multiplier], zero_point: i8, outputs: &mut [i8]) -> usize {
        let Self { inputs, mut weights, starts } = *self;
        let fours = starts.as_chunks::<4>().0.iter().zip(multipliers.as_chunks::<4>().0);
        let mut written = 0;
        for (outputs, (starts, multipliers)) in outputs.as_chunks_mut::<4>().0.iter_mut().zip(fours) {
            let Some(sums) = (Units { inputs, weights, starts }).sums() else { break };
            for (output, (sum, multiplier)) in outputs.iter_mut().zip(sums.into_iter().zip(multipliers)) {
                *output = Channel::new(multiplier, zero_point).byte(sum);
            }
            weights = weights.get(4 * inputs.len()..).unwrap_or_default();
            written += 4;
        }
        written
    }

    #[cfg(not(dual_multiply))]
    pub(super) fn sums(&self) -> Option<[i32; 4]> {
        let starts = *self.starts.first_chunk()?;
        (self.fours() > 0).then(|| add_four_units(starts, self.inputs, self.weights))
    }
}

/// Adds the products of inputs with the weights of four units that follow each other.
#[cfg(not(any(dual_multiply, armv6m)))]
fn add_four_units(mut sums: [i32; 4], inputs: &[i8], weights: &[i8]) -> [i32; 4] {
    let [a, b, c, d] = [0, 1, 2, 3].map(|unit| weights.get(unit * inputs.len()..).unwrap_or_default());
    let (words, last) = inputs.as_chunks();
    let units = a.as_chunks().0.iter().zip(b.as_chunks().0).zip(c.as_chunks().0).zip(d.as_chunks().0);
    for (inputs, (((a, b), c), d)) in words.iter().zip(units) {
        let inputs = spread(word(inputs));
        for (sum, weights) in sums.iter_mut().zip([a, b, c, d]) {
            *sum = add_products(*sum, inputs, spread(word(weights)));
        }
    }
    for (sum, weights) in sums.iter_mut().zip([a, b, c, d]) {
        for (input, weight) in last.iter().zip(weights.get(4 * words.len()..).unwrap_or_default()) {
            *sum = sum.wrapping_add(i32::from(*input) * i32::from(*weight));
        }
    }
    sums
}
