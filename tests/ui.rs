//! Every mistake that the compiler shows, and how: `docs/errors.md` is made of these files.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the messages anew; then read them, one by one.

use std::fs;
use std::path::PathBuf;

/// Mistakes of types that rustc reports twice: at the method, and at its argument; or for each of two functions.
const TWICE: [&str; 3] = ["a_custom_layer_takes_its_arguments", "a_loss_is_not_a_metric", "only_networks_are_trained"];

#[test]
fn mistakes_are_explained() {
    lay_out_weights();
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}

/// Puts the files of `tests/weights` where `include_weights!` looks for them: into the crate that trybuild makes.
fn lay_out_weights() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild/typednet");
    fs::create_dir_all(&folder).unwrap();
    for file in fs::read_dir("tests/weights").unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
}

#[test]
fn one_mistake_is_one_error() {
    for message in messages() {
        let text = fs::read_to_string(&message).unwrap();
        let found = text.lines().filter(|line| line.starts_with("error")).count();
        let expected = match message.file_stem().and_then(|name| name.to_str()).unwrap() {
            "mistakes_of_all_kinds_are_shown_at_once" => 4,
            "three_mistakes_are_three_errors" => 3,
            name if TWICE.contains(&name) => 2,
            _ => 1,
        };
        assert_eq!(found, expected, "{}", message.display());
    }
}

/// What the language itself says has a fix in it, and points into the test.
#[test]
fn messages_propose_a_fix() {
    for message in messages().into_iter().filter(|path| !path.components().any(|part| part.as_os_str() == "training")) {
        let text = fs::read_to_string(&message).unwrap();
        let is_ours = text.starts_with("error: ") || text.starts_with("error[E0080]: evaluation panicked: ");
        assert!(!is_ours || text.lines().nth(1).unwrap().trim_start().starts_with("help: "), "{}", message.display());
        assert!(!text.contains("nn-macros/"), "{}", message.display());
    }
}

fn messages() -> Vec<PathBuf> {
    let folders = fs::read_dir("tests/ui").unwrap();
    let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    let messages: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "stderr"))
        .collect();
    assert!(messages.len() > 60);
    messages
}
