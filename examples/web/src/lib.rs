//! A network for small digits as a WebAssembly module. `run.mjs` calls it.

#![cfg_attr(target_arch = "wasm32", no_std)]

use core::cell::RefCell;
use typednet::prelude::*;

#[path = "../../firmware/src/networks.rs"]
#[allow(dead_code, reason = "one of the networks is used")]
mod networks;

use networks::Mlp;

static NET: Mlp = include_weights!(Mlp, "../firmware/weights/mlp.safetensors");

/// What the page writes, and what it reads.
struct State {
    image: [f32; 64],
    probabilities: [f32; 10],
    workspace: Workspace<Mlp>,
}

/// A page has one thread.
struct OneThread(RefCell<State>);

// SAFETY: a module without shared memory is run by one thread.
unsafe impl Sync for OneThread {}

static STATE: OneThread =
    OneThread(RefCell::new(State { image: [0.0; 64], probabilities: [0.0; 10], workspace: Workspace::new() }));

/// Where the page writes the 64 pixels, each from 0 to 1.
#[unsafe(no_mangle)]
pub extern "C" fn image() -> *mut f32 {
    STATE.0.try_borrow_mut().map_or(core::ptr::null_mut(), |mut state| state.image.as_mut_ptr())
}

/// Classifies the image; where the ten probabilities are.
#[unsafe(no_mangle)]
pub extern "C" fn classify() -> *const f32 {
    let Ok(mut state) = STATE.0.try_borrow_mut() else { return core::ptr::null() };
    let State { image, probabilities, workspace } = &mut *state;
    *probabilities = *NET.infer(image, workspace);
    probabilities.as_ptr()
}

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
