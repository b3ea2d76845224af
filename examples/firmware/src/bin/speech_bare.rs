#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
use {firmware::networks::Speech, typednet::prelude::*};

firmware::bare!(Quantized<Speech> = "weights/speech_int8.safetensors"; [[[i8; 1]; 40]; 49] = [[[0]; 40]; 49]);
