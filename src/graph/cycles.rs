//! Which values contain themselves.

use super::{Ref, Store, Walk};

const UNSEEN: u32 = u32::MAX;

impl Store {
    /// For each composite, whether it is reached from its own children.
    pub(crate) fn cyclic(&self) -> Vec<bool> {
        self.components().into_iter().map(|component| component != 0).collect()
    }

    /// For each composite, which knot it is part of: all of one knot reach each other. 0 for what does not reach itself.
    ///
    /// Tarjan's strongly connected components, without recursion.
    pub(crate) fn components(&self) -> Vec<u32> {
        self.components_among(self.composites.len(), Ref::composite, |node| Some(node.index()))
    }

    /// As `components`, for so many composites of a number each: those below some value, which have no others below.
    pub(crate) fn components_among(
        &self,
        count: usize,
        node_of: impl Fn(usize) -> Ref,
        number_of: impl Fn(Ref) -> Option<usize>,
    ) -> Vec<u32> {
        let mut components = vec![0; count];
        let mut knots = 0;
        let mut in_itself = vec![false; count];
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
                if let Some(child) = walk.next(self, node_of(node)) {
                    let child = self.current(child);
                    if child.is_composite()
                        && let Some(child) = number_of(child)
                    {
                        if order[child] == UNSEEN {
                            open.push((child as u32, Walk::default()));
                        } else if is_pending[child] {
                            low[node] = low[node].min(order[child]);
                            in_itself[node] |= child == node;
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
                    let alone = pending.last() == Some(&(node as u32));
                    if !alone || in_itself[node] {
                        knots += 1;
                    }
                    while let Some(member) = pending.pop() {
                        let member = member as usize;
                        is_pending[member] = false;
                        if !alone || in_itself[node] {
                            components[member] = knots;
                        }
                        if member == node {
                            break;
                        }
                    }
                }
            }
        }
        components
    }
}
