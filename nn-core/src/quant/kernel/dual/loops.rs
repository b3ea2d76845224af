//! The loops over the products of four sums at a time.
//!
//! They are written as the processor's instructions, since what they save is what a compiler does not find: loads of
//! four words in one instruction, and all of the loop's numbers in registers. On other processors plain Rust.

use super::finish::Channel;
use super::words::{add_high, add_low};
#[cfg(not(dual_multiply))]
use super::words::{add_products, spread, word};
use crate::quant::Multiplier;
#[cfg(dual_multiply)]
use core::arch::asm;

/// Four bytes.
pub(super) type Four = [i8; 4];
/// Four bytes, spread.
pub(super) type Spread = [u32; 2];

/// Adds the products of a filter's weights with what its window sees at four places.
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn add_four_places(sums: [i32; 4], weights: &[Four], places: &[[Spread; 4]]) -> [i32; 4] {
    let steps = weights.len().min(places.len());
    if steps == 0 {
        return sums;
    }
    let [mut a, mut b, mut c, mut d] = sums;
    // SAFETY: reads `steps` elements of both slices, which have as many. Registers that Rust does not lend are put
    // back.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "2:",
            "ldr r6, [r10], #4",
            "sxtb16 r7, r6",
            "sxtb16 r6, r6, ror #8",
            "ldmia r11!, {{r0, r1, r2, r3}}",
            "smlad r4, r7, r0, r4",
            "smlad r5, r7, r2, r5",
            "smlad r4, r6, r1, r4",
            "smlad r5, r6, r3, r5",
            "ldmia r11!, {{r0, r1, r2, r3}}",
            "smlad r8, r7, r0, r8",
            "smlad r9, r7, r2, r9",
            "smlad r8, r6, r1, r8",
            "smlad r9, r6, r3, r9",
            "subs r12, r12, #1",
            "bne 2b",
            "pop {{r6, r7}}",
            inout("r10") weights.as_ptr() => _,
            inout("r11") places.as_ptr() => _,
            inout("r12") steps => _,
            inout("r4") a,
            inout("r5") b,
            inout("r8") c,
            inout("r9") d,
            out("r0") _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            options(readonly),
        );
    }
    [a, b, c, d]
}

/// The same at two places.
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn add_two_places(sums: [i32; 2], weights: &[Four], places: &[[Spread; 2]]) -> [i32; 2] {
    let steps = weights.len().min(places.len());
    if steps == 0 {
        return sums;
    }
    let [mut a, mut b] = sums;
    // SAFETY: reads `steps` elements of both slices, which have as many. Registers that Rust does not lend are put
    // back.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "2:",
            "ldr r6, [r10], #4",
            "sxtb16 r7, r6",
            "sxtb16 r6, r6, ror #8",
            "ldmia r11!, {{r0, r1, r2, r3}}",
            "smlad r4, r7, r0, r4",
            "smlad r5, r7, r2, r5",
            "smlad r4, r6, r1, r4",
            "smlad r5, r6, r3, r5",
            "subs r12, r12, #1",
            "bne 2b",
            "pop {{r6, r7}}",
            inout("r10") weights.as_ptr() => _,
            inout("r11") places.as_ptr() => _,
            inout("r12") steps => _,
            inout("r4") a,
            inout("r5") b,
            out("r0") _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            options(readonly),
        );
    }
    [a, b]
}

