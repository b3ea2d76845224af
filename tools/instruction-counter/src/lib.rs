//! A plugin for QEMU's ARM emulator (plugin interface version 1; tested with QEMU 7.2) that counts the instructions
//! executed between two `mov r12, r12`, which no compiler writes, and how deep the stack gets there.
//!
//! `qemu-system-arm .. -plugin libinstruction_counter.so,stack=20040000 -d plugin` prints a line for each pair of marks:
//! `region 0: 23456 instructions, stack 312`. `stack` is the address, in hexadecimal, at which the stack begins; the depth
//! is the distance to the lowest address written in the 64 KiB below it. The emulated processor must have one core.
//!
//! With `profile=on` there is a line `at 00001234: 567` for each instruction of the whole run, how often it was executed;
//! `tools/firmware/profile` adds them up by function.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// The version of the interface that this plugin was written for.
#[unsafe(no_mangle)]
pub static qemu_plugin_version: c_int = 1;

type PluginId = u64;

// The functions of `qemu-plugin.h` that are used, of which handles are pointers to what only QEMU knows.
unsafe extern "C" {
    fn qemu_plugin_register_vcpu_tb_trans_cb(id: PluginId, call: extern "C" fn(PluginId, *mut c_void));
    fn qemu_plugin_register_atexit_cb(id: PluginId, call: extern "C" fn(PluginId, *mut c_void), data: *mut c_void);
    fn qemu_plugin_tb_n_insns(block: *const c_void) -> usize;
    fn qemu_plugin_tb_get_insn(block: *const c_void, index: usize) -> *mut c_void;
    fn qemu_plugin_insn_data(instruction: *const c_void) -> *const u8;
    fn qemu_plugin_insn_size(instruction: *const c_void) -> usize;
    fn qemu_plugin_insn_vaddr(instruction: *const c_void) -> u64;
    fn qemu_plugin_register_vcpu_insn_exec_inline(
        instruction: *mut c_void,
        operation: c_int,
        counter: *mut c_void,
        step: u64,
    );
    fn qemu_plugin_register_vcpu_insn_exec_cb(
        instruction: *mut c_void,
        call: extern "C" fn(c_uint, *mut c_void),
        flags: c_int,
        data: *mut c_void,
    );
    fn qemu_plugin_register_vcpu_mem_cb(
        instruction: *mut c_void,
        call: extern "C" fn(c_uint, u32, u64, *mut c_void),
        flags: c_int,
        accesses: c_int,
        data: *mut c_void,
    );
    fn qemu_plugin_outs(text: *const c_char);
}

/// `QEMU_PLUGIN_INLINE_ADD_U64`
const ADD: c_int = 0;
/// `QEMU_PLUGIN_CB_NO_REGS`
const NO_REGISTERS: c_int = 0;
/// `QEMU_PLUGIN_MEM_W`
const WRITES: c_int = 2;
/// `mov r12, r12`, little-endian. No instruction of 32 bits begins with it.
const MARK: [u8; 2] = [0xe4, 0x46];
/// No stack is larger.
const LARGEST_STACK: u64 = 64 * 1024;
/// Between two regions.
const OUTSIDE: u64 = u64::MAX;

/// Instructions so far, marks left out. QEMU adds to it.
static EXECUTED: AtomicU64 = AtomicU64::new(0);
/// What it was at the last mark that opened a region.
static BEGAN: AtomicU64 = AtomicU64::new(OUTSIDE);
/// The address at which the stack begins, and the lowest one written since the region began.
static STACK: AtomicU64 = AtomicU64::new(0);
static LOWEST: AtomicU64 = AtomicU64::new(u64::MAX);
/// The lines to be printed.
static REPORT: Mutex<String> = Mutex::new(String::new());
static REGIONS: AtomicU64 = AtomicU64::new(0);
/// Whether each instruction is counted by itself, and the counts by address. They stay for ever: QEMU adds to them.
static PROFILE: AtomicBool = AtomicBool::new(false);
static COUNTS: Mutex<BTreeMap<u64, &'static AtomicU64>> = Mutex::new(BTreeMap::new());

