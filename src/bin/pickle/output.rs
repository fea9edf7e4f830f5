//! Standard output, with colours on a terminal only.

use std::{
    fs,
    io::{self, BufWriter, Stdout, Write},
    path::Path,
};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

use crate::fail::{Fail, Outcome};

/// Whether there are colours.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    Always,
    Never,
}

/// Standard output.
pub(crate) struct Output {
    out: BufWriter<Stdout>,
    pub(crate) palette: Palette,
}

/// Whether text is painted.
#[derive(Clone, Copy)]
pub(crate) struct Palette(bool);

/// What is painted alike.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// None, True, False, numbers.
    Scalar,
    /// Texts and bytes.
    Text,
    /// Classes and functions.
    Class,
    /// Marks of sharing, and what was left out.
    Mark,
    /// What is known dangerous, and faults.
    Warning,
    /// What stands between pickles.
    Heading,
}

impl Palette {
    /// Without colours.
    pub(crate) fn plain() -> Palette {
        Palette(false)
    }

    /// The text in its colour.
    pub(crate) fn paint(self, paint: Paint, text: &str) -> String {
        if !self.0 || text.is_empty() {
            return text.to_owned();
        }
        let style = match paint {
            Paint::Scalar => AnsiColor::Cyan.on_default(),
            Paint::Text => AnsiColor::Green.on_default(),
            Paint::Class => AnsiColor::Yellow.on_default(),
            Paint::Mark => AnsiColor::Magenta.on_default(),
            Paint::Warning => AnsiColor::Red.on_default().bold(),
            Paint::Heading => Style::new().bold(),
        };
        format!("{style}{text}{style:#}")
    }
}

impl Output {
    pub(crate) fn new(color: Color) -> Output {
        let stdout = io::stdout();
        let painted = match color {
            Color::Auto => anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        };
        Output { out: BufWriter::new(stdout), palette: Palette(painted) }
    }

    /// A line that is not part of what is shown.
    pub(crate) fn heading(&mut self, text: &str) -> io::Result<()> {
        let text = self.palette.paint(Paint::Heading, &format!("# {text}"));
        writeln!(self.out, "{text}")
    }

    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Writes bytes to a file, or here if it is `-` or none.
    pub(crate) fn bytes_to(&mut self, file: Option<&Path>, bytes: &[u8]) -> Outcome<()> {
        match file.filter(|file| file.as_os_str() != "-") {
            None => Ok(self.out.write_all(bytes)?),
            Some(file) => fs::write(file, bytes).map_err(|error| Fail::io(format!("{}: {error}", file.display()))),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
