//! One error type, one word wide, for reading and writing.

use std::{borrow::Cow, error::Error as StdError, fmt, io};

use crate::path::{Path, Segment};

/// What went wrong, where, and at which global.
///
/// [`Display`](fmt::Display) gives all of it in one line: the path, the message, the global concerned, the byte offset.
///
/// ```
/// #[derive(Debug, serde::Deserialize)]
/// struct User { age: u8 }
///
/// // pickle.dumps([{'age': 'old'}], 2)
/// let error = serde_pickle::from_slice::<Vec<User>>(b"\x80\x02]q\0}q\x01X\x03\0\0\0ageq\x02X\x03\0\0\0oldq\x03sa.").unwrap_err();
/// assert_eq!(error.to_string(), r#"[0].age: invalid type: string "old", expected u8 at byte 18"#);
/// assert_eq!(error.offset(), Some(18));
/// assert_eq!(error.path(), "[0].age");
/// assert!(error.is_data());
/// ```
pub struct Error(Box<Inner>);

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

struct Inner {
    kind: ErrorKind,
    offset: Option<u64>,
    path: Path,
    global: Option<Box<str>>,
}

/// The kinds of error that a program may want to tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Category {
    /// The reader or the writer failed.
    Io,
    /// The data ends in the middle of a pickle: with more data it might be one.
    Eof,
    /// The bytes are not a pickle, or a pickle that Python cannot load.
    Syntax,
    /// The pickle is fine, but it does not hold what the target type wants, or the value cannot be written as asked.
    Data,
    /// A limit was exceeded: see [`DeOptions`](crate::DeOptions) and [`SerOptions`](crate::SerOptions) for how to raise it.
    Limit,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error("{0}")]
    Io(#[source] io::Error),
    #[error("end of data where an opcode is expected")]
    EofOpcode,
    #[error("end of data inside the argument of {0}")]
    EofArgument(&'static str),
    #[error("bytes after the end of the pickle")]
    TrailingData,
    #[error("{0}")]
    Syntax(Cow<'static, str>),
    #[error("{0}")]
    Data(Cow<'static, str>),
    #[error("{0}")]
    Limit(Cow<'static, str>),
}

impl ErrorKind {
    fn category(&self) -> Category {
        match self {
            ErrorKind::Io(_) => Category::Io,
            ErrorKind::EofOpcode | ErrorKind::EofArgument(_) => Category::Eof,
            ErrorKind::TrailingData | ErrorKind::Syntax(_) => Category::Syntax,
            ErrorKind::Data(_) => Category::Data,
            ErrorKind::Limit(_) => Category::Limit,
        }
    }
}

impl Error {
    /// Which kind of error this is.
    pub fn classify(&self) -> Category {
        self.0.kind.category()
    }

    /// The reader or the writer failed.
    pub fn is_io(&self) -> bool {
        self.classify() == Category::Io
    }

    /// The data ends in the middle of a pickle.
    pub fn is_eof(&self) -> bool {
        self.classify() == Category::Eof
    }

    /// The bytes are not a pickle, or one that Python cannot load.
    pub fn is_syntax(&self) -> bool {
        self.classify() == Category::Syntax
    }

    /// The pickle does not hold what the target wants, or the value cannot be written as asked.
    pub fn is_data(&self) -> bool {
        self.classify() == Category::Data
    }

    /// A limit was exceeded.
    pub fn is_limit(&self) -> bool {
        self.classify() == Category::Limit
    }

    /// Where in the source the error lies: the byte offset of the opcode concerned, counted from the start of the slice,
    /// or from where the reader stood when it was handed over. `None` for errors of writing, and of values in memory.
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }

    /// The route from the root of the value to the error: `users[3].age`. Empty at the root itself.
    pub fn path(&self) -> String {
        self.0.path.to_string()
    }

    /// The global that the error is about, as `module.name`.
    pub fn global(&self) -> Option<&str> {
        self.0.global.as_deref()
    }

    /// The kind of the I/O error behind this one, if there is one.
    pub fn io_error_kind(&self) -> Option<io::ErrorKind> {
        match &self.0.kind {
            ErrorKind::Io(error) => Some(error.kind()),
            _ => None,
        }
    }

    #[cold]
    pub(crate) fn new(kind: ErrorKind) -> Error {
        Error(Box::new(Inner { kind, offset: None, path: Path::default(), global: None }))
    }

    #[cold]
    pub(crate) fn io(error: io::Error) -> Error {
        Error::new(ErrorKind::Io(error))
    }

    #[cold]
    pub(crate) fn syntax(message: impl Into<Cow<'static, str>>) -> Error {
        Error::new(ErrorKind::Syntax(message.into()))
    }

    #[cold]
    pub(crate) fn data(message: impl Into<Cow<'static, str>>) -> Error {
        Error::new(ErrorKind::Data(message.into()))
    }

    /// The alias budget is gone.
    #[cold]
    pub(crate) fn beyond_budget() -> Error {
        Error::limit("shared values expand beyond the budget; DeOptions::alias_budget raises it")
    }

    #[cold]
    pub(crate) fn limit(message: impl Into<Cow<'static, str>>) -> Error {
        Error::new(ErrorKind::Limit(message.into()))
    }

    /// Says where, if nobody nearer to the fault has said so.
    #[cold]
    pub(crate) fn or_offset(mut self, offset: u64) -> Error {
        self.0.offset.get_or_insert(offset);
        self
    }

    /// Of a value in memory: it has no place in a source.
    #[cold]
    pub(crate) fn without_offset(mut self) -> Error {
        self.0.offset = None;
        self
    }

    /// Counts the offset from the start of the source instead of that of a buffer.
    #[cold]
    pub(crate) fn shifted(mut self, base: u64) -> Error {
        self.0.offset = self.0.offset.map(|offset| offset + base);
        self
    }

    /// Names the global concerned, if nobody nearer to the fault has named one.
    #[cold]
    pub(crate) fn or_global(mut self, global: impl FnOnce() -> String) -> Error {
        if self.0.global.is_none() {
            self.0.global = Some(shortened(global()).into_boxed_str());
        }
        self
    }

    /// Adds the step that leads from the value around it to the place of the error.
    #[cold]
    pub(crate) fn within(mut self, segment: Segment) -> Error {
        self.0.path.push_outer(segment);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if !inner.path.is_empty() {
            write!(f, "{}: ", inner.path)?;
        }
        write!(f, "{}", inner.kind)?;
        if let Some(global) = &inner.global {
            write!(f, " ({global})")?;
        }
        if let Some(offset) = inner.offset {
            write!(f, " at byte {offset}")?;
        }
        Ok(())
    }
}

/// Written for those who see it through `unwrap()`: the message as it reads, and where.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}, category: {:?})", self.to_string(), self.classify())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            ErrorKind::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl serde::de::Error for Error {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error::data(shortened(message))
    }
}

impl serde::ser::Error for Error {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error::data(shortened(message))
    }
}

