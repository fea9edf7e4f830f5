//! Where pickles come from: files and standard input, compressed or not, one or several in each.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, IsTerminal as _, Read},
    path::PathBuf,
};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_pickle::{DeOptions, Encoding, Graph, RawPickle};

use crate::{
    fail::{Fail, Outcome},
    zip,
};

/// What every command that reads pickles takes.
#[derive(Args)]
pub(crate) struct Input {
    /// Files that hold pickles; `-`, or none, is standard input
    files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// How a source is read.
#[derive(Args)]
pub(crate) struct Reading {
    /// Only the pickle of this number in each source, counted from 1
    #[arg(short, long, value_name = "N")]
    number: Option<usize>,
    /// Bytes before the first pickle that are left out
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    skip: usize,
    /// What the str of Python 2 is
    #[arg(long, value_enum, default_value = "auto")]
    encoding: EncodingArg,
    /// The pickles of a source share one memo, as those of a ZODB record, or of a Pickler that is used several times
    #[arg(long)]
    keep_memo: bool,
    /// The most that compressed data may grow to, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 4096)]
    max_size: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum EncodingArg {
    Auto,
    Ascii,
    Latin1,
    Utf8,
    Bytes,
}

/// A pickle in a source.
pub(crate) struct Pickle<'a> {
    /// The name of the source.
    pub(crate) source: &'a str,
    /// Which pickle of the source it is, counted from 1.
    pub(crate) number: usize,
    /// Whether it is the only one, of the only source.
    pub(crate) alone: bool,
    /// Where it begins, in the source or in what was decompressed.
    pub(crate) offset: usize,
    pub(crate) bytes: &'a [u8],
}

impl Pickle<'_> {
    /// The line that tells one pickle from another, where there are several.
    pub(crate) fn heading(&self) -> String {
        format!("{}, pickle {} at byte {}", self.source, self.number, self.offset)
    }

    /// What went wrong in it.
    pub(crate) fn fail(&self, error: &serde_pickle::Error) -> Fail {
        let place =
            if self.alone { String::new() } else { format!(" (pickle {} at byte {})", self.number, self.offset) };
        Fail::bad(format!("{}{place}: {error}", self.source))
    }
}

/// A source that was read whole.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// Where the first pickle begins.
    start: usize,
}

/// Sources from here on have a progress bar on a terminal.
const LARGE: u64 = 32 << 20;

impl Input {
    /// The sources, one after the other.
    pub(crate) fn sources(&self) -> impl Iterator<Item = Outcome<Source>> + '_ {
        let files: Vec<PathBuf> = if self.files.is_empty() { vec![PathBuf::from("-")] } else { self.files.clone() };
        files.into_iter().map(|file| self.reading.open(&file))
    }

    /// Whether there is one source only.
    pub(crate) fn is_one(&self) -> bool {
        self.files.len() <= 1
    }

    /// Does something with the graph of each pickle.
    pub(crate) fn each(&self, mut act: impl FnMut(&Pickle<'_>, Graph<'_>) -> Outcome<()>) -> Outcome<()> {
        for source in self.sources() {
            let source = source?;
            self.reading.pickles(&source, self.is_one(), &mut act)?;
        }
        Ok(())
    }
}

