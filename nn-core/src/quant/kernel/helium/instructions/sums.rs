//! Sums of products of bytes, and copies of what windows see.

use super::super::CELL;
use core::arch::asm;

/// The sums of a filter at four places.
pub(in super::super) type Sums = [i32; 4];

/// Adds the products of some bytes with four others to sums.
#[inline(always)]
pub(in super::super) fn four_sums(sums: Sums, shared: &[i8], others: [&[i8]; 4]) -> Sums {
    let len = others.iter().fold(shared.len(), |len, other| len.min(other.len()));
    let [mut a, mut b, mut c, mut d] = sums;
    // SAFETY: reads `len` bytes of each slice, which all have as many: the last vector is cut by the loop.
    unsafe {
        asm!(
            "wlstp.8 lr, lr, 3f",
            "2:",
            "vldrb.u8 q0, [r0], #16",
            "vldrb.u8 q1, [r1], #16",
            "vmladava.s8 r2, q0, q1",
            "vldrb.u8 q1, [r3], #16",
            "vmladava.s8 r4, q0, q1",
            "vldrb.u8 q1, [r5], #16",
            "vmladava.s8 r8, q0, q1",
            "vldrb.u8 q1, [r9], #16",
            "vmladava.s8 r10, q0, q1",
            "letp lr, 2b",
            "3:",
            inout("lr") len => _,
            inout("r0") shared.as_ptr() => _,
            inout("r1") others[0].as_ptr() => _,
            inout("r3") others[1].as_ptr() => _,
            inout("r5") others[2].as_ptr() => _,
            inout("r9") others[3].as_ptr() => _,
            inout("r2") a,
            inout("r4") b,
            inout("r8") c,
            inout("r10") d,
            out("d0") _,
            out("d1") _,
            out("d2") _,
            out("d3") _,
            options(readonly, nostack),
        );
    }
    [a, b, c, d]
}

/// The sums of filters at four places, as many filters as all slices have; `len` are the weights of each.
///
/// Three filters at two places take five loads for six products of vectors. What three leave over has the places together.
#[inline(always)]
pub(in super::super) fn filters_at_four_places(
    weights: &[i8],
    len: usize,
    starts: &[i32],
    places: [&[i8]; 4],
    sums: &mut [Sums],
) {
    let filters = starts.len().min(sums.len());
    if filters == 0 || len == 0 || weights.len() < filters * len || places.iter().any(|place| place.len() < len) {
        return;
    }
    let in_threes = filters - filters % 3;
    if in_threes > 0 {
        for (pair, two) in places.as_chunks::<2>().0.iter().enumerate() {
            let (two, sums) = (two.map(<[i8]>::as_ptr), sums.as_mut_ptr().cast::<i32>().wrapping_add(2 * pair));
            // SAFETY: there are as many weights, starts and sums, and `len` bytes of each place.
            unsafe { threes_at_two_places(in_threes, weights.as_ptr(), len, starts.as_ptr(), two, sums) };
        }
    }
    let last = weights.chunks_exact(len).zip(starts.iter().zip(sums)).take(filters);
    for (weights, (start, sums)) in last.skip(in_threes) {
        *sums = four_sums([*start; 4], weights, places);
    }
}

/// The sums of filters, in threes, at two places: two of four words each from the first on.
///
/// # Safety
///
/// There are so many filters, three or more, divisible by three, each with a start and `len` weights, one or more; as many
/// bytes of each place; and room for four words of each filter.
#[inline(always)]
unsafe fn threes_at_two_places(
    filters: usize,
    weights: *const i8,
    len: usize,
    starts: *const i32,
    [first, second]: [*const i8; 2],
    sums: *mut i32,
) {
    // What the loop over the weights passes over.
    let passed = len.next_multiple_of(CELL);
    let end = sums.wrapping_add(4 * filters);
    let mut table = [starts.addr(), len, passed, (3 * len).wrapping_sub(passed), end.addr()];
    // SAFETY: the contract. The last vector is cut by the loop. Reads and writes the table. Registers that Rust does not
    // lend are put back.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "mov r7, r8",
            "add r3, r1, r2",
            "add r5, r3, r2",
            "2:",
            "ldrd r6, lr, [r11]",
            "ldmia r6!, {{r0, r4, r8}}",
            "str r6, [r11]",
            "mov r2, r0",
            "mov r6, r4",
            "mov r10, r8",
            "dlstp.8 lr, lr",
            "3:",
            "vldrb.u8 q0, [r1], #16",
            "vldrb.u8 q3, [r7], #16",
            "vmladava.s8 r0, q0, q3",
            "vldrb.u8 q1, [r3], #16",
            "vmladava.s8 r4, q1, q3",
            "vldrb.u8 q2, [r5], #16",
            "vmladava.s8 r8, q2, q3",
            "vldrb.u8 q3, [r9], #16",
            "vmladava.s8 r2, q0, q3",
            "vmladava.s8 r6, q1, q3",
            "vmladava.s8 r10, q2, q3",
            "letp lr, 3b",
            "strd r0, r2, [r12], #16",
            "strd r4, r6, [r12], #16",
            "strd r8, r10, [r12], #16",
            "ldrd r0, r2, [r11, #8]",
            "sub r7, r7, r0",
            "sub r9, r9, r0",
            "add r1, r1, r2",
            "add r3, r3, r2",
            "add r5, r5, r2",
            "ldr r0, [r11, #16]",
            "cmp r12, r0",
            "bne 2b",
            "pop {{r6, r7}}",
            inout("r1") weights => _,
            inout("r2") len => _,
            inout("r8") first => _,
            inout("r9") second => _,
            in("r11") &raw mut table,
            inout("r12") sums => _,
            out("r0") _,
            out("r3") _,
            out("r4") _,
            out("r5") _,
            out("r10") _,
            out("lr") _,
            out("d0") _,
            out("d1") _,
            out("d2") _,
            out("d3") _,
            out("d4") _,
            out("d5") _,
            out("d6") _,
            out("d7") _,
        );
    }
}

/// Copies `rows` rows of `len` bytes: from each `from_step`th byte, to bytes without gaps but for `gap` after each row;
/// nothing if either has fewer.
#[inline(always)]
pub(in super::super) fn copy_rows(from: &[i8], from_step: usize, to: &mut [i8], gap: usize, [rows, len]: [usize; 2]) {
    let Some(last) = rows.checked_sub(1) else { return };
    if from.len() < last * from_step + len || to.len() < last * (len + gap) + len {
        return;
    }
    // What the loop over a row passes over.
    let passed = len.next_multiple_of(CELL);
    // SAFETY: reads and writes `len` bytes for each of the rows, of which the last is within both slices: the last vector
    // of a row is cut by the loop.
    unsafe {
        asm!(
            "2:",
            "wlstp.8 lr, {len}, 4f",
            "3:",
            "vldrb.u8 q0, [{from}], #16",
            "vstrb.8 q0, [{to}], #16",
            "letp lr, 3b",
            "4:",
            "add {from}, {from}, {from_step}",
            "add {to}, {to}, {to_step}",
            "subs {rows}, {rows}, #1",
            "bne 2b",
            from = inout(reg) from.as_ptr() => _,
            to = inout(reg) to.as_mut_ptr() => _,
            from_step = in(reg) from_step.wrapping_sub(passed),
            to_step = in(reg) (len + gap).wrapping_sub(passed),
            rows = inout(reg) rows => _,
            len = in(reg) len,
            out("lr") _,
            out("d0") _,
            out("d1") _,
            options(nostack),
        );
    }
}
