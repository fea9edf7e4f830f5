//! Every class form, written at every protocol and loaded by Python: the very class, and equal.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde::Serialize;
use serde_pickle::{Global, Instance};

use crate::{
    interop::{Cases, in_ci},
    names::{Coord, Cos, Decimal, Empty, Inner, Line, Shape, Status, order},
};

#[derive(Serialize)]
struct Fields {
    id: u32,
    note: &'static str,
}

/// A type of the same fields as `Fields`, with the class in its name.
macro_rules! classes {
    ($($type:ident $name:literal;)*) => {$(
        #[derive(Serialize)]
        #[serde(rename = $name)]
        struct $type {
            id: u32,
            note: &'static str,
        }

        impl $type {
            const NEW: $type = $type { id: 7, note: "hi" };
        }
    )*};
}

classes! {
    DataByState "shop.models:Data";
    FrozenByState "shop.models:Frozen";
    AttrsByState "shop.models:Attrs";
    AttrsDictByState "shop.models:AttrsDict";
    Data "shop.models:Data()";
    Frozen "shop.models:Frozen()";
    Slotted "shop.models:Slotted()";
    FrozenSlotted "shop.models:FrozenSlotted()";
    Attrs "shop.models:Attrs()";
    AttrsDict "shop.models:AttrsDict()";
    AttrsFrozen "shop.models:AttrsFrozen()";
    Model "shop.models:Model()";
}

