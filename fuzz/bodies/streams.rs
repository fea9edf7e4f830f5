//! The tools, on anything.

use serde_pickle::{
    DeOptions, Graph,
    tools::{self, Danger, TrustReport, What},
};

use super::said;

pub(crate) fn tools(bytes: &[u8]) {
    let ops: serde_pickle::Result<Vec<_>> = tools::ops(bytes).collect();
    if let Ok(ops) = &ops {
        assert!(ops.is_sorted_by(|one, next| one.offset < next.offset));
        // Text arguments may be spelled in more than one way; what is assembled says the same.
        let assembled = tools::assemble(ops).unwrap_or_else(|error| panic!("{error}"));
        let again: serde_pickle::Result<Vec<_>> = tools::ops(&assembled).collect();
        let again = again.unwrap_or_else(|error| panic!("assembled: {error}"));
        let text = |ops: &[tools::Op<'_>]| -> Vec<String> {
            ops.iter().map(|op| format!("{} {:?}", op.opcode, op.arg)).collect()
        };
        assert_eq!(text(&again), text(ops));
    }
    let lines = tools::Disassembler::new(bytes).map_while(Result::ok).count();
    let dis = tools::Disassembly::of(bytes);
    assert!(dis.text.lines().count() >= lines);
    assert_eq!(dis.error.is_none(), tools::dis(bytes).is_ok());
    let complaints = tools::check(bytes);
    assert!(complaints.is_sorted_by_key(|complaint| complaint.offset));

    let report = TrustReport::of(bytes);
    drop(report.to_string());
    assert!(report.actions.is_sorted_by_key(|action| action.offset));
    let imports = report.actions.iter().filter(|action| action.what == What::Import).count();
    assert_eq!(imports, tools::globals(bytes).len());
    assert_eq!(report.has_known_dangers(), report.actions.iter().any(|action| action.danger != Danger::Unknown));
    let prefix = Graph::from_prefix(bytes);
    assert_eq!(prefix.as_ref().err().map(ToString::to_string), report.error.as_ref().map(ToString::to_string));
    let allowed = DeOptions::new().allow_globals(["builtins.set"]);
    if allowed.graph_prefix(bytes).is_ok() {
        assert!(report.actions.iter().all(|action| action.what != What::Import
            || action.global.as_ref().is_some_and(|global| global.is("builtins", "set"))));
    }

    if let Ok(optimized) = tools::optimize(bytes) {
        let options = DeOptions::new().alias_budget(5_000);
        let (before, after) = (options.graph_prefix(bytes), options.graph_prefix(&optimized));
        if let (Ok((before, _)), Ok((after, _))) = (before, after) {
            let (before, after) = (before.root().to_value(), after.root().to_value());
            if before.is_ok() && after.is_ok() {
                assert_eq!(said(&before), said(&after));
            }
        }
    }
}
