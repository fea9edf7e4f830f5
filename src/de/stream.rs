//! Several pickles in one source.

use std::{io, iter::FusedIterator, marker::PhantomData};

use serde::de::{self, Deserialize, DeserializeOwned, Visitor};

use super::{
    context::{Context, Input},
    node::NodeDeserializer,
    options::DeOptions,
    recall::Recall,
    source::{IoRead, Read, SliceRead},
};
use crate::{
    Memo, Protocol, SerOptions,
    error::{Error, ErrorKind, Result},
    graph::{Facts, Store},
    machine::{self, Scratch},
    value::Value,
};

/// Reads one pickle after the other from one source. Each value that is deserialized from a `&mut Deserializer` is one pickle.
///
/// The memory of the graph is kept from one pickle to the next.
///
/// ```
/// use serde::Deserialize;
/// use serde_pickle::Deserializer;
///
/// // A cache file: when it expires, then what it holds, then something that is no pickle.
/// let file = b"\x80\x04\x95\n\0\0\0\0\0\0\0GA\xda\0\0\0\0\0\0.\x80\x04\x8c\x05hello\x94.checksum";
/// let mut de = Deserializer::from_slice(file);
/// let expiry = f64::deserialize(&mut de)?;
/// let value = <&str>::deserialize(&mut de)?;
/// assert_eq!((expiry, value), (1744830464.0, "hello"));
/// assert_eq!(&file[de.byte_offset() as usize..], b"checksum");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
pub struct Deserializer<'a, R> {
    read: R,
    options: DeOptions<'a>,
    store: Store,
    scratch: Scratch,
    last: Span,
}

/// Where the last pickle that was asked for began, and where it ends, if that is known.
#[derive(Clone, Copy, Default)]
struct Span {
    start: u64,
    end: Option<u64>,
}

impl<R> std::fmt::Debug for Deserializer<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deserializer").field("options", &self.options).finish_non_exhaustive()
    }
}

impl<'de> Deserializer<'de, SliceRead<'de>> {
    /// Over the pickles of a slice. Values may borrow from it.
    pub fn from_slice(pickles: &'de [u8]) -> Self {
        DeOptions::new().deserializer(pickles)
    }

    /// Checks that nothing is left after the last pickle.
    ///
    /// # Errors
    ///
    /// If something is left.
    pub fn end(&mut self) -> Result<()> {
        if self.read.pos < self.read.slice.len() {
            return Err(Error::new(ErrorKind::TrailingData).or_offset(self.read.pos as u64));
        }
        Ok(())
    }

    /// Where the next pickle starts: just after the STOP of the last one, in bytes from the start of the slice.
    pub fn byte_offset(&self) -> u64 {
        self.read.pos as u64
    }

    /// The values of all pickles that are left.
    #[expect(clippy::should_implement_trait, reason = "generic over the item, as in serde_json")]
    pub fn into_iter<T: Deserialize<'de>>(self) -> StreamDeserializer<'de, SliceRead<'de>, T> {
        StreamDeserializer { de: self, failed: false, item: PhantomData }
    }
}

impl<'a, R: io::Read> Deserializer<'a, IoRead<R>> {
    /// Over the pickles of a reader. Wrap files in a [`BufReader`](std::io::BufReader).
    pub fn from_reader(reader: R) -> Self {
        DeOptions::new().deserializer_from_reader(reader)
    }

    /// Checks that nothing is left after the last pickle. Reads a byte if there is one.
    ///
    /// # Errors
    ///
    /// If something is left, or the reader fails.
    pub fn end(&mut self) -> Result<()> {
        if self.read.at_end()? {
            return Ok(());
        }
        Err(Error::new(ErrorKind::TrailingData).or_offset(self.byte_offset()))
    }

    /// Where the next pickle starts: just after the STOP of the last one, in bytes from where the reader stood.
    pub fn byte_offset(&self) -> u64 {
        self.read.base + self.read.pos as u64
    }

    /// The values of all pickles that are left.
    #[expect(clippy::should_implement_trait, reason = "generic over the item, as in serde_json")]
    pub fn into_iter<T: DeserializeOwned>(self) -> StreamDeserializer<'a, IoRead<R>, T> {
        StreamDeserializer { de: self, failed: false, item: PhantomData }
    }

    /// The reader, which stands just after the last pickle, or after its last frame.
    pub fn into_inner(self) -> R {
        self.read.into_inner()
    }
}

