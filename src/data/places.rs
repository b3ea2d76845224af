//! Where data sets are looked for.

use std::env;
use std::path::{Path, PathBuf};

/// What the environment says of data sets, read once for each search.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The folder that the user names, in `TYPEDNET_DATA`.
    pub(super) named: Option<PathBuf>,
    /// Folders of copies that come with the source.
    pub(super) copies: Vec<PathBuf>,
    /// The user's cache.
    pub(super) cache: Option<PathBuf>,
    /// The address that the user names, in `TYPEDNET_MIRROR`.
    #[cfg_attr(not(feature = "download"), expect(dead_code, reason = "only a download needs an address"))]
    pub(super) mirror: Option<String>,
}

impl Places {
    /// The places on this machine.
    pub(super) fn here() -> Self {
        let copies = Path::new("examples").join("data");
        Self {
            named: folder("TYPEDNET_DATA"),
            copies: vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(&copies), copies],
            cache: cache().map(|cache| cache.join("typednet")),
            mirror: env::var("TYPEDNET_MIRROR").ok().filter(|mirror| !mirror.is_empty()),
        }
    }

    /// The folders in which a data set of this name is looked for, in order. The folder that the user names is taken
    /// itself only if it is `alone`: data sets of the same format have files of the same names.
    pub(super) fn folders(&self, name: &str, alone: bool) -> Vec<PathBuf> {
        let named = self.named.iter().map(|folder| folder.join(name));
        let itself = self.named.iter().filter(|_| alone).cloned();
        let others = self.copies.iter().chain(&self.cache).map(|folder| folder.join(name));
        named.chain(itself).chain(others).collect()
    }
}

/// The user's folder for files that can be fetched again.
fn cache() -> Option<PathBuf> {
    if cfg!(windows) {
        return folder("LOCALAPPDATA");
    }
    // A relative path is to be ignored, says the XDG Base Directory Specification.
    let stated = folder("XDG_CACHE_HOME").filter(|folder| folder.is_absolute());
    stated.or_else(|| folder("HOME").map(|home| home.join(".cache")))
}

fn folder(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}
