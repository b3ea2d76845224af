//! The loops for processors of ARMv6-M, as a Cortex-M0: they multiply whole numbers only, and most of their instructions
//! know eight registers only. The others hold sums and places.

use super::places::Four;
use super::spread::Spread;
use core::arch::asm;

/// What the loop over places reads and writes.
#[repr(C)]
struct AtPlaces {
    sums: [i32; 4],
    weights: *const Four,
    places: *const [Spread; 4],
    steps: usize,
}

/// The products of four weights, in `r1` to `r4`, with what is seen at a place, added to its sum.
macro_rules! place {
    ($sum:literal) => {
        concat!(
            "ldmia r7!, {{r5, r6}}\n",
            "sxth r0, r5\n",
            "muls r0, r1, r0\n",
            "add ",
            $sum,
            ", r0\n",
            "asrs r5, r5, #16\n",
            "muls r5, r3, r5\n",
            "add ",
            $sum,
            ", r5\n",
            "sxth r0, r6\n",
            "muls r0, r2, r0\n",
            "add ",
            $sum,
            ", r0\n",
            "asrs r6, r6, #16\n",
            "muls r6, r4, r6\n",
            "add ",
            $sum,
            ", r6",
        )
    };
}

/// Saves the registers that Rust does not lend, and `r0` above them.
macro_rules! save {
    () => {
        "push {{r0, r4, r5, r6, r7}}
         mov r4, r8
         mov r5, r9
         mov r6, r10
         mov r7, r11
         push {{r4, r5, r6, r7}}"
    };
}

/// Puts the registers back and writes `r0` to `r3` to where `r0` was at first.
macro_rules! put_back {
    () => {
        "pop {{r4, r5, r6, r7}}
         mov r8, r4
         mov r9, r5
         mov r10, r6
         mov r11, r7
         pop {{r4}}
         stmia r4!, {{r0, r1, r2, r3}}
         pop {{r4, r5, r6, r7}}"
    };
}

/// Adds the products of a filter's weights with what its window sees at four places.
#[inline(never)]
pub(super) fn add_four_places(sums: [i32; 4], weights: &[Four], places: &[[Spread; 4]]) -> [i32; 4] {
    let steps = weights.len().min(places.len());
    if steps == 0 {
        return sums;
    }
    let mut at = AtPlaces { sums, weights: weights.as_ptr(), places: places.as_ptr(), steps };
    // SAFETY: reads `steps` elements of both slices, which have as many, and reads and writes `at`. Registers that Rust
    // does not lend are put back.
    unsafe {
        asm!(
            save!(),
            "mov r4, r12",
            "mov r5, lr",
            "push {{r4, r5}}",
            "ldr r1, [r0, #24]",
            "ldr r2, [r0, #16]",
            "lsls r1, r1, #2",
            "adds r1, r1, r2",
            "mov lr, r1",
            "mov r12, r2",
            "ldmia r0!, {{r4, r5, r6, r7}}",
            "mov r8, r4",
            "mov r9, r5",
            "mov r10, r6",
            "mov r11, r7",
            "ldr r7, [r0, #4]",
            "2:",
            "mov r0, r12",
            "ldrb r1, [r0]",
            "sxtb r1, r1",
            "ldrb r2, [r0, #1]",
            "sxtb r2, r2",
            "ldrb r3, [r0, #2]",
            "sxtb r3, r3",
            "ldrb r4, [r0, #3]",
            "sxtb r4, r4",
            "adds r0, r0, #4",
            "mov r12, r0",
            place!("r8"),
            place!("r9"),
            place!("r10"),
            place!("r11"),
            "cmp r12, lr",
            "bne 2b",
            "pop {{r4, r5}}",
            "mov r12, r4",
            "mov lr, r5",
            "mov r0, r8",
            "mov r1, r9",
            "mov r2, r10",
            "mov r3, r11",
            put_back!(),
            inout("r0") &raw mut at => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
        );
    }
    at.sums
}

/// What the loop over the cells of a window reads and writes.
#[repr(C)]
struct InWindow {
    sums: [i32; 4],
    rows: [*const [Spread; 3]; 3],
    weights: *const [Spread; 9],
}

/// The products of four channels in the next cell of a row, at `r6`, with their next weights, at `r7`.
macro_rules! cell {
    () => {
        "ldmia r6!, {{r0, r1}}
         ldmia r7!, {{r2, r3}}
         sxth r4, r0
         sxth r5, r2
         muls r4, r5, r4
         add r8, r4
         asrs r0, r0, #16
         asrs r2, r2, #16
         muls r0, r2, r0
         add r10, r0
         sxth r4, r1
         sxth r5, r3
         muls r4, r5, r4
         add r9, r4
         asrs r1, r1, #16
         asrs r3, r3, #16
         muls r1, r3, r1
         add r11, r1"
    };
}

