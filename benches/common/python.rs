//! CPython as a contender: a process of its own that measures when it is told to, in the same rounds as everybody else.

use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    rc::Rc,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// What it is to do with the pickles of a file.
#[derive(Clone, Copy)]
pub enum Verb {
    /// `pickle.loads` of each.
    Load,
    /// `pickle.dumps` of what was loaded from each, at protocol 4.
    Dump,
}

/// Begins when it is first asked for its time, so that who does not ask needs no Python.
pub struct Work {
    verb: Verb,
    pickles: Rc<Vec<Vec<u8>>>,
    process: Option<Process>,
}

struct Process {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Work {
    pub fn new(verb: Verb, pickles: Vec<Vec<u8>>) -> Work {
        Work { verb, pickles: Rc::new(pickles), process: None }
    }

    /// Another one that works on the same pickles.
    pub fn again(&self, verb: Verb) -> Work {
        Work { verb, pickles: Rc::clone(&self.pickles), process: None }
    }

    pub fn time(&mut self) -> Duration {
        if self.process.is_none() {
            self.process = Some(start(self.verb, &self.pickles).expect("python3 runs benches/cpython.py"));
        }
        let process = self.process.as_mut().expect("it was started");
        process.round().expect("benches/cpython.py answers with nanoseconds")
    }
}

fn start(verb: Verb, pickles: &[Vec<u8>]) -> std::io::Result<Process> {
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{}-{number}", std::process::id()));
    // A line with the lengths, then the pickles.
    let lengths: Vec<String> = pickles.iter().map(|pickle| pickle.len().to_string()).collect();
    let mut content = lengths.join(" ").into_bytes();
    content.push(b'\n');
    pickles.iter().for_each(|pickle| content.extend_from_slice(pickle));
    std::fs::write(&file, content)?;
    let verb = match verb {
        Verb::Load => "load",
        Verb::Dump => "dump",
    };
    let mut child = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/cpython.py"))
        .arg(verb)
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (to, from) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    let mut process = Process { child, to, from: BufReader::new(from) };
    // It has read the file when it says so.
    process.line()?;
    std::fs::remove_file(&file)?;
    Ok(process)
}

impl Process {
    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        Ok(line)
    }

    fn round(&mut self) -> std::io::Result<Duration> {
        self.to.write_all(b"\n")?;
        self.to.flush()?;
        let nanoseconds = self.line()?.trim().parse().map_err(std::io::Error::other)?;
        Ok(Duration::from_nanos(nanoseconds))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing of it is needed any more, and how it ends is of no interest.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
