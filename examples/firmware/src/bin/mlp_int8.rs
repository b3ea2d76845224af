#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::networks::Mlp;
use typednet::prelude::*;

static NET: Quantized<Mlp> = include_weights!(Quantized<Mlp>, "weights/mlp_int8.safetensors");
static SAMPLES: &[u8] = include_bytes!("../../samples/mlp.bin");

firmware::program! {
    workspace: Workspace<Quantized<Mlp>> = Workspace::new();
    firmware::classify_int8(&NET, workspace, SAMPLES, |byte| f32::from(byte) / 16.0);
}