impl Reading {
    pub(crate) fn options(&self) -> DeOptions<'static> {
        DeOptions::new().depth_limit(crate::DEPTH).encoding(match self.encoding {
            EncodingArg::Auto => Encoding::Auto,
            EncodingArg::Ascii => Encoding::Ascii,
            EncodingArg::Latin1 => Encoding::Latin1,
            EncodingArg::Utf8 => Encoding::Utf8,
            EncodingArg::Bytes => Encoding::Bytes,
        })
    }

    pub(crate) fn open(&self, file: &PathBuf) -> Outcome<Source> {
        let (name, bytes) = if file.as_os_str() == "-" {
            let mut bytes = Vec::new();
            let read = io::stdin().lock().read_to_end(&mut bytes);
            (String::from("<stdin>"), read.map(|_| bytes))
        } else {
            (file.display().to_string(), read_file(file))
        };
        let bytes = bytes.map_err(|error| Fail::io(format!("{name}: {error}")))?;
        let mut source = Source { name, bytes, start: 0 };
        source.bytes.drain(..self.skip.min(source.bytes.len()));
        while let Some(packing) = Packing::of(&source.bytes) {
            source.bytes = self.unpack(packing, &source.bytes, &source.name)?;
        }
        if source.bytes.starts_with(b"PK\x03\x04")
            && let Some(pickle) = zip::data_pkl(&source.bytes)
        {
            source.bytes.truncate(pickle.end);
            source.bytes.drain(..pickle.start);
        }
        source.start = prefix(&source.bytes);
        Ok(source)
    }

    fn unpack(&self, packing: Packing, packed: &[u8], name: &str) -> Outcome<Vec<u8>> {
        let limit = self.max_size << 20;
        let mut bytes = Vec::new();
        let read = packing.reader(packed).and_then(|reader| {
            let bar = progress(packed.len() as u64, "decompressing");
            let mut reader = bar.wrap_read(reader.take(limit + 1));
            let read = reader.read_to_end(&mut bytes);
            bar.finish_and_clear();
            read
        });
        read.map_err(|error| Fail::bad(format!("{name}: {packing:?} data: {error}")))?;
        if bytes.len() as u64 > limit {
            return Err(Fail::bad(format!("{name}: more than {} MiB when decompressed (--max-size)", self.max_size)));
        }
        Ok(bytes)
    }

    /// Does something with the graph of each pickle of a source. Compressed data may follow a pickle, as in Django's cache files.
    pub(crate) fn pickles(
        &self,
        source: &Source,
        only: bool,
        mut act: impl FnMut(&Pickle<'_>, Graph<'_>) -> Outcome<()>,
    ) -> Outcome<()> {
        if self.keep_memo {
            return self.with_one_memo(source, only, act);
        }
        let options = self.options();
        let mut bytes = Cow::Borrowed(&source.bytes[..]);
        let (mut start, mut number) = (source.start, 1);
        loop {
            let taken = self.pickle(source, &bytes[start..], (number, start, only), &options, &mut act)?;
            if self.number == Some(number) {
                return Ok(());
            }
            start += taken;
            if start == bytes.len() {
                break;
            }
            if let Some(packing) = Packing::of(&bytes[start..]) {
                let unpacked = self.unpack(packing, &bytes[start..], &source.name)?;
                bytes = Cow::Owned(unpacked);
                start = 0;
            }
            number += 1;
        }
        match self.number {
            Some(wanted) => Err(Fail::bad(format!("{}: there is no pickle {wanted}: there are {number}", source.name))),
            None => Ok(()),
        }
    }

    /// The same of pickles that share one memo: each becomes a pickle of its own.
    fn with_one_memo(
        &self,
        source: &Source,
        only: bool,
        mut act: impl FnMut(&Pickle<'_>, Graph<'_>) -> Outcome<()>,
    ) -> Outcome<()> {
        let bytes = source.pickles();
        let options = self.options();
        let mut pickles = options.clone().keep_memo(true).deserializer(bytes);
        let mut number = 0;
        while number == 0 || (pickles.byte_offset() as usize) < bytes.len() {
            number += 1;
            let offset = source.start + pickles.byte_offset() as usize;
            let mut pickle = Pickle { source: &source.name, number, alone: only && number == 1, offset, bytes };
            let raw = <RawPickle as Deserialize>::deserialize(&mut pickles).map_err(|error| pickle.fail(&error))?;
            pickle.bytes = raw.get();
            pickle.alone &= pickles.byte_offset() as usize == bytes.len();
            if self.number.is_none_or(|wanted| wanted == number) {
                let graph = options.graph(raw.get()).map_err(|error| pickle.fail(&error))?;
                act(&pickle, graph)?;
            }
        }
        match self.number.filter(|&wanted| wanted > number) {
            Some(wanted) => Err(Fail::bad(format!("{}: there is no pickle {wanted}: there are {number}", source.name))),
            None => Ok(()),
        }
    }

    /// The pickle at the start of what is left of a source. Gives how long it is.
    fn pickle(
        &self,
        source: &Source,
        rest: &[u8],
        (number, offset, only): (usize, usize, bool),
        options: &DeOptions<'_>,
        act: &mut impl FnMut(&Pickle<'_>, Graph<'_>) -> Outcome<()>,
    ) -> Outcome<usize> {
        let mut pickle = Pickle { source: &source.name, number, alone: only && number == 1, offset, bytes: rest };
        let (graph, taken) = options.graph_prefix(rest).map_err(|error| {
            if number > 1 {
                let message = format!("{}: after pickle {}, at byte {offset}: {error}", source.name, number - 1);
                let asks_memo = error.to_string().contains("the memo has no entry");
                let hint = asks_memo.then(|| "--keep-memo, if its pickles share one memo".to_owned());
                return Fail { hint, ..Fail::bad(message) };
            }
            let mut fail = pickle.fail(&error);
            fail.hint = hint(rest);
            fail
        })?;
        pickle.bytes = &rest[..taken];
        pickle.alone &= taken == rest.len();
        if self.number.is_none_or(|wanted| wanted == number) {
            act(&pickle, graph)?;
        }
        Ok(taken)
    }
}

