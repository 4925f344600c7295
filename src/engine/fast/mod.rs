//! Every loop over the cells of a block. What a loop cannot hold it leaves to the evaluator, which
//! is the meaning.

pub mod answer;
pub mod decode;
pub mod dict;
pub mod expressions;
pub mod iso;
pub mod kernels;
pub mod moments;
pub mod previous;
pub mod shares;
pub mod sums;
pub mod totals;
