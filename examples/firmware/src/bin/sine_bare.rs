#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
use {firmware::networks::Sine, typednet::prelude::*};

firmware::bare!(Quantized<Sine> = "weights/sine_int8.safetensors"; [i8; 1] = [0]);
