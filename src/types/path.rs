//! `pathlib`.

use std::{fmt, path::PathBuf};

use super::{
    atom::Atom,
    called::{Called, Python},
    scalar::{Facets, Scalar, WellKnown, invalid},
};
use crate::error::{Error, Result};

/// Which class of `pathlib` a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathKind {
    /// `PosixPath`: Python makes it on POSIX systems only.
    Posix,
    /// `WindowsPath`: Python makes it on Windows only.
    Windows,
    /// `PurePosixPath`.
    PurePosix,
    /// `PureWindowsPath`.
    PureWindows,
}

/// Python's `pathlib` paths: their text, and the class.
///
/// To read one, [`PathBuf`] or `String` serves as well.
///
/// ```
/// use std::path::PathBuf;
/// use serde_pickle::types::{Path, PathKind};
///
/// // pickle.dumps(pathlib.PosixPath('/var/x'), 2)
/// let pickle = b"\x80\x02cpathlib\nPosixPath\nX\x01\0\0\0/X\x03\0\0\0varX\x01\0\0\0x\x87R.";
/// let path: Path = serde_pickle::from_slice(pickle)?;
/// assert_eq!(path, Path::new(PathKind::Posix, "/var/x"));
/// assert_eq!(serde_pickle::from_slice::<PathBuf>(pickle)?, PathBuf::from("/var/x"));
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    kind: PathKind,
    text: String,
}

impl Path {
    /// A path of that class.
    pub fn new(kind: PathKind, text: impl Into<String>) -> Path {
        Path { kind, text: text.into() }
    }

    /// Its class.
    pub fn kind(&self) -> PathKind {
        self.kind
    }

    /// Its text; `.` if it has no parts.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// From the parts that a stream has: one after the other, unless a later one is absolute; `.` and doubled separators go.
    pub(crate) fn join<'p>(kind: PathKind, parts: impl Iterator<Item = &'p str>) -> Path {
        let windows = matches!(kind, PathKind::Windows | PathKind::PureWindows);
        let (separator, separators): (char, &[char]) = if windows { ('\\', &['\\', '/']) } else { ('/', &['/']) };
        let mut text = String::new();
        for part in parts {
            let part = if windows { part.replace('/', "\\") } else { part.to_owned() };
            let is_absolute = part.starts_with(separator) || windows && part.chars().nth(1) == Some(':');
            if is_absolute {
                text.clear();
            } else if !text.is_empty() && !text.ends_with(separator) {
                text.push(separator);
            }
            text.push_str(&part);
        }
        let anchor = match text.find(|c| !separators.contains(&c)) {
            _ if windows => text.find(':').map_or(0, |at| at + 1 + usize::from(text[at + 1..].starts_with('\\'))),
            // Two slashes at the start are not one, three are.
            Some(2) => 2,
            Some(0) => 0,
            None if text.is_empty() => 0,
            Some(_) | None => 1,
        };
        let (anchor, rest) = text.split_at(anchor);
        let is_share = windows && anchor.is_empty() && rest.starts_with("\\\\");
        let kept: Vec<&str> = rest.split(separator).filter(|part| !part.is_empty() && *part != ".").collect();
        let mut joined = if is_share { "\\\\".to_owned() } else { anchor.to_owned() };
        if windows && !is_share && anchor.is_empty() && rest.starts_with('\\') {
            joined.push('\\');
        }
        joined.push_str(&kept.join(if windows { "\\" } else { "/" }));
        if joined.is_empty() {
            joined.push('.');
        }
        Path { kind, text: joined }
    }
}

/// Its text.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A `PosixPath` or `WindowsPath`, as this system has them; an error if it is not UTF-8.
impl TryFrom<&std::path::Path> for Path {
    type Error = Error;

    fn try_from(path: &std::path::Path) -> Result<Path> {
        let kind = if cfg!(windows) { PathKind::Windows } else { PathKind::Posix };
        match path.to_str() {
            Some(text) => Ok(Path::new(kind, text)),
            None => Err(invalid(format_args!("{} is not UTF-8", path.display()))),
        }
    }
}

impl From<Path> for PathBuf {
    fn from(path: Path) -> PathBuf {
        path.text.into()
    }
}

impl Facets for Path {
    fn kind(&self) -> &'static str {
        "path"
    }

    fn natural(&self) -> Atom {
        self.text.as_str().into()
    }

    fn python(&self) -> Result<Python<'_>> {
        let class = match self.kind {
            PathKind::Posix => "PosixPath",
            PathKind::Windows => "WindowsPath",
            PathKind::PurePosix => "PurePosixPath",
            PathKind::PureWindows => "PureWindowsPath",
        };
        Ok(Called::new("pathlib", class).arg(self.text.as_str()).into())
    }
}

impl WellKnown for Path {
    const EXPECTED: &'static str = "a path";

    fn from_scalar(scalar: Scalar) -> Result<Path, Scalar> {
        scalar.try_into()
    }

    fn from_atom(atom: Atom) -> Option<Result<Path>> {
        match atom {
            Atom::Text(text) => Some(Path::try_from(std::path::Path::new(&text))),
            _ => None,
        }
    }
}
