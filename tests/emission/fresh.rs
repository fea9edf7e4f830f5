//! Values written with `Memo::Python` are what Python writes of the same value, built afresh.

use serde_pickle::{Memo, Protocol, SerOptions, tools};

use crate::{
    PROTOCOLS,
    python::Python,
    random::Random,
    spec::{Generator, Spec},
};

/// How many cases: more by an environment variable.
fn cases(default: usize) -> usize {
    std::env::var("SERDE_PICKLE_CASES").ok().map_or(default, |cases| cases.parse().unwrap())
}

/// What Python writes, with its sets in Python's order.
fn python_writes(python: &mut Python, spec: &mut Spec, protocol: Protocol) -> Vec<u8> {
    let mut request = vec![protocol.number()];
    spec.describe(&mut request);
    let answer = python.ask(b'f', &request).unwrap();
    let (length, rest) = answer.split_first_chunk().unwrap();
    let (orders, pickle) = rest.split_at(u32::from_le_bytes(*length) as usize);
    let mut orders = orders.chunks_exact(4).map(|place| u32::from_le_bytes(place.try_into().unwrap()));
    spec.reorder(&mut orders);
    pickle.to_vec()
}

fn check(case: usize, spec: &Spec, protocol: Protocol, ours: &[u8], python: &[u8]) {
    if ours == python {
        return;
    }
    let byte = ours.iter().zip(python).take_while(|(a, b)| a == b).count();
    let around =
        |pickle: &[u8]| pickle[byte.saturating_sub(20)..(byte + 20).min(pickle.len())].escape_ascii().to_string();
    let bytes = format!("byte {byte}: {} instead of {}", around(ours), around(python));
    let (ours, python) = (tools::dis(ours).unwrap(), tools::dis(python).unwrap());
    let at = ours.lines().zip(python.lines()).skip(2).take_while(|(a, b)| a == b).count().max(6) - 6;
    let short = |text: &str| -> String {
        text.lines().skip(at).take(24).map(|line| line.chars().take(90).chain(['\n']).collect::<String>()).collect()
    };
    let spec: String = format!("{spec:?}").chars().take(300).collect();
    panic!("case {case}, {protocol:?}, {bytes}\n{spec}\nwritten:\n{}Python:\n{}", short(&ours), short(&python));
}

#[test]
fn values() {
    let Some(mut python) = Python::start() else { return };
    let mut generator = Generator { random: Random::new(1), serde: false };
    for case in 0..cases(600) {
        let mut spec = generator.value();
        let protocol = PROTOCOLS[case % 6];
        let expected = python_writes(&mut python, &mut spec, protocol);
        let options = SerOptions::new().protocol(protocol).memo(Memo::Python);
        check(case, &spec, protocol, &options.to_vec(&spec.to_value()).unwrap(), &expected);
    }
}

#[test]
fn types() {
    let Some(mut python) = Python::start() else { return };
    let mut generator = Generator { random: Random::new(2), serde: true };
    for case in 0..cases(600) {
        let mut spec = generator.value();
        let protocol = PROTOCOLS[case % 6];
        let expected = python_writes(&mut python, &mut spec, protocol);
        let options = SerOptions::new().protocol(protocol).memo(Memo::Python);
        check(case, &spec, protocol, &options.to_vec(&spec).unwrap(), &expected);
        let mut through_a_writer = Vec::new();
        options.to_writer(&mut through_a_writer, &spec).unwrap();
        check(case, &spec, protocol, &through_a_writer, &expected);
    }
}
