//! Any bytes as an archive: members are read within bounds, or refused.
#![no_main]

use std::sync::Arc;

use crossfoot::files::archive::Archive;
use crossfoot::files::inflate::Limits;
use crossfoot::source::tree::Kind;
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 5] = ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.tar.zst"];

fuzz_target!(|input: (u8, &[u8])| {
    let (name, bytes) = (NAMES[usize::from(input.0) % NAMES.len()], input.1.to_vec());
    let limits = Limits { most: 1 << 20, times: 1000, free: 1 << 20 };
    let Ok(archive) = Archive::open(name, Arc::new(bytes), limits) else { return };
    let mut left = vec![String::new()];
    while let Some(directory) = left.pop() {
        assert_eq!(archive.kind(&directory), Some(Kind::Directory));
        for entry in archive.entries(&directory) {
            let path = format!("{directory}/{}", entry.name).trim_start_matches('/').to_string();
            assert!(path.split('/').all(|part| !matches!(part, "" | "." | "..")));
            if entry.is_directory {
                left.push(path);
            } else if let Ok(bytes) = archive.read(&path) {
                let bytes = bytes.expect("a member that was listed");
                let mut all = vec![0; usize::try_from(bytes.len()).expect("a length")];
                assert_eq!(bytes.read_at(0, &mut all).expect("bytes"), all.len());
            }
        }
    }
});
