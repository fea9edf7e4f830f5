//! Mutated fixtures by the thousand, or by the million: no panic, and no more memory and steps than `SECURITY.md` states.

use serde::{Deserialize, de::IgnoredAny};
use serde_pickle::{Cycles, DeOptions, Value};

use crate::{
    bodies::targets::{Anything, Record},
    measure::{alone, measure, small_thread},
    mutate::{Random, Seed, mutant, seeds},
    number,
};

/// What anything takes at most, however short the pickle is.
const FIXED: usize = 64 << 10;
/// Steps for each byte of the pickle and each unit of the budget.
const STEPS: usize = 100;

/// What is read, and what it takes at most for each byte of the pickle and for each unit of the alias budget: see `SECURITY.md`.
/// Types take what they hold: a map of serde_json is a tree, and takes 700 bytes with one entry; a vector that grows, twice its items.
const TARGETS: [(&str, usize, usize); 5] = [
    ("nothing", 64, 0),
    ("Value", 256, 48),
    ("Record", 512, 96),
    ("Vec<Anything>", 512, 96),
    ("serde_json::Value", 512, 96),
];

/// The nearest that any case came to its bounds, and how many pickles were read.
#[derive(Debug, Default)]
struct Nearest {
    memory: [f64; 5],
    steps: [f64; 5],
    read: [u64; 5],
}

struct Case<'c> {
    name: &'c str,
    number: u64,
    pickle: &'c [u8],
    options: &'c DeOptions<'static>,
    budget: usize,
}

/// Says which it was that failed.
impl Drop for Case<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}, of {}: {:x?}", self.number, self.name, self.pickle);
        }
    }
}

impl Case<'_> {
    fn read<T: for<'de> Deserialize<'de>>(&self, target: usize, nearest: &mut Nearest) {
        let length = self.pickle.len();
        let (result, peak, steps) = measure(|| self.options.from_slice::<T>(self.pickle).map(drop).map_err(drop));
        let (what, per_byte, per_unit) = TARGETS[target];
        let memory = FIXED + per_byte * length + per_unit * self.budget;
        let most = STEPS * (length + self.budget);
        assert!(peak <= memory, "{what} takes {peak} bytes for {length}; at most {memory}");
        assert!(steps <= most, "{what} takes {steps} steps for {length} bytes; at most {most}");
        nearest.read[target] += u64::from(result.is_ok());
        nearest.memory[target] = nearest.memory[target].max(peak as f64 / memory as f64);
        nearest.steps[target] = nearest.steps[target].max(steps as f64 / most as f64);
    }
}

fn run(seeds: &[Seed], number: u64, nearest: &mut Nearest) {
    let mut random = Random(number);
    let (name, pickle) = mutant(seeds, &mut random);
    let budget = [500, 5_000, 50_000][random.below(3)];
    let cycles = if random.below(4) == 0 { Cycles::None } else { Cycles::Error };
    let options = DeOptions::new().alias_budget(budget as u64).cycles(cycles).strict(random.below(8) == 0);
    let case = Case { name: &name, number, pickle: &pickle, options: &options, budget };
    case.read::<IgnoredAny>(0, nearest);
    case.read::<Value>(1, nearest);
    case.read::<Record>(2, nearest);
    case.read::<Vec<Anything>>(3, nearest);
    case.read::<serde_json::Value>(4, nearest);
}

#[test]
fn mutated_fixtures_end_in_a_value_or_an_error_within_the_bounds() {
    let _alone = alone();
    let (count, first) = (number("SERDE_PICKLE_CASES", 4_000), number("SERDE_PICKLE_SEED", 1));
    let nearest = small_thread(move || {
        let seeds = seeds(8 << 10);
        let mut nearest = Nearest::default();
        for number in first..first + count {
            run(&seeds, number, &mut nearest);
        }
        nearest
    });
    for (at, (what, ..)) in TARGETS.into_iter().enumerate() {
        let (read, memory, steps) = (nearest.read[at], nearest.memory[at], nearest.steps[at]);
        println!("{what}: {read} of {count} are read; at most {memory:.2} of the memory, {steps:.3} of the steps");
    }
    assert!(nearest.read[1] > count / 20, "nothing but errors was tested: {nearest:?}");
}
