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
    // What the loop over the weights passes over.
    let passed = len.next_multiple_of(CELL);
    let table = [starts.as_ptr().addr() + filters * size_of::<i32>(), passed - len, len];
    // SAFETY: for each of the filters, reads its `len` weights and as many bytes of each place, and one start, and writes
    // four sums; that there are so many was asked. The last vector is cut by the loop. Registers that Rust does not lend
    // are put back.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "mov r6, r2",
            "mov r7, r4",
            "2:",
            "ldr r2, [r7], #4",
            "ldr lr, [r11, #8]",
            "mov r4, r2",
            "mov r8, r2",
            "mov r10, r2",
            "dlstp.8 lr, lr",
            "3:",
            "vldrb.u8 q0, [r0], #16",
            "vldrb.u8 q1, [r1], #16",
            "vmladava.s8 r2, q0, q1",
            "vldrb.u8 q1, [r3], #16",
            "vmladava.s8 r4, q0, q1",
            "vldrb.u8 q1, [r5], #16",
            "vmladava.s8 r8, q0, q1",
            "vldrb.u8 q1, [r9], #16",
            "vmladava.s8 r10, q0, q1",
            "letp lr, 3b",
            "stmia r12!, {{r2, r4, r8, r10}}",
            "ldrd r2, r4, [r11]",
            "sub r0, r0, r4",
            "sub r1, r1, r6",
            "sub r3, r3, r6",
            "sub r5, r5, r6",
            "sub r9, r9, r6",
            "cmp r7, r2",
            "bne 2b",
            "pop {{r6, r7}}",
            inout("r0") weights.as_ptr() => _,
            inout("r1") places[0].as_ptr() => _,
            inout("r3") places[1].as_ptr() => _,
            inout("r5") places[2].as_ptr() => _,
            inout("r9") places[3].as_ptr() => _,
            inout("r2") passed => _,
            inout("r4") starts.as_ptr() => _,
            out("r8") _,
            out("r10") _,
            in("r11") &raw const table,
            inout("r12") sums.as_mut_ptr() => _,
            out("lr") _,
            out("d0") _,
            out("d1") _,
            out("d2") _,
            out("d3") _,
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
    // SAFETY: reads and writes `len` bytes for each of the rows, of which the last is within both slices: the last vector
    // of a row is cut by the loop.
    unsafe {
        asm!(
            "2:",
            "mov {source}, {from}",
            "mov {target}, {to}",
            "wlstp.8 lr, {len}, 4f",
            "3:",
            "vldrb.u8 q0, [{source}], #16",
            "vstrb.8 q0, [{target}], #16",
            "letp lr, 3b",
            "4:",
            "add {from}, {from}, {from_step}",
            "add {to}, {to}, {to_step}",
            "subs {rows}, {rows}, #1",
            "bne 2b",
            from = inout(reg) from.as_ptr() => _,
            to = inout(reg) to.as_mut_ptr() => _,
            from_step = in(reg) from_step,
            to_step = in(reg) len + gap,
            rows = inout(reg) rows => _,
            len = in(reg) len,
            source = out(reg) _,
            target = out(reg) _,
            out("lr") _,
            out("d0") _,
            out("d1") _,
            options(nostack),
        );
    }
}
