//! `tools::TrustReport`.

use serde_pickle::{
    Global, Graph, Usage,
    tools::{self, Danger, TrustReport, What},
};

/// What would be done, and what then fails, a line each.
fn report(pickle: &[u8]) -> String {
    TrustReport::of(pickle).to_string()
}

/// Every way to call something.
#[test]
fn every_opcode_that_imports_or_calls() {
    // REDUCE
    assert_eq!(
        report(b"cos\nsystem\n(S'id'\ntR."),
        "imports os.system at byte 0: known dangerous, runs commands\n\
         calls os.system('id') at byte 19: known dangerous, runs commands\n"
    );
    // INST
    assert_eq!(
        report(b"(S'id'\nios\nsystem\n."),
        "imports os.system at byte 7: known dangerous, runs commands\n\
         makes an instance of os.system('id') at byte 7: known dangerous, runs commands\n"
    );
    // OBJ
    assert_eq!(
        report(b"(cos\nsystem\nS'id'\no."),
        "imports os.system at byte 1: known dangerous, runs commands\n\
         makes an instance of os.system('id') at byte 18: known dangerous, runs commands\n"
    );
    // NEWOBJ, NEWOBJ_EX
    assert_eq!(
        report(b"\x80\x02capp\nOrder\nK\x01\x85\x81."),
        "imports app.Order at byte 2: unknown\nmakes an instance of app.Order(1) at byte 16: unknown\n"
    );
    assert_eq!(
        report(b"\x80\x04\x8c\x03app\x8c\x05Order\x93)}\x8c\x01aK\x01s\x92."),
        "imports app.Order at byte 14: unknown\nmakes an instance of app.Order() at byte 23: unknown\n"
    );
    // BUILD calls `__setstate__`; APPENDS, SETITEMS and ADDITEMS methods, too.
    for changed in [&b"}b"[..], b"(NNe", b"(NNu", b"(NN\x90", b"Na", b"NNs"] {
        let pickle = [b"\x80\x04capp\nOrder\n)\x81", changed, b"."].concat();
        let report = TrustReport::of(&pickle);
        assert_eq!(report.actions.len(), 2);
        assert!(report.actions[1].then_changed, "{changed:?}");
        assert!(!report.actions[0].then_changed);
    }
    assert!(!TrustReport::of(b"\x80\x04capp\nOrder\n)\x81.").actions[1].then_changed);
}

/// A name that was given state is looked into by Python: the class itself is changed.
#[test]
fn state_of_a_class_itself() {
    let report = TrustReport::of(b"capp\nOrder\n}S'a'\nNsb.");
    assert_eq!(report.to_string(), "imports app.Order at byte 0: unknown\n");
    let graph = Graph::from_slice(b"capp\nOrder\n}S'a'\nNsb.").unwrap();
    assert_eq!(graph.globals().map(|global| global.usage).collect::<Vec<_>>(), [Usage::Value]);
}

/// The names of STACK_GLOBAL may come from anywhere: just before it, or long before, by the memo.
#[test]
fn names_by_the_stack_and_the_memo() {
    let just = b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.";
    let lines = "imports posix.system at byte 19: known dangerous, runs commands\n\
                 calls posix.system('id') at byte 28: known dangerous, runs commands\n";
    assert_eq!(report(just), lines);
    let memo = b"\x80\x04\x8c\x06system\x94\x8c\x05posix\x940(NNNh\x01h\x00\x93\x8c\x02id\x85R.";
    let lines = "imports posix.system at byte 28: known dangerous, runs commands\n\
                 calls posix.system('id') at byte 34: known dangerous, runs commands\n";
    assert!(report(memo).starts_with(lines), "{}", report(memo));
    // Of other opcodes for text.
    for [posix, system] in [
        [&b"X\x05\0\0\0posix"[..], b"X\x06\0\0\0system"],
        [b"Vposix\n", b"Vs\\u0079stem\n"],
        [b"\x8d\x05\0\0\0\0\0\0\0posix", b"\x8c\x06system"],
        [b"S'posix'\n", b"U\x06system"],
    ] {
        let report = TrustReport::of(&[b"\x80\x04", posix, system, b"\x93."].concat());
        assert_eq!(report.actions[0].global, Some(Global::new("posix", "system")), "{posix:?}");
        assert!(report.has_known_dangers() && report.error.is_none());
    }
}

