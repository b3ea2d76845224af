#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::networks::Sine;
use typednet::prelude::*;

static NET: Quantized<Sine> = include_weights!(Quantized<Sine>, "weights/sine_int8.safetensors");

firmware::program! {
    workspace: Workspace<Quantized<Sine>> = Workspace::new();
    firmware::probe_int8("sine", &NET, workspace);
}
