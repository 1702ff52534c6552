//! Files: read up to a bound, written as a whole or not at all.
//!
//! ```
//! use lastbyte::files::read_all;
//!
//! assert_eq!(read_all(&b"four"[..], 4).expect("it is no longer"), b"four");
//! assert!(read_all(&b"four"[..], 3).is_err());
//! ```

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Reads a file of at most `most` bytes: `/dev/zero` has an end, too.
///
/// # Errors
///
/// What the file system reports, and a file that is larger.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_all(File::open(path)?, most)
}

/// Reads at most `most` bytes to their end.
///
/// # Errors
///
/// What the source reports, and a longer one.
pub fn read_all(source: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let error = format!("it is longer than {most} bytes; expected: at most that");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, error));
    }
    Ok(bytes)
}

/// Writes to a temporary name beside `path` and renames: there is never half a file.
///
/// # Errors
///
/// What the file system reports.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    // Some file systems notice a full disk no earlier than at the end.
    let written = File::create(&partial)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
        })
        .and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        // It may not even exist.
        drop(fs::remove_file(&partial));
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_a_bound_and_written_as_a_whole() {
        let name = format!("lastbyte-files-{}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        fs::create_dir_all(&dir).expect("it is writable");
        let path = dir.join("file");
        write_whole(&path, "old, and longer").expect("it is writable");
        write_whole(&path, "four").expect("it is writable");
        assert_eq!(read(&path, 5).expect("it is short"), b"four");
        assert_eq!(read(&path, 4).expect("it is as long as it may be"), b"four");
        let error = read(&path, 3).expect_err("it is too long");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        write_whole(&dir.join("no/folder"), "").expect_err("there is no such folder");
        assert_eq!(fs::read_dir(&dir).expect("it is there").count(), 1);
        fs::remove_dir_all(&dir).expect("it is the test's own");
    }
}