/// What a global is an attribute of, by `getattr`, and by names with dots.
#[test]
fn chains_of_attributes() {
    // getattr(getattr(app, 'os'), 'system')('id')
    let chain = b"c__builtin__\ngetattr\np0\n(g0\n(capp\nviews\nS'os'\ntRS'system'\ntR(S'id'\ntR.";
    let report = TrustReport::of(chain);
    let last = report.actions.last().unwrap();
    assert_eq!(last.global, Some(Global::new("app", "views.os.system")));
    assert_eq!((last.what, &last.args[..]), (What::Call, "'id'"));
    assert_eq!(last.danger, Danger::KnownDangerous("runs commands"));
    assert!(report.actions[0].to_string().contains("builtins.getattr"));
    // The same by a name with dots, from protocol 4 on.
    let dotted = b"\x80\x04\x8c\x03app\x8c\x0fviews.os.system\x93\x8c\x02id\x85R.";
    assert_eq!(TrustReport::of(dotted).actions[1].danger, last.danger);
    let subclasses = b"\x80\x04\x8c\x08builtins\x8c\x17object.__subclasses__.x\x93)R.";
    assert_eq!(TrustReport::of(subclasses).actions[1].danger, Danger::KnownDangerous("reaches any attribute"));
}

/// What is called may be what another call gave.
#[test]
fn results_of_calls_that_are_called() {
    let pickle = b"\x80\x02cfunctools\npartial\ncos\nsystem\n\x85RX\x02\0\0\0id\x85R.";
    let lines = "imports functools.partial at byte 2: known dangerous, calls anything\n\
                 imports os.system at byte 21: known dangerous, runs commands\n\
                 calls functools.partial(os.system) at byte 33: known dangerous, calls anything\n\
                 calls the result of a call('id') at byte 42: unknown\n";
    assert_eq!(report(pickle), lines);
}

/// What is thrown away was called all the same.
#[test]
fn calls_whose_results_are_dropped() {
    let lines = "imports os.system at byte 0: known dangerous, runs commands\n\
                 calls os.system('id') at byte 19: known dangerous, runs commands\n";
    assert_eq!(report(b"cos\nsystem\n(S'id'\ntR0N."), lines);
    // Also what is under a mark that is popped.
    assert_eq!(report(b"cos\nsystem\n(S'id'\ntR(1N."), lines);
    assert!(TrustReport::of(b"(cos\nsystem\n(S'id'\ntR1N.").has_known_dangers());
}

/// Python would have run it by then.
#[test]
fn what_comes_before_a_fault() {
    let whole = b"\x80\x04cos\nsystem\n\x8c\x02id\x85R\x8c\x03app\x8c\x01f\x93)RN.";
    let calls =
        |pickle: &[u8]| TrustReport::of(pickle).actions.iter().filter(|action| action.what == What::Call).count();
    assert_eq!(calls(whole), 2);
    let reduces: Vec<usize> = (0..whole.len()).filter(|&at| whole[at] == b'R').collect();
    let &[first, second] = &reduces[..] else { panic!("{reduces:?}") };
    for end in 0..whole.len() {
        let report = TrustReport::of(&whole[..end]);
        let expected = usize::from(end > first) + usize::from(end > second);
        assert_eq!(calls(&whole[..end]), expected, "{end}");
        assert!(report.error.is_some_and(|error| error.is_eof()), "{end}");
        // Bytes that are no opcode.
        let broken = TrustReport::of(&[&whole[..end], b"\xff"].concat());
        assert!(broken.actions.len() >= report.actions.len() && broken.error.is_some(), "{end}");
        let imports = broken.actions.iter().filter(|action| action.what == What::Import).count();
        assert_eq!(tools::globals(&[&whole[..end], b"\xff"].concat()).len(), imports);
    }
    let report = report(b"cos\nsystem\n(S'id'\ntR\x80\x06");
    assert!(report.ends_with("then fails: unsupported pickle protocol 6: the highest is 5 at byte 20\n"), "{report}");
}

