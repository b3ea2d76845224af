//! The straightforward loops in Rust, without intrinsics, one sample at a time: what anything else must beat.
//! `worker-naive infer`, or `worker-naive train NETWORK BATCH`.
//!
//! A dense layer adds rows of its kernel (`y += x[i] * w[i][..]`), whose inner loop the compiler makes vectors of.

mod digits;
mod infer;
mod layers;
mod train;

fn main() {
    // The arrays of a network lie on the stack.
    let program = || match std::env::args().nth(1).as_deref() {
        Some("infer") => infer::serve(),
        _ => train::serve(),
    };
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(program).expect("a thread");
    thread.join().expect("a program without a panic");
}