impl<'a, R: Read> Deserializer<'a, R> {
    pub(super) fn new(read: R, options: DeOptions<'a>) -> Self {
        Deserializer { read, options, store: Store::default(), scratch: Scratch::default(), last: Span::default() }
    }

    /// Where the last pickle began that was asked for, whether or not it could be read: in bytes, as
    /// [`byte_offset`](Deserializer::byte_offset).
    ///
    /// ```
    /// use serde::Deserialize;
    ///
    /// // Three pickles, of which the second holds what does not fit, and the third is broken.
    /// let mut de = serde_pickle::Deserializer::from_slice(b"K\x01.N.K\x02?");
    /// assert!(u8::deserialize(&mut de).is_ok());
    /// assert!(u8::deserialize(&mut de).is_err());
    /// assert_eq!((de.last_start(), de.last_end()), (3, Some(5)), "the next can be read");
    /// assert!(u8::deserialize(&mut de).is_err());
    /// assert_eq!((de.last_start(), de.last_end()), (5, None), "nobody knows where the next begins");
    /// ```
    pub fn last_start(&self) -> u64 {
        self.last.start
    }

    /// Where the last pickle ends that was asked for: just after its STOP, where the next one begins. `None` if nobody knows, because
    /// the pickle itself is broken: then asking again is of no use, but for a reader that failed for the moment.
    pub fn last_end(&self) -> Option<u64> {
        self.last.end
    }
}

impl<R> Deserializer<'_, R> {
    /// What a type said of the value that was read last, in a source whose first byte that is at hand has this offset.
    #[cold]
    fn located(&self, error: Error, base: u64) -> Error {
        match self.last.end {
            Some(_) => error.or_offset(base + self.store.offset(self.store.root) as u64),
            None => error,
        }
    }
}

/// Does something with a value in memory, by way of a pickle: there is one set of rules for how Python's values become Rust's.
pub(crate) fn of_value<'de, J: Job<'de>>(value: &Value, options: &DeOptions<'_>, job: J) -> Result<J::Output> {
    Pickled::of(value, options.clone())?.read(|root| job.run(root))
}

/// A value as a pickle, ready to be read. Apart from the reading, so that this is compiled once, and not for each type.
pub(crate) struct Pickled<'o> {
    pickle: Vec<u8>,
    store: Store,
    facts: Facts,
    options: DeOptions<'o>,
}

impl<'o> Pickled<'o> {
    #[inline(never)]
    pub(crate) fn of(value: &Value, options: DeOptions<'o>) -> Result<Box<Pickled<'o>>> {
        let pickle = SerOptions::new().protocol(Protocol::V5).memo(Memo::None).depth_limit(usize::MAX).to_vec(value)?;
        let mut store = options.store();
        let (_, result) = machine::run(&pickle, 0, &mut store, &mut Scratch::default(), options.settings().with_rows());
        result?;
        Ok(Box::new(Pickled { pickle, store, facts: Facts::default(), options }))
    }

    pub(crate) fn read<'de, T>(&self, read: impl FnOnce(NodeDeserializer<'_, '_, 'de>) -> Result<T>) -> Result<T> {
        let recall = Recall::new(&self.store, &self.options, self.pickle.len());
        let context = self.context(&recall);
        read(NodeDeserializer::new(&context, self.store.root, self.options.typed_depth()))
    }

    #[inline(never)]
    fn context<'c, 'de>(&'c self, recall: &'c Recall<'c>) -> Context<'c, 'c, 'de> {
        Context::new(&self.store, &self.facts, recall, Input::buffer(&self.pickle, 0), &self.options)
    }
}

/// Something to do with the root of the next pickle: one of serde's hints and a visitor.
pub(crate) trait Job<'de> {
    type Output;
    fn run<'c, 'i: 'c>(self, root: NodeDeserializer<'c, 'i, 'de>) -> Result<Self::Output>;
}

/// Sources whose pickles can be read.
trait Next<'de> {
    fn next<J: Job<'de>>(&mut self, job: J) -> Result<J::Output>;
}

