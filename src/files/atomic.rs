//! Files that are either whole or not there.

use crate::error::{Error, Result};
use core::sync::atomic::{AtomicU32, Ordering};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;

/// How often another name is tried if a file of the temporary name exists.
const TRIES: u32 = 100;

/// Writes a file under a temporary name in the same folder, waits until it is on the disk, and renames it.
///
/// After an error the file is what it was before, and no temporary file is left.
pub(crate) fn write(path: &Path, contents: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<()> {
    let written = target(path).and_then(|target| {
        let (mut temporary, file) = Temporary::beside(&target)?;
        let mut file = BufWriter::new(file);
        contents(&mut file)?;
        file.flush()?;
        file.get_ref().sync_all()?;
        drop(file);
        fs::rename(&temporary.path, &target)?;
        temporary.renamed = true;
        sync_folder(&target);
        Ok(())
    });
    written.map_err(|source| Error::File { action: "write", path: path.into(), source })
}

/// The file to be replaced: what a link points to, and never a device or a folder.
fn target(path: &Path) -> io::Result<PathBuf> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => fs::canonicalize(path),
        Ok(_) => Err(io::Error::new(ErrorKind::InvalidInput, "it exists and is not a file; give another name")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(path.to_path_buf()),
        Err(error) => Err(error),
    }
}

/// A file that is removed unless it was renamed.
struct Temporary {
    path: PathBuf,
    renamed: bool,
}

impl Temporary {
    fn beside(path: &Path) -> io::Result<(Self, File)> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let no_name = || io::Error::new(ErrorKind::InvalidInput, "the path has no file name; add one");
        let name = path.file_name().ok_or_else(no_name)?;
        let mut tries = 0;
        loop {
            let path = path.with_file_name(temporary_name(name, NUMBER.fetch_add(1, Ordering::Relaxed)));
            match File::options().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((Self { path, renamed: false }, file)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists && tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // There is nobody to tell if it cannot be removed.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn temporary_name(name: &OsStr, number: u32) -> OsString {
    let mut temporary = OsString::from(format!(".{}-{number}.", process::id()));
    temporary.push(name);
    temporary.push(".tmp");
    temporary
}

/// Makes the new name last through a power failure. Some file systems cannot, and the file is whole either way.
fn sync_folder(path: &Path) {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn a_failure_leaves_the_old_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, |file| file.write_all(b"old")).unwrap();
        let failed = write(&path, |file| {
            file.write_all(b"new")?;
            file.flush()?;
            assert_eq!(names(folder.path()).len(), 2);
            Err(io::Error::other("the disk is full"))
        });
        assert!(failed.unwrap_err().to_string().contains("the disk is full"));
        assert_eq!((fs::read(&path).unwrap(), names(folder.path())), (b"old".to_vec(), vec!["file".into()]));
        write(&path, |file| file.write_all(b"new")).unwrap();
        assert_eq!((fs::read(&path).unwrap(), names(folder.path())), (b"new".to_vec(), vec!["file".into()]));
    }

    #[test]
    fn paths_that_are_no_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let nothing = |path: &Path| write(path, |_| Ok(())).unwrap_err().to_string();
        assert!(nothing(folder.path()).contains("not a file"));
        assert!(nothing(&folder.path().join("none").join("file")).starts_with("cannot write"));
        assert!(nothing(Path::new("")).contains("no file name"));
        assert!(nothing(&folder.path().join("none/..")).starts_with("cannot write"));
        assert!(names(folder.path()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, b"old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, |file| file.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
    }
}
