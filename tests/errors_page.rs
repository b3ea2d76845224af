//! `docs/errors.md` shows every mistake of `tests/ui` with its message. This test fails when the page is stale;
//! `UPDATE_DOCS=1 cargo test --test errors_page` writes it anew.

use core::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = "docs/errors.md";

const BEGINNING: &str = "\
# What the compiler says

Every mistake that typednet finds at compile time, with the message of the compiler. Each says what arrived, what was
needed, the arithmetic between, and the fix. The page is made from the files in `tests/ui`, where each is a test.

Where a size is a named constant, only rustc can compare it: its message begins with `error[E0080]: evaluation panicked:`,
and the rest is the same.
";

/// The folders of `tests/ui` in the order of the page, each with its title and a sentence.
const CHAPTERS: [(&str, &str, &str); 12] = [
    ("shapes", "Shapes", "What comes out of a layer does not fit the next one, or a size makes no sense."),
    ("blocks", "Blocks", "Blocks of layers that do not fit together, and networks within networks."),
    ("arguments", "Arguments", "What stands in the parentheses of a layer."),
    ("names", "Names", "Names of layers that do not exist, and names that are taken."),
    ("syntax", "The form of a declaration", "What is written does not read as a network."),
    ("budget", "Budgets", "A network that takes more memory than it may."),
    ("weights", "Weights in the program", "A file of `include_weights!` that is not one, or not that of the network."),
    ("training", "Training and use", "The network is right, but does not fit its data, its loss or its use."),
    (
        "int8",
        "Networks in bytes",
        "A network that cannot be quantized, or an int8 network that is used like one of floats.",
    ),
    ("generic", "Generic code", "Networks made of networks that do not fit, and what generic code asks of networks."),
    ("warnings", "Warnings", "What may be meant, but is often a mistake."),
    ("constants", "Sizes that are constants", "The same mistakes with constants, wherever those are declared."),
];

#[test]
fn the_page_shows_every_mistake() {
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all("docs").unwrap();
        fs::write(PAGE, &page).unwrap();
    }
    let found = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(found == page, "{PAGE} is stale: run `UPDATE_DOCS=1 cargo test --test errors_page`");
}

#[test]
fn every_folder_is_a_chapter() {
    let mut folders: Vec<_> = fs::read_dir("tests/ui").unwrap().map(|folder| folder.unwrap().file_name()).collect();
    let mut chapters: Vec<_> = CHAPTERS.iter().map(|(folder, ..)| *folder).collect();
    folders.sort();
    chapters.sort_unstable();
    assert_eq!(folders, chapters);
}

fn page() -> String {
    let mut page = String::from(BEGINNING);
    for (folder, title, sentence) in CHAPTERS {
        write!(page, "\n## {title}\n\n{sentence}\n").unwrap();
        for file in sources(folder) {
            let (code, text) = (read(&file), read(&file.with_extension("stderr")));
            write!(page, "\n### {}\n\n", heading(&file)).unwrap();
            write!(page, "```rust,ignore\n{}```\n\n```text\n{}```\n", source(&code, &text), message(&text)).unwrap();
        }
    }
    page
}

/// The programs of a folder, sorted.
fn sources(folder: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(Path::new("tests/ui").join(folder)).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect();
    files.sort();
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The name of a file as a sentence.
fn heading(file: &Path) -> String {
    let name = file.file_stem().and_then(|name| name.to_str()).unwrap().replace('_', " ");
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The paragraphs of a program up to the last place that its message points at, without what every program begins with.
fn source(code: &str, message: &str) -> String {
    let places = message.lines().filter_map(|line| line.trim_start().strip_prefix("--> tests/ui/"));
    let last = places.filter_map(|place| place.split(':').nth(1)?.parse::<usize>().ok()).max().unwrap();
    let lines: Vec<&str> = code.lines().collect();
    let end = (last..lines.len()).find(|&line| lines[line].is_empty()).unwrap_or(lines.len());
    let shown: Vec<&str> = lines[..end]
        .iter()
        .copied()
        .filter(|line| !(line.starts_with("use ") || line.starts_with("#![deny")))
        .collect();
    let shown = shown.join("\n").trim_start().to_owned() + "\n";
    // A function whose end is not shown is left out around what it holds.
    match shown.strip_prefix("fn main() {\n") {
        Some(inside) if !inside.contains("\n}\n") => inside.replace("\n    ", "\n").trim_start().to_owned(),
        _ => shown,
    }
}

/// A message without file names, and without what rustc adds about places outside the program.
fn message(text: &str) -> String {
    let mut shown = String::new();
    let mut elsewhere = false;
    for line in text.lines() {
        let begins = ["error", "warning", "help:", "note:", "   = "].iter().any(|start| line.starts_with(start));
        if begins {
            elsewhere = line.starts_with("note:") || line.contains("note: this ");
        }
        let is_margin = line.trim() == "|" || line.trim_start().starts_with("--> ");
        let is_second_blank = line.is_empty() && shown.ends_with("\n\n");
        if !(elsewhere || is_margin || is_second_blank) {
            shown.extend([line, "\n"]);
        }
    }
    shown.trim_end().to_owned() + "\n"
}
