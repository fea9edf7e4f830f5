//! Attacks on what well-known objects mean: dtypes, arrays, frames, joblib's raw arrays and their like that share what they are made of.
//! Each ends, in bounds of memory and of steps; whether it is a value does not matter.

use crate::{measure::alone, survive::survive};

/// So many bytes, about, of what is shared; and as many of those who share it.
const N: usize = 6_000;

/// A stream of protocol 2 that is put together.
#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    stored: u32,
}

impl Stream {
    fn add(&mut self, part: impl AsRef<[u8]>) -> &mut Stream {
        self.bytes.extend_from_slice(part.as_ref());
        self
    }

    /// Stores what is on top of the stack, and takes it away. Gives what fetches it.
    fn keep(&mut self) -> Vec<u8> {
        let index = self.stored.to_le_bytes();
        self.stored += 1;
        self.add(b"r").add(index).add(b"0");
        [&b"j"[..], &index].concat()
    }

    fn global(&mut self, module: &str, name: &str) -> Vec<u8> {
        self.add(format!("c{module}\n{name}\n")).keep()
    }

    /// A value, stored.
    fn value(&mut self, value: impl AsRef<[u8]>) -> Vec<u8> {
        self.add(value).keep()
    }

    /// So many of them in a list, which is the value.
    fn many(mut self, item: impl AsRef<[u8]>) -> Vec<u8> {
        let item = item.as_ref();
        let times = N / item.len();
        self.add(b"(").add(item.repeat(times)).add(b"l.");
        self.bytes
    }

    /// numpy's `dtype(spelling, False, True)` with a state after the byte order.
    fn dtype(&mut self, class: &[u8], spelling: &str, state: &[u8]) -> Vec<u8> {
        self.value(dtype(class, spelling, state))
    }
}

fn dtype(class: &[u8], spelling: &str, state: &[u8]) -> Vec<u8> {
    [class, &text(spelling), b"\x89\x88\x87R(K\x03", &text("|"), state, b"tb"].concat()
}

fn text(text: &str) -> Vec<u8> {
    [&b"X"[..], &(text.len() as u32).to_le_bytes(), text.as_bytes()].concat()
}

const PLAIN: &[u8] = b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0";

/// `_reconstruct` with a state of this shape, dtype and data.
fn array(reconstruct: &[u8], shape: &[u8], dtype: &[u8], data: &[u8]) -> Vec<u8> {
    [reconstruct, b")R(K\x01", shape, dtype, b"\x89", data, b"tb"].concat()
}

/// As the value of a bug, it would be any; as an attack, it only has to end.
#[track_caller]
fn ends(name: &'static str, pickle: Vec<u8>) {
    let error = serde_pickle::Graph::from_slice(&pickle).err();
    assert!(error.as_ref().is_none_or(serde_pickle::Error::is_limit), "{name} is well-formed: {error:?}");
    drop(survive(name, pickle));
}

fn numpy(stream: &mut Stream) -> (Vec<u8>, Vec<u8>) {
    (stream.global("numpy", "dtype"), stream.global("numpy.core.multiarray", "_reconstruct"))
}

/// Sixteen levels, in each of which four dtypes are made of the four below.
#[test]
fn dtypes_of_dtypes_of_dtypes() {
    let _alone = alone();
    let mut stream = Stream::default();
    let (class, reconstruct) = numpy(&mut stream);
    let plain = dtype(&class, "u1", PLAIN);
    let mut below: Vec<Vec<u8>> = (0..4).map(|_| stream.value(&plain)).collect();
    for _ in 0..14 {
        let (mut names, mut fields) = (b"(".to_vec(), b"}(".to_vec());
        for (at, inner) in below.iter().enumerate() {
            let name = text(&format!("f{at}"));
            names.extend(&name);
            fields.extend([&name[..], inner, b"K\0\x86"].concat());
        }
        let (names, fields) = (stream.value([&names[..], b"t"].concat()), stream.value([&fields[..], b"u"].concat()));
        let state = [&b"N"[..], &names, &fields, b"\x8a\x07\0\0\0\0\0\0\x01K\x01K\0"].concat();
        below = (0..4).map(|_| stream.dtype(&class, "V1", &state)).collect();
    }
    let item = array(&reconstruct, b"K\x01\x85", &below[0], b"C\x01a");
    ends("dtypes_of_dtypes", stream.many(item));
}

