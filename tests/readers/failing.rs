//! A reader that cannot be read on from some place.

use std::io;
use std::ops::Range;

use crossfoot::fault::Fault;
use crossfoot::read::block::Block;
use crossfoot::read::grid::Irregular;
use crossfoot::read::reader::{
    BlockSize, Context, Cursor, FaultText, Head, Order, ReadError, Reader, Step, Wanted,
};
use crossfoot::source::Bytes;

pub struct Failing<R>(pub R, pub u64);

impl<R: Reader> Reader for Failing<R> {
    fn head(&self) -> &Head {
        self.0.head()
    }
    fn end(&self) -> u64 {
        self.0.end()
    }
    fn bytes(&self) -> Option<&dyn Bytes> {
        self.0.bytes()
    }
    fn size(&self) -> u64 {
        self.0.size()
    }
    fn order(&self) -> Order {
        self.0.order()
    }
    fn faults(&self) -> &'static [&'static Fault] {
        self.0.faults()
    }
    fn guess(&self, from: u64, buffer: &mut Vec<u8>) -> Result<u64, ReadError> {
        self.0.guess(from, buffer)
    }
    fn cursor<'r>(
        &'r self,
        chunk: Range<u64>,
        context: &Context,
        wanted: &Wanted,
        size: BlockSize,
    ) -> Result<Box<dyn Cursor + 'r>, ReadError> {
        Ok(Box::new(FailingCursor(self.0.cursor(chunk, context, wanted, size)?, self.1)))
    }
    fn again(
        &self,
        range: Range<u64>,
        context: &Context,
        wanted: &Wanted,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        self.0.again(range, context, wanted, block)
    }
    fn word(&self, irregular: &Irregular, block: &Block) -> FaultText {
        self.0.word(irregular, block)
    }
}

struct FailingCursor<'r>(Box<dyn Cursor + 'r>, u64);

impl Cursor for FailingCursor<'_> {
    fn next(&mut self, block: &mut Block) -> Result<Step, ReadError> {
        let step = self.0.next(block)?;
        if step == Step::Rows && block.at + block.len > self.1 {
            return Err(ReadError { offset: block.at, error: io::Error::other("out of order") });
        }
        Ok(step)
    }
    fn context(&self) -> Context {
        self.0.context()
    }
}