/// Adds the products of four channels under a window of three by three to sums.
#[inline(never)]
pub(super) fn add_square(sums: [i32; 4], rows: [&[Spread; 3]; 3], weights: &[Spread; 9]) -> [i32; 4] {
    let mut at = InWindow { sums, rows: rows.map(core::ptr::from_ref), weights };
    // SAFETY: reads three elements of each row and nine weights, and reads and writes `at`. Registers that Rust does not
    // lend are put back.
    unsafe {
        asm!(
            save!(),
            "ldmia r0!, {{r4, r5, r6, r7}}",
            "mov r8, r4",
            "mov r9, r5",
            "mov r10, r6",
            "mov r11, r7",
            "ldmia r0!, {{r4, r5, r6, r7}}",
            "push {{r5, r6}}",
            "mov r6, r4",
            cell!(),
            cell!(),
            cell!(),
            "pop {{r6}}",
            cell!(),
            cell!(),
            cell!(),
            "pop {{r6}}",
            cell!(),
            cell!(),
            cell!(),
            "mov r0, r8",
            "mov r1, r9",
            "mov r2, r10",
            "mov r3, r11",
            put_back!(),
            inout("r0") &raw mut at => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
        );
    }
    at.sums
}

/// What the loop over units reads and writes.
#[repr(C)]
struct OfUnits {
    sums: [i32; 4],
    units: [*const i8; 4],
    inputs: *const i8,
    len: usize,
}

/// The product of the input in `r1` with the weight of a unit, added to its sum.
macro_rules! unit {
    ($weights:literal, $sum:literal) => {
        concat!(
            "mov r2, ",
            $weights,
            "\n",
            "ldrsb r2, [r2, r0]\n",
            "muls r2, r1, r2\n",
            "adds ",
            $sum,
            ", ",
            $sum,
            ", r2",
        )
    };
}

/// The products of the input at `r7` and `r0` with the weights of four units, and on to the next.
macro_rules! next_input {
    () => {
        concat!(
            "ldrsb r1, [r7, r0]\n",
            unit!("r8", "r3"),
            "\n",
            unit!("r9", "r4"),
            "\n",
            unit!("r10", "r5"),
            "\n",
            unit!("r11", "r6"),
            "\nadds r0, r0, #1",
        )
    };
}

/// Adds the products of inputs with the weights of four units that follow each other.
#[inline(never)]
pub(super) fn add_four_units(sums: [i32; 4], inputs: &[i8], weights: &[i8]) -> [i32; 4] {
    let len = inputs.len();
    if len == 0 || weights.len() / 4 < len {
        return sums;
    }
    let units = [0, 1, 2, 3].map(|unit| weights.as_ptr().wrapping_add(unit * len));
    let mut of = OfUnits { sums, units, inputs: inputs.as_ptr(), len };
    // SAFETY: reads the inputs, and from the first weight of each unit on as many; there are four times as many weights.
    // Reads and writes `of`. Registers that Rust does not lend are put back.
    unsafe {
        asm!(
            save!(),
            "mov r4, lr",
            "push {{r4}}",
            "ldr r1, [r0, #36]",
            "mov lr, r1",
            "ldr r1, [r0, #16]",
            "mov r8, r1",
            "ldr r1, [r0, #20]",
            "mov r9, r1",
            "ldr r1, [r0, #24]",
            "mov r10, r1",
            "ldr r1, [r0, #28]",
            "mov r11, r1",
            "ldr r7, [r0, #32]",
            "ldmia r0!, {{r3, r4, r5, r6}}",
            "movs r0, #0",
            "b 3f",
            "2:",
            next_input!(),
            next_input!(),
            next_input!(),
            next_input!(),
            "3:",
            "adds r1, r0, #3",
            "cmp r1, lr",
            "blo 2b",
            "b 5f",
            "4:",
            next_input!(),
            "5:",
            "cmp r0, lr",
            "blo 4b",
            "pop {{r0}}",
            "mov lr, r0",
            "mov r0, r3",
            "mov r1, r4",
            "mov r2, r5",
            "mov r3, r6",
            put_back!(),
            inout("r0") &raw mut of => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
        );
    }
    of.sums
}

/// `a * b / 2^32`, rounded, ties upward, of halves: such processors keep the low 32 bits of a product only.
#[inline(always)]
pub(super) fn high_product_rounded(a: i32, b: i32) -> i32 {
    let (a_high, a_low) = (a >> 16, a & 0xffff);
    let (b_high, b_low) = (b >> 16, b & 0xffff);
    let low = a_low.wrapping_mul(b_low).cast_unsigned() >> 16;
    let (first, second) = (a_high.wrapping_mul(b_low), a_low.wrapping_mul(b_high));
    // Half of the result's unit is `0x8000` of these.
    let middle = low + (first & 0xffff).cast_unsigned() + (second & 0xffff).cast_unsigned() + 0x8000;
    a_high.wrapping_mul(b_high) + (first >> 16) + (second >> 16) + (middle >> 16).cast_signed()
}