impl<'de> Next<'de> for Deserializer<'de, SliceRead<'de>> {
    fn next<J: Job<'de>>(&mut self, job: J) -> Result<J::Output> {
        if !self.options.keep_memo {
            self.store.clear();
        }
        let (input, start) = (self.read.slice, self.read.pos);
        self.last = Span { start: start as u64, end: None };
        self.store.extensions.clone_from(&self.options.extensions);
        let (end, result) =
            machine::run(input, start, &mut self.store, &mut self.scratch, self.options.settings().with_rows());
        result?;
        // The pickle is consumed, whether or not its value fits, and its content is allowed.
        self.read.pos = end;
        self.last.end = Some(end as u64);
        self.options.check(&self.store, input, start, end)?;
        let (facts, length) = (Facts::default(), self.options.length_of(start, end));
        let recall = Recall::new(&self.store, &self.options, length);
        let context = Context::new(&self.store, &facts, &recall, Input::slice(input), &self.options);
        let root = NodeDeserializer::new(&context, self.store.root, self.options.typed_depth());
        job.run(root).map_err(|error| context.locate(self.store.root, error))
    }
}

impl<'de, R: io::Read> Next<'de> for Deserializer<'_, IoRead<R>> {
    fn next<J: Job<'de>>(&mut self, job: J) -> Result<J::Output> {
        if !self.options.keep_memo {
            self.store.clear();
            self.read.forget();
        }
        self.last = Span { start: self.byte_offset(), end: None };
        self.read.fill()?;
        let (input, start, base) = (&self.read.buffer[..], self.read.pos, self.read.base);
        self.store.extensions.clone_from(&self.options.extensions);
        let (end, result) =
            machine::run(input, start, &mut self.store, &mut self.scratch, self.options.reader_settings().with_rows());
        result.map_err(|error| error.shifted(base))?;
        self.read.pos = end;
        self.last.end = Some(base + end as u64);
        let checked = self.options.check(&self.store, input, start, end);
        checked.map_err(|error| error.shifted(base))?;
        let (facts, length) = (Facts::default(), self.options.length_of(start, end));
        let recall = Recall::new(&self.store, &self.options, length);
        let context = Context::new(&self.store, &facts, &recall, Input::buffer(input, base), &self.options);
        let root = NodeDeserializer::new(&context, self.store.root, self.options.typed_depth());
        job.run(root).map_err(|error| context.locate(self.store.root, error))
    }
}

macro_rules! hints {
    ($($method:ident $job:ident ($($arg:ident: $type:ty),*);)*) => {
        $(
            pub(crate) struct $job<V> { pub(crate) visitor: V, $(pub(crate) $arg: $type),* }

            impl<'de, V: Visitor<'de>> Job<'de> for $job<V> {
                type Output = V::Value;

                #[inline]
                fn run<'c, 'i: 'c>(self, root: NodeDeserializer<'c, 'i, 'de>) -> Result<V::Value> {
                    de::Deserializer::$method(root, $(self.$arg,)* self.visitor)
                }
            }
        )*

        hints!(@impl Deserializer<'de, SliceRead<'de>>, (), $($method $job ($($arg: $type),*);)*);
        hints!(@impl Deserializer<'_, IoRead<R>>, (R: io::Read), $($method $job ($($arg: $type),*);)*);
        hints!(@value Value, $($method $job ($($arg: $type),*);)*);
        hints!(@value &Value, $($method $job ($($arg: $type),*);)*);
    };
    (@impl $type:ty, ($($bound:tt)*), $($method:ident $job:ident ($($arg:ident: $arg_type:ty),*);)*) => {
        impl<'de, $($bound)*> de::Deserializer<'de> for &mut $type {
            type Error = Error;

            $(
                fn $method<V: Visitor<'de>>(self, $($arg: $arg_type,)* visitor: V) -> Result<V::Value> {
                    self.next($job { visitor, $($arg),* })
                }
            )*

            fn is_human_readable(&self) -> bool {
                self.options.human_readable
            }
        }
    };
    (@value $type:ty, $($method:ident $job:ident ($($arg:ident: $arg_type:ty),*);)*) => {
        /// Any type is read from it by the rules by which it is read from a pickle.
        impl<'de> de::Deserializer<'de> for $type {
            type Error = Error;

            $(
                fn $method<V: Visitor<'de>>(self, $($arg: $arg_type,)* visitor: V) -> Result<V::Value> {
                    of_value(&self, &DeOptions::new(), $job { visitor, $($arg),* }).map_err(Error::without_offset)
                }
            )*
        }
    };
}

