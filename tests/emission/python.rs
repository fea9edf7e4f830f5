//! The machine's Python, which is asked one question after the other: `oracle.py`.

use std::{
    io::{Read, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

pub(crate) struct Python {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
}

impl Python {
    /// `None` if there is no Python; in CI there must be one.
    pub(crate) fn start() -> Option<Python> {
        Python::of("python3")
    }

    /// With that program.
    pub(crate) fn of(program: &str) -> Option<Python> {
        // Texts have the same hash in each run, so that sets have one order.
        let child = Command::new(program)
            .arg("tests/emission/oracle.py")
            .env("PYTHONHASHSEED", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        match child {
            Ok(mut child) => {
                let (stdin, stdout) = (child.stdin.take(), child.stdout.take().unwrap());
                Some(Python { child, stdin, stdout })
            }
            Err(error) => {
                assert!(std::env::var_os("CI").is_none(), "{program} cannot be run: {error}");
                None
            }
        }
    }

    /// The answer, or what Python raised.
    pub(crate) fn ask(&mut self, command: u8, payload: &[u8]) -> Result<Vec<u8>, String> {
        let stdin = self.stdin.as_mut().unwrap();
        let mut request = vec![command];
        request.extend_from_slice(&u32::try_from(payload.len()).unwrap().to_le_bytes());
        request.extend_from_slice(payload);
        stdin.write_all(&request).unwrap();
        stdin.flush().unwrap();
        let mut header = [0; 5];
        self.stdout.read_exact(&mut header).unwrap();
        let [status, length @ ..] = header;
        let mut answer = vec![0; u32::from_le_bytes(length) as usize];
        self.stdout.read_exact(&mut answer).unwrap();
        if status == b'y' { Ok(answer) } else { Err(String::from_utf8(answer).unwrap()) }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}