/// Fields of one structure, by many dtypes.
#[test]
fn dtypes_that_share_their_fields() {
    let _alone = alone();
    let mut stream = Stream::default();
    let (class, reconstruct) = numpy(&mut stream);
    let byte = stream.dtype(&class, "u1", PLAIN);
    let (mut names, mut fields) = (b"(".to_vec(), b"}(".to_vec());
    for at in 0..N / 30 {
        let name = text(&at.to_string());
        names.extend(&name);
        fields.extend([&name[..], &byte, b"K\0\x86"].concat());
    }
    let (names, fields) = (stream.value([&names[..], b"t"].concat()), stream.value([&fields[..], b"u"].concat()));
    let state = [&b"N"[..], &names, &fields, b"K\x01K\x01K\0"].concat();
    let item = array(&reconstruct, b"K\x01\x85", &dtype(&class, "V1", &state), b"C\x01a");
    ends("dtypes_with_one_structure", stream.many(item));
}

/// One shape of thousands of dimensions, of many arrays.
#[test]
fn arrays_that_share_a_long_shape() {
    let _alone = alone();
    let mut stream = Stream::default();
    let (class, reconstruct) = numpy(&mut stream);
    let dtype = stream.dtype(&class, "u1", PLAIN);
    let shape = stream.value([&b"("[..], &b"K\x01".repeat(N / 2), b"t"].concat());
    ends("arrays_with_one_shape", stream.many(array(&reconstruct, &shape, &dtype, b"C\x01a")));
}

/// Dimensions spelled with thousands of zeros, of many arrays.
#[test]
fn arrays_that_share_a_long_spelling() {
    let _alone = alone();
    let mut stream = Stream::default();
    let (class, reconstruct) = numpy(&mut stream);
    let dtype = stream.dtype(&class, "u1", PLAIN);
    let one = stream.value(format!("I{}1\n", "0".repeat(N)));
    let shape = stream.value([&b"("[..], &one.repeat(60), b"t"].concat());
    ends("arrays_with_one_spelling", stream.many(array(&reconstruct, &shape, &dtype, b"C\x01a")));
}

/// The objects of one list, in many arrays; and fewer, or more, than the shape says.
#[test]
fn arrays_that_share_their_objects() {
    let _alone = alone();
    for (name, len) in [("objects", N / 2), ("objects_too_few", 1), ("objects_too_many", N)] {
        let mut stream = Stream::default();
        let (class, reconstruct) = numpy(&mut stream);
        let dtype = stream.dtype(&class, "O8", PLAIN);
        let items = stream.value([&b"]("[..], &b"N".repeat(len), b"e"].concat());
        let shape = stream.value([&b"M"[..], &((N / 2) as u16).to_le_bytes(), b"\x85"].concat());
        ends(name, stream.many(array(&reconstruct, &shape, &dtype, &items)));
    }
}

