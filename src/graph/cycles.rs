//! Which values contain themselves.

use super::{Ref, Store, Walk};

const UNSEEN: u32 = u32::MAX;

impl Store {
    /// For each composite, whether it is reached from its own children: Tarjan's strongly connected components, without recursion.
    pub(crate) fn cyclic(&self) -> Vec<bool> {
        let count = self.composites.len();
        let mut cyclic = vec![false; count];
        let mut order = vec![UNSEEN; count];
        let mut low = vec![0_u32; count];
        let mut pending: Vec<u32> = Vec::new();
        let mut is_pending = vec![false; count];
        let mut open: Vec<(u32, Walk)> = Vec::new();
        let mut next_order = 0;
        for start in 0..count {
            if order[start] != UNSEEN {
                continue;
            }
            open.push((start as u32, Walk::default()));
            while let Some((node, walk)) = open.last_mut() {
                let node = *node as usize;
                if order[node] == UNSEEN {
                    (order[node], low[node]) = (next_order, next_order);
                    next_order += 1;
                    pending.push(node as u32);
                    is_pending[node] = true;
                }
                if let Some(child) = walk.next(self, Ref::composite(node)) {
                    let child = self.current(child);
                    if child.is_composite() {
                        let child = child.index();
                        if order[child] == UNSEEN {
                            open.push((child as u32, Walk::default()));
                        } else if is_pending[child] {
                            low[node] = low[node].min(order[child]);
                            cyclic[node] |= child == node;
                        }
                    }
                    continue;
                }
                open.pop();
                if let Some(&(parent, _)) = open.last() {
                    let parent = parent as usize;
                    low[parent] = low[parent].min(low[node]);
                }
                if low[node] == order[node] {
                    let mut alone = true;
                    while let Some(member) = pending.pop() {
                        let member = member as usize;
                        is_pending[member] = false;
                        if member != node {
                            alone = false;
                            cyclic[member] = true;
                        } else {
                            break;
                        }
                    }
                    cyclic[node] |= !alone;
                }
            }
        }
        cyclic
    }
}