impl Source {
    /// From the first pickle on.
    pub(crate) fn pickles(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

fn read_file(file: &PathBuf) -> io::Result<Vec<u8>> {
    let handle = File::open(file)?;
    let length = handle.metadata()?.len();
    let bar = progress(length, "reading");
    let mut bytes = Vec::new();
    bar.wrap_read(handle).read_to_end(&mut bytes)?;
    bar.finish_and_clear();
    Ok(bytes)
}

/// A progress bar: on a terminal, for what is large.
fn progress(length: u64, what: &'static str) -> ProgressBar {
    if !has_bar(length, io::stderr().is_terminal()) {
        return ProgressBar::hidden();
    }
    styled(ProgressBar::new(length), what)
}

fn styled(bar: ProgressBar, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {bytes}/{total_bytes}");
    bar.with_message(what).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Whether so many bytes have a progress bar.
fn has_bar(length: u64, is_terminal: bool) -> bool {
    is_terminal && length >= LARGE
}

/// How data is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Zlib,
    Gzip,
    Bzip2,
    Xz,
    Lzma,
    Lz4,
    Zstd,
}

impl Packing {
    /// By the first bytes. No pickle begins so: 0x78, 0x1f, 0xfd, 0x04 are no opcodes, nor is what follows the others.
    fn of(bytes: &[u8]) -> Option<Packing> {
        Some(match bytes {
            [0x78, flags, ..] if u16::from_be_bytes([0x78, *flags]).is_multiple_of(31) => Packing::Zlib,
            [0x1f, 0x8b, 8, ..] => Packing::Gzip,
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31 | 0x17, ..] => Packing::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Packing::Xz,
            [0x5d, 0, 0, ..] => Packing::Lzma,
            [0x04, 0x22, 0x4d, 0x18, ..] => Packing::Lz4,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Packing::Zstd,
            _ => return None,
        })
    }

    fn reader<'a>(self, packed: &'a [u8]) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Packing::Zlib => Box::new(flate2::read::ZlibDecoder::new(packed)),
            Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(packed)),
            Packing::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(packed)),
            Packing::Xz => Box::new(lzma_rust2::XzReader::new(packed, true)),
            Packing::Lzma => Box::new(lzma_rust2::LzmaReader::new_mem_limit(packed, 1 << 20, None)?),
            Packing::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(packed)),
            Packing::Zstd => Box::new(ruzstd::decoding::StreamingDecoder::new(packed).map_err(io::Error::other)?),
        })
    }
}

/// How much stands before the first pickle, in formats that can be told by their first bytes.
fn prefix(bytes: &[u8]) -> usize {
    match bytes {
        // cachelib's values in Redis.
        [b'!', 0x80, ..] => 1,
        // cachelib's files: when it expires, in four bytes, then the pickle.
        [_, _, _, _, 0x80, 2..=5, ..] if is_whole(&bytes[4..]) && !is_whole(bytes) => 4,
        // numpy's .npy files of objects.
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _, low, high, ..] => {
            (10 + usize::from(u16::from_le_bytes([*low, *high]))).min(bytes.len())
        }
        [0x93, b'N', b'U', b'M', b'P', b'Y', _, _, a, b, c, d, ..] => u32::from_le_bytes([*a, *b, *c, *d])
            .saturating_add(12)
            .try_into()
            .map_or(bytes.len(), |at: usize| at.min(bytes.len())),
        _ => 0,
    }
}

/// Whether it is one pickle, and nothing after it.
fn is_whole(bytes: &[u8]) -> bool {
    Graph::from_slice(bytes).is_ok()
}

/// Where a pickle seems to begin, if not at the start.
fn hint(bytes: &[u8]) -> Option<String> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Some("it is a zip archive, and there is no pickle in it that is not compressed".into());
    }
    let at = (1..bytes.len().min(64))
        .find(|&at| matches!(bytes[at..], [0x80, 2..=5, ..]) && Graph::from_prefix(&bytes[at..]).is_ok())?;
    Some(format!("a pickle begins at byte {at}: --skip {at}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by it")]

    use indicatif::ProgressDrawTarget;

    use super::*;

    #[test]
    fn a_bar_for_what_is_large_on_a_terminal() {
        let cases = [(LARGE, true, true), (LARGE - 1, true, false), (LARGE, false, false), (u64::MAX, true, true)];
        for (length, is_terminal, has) in cases {
            assert_eq!(has_bar(length, is_terminal), has, "{length} {is_terminal}");
        }
        // Standard error of a test is no terminal, or the source is too small.
        assert!(progress(LARGE - 1, "reading").is_hidden());
    }

    /// The bar goes with what is read.
    #[test]
    fn a_bar_counts_what_is_read() {
        let target = ProgressDrawTarget::hidden();
        let bar = styled(ProgressBar::with_draw_target(Some(2 * LARGE), target), "reading");
        let mut reader = bar.wrap_read(io::repeat(0).take(LARGE));
        io::copy(&mut reader, &mut io::sink()).unwrap();
        assert_eq!((bar.position(), bar.length(), bar.message().as_str()), (LARGE, Some(2 * LARGE), "reading"));
        bar.finish_and_clear();
        assert!(bar.is_finished());
    }
}
