//! Four units of a dense layer.

use core::arch::asm;

/// What the loop over units reads and writes.
#[repr(C)]
struct OfUnits {
    /// Behind their weights.
    units: [*const i8; 4],
    /// Behind the inputs.
    inputs: *const i8,
    sums: [i32; 4],
    /// From behind the inputs back to the first.
    first: isize,
    /// And to the first one from which on there are whole fours.
    fours: isize,
}

/// The product of the input in `r1` with the weight of a unit, added to its sum.
macro_rules! unit {
    ($weights:literal, $sum:literal) => {
        concat!("ldrsb r2, [", $weights, ", r0]\n", "muls r2, r1, r2\n", "add ", $sum, ", r2\n")
    };
}

/// The products of the input at `r3` and `r0` with the weights of four units, and on to the next.
macro_rules! next_input {
    () => {
        concat!(
            "ldrsb r1, [r3, r0]\n",
            unit!("r4", "r8"),
            unit!("r5", "r9"),
            unit!("r6", "r10"),
            unit!("r7", "r11"),
            "adds r0, r0, #1\n",
        )
    };
}

/// Adds the products of inputs with the weights of four units that follow each other.
#[inline(never)]
pub(in super::super) fn add_four_units(sums: [i32; 4], inputs: &[i8], weights: &[i8]) -> [i32; 4] {
    let len = inputs.len();
    if len == 0 || weights.len() / 4 < len {
        return sums;
    }
    let units = [1, 2, 3, 4].map(|unit| weights.as_ptr().wrapping_add(unit * len));
    let back = |count: usize| count.wrapping_neg().cast_signed();
    let mut of = OfUnits { units, inputs: inputs.as_ptr_range().end, sums, first: back(len), fours: back(len & !3) };
    // SAFETY: reads the inputs, and as many weights of each unit; there are four times as many weights. Reads and writes
    // `of`. Registers that Rust does not lend are put back.
    unsafe {
        asm!(
            save!(),
            "mov r12, r0",
            "adds r0, #20",
            "ldmia r0!, {{r4, r5, r6, r7}}",
            "mov r8, r4",
            "mov r9, r5",
            "mov r10, r6",
            "mov r11, r7",
            "ldmia r0!, {{r1, r2}}",
            "mov lr, r2",
            "subs r0, #44",
            "ldmia r0!, {{r4, r5, r6, r7}}",
            "ldr r3, [r0]",
            "movs r0, r1",
            "b 3f",
            "2:",
            next_input!(),
            "3:",
            "cmp r0, lr",
            "bne 2b",
            "cmp r0, #0",
            "beq 5f",
            "4:",
            next_input!(),
            next_input!(),
            next_input!(),
            next_input!(),
            "bne 4b",
            "5:",
            "mov r0, r12",
            "adds r0, #20",
            "mov r4, r8",
            "mov r5, r9",
            "mov r6, r10",
            "mov r7, r11",
            "stmia r0!, {{r4, r5, r6, r7}}",
            put_back!(),
            inout("r0") &raw mut of => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
        );
    }
    of.sums
}
