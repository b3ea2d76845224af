#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::networks::Speech;
use typednet::prelude::*;

static NET: Quantized<Speech> = include_weights!(Quantized<Speech>, "weights/speech_int8.safetensors");

firmware::program! {
    workspace: Workspace<Quantized<Speech>> = Workspace::new();
    firmware::probe_int8("speech", &NET, workspace);
}
