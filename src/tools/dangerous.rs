//! Globals that are known to run code, to reach files, processes or the network, or to lead to what does.
//!
//! The data follows what public scanners of pickles warn of: the lists of picklescan (`scanner.py`) and fickling (`analysis.py`,
//! `UNSAFE_IMPORTS`), and the exploits that their advisories tell of, as of November 2025. Names are those of Python 3. A global that
//! is not here is unknown, and nothing more: there are always others.

/// All globals of these modules, and of the modules in them.
#[rustfmt::skip]
const MODULES: &[(&str, &str)] = &[
    ("_aix_support", "runs commands"),
    ("_osx_support", "runs commands"),
    ("_io", "opens files"),
    ("_pickle", "loads further pickles"),
    ("_posixsubprocess", "runs commands"),
    ("_pyrepl", "runs commands"),
    ("_socket", "reaches the network"),
    ("aiohttp", "reaches the network"),
    ("asyncio", "runs commands"),
    ("bdb", "runs code"),
    ("cProfile", "runs code"),
    ("cloudpickle", "loads further pickles"),
    ("code", "runs code"),
    ("codeop", "compiles code"),
    ("commands", "runs commands"),
    ("compileall", "compiles code"),
    ("ctypes", "calls any function of any library"),
    ("dill", "loads further pickles"),
    ("distutils", "runs commands"),
    ("doctest", "runs code"),
    ("ensurepip", "installs packages"),
    ("ftplib", "reaches the network"),
    ("http.client", "reaches the network"),
    ("http.server", "reaches the network"),
    ("idlelib", "runs code"),
    ("imaplib", "runs commands"),
    ("importlib", "imports anything"),
    ("io", "opens files"),
    ("jsonpickle", "loads further pickles"),
    ("lib2to3", "runs code"),
    ("linecache", "reads files"),
    ("logging.config", "calls anything"),
    ("mailcap", "runs commands"),
    ("marshal", "loads code"),
    ("modulefinder", "runs code"),
    ("multiprocessing", "runs processes"),
    ("nt", "runs commands"),
    ("ntpath", "reaches files"),
    ("os", "runs commands"),
    ("pathlib", "reaches files where methods are called"),
    ("pdb", "runs code"),
    ("pickle", "loads further pickles"),
    ("pip", "installs packages"),
    ("pkgutil", "imports anything"),
    ("platform", "runs commands"),
    ("posix", "runs commands"),
    ("profile", "runs code"),
    ("pty", "runs commands"),
    ("py_compile", "compiles code"),
    ("pydoc", "runs commands"),
    ("requests", "reaches the network"),
    ("runpy", "runs code"),
    ("shelve", "loads further pickles"),
    ("shutil", "changes files"),
    ("signal", "changes the process"),
    ("site", "runs code"),
    ("smtplib", "reaches the network"),
    ("socket", "reaches the network"),
    ("socketserver", "reaches the network"),
    ("sqlite3", "opens files"),
    ("subprocess", "runs commands"),
    ("sys", "reaches all modules"),
    ("tempfile", "makes files"),
    ("test.support", "runs commands"),
    ("timeit", "runs code"),
    ("trace", "runs code"),
    ("types", "makes functions of code"),
    ("urllib.request", "reaches the network"),
    ("uuid._get_command_stdout", "runs commands"),
    ("venv", "runs commands"),
    ("webbrowser", "runs commands"),
    ("xmlrpc", "reaches the network"),
    ("zipimport", "imports anything"),
];

/// Some globals of modules that have others.
#[rustfmt::skip]
const GLOBALS: &[(&str, &str)] = &[
    ("builtins.__build_class__", "runs code"),
    ("builtins.__import__", "imports anything"),
    ("builtins.breakpoint", "runs code"),
    ("builtins.compile", "compiles code"),
    ("builtins.delattr", "changes anything"),
    ("builtins.eval", "runs code"),
    ("builtins.exec", "runs code"),
    ("builtins.execfile", "runs code"),
    ("builtins.apply", "calls anything"),
    ("builtins.filter", "calls anything"),
    ("builtins.getattr", "reaches any attribute"),
    ("builtins.globals", "reaches all names"),
    ("builtins.input", "waits for the user"),
    ("builtins.locals", "reaches all names"),
    ("builtins.map", "calls anything"),
    ("builtins.open", "opens files"),
    ("builtins.setattr", "changes anything"),
    ("builtins.vars", "reaches all names"),
    ("codecs.open", "opens files"),
    ("functools.partial", "calls anything later"),
    ("functools.reduce", "calls anything"),
    ("itertools.starmap", "calls anything"),
    ("joblib.load", "loads further pickles"),
    ("numpy.f2py.crackfortran.getlincoef", "runs code"),
    ("numpy.fromfile", "reads files"),
    ("numpy.load", "loads further pickles"),
    ("numpy.loadtxt", "reads files"),
    ("numpy.testing._private.utils.runstring", "runs code"),
    ("operator.attrgetter", "reaches any attribute"),
    ("operator.itemgetter", "reaches any item"),
    ("operator.methodcaller", "calls anything"),
    ("pandas.core.computation.eval.eval", "runs code"),
    ("pandas.io.pickle.read_pickle", "loads further pickles"),
    ("pandas.read_pickle", "loads further pickles"),
    ("torch._inductor.codecache.compile_file", "runs commands"),
    ("torch.hub.load", "runs code"),
    ("torch.load", "loads further pickles"),
    ("torch.serialization.load", "loads further pickles"),
    ("torch.storage._load_from_bytes", "loads further pickles"),
];

/// What is known of a global by its full name, `module.name`, if it is known to be dangerous.
pub(super) fn known(name: &str) -> Option<&'static str> {
    let is_in = |module: &str| name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    // What is an attribute of a global leads there, too.
    let all = GLOBALS.iter().chain(MODULES);
    all.filter(|(global, _)| is_in(global)).map(|&(_, what)| what).next()
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn by_module_and_by_name() {
        assert_eq!(known("os.system"), Some("runs commands"));
        assert_eq!(known("os.path.join"), Some("runs commands"));
        assert_eq!(known("builtins.eval"), Some("runs code"));
        assert_eq!(known("builtins.eval.__call__"), Some("runs code"));
        assert_eq!(known("osmium.system"), None);
        assert_eq!(known("builtins.set"), None);
        assert_eq!(known("collections.OrderedDict"), None);
    }
}
