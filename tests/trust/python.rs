//! What Python really imports and calls, by its own unpickler, is what the report says.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde_pickle::tools::{TrustReport, What};

/// Says what `find_class` is asked for, and what the results are called with, of each pickle given as hexadecimal.
const SCRIPT: &str = r#"
import io, pickle, sys

class Thing:
    def __init__(self, name): self.name = name
    def __call__(self, *args): said.append('call ' + self.name); return Thing('?')

class Unpickler(pickle._Unpickler):
    def find_class(self, module, name):
        if self.proto < 3 and self.fix_imports:
            module, name = pickle._compat_pickle.NAME_MAPPING.get((module, name), (pickle._compat_pickle.IMPORT_MAPPING.get(module, module), name))
        said.append('import ' + module + '.' + name)
        return Thing(module + '.' + name)

for line in sys.stdin:
    said = []
    try:
        Unpickler(io.BytesIO(bytes.fromhex(line))).load()
    except Exception:
        said.append('fails')
    print(', '.join(said))
"#;

#[test]
fn python_imports_and_calls_what_is_reported() {
    let pickles: [&[u8]; 9] = [
        b"cos\nsystem\n(S'id'\ntR.",
        b"cos\nsystem\n(S'id'\ntR0(ca\nb\n1N.",
        b"c__builtin__\neval\n(S'1'\ntR.",
        b"cUserDict\nUserDict\n)R.",
        b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.",
        b"\x80\x04\x8c\x06system\x94\x8c\x05posix\x940h\x01h\x00\x93\x8c\x02id\x85R.",
        b"cos\nsystem\n(S'id'\ntRca\nb\n)Rh\x07.",
        b"cfunctools\npartial\n(cos\nsystem\ntR(S'id'\ntR.",
        b"cos\nsystem\n(S'id'\ntR\xff",
    ];
    let child = Command::new("python3").args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "python3 cannot be run: {error}");
            return;
        }
    };
    let mut stdin = child.stdin.take().unwrap();
    for pickle in pickles {
        let hex: String = pickle.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(stdin, "{hex}").unwrap();
    }
    drop(stdin);
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(said.lines().count(), pickles.len());
    for (pickle, said) in pickles.iter().zip(said.lines()) {
        let report = TrustReport::of(pickle);
        let line = |action: &serde_pickle::tools::Action| {
            let name = action.global.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
            let verb = if action.what == What::Import { "import" } else { "call" };
            format!("{verb} {name}")
        };
        let mut lines: Vec<String> = report.actions.iter().map(line).collect();
        lines.extend(report.error.map(|_| "fails".to_owned()));
        assert_eq!(lines.join(", "), said, "{}", pickle.escape_ascii());
    }
}