/// Shapes of rows without elements, of elements without bytes, of more than memory; and negative ones.
#[test]
fn absurd_shapes() {
    let _alone = alone();
    let huge = [&b"\x8a\x08"[..], &i64::MAX.to_le_bytes()].concat();
    let shapes: [(&'static str, Vec<u8>, &str); 7] = [
        ("rows_without_elements", [&huge[..], b"K\0\x86"].concat(), "u1"),
        ("no_rows_of_many", [&b"K\0"[..], &huge, b"\x86"].concat(), "u1"),
        ("elements_without_bytes", [&huge[..], b"\x85"].concat(), "V0"),
        ("texts_without_bytes", [&huge[..], &huge, b"\x86"].concat(), "U0"),
        ("more_than_memory", [&huge[..], &huge, &huge, b"\x87"].concat(), "f8"),
        ("negative", b"J\xff\xff\xff\xffJ\xff\xff\xff\xff\x86".to_vec(), "u1"),
        ("no_dimensions", b")".to_vec(), "S1"),
    ];
    for (name, shape, spelling) in shapes {
        for data in [&b"C\0"[..], b"C\x01a", b"X\x01\0\0\0a", b"N", b"]"] {
            let mut stream = Stream::default();
            let (class, reconstruct) = numpy(&mut stream);
            let state: &[u8] = if spelling == "U0" { b"NNNK\0K\x04K\x08" } else { PLAIN };
            let dtype = stream.dtype(&class, spelling, state);
            stream.add(array(&reconstruct, &shape, &dtype, data)).add(b".");
            ends(name, stream.bytes);
        }
    }
}

/// A mask of thousands of bytes, of many arrays.
#[test]
fn arrays_that_share_a_mask() {
    let _alone = alone();
    let mut stream = Stream::default();
    let (class, _) = numpy(&mut stream);
    let masked = stream.global("numpy.ma.core", "_mareconstruct");
    let dtype = stream.dtype(&class, "u1", PLAIN);
    let mask = stream.value([&b"B"[..], &(N as u32).to_le_bytes(), &vec![1; N]].concat());
    let item = [&masked[..], b")R(K\x01K\x01\x85", &dtype, b"\x89C\x01a", &mask, b"Ntb"].concat();
    ends("arrays_with_one_mask", stream.many(item));
}

/// The attributes of joblib's wrapper in one dict of thousands, of many wrappers: the machine itself looks into it.
#[test]
fn wrappers_that_share_their_attributes() {
    let _alone = alone();
    for (name, key) in [("wrappers", &b"N"[..]), ("wrappers_with_a_key", b"h\x07")] {
        let mut stream = Stream { stored: 8, ..Stream::default() };
        // One long key that must be decoded to be compared.
        stream.add(format!("V{}\n", "\\u0064".repeat(N / 12))).add(b"q\x070");
        let class = stream.global("joblib.numpy_pickle", "NumpyArrayWrapper");
        let pairs = [key, b"N"].concat().repeat(N / (key.len() + 1));
        let state = stream.value([&b"}("[..], &pairs, b"u"].concat());
        ends(name, stream.many([&class[..], b")\x81", &state, b"b"].concat()));
    }
}

/// One dtype of many fields, one shape of many dimensions: many wrappers, each with no bytes after it.
#[test]
fn wrappers_that_share_what_they_say() {
    let _alone = alone();
    let mut stream = Stream::default();
    let (class, _) = numpy(&mut stream);
    let wrapper = stream.global("joblib.numpy_pickle", "NumpyArrayWrapper");
    let byte = stream.dtype(&class, "u1", PLAIN);
    let (mut names, mut fields) = (b"(".to_vec(), b"}(".to_vec());
    for at in 0..N / 30 {
        let name = text(&at.to_string());
        names.extend(&name);
        fields.extend([&name[..], &byte, b"K\0\x86"].concat());
    }
    let (names, fields) = (stream.value([&names[..], b"t"].concat()), stream.value([&fields[..], b"u"].concat()));
    let structure = stream.dtype(&class, "V1", &[&b"N"[..], &names, &fields, b"K\x01K\x01K\0"].concat());
    let shape = stream.value([&b"("[..], &b"K\x00".repeat(N / 4), b"t"].concat());
    let (dtype_key, shape_key) = (stream.value(text("dtype")), stream.value(text("shape")));
    let state = stream.value([&b"}("[..], &dtype_key, &structure, &shape_key, &shape, b"u"].concat());
    ends("wrappers_with_one_structure", stream.many([&wrapper[..], b")\x81", &state, b"b"].concat()));
}

/// Bytes that a wrapper claims, and that are not there.
#[test]
fn a_wrapper_that_claims_more_than_there_is() {
    let _alone = alone();
    for count in [9, 1 << 40, i64::MAX] {
        let mut stream = Stream::default();
        let (class, _) = numpy(&mut stream);
        let wrapper = stream.global("joblib.numpy_pickle", "NumpyArrayWrapper");
        let dtype = stream.dtype(&class, "f8", PLAIN);
        let shape = [&b"\x8a\x08"[..], &count.to_le_bytes(), b"\x85"].concat();
        let state = [&b"}("[..], &text("dtype"), &dtype, &text("shape"), &shape, b"u"].concat();
        stream.add(&wrapper).add(b")\x81").add(&state).add(b"b").add([0; 64]).add(b".");
        let error = survive("a_wrapper_that_claims", stream.bytes).unwrap_err();
        assert!(error.starts_with("end of data inside the argument of BUILD"), "{error}");
    }
}

/// Levels of an index that are indexes of as many levels.
#[test]
fn indexes_of_indexes() {
    let _alone = alone();
    let mut stream = Stream::default();
    let (class, reconstruct) = numpy(&mut stream);
    let new = stream.global("pandas.core.indexes.base", "_new_Index");
    let multi = stream.global("pandas.core.indexes.multi", "MultiIndex");
    let byte = stream.dtype(&class, "i1", PLAIN);
    let codes = stream.value(array(&reconstruct, b"K\x01\x85", &byte, b"C\x01\0"));
    let (data, levels, numbers) =
        (stream.value(text("data")), stream.value(text("levels")), stream.value(text("codes")));
    let mut index = stream.value([&new[..], &multi, b"}", &data, &codes, b"s\x86R"].concat());
    for _ in 0..6 {
        let many = |one: &[u8]| [&b"("[..], &one.repeat(100), b"l"].concat();
        let described = [&b"}("[..], &levels, &many(&index), &numbers, &many(&codes), b"u"].concat();
        index = stream.value([&new[..], &multi, &described, b"\x86R"].concat());
    }
    stream.add(&index).add(b".");
    ends("indexes_of_indexes", stream.bytes);
}

/// The blocks of one manager, in many frames; and a frame whose columns stand nowhere, or beyond.
#[test]
fn frames_that_share_their_blocks() {
    let _alone = alone();
    let placements: [(&'static str, &[u8]); 5] = [
        ("frames", b"K\0K\x01K\x01\x87"),
        ("frames_placed_far", b"K\0J\xff\xff\xff\x7fK\x01\x87"),
        ("frames_placed_before", b"J\xff\xff\xff\xffK\x01K\x01\x87"),
        ("frames_backwards", b"K\x05J\0\0\0\x80J\xff\xff\xff\xff\x87"),
        ("frames_without_a_step", b"K\0K\x01K\0\x87"),
    ];
    for (name, placement) in placements {
        let mut stream = Stream::default();
        let (class, reconstruct) = numpy(&mut stream);
        let frame = stream.global("pandas.core.frame", "DataFrame");
        let manager = stream.global("pandas.core.internals.managers", "BlockManager");
        let block = stream.global("pandas._libs.internals", "_unpickle_block");
        let new = stream.global("pandas.core.indexes.base", "_new_Index");
        let range = stream.global("pandas.core.indexes.range", "RangeIndex");
        let slice = stream.global("builtins", "slice");
        let byte = stream.dtype(&class, "u1", PLAIN);
        let values = stream.value(array(&reconstruct, b"K\x01K\x01\x86", &byte, b"C\x01a"));
        let place = stream.value([&slice[..], placement, b"R"].concat());
        let one = stream.value([&block[..], &values, &place, b"K\x02\x87R"].concat());
        let [start, stop, step] = ["start", "stop", "step"].map(text);
        let described = [&b"}("[..], &start, b"K\0", &stop, b"K\x01", &step, b"K\x01u"].concat();
        let index = stream.value([&new[..], &range, &described, b"\x86R"].concat());
        let blocks = stream.value([&b"("[..], &one.repeat(N / 5), b"t"].concat());
        let axes = stream.value([&b"("[..], &index, &index, b"l"].concat());
        let manager = stream.value([&manager[..], &blocks, &axes, b"\x86R"].concat());
        let key = stream.value(text("_mgr"));
        ends(name, stream.many([&frame[..], b")\x81}", &key, &manager, b"sb"].concat()));
    }
}

/// What many well-known objects are made of, which is one thing of thousands of parts.
#[test]
fn objects_that_share_what_they_are_made_of() {
    let _alone = alone();
    let long = |code: u8, length: usize| [&[code][..], &(length as u32).to_le_bytes(), &vec![b'1'; length]].concat();
    let pairs = [&b"]("[..], &b"NN\x86".repeat(N / 3), b"e"].concat();
    let items = [&b"]("[..], &b"K\x01".repeat(N / 2), b"e"].concat();
    let texts = [&b"("[..], &b"\x8c\x01a".repeat(N / 3), b"t"].concat();
    type Case = (&'static str, &'static str, &'static str, &'static [u8], Vec<u8>);
    let table: [Case; 18] = [
        ("paths", "pathlib", "PurePosixPath", b"", texts.clone()),
        ("decimals", "decimal", "Decimal", b"\x85", long(b'X', N)),
        ("fractions", "fractions", "Fraction", b"\x85", long(b'X', N)),
        ("fractions_of_two", "fractions", "Fraction", b"K\x01\x86", long(0x8b, N)),
        ("uuids", "uuid", "UUID", b"\x85", long(b'X', N)),
        ("datetimes", "datetime", "datetime", b"\x85", long(b'B', N)),
        ("ip_addresses", "ipaddress", "IPv6Address", b"\x85", long(0x8b, N)),
        ("deques", "collections", "deque", b"\x85", items.clone()),
        ("counters", "collections", "Counter", b"\x85", pairs.clone()),
        ("ordered_dicts", "collections", "OrderedDict", b"\x85", pairs.clone()),
        ("defaults", "collections", "defaultdict", b"\x85", pairs.clone()),
        ("frozen_dicts", "frozendict", "frozendict", b"\x85", pairs),
        ("sorted_lists", "sortedcontainers.sortedlist", "SortedList", b"\x85", items.clone()),
        ("exceptions", "builtins", "ValueError", b"", texts.clone()),
        ("ranges", "builtins", "range", b"\x85", long(0x8b, N)),
        ("arrays", "array", "array", b"\x85", items.clone()),
        ("models", "django.db.models.base", "model_unpickle", b"\x85", texts),
        ("partials", "functools", "partial", b"\x85", items),
    ];
    for (name, module, class, close, part) in table {
        let mut stream = Stream::default();
        let class = stream.global(module, class);
        let part = stream.value(part);
        ends(name, stream.many([&class[..], &part, close, b"R"].concat()));
    }
}

/// One dict of thousands of attributes, the state of many objects: of models of Django, which have a recipe, and of others.
#[test]
fn objects_that_share_their_state() {
    let _alone = alone();
    for (name, module, class) in [
        ("states_of_models", "shop.models", "Order"),
        ("states_of_frames", "pandas.core.frame", "DataFrame"),
        ("states_of_series", "pandas.core.series", "Series"),
        ("states_of_categories", "pandas.core.arrays.categorical", "Categorical"),
        ("states_of_uuids", "uuid", "UUID"),
        ("states_of_dicts", "collections", "OrderedDict"),
        ("states_of_errors", "builtins", "ValueError"),
    ] {
        let mut stream = Stream::default();
        let class = stream.global(module, class);
        let state: Vec<u8> = (0..N / 8).flat_map(|at| [text(&at.to_string()), b"N".to_vec()].concat()).collect();
        let state = stream.value([&b"}("[..], &state, b"u"].concat());
        ends(name, stream.many([&class[..], b")\x81", &state, b"b"].concat()));
    }
}

/// `_restore_array` of pyarrow, of this type, length and buffers.
fn arrow(stream: &mut Stream, kind: &str, len: &[u8], buffers: &[u8]) -> Vec<u8> {
    let alias = stream.global("pyarrow.lib", "type_for_alias");
    let restore = stream.global("pyarrow.lib", "_restore_array");
    let kind = [&alias[..], &text(kind), b"\x85R"].concat();
    stream.value([&restore[..], b"(", &kind, len, b"K\0K\0]", buffers, b"]Nt\x85R"].concat())
}

fn buffer(stream: &mut Stream, bytes: &[u8]) -> Vec<u8> {
    let class = stream.global("pyarrow.lib", "py_buffer");
    stream.value([&class[..], b"B", &(bytes.len() as u32).to_le_bytes(), bytes, b"\x85R"].concat())
}

/// Arrays of pyarrow of many bits, and of many texts, at many places; and of nothing, many times.
#[test]
fn arrays_of_pyarrow() {
    let _alone = alone();
    let length = |len: usize| [&b"J"[..], &(len as u32).to_le_bytes()].concat();
    for (name, kind, len) in
        [("arrow_bits", "bool", N * 8), ("arrow_texts", "string", N / 4 - 1), ("arrow_ints", "int8", N)]
    {
        let mut stream = Stream::default();
        let data = buffer(&mut stream, &vec![0x55; N]);
        let offsets = match kind {
            "string" => buffer(&mut stream, &[0, 0, 0, 0, 0, 8, 0, 0].repeat(N / 8)),
            _ => data.clone(),
        };
        let missing = if kind == "string" { &b"N"[..] } else { &data };
        let array = arrow(&mut stream, kind, &length(len), &[&b"("[..], missing, &offsets, &data, b"e"].concat());
        ends(name, stream.many(array));
    }
    let mut stream = Stream::default();
    let array = arrow(&mut stream, "null", &length(1 << 30), b"(Ne");
    ends("arrow_nothing", stream.many(array));
}

/// Arrays in chunks that are arrays in chunks; and one list of many chunks.
#[test]
fn chunks_of_chunks() {
    let _alone = alone();
    let mut stream = Stream::default();
    let chunked = stream.global("pyarrow.lib", "chunked_array");
    let mut array = arrow(&mut stream, "null", b"K\x01", b"(Ne");
    for _ in 0..12 {
        array = stream.value([&chunked[..], b"](", &array.repeat(8), b"eN\x86R"].concat());
    }
    ends("chunks_of_chunks", stream.many(array));
    let mut stream = Stream::default();
    let chunked = stream.global("pyarrow.lib", "chunked_array");
    let one = arrow(&mut stream, "null", b"K\x01", b"(Ne");
    let list = stream.value([&b"]("[..], &one.repeat(N / one.len()), b"e"].concat());
    ends("chunks_of_one_list", stream.many([&chunked[..], &list, b"N\x86R"].concat()));
}

/// Intervals of intervals, sparse arrays of sparse arrays.
#[test]
fn columns_of_columns() {
    let _alone = alone();
    let mut stream = Stream::default();
    let new = stream.global("pandas.core.indexes.interval", "_new_IntervalIndex");
    let mut column = arrow(&mut stream, "null", b"K\x01", b"(Ne");
    for _ in 0..20 {
        let parts = [&text("left")[..], &column, &text("right"), &column, &text("closed"), b"N"].concat();
        column = stream.value([&new[..], b"N}(", &parts, b"u\x86R"].concat());
    }
    ends("intervals_of_intervals", stream.many(column));

    let mut stream = Stream::default();
    let (class, reconstruct) = numpy(&mut stream);
    let byte = stream.dtype(&class, "u1", PLAIN);
    let shape = [&b"J"[..], &(N as u32).to_le_bytes(), b"\x85"].concat();
    let data = stream.value([&b"B"[..], &(N as u32).to_le_bytes(), &[0; N]].concat());
    let places = stream.value(array(&reconstruct, &shape, &byte, &data));
    let index = stream.global("pandas._libs.sparse", "IntIndex");
    let (sparse, dtype) = (stream.global("pandas.arrays", "SparseArray"), stream.global("pandas", "SparseDtype"));
    let index = stream.value([&index[..], b"J\xff\xff\xff\x7f", &places, b"\x86R"].concat());
    let dtype = stream.value([&dtype[..], b")\x81}", &text("_fill_value"), b"K\0sb"].concat());
    let mut column = places;
    for _ in 0..8 {
        let index = [&text("_sparse_index")[..], &index].concat();
        let state = [&index[..], &text("_sparse_values"), &column, &text("_dtype"), &dtype].concat();
        column = stream.value([&sparse[..], b")\x81}(", &state, b"ub"].concat());
    }
    ends("sparse_of_sparse", stream.many(column));
}

/// Blocks of a sparse array that claim more places than there are numbers, and values that claim as many.
#[test]
fn a_sparse_array_of_endless_blocks() {
    let _alone = alone();
    let mut stream = Stream::default();
    let (class, reconstruct) = numpy(&mut stream);
    let long = stream.dtype(&class, "i8", PLAIN);
    let number = |number: i64| [&b"C\x08"[..], &number.to_le_bytes()].concat();
    let first = stream.value(array(&reconstruct, b"K\x01\x85", &long, &number(0)));
    let lengths = stream.value(array(&reconstruct, b"K\x01\x85", &long, &number(i64::MAX)));
    let sparse = stream.global("pandas.core.arrays.sparse.array", "SparseArray");
    let blocks = stream.global("pandas._libs.sparse", "BlockIndex");
    let new = stream.global("pandas.core.indexes.base", "_new_Index");
    let range = stream.global("pandas.core.indexes.range", "RangeIndex");
    let huge = [&b"\x8a\x08"[..], &i64::MAX.to_le_bytes()].concat();
    let [start, stop, step] = ["start", "stop", "step"].map(text);
    let described = [&b"}("[..], &start, b"K\0", &stop, &huge, &step, b"K\x01u"].concat();
    let values = stream.value([&new[..], &range, &described, b"\x86R"].concat());
    let index = stream.value([&blocks[..], b"(", &huge, &first, &lengths, b"tR"].concat());
    let state = [
        &b"}("[..],
        &text("_sparse_index"),
        &index,
        &text("_sparse_values"),
        &values,
        &text("_dtype"),
        b"ca\nb\n)R}",
        &text("_fill_value"),
        b"K\0sb",
        b"u",
    ];
    stream.add(b"(").add(&sparse).add(b")\x81").add(state.concat()).add(b"bl.");
    let error = serde_pickle::from_slice::<Vec<Vec<f64>>>(&stream.bytes).unwrap_err();
    assert!(error.is_limit(), "{error}");
    ends("a_sparse_array", stream.bytes);
}
