//! Nothing: what the other programs cost is measured against it.

#![cfg_attr(target_os = "none", no_std, no_main)]

use firmware::{machine, text::Text};

firmware::program! {
    line: Text = Text::new();
    machine::print(line.text("nothing ").number(0));
}