/// Adds the products of inputs with the weights of four units that follow each other.
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn add_four_units(sums: [i32; 4], inputs: &[i8], weights: &[i8]) -> [i32; 4] {
    let len = inputs.len();
    if weights.len() / 4 < len {
        return sums;
    }
    let [mut a, mut b, mut c, mut d] = sums;
    // SAFETY: reads the inputs, and from the first weight of each unit on as many; there are four times as many weights.
    // Registers that Rust does not lend are put back.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "subs lr, lr, #4",
            "blt 3f",
            "2:",
            "ldr r1, [r8], #4",
            "ldr r6, [r9], #4",
            "sxtb16 r0, r1",
            "sxtb16 r1, r1, ror #8",
            "sxtb16 r7, r6",
            "sxtb16 r6, r6, ror #8",
            "smlad r2, r0, r7, r2",
            "smlad r2, r1, r6, r2",
            "ldr r6, [r10], #4",
            "sxtb16 r7, r6",
            "sxtb16 r6, r6, ror #8",
            "smlad r3, r0, r7, r3",
            "smlad r3, r1, r6, r3",
            "ldr r6, [r11], #4",
            "sxtb16 r7, r6",
            "sxtb16 r6, r6, ror #8",
            "smlad r4, r0, r7, r4",
            "smlad r4, r1, r6, r4",
            "ldr r6, [r12], #4",
            "sxtb16 r7, r6",
            "sxtb16 r6, r6, ror #8",
            "smlad r5, r0, r7, r5",
            "smlad r5, r1, r6, r5",
            "subs lr, lr, #4",
            "bge 2b",
            "3:",
            "adds lr, lr, #4",
            "beq 5f",
            "4:",
            "ldrsb r0, [r8], #1",
            "ldrsb r6, [r9], #1",
            "smlabb r2, r0, r6, r2",
            "ldrsb r6, [r10], #1",
            "smlabb r3, r0, r6, r3",
            "ldrsb r6, [r11], #1",
            "smlabb r4, r0, r6, r4",
            "ldrsb r6, [r12], #1",
            "smlabb r5, r0, r6, r5",
            "subs lr, lr, #1",
            "bne 4b",
            "5:",
            "pop {{r6, r7}}",
            inout("r8") inputs.as_ptr() => _,
            inout("r9") weights.as_ptr() => _,
            inout("r10") weights.as_ptr().wrapping_add(len) => _,
            inout("r11") weights.as_ptr().wrapping_add(2 * len) => _,
            inout("r12") weights.as_ptr().wrapping_add(3 * len) => _,
            inout("lr") len => _,
            out("r0") _,
            out("r1") _,
            inout("r2") a,
            inout("r3") b,
            inout("r4") c,
            inout("r5") d,
            options(readonly),
        );
    }
    [a, b, c, d]
}

/// The instructions from one of four units' sums to its byte, as [`Channel::byte`].
#[cfg(dual_multiply)]
macro_rules! unit {
    ($sum:literal, $place:literal) => {
        concat!(
            "ldrd {fraction}, {right}, [{multipliers}], #8\n",
            "rsb {right}, {right}, #0\n",
            "lsl {",
            $sum,
            "}, {",
            $sum,
            "}, #1\n",
            "smmulr {",
            $sum,
            "}, {",
            $sum,
            "}, {fraction}\n",
            "lsl {fraction}, {zero}, {right}\n",
            "add {fraction}, {",
            $sum,
            "}, {fraction}, asr #1\n",
            "add {",
            $sum,
            "}, {fraction}, {",
            $sum,
            "}, asr #31\n",
            "asr {",
            $sum,
            "}, {",
            $sum,
            "}, {right}\n",
            "ssat {",
            $sum,
            "}, #8, {",
            $sum,
            "}\n",
            "strb {",
            $sum,
            "}, [{bytes}, #",
            $place,
            "]\n",
        )
    };
}

/// Writes the bytes of four units' sums, as [`Channel::byte`] gives them.
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn finish_four_units(sums: [i32; 4], multipliers: &[Multiplier; 4], zero_point: i8, bytes: &mut [i8; 4]) {
    let [a, b, c, d] = sums;
    // SAFETY: reads the four multipliers, each a fraction and a shift, and writes the four bytes.
    unsafe {
        asm!(
            unit!("a", "0"),
            unit!("b", "1"),
            unit!("c", "2"),
            unit!("d", "3"),
            multipliers = inout(reg) multipliers.as_ptr() => _,
            zero = in(reg) 2 * zero_point as i32 + 1,
            bytes = in(reg) bytes.as_mut_ptr(),
            a = inout(reg) a => _,
            b = inout(reg) b => _,
            c = inout(reg) c => _,
            d = inout(reg) d => _,
            fraction = out(reg) _,
            right = out(reg) _,
            options(nostack),
        );
    }
}

/// The instructions from a sum at one of four places to its byte, as [`Channel::byte`], and on to the next.
#[cfg(dual_multiply)]
macro_rules! place {
    ($sum:literal) => {
        concat!(
            "lsl {",
            $sum,
            "}, {",
            $sum,
            "}, #1\n",
            "smmulr {",
            $sum,
            "}, {",
            $sum,
            "}, {multiplier}\n",
            "add {next}, {",
            $sum,
            "}, {zero}, asr #1\n",
            "add {",
            $sum,
            "}, {next}, {",
            $sum,
            "}, asr #31\n",
            "asr {",
            $sum,
            "}, {",
            $sum,
            "}, {right}\n",
            "ssat {",
            $sum,
            "}, #8, {",
            $sum,
            "}\n",
            "strb {",
            $sum,
            "}, [{bytes}]\n",
            "add {bytes}, {bytes}, {step}\n",
        )
    };
}

