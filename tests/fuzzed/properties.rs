//! The bodies of the fuzz targets, over damaged fixtures and over bytes that a seed makes.

use crate::{
    bodies::{Body, OF_CHOICES, OF_PICKLES},
    measure::{alone, small_thread},
    mutate::{Random, mutant, seeds},
    number,
};

/// Says which bytes it was that failed, as a fuzzer would.
struct Input<'a>(&'a str, u64, &'a [u8]);

impl Drop for Input<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}, seed {}: {}", self.0, self.1, self.2.escape_ascii());
        }
    }
}

fn run(name: &str, seed: u64, body: Body, bytes: &[u8]) {
    let _input = Input(name, seed, bytes);
    body(bytes);
}

fn cases(default: u64) -> std::ops::Range<u64> {
    let (count, first) = (number("SERDE_PICKLE_CASES", default), number("SERDE_PICKLE_SEED", 1));
    first..first + count
}

#[test]
fn what_holds_for_any_pickle() {
    let _alone = alone();
    small_thread(|| {
        let seeds = seeds(2 << 10);
        // Those that are whole, first.
        for seed in &seeds {
            for (name, body) in OF_PICKLES {
                run(name, 0, *body, &seed.bytes);
            }
        }
        for number in cases(300) {
            let (_, pickle) = mutant(&seeds, &mut Random(number));
            for (name, body) in OF_PICKLES {
                run(name, number, *body, &pickle);
            }
        }
    });
}

#[test]
fn what_holds_for_any_value() {
    let _alone = alone();
    small_thread(|| {
        let seeds = seeds(2 << 10);
        for number in cases(300) {
            let mut random = Random(number);
            let length = 40 + random.below(900);
            let mut bytes = random.bytes(length);
            if random.below(2) == 0 {
                // Small numbers: more that is alike.
                bytes.iter_mut().for_each(|byte| *byte &= 0x83);
            }
            for (name, body) in OF_CHOICES {
                let after = if *name == "edit" { mutant(&seeds, &mut random).1 } else { Vec::new() };
                run(name, number, *body, &[&bytes[..if after.is_empty() { length } else { 40 }], &after].concat());
            }
        }
    });
}