#[derive(Serialize)]
#[serde(rename = "shop.models:OrderError")]
struct OrderError(&'static str, u8);

#[derive(Serialize)]
#[serde(rename = "builtins:ValueError")]
struct ValueError(&'static str);

#[derive(Serialize)]
#[serde(rename = "collections:OrderedDict")]
struct OrderedDict(Vec<(&'static str, u8)>);

#[derive(Serialize)]
#[serde(rename = "builtins:int")]
struct IntClass;

#[derive(Serialize)]
#[serde(rename = "collections:Counter()")]
struct Called;

macro_rules! enums {
    ($($type:ident $name:literal { $($member:ident),* })*) => {$(
        #[derive(Serialize)]
        #[serde(rename = $name, rename_all = "UPPERCASE")]
        enum $type { $($member),* }
    )*};
}

enums! {
    Level "shop.models:Level" { Low, High }
    Access "shop.models:Access" { Read }
    Unit "shop.models:Unit" { Gram }
    Color "shop.models:Outer.Color" { Red }
}

fn cases() -> Cases {
    let mut cases = Cases::default();
    let models = |name: &str| Global::new("shop.models", name);
    let fields = || Fields { id: 7, note: "hi" };
    cases.add("plain(models.Order, id=7, note='hi')", &order());
    cases.add("[plain(models.Order, id=7, note='hi')] * 3", &[order(), order(), order()].to_vec());
    cases.add("plain(models.Order)", &Empty {});
    cases.add("models.Line('a', 2)", &Line { sku: "a".into(), count: 2 });
    cases.add(
        "[models.Line('a', 2), models.Line('b', 3)]",
        &vec![Line { sku: "a".into(), count: 2 }, Line { sku: "b".into(), count: 3 }],
    );
    cases.add("plain(models.Outer.Inner, x=1)", &Inner { x: 1 });
    cases.add("geometry.Coord(1.5, 2.0)", &Coord(1.5, 2.0));
    cases.add("decimal.Decimal('19.90')", &Decimal("19.90".into()));
    cases.add("math.cos", &Cos);
    cases.add("int", &IntClass);
    cases.add("collections.Counter()", &Called);
    cases.add("[object, math.cos]", &vec![Global::new("builtins", "object"), Global::new("math", "cos")]);
    cases.add("[geometry.Circle(1.5)]", &vec![Shape::Circle { r: 1.5 }]);
    cases.add("[plain(geometry.Rect, w=1, h=2)]", &vec![Shape::Rect { w: 1, h: 2 }]);
    cases.add("[geometry.Pair(1, 2)] * 2", &vec![Shape::Pair(1, 2), Shape::Pair(1, 2)]);
    cases.add("decimal.Decimal('1.50')", &Shape::Exact("1.50".into()));
    cases.add("[{'Other': 1}, 'Nothing']", &vec![Shape::Other(1), Shape::Nothing]);
    // Members of enums, of which there is one each.
    cases.add("[models.Status.ACTIVE, models.Status.GONE] * 2", &[Status::Active, Status::Gone].repeat(2));
    cases.add("[models.Level.LOW, models.Level.HIGH]", &vec![Level::Low, Level::High]);
    cases.add("models.Access.READ", &Access::Read);
    cases.add("models.Unit.GRAM", &Unit::Gram);
    cases.add("{models.Outer.Color.RED: 1}", &Reds);
    cases.add("models.OrderError('bad', 3)", &OrderError("bad", 3));
    cases.add("ValueError('bad')", &ValueError("bad"));
    cases.add("collections.OrderedDict([('b', 1), ('a', 2)])", &OrderedDict(vec![("b", 1), ("a", 2)]));
    // Dataclasses of all four kinds.
    cases.add("models.Data(7, 'hi')", &DataByState::NEW);
    cases.add("models.Frozen(7, 'hi')", &FrozenByState::NEW);
    cases.add("models.Slotted(7, 'hi')", &Instance::slots(models("Slotted"), fields()));
    cases.add("models.FrozenSlotted(7, 'hi')", &Instance::positional_state(models("FrozenSlotted"), fields()));
    cases.add("models.Data(7, 'hi')", &Data::NEW);
    cases.add("models.Frozen(7, 'hi')", &Frozen::NEW);
    cases.add("models.Slotted(7, 'hi')", &Slotted::NEW);
    cases.add("models.FrozenSlotted(7, 'hi')", &FrozenSlotted::NEW);
    // The other forms by value.
    cases.add("plain(models.Order, id=7, note='hi')", &Instance::state(models("Order"), fields()));
    cases.add("plain(models.Order)", &Instance::state(models("Order"), ()));
    cases.add("models.Data(7, 'hi')", &Instance::keywords(models("Data"), fields()));
    cases.add("models.Countdown(30)", &Instance::state(models("Countdown"), 30));
    cases.add("handmade(7, 'hi')", &Instance::slots(models("Handmade"), fields()));
    // Libraries, where they are at hand.
    cases.add("models.Attrs(7, 'hi')", &AttrsByState::NEW);
    cases.add("models.AttrsDict(7, 'hi')", &AttrsDictByState::NEW);
    cases.add("models.Attrs(7, 'hi')", &Attrs::NEW);
    cases.add("models.AttrsDict(7, 'hi')", &AttrsDict::NEW);
    cases.add("models.AttrsFrozen(7, 'hi')", &AttrsFrozen::NEW);
    cases.add("models.Model(id=7, note='hi')", &Model::NEW);
    cases
}

/// `{Color.RED: 1}`.
struct Reds;

impl Serialize for Reds {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(Color::Red, 1)])
    }
}

#[test]
fn python_loads_the_very_classes() {
    cases().loaded_by_all("classes.py");
}

/// A virtual environment with the libraries, made once in the target directory. `None` where pip cannot reach them.
fn environment() -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-classes-1");
    let python = place.join("bin/python");
    let ready = place.join("ready");
    if ready.exists() {
        return Some(python);
    }
    let run = |program: &Path, args: &[&str]| {
        Command::new(program).args(args).arg(&place).output().is_ok_and(|output| output.status.success())
    };
    let made = run(Path::new("python3"), &["-m", "venv", "--clear"])
        && Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "attrs==25.3.0", "pydantic==2.11.7"])
            .output()
            .is_ok_and(|output| output.status.success());
    if !made {
        assert!(!in_ci(), "pip cannot install attrs and pydantic");
        eprintln!("skipped: pip cannot install attrs and pydantic");
        return None;
    }
    std::fs::write(ready, "").unwrap();
    Some(python)
}

#[test]
fn python_loads_the_classes_of_attrs_and_pydantic() {
    if let Some(python) = environment() {
        cases().loaded_by(&python, "classes.py", &["--needs-libraries"]);
    }
}
