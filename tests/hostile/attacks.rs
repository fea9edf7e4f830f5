//! The attacks, by name: each is some ten thousand bytes, so that what takes their square would stand out by far.

use crate::{measure::alone, survive::survive};

/// So many bytes, about.
const N: usize = 12_000;

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A str or bytes with a length of four bytes.
fn long(code: u8, payload: &[u8]) -> Vec<u8> {
    join(&[&[code], &(payload.len() as u32).to_le_bytes(), payload])
}

/// A value that is stored, and then fetched again and again into a list.
fn fetched(value: &[u8]) -> Vec<u8> {
    let times = N / 4;
    join(&[b"(", value, b"q\0", &b"h\0".repeat(times), b"l."])
}

/// `module.name` as GLOBAL.
fn global(module: &str, name: &str) -> Vec<u8> {
    format!("c{module}\n{name}\n").into_bytes()
}

/// A line: its opcode, some text, a newline.
fn line(code: u8, text: impl AsRef<[u8]>) -> Vec<u8> {
    join(&[&[code], text.as_ref(), b"\n"])
}

/// A chain of so many steps, of which each stores its result as 0: `first` and then `step` again and again.
fn chain(first: &[u8], step: &[u8]) -> Vec<u8> {
    join(&[first, b"q\0", &join(&[step, b"q\0"]).repeat((N / (step.len() + 2)).max(1500)), b"."])
}

macro_rules! attacks {
    ($($name:ident: $pickle:expr, $outcome:expr;)*) => {$(
        #[test]
        fn $name() {
    let _alone = alone();
            let said = survive(stringify!($name), $pickle);
            let outcome: Option<&str> = $outcome;
            match (said, outcome) {
                (Ok(()), None) => {}
                (Err(message), Some(part)) => assert!(message.contains(part), "{message}"),
                (said, outcome) => panic!("{said:?}, and not {outcome:?}"),
            }
        }
    )*};
}

const DEEP: Option<&str> = Some("nested deeper than 1000 levels");
const BUDGET: Option<&str> = Some("shared values expand beyond the budget");
const UNHASHABLE: Option<&str> = Some("unhashable key");

/// A list at the root in many batches, each of which names classes that all later ones might ask for, and holds a long text.
fn named_in_each_window() -> Vec<u8> {
    let texts = join(&[b"(\x8c\x01m\x94\x8c\x01n\x94", &long(b'X', &[b'x'; 2000]), b"\x94e"]);
    let batch = b"(](h\x01h\x02\x93\x94h\x01h\x02\x93\x94h\x03\x8c\x01xNNNNee";
    join(&[b"\x80\x04]\x94", &texts, &batch.repeat(3000), b"."])
}

