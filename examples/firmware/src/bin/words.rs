#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::networks::Words;
use typednet::prelude::*;

static NET: Words = include_weights!(Words, "weights/words.safetensors");
static SAMPLES: &[u8] = include_bytes!("../../samples/words.bin");

firmware::program! {
    workspace: Workspace<Words> = Workspace::new();
    firmware::classify(&NET, workspace, SAMPLES, |byte| f32::from(byte.cast_signed()) / 32.0);
}