hints! {
    deserialize_any Any();
    deserialize_bool Bool();
    deserialize_i8 I8();
    deserialize_i16 I16();
    deserialize_i32 I32();
    deserialize_i64 I64();
    deserialize_i128 I128();
    deserialize_u8 U8();
    deserialize_u16 U16();
    deserialize_u32 U32();
    deserialize_u64 U64();
    deserialize_u128 U128();
    deserialize_f32 F32();
    deserialize_f64 F64();
    deserialize_char Char();
    deserialize_str Str();
    deserialize_string OwnedStr();
    deserialize_bytes Bytes();
    deserialize_byte_buf ByteBuf();
    deserialize_option Opt();
    deserialize_unit Unit();
    deserialize_unit_struct UnitStruct(name: &'static str);
    deserialize_newtype_struct NewtypeStruct(name: &'static str);
    deserialize_seq Seq();
    deserialize_tuple Tuple(len: usize);
    deserialize_tuple_struct TupleStruct(name: &'static str, len: usize);
    deserialize_map Map();
    deserialize_struct Struct(name: &'static str, fields: &'static [&'static str]);
    deserialize_enum Enum(name: &'static str, variants: &'static [&'static str]);
    deserialize_identifier Identifier();
    deserialize_ignored_any Ignored();
}

/// The values of the pickles of a source, one after the other: see [`Deserializer::into_iter`](Deserializer).
///
/// A value that does not fit the type is an `Err`, and the next pickle is next; after an error in a pickle itself, of which
/// nobody knows where it ends, the iterator is at its end.
#[derive(Debug)]
pub struct StreamDeserializer<'a, R, T> {
    de: Deserializer<'a, R>,
    failed: bool,
    item: PhantomData<fn() -> T>,
}

impl<R: Read, T> StreamDeserializer<'_, R, T> {
    /// Where the last item began, whether or not it could be read: see [`Deserializer::last_start`].
    pub fn last_start(&self) -> u64 {
        self.de.last_start()
    }

    /// Where the last item ends: `None` if nobody knows, and then there are no more items. See [`Deserializer::last_end`].
    pub fn last_end(&self) -> Option<u64> {
        self.de.last_end()
    }
}

impl<'de, T> StreamDeserializer<'de, SliceRead<'de>, T> {
    /// See [`Deserializer::byte_offset`].
    pub fn byte_offset(&self) -> u64 {
        self.de.byte_offset()
    }
}

impl<R: io::Read, T> StreamDeserializer<'_, IoRead<R>, T> {
    /// See [`Deserializer::byte_offset`].
    pub fn byte_offset(&self) -> u64 {
        self.de.byte_offset()
    }
}

impl<'de, T: Deserialize<'de>> Iterator for StreamDeserializer<'de, SliceRead<'de>, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let start = self.de.read.pos;
        if self.failed || start >= self.de.read.slice.len() {
            return None;
        }
        let item = T::deserialize(&mut self.de);
        self.failed = item.is_err() && self.de.read.pos == start;
        Some(item.map_err(|error| self.de.located(error, 0)))
    }
}

impl<R: io::Read, T: DeserializeOwned> Iterator for StreamDeserializer<'_, IoRead<R>, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if self.failed {
            return None;
        }
        match self.de.read.at_end() {
            Ok(true) => return None,
            Ok(false) => {}
            Err(error) => {
                self.failed = true;
                return Some(Err(error));
            }
        }
        let start = self.de.byte_offset();
        let item = T::deserialize(&mut self.de);
        self.failed = item.is_err() && self.de.byte_offset() == start;
        Some(item.map_err(|error| self.de.located(error, self.de.read.base)))
    }
}

impl<'de, T: Deserialize<'de>> FusedIterator for StreamDeserializer<'de, SliceRead<'de>, T> {}
impl<R: io::Read, T: DeserializeOwned> FusedIterator for StreamDeserializer<'_, IoRead<R>, T> {}
