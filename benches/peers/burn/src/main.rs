//! Infers or trains with burn, by orders. usage: worker-burn infer | train NETWORK BATCH

mod infer;
mod layers;
mod train;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("infer") => infer::serve(),
        _ => train::serve(),
    }
}
