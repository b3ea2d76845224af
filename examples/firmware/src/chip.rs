//! What the programs need of a chip: a line to the debugger, an end, a mark for the counter, and a look at the stack.

use crate::text::Text;
use core::arch::asm;
use core::panic::PanicInfo;
use cortex_m_semihosting::{debug, hio};

/// What `cortex-m-rt` fills RAM with, so that one sees how far the stack has come.
const PAINT: u32 = 0xCCCC_CCCC;

/// Prints a line on the debugger.
pub fn print(line: &Text) {
    if let Ok(mut output) = hio::hstdout() {
        let _ = output.write_all(line.as_bytes()).and_then(|()| output.write_all(b"\n"));
    }
}

/// Marks the beginning or the end of what is counted: an instruction that changes nothing, and that no compiler writes.
#[inline(always)]
pub fn mark() {
    // SAFETY: a register is copied to itself.
    unsafe { asm!("mov r12, r12") }
}

/// Prints the peak of the stack, and ends with success.
pub fn finish() -> ! {
    let mut line = Text::new();
    line.text("# stack ").number(peak()).text(" bytes");
    print(&line);
    exit()
}

/// Ends with success.
pub fn exit() -> ! {
    loop {
        debug::exit(debug::EXIT_SUCCESS);
    }
}

/// The bytes of the stack that were ever used.
fn peak() -> usize {
    unsafe extern "C" {
        static _stack_start: u32;
    }
    let mut word = cortex_m_rt::heap_start().cast_const();
    let top = &raw const _stack_start;
    // SAFETY: the words between the last variable and the beginning of the stack are RAM; nobody else reads or writes
    // those that are still painted, and the others are only read.
    while word < top && unsafe { word.read_volatile() } == PAINT {
        word = word.wrapping_add(1);
    }
    top.addr() - word.addr()
}

/// A panic is a failure.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        debug::exit(debug::EXIT_FAILURE);
    }
}
