//! The real numpy, in virtual environments that are made under the target directory: what is written here loads there, with equal
//! dtype, shape, order and content, and what is written there is read here.
//!
//! Without a Python, or without pip being able to install numpy, the test is skipped with a message; with `CI=true` that is a failure.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

use serde_pickle::{
    Protocol, SerOptions, Value,
    types::{Array, ArrayRef, DType, NdArray, NumpyScalar, Order},
};

/// Python and numpy, as pairs that fit.
const SETUPS: [(&str, &str); 2] = [("3.11", "numpy==1.26.4"), ("3.13", "numpy>=2.2,<3")];

/// The Python of this version: of pyenv, or of the path.
fn python(version: &str) -> Option<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let root = env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from);
    let of_pyenv =
        fs::read_dir(root.join("versions")).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let found = of_pyenv
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{version}."))))
        .map(|path| path.join("bin/python"))
        .find(|python| python.exists());
    found.or_else(|| {
        let python = PathBuf::from(format!("python{version}"));
        Command::new(&python).arg("--version").output().ok().filter(|output| output.status.success()).map(|_| python)
    })
}

/// A Python that has this numpy. Made once, and kept.
fn with_numpy(version: &str, numpy: &str) -> Result<PathBuf, String> {
    let python = python(version).ok_or(format!("no Python {version}"))?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("numpy-{version}"));
    let inside = folder.join("bin/python");
    let has_numpy = |python: &Path| {
        Command::new(python).args(["-c", "import numpy"]).output().is_ok_and(|output| output.status.success())
    };
    if has_numpy(&inside) {
        return Ok(inside);
    }
    let run = |command: &mut Command| match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned()),
        Err(error) => Err(error.to_string()),
    };
    run(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
    run(Command::new(&inside).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", numpy]))?;
    if has_numpy(&inside) { Ok(inside) } else { Err(format!("{numpy} cannot be imported")) }
}

/// The Pythons that have numpy, those that can be had, and which numpy it is. Tests that run at the same time wait for each other here.
fn pythons() -> Vec<(PathBuf, &'static str)> {
    static MAKING: Mutex<()> = Mutex::new(());
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let found = SETUPS.into_iter().filter_map(|(version, numpy)| match with_numpy(version, numpy) {
        Ok(python) => Some((python, numpy)),
        Err(reason) if env::var("CI").is_ok_and(|ci| ci == "true") => panic!("{numpy}: {reason}"),
        Err(reason) => {
            println!("skipped: {numpy}: {reason}");
            None
        }
    });
    found.collect()
}

/// Runs a script over some bytes; it prints bytes.
fn run(python: &Path, script: &str, input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(python)
        .args(["-W", "error", "-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Loads `[(pickle, buffers, expression), ...]`, compares each with the array that the expression makes, and writes the arrays again
/// at every protocol.
const SCRIPT: &str = r#"
import pickle, sys
import numpy as np
answers = []
for data, buffers, expression in pickle.load(sys.stdin.buffer):
    where = (expression, data[:2])
    array, made = pickle.loads(data, buffers=buffers), eval(expression)
    # Below protocol 5, numpy loads arrays of another order of bytes in that of the machine.
    expected = pickle.loads(pickle.dumps(made, data[1] if data[0] == 0x80 else 0))
    assert type(array) is np.ndarray, where
    assert array.dtype == expected.dtype and array.dtype.str == expected.dtype.str, (where, array.dtype, expected.dtype)
    assert array.dtype.flags == expected.dtype.flags and array.dtype.isalignedstruct == expected.dtype.isalignedstruct, (where, array.dtype.flags)
    assert array.shape == expected.shape, (where, array.shape)
    assert array.flags.c_contiguous == expected.flags.c_contiguous and array.flags.f_contiguous == expected.flags.f_contiguous, where
    assert array.tobytes() == expected.tobytes(), (where, array, expected)
    assert array.flags.writeable, where
    answers.append([pickle.dumps(made, protocol) for protocol in range(6)])
sys.stdout.buffer.write(pickle.dumps(answers))
"#;

/// Arrays as made here, and as numpy makes them.
fn cases() -> Vec<(NdArray, &'static str)> {
    let dtype = |text: &str| text.parse::<DType>().unwrap();
    let from = |text: &str, shape: &[usize], order, bytes: &[u8]| {
        NdArray::from_bytes(dtype(text), shape, order, bytes).unwrap()
    };
    let grid: Vec<f64> = (0..6).map(f64::from).collect();
    let pair = DType::structured([("id", dtype("i4")), ("at", dtype("f8").array([2]).unwrap()), ("name", dtype("U3"))]);
    let nested =
        DType::structured([("p", DType::structured([("x", dtype(">f4")), ("y", dtype("f4"))])), ("s", dtype("S2"))]);
    vec![
        (NdArray::from(vec![1.5, -2.0]), "np.array([1.5, -2.0])"),
        (NdArray::from(vec![true, false]), "np.array([True, False])"),
        (NdArray::from(vec![-1_i8]), "np.array([-1], 'i1')"),
        (NdArray::from(vec![-1_i16]), "np.array([-1], 'i2')"),
        (NdArray::from(vec![-1_i32]), "np.array([-1], 'i4')"),
        (NdArray::from(vec![-1_i64]), "np.array([-1], 'i8')"),
        (NdArray::from(vec![1_u8]), "np.array([1], 'u1')"),
        (NdArray::from(vec![1_u16]), "np.array([1], 'u2')"),
        (NdArray::from(vec![1_u32]), "np.array([1], 'u4')"),
        (NdArray::from(vec![1_u64]), "np.array([1], 'u8')"),
        (NdArray::from(vec![0.5_f32]), "np.array([0.5], 'f4')"),
        (NdArray::from(vec![[1.0, 2.0]]), "np.array([1+2j])"),
        (NdArray::from(vec![[1.0_f32, 2.0]]), "np.array([1+2j], 'c8')"),
        (from("f2", &[1], Order::C, &[0, 0x38]), "np.array([0.5], 'f2')"),
        (from(">f8", &[1], Order::C, &1.5_f64.to_be_bytes()), "np.array([1.5], '>f8')"),
        (NdArray::from_shape_vec([2, 3], grid.clone()).unwrap(), "np.arange(6.0).reshape(2, 3)"),
        (
            NdArray::from_bytes(dtype("f8"), [3, 2], Order::F, ArrayRef::from(&grid[..]).bytes()).unwrap(),
            "np.arange(6.0).reshape(2, 3).T",
        ),
        (NdArray::from_shape_vec([], vec![7_i64]).unwrap(), "np.array(7)"),
        (NdArray::from(Vec::<f64>::new()), "np.array([])"),
        (NdArray::from_shape_vec([0, 3], Vec::<f32>::new()).unwrap(), "np.zeros((0, 3), 'f4')"),
        (NdArray::from_strs(["a", "żółć"]), "np.array(['a', 'żółć'])"),
        (from("S3", &[2], Order::C, b"a\0\0bcd"), "np.array([b'a', b'bcd'])"),
        (from("V2", &[1], Order::C, b"\xff\0"), r"np.array([b'\xff\x00'], 'V2')"),
        (
            NdArray::from(vec![0_i64, i64::MIN]).view(dtype("M8[ns]")).unwrap(),
            "np.array(['1970-01-01', 'NaT'], 'M8[ns]')",
        ),
        (NdArray::from(vec![4_i64]).view(dtype("m8[25us]")).unwrap(), "np.array([4], 'm8[25us]')"),
        (
            NdArray::from_bytes(pair, [1], Order::C, &[&[1, 0, 0, 0][..], &[0; 16], &[97, 0, 0, 0], &[0; 8]].concat())
                .unwrap(),
            "np.array([(1, (0, 0), 'a')], [('id', 'i4'), ('at', 'f8', (2,)), ('name', 'U3')])",
        ),
        (
            NdArray::from_bytes(nested, [1], Order::C, &[&[0x3f, 0x80, 0, 0][..], &[0, 0, 0x80, 0x3f], b"ab"].concat())
                .unwrap(),
            "np.array([((1, 1), b'ab')], [('p', [('x', '>f4'), ('y', '<f4')]), ('s', 'S2')])",
        ),
    ]
}

#[test]
fn numpy_loads_what_is_written_and_the_other_way_round() {
    for (python, numpy) in pythons() {
        let (mut arrays, mut sent) = (Vec::new(), Vec::new());
        for (array, expression) in cases() {
            for protocol in (0..=5).map(|number| Protocol::from_number(number).unwrap()) {
                let pickle = SerOptions::new().protocol(protocol).to_vec(&array).unwrap();
                sent.push((Value::Bytes(pickle), Value::List(Vec::new()), expression));
                arrays.push(array.clone());
            }
            let (pickle, buffers) = SerOptions::new().protocol(Protocol::V5).to_vec_and_buffers(&array).unwrap();
            // Python may write into a bytearray.
            let buffers = buffers.into_iter().map(Value::ByteArray).collect();
            sent.push((Value::Bytes(pickle), Value::List(buffers), expression));
            arrays.push(array);
        }
        let answers = run(&python, SCRIPT, &serde_pickle::to_vec(&sent).unwrap());
        let answers: Vec<Vec<serde_bytes::ByteBuf>> = serde_pickle::from_slice(&answers).unwrap();
        assert_eq!(answers.len(), arrays.len());
        for (array, pickles) in arrays.iter().zip(&answers) {
            for pickle in pickles {
                assert_eq!(serde_pickle::from_slice::<NdArray>(pickle).unwrap(), *array, "{numpy}");
            }
        }
    }
}

/// Compares scalars, dtypes and arrays of the array module with what the expression makes, and writes them again at every protocol.
const OTHERS: &str = r#"
import array, pickle, sys
import numpy as np
answers = []
for data, expression in pickle.load(sys.stdin.buffer):
    value, expected = pickle.loads(data), eval(expression)
    where = (expression, data[:2], value)
    assert type(value) is type(expected), where
    if isinstance(value, np.generic):
        assert value.dtype == expected.dtype and value.tobytes() == expected.tobytes(), where
    else:
        assert value == expected and repr(value) == repr(expected), where
    answers.append([pickle.dumps(expected, protocol) for protocol in range(6)])
sys.stdout.buffer.write(pickle.dumps(answers))
"#;

fn scalars() -> Vec<(NumpyScalar, &'static str)> {
    let of = |dtype: &str, bytes: &[u8]| NumpyScalar::from_bytes(dtype.parse().unwrap(), bytes).unwrap();
    let pair = DType::structured([("id", "<i4".parse::<DType>().unwrap()), ("x", "<f8".parse().unwrap())]);
    vec![
        (0.25.into(), "np.float64(0.25)"),
        (0.5_f32.into(), "np.float32(0.5)"),
        ((-7_i8).into(), "np.int8(-7)"),
        ((-7_i16).into(), "np.int16(-7)"),
        ((-7_i32).into(), "np.int32(-7)"),
        (i64::MIN.into(), "np.int64(-2**63)"),
        (7_u8.into(), "np.uint8(7)"),
        (7_u16.into(), "np.uint16(7)"),
        (7_u32.into(), "np.uint32(7)"),
        (u64::MAX.into(), "np.uint64(2**64 - 1)"),
        (true.into(), "np.bool_(True)"),
        ("żółć".into(), "np.str_('żółć')"),
        (of("S2", b"by"), "np.bytes_(b'by')"),
        (of("f2", &[0, 0x38]), "np.float16(0.5)"),
        (of("<c16", &[[0; 8], 1.0_f64.to_le_bytes()].concat()), "np.complex128(1j)"),
        (of("<M8[us]", &1_000_000_i64.to_le_bytes()), "np.datetime64('1970-01-01T00:00:01', 'us')"),
        (of("<m8[s]", &90_i64.to_le_bytes()), "np.timedelta64(90, 's')"),
        (
            NumpyScalar::from_bytes(pair, &[&[7, 0, 0, 0][..], &1.5_f64.to_le_bytes()].concat()).unwrap(),
            "np.array([(7, 1.5)], [('id', '<i4'), ('x', '<f8')])[0]",
        ),
    ]
}

fn dtypes() -> Vec<(DType, &'static str)> {
    let of = |text: &str| text.parse::<DType>().unwrap();
    vec![
        (of("<f8"), "np.dtype('<f8')"),
        (of(">i4"), "np.dtype('>i4')"),
        (of("<U4"), "np.dtype('<U4')"),
        (of("S3"), "np.dtype('S3')"),
        (of("?"), "np.dtype('?')"),
        (of("<M8[25us]"), "np.dtype('<M8[25us]')"),
        (
            DType::structured([("id", of("<i4")), ("at", of("<f8").array([2]).unwrap())]),
            "np.dtype([('id', '<i4'), ('at', '<f8', (2,))])",
        ),
    ]
}

#[test]
fn numpy_loads_scalars_and_dtypes() {
    for (python, numpy) in pythons() {
        let mut sent = Vec::new();
        let write = |value: &dyn Fn(&SerOptions) -> Vec<u8>, sent: &mut Vec<(Value, &'static str)>, expression| {
            for protocol in Protocol::ALL {
                sent.push((Value::Bytes(value(&SerOptions::new().protocol(protocol))), expression));
            }
        };
        for (scalar, expression) in &scalars() {
            write(&|options| options.to_vec(scalar).unwrap(), &mut sent, expression);
        }
        for (dtype, expression) in &dtypes() {
            write(&|options| options.to_vec(dtype).unwrap(), &mut sent, expression);
        }
        let array = Array::from(vec![1.5, -2.0]);
        write(&|options| options.to_vec(&array).unwrap(), &mut sent, "array.array('d', [1.5, -2.0])");
        let answers = run(&python, OTHERS, &serde_pickle::to_vec(&sent).unwrap());
        let answers: Vec<Vec<serde_bytes::ByteBuf>> = serde_pickle::from_slice(&answers).unwrap();
        let mut answers = answers.iter().step_by(Protocol::ALL.len());
        for ((scalar, expression), pickles) in scalars().iter().zip(&mut answers) {
            for pickle in pickles {
                assert_eq!(serde_pickle::from_slice::<NumpyScalar>(pickle).unwrap(), *scalar, "{numpy}: {expression}");
            }
        }
        for ((dtype, expression), pickles) in dtypes().iter().zip(&mut answers) {
            for pickle in pickles {
                assert_eq!(serde_pickle::from_slice::<DType>(pickle).unwrap(), *dtype, "{numpy}: {expression}");
            }
        }
        for pickle in answers.next().unwrap() {
            assert_eq!(serde_pickle::from_slice::<Array>(pickle).unwrap(), array);
        }
    }
}