/// What a message has at most, in bytes: serde's show the very text that does not fit, and that may be all of the pickle.
const LONGEST: usize = 1000;

/// A message that is cut where it gets too long. What comes after is not even made.
fn shortened(message: impl fmt::Display) -> String {
    struct Short(String);

    impl fmt::Write for Short {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let room = LONGEST - self.0.len();
            if text.len() <= room {
                self.0.push_str(text);
                return Ok(());
            }
            let end = (0..=room).rfind(|&at| text.is_char_boundary(at)).unwrap_or(0);
            self.0.push_str(&text[..end]);
            Err(fmt::Error)
        }
    }

    let mut short = Short(String::new());
    if fmt::Write::write_fmt(&mut short, format_args!("{message}")).is_err() {
        short.0.push('…');
    }
    short.0
}

/// An I/O error keeps its kind and is given back as it was; the end of data is `UnexpectedEof`, all else `InvalidData`.
impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        match error.classify() {
            Category::Io => match error.0.kind {
                ErrorKind::Io(error) => error,
                // `classify` says `Io` for that kind only.
                kind => io::Error::other(kind.to_string()),
            },
            Category::Eof => io::Error::new(io::ErrorKind::UnexpectedEof, error),
            Category::Syntax | Category::Data | Category::Limit => io::Error::new(io::ErrorKind::InvalidData, error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_one_word() {
        assert_eq!(size_of::<Error>(), size_of::<usize>(), "every Result carries it");
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }

    #[test]
    fn says_everything_in_one_line() {
        let error = Error::data("no such thing")
            .or_offset(17)
            .or_offset(3)
            .or_global(|| "shop.models.Order".to_owned())
            .within(Segment::Name("age".into()))
            .within(Segment::Index(3));
        assert_eq!(error.to_string(), "[3].age: no such thing (shop.models.Order) at byte 17");
        assert_eq!(error.global(), Some("shop.models.Order"));
        assert_eq!(
            format!("{error:?}"),
            r#"Error("[3].age: no such thing (shop.models.Order) at byte 17", category: Data)"#
        );
    }

    #[test]
    fn long_messages_are_cut() {
        let error: Error = serde::de::Error::custom("é".repeat(1_000_000));
        assert_eq!(error.to_string(), format!("{}…", "é".repeat(500)));
    }

    #[test]
    fn becomes_an_io_error_that_fits() {
        let back: io::Error = Error::io(io::ErrorKind::BrokenPipe.into()).into();
        assert_eq!(back.kind(), io::ErrorKind::BrokenPipe);
        assert!(back.get_ref().is_none(), "the very error, not a wrapper");
        let eof: io::Error = Error::new(ErrorKind::EofOpcode).into();
        assert_eq!(eof.kind(), io::ErrorKind::UnexpectedEof);
        let data: io::Error = Error::data("no").into();
        assert_eq!((data.kind(), data.to_string().as_str()), (io::ErrorKind::InvalidData, "no"));
    }

    #[test]
    fn is_send_and_sync() {
        fn check<T: Send + Sync + 'static>() {}
        check::<Error>();
    }
}
