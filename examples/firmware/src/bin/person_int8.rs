#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::networks::Person;
use typednet::prelude::*;

static NET: Quantized<Person> = include_weights!(Quantized<Person>, "weights/person_int8.safetensors");

firmware::program! {
    workspace: Workspace<Quantized<Person>> = Workspace::new();
    firmware::probe_int8("person", &NET, workspace);
}