/// Writes the bytes of a channel's sums at four places to each `step`th byte, as [`Channel::byte`] gives them, if there
/// is room.
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn finish_four_places(
    sums: [i32; 4],
    multiplier: &Multiplier,
    zero_point: i8,
    bytes: &mut [i8],
    step: usize,
) {
    if bytes.len() <= 3 * step {
        return;
    }
    let [a, b, c, d] = sums;
    // SAFETY: reads the multiplier, a fraction and a shift, and writes each `step`th of four bytes, of which the last is
    // within them.
    unsafe {
        asm!(
            "ldrd {multiplier}, {right}, [{multiplier}]",
            "rsb {right}, {right}, #0",
            "lsl {zero}, {zero}, {right}",
            place!("a"),
            place!("b"),
            place!("c"),
            place!("d"),
            multiplier = inout(reg) multiplier => _,
            zero = inout(reg) 2 * zero_point as i32 + 1 => _,
            bytes = inout(reg) bytes.as_mut_ptr() => _,
            step = in(reg) step,
            a = inout(reg) a => _,
            b = inout(reg) b => _,
            c = inout(reg) c => _,
            d = inout(reg) d => _,
            next = out(reg) _,
            right = out(reg) _,
            options(nostack),
        );
    }
}

/// Spreads the words of rows, which begin at each `row_len`th byte of the input; nothing if there are fewer, or no room.
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

/// The constants of four channels under windows of three by three, as [`row_of_squares`] reads them.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct Square {
    /// The weights of each cell.
    pub(super) weights: [Spread; 9],
    /// What the sums begin with.
    pub(super) starts: [i32; 4],
    /// From sums to bytes.
    pub(super) constants: [Channel; 4],
    /// From one pixel of the output to the next.
    pub(super) channels: usize,
}

/// The instructions for one cell: `$at` is its place in its row, `$weight` that of its weights, in bytes.
#[cfg(dual_multiply)]
macro_rules! cell {
    ($row:literal, $at:literal, $weight:literal) => {
        concat!(
            "ldrd r0, r1, [",
            $row,
            ", #",
            $at,
            "]\n",
            "ldrd r2, r3, [lr, #",
            $weight,
            "]\n",
            "smlabb r4, r0, r2, r4\n",
            "smlabb r5, r1, r3, r5\n",
            "smlatt r8, r0, r2, r8\n",
            "smlatt r9, r1, r3, r9\n",
        )
    };
}

/// The instructions from a sum to a byte, as [`Channel::byte`]: `$at` is the place of the channel's constants,
/// `$right` that of the last of them, and `$place` that of the byte.
#[cfg(dual_multiply)]
macro_rules! byte {
    ($sum:literal, $at:literal, $right:literal, $place:literal) => {
        concat!(
            "ldrd r0, r1, [lr, #",
            $at,
            "]\n",
            "ldr r2, [lr, #",
            $right,
            "]\n",
            "lsl ",
            $sum,
            ", ",
            $sum,
            ", #1\n",
            "smmulr ",
            $sum,
            ", ",
            $sum,
            ", r0\n",
            "add r1, r1, ",
            $sum,
            "\n",
            "add ",
            $sum,
            ", r1, ",
            $sum,
            ", asr #31\n",
            "asr ",
            $sum,
            ", ",
            $sum,
            ", r2\n",
            "ssat ",
            $sum,
            ", #8, ",
            $sum,
            "\n",
            "strb ",
            $sum,
            ", [r6, #",
            $place,
            "]\n",
        )
    };
}

/// Four channels of a row of outputs, one pixel after another, each under a window of three by three that moves by `STEP`
/// bytes: sums, rounded twice, within all bytes. As many pixels as there is room for.
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn row_of_squares<const STEP: usize>(square: &Square, rows: [&[Spread]; 3], output: &mut [i8]) {
    let cells = rows.iter().fold(usize::MAX, |cells, row| cells.min(row.len()));
    let (Some(cells), Some(bytes)) = (cells.checked_sub(3), output.len().checked_sub(4)) else { return };
    let pixels = (bytes / square.channels.max(1)).min(cells / (STEP / size_of::<Spread>()).max(1)) + 1;
    // SAFETY: reads `square` and, in each row, three elements from every `STEP`th byte on; the last of them is within the
    // shortest row. Writes four bytes at each `channels`th byte of the output; the last of them is within it. Registers
    // that Rust does not lend are put back.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "mov r6, r0",
            "mov r7, r1",
            "2:",
            "ldrd r4, r5, [lr, #72]",
            "ldrd r8, r9, [lr, #80]",
            cell!("r10", "0", "0"),
            cell!("r10", "8", "8"),
            cell!("r10", "16", "16"),
            cell!("r11", "0", "24"),
            cell!("r11", "8", "32"),
            cell!("r11", "16", "40"),
            cell!("r12", "0", "48"),
            cell!("r12", "8", "56"),
            cell!("r12", "16", "64"),
            byte!("r4", "88", "96", "0"),
            byte!("r5", "100", "108", "1"),
            byte!("r8", "112", "120", "2"),
            byte!("r9", "124", "132", "3"),
            "ldr r0, [lr, #136]",
            "add r6, r6, r0",
            "add r10, r10, #{step}",
            "add r11, r11, #{step}",
            "add r12, r12, #{step}",
            "subs r7, r7, #1",
            "bne 2b",
            "pop {{r6, r7}}",
            step = const STEP,
            inout("r0") output.as_mut_ptr() => _,
            inout("r1") pixels => _,
            inout("r10") rows[0].as_ptr() => _,
            inout("r11") rows[1].as_ptr() => _,
            inout("r12") rows[2].as_ptr() => _,
            in("lr") square,
            out("r2") _,
            out("r3") _,
            out("r4") _,
            out("r5") _,
            out("r8") _,
            out("r9") _,
        );
    }
}