/// Protocols 0 to 5, as Python writes them; names of Python 2 are those of Python 3.
#[test]
fn names_of_all_protocols() {
    for (pickle, offset) in [
        (&b"c__builtin__\neval\n(S'1'\ntR."[..], 25),
        (b"\x80\x02c__builtin__\neval\nX\x01\0\0\x001\x85R.", 27),
        (b"\x80\x03cbuiltins\neval\nX\x01\0\0\x001\x85R.", 24),
        (b"\x80\x04\x95\x15\0\0\0\0\0\0\0\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.", 32),
        (b"\x80\x05\x95\x15\0\0\0\0\0\0\0\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.", 32),
    ] {
        let report = TrustReport::of(pickle);
        let call = report.actions.last().unwrap();
        assert_eq!(call.to_string(), format!("calls builtins.eval('1') at byte {offset}: known dangerous, runs code"));
    }
    // Without the mapping, a name in a stream of protocol 3 or more is what it says.
    assert_eq!(TrustReport::of(b"\x80\x03c__builtin__\neval\n.").actions[0].danger, Danger::Unknown);
}

/// An extension code stands for what was registered: nobody knows what.
#[test]
fn extension_codes() {
    let report = TrustReport::of(b"\x80\x02\x82\x07K\x01\x85R\x83\x2c\x01)R\x84\x01\0\x01\x00)\x81.");
    assert!(report.actions.iter().all(|action| action.global.is_none() && action.danger == Danger::Unknown));
    assert_eq!(report.actions.len(), 3);
    // With the registry of the application, they are named.
    let options = serde_pickle::DeOptions::new().extensions([(7, Global::new("os", "system"))]);
    let pickle = b"\x80\x02\x82\x07X\x02\0\0\0id\x85R.";
    let graph = options.graph(pickle).unwrap();
    let names: Vec<String> = graph.globals().map(|global| global.to_string()).collect();
    assert_eq!(names, ["os.system"]);
    let report = graph.trust_report();
    assert_eq!(report.actions.last().unwrap().global, Some(Global::new("os", "system")));
    assert!(report.has_known_dangers());
}

/// Arguments are shown in brief, whatever they are.
#[test]
fn arguments_in_brief() {
    let args = |arguments: &[u8]| {
        let pickle = [b"\x80\x05ca\nb\n(", arguments, b"tR."].concat();
        TrustReport::of(&pickle).actions.last().unwrap().args.clone()
    };
    assert_eq!(args(b"N\x88K\x07J\xff\xff\xff\xffG?\xf8\0\0\0\0\0\0"), "None, True, 7, -1, 1.5");
    assert_eq!(args(b"X\x03\0\0\0a'bC\x02\0a])}ca\nc\n"), "\"a'b\", b'\\x00a', <list>, (), <dict>, a.c");
    assert_eq!(args(&b"N".repeat(100)), "None, None, None, None, None, None, None, None, …");
    let long = [&b"X\x00\x10\0\0"[..], &[b'x'; 4096]].concat();
    assert_eq!(args(&long), format!("'{}'…", "x".repeat(200)));
    assert!(args(&[&b"\x8b\0\x10\0\0"[..], &[0x7f; 4096]].concat()).contains("<int of 32768 bits>"));
    assert!(args(b"NQ\x97").contains("persistent id"));
}

/// A report is no larger than the pickle allows, however often something is fetched.
#[test]
fn a_report_of_many_calls_is_bounded() {
    let text = [&b"X\0\x20\0\0"[..], &[b'x'; 8192]].concat();
    let pickle = [b"\x80\x02ca\nb\nq\0", &text[..], b"\x85q\x01", &b"h\0h\x01R0".repeat(2000), b"."].concat();
    let report = TrustReport::of(&pickle);
    assert_eq!(report.actions.len(), 2001);
    assert!(report.to_string().len() < 300 * 2001);
}

/// The word is not used: what is not known is unknown.
#[test]
fn nothing_is_called_safe() {
    let report = report(b"ccollections\nOrderedDict\n)R.");
    assert!(report.contains("unknown") && !report.to_lowercase().contains("safe"), "{report}");
    assert!(!format!("{:?} {:?}", Danger::Unknown, Danger::of_global(&Global::new("os", "system"))).contains("Safe"));
}
