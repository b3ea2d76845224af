#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::networks::Mlp;
use typednet::prelude::*;

static NET: Mlp = include_weights!(Mlp, "weights/mlp.safetensors");
static SAMPLES: &[u8] = include_bytes!("../../samples/mlp.bin");

firmware::program! {
    workspace: Workspace<Mlp> = Workspace::new();
    firmware::classify(&NET, workspace, SAMPLES, |byte| f32::from(byte) / 16.0);
}
