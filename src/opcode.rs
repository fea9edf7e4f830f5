//! The opcodes, in one table: everything that reads, writes or shows a pickle takes them from here.
//!
//! Names, codes, protocols, arguments and stack effects are those of CPython's `Lib/pickletools.py`.

use std::fmt;

use crate::protocol::Protocol;

/// What follows an opcode. The names are those of `pickletools`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArgKind {
    /// Nothing.
    None,
    /// One byte.
    Uint1,
    /// Two bytes, little-endian.
    Uint2,
    /// Four bytes, little-endian.
    Uint4,
    /// Eight bytes, little-endian.
    Uint8,
    /// Four bytes, little-endian, signed.
    Int4,
    /// A decimal int and a newline; `00` and `01` are bools.
    DecimalNlShort,
    /// A decimal int, perhaps with an `L` behind, and a newline.
    DecimalNlLong,
    /// A float as text and a newline.
    FloatNl,
    /// A double, big-endian.
    Float8,
    /// A quoted string of Python 2 and a newline.
    StringNl,
    /// Text without quotes and a newline.
    StringNlNoEscape,
    /// Two lines of text.
    StringNlNoEscapePair,
    /// Text in raw-unicode-escape and a newline.
    UnicodeStringNl,
    /// Length in one byte, then a str of Python 2.
    String1,
    /// Length in four bytes, then a str of Python 2.
    String4,
    /// Length in one byte, then bytes.
    Bytes1,
    /// Length in four bytes, then bytes.
    Bytes4,
    /// Length in eight bytes, then bytes.
    Bytes8,
    /// Length in eight bytes, then the content of a bytearray.
    ByteArray8,
    /// Length in one byte, then UTF-8.
    UnicodeString1,
    /// Length in four bytes, then UTF-8.
    UnicodeString4,
    /// Length in eight bytes, then UTF-8.
    UnicodeString8,
    /// Length in one byte, then a two's complement integer, little-endian.
    Long1,
    /// Length in four bytes (signed), then a two's complement integer, little-endian.
    Long4,
}

/// How an argument is stepped over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    /// So many bytes.
    Fixed(usize),
    /// A length of so many bytes, then so many bytes as it says.
    Prefixed(usize),
    /// So many lines.
    Lines(usize),
}

impl ArgKind {
    pub(crate) const fn span(self) -> Span {
        use ArgKind::*;
        match self {
            None => Span::Fixed(0),
            Uint1 => Span::Fixed(1),
            Uint2 => Span::Fixed(2),
            Uint4 | Int4 => Span::Fixed(4),
            Uint8 | Float8 => Span::Fixed(8),
            String1 | Bytes1 | UnicodeString1 | Long1 => Span::Prefixed(1),
            String4 | Bytes4 | UnicodeString4 | Long4 => Span::Prefixed(4),
            Bytes8 | ByteArray8 | UnicodeString8 => Span::Prefixed(8),
            DecimalNlShort | DecimalNlLong | FloatNl | StringNl | StringNlNoEscape | UnicodeStringNl => Span::Lines(1),
            StringNlNoEscapePair => Span::Lines(2),
        }
    }
}

/// What an opcode takes from the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// So many values.
    Values(usize),
    /// Everything above the topmost mark, the mark, and so many values below it.
    Slice(usize),
}

macro_rules! table {
    (@takes plain $n:literal) => { Takes::Values($n) };
    (@takes slice $n:literal) => { Takes::Slice($n) };
    ($($code:literal $name:ident $variant:ident $protocol:literal $arg:ident $takes:ident $n:literal $gives:literal $doc:literal)*) => {
        /// An opcode: the byte that names an operation of the pickle machine.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Opcode {
            $(
                #[doc = concat!("`", stringify!($name), "`, protocol ", $protocol, ": ", $doc)]
                $variant = $code,
            )*
        }

        /// The bytes of the opcodes, by name, to match on and to write.
        #[allow(dead_code, reason = "the table is whole, whoever uses it")]
        pub(crate) mod code {
            $(pub(crate) const $name: u8 = $code;)*
        }

        impl Opcode {
            /// All of them, in the order of `pickletools`.
            pub const ALL: [Opcode; 68] = [$(Opcode::$variant),*];

            /// Its name in `pickletools`, such as `BININT1`.
            pub const fn name(self) -> &'static str {
                match self { $(Opcode::$variant => stringify!($name),)* }
            }

            /// The first protocol that has it. A reader understands it at every protocol.
            pub const fn protocol(self) -> Protocol {
                let number = match self { $(Opcode::$variant => $protocol,)* };
                match Protocol::from_number(number) {
                    Some(protocol) => protocol,
                    None => Protocol::HIGHEST,
                }
            }

            /// What follows it.
            pub const fn arg(self) -> ArgKind {
                match self { $(Opcode::$variant => ArgKind::$arg,)* }
            }

            pub(crate) const fn takes(self) -> Takes {
                match self { $(Opcode::$variant => table!(@takes $takes $n),)* }
            }

            /// How many values, or marks, it pushes.
            pub(crate) const fn gives(self) -> usize {
                match self { $(Opcode::$variant => $gives,)* }
            }
        }
    };
}

