//! Fetches the files of a data set into the cache.

use crate::data::sources::{Source, SourceFile};
use crate::error::{Error, Result};
use crate::files::atomic;
use core::time::Duration;
use flate2::read::MultiGzDecoder;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use ureq::Agent;

/// More than any of the files has, packed or unpacked.
const MOST_BYTES: u64 = 64 << 20;

/// Fetches those files that are not in `folder` yet, from `mirror` or from the data set's own address. A file has its name
/// only once it is whole and its sum is right.
pub(super) fn fetch(source: &Source, mirror: Option<&str>, folder: &Path) -> Result<[PathBuf; 4]> {
    let address = match mirror {
        Some(mirror) => format!("{}/{}", mirror.trim_end_matches('/'), source.folder),
        None => source.address.to_owned(),
    };
    let paths = source.files.each_ref().map(|file| folder.join(format!("{}.gz", file.name)));
    for (file, path) in source.files.iter().zip(&paths) {
        if !path.is_file() {
            let bytes = checked(file, &format!("{address}/{}.gz", file.name))?;
            fs::create_dir_all(folder).map_err(|source| Error::File {
                action: "create",
                path: folder.into(),
                source,
            })?;
            atomic::write(path, |file| file.write_all(&bytes))?;
        }
    }
    Ok(paths)
}

/// What is at the address, if its sum is right.
fn checked(file: &SourceFile, address: &str) -> Result<Vec<u8>> {
    let failed = |problem| Error::Download { address: address.into(), problem };
    let bytes = get(address)
        .map_err(|error| failed(format!("{error}; check the network, or name another address with TYPEDNET_MIRROR")))?;
    let found = sum(&bytes);
    let known = |sum: &str| file.sums.contains(&sum);
    if known(&found) || unpacked_sum(&bytes).is_some_and(|sum| known(&sum)) {
        return Ok(bytes);
    }
    let expected = file.sums.join(" or ");
    Err(failed(format!("what came ({} bytes) has the MD5 sum {found}, expected was {expected}", bytes.len())))
}

fn get(address: &str) -> Result<Vec<u8>, ureq::Error> {
    let agent: Agent = Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(20)))
        .timeout_global(Some(Duration::from_secs(600)))
        .build()
        .into();
    agent.get(address).call()?.into_body().into_with_config().limit(MOST_BYTES).read_to_vec()
}

fn sum(bytes: &[u8]) -> String {
    format!("{:x}", md5::compute(bytes))
}

fn unpacked_sum(packed: &[u8]) -> Option<String> {
    let mut bytes = Vec::new();
    MultiGzDecoder::new(packed).take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    Some(sum(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::places::Places;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::{BufRead, BufReader};
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    const NAMES: [&str; 4] = ["train-images", "train-labels", "test-images", "test-labels"];

    /// What the server does with the file that is asked for last.
    #[derive(Clone, Copy, Debug)]
    enum Last {
        Good,
        Damaged,
        Missing,
        Truncated,
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// The four files of a data set with three images and labels.
    fn contents() -> [Vec<u8>; 4] {
        let mut images = vec![0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 28, 0, 0, 0, 28];
        images.resize(images.len() + 3 * 28 * 28, 7);
        let labels = vec![0, 0, 8, 1, 0, 0, 0, 3, 4, 5, 6];
        [images.clone(), labels.clone(), images, labels]
    }

    /// The data set, with the sums of files as they come and as they are unpacked.
    fn source() -> Source {
        let [a, b, c, d] = contents();
        let sums = [sum(&packed(&a)), sum(&b), sum(&c), sum(&packed(&d))].map(|sum| &*sum.leak());
        let mut files = sums.into_iter().zip(NAMES);
        let files = core::array::from_fn(|_| {
            let (sum, name) = files.next().unwrap();
            SourceFile { name, sums: vec![sum].leak() }
        });
        Source { name: "Tiny", folder: "tiny", alone: true, address: "http://127.0.0.1:1", files }
    }

    fn answer(mut stream: TcpStream, last: Last) {
        let mut request = String::new();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while reader.read_line(&mut request).unwrap() > 2 {}
        let asked = request.split(' ').nth(1).unwrap();
        let number = NAMES.iter().position(|name| asked == format!("/mirror/tiny/{name}.gz")).unwrap();
        let mut body = packed(&contents()[number]);
        let (mut status, length) = ("200 OK", body.len());
        match last {
            _ if number < 3 => {}
            Last::Good => {}
            Last::Damaged => body[12] ^= 1,
            Last::Missing => status = "404 Not Found",
            Last::Truncated => body.truncate(length / 2),
        }
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
        stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
    }

    /// The address of a server that answers any number of requests.
    fn serve(last: Last) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/mirror/", listener.local_addr().unwrap());
        thread::spawn(move || listener.incoming().for_each(|stream| answer(stream.unwrap(), last)));
        address
    }

    fn places(cache: &Path, mirror: String) -> Places {
        Places { cache: Some(cache.into()), mirror: Some(mirror), ..Places::default() }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .map(|entries| entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
            .unwrap_or_default();
        names.sort();
        names
    }

    #[test]
    fn files_are_fetched_once() {
        let cache = tempfile::tempdir().unwrap();
        let (train, test) = source().load(&places(cache.path(), serve(Last::Good))).unwrap();
        assert_eq!((train.len(), test.len()), (3, 3));
        assert_eq!(names(&cache.path().join("tiny")).len(), 4);
        // Nobody listens at port 1: everything is in the cache.
        let again = source().load(&places(cache.path(), "http://127.0.0.1:1".into())).unwrap();
        assert_eq!(again, (train, test));
    }

    #[test]
    fn a_failure_leaves_whole_files_only_and_is_made_good_later() {
        for (last, expected) in
            [(Last::Damaged, "MD5 sum"), (Last::Missing, "404"), (Last::Truncated, "/mirror/tiny/test-labels.gz")]
        {
            let cache = tempfile::tempdir().unwrap();
            let error = source().load(&places(cache.path(), serve(last))).unwrap_err();
            assert!(matches!(&error, Error::Download { problem, .. } if !problem.is_empty()), "{last:?}: {error}");
            assert!(error.to_string().contains(expected), "{last:?}: {error}");
            let whole = ["test-images.gz", "train-images.gz", "train-labels.gz"];
            assert_eq!(names(&cache.path().join("tiny")), whole, "{last:?}");
            let (train, _) = source().load(&places(cache.path(), serve(Last::Good))).unwrap();
            assert_eq!(train.labels()[2].index(), 6);
        }
    }

    #[test]
    fn without_a_server_or_a_cache_nothing_is_left() {
        let cache = tempfile::tempdir().unwrap();
        let error = source().load(&places(cache.path(), "http://127.0.0.1:1".into())).unwrap_err();
        assert!(error.to_string().contains("http://127.0.0.1:1/tiny/train-images.gz"), "{error}");
        assert!(names(cache.path()).is_empty());
        let error = source().load(&Places::default()).unwrap_err();
        assert!(error.to_string().contains("XDG_CACHE_HOME"), "{error}");
    }
}