attacks! {
    windows_with_names: named_in_each_window(), BUDGET;
    // Many small things.
    empty_lists: join(&[b"(", &b"]".repeat(N), b"t."]), None;
    empty_dicts: join(&[b"(", &b"}".repeat(N), b"t."]), None;
    empty_sets: join(&[b"(", &b"\x8f".repeat(N), b"t."]), None;
    nones: join(&[b"(", &b"N".repeat(N), b"t."]), None;
    buffers: join(&[b"(", &b"\x97".repeat(N), b"t."]), None;
    frozensets_of_one: join(&[b"(", &b"(N\x91".repeat(N / 3), b"t."]), None;
    dicts_of_one: join(&[b"(", &b"}NNs".repeat(N / 4), b"t."]), None;
    objects: join(&[&global("a", "b"), b"q\x000(", &b"h\0)R".repeat(N / 4), b"t."]), None;
    objects_of_new: join(&[&global("a", "b"), b"q\x000(", &b"h\0)}\x92".repeat(N / 5), b"t."]), None;
    extension_codes_as_objects: join(&[b"(", &b"\x82\x01Nb".repeat(N / 4), b"t."]), None;
    persistent_ids_as_objects: join(&[b"(", &b"NQNb".repeat(N / 4), b"t."]), None;
    marks: b"(".repeat(N), Some("end of data where an opcode is expected");
    marks_taken_away: join(&[&b"(".repeat(N / 2), &b"1".repeat(N / 2), b"N."]), None;
    values_thrown_away: join(&[&b"]0".repeat(N / 2), b"N."]), None;

    // Depth.
    lists_in_lists: join(&[&b"]".repeat(N / 2), &b"a".repeat(N / 2 - 1), b"."]), DEEP;
    tuples_in_tuples: join(&[b"N", &b"\x85".repeat(N), b"."]), DEEP;
    dicts_in_dicts: join(&[&b"}N".repeat(N / 3), b"N", &b"s".repeat(N / 3), b"."]), DEEP;
    dicts_as_keys_in_dicts: join(&[&b"}".repeat(N / 3), b"N", &b"Ns".repeat(N / 3), b"."]), DEEP;
    frozensets_in_frozensets: join(&[&b"(".repeat(N / 2), b"N", &b"\x91".repeat(N / 2), b"."]), DEEP;
    persistent_ids_in_persistent_ids: join(&[b"N", &b"Q".repeat(N), b"."]), DEEP;
    objects_in_states: join(&[&global("a", "b"), b"q\x000", &b"h\0)R".repeat(N / 5), &b"b".repeat(N / 5 - 1), b"."]), DEEP;
    objects_in_arguments: join(&[&global("a", "b"), b"q\x000", &b"h\0".repeat(N / 4), b")R", &b"\x85R".repeat(N / 4 - 1), b"."]), DEEP;
    objects_as_callables: join(&[&global("a", "b"), &b")R".repeat(N / 2), b"."]), DEEP;
    objects_as_classes: join(&[&global("a", "b"), &b")\x81".repeat(N / 2), b"."]), DEEP;
    reconstructors_of_reconstructors: chain(
        &join(&[&global("copy_reg", "_reconstructor"), b"q\x010", &global("a", "b"), b"q\x020N"]),
        b"h\x01(h\x02h\0NtR",
    ), DEEP;
    reconstructors_as_classes: chain(
        &join(&[&global("copy_reg", "_reconstructor"), b"q\x010", &global("__builtin__", "object"), b"q\x02"]),
        b"h\x01(h\0h\x02NtR",
    ), DEEP;
    newobj_calls_as_classes: chain(
        &join(&[&global("copy_reg", "__newobj__"), b"q\x010", &global("a", "b")]),
        b"h\x01(h\0tR",
    ), DEEP;
    attributes_of_attributes: chain(
        &join(&[&global("__builtin__", "getattr"), b"q\x010\x8c\x01xq\x020", &global("a", "b")]),
        b"h\x01(h\0h\x02tR",
    ), DEEP;
    sets_of_sets_by_call: chain(
        &join(&[&global("__builtin__", "frozenset"), b"q\x010N"]),
        b"h\x01](h\0e\x85R",
    ), DEEP;
    bytearrays_of_bytearrays_by_call: chain(
        &join(&[&global("__builtin__", "bytearray"), b"q\x010C\0"]),
        b"h\x01h\0\x85R",
    ), DEEP;
    time_zones_of_time_zones: chain(
        &join(&[&global("datetime", "timezone"), b"q\x010", &global("datetime", "timedelta"), b"(K\0K\0K\0tR"]),
        b"h\x01h\0\x85R",
    ), DEEP;

    // Sharing.
    billion_laughs: {
        let mut pickle = b"]q\0(NNNNNNNNNNe".to_vec();
        for level in 1..10 {
            pickle.extend(join(&[&[b']', b'q', level, b'('], &[b'h', level - 1].repeat(10), b"e"]));
        }
        join(&[&pickle, b"."])
    }, BUDGET;
    tuples_of_two_of_themselves: chain(b"N", b"h\0h\0\x86"), DEEP;
    frozensets_of_tuples_of_themselves: chain(b"N", b"(h\0h\0\x86\x91"), DEEP;
    dicts_of_themselves_twice: chain(b"N", b"}(K\0h\0K\x01h\0u"), DEEP;
    objects_of_themselves_twice: chain(&join(&[&global("a", "b"), b"q\x010N"]), b"h\x01h\0h\0\x86R"), DEEP;
    one_long_str: fetched(&long(b'X', &b"x".repeat(N))), BUDGET;
    one_long_str_with_escapes: fetched(&line(b'V', "\\u00e9".repeat(N / 6))), BUDGET;
    one_long_str_of_python_2: fetched(&line(b'S', format!("'{}'", "\\xe9".repeat(N / 4)))), BUDGET;
    one_long_bytes: fetched(&long(b'B', &b"\xff".repeat(N))), BUDGET;
    one_long_bytearray: fetched(&join(&[&[0x96], &(N as u64).to_le_bytes(), &b"x".repeat(N)])), BUDGET;
    one_long_int: fetched(&join(&[&[0x8b], &(N as u32).to_le_bytes(), &b"\x7f".repeat(N)])), BUDGET;
    one_long_spelling_of_a_long: fetched(&line(b'L', format!("0x{}5L", "0".repeat(N)))), BUDGET;
    one_long_spelling_of_an_int: fetched(&line(b'I', format!("{}5", "0".repeat(N)))), BUDGET;
    one_long_spelling_of_a_float: fetched(&line(b'F', format!("1.{}", "0".repeat(N)))), BUDGET;
    one_long_name: fetched(&global("a", &"x".repeat(N))), BUDGET;
    one_long_name_by_stack: fetched(&join(&[&long(b'X', &b"x".repeat(N)), b"\x8c\x01a\x93"])), BUDGET;
    one_long_persistent_id: fetched(&line(b'P', "x".repeat(N))), BUDGET;
    many_digits: fetched(&line(b'L', format!("{}L", "9".repeat(4300)))), BUDGET;
    one_object_with_a_long_name: fetched(&join(&[&global("a", &"x".repeat(N)), b")R"])), BUDGET;
    bytes_by_call: fetched(&join(&[
        &global("_codecs", "encode"), &long(b'X', &"é".repeat(N / 2).into_bytes()), b"X\x06\0\0\0latin1\x86R",
    ])), BUDGET;
    bytearray_by_call: fetched(&join(&[
        &global("__builtin__", "bytearray"), &global("_codecs", "encode"), &long(b'X', &"é".repeat(N / 2).into_bytes()),
        b"X\x06\0\0\0latin1\x86R\x85R",
    ])), BUDGET;
    bytes_by_call_as_state: fetched(&join(&[
        &global("a", "b"), b")R", &global("_codecs", "encode"), &long(b'X', &"é".repeat(N / 2).into_bytes()),
        b"X\x06\0\0\0latin1\x86Rb",
    ])), BUDGET;
    frozensets_of_one_list: join(&[
        b"](", &b"N".repeat(N / 2), b"eq\x000", &global("__builtin__", "frozenset"), b"q\x010(",
        &b"h\x01h\0\x85R".repeat(N / 12), b"t.",
    ]), BUDGET;
    dicts_with_one_long_key: join(&[
        &long(b'X', &b"x".repeat(N / 2)), b"q\x000}(", &b"h\0NK\x01N".repeat(N / 12), b"u.",
    ]), BUDGET;
    records_with_one_long_key: join(&[
        &long(b'X', &b"x".repeat(N / 2)), b"q\x000(", &b"}(h\0NK\x01NK\x02Nu".repeat(N / 24), b"l.",
    ]), BUDGET;
    one_object_with_many_attributes: fetched(&join(&[
        &global("a", "b"), b"K\x01\x85\x81}(", &(0..N / 12).flat_map(|at| format!("V{at:06}\nN").into_bytes()).collect::<Vec<u8>>(), b"ub",
    ])), BUDGET;
    one_object_with_many_states: fetched(&join(&[&global("a", "b"), b")R", &b"}NNsb".repeat(N / 10), b"K\x01b"])), BUDGET;
    one_object_with_a_long_argument: fetched(&join(&[&global("decimal", "Decimal"), &long(b'X', &b"1".repeat(N)), b"\x85R"])), BUDGET;
    state_setters_with_one_tuple: join(&[
        &global("a", "b"), b"q\x010h\x01)Rq\0(h\0", &b"N".repeat(N / 2), b"tq\x020", &b"h\x01h\x02R0".repeat(N / 12), b".",
    ]), Some("calls whose results are dropped share more arguments");
    state_setters: join(&[
        &global("a", "b"), b"q\x010h\x01)Rq\0", &b"h\x01h\0N\x86R0".repeat(N / 8), b".",
    ]), None;

    // Keys.
    frozensets_around_many_items: join(&[
        &b"(".repeat(900), &(0..N / 5).flat_map(|at| join(&[b"J", &(at as u32).to_le_bytes()])).collect::<Vec<u8>>(), &b"\x91".repeat(900), b".",
    ]), None;
    frozensets_around_a_nan: join(&[
        &b"(".repeat(900), b"G\x7f\xf8\0\0\0\0\0\0",
        &(0..N / 5).flat_map(|at| join(&[b"J", &(at as u32).to_le_bytes()])).collect::<Vec<u8>>(), &b"\x91".repeat(900), b".",
    ]), None;
    tuples_as_keys_around_many_objects: join(&[
        &global("a", "b"), b"q\0}(", &b"h\0)R".repeat(N / 4), b"t", &b"\x85".repeat(900), b"Ns.",
    ]), None;
    a_set_of_objects: join(&[&global("a", "b"), b"q\x000\x8f(", &b"h\0)R".repeat(N / 4), b"\x90."]), None;
    a_set_of_objects_that_differ_in_state: join(&[
        &global("a", "b"), b"q\x000\x8f(",
        &(0..N / 10).flat_map(|at| join(&[b"h\0)RJ", &(at as u32).to_le_bytes(), b"b"])).collect::<Vec<u8>>(), b"\x90.",
    ]), None;
    a_dict_of_objects_that_differ_in_value: join(&[
        &global("a", "b"), b"q\x000}(",
        &(0..N / 10).flat_map(|at| join(&[b"h\0)RJ", &(at as u32).to_le_bytes()])).collect::<Vec<u8>>(), b"u.",
    ]), None;
    frozensets_of_objects_of_frozensets: chain(
        &join(&[&global("a", "b"), b"q\x010(N\x91"]), b"(h\x01h\0\x85Rh\x01)R\x91",
    ), DEEP;
    nans: join(&[b"\x8f(", &b"G\x7f\xf8\0\0\0\0\0\0".repeat(N / 9), b"\x90."]), None;
    one_key_again_and_again: join(&[b"}(", &b"NN".repeat(N / 2), b"u."]), None;
    ints_that_flood_a_table: join(&[
        b"\x8f(", &(0..N / 10).flat_map(|at| join(&[b"\x8a\x08", &((at as u64) << 32).to_le_bytes()])).collect::<Vec<u8>>(), b"\x90.",
    ]), None;
    floats_that_equal_huge_ints: join(&[
        b"\x8f(", &(0..N / 9).flat_map(|at| join(&[b"G", &(1e300 * (1.0 + at as f64)).to_be_bytes()])).collect::<Vec<u8>>(), b"\x90.",
    ]), None;
    a_deep_list_as_key: join(&[b"}", &b"]".repeat(500), &b"a".repeat(499), b"Ns."]), UNHASHABLE;
    a_list_deep_in_a_key: join(&[b"}(", b"]", &b"\x85".repeat(900), b"N", b"u."]), UNHASHABLE;

    // Ints of any size.
    a_huge_int: join(&[&[0x8b], &(N as u32).to_le_bytes(), &b"\x7f".repeat(N), b"."]), None;
    huge_ints_in_a_list: join(&[b"(", &join(&[&[0x8b], &6000_u32.to_le_bytes(), &b"\x7f".repeat(6000)]).repeat(10), b"l."]), None;
    a_huge_int_in_hexadecimal: join(&[&line(b'L', format!("0x{}L", "f".repeat(N))), b"."]), None;
    a_huge_int_in_decimal: join(&[&line(b'L', format!("{}L", "9".repeat(N))), b"."]), Some("more than 4300 digits");
    a_huge_index: join(&[b"N", &line(b'g', "9".repeat(N)), b"."]), Some("an int of more than 4300 digits");
    an_index_with_many_zeros: join(&[b"N", &line(b'p', "0".repeat(4000)), &line(b'g', "0".repeat(4000)).repeat(10), b"0."]), None;
    list_items_set_by_a_long_index: join(&[
        b"]Na", &line(b'I', format!("{}1", "0".repeat(N / 2))), b"q\0", b"0(", &b"K\0N".repeat(10), b"u](NNe(", &b"h\0N".repeat(N / 6), b"u.",
    ]), None;
    bytes_appended_by_a_long_spelling: join(&[
        &line(b'I', format!("{}5", "0".repeat(N / 2))), b"q\x000\x96\0\0\0\0\0\0\0\0(", &b"h\0".repeat(N / 4), b"e.",
    ]), None;

    // Memo and stack.
    sparse_memo: join(&[
        b"N", &(0..N / 5).flat_map(|at| join(&[b"r", &(at as u32 * 300_000).to_le_bytes()])).collect::<Vec<u8>>(), b".",
    ]), None;
    a_memo_with_gaps: join(&[
        b"N", &(0..N / 5).flat_map(|at| join(&[b"r", &(at as u32 * 2 + 60).to_le_bytes()])).collect::<Vec<u8>>(), b".",
    ]), None;
    lists_that_grow_in_turn: join(&[b"]q\x000]q\x010", &b"h\0Na0h\x01Na0".repeat(N / 10), b"h\0h\x01\x86."]), None;
    many_lists_that_are_moved: join(&[b"(", &b"]q\0Na]q\x01Nah\0Na0Na".repeat(N / 18), b"t."]), None;
    an_object_that_grows_in_all_ways: join(&[&global("a", "b"), b")R", &b"Na(N\x90NNsNb".repeat(N / 12), b"."]), None;
    doubled: join(&[b"N", &b"2".repeat(N), b"."]), None;
    views_of_a_buffer: join(&[b"\x97", &b"\x98".repeat(N), b"."]), None;

    // Cycles.
    a_list_in_itself: b"]q\0h\0a.".to_vec(), Some("the value contains itself");
    lists_that_hold_each_other: {
        let lists: Vec<u8> = (0..100).flat_map(|at| [b']', b'q', at, b'0']).collect();
        let all: Vec<u8> = (0..100).flat_map(|at| [b'h', at]).collect();
        let fill: Vec<u8> = (0..100).flat_map(|at| join(&[&[b'h', at], b"(", &all, b"e0"])).collect();
        join(&[&lists, &fill, b"h\0."])
    }, Some("the value contains itself");
    a_tuple_of_lists_of_itself: {
        let count = N / 100;
        let made: Vec<u8> = (0..count).flat_map(|at| join(&[b"]r", &(at as u32 + 1).to_le_bytes()])).collect();
        let filled: Vec<u8> = (0..count).flat_map(|at| join(&[b"j", &(at as u32 + 1).to_le_bytes(), b"h\0a0"])).collect();
        join(&[b"(", &made, b"tq\0", &filled, b"."])
    }, Some("the value contains itself");
    a_tuple_of_many_lists_of_itself: {
        let count = 1500_u32;
        let made: Vec<u8> = (1..=count).flat_map(|at| join(&[b"]r", &at.to_le_bytes()])).collect();
        let filled: Vec<u8> = (1..=count).flat_map(|at| join(&[b"j", &at.to_le_bytes(), b"h\0a0"])).collect();
        join(&[b"(", &made, b"tq\0", &filled, b"."])
    }, Some("the value contains itself");
    an_object_of_many_lists_of_itself: {
        let count = 1500_u32;
        let made: Vec<u8> = (1..=count).flat_map(|at| join(&[b"]r", &at.to_le_bytes()])).collect();
        let filled: Vec<u8> = (1..=count).flat_map(|at| join(&[b"j", &at.to_le_bytes(), b"h\0a0"])).collect();
        join(&[&global("a", "b"), b"(", &made, b"tRq\0", &filled, b"."])
    }, Some("the value contains itself");
    a_frozenset_of_many_objects_of_itself: {
        let count = 1000_u32;
        let class = global("a", "b");
        let made: Vec<u8> = (1..=count).flat_map(|at| join(&[b"h\x01)Rr", &(at + 1).to_le_bytes()])).collect();
        let filled: Vec<u8> = (1..=count).flat_map(|at| join(&[b"j", &(at + 1).to_le_bytes(), b"h\0b0"])).collect();
        join(&[&class, b"q\x010(", &made, b"\x91q\0", &filled, b"."])
    }, Some("the value contains itself");
    a_set_of_an_object_of_itself: join(&[b"\x8fq\0(", &global("a", "b"), b"h\0\x85R\x90."]), Some("the value contains itself");

    // Claims.
    a_length_of_2_to_the_62: b"\x8d\0\0\0\0\0\0\0\x40abc.".to_vec(), Some("end of data inside the argument of BINUNICODE8");
    a_frame_of_2_to_the_62: b"\x80\x04\x95\0\0\0\0\0\0\0\x40N.".to_vec(), Some("end of data inside the argument of FRAME");
    a_huge_memo_index: b"]r\xff\xff\xff\xffj\xff\xff\xff\xff0.".to_vec(), None;
    a_bytearray_of_a_size: join(&[&global("__builtin__", "bytearray"), b"J\xff\xff\xff\x7f\x85R."]), None;
    a_global_for_each_byte: join(&[b"(", &global("a", "b").repeat(N / 6), b"t."]), None;
}
