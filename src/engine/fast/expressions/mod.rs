//! Expressions compiled to operations over the rows of a block.
//!
//! The expressions of a pass ([`list::Expressions`]) are one list of operations ([`op::Op`]); each
//! names those that it reads, and what is asked twice is there once, whichever checks ask for it. A
//! [`run::Run`] carries them out for one block, each when it is first asked for, and keeps what it
//! gives in a register until no later condition asks for it:
//!
//! - **numbers** ([`register::Numbers`]): 64-bit mantissas at one scale for the whole block, with divisors
//!   where there are quotients, and a [`register::Mark`] for each row that has no number: missing, unknown
//!   for a reason, not applicable, or left to the evaluator. What is the same in all rows is kept once.
//!   Days are numbers of days. A column's mantissas are lent, not copied.
//! - **truths**: an [`Answer`](crate::engine::fast::answer::Answer) for each row.
//!
//! From the mantissas that are farthest from zero follows whether 64 bits hold what comes of them: then
//! plain loops run over the block, which the compiler turns into vector instructions. Otherwise rows are
//! computed one by one in 128 bits, and a row that fits none is deferred. Quotients are compared by
//! cross-multiplication. `within rounding` is left minus right against the sum of the half units; these
//! are the same in all rows where a column is written to one unit, so that it costs as little as an exact
//! comparison. Where intervals are no sums (quotients, products) their low and high ends are computed
//! like any other numbers.
//!
//! The evaluator is the meaning: what has no operation is judged by it, row by row, and in debug builds
//! every answer is compared with its own.

pub mod arithmetic;
pub mod before;
pub mod columns;
pub mod comparison;
pub mod compile;
pub mod keys;
pub mod known;
pub mod list;
pub mod numbers;
pub mod op;
pub mod ordered;
pub mod register;
pub mod rounding;
pub mod run;
pub mod truths;
pub mod widths;
