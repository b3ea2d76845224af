//! Filters on what four places see, two of them in one word, see `lanes`.

use super::super::places::Table;
use core::arch::asm;

/// The products of two weights, in `r0` and `r1`, with what two places see next: the lower half is added to the sum at the
/// first, the upper one to that at the second.
macro_rules! two_places {
    ($first:literal, $second:literal) => {
        concat!(
            "ldmia r6!, {{r2, r3}}\n",
            "muls r2, r0, r2\n",
            "muls r3, r1, r3\n",
            "adds r2, r2, r3\n",
            "sxth r3, r2\n",
            "add ",
            $first,
            ", r3\n",
            "subs r2, r2, r3\n",
            "asrs r2, r2, #16\n",
            "add ",
            $second,
            ", r2\n",
        )
    };
}

/// The products of the next two weights, `r4` from `r7`, where they end, and from one behind, `r5`.
macro_rules! two_weights {
    () => {
        concat!(
            "ldrsb r0, [r7, r4]\n",
            "ldrsb r1, [r5, r4]\n",
            two_places!("r8", "r9"),
            two_places!("r10", "r11"),
            "adds r4, r4, #2\n",
        )
    };
}

/// The loop over the filters of a table, with the instructions from the sums, negative, in `r8` to `r11` to the output at
/// `r7`; `r12` has the distance.
macro_rules! each_filter {
    ($table:ident, $($finish:expr),*) => {
        asm!(
            save!(),
            "adds r0, #20",
            "ldmia r0!, {{r3, r4, r5, r6, r7}}",
            "push {{r3, r4, r5, r6, r7}}",
            "subs r0, #40",
            "ldmia r0!, {{r3, r4, r5, r6, r7}}",
            "push {{r3, r4, r5, r6, r7}}",
            "ldr r0, [sp, #24]",
            "mov r12, r0",
            largest!(),
            "2:",
            "ldr r0, [sp, #0]",
            "ldmia r0!, {{r1}}",
            "str r0, [sp, #0]",
            "rsbs r1, r1, #0",
            "mov r8, r1",
            "mov r9, r1",
            "mov r10, r1",
            "mov r11, r1",
            "ldr r6, [sp, #8]",
            "ldr r7, [sp, #36]",
            "ldr r4, [sp, #12]",
            "lsls r4, r4, #2",
            "adds r7, r7, r4",
            "adds r5, r7, #1",
            "rsbs r4, r4, #0",
            "3:",
            two_weights!(),
            two_weights!(),
            "bne 3b",
            "ldr r0, [sp, #28]",
            "subs r7, r7, r0",
            "str r7, [sp, #36]",
            // The fraction is negative too.
            "ldr r0, [sp, #4]",
            "ldmia r0!, {{r1, r4}}",
            "str r0, [sp, #4]",
            "rsbs r4, r4, #0",
            "rsbs r1, r1, #0",
            "sxth r6, r1",
            "subs r1, r1, r6",
            "asrs r1, r1, #16",
            "ldr r5, [sp, #16]",
            "lsls r5, r4",
            "asrs r5, r5, #1",
            "subs r5, r5, #1",
            "ldr r7, [sp, #20]",
            "adds r0, r7, #1",
            "str r0, [sp, #20]",
            $($finish,)*
            "ldr r0, [sp, #32]",
            "subs r0, r0, #1",
            "str r0, [sp, #32]",
            "beq 4f",
            "b 2b",
            "4:",
            "add sp, #40",
            put_back!(),
            inout("r0") $table => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
        )
    };
}

/// Writes the bytes of a table's filters at four places.
///
/// # Safety
///
/// For each of the filters, at least one, there are a start, a multiplier and `steps` words of weights, which begin `beyond`
/// bytes before the end of those before; there are `steps` elements of what is seen, in lanes, at least one, and room for a
/// byte of each filter at each place.
#[inline(never)]
pub(in super::super) unsafe fn write_places(table: &mut Table) {
    // SAFETY: the contract. Registers that Rust does not lend are put back.
    unsafe {
        each_filter!(
            table,
            "mov r0, r8",
            byte!(),
            "strb r0, [r7]",
            "add r7, r12",
            "mov r0, r9",
            byte!(),
            "strb r0, [r7]",
            "add r7, r12",
            "mov r0, r10",
            byte!(),
            "strb r0, [r7]",
            "add r7, r12",
            "mov r0, r11",
            byte!(),
            "strb r0, [r7]"
        );
    }
}

/// The smaller of `r0` and another sum, negative ones.
macro_rules! smaller {
    ($sum:literal) => {
        concat!("cmp r0, ", $sum, "\n", "ble 5f\n", "mov r0, ", $sum, "\n", "5:\n")
    };
}

/// Raises one byte of each of a table's filters to the largest at four places.
///
/// # Safety
///
/// As for [`write_places`], with room for one byte of each filter.
#[inline(never)]
pub(in super::super) unsafe fn raise_places(table: &mut Table) {
    // SAFETY: the contract. Registers that Rust does not lend are put back.
    unsafe {
        each_filter!(
            table,
            "mov r0, r8",
            smaller!("r9"),
            smaller!("r10"),
            smaller!("r11"),
            byte!(),
            "movs r2, #0",
            "ldrsb r2, [r7, r2]",
            "cmp r0, r2",
            "ble 5f",
            "strb r0, [r7]",
            "5:"
        );
    }
}