/// Adds the products of four channels in one cell of a window to the channels' sums.
#[inline(always)]
pub(super) fn add_cell([a, b, c, d]: [i32; 4], cell: Spread, weights: Spread) -> [i32; 4] {
    [
        add_low(a, cell[0], weights[0]),
        add_low(b, cell[1], weights[1]),
        add_high(c, cell[0], weights[0]),
        add_high(d, cell[1], weights[1]),
    ]
}

#[cfg(not(dual_multiply))]
fn add_places<const PLACES: usize>(
    sums: [i32; PLACES],
    weights: &[Four],
    places: &[[Spread; PLACES]],
) -> [i32; PLACES] {
    let mut sums = sums;
    for (weights, places) in weights.iter().zip(places) {
        for (sum, place) in sums.iter_mut().zip(places) {
            *sum = add_products(*sum, spread(word(weights)), *place);
        }
    }
    sums
}

#[cfg(not(dual_multiply))]
pub(super) fn add_four_places(sums: [i32; 4], weights: &[Four], places: &[[Spread; 4]]) -> [i32; 4] {
    add_places(sums, weights, places)
}

#[cfg(not(dual_multiply))]
pub(super) fn add_two_places(sums: [i32; 2], weights: &[Four], places: &[[Spread; 2]]) -> [i32; 2] {
    add_places(sums, weights, places)
}

#[cfg(not(dual_multiply))]
pub(super) fn add_four_units(sums: [i32; 4], inputs: &[i8], weights: &[i8]) -> [i32; 4] {
    let mut sums = sums;
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

#[cfg(not(dual_multiply))]
pub(super) fn finish_four_units(sums: [i32; 4], multipliers: &[Multiplier; 4], zero_point: i8, bytes: &mut [i8; 4]) {
    for (byte, (sum, multiplier)) in bytes.iter_mut().zip(sums.into_iter().zip(multipliers)) {
        *byte = Channel::new(multiplier, zero_point).byte(sum) as i8;
    }
}

#[cfg(not(dual_multiply))]
pub(super) fn finish_four_places(
    sums: [i32; 4],
    multiplier: &Multiplier,
    zero_point: i8,
    bytes: &mut [i8],
    step: usize,
) {
    let constants = Channel::new(multiplier, zero_point);
    for (byte, sum) in bytes.iter_mut().step_by(step).zip(sums) {
        *byte = constants.byte(sum) as i8;
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
pub(super) fn row_of_squares<const STEP: usize>(square: &Square, rows: [&[Spread]; 3], output: &mut [i8]) {
    let mut at = 0;
    for pixel in output.chunks_mut(square.channels.max(1)) {
        let [Some(first), Some(second), Some(third)] = rows.map(|row| row.get(at..at + 3)) else { return };
        let cells = [first, second, third].into_iter().flatten().zip(&square.weights);
        let sums = cells.fold(square.starts, |sums, (cell, weights)| add_cell(sums, *cell, *weights));
        for (byte, (sum, constants)) in pixel.iter_mut().zip(sums.into_iter().zip(&square.constants)) {
            *byte = constants.byte(sum) as i8;
        }
        at += STEP / size_of::<Spread>();
    }
}

#[cfg(not(dual_multiply))]
pub(super) fn spread_each(input: &[i8], step: usize, output: &mut [Spread], output_step: usize) {
    for (output, bytes) in output.iter_mut().step_by(output_step.max(1)).zip(input.windows(4).step_by(step.max(1))) {
        *output = bytes.first_chunk().map_or([0; 2], |bytes| spread(word(bytes)));
    }
}
