//! The operations of a pass.

use crate::engine::fast::expressions::known::Keyed;
use crate::engine::fast::expressions::op::{NodeId, Op};
use crate::engine::fast::kernels::Kernel;
use crate::engine::states::Map;
use crate::width::to_u32;

/// A condition that was compiled: its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root(pub usize);

/// All expressions of a pass.
#[derive(Debug, Default)]
pub struct Expressions {
    /// Each after those that it reads.
    pub ops: Vec<Op>,
    known: Map<Op, NodeId>,
    pub conditions: Vec<Kernel>,
    pub keyed: Vec<Keyed>,
    /// Their numbers by what they say.
    pub names: Map<String, usize>,
    /// In the order in which they are asked for in each block.
    pub roots: Vec<Condition>,
}

/// A condition, and the operations that no later one reads.
#[derive(Debug)]
pub struct Condition {
    pub node: NodeId,
    /// It and all that it reads, each after its operands.
    pub needs: Vec<NodeId>,
    pub last_used: Vec<NodeId>,
}

impl Expressions {
    /// The number of an operation; found or added.
    pub fn add(&mut self, op: Op) -> NodeId {
        if let Some(known) = self.known.get(&op) {
            return *known;
        }
        let node = to_u32(self.ops.len());
        self.known.insert(op.clone(), node);
        self.ops.push(op);
        node
    }

    pub fn condition(&mut self, kernel: Kernel) -> NodeId {
        self.conditions.push(kernel);
        self.add(Op::Condition(self.conditions.len() - 1))
    }

    pub fn root(&mut self, node: NodeId) -> Root {
        self.roots.push(Condition { node, needs: Vec::new(), last_used: Vec::new() });
        Root(self.roots.len() - 1)
    }

    /// Takes back what was added since there was so much.
    pub fn take_back(&mut self, [ops, conditions, keyed]: [usize; 3]) {
        for op in self.ops.drain(ops..) {
            self.known.remove(&op);
        }
        for keyed in self.keyed.drain(keyed..) {
            self.names.remove(&keyed.name);
        }
        self.conditions.truncate(conditions);
    }

    /// How much there is.
    pub fn sizes(&self) -> [usize; 3] {
        [self.ops.len(), self.conditions.len(), self.keyed.len()]
    }

    /// All conditions are there: finds what each reads, and which is the last to read it.
    pub fn finish(&mut self) {
        (self.known, self.names) = (Map::default(), Map::default());
        let mut read_by = vec![usize::MAX; self.ops.len()];
        for (number, root) in self.roots.iter_mut().enumerate() {
            let mut waiting = vec![root.node];
            while let Some(node) = waiting.pop() {
                if std::mem::replace(&mut read_by[node as usize], number) != number {
                    root.needs.push(node);
                    self.ops[node as usize].each_operand(&mut |operand| waiting.push(operand));
                }
            }
            root.needs.sort_unstable();
        }
        for (number, root) in self.roots.iter_mut().enumerate() {
            let last = root.needs.iter().filter(|node| read_by[**node as usize] == number);
            root.last_used = last.copied().collect();
        }
    }
}
