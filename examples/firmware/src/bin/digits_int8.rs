#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::networks::Digits;
use typednet::prelude::*;

static NET: Quantized<Digits> = include_weights!(Quantized<Digits>, "weights/digits_int8.safetensors");
static SAMPLES: &[u8] = include_bytes!("../../samples/digits.bin");

firmware::program! {
    workspace: Workspace<Quantized<Digits>> = Workspace::new();
    firmware::classify_int8(&NET, workspace, SAMPLES, |byte| f32::from(byte) / 255.0);
}
