#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::networks::Digits;
use typednet::prelude::*;

static NET: Digits = include_weights!(Digits, "weights/digits.safetensors");
static SAMPLES: &[u8] = include_bytes!("../../samples/digits.bin");

firmware::program! {
    workspace: Workspace<Digits> = Workspace::new();
    firmware::classify(&NET, workspace, SAMPLES, |byte| f32::from(byte) / 255.0);
}
