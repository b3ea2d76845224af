//! Infers or trains with candle, by orders. usage: worker-candle infer | train NETWORK BATCH

mod infer;
mod layers;
mod train;

fn main() -> candle_core::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("infer") => infer::serve(),
        _ => train::serve(),
    }
}
