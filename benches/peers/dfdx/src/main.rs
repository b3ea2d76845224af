//! Infers or trains with dfdx, by orders, networks of dense layers: its convolution is for nightly compilers only, and
//! does not compile with those of today. usage: worker-dfdx infer | train perceptron BATCH

mod infer;
mod networks;
mod train;

fn main() {
    dfdx::flush_denormals_to_zero();
    match std::env::args().nth(1).as_deref() {
        Some("infer") => infer::serve(),
        _ => train::serve(),
    }
}