// code, name, variant, protocol, argument, what it takes (values; or the slice above the mark and values below it), how many it gives
#[rustfmt::skip]
table! {
    b'I'  INT               Int              0 DecimalNlShort        plain 0 1  "An int, or a bool, as text."
    b'J'  BININT            BinInt           1 Int4                  plain 0 1  "A signed 4-byte int."
    b'K'  BININT1           BinInt1          1 Uint1                 plain 0 1  "A 1-byte int from 0 to 255."
    b'M'  BININT2           BinInt2          1 Uint2                 plain 0 1  "A 2-byte int from 0 to 65535."
    b'L'  LONG              Long             0 DecimalNlLong         plain 0 1  "An int of any size as text."
    0x8a  LONG1             Long1            2 Long1                 plain 0 1  "An int of up to 255 bytes, two's complement."
    0x8b  LONG4             Long4            2 Long4                 plain 0 1  "An int of up to 2**31 - 1 bytes, two's complement."
    b'S'  STRING            String           0 StringNl              plain 0 1  "A str of Python 2, quoted and escaped."
    b'T'  BINSTRING         BinString        1 String4               plain 0 1  "A str of Python 2, with a 4-byte length."
    b'U'  SHORT_BINSTRING   ShortBinString   1 String1               plain 0 1  "A str of Python 2, with a 1-byte length."
    b'B'  BINBYTES          BinBytes         3 Bytes4                plain 0 1  "Bytes with a 4-byte length."
    b'C'  SHORT_BINBYTES    ShortBinBytes    3 Bytes1                plain 0 1  "Bytes with a 1-byte length."
    0x8e  BINBYTES8         BinBytes8        4 Bytes8                plain 0 1  "Bytes with an 8-byte length."
    0x96  BYTEARRAY8        ByteArray8       5 ByteArray8            plain 0 1  "A bytearray with an 8-byte length."
    0x97  NEXT_BUFFER       NextBuffer       5 None                  plain 0 1  "The next out-of-band buffer."
    0x98  READONLY_BUFFER   ReadonlyBuffer   5 None                  plain 1 1  "Makes the buffer on top read-only."
    b'N'  NONE              None             0 None                  plain 0 1  "None."
    0x88  NEWTRUE           NewTrue          2 None                  plain 0 1  "True."
    0x89  NEWFALSE          NewFalse         2 None                  plain 0 1  "False."
    b'V'  UNICODE           Unicode          0 UnicodeStringNl       plain 0 1  "A str as text, in raw-unicode-escape."
    0x8c  SHORT_BINUNICODE  ShortBinUnicode  4 UnicodeString1        plain 0 1  "A str with a 1-byte length."
    b'X'  BINUNICODE        BinUnicode       1 UnicodeString4        plain 0 1  "A str with a 4-byte length."
    0x8d  BINUNICODE8       BinUnicode8      4 UnicodeString8        plain 0 1  "A str with an 8-byte length."
    b'F'  FLOAT             Float            0 FloatNl               plain 0 1  "A float as text."
    b'G'  BINFLOAT          BinFloat         1 Float8                plain 0 1  "A float, 8 bytes, big-endian."
    b']'  EMPTY_LIST        EmptyList        1 None                  plain 0 1  "An empty list."
    b'a'  APPEND            Append           0 None                  plain 2 1  "Appends the top to the list below it."
    b'e'  APPENDS           Appends          1 None                  slice 1 1  "Appends everything above the mark to the list below it."
    b'l'  LIST              List             0 None                  slice 0 1  "A list of everything above the mark."
    b')'  EMPTY_TUPLE       EmptyTuple       1 None                  plain 0 1  "The empty tuple."
    b't'  TUPLE             Tuple            0 None                  slice 0 1  "A tuple of everything above the mark."
    0x85  TUPLE1            Tuple1           2 None                  plain 1 1  "A tuple of the top."
    0x86  TUPLE2            Tuple2           2 None                  plain 2 1  "A tuple of the two values on top."
    0x87  TUPLE3            Tuple3           2 None                  plain 3 1  "A tuple of the three values on top."
    b'}'  EMPTY_DICT        EmptyDict        1 None                  plain 0 1  "An empty dict."
    b'd'  DICT              Dict             0 None                  slice 0 1  "A dict of the pairs above the mark."
    b's'  SETITEM           SetItem          0 None                  plain 3 1  "Sets a key of the dict below to the value on top."
    b'u'  SETITEMS          SetItems         1 None                  slice 1 1  "Sets the pairs above the mark in the dict below it."
    0x8f  EMPTY_SET         EmptySet         4 None                  plain 0 1  "An empty set."
    0x90  ADDITEMS          AddItems         4 None                  slice 1 1  "Adds everything above the mark to the set below it."
    0x91  FROZENSET         FrozenSet        4 None                  slice 0 1  "A frozenset of everything above the mark."
    b'0'  POP               Pop              0 None                  plain 1 0  "Takes the top away: a value or a mark."
    b'2'  DUP               Dup              0 None                  plain 1 2  "Pushes the top once more."
    b'('  MARK              Mark             0 None                  plain 0 1  "Pushes a mark."
    b'1'  POP_MARK          PopMark          1 None                  slice 0 0  "Takes away everything down to the mark."
    b'g'  GET               Get              0 DecimalNlShort        plain 0 1  "Pushes a value of the memo, by an index as text."
    b'h'  BINGET            BinGet           1 Uint1                 plain 0 1  "Pushes a value of the memo, by a 1-byte index."
    b'j'  LONG_BINGET       LongBinGet       1 Uint4                 plain 0 1  "Pushes a value of the memo, by a 4-byte index."
    b'p'  PUT               Put              0 DecimalNlShort        plain 0 0  "Stores the top in the memo, at an index as text."
    b'q'  BINPUT            BinPut           1 Uint1                 plain 0 0  "Stores the top in the memo, at a 1-byte index."
    b'r'  LONG_BINPUT       LongBinPut       1 Uint4                 plain 0 0  "Stores the top in the memo, at a 4-byte index."
    0x94  MEMOIZE           Memoize          4 None                  plain 1 1  "Stores the top in the memo, at the number of its entries."
    0x82  EXT1              Ext1             2 Uint1                 plain 0 1  "A global by its 1-byte extension code."
    0x83  EXT2              Ext2             2 Uint2                 plain 0 1  "A global by its 2-byte extension code."
    0x84  EXT4              Ext4             2 Int4                  plain 0 1  "A global by its 4-byte extension code."
    b'c'  GLOBAL            Global           0 StringNlNoEscapePair  plain 0 1  "A global: module and name as two lines."
    0x93  STACK_GLOBAL      StackGlobal      4 None                  plain 2 1  "A global: module and name from the stack."
    b'R'  REDUCE            Reduce           0 None                  plain 2 1  "Calls the callable below with the tuple of arguments on top."
    b'b'  BUILD             Build            0 None                  plain 2 1  "Gives the object below the state on top."
    b'i'  INST              Inst             0 StringNlNoEscapePair  slice 0 1  "An instance of a class of Python 2, named in two lines."
    b'o'  OBJ               Obj              1 None                  slice 0 1  "An instance of a class of Python 2, with the class on the stack."
    0x81  NEWOBJ            NewObj           2 None                  plain 2 1  "`cls.__new__(cls, *args)`."
    0x92  NEWOBJ_EX         NewObjEx         4 None                  plain 3 1  "`cls.__new__(cls, *args, **kwargs)`."
    0x80  PROTO             Proto            2 Uint1                 plain 0 0  "States the protocol."
    b'.'  STOP              Stop             0 None                  plain 1 0  "Ends the pickle: the top is the value."
    0x95  FRAME             Frame            4 Uint8                 plain 0 0  "Begins a frame of so many bytes."
    b'P'  PERSID            PersId           0 StringNlNoEscape      plain 0 1  "A persistent id as a line of text."
    b'Q'  BINPERSID         BinPersId        1 None                  plain 1 1  "A persistent id from the stack."
}