extern "C" fn mark(_core: c_uint, _data: *mut c_void) {
    let (now, stack) = (EXECUTED.load(Relaxed), STACK.load(Relaxed));
    match BEGAN.swap(OUTSIDE, Relaxed) {
        OUTSIDE => {
            BEGAN.store(now, Relaxed);
            LOWEST.store(stack, Relaxed);
        }
        began => {
            let (number, depth) = (REGIONS.fetch_add(1, Relaxed), stack - LOWEST.load(Relaxed));
            let line = format!("region {number}: {} instructions, stack {depth}\n", now - began);
            if let Ok(mut report) = REPORT.lock() {
                report.push_str(&line);
            }
        }
    }
}

extern "C" fn written(_core: c_uint, _info: u32, address: u64, _data: *mut c_void) {
    let stack = STACK.load(Relaxed);
    if address < stack && stack - address <= LARGEST_STACK {
        LOWEST.fetch_min(address, Relaxed);
    }
}

extern "C" fn translated(_id: PluginId, block: *mut c_void) {
    // SAFETY: `block` and its instructions are valid during this call; a valid instruction has as many bytes as QEMU says.
    unsafe {
        for index in 0..qemu_plugin_tb_n_insns(block) {
            let instruction = qemu_plugin_tb_get_insn(block, index);
            let size = qemu_plugin_insn_size(instruction);
            // QEMU shows the instruction after it too where a page ends behind that.
            if std::slice::from_raw_parts(qemu_plugin_insn_data(instruction), size).starts_with(&MARK) {
                qemu_plugin_register_vcpu_insn_exec_cb(instruction, mark, NO_REGISTERS, ptr::null_mut());
                continue;
            }
            qemu_plugin_register_vcpu_insn_exec_inline(instruction, ADD, EXECUTED.as_ptr().cast(), 1);
            if PROFILE.load(Relaxed) {
                let count = count_of(qemu_plugin_insn_vaddr(instruction));
                qemu_plugin_register_vcpu_insn_exec_inline(instruction, ADD, count.as_ptr().cast(), 1);
            }
            if STACK.load(Relaxed) != 0 {
                qemu_plugin_register_vcpu_mem_cb(instruction, written, NO_REGISTERS, WRITES, ptr::null_mut());
            }
        }
    }
}

/// The counter of an instruction, the same however often it is translated.
fn count_of(address: u64) -> &'static AtomicU64 {
    static LOST: AtomicU64 = AtomicU64::new(0);
    let Ok(mut counts) = COUNTS.lock() else { return &LOST };
    counts.entry(address).or_insert_with(|| Box::leak(Box::new(AtomicU64::new(0))))
}

extern "C" fn print(_id: PluginId, _data: *mut c_void) {
    let mut report = REPORT.lock().map(|report| report.clone()).unwrap_or_default();
    for (address, count) in COUNTS.lock().iter().flat_map(|counts| counts.iter()) {
        report.push_str(&format!("at {address:08x}: {}\n", count.load(Relaxed)));
    }
    if let Ok(text) = CString::new(report) {
        // SAFETY: the text ends with a zero.
        unsafe { qemu_plugin_outs(text.as_ptr()) };
    }
}

/// QEMU calls this once, with the arguments of the command line.
///
/// # Safety
///
/// `arguments` are `count` texts that end with a zero, as QEMU gives them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qemu_plugin_install(
    id: PluginId,
    _machine: *const c_void,
    count: c_int,
    arguments: *const *const c_char,
) -> c_int {
    for index in 0..usize::try_from(count).unwrap_or(0) {
        // SAFETY: there are `count` arguments, each a text that ends with a zero.
        let argument = unsafe { CStr::from_ptr(*arguments.add(index)) }.to_string_lossy();
        if argument == "profile=on" {
            PROFILE.store(true, Relaxed);
            continue;
        }
        let address = argument.strip_prefix("stack=").and_then(|text| u64::from_str_radix(text, 16).ok());
        let Some(address) = address else { return -1 };
        STACK.store(address, Relaxed);
    }
    // SAFETY: `id` is the one that QEMU gave.
    unsafe {
        qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
        qemu_plugin_register_atexit_cb(id, print, ptr::null_mut());
    }
    0
}
