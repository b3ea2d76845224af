//! A network for the small digits that are compiled into the library: nothing to download, trained in seconds. It shows
//! the table of the layers, and for some of the digits that it does not recognise, what it takes them for.

mod common;

use clap::Parser;
use common::{Arguments, finish};
use std::process::ExitCode;
use typednet::class::highest;
use typednet::prelude::*;

/// The epochs by default.
const EPOCHS: usize = 40;
/// The accuracy that must be reached in so many epochs or more.
const TARGET: f64 = 0.93;

network! {
    /// Digits of 8 rows of 8 pixels.
    struct SmallDigits: [8, 8, 1] -> [10] {
        Conv2d(16, kernel = 3, padding = same, activation = relu),
        MaxPool2d(2),
        Conv2d(32, kernel = 3, padding = same, activation = relu),
        Dropout(0.25),
        Flatten,
        Dense(64, activation = relu),
        Dropout(0.25),
        Dense(10, activation = softmax),
    }
}

fn main() -> typednet::Result<ExitCode> {
    let arguments = Arguments::parse();
    let (train, test) = datasets::digits()?;
    let epochs = arguments.epochs.unwrap_or(EPOCHS);
    println!("{}", SmallDigits::summary());

    let mut net = SmallDigits::boxed(arguments.seed);
    let mut trainer = Trainer::new(Adam::default(), SparseCategoricalCrossentropy)
        .metric(Accuracy)
        .epochs(epochs)
        .batch_size(arguments.batch_size.unwrap_or(32))
        .threads(arguments.threads)
        .verbose(2);
    trainer.fit(&mut net, &train)?;

    let wrong = test.iter().filter(|(image, label)| highest(&net.predict(image)) != label.index());
    for (image, label) in wrong.take(2) {
        println!("a {} that looks like a {}:", label.index(), highest(&net.predict(&image)));
        draw(&image);
    }
    let score = trainer.evaluate(&net, &test)?;
    Ok(finish(&score, if epochs < EPOCHS { 0.0 } else { TARGET }))
}

/// Prints an image, each pixel as two characters.
fn draw(image: &datasets::SmallImage) {
    for row in image.iter().map(|row| row.as_flattened()) {
        let line: String =
            row.iter().map(|pixel| ["  ", "░░", "▒▒", "▓▓", "██"][(pixel * 4.0).round() as usize]).collect();
        println!("    {line}");
    }
}