const BY_CODE: [Option<Opcode>; 256] = {
    let mut table = [None; 256];
    let mut at = 0;
    while at < Opcode::ALL.len() {
        table[Opcode::ALL[at] as usize] = Some(Opcode::ALL[at]);
        at += 1;
    }
    table
};

impl Opcode {
    /// The opcode of that byte, if there is one.
    #[inline]
    pub const fn from_code(code: u8) -> Option<Opcode> {
        BY_CODE[code as usize]
    }

    /// Its byte.
    #[inline]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_once() {
        assert_eq!(BY_CODE.iter().flatten().count(), 68);
        for opcode in Opcode::ALL {
            assert_eq!(Opcode::from_code(opcode.code()), Some(opcode));
        }
    }

    #[test]
    fn facts() {
        assert_eq!(Opcode::from_code(b'K'), Some(Opcode::BinInt1));
        assert_eq!((Opcode::BinInt1.name(), Opcode::BinInt1.arg()), ("BININT1", ArgKind::Uint1));
        assert_eq!(Opcode::Frame.protocol(), Protocol::V4);
        assert_eq!(Opcode::ByteArray8.protocol(), Protocol::V5);
        assert_eq!(Opcode::SetItems.takes(), Takes::Slice(1));
        assert_eq!(Opcode::from_code(b'?'), None);
    }
}
