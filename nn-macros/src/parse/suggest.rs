//! "Did you mean": the nearest of the names that would have been right.

/// Names of Keras and PyTorch that are far from ours.
const ELSEWHERE: &[(&str, &str)] = &[
    ("BatchNormalization", "BatchNorm"),
    ("GlobalAveragePooling2D", "GlobalAvgPool2d"),
    ("AdaptiveAvgPool2d", "GlobalAvgPool2d"),
    ("GlobalMaxPooling2D", "GlobalMaxPool2d"),
    ("AveragePooling2D", "AvgPool2d"),
    ("MaxPooling2D", "MaxPool2d"),
    ("Linear", "Dense"),
    ("kernel_size", "kernel"),
    ("kernel_initializer", "initializer"),
    ("pool_size", "size"),
    ("dilation_rate", "dilation"),
    ("depth_multiplier", "multiplier"),
    ("negative_slope", "slope"),
    ("swish", "silu"),
    ("hard_swish", "hard_silu"),
];

/// A sentence that proposes the nearest of `names`; if none is near, it lists all of them.
pub(crate) fn suggestion<'a>(found: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let unquoted = found.trim_matches('"');
    if unquoted != found && names.clone().into_iter().any(|name| name == unquoted) {
        return format!("help: write `{unquoted}` without quotes");
    }
    match nearest(unquoted, names.clone()) {
        Some(name) => format!("help: did you mean `{name}`?"),
        None => {
            let list = names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            format!("help: there are {list}")
        }
    }
}

/// The name with the fewest edits from `found`, if they are at most a third of its letters, rounded up.
fn nearest<'a>(found: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let names: Vec<&str> = names.into_iter().collect();
    let known = ELSEWHERE.iter().find(|(theirs, _)| *theirs == found).map(|(_, ours)| *ours);
    if let Some(name) = names.iter().find(|name| Some(**name) == known) {
        return Some(name);
    }
    let plain = |name: &str| name.to_lowercase().replace('_', "");
    let found = plain(found);
    names
        .into_iter()
        .map(|name| (edits(&found, &plain(name)), name))
        .min_by_key(|&(edits, _)| edits)
        .filter(|&(edits, _)| edits <= found.len().div_ceil(3))
        .map(|(_, name)| name)
}

/// The Levenshtein distance: how many letters to insert, delete or replace.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_proposed() {
        let names = ["Dense", "Conv2d", "MaxPool2d", "Flatten"];
        assert_eq!(nearest("Conv2D", names), Some("Conv2d"));
        assert_eq!(nearest("Desne", names), Some("Dense"));
        assert_eq!(nearest("max_pool_2d", names), Some("MaxPool2d"));
        assert_eq!(nearest("Transformer", names), None);
        assert_eq!((nearest("Linear", names), nearest("BatchNormalization", names)), (Some("Dense"), None));
        assert_eq!(suggestion("\"Dense\"", names), "help: write `Dense` without quotes");
        assert_eq!(suggestion("Lstm", ["Dense", "Relu"]), "help: there are `Dense`, `Relu`");
    }

    #[test]
    fn edits_are_counted() {
        assert_eq!((edits("", "abc"), edits("kitten", "sitting"), edits("same", "same")), (3, 3, 0));
    }
}
