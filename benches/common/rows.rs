//! The rows of the tables.

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_bytes::{ByteBuf, Bytes};
use serde_pickle::{
    Deserializer, Graph, Memo, Protocol, SerOptions, Value, tools,
    types::{ArrayRef, NdArray},
};

use super::{
    Contender, Row,
    contenders::{as_python, ciborium_vec, done, end, python, reads, rmp_vec, writes},
    data::{self, Deep, Message, MessageRef, Order, Payment, Record, RecordRef, Score, Shape},
    documents::{self, Canada, Citm, Twitter},
    python::{Verb, Work},
};

macro_rules! read_each {
    ($who:literal, $bytes:expr, |$one:ident| $read:expr) => {
        Contender::new($who, $bytes, |all: &Vec<Vec<u8>>| all.iter().for_each(|$one| end(done($read))))
    };
}

macro_rules! rows {
    ($($name:literal $full:literal $small:literal $contenders:expr;)*) => {
        pub const ROWS: &[Row] = &[$(Row { name: $name, full: $full, small: $small, contenders: $contenders }),*];
    };
}

// Name, items in the table of times, items in the table of instructions.
rows! {
    "read records" 100_000 2_000 |n| {
        reads!(data::records(n), Vec<Record>: ours, serde_pickle, deser, rmp, bincode, json, ciborium, cpython, clone)
    };
    "read records, &str" 100_000 2_000 |n| reads!(data::records(n), Vec<RecordRef<'_>>: ours, rmp, bincode, json);
    "read records, one field" 100_000 2_000 |n| {
        reads!(data::records(n), Vec<Score>: ours, serde_pickle, rmp, json, ciborium)
    };
    "read records, IgnoredAny" 100_000 2_000 |n| {
        reads!(data::records(n), IgnoredAny: ours, serde_pickle, rmp, json, ciborium)
    };
    "read records, Graph" 100_000 2_000 |n| {
        let value = data::records(n);
        vec![
            Contender::new("serde_pickle", python(&value), |pickle| end(done(Graph::from_slice(pickle)))),
            Contender::python("CPython", Work::new(Verb::Load, vec![python(&value)])),
        ]
    };
    "read records, Value" 100_000 2_000 |n| dynamic(&data::records(n));
    "read records, protocol 0" 20_000 2_000 |n| of_protocol(n, Protocol::V0);
    "read records, protocol 2" 20_000 2_000 |n| of_protocol(n, Protocol::V2);
    "read records, protocol 3" 20_000 2_000 |n| of_protocol(n, Protocol::V3);
    "read records, protocol 5" 20_000 2_000 |n| of_protocol(n, Protocol::V5);
    "read records, Python 2's str" 20_000 2_000 |n| {
        let pickle = || python2(&as_python(&data::records(n), Protocol::V2));
        vec![
            Contender::new("serde_pickle", pickle(), |pickle| end(done(serde_pickle::from_slice::<Vec<Record>>(pickle)))),
            Contender::new("serde-pickle", pickle(), |pickle| {
                let options = birkenfeld::DeOptions::new().decode_strings();
                end(done(birkenfeld::from_slice::<Vec<Record>>(pickle, options)));
            }),
            Contender::python("CPython", Work::new(Verb::Load, vec![pickle()])),
        ]
    };
    "read records of 1k" 1_000 1_000 |n| reads!(data::records(n), Vec<Record>: ours, rmp, bincode, clone);
    "read records of 10k" 10_000 2_000 |n| reads!(data::records(n), Vec<Record>: ours, rmp, bincode, clone);
    "read records of 1M" 1_000_000 2_000 |n| reads!(data::records(n), Vec<Record>: ours, rmp, bincode, clone);
    "read ints" 1_000_000 100_000 |n| {
        reads!(data::ints(n), Vec<i64>: ours, serde_pickle, deser, rmp, bincode, json, ciborium, cpython, clone)
    };
    "read floats" 1_000_000 100_000 |n| {
        reads!(data::floats(n), Vec<f64>: ours, serde_pickle, deser, rmp, bincode, json, ciborium, cpython, clone)
    };
    "read strings" 500_000 20_000 |n| {
        reads!(data::strings(n), Vec<String>: ours, serde_pickle, deser, rmp, bincode, json, ciborium, cpython, clone)
    };
    "read strings, &str" 500_000 20_000 |n| reads!(data::strings(n), Vec<&str>: ours, rmp, bincode, json);
    "read small bytes" 100_000 10_000 |n| {
        reads!(data::small_bytes(n), Vec<ByteBuf>: ours, serde_pickle, rmp, bincode, ciborium, cpython, clone)
    };
    "read lists of two floats" 200_000 10_000 |n| {
        reads!(data::pairs(n), Vec<Vec<f64>>: ours, serde_pickle, rmp, bincode, json, ciborium, cpython, clone)
    };
    "read one large bytes" 67_108_864 67_108_864 |n| {
        reads!(ByteBuf::from(vec![7; n]), ByteBuf: ours, rmp, bincode, cpython, clone)
    };
    "read one large bytes, &[u8]" 67_108_864 67_108_864 |n| {
        reads!(ByteBuf::from(vec![7; n]), &Bytes: ours, rmp, bincode)
    };
    "read map" 300_000 10_000 |n| {
        reads!(
            data::map(n), std::collections::HashMap<String, u64>:
            ours, serde_pickle, rmp, bincode, json, ciborium, cpython, clone
        )
    };
    "read enums" 200_000 10_000 |n| {
        reads!(data::shapes(n), Vec<Shape>: ours, rmp, bincode, json, ciborium, cpython, clone)
    };
    "read deep records" 2_000 100 |n| {
        reads!(data::deep(n), Vec<Deep>: ours, serde_pickle, rmp, bincode, json, ciborium, cpython, clone)
    };
    "read instances" 100_000 2_000 |n| reads!(data::orders(n), Vec<Order>: ours, clone);
    "read datetimes and Decimals" 50_000 2_000 |n| {
        reads!(data::payments(n), Vec<Payment>: ours, cpython, clone)
    };
    "read an ndarray of 100 MB" 12_500_000 100_000 |n| {
        let pickle = || done(serde_pickle::to_vec(&ndarray(n)));
        vec![
            Contender::new("serde_pickle", pickle(), |pickle| end(done(serde_pickle::from_slice::<NdArray>(pickle)))),
            Contender::new("clone", data::floats(n), |floats| end(floats.clone())),
        ]
    };
    "read an ndarray of 100 MB, ArrayRef" 12_500_000 100_000 |n| {
        let pickle = done(serde_pickle::to_vec(&ndarray(n)));
        vec![Contender::new("serde_pickle", pickle, |pickle| end(done(serde_pickle::from_slice::<ArrayRef<'_>>(pickle))))]
    };
    "read an ndarray of 100 MB, Vec<f64>" 12_500_000 100_000 |n| {
        let pickle = done(serde_pickle::to_vec(&ndarray(n)));
        vec![
            Contender::new("serde_pickle", pickle, |pickle| end(done(serde_pickle::from_slice::<Vec<f64>>(pickle)))),
            Contender::new("rmp-serde", rmp_vec(&data::floats(n)), |bytes| {
                end(done(rmp_serde::from_slice::<Vec<f64>>(bytes)));
            }),
            Contender::new("bincode", done(bincode::serialize(&data::floats(n))), |bytes| {
                end(done(bincode::deserialize::<Vec<f64>>(bytes)));
            }),
            Contender::new("clone", data::floats(n), |floats| end(floats.clone())),
        ]
    };
    "read twitter" 1_000 50 |n| {
        reads!(documents::twitter(n), Twitter: ours, serde_pickle, rmp, bincode, json, ciborium, cpython, clone)
    };
    "read citm" 2_000 100 |n| {
        reads!(documents::citm(n), Citm: ours, serde_pickle, rmp, bincode, json, ciborium, cpython, clone)
    };
    "read canada" 100_000 10_000 |n| {
        reads!(documents::canada(n), Canada: ours, serde_pickle, rmp, bincode, json, ciborium, cpython, clone)
    };
    "read messages" 200_000 4_000 read_messages;
    "read messages, kept Deserializer" 200_000 4_000 |n| {
        let messages = data::messages(n);
        vec![
            Contender::new("serde_pickle", each(&messages, python).concat(), |all| {
                let mut pickles = Deserializer::from_slice(all);
                while pickles.end().is_err() {
                    end(done(Message::deserialize(&mut pickles)));
                }
            }),
            read_each!("rmp-serde", each(&messages, rmp_vec), |one| rmp_serde::from_slice::<Message>(one)),
        ]
    };
    "read messages, &str" 200_000 4_000 read_messages_borrowed;
    "write records" 100_000 2_000 |n| {
        writes!(data::records(n), Vec<Record>: ours, serde_pickle, deser, rmp, bincode, json, ciborium, cpython)
    };
    "write records, Value" 100_000 2_000 |n| {
        let pickle = python(&data::records(n));
        let value: Value = done(serde_pickle::from_slice(&pickle));
        let theirs = done(birkenfeld::value_from_slice(&pickle, Default::default()));
        vec![
            Contender::new("serde_pickle", value, |value| end(done(serde_pickle::to_vec(value)))),
            Contender::new("serde-pickle", theirs, |value| {
                end(done(birkenfeld::value_to_vec(value, Default::default())));
            }),
        ]
    };
    "write records, Graph" 100_000 2_000 |n| {
        let graph = done(Graph::from_slice(&python(&data::records(n)))).into_owned();
        vec![Contender::new("serde_pickle", graph, |graph| end(done(graph.to_vec())))]
    };
    "write records, Memo::None" 100_000 2_000 |n| policy(n, Memo::None);
    "write records, Memo::Equal" 100_000 2_000 |n| policy(n, Memo::Equal);
    "write records, Memo::Python" 100_000 2_000 |n| policy(n, Memo::Python);
    "Python loads what was written" 100_000 2_000 loaded_by_python;
    "write ints" 1_000_000 100_000 |n| {
        writes!(data::ints(n), Vec<i64>: ours, serde_pickle, deser, rmp, bincode, json, ciborium, cpython)
    };
    "write floats" 1_000_000 100_000 |n| {
        writes!(data::floats(n), Vec<f64>: ours, serde_pickle, deser, rmp, bincode, json, ciborium, cpython)
    };
    "write strings" 500_000 20_000 |n| {
        writes!(data::strings(n), Vec<String>: ours, serde_pickle, deser, rmp, bincode, json, ciborium, cpython)
    };
    "write small bytes" 100_000 10_000 |n| {
        writes!(data::small_bytes(n), Vec<ByteBuf>: ours, serde_pickle, rmp, bincode, ciborium, cpython)
    };
    "write lists of two floats" 200_000 10_000 |n| {
        writes!(data::pairs(n), Vec<Vec<f64>>: ours, serde_pickle, rmp, bincode, json, ciborium, cpython)
    };
    "write one large bytes" 67_108_864 67_108_864 |n| {
        let mut contenders = writes!(ByteBuf::from(vec![7; n]), ByteBuf: ours, serde_pickle, rmp, bincode, cpython);
        contenders.push(Contender::new("clone", vec![7_u8; n], |bytes| end(bytes.clone())));
        contenders
    };
    "write map" 300_000 10_000 |n| {
        writes!(
            data::map(n), std::collections::HashMap<String, u64>:
            ours, serde_pickle, rmp, bincode, json, ciborium, cpython
        )
    };
    "write enums" 200_000 10_000 |n| {
        writes!(data::shapes(n), Vec<Shape>: ours, serde_pickle, rmp, bincode, json, ciborium, cpython)
    };
    "write deep records" 2_000 100 |n| {
        writes!(data::deep(n), Vec<Deep>: ours, serde_pickle, rmp, bincode, json, ciborium, cpython)
    };
    "write instances" 100_000 2_000 |n| writes!(data::orders(n), Vec<Order>: ours);
    "write datetimes and Decimals" 50_000 2_000 |n| writes!(data::payments(n), Vec<Payment>: ours, cpython);
    "write an ndarray of 100 MB" 12_500_000 100_000 |n| {
        vec![
            Contender::new("serde_pickle", ndarray(n), |array| end(done(serde_pickle::to_vec(array)))),
            Contender::new("clone", data::floats(n), |floats| end(floats.clone())),
        ]
    };
    "write twitter" 1_000 50 |n| {
        writes!(documents::twitter(n), Twitter: ours, serde_pickle, rmp, bincode, json, ciborium, cpython)
    };
    "write citm" 2_000 100 |n| {
        writes!(documents::citm(n), Citm: ours, serde_pickle, rmp, bincode, json, ciborium, cpython)
    };
    "write canada" 100_000 10_000 |n| {
        writes!(documents::canada(n), Canada: ours, serde_pickle, rmp, bincode, json, ciborium, cpython)
    };
    "write messages" 200_000 4_000 write_messages;
    "write messages, kept buffer" 200_000 4_000 |n| {
        vec![
            Contender::new("serde_pickle", data::messages(n), |all| {
                let (options, mut buffer) = (SerOptions::new(), Vec::new());
                for one in all {
                    buffer.clear();
                    done(options.to_buf(one, &mut buffer));
                    std::hint::black_box(&buffer);
                }
            }),
            Contender::new("rmp-serde", data::messages(n), |all| {
                let mut buffer = Vec::new();
                for one in all {
                    buffer.clear();
                    done(one.serialize(&mut rmp_serde::Serializer::new(&mut buffer).with_struct_map()));
                    std::hint::black_box(&buffer);
                }
            }),
        ]
    };
}

fn ndarray(count: usize) -> NdArray {
    done(NdArray::from_shape_vec([count], data::floats(count)))
}

/// What Python 2 writes at protocol 2 where its texts are `str`: SHORT_BINSTRING instead of BINUNICODE.
fn python2(pickle: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pickle.len());
    let mut rest = tools::ops(pickle).map(done).peekable();
    while let Some(op) = rest.next() {
        let end = rest.peek().map_or(pickle.len(), |next| next.offset);
        let bytes = &pickle[op.offset..end];
        match bytes {
            [b'X', length, 0, 0, 0, text @ ..] => {
                out.extend_from_slice(&[b'U', *length]);
                out.extend_from_slice(text);
            }
            _ => out.extend_from_slice(bytes),
        }
    }
    out
}

/// Into a type that holds whatever there is.
fn dynamic<T: Serialize>(value: &T) -> Vec<Contender> {
    let built: Value = done(serde_pickle::from_slice(&python(value)));
    vec![
        Contender::new("serde_pickle", python(value), |pickle| end(done(serde_pickle::from_slice::<Value>(pickle)))),
        Contender::new("serde-pickle", python(value), |pickle| {
            end(done(birkenfeld::value_from_slice(pickle, Default::default())));
        }),
        Contender::new("rmpv", rmp_vec(value), |bytes| end(done(rmpv::decode::read_value(&mut &bytes[..])))),
        Contender::new("serde_json", done(serde_json::to_vec(value)), |json| {
            end(done(serde_json::from_slice::<serde_json::Value>(json)));
        }),
        Contender::new("ciborium", ciborium_vec(value), |bytes| {
            end(done(ciborium::from_reader::<ciborium::Value, _>(&bytes[..])));
        }),
        Contender::python("CPython", Work::new(Verb::Load, vec![python(value)])),
        Contender::new("clone", built, |value| end(value.clone())),
    ]
}

fn of_protocol(count: usize, protocol: Protocol) -> Vec<Contender> {
    let pickle = || as_python(&data::records(count), protocol);
    let mut contenders = vec![
        Contender::new("serde_pickle", pickle(), |pickle| end(done(serde_pickle::from_slice::<Vec<Record>>(pickle)))),
        Contender::new("serde-pickle", pickle(), |pickle| {
            end(done(birkenfeld::from_slice::<Vec<Record>>(pickle, Default::default())));
        }),
        Contender::python("CPython", Work::new(Verb::Load, vec![pickle()])),
    ];
    if protocol >= Protocol::V2 {
        contenders.insert(
            2,
            Contender::new("deser-pickle", pickle(), |pickle| {
                end(done(deser_pickle::from_slice::<Vec<Record>>(pickle)));
            }),
        );
    }
    contenders
}

fn each<T>(messages: &[Message], encode: impl Fn(&Message) -> T) -> Vec<T> {
    messages.iter().map(encode).collect()
}

/// Small pickles one by one: what a call costs before it does anything.
fn read_messages(count: usize) -> Vec<Contender> {
    let messages = data::messages(count);
    let pickles = || each(&messages, python);
    vec![
        read_each!("serde_pickle", pickles(), |one| serde_pickle::from_slice::<Message>(one)),
        read_each!("serde-pickle", pickles(), |one| birkenfeld::from_slice::<Message>(one, Default::default())),
        read_each!("deser-pickle", pickles(), |one| deser_pickle::from_slice::<Message>(one)),
        read_each!("rmp-serde", each(&messages, rmp_vec), |one| rmp_serde::from_slice::<Message>(one)),
        read_each!("bincode", each(&messages, |m| done(bincode::serialize(m))), |one| {
            bincode::deserialize::<Message>(one)
        }),
        read_each!("serde_json", each(&messages, |m| done(serde_json::to_vec(m))), |one| {
            serde_json::from_slice::<Message>(one)
        }),
        read_each!("ciborium", each(&messages, ciborium_vec), |one| ciborium::from_reader::<Message, _>(&one[..])),
        Contender::python("CPython", Work::new(Verb::Load, pickles())),
        Contender::new("clone", messages.clone(), |all| all.iter().for_each(|one| end(one.clone()))),
    ]
}

fn read_messages_borrowed(count: usize) -> Vec<Contender> {
    let messages = data::messages(count);
    vec![
        read_each!("serde_pickle", each(&messages, python), |one| serde_pickle::from_slice::<MessageRef<'_>>(one)),
        read_each!("rmp-serde", each(&messages, rmp_vec), |one| rmp_serde::from_slice::<MessageRef<'_>>(one)),
        read_each!("bincode", each(&messages, |m| done(bincode::serialize(m))), |one| {
            bincode::deserialize::<MessageRef<'_>>(one)
        }),
        read_each!("serde_json", each(&messages, |m| done(serde_json::to_vec(m))), |one| {
            serde_json::from_slice::<MessageRef<'_>>(one)
        }),
    ]
}

fn write_messages(count: usize) -> Vec<Contender> {
    let messages = std::rc::Rc::new(data::messages(count));
    macro_rules! write_each {
        ($who:literal, |$one:ident| $write:expr) => {
            Contender::new($who, messages.clone(), |all| all.iter().for_each(|$one| end($write)))
        };
    }
    vec![
        write_each!("serde_pickle", |one| done(serde_pickle::to_vec(one))),
        write_each!("serde-pickle", |one| done(birkenfeld::to_vec(one, Default::default()))),
        write_each!("deser-pickle", |one| done(deser_pickle::to_vec(one))),
        write_each!("rmp-serde", |one| rmp_vec(one)),
        write_each!("bincode", |one| done(bincode::serialize(one))),
        write_each!("serde_json", |one| done(serde_json::to_vec(one))),
        write_each!("ciborium", |one| ciborium_vec(one)),
        Contender::python("CPython", Work::new(Verb::Dump, each(&messages, python))),
    ]
}

fn policy(count: usize, memo: Memo) -> Vec<Contender> {
    let input = (SerOptions::new().memo(memo), data::records(count));
    vec![Contender::new("serde_pickle", input, |(options, records)| end(done(options.to_vec(records))))]
}

fn loaded_by_python(count: usize) -> Vec<Contender> {
    let records = data::records(count);
    let load = |who, pickle| Contender::python(who, Work::new(Verb::Load, vec![pickle]));
    vec![
        load("serde_pickle", done(serde_pickle::to_vec(&records))),
        load("CPython", python(&records)),
        load("serde-pickle", done(birkenfeld::to_vec(&records, Default::default()))),
        load("deser-pickle", done(deser_pickle::to_vec(&records))),
    ]
}
