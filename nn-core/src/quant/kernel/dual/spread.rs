//! Bytes of an image, moved and spread: four bytes become a [`Spread`].

#[cfg(not(dual_multiply))]
use super::words::{spread, word};
#[cfg(dual_multiply)]
use core::arch::asm;

/// Four bytes, spread.
pub(super) type Spread = [u32; 2];

/// Spreads the words of rows, which begin at each `row_len`th byte of the input, to each `output_step`th element of the
/// output; nothing if there are fewer, or no room.
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn spread_rows(
    input: &[i8],
    row_len: usize,
    [rows, words]: [usize; 2],
    output: &mut [Spread],
    output_step: usize,
) {
    let (Some(last_row), Some(last)) = (rows.checked_sub(1), (rows * words).checked_sub(1)) else { return };
    if input.len() < last_row * row_len + 4 * words || output.len() <= last * output_step || row_len < 4 * words {
        return;
    }
    // SAFETY: reads `words` words at each `row_len`th byte of the input, of `rows` rows of which the last is within it, and
    // writes as many of each `output_step`th element of the output, of which the last is within it.
    unsafe {
        asm!(
            "2:",
            "mov {word}, {words}",
            "3:",
            "ldr {even}, [{input}], #4",
            "sxtb16 {odd}, {even}, ror #8",
            "sxtb16 {even}, {even}",
            "strd {even}, {odd}, [{output}]",
            "add {output}, {output}, {output_step}",
            "subs {word}, {word}, #1",
            "bne 3b",
            "add {input}, {input}, {between}",
            "subs {rows}, {rows}, #1",
            "bne 2b",
            input = inout(reg) input.as_ptr() => _,
            output = inout(reg) output.as_mut_ptr() => _,
            between = in(reg) row_len - 4 * words,
            output_step = in(reg) output_step * size_of::<Spread>(),
            words = in(reg) words,
            rows = inout(reg) rows => _,
            word = out(reg) _,
            even = out(reg) _,
            odd = out(reg) _,
            options(nostack),
        );
    }
}

/// Spreads four bytes at each `step`th of the input, as far as there are four and there is room.
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn spread_each(input: &[i8], step: usize, output: &mut [Spread], output_step: usize) {
    let (Some(bytes), Some(room)) = (input.len().checked_sub(4), output.len().checked_sub(1)) else { return };
    let words = (bytes / step.max(1)).min(room / output_step.max(1)) + 1;
    // SAFETY: reads four bytes at each `step`th of the input and writes each `output_step`th element of the output, of
    // both `words`, of which the last is within them.
    unsafe {
        asm!(
            "2:",
            "ldr {even}, [{input}]",
            "add {input}, {input}, {step}",
            "sxtb16 {odd}, {even}, ror #8",
            "sxtb16 {even}, {even}",
            "strd {even}, {odd}, [{output}]",
            "add {output}, {output}, {output_step}",
            "subs {words}, {words}, #1",
            "bne 2b",
            input = inout(reg) input.as_ptr() => _,
            output = inout(reg) output.as_mut_ptr() => _,
            step = in(reg) step.max(1),
            output_step = in(reg) output_step.max(1) * size_of::<Spread>(),
            words = inout(reg) words => _,
            even = out(reg) _,
            odd = out(reg) _,
            options(nostack),
        );
    }
}

/// Copies rows of `len` bytes, which begin at each `row_len`th byte of the input, to each `output_row_len`th byte of the
/// output; nothing if there are fewer, or no room.
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn copy_rows(
    input: &[i8],
    row_len: usize,
    [rows, len]: [usize; 2],
    output: &mut [i8],
    output_row_len: usize,
) {
    let Some(last) = rows.checked_sub(1) else { return };
    let (between, output_between) = (row_len.checked_sub(len), output_row_len.checked_sub(len));
    let (Some(between), Some(output_between)) = (between, output_between) else { return };
    if input.len() < last * row_len + len || output.len() < last * output_row_len + len {
        return;
    }
    // SAFETY: reads and writes `len` bytes, which may be none, at each `row_len`th byte of the input and `output_row_len`th
    // of the output, of `rows` rows, of which the last are within them.
    unsafe {
        asm!(
            "2:",
            "subs {left}, {len}, #4",
            "blt 4f",
            "3:",
            "ldr {word}, [{input}], #4",
            "str {word}, [{output}], #4",
            "subs {left}, {left}, #4",
            "bge 3b",
            "4:",
            "adds {left}, {left}, #4",
            "beq 6f",
            "5:",
            "ldrb {word}, [{input}], #1",
            "strb {word}, [{output}], #1",
            "subs {left}, {left}, #1",
            "bne 5b",
            "6:",
            "add {input}, {input}, {between}",
            "add {output}, {output}, {output_between}",
            "subs {rows}, {rows}, #1",
            "bne 2b",
            input = inout(reg) input.as_ptr() => _,
            output = inout(reg) output.as_mut_ptr() => _,
            len = in(reg) len,
            between = in(reg) between,
            output_between = in(reg) output_between,
            rows = inout(reg) rows => _,
            left = out(reg) _,
            word = out(reg) _,
            options(nostack),
        );
    }
}

#[cfg(not(dual_multiply))]
pub(super) fn spread_rows(
    input: &[i8],
    row_len: usize,
    [rows, words]: [usize; 2],
    output: &mut [Spread],
    output_step: usize,
) {
    let bytes = input.chunks(row_len).take(rows).flat_map(|row| row.as_chunks().0.iter().take(words));
    for (output, bytes) in output.iter_mut().step_by(output_step).zip(bytes) {
        *output = spread(word(bytes));
    }
}

#[cfg(not(dual_multiply))]
pub(super) fn spread_each(input: &[i8], step: usize, output: &mut [Spread], output_step: usize) {
    for (output, bytes) in output.iter_mut().step_by(output_step.max(1)).zip(input.windows(4).step_by(step.max(1))) {
        *output = bytes.first_chunk().map_or([0; 2], |bytes| spread(word(bytes)));
    }
}

#[cfg(not(dual_multiply))]
pub(super) fn copy_rows(
    input: &[i8],
    row_len: usize,
    [rows, len]: [usize; 2],
    output: &mut [i8],
    output_row_len: usize,
) {
    for row in 0..rows {
        let bytes = input.get(row * row_len..).and_then(|input| input.get(..len)).unwrap_or_default();
        let output = output.get_mut(row * output_row_len..).unwrap_or_default();
        output.iter_mut().zip(bytes).for_each(|(output, byte)| *output = *byte);
    }
}
