#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::networks::Words;
use typednet::prelude::*;

static NET: Quantized<Words> = include_weights!(Quantized<Words>, "weights/words_int8.safetensors");
static SAMPLES: &[u8] = include_bytes!("../../samples/words.bin");

firmware::program! {
    workspace: Workspace<Quantized<Words>> = Workspace::new();
    firmware::classify_int8(&NET, workspace, SAMPLES, |byte| f32::from(byte.cast_signed()) / 32.0);
}
