//! Contents put aside: the first few in memory, the others behind each other in one temporary file.

use std::io::{self, Write};
use std::sync::{Arc, PoisonError, RwLock};

use crate::files::machine::Machine;
use crate::source::{Bytes, Scratch, ScratchFile};

/// So many bytes stay in memory, of all contents together.
const IN_MEMORY: u64 = 16 << 20;

type File = Arc<RwLock<Box<dyn ScratchFile>>>;

/// Contents that were put aside.
#[derive(Default)]
pub struct Store {
    in_memory: u64,
    file: Option<File>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("in_memory", &self.in_memory).finish_non_exhaustive()
    }
}

impl Store {
    /// Puts aside what `write` writes, `len` bytes.
    ///
    /// # Errors
    /// Those of `write`, and whatever the system says.
    pub fn put(
        &mut self,
        len: u64,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<Arc<dyn Bytes>> {
        if self.in_memory + len <= IN_MEMORY {
            let mut bytes = Vec::new();
            write(&mut bytes)?;
            self.in_memory += len;
            return Ok(Arc::new(bytes));
        }
        let file = match &self.file {
            Some(file) => file.clone(),
            None => self.file.insert(Arc::new(RwLock::new(Machine.file()?))).clone(),
        };
        let from = file.read().unwrap_or_else(PoisonError::into_inner).len();
        write(&mut Appending(&file))?;
        Ok(Arc::new(Part { file, from, len }))
    }
}

struct Appending<'f>(&'f File);

impl Write for Appending<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).append(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One content in the file of all.
struct Part {
    file: File,
    from: u64,
    len: u64,
}

impl Bytes for Part {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, at: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX);
        let wanted = buf.len().min(left);
        let file = self.file.read().unwrap_or_else(PoisonError::into_inner);
        file.read_at(self.from + at, buf.get_mut(..wanted).unwrap_or_default())
    }
}
