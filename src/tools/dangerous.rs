//! Globals that are known to run code, to reach files, processes, memory or the network, or to lead to what does.
//!
//! Written from what the documentation and the source of CPython 3.14's standard library, of Python 2.7's, and of packages that most
//! machines have say that these do; and compared with the list of picklescan (`scanner.py`). As of November 2026. Names are those of
//! Python 3; modules that only Python 2 had have theirs. A global that is not here is unknown, and nothing more: there are always others.

use crate::value::Global;

/// A module, names in it, and what they do. Without names it is all of the module, and of the modules in it. What is an attribute of a
/// name is reached by it, too.
type Row = (&'static str, &'static [&'static str], &'static str);

const COMMANDS: &str = "runs commands";
const CODE: &str = "runs code";
const COMPILES: &str = "compiles code";
const IMPORTS: &str = "imports anything";
const CALLS: &str = "calls anything";
const ATTRIBUTES: &str = "reaches any attribute";
const CHANGES: &str = "changes anything";
const NAMES: &str = "reaches all names";
const OPENS: &str = "opens files";
const FILES: &str = "changes files";
const NETWORK: &str = "reaches the network";
const PICKLES: &str = "loads further pickles";
const MEMORY: &str = "reaches any memory";
const PROCESS: &str = "changes the process";
const PACKAGES: &str = "installs packages";

#[rustfmt::skip]
const TABLE: &[Row] = &[
    // What is built in, and what calls or reaches anything.
    ("builtins", &["eval", "exec", "execfile", "breakpoint", "__build_class__"], CODE),
    ("builtins", &["compile"], COMPILES),
    ("builtins", &["__import__", "reload", "__loader__", "__spec__"], IMPORTS),
    ("builtins", &["apply", "map", "filter", "reduce"], CALLS),
    ("builtins", &["getattr"], ATTRIBUTES),
    ("builtins", &["setattr", "delattr"], CHANGES),
    ("builtins", &["globals", "locals", "vars", "dir", "__dict__"], NAMES),
    ("builtins", &["open", "file"], OPENS),
    ("builtins", &["input", "raw_input", "help"], "waits for the user"),
    ("builtins", &["exit", "quit"], PROCESS),
    ("functools", &["partial", "partialmethod", "reduce"], CALLS),
    ("_functools", &["partial", "reduce"], CALLS),
    ("itertools", &["starmap", "accumulate", "takewhile", "dropwhile", "filterfalse", "groupby", "ifilter", "imap"], CALLS),
    ("operator", &["attrgetter", "methodcaller", "itemgetter", "call"], CALLS),
    ("_operator", &["attrgetter", "methodcaller", "itemgetter", "call"], CALLS),
    ("operator", &["setitem", "delitem", "iadd", "iconcat", "ior"], CHANGES),
    ("_operator", &["setitem", "delitem", "iadd", "iconcat", "ior"], CHANGES),
    ("types", &["FunctionType", "LambdaType", "CodeType", "MethodType", "ModuleType", "CellType", "new_class"], "makes functions of code"),
    ("types", &["DynamicClassAttribute", "prepare_class", "resolve_bases", "coroutine"], CALLS),
    ("inspect", &["getattr_static", "getmembers", "stack", "currentframe", "getouterframes", "trace", "getmodule", "getsource", "unwrap"], ATTRIBUTES),
    ("copyreg", &["add_extension", "pickle", "constructor"], CHANGES),
    ("contextlib", &["ExitStack", "AsyncExitStack", "contextmanager", "_GeneratorContextManager", "redirect_stdout", "chdir"], CALLS),
    ("weakref", &["finalize"], CALLS),
    ("atexit", &[], CALLS),
    ("unittest.mock", &[], CALLS),
    ("string", &["Formatter"], ATTRIBUTES),
    ("dataclasses", &["make_dataclass", "_create_fn"], CODE),
    ("collections", &["namedtuple"], CODE),
    ("typing", &["get_type_hints", "ForwardRef._evaluate", "_eval_type"], CODE),
    ("annotationlib", &[], CODE),
    ("traceback", &["print_stack", "walk_stack", "extract_stack"], ATTRIBUTES),
    ("gc", &[], "reaches all objects"),
    ("sys", &[], "reaches all modules"),

    // Commands and processes.
    ("os", &["system", "popen", "popen2", "popen3", "popen4", "startfile", "posix_spawn", "posix_spawnp", "fork", "forkpty"], COMMANDS),
    ("os", &["execl", "execle", "execlp", "execlpe", "execv", "execve", "execvp", "execvpe", "_execvpe"], COMMANDS),
    ("os", &["spawnl", "spawnle", "spawnlp", "spawnlpe", "spawnv", "spawnve", "spawnvp", "spawnvpe", "_spawnvef"], COMMANDS),
    ("os", &["kill", "killpg", "abort", "_exit", "nice", "setuid", "setgid", "seteuid", "setegid", "setgroups", "setpriority", "setsid"], PROCESS),
    ("os", &["chroot", "chdir", "fchdir", "umask", "putenv", "unsetenv", "environ", "environb", "add_dll_directory", "register_at_fork"], PROCESS),
    ("os", &["open", "fdopen", "openpty", "read", "pread", "readv", "dup", "dup2", "sendfile", "copy_file_range", "memfd_create", "pipe"], OPENS),
    ("os", &["remove", "unlink", "rmdir", "removedirs", "rename", "renames", "replace", "truncate", "ftruncate", "write", "pwrite"], FILES),
    ("os", &["mkdir", "makedirs", "mkfifo", "mknod", "link", "symlink", "chmod", "fchmod", "lchmod", "chown", "fchown", "lchown", "utime", "setxattr", "removexattr"], FILES),
    ("os", &["listdir", "scandir", "walk", "fwalk", "readlink", "getxattr", "getenv", "getenvb"], "reads what is around"),
    ("posix", &[], COMMANDS),
    ("nt", &[], COMMANDS),
    ("os2", &[], COMMANDS),
    ("subprocess", &[], COMMANDS),
    ("_posixsubprocess", &[], COMMANDS),
    ("_winapi", &[], COMMANDS),
    ("commands", &[], COMMANDS),
    ("popen2", &[], COMMANDS),
    ("pty", &[], COMMANDS),
    ("pipes", &[], COMMANDS),
    ("platform", &["popen", "_syscmd_file", "_syscmd_ver", "_syscmd_uname", "architecture", "processor", "libc_ver", "Processor.from_subprocess"], COMMANDS),
    ("multiprocessing", &[], "runs processes"),
    ("_multiprocessing", &[], "runs processes"),
    ("concurrent.futures", &[], "runs processes"),
    ("concurrent.interpreters", &[], CODE),
    ("_interpreters", &[], CODE),
    ("_xxsubinterpreters", &[], CODE),
    ("threading", &["Thread", "Timer", "setprofile", "settrace", "excepthook"], CALLS),
    ("_thread", &["start_new_thread", "start_new", "start_joinable_thread", "interrupt_main"], CALLS),
    ("sched", &["scheduler"], CALLS),
    ("signal", &["raise_signal", "pthread_kill", "alarm", "setitimer", "signal", "pidfd_send_signal"], PROCESS),
    ("resource", &["setrlimit", "prlimit"], PROCESS),
    ("asyncio", &[], COMMANDS),
    ("webbrowser", &[], COMMANDS),
    ("antigravity", &[], COMMANDS),
    ("mailcap", &[], COMMANDS),
    ("imaplib", &["IMAP4_stream"], COMMANDS),
    ("uuid", &["_get_command_stdout", "_popen"], COMMANDS),
    ("_osx_support", &[], COMMANDS),
    ("_aix_support", &[], COMMANDS),
    ("_pyrepl", &[], COMMANDS),
    ("_ios_support", &[], COMMANDS),
    ("ctypes.util", &[], COMMANDS),
    ("distutils", &["archive_util", "ccompiler", "cmd", "command", "core", "dir_util", "file_util", "spawn", "sysconfig", "util"], COMMANDS),
    ("setuptools", &[], COMMANDS),
    ("pkg_resources", &[], IMPORTS),
    ("test.support", &[], COMMANDS),
    ("test.libregrtest", &[], COMMANDS),
    ("lib2to3", &[], CODE),
    ("ensurepip", &[], PACKAGES),
    ("pip", &[], PACKAGES),
    ("venv", &[], COMMANDS),
    ("turtle", &[], OPENS),
    ("turtledemo", &[], CODE),

    // Code, modules, debuggers.
    ("code", &[], CODE),
    ("codeop", &[], COMPILES),
    ("compileall", &[], COMPILES),
    ("py_compile", &[], COMPILES),
    ("runpy", &[], CODE),
    ("bdb", &[], CODE),
    ("pdb", &[], CODE),
    ("cProfile", &[], CODE),
    ("profile", &["run", "runctx", "Profile"], CODE),
    ("pstats", &[], OPENS),
    ("profiling", &[], CODE),
    ("timeit", &[], CODE),
    ("trace", &[], CODE),
    ("tracemalloc", &[], OPENS),
    ("doctest", &[], CODE),
    ("idlelib", &[], CODE),
    ("cgitb", &[], OPENS),
    ("dis", &["dis", "distb"], COMPILES),
    ("new", &["function", "code", "instancemethod", "classobj", "module"], "makes functions of code"),
    ("rlcompleter", &[], CODE),
    ("site", &["addsitedir", "addpackage", "addusersitepackages", "execsitecustomize", "execusercustomize", "main"], CODE),
    ("sitecustomize", &[], CODE),
    ("modulefinder", &[], CODE),
    ("importlib", &[], IMPORTS),
    ("_frozen_importlib", &[], IMPORTS),
    ("_frozen_importlib_external", &[], IMPORTS),
    ("_imp", &[], IMPORTS),
    ("imp", &[], IMPORTS),
    ("ihooks", &[], IMPORTS),
    ("imputil", &[], IMPORTS),
    ("pkgutil", &[], IMPORTS),
    ("zipimport", &[], IMPORTS),
    ("zipapp", &[], FILES),
    ("pydoc", &[], COMMANDS),
    ("logging.config", &[], CALLS),
    ("logging", &["FileHandler", "basicConfig"], OPENS),
    ("logging.handlers", &[], NETWORK),
    ("unittest", &["main", "TestLoader", "TextTestRunner"], CODE),
    ("unittest.loader", &[], IMPORTS),
    ("xml.sax", &["make_parser"], IMPORTS),
    ("xmlrpc", &[], NETWORK),
    ("encodings", &["search_function"], IMPORTS),
    ("hotshot", &[], CODE),
    ("rexec", &[], CODE),
    ("Bastion", &[], CODE),

    // Memory.
    ("ctypes", &[], MEMORY),
    ("_ctypes", &[], MEMORY),
    ("mmap", &[], MEMORY),
    ("cffi", &[], MEMORY),
    ("_cffi_backend", &[], MEMORY),
    ("faulthandler", &[], PROCESS),
    ("numpy.ctypeslib", &[], MEMORY),

    // Pickles, and code as bytes.
    ("marshal", &[], "loads code"),
    ("pickle", &["load", "loads", "_load", "_loads", "Unpickler", "_Unpickler"], PICKLES),
    ("_pickle", &["load", "loads", "Unpickler"], PICKLES),
    ("cPickle", &["load", "loads", "Unpickler"], PICKLES),
    ("pickletools", &["optimize", "_main"], OPENS),
    ("shelve", &[], PICKLES),
    ("dbm", &[], OPENS),
    ("dill", &[], PICKLES),
    ("cloudpickle", &[], PICKLES),
    ("jsonpickle", &[], PICKLES),
    ("joblib", &["load"], PICKLES),
    ("joblib.numpy_pickle", &["load", "load_temporary_memmap", "NumpyUnpickler"], PICKLES),
    ("joblib.numpy_pickle_compat", &["load_compatibility", "ZipNumpyUnpickler"], PICKLES),
    ("joblib.externals", &[], PICKLES),
    ("pandas", &["read_pickle", "eval"], PICKLES),
    ("pandas.io.pickle", &["read_pickle"], PICKLES),
    ("pandas.compat.pickle_compat", &["load", "loads", "Unpickler"], PICKLES),
    ("pandas.core.computation", &[], CODE),
    ("pandas", &["read_csv", "read_table", "read_json", "read_html", "read_sql", "read_excel", "read_hdf", "read_parquet", "HDFStore"], OPENS),
    ("pandas.io.common", &[], OPENS),
    ("pandas.io.parsers", &[], OPENS),
    ("pandas.io.pytables", &[], OPENS),
    ("pandas.io.sql", &[], OPENS),
    ("pandas.io.clipboard", &[], COMMANDS),
    ("numpy", &["load", "loads"], PICKLES),
    ("numpy", &["fromfile", "loadtxt", "genfromtxt", "memmap", "save", "savez", "savez_compressed", "savetxt"], OPENS),
    ("numpy.lib.npyio", &[], OPENS),
    ("numpy.lib._npyio_impl", &[], OPENS),
    ("numpy.lib.format", &[], PICKLES),
    ("numpy.f2py", &[], CODE),
    ("numpy.distutils", &[], COMMANDS),
    ("numpy.testing", &[], CODE),
    ("scipy.io", &[], OPENS),
    ("torch", &["load", "compile"], PICKLES),
    ("torch.hub", &[], CODE),
    ("torch.jit", &[], CODE),
    ("torch.package", &[], CODE),
    ("torch.serialization", &["load", "_load", "_legacy_load"], PICKLES),
    ("torch.storage", &["_load_from_bytes"], PICKLES),
    ("torch.distributed", &[], NETWORK),
    ("torch.multiprocessing", &[], "runs processes"),
    ("torch.utils.cpp_extension", &[], COMMANDS),
    ("torch.utils.collect_env", &[], COMMANDS),
    ("torch.utils.bottleneck", &[], CODE),
    ("torch.utils._config_module", &["ConfigModule.load_config"], PICKLES),
    ("torch.utils.data.datapipes", &[], PICKLES),
    ("torch._dynamo", &[], CODE),
    ("torch._inductor", &[], COMMANDS),
    ("torch.fx", &[], CODE),
    ("tensorflow", &["io.read_file", "io.write_file", "load_op_library", "py_function", "numpy_function"], OPENS),
    ("keras.models", &["load_model"], PICKLES),
    ("keras", &["layers.Lambda", "utils.get_file"], CODE),
    ("yaml", &["load", "unsafe_load", "full_load", "load_all", "unsafe_load_all"], CALLS),

    // Files.
    ("io", &["open", "open_code", "FileIO"], OPENS),
    ("_io", &["open", "open_code", "FileIO"], OPENS),
    ("_pyio", &["open", "open_code", "FileIO"], OPENS),
    ("codecs", &["open"], OPENS),
    ("fileinput", &[], OPENS),
    ("linecache", &[], OPENS),
    ("tokenize", &["open"], OPENS),
    ("gzip", &["open", "GzipFile"], OPENS),
    ("bz2", &["open", "BZ2File"], OPENS),
    ("lzma", &["open", "LZMAFile"], OPENS),
    ("zipfile", &["ZipFile", "PyZipFile", "main"], OPENS),
    ("tarfile", &["open", "TarFile"], OPENS),
    ("shutil", &[], FILES),
    ("tempfile", &[], FILES),
    ("filecmp", &[], OPENS),
    ("glob", &[], "reads what is around"),
    ("sqlite3", &["connect", "Connection", "dbapi2.connect"], OPENS),
    ("_sqlite3", &["connect", "Connection"], OPENS),
    ("configparser", &["ConfigParser.read", "RawConfigParser.read"], OPENS),
    ("netrc", &[], OPENS),
    ("pathlib", &["Path.open", "Path.read_text", "Path.read_bytes", "PosixPath.open", "PosixPath.read_text", "PosixPath.read_bytes"], OPENS),
    ("pathlib", &["Path.write_text", "Path.write_bytes", "Path.unlink", "Path.rmdir", "Path.rename", "Path.replace", "Path.touch", "Path.mkdir"], FILES),
    ("pathlib", &["Path.chmod", "Path.symlink_to", "Path.hardlink_to", "Path.copy", "Path.move", "PosixPath.write_text", "PosixPath.write_bytes", "PosixPath.unlink"], FILES),
    ("pathlib._local", &["Path.open", "Path.write_text", "Path.write_bytes", "Path.unlink", "Path.rmdir", "Path.rename"], FILES),
    ("ntpath", &["realpath", "getsize"], "reads what is around"),
    ("posixpath", &["realpath", "getsize", "expanduser", "expandvars"], "reads what is around"),

    // The network.
    ("socket", &[], NETWORK),
    ("_socket", &[], NETWORK),
    ("socketserver", &[], NETWORK),
    ("ssl", &[], NETWORK),
    ("_ssl", &[], NETWORK),
    ("select", &[], NETWORK),
    ("urllib.request", &[], NETWORK),
    ("urllib2", &[], NETWORK),
    ("urllib", &["urlopen", "urlretrieve", "URLopener", "FancyURLopener"], NETWORK),
    ("http.client", &["HTTPConnection", "HTTPSConnection", "HTTPResponse", "HTTPS", "HTTP"], NETWORK),
    ("http.server", &[], NETWORK),
    ("httplib", &[], NETWORK),
    ("httplib2", &[], NETWORK),
    ("ftplib", &[], NETWORK),
    ("imaplib", &[], NETWORK),
    ("poplib", &[], NETWORK),
    ("smtplib", &[], NETWORK),
    ("smtpd", &[], NETWORK),
    ("nntplib", &[], NETWORK),
    ("telnetlib", &[], NETWORK),
    ("asyncore", &[], NETWORK),
    ("asynchat", &[], NETWORK),
    ("wsgiref", &[], NETWORK),
    ("requests", &["get", "post", "put", "patch", "delete", "head", "options", "request", "session", "Session"], NETWORK),
    ("requests.api", &[], NETWORK),
    ("requests.sessions", &[], NETWORK),
    ("requests.adapters", &[], NETWORK),
    ("urllib3", &["request", "PoolManager", "ProxyManager", "HTTPConnectionPool", "HTTPSConnectionPool"], NETWORK),
    ("urllib3.poolmanager", &[], NETWORK),
    ("urllib3.connectionpool", &[], NETWORK),
    ("urllib3.connection", &[], NETWORK),
    ("httpx", &["get", "post", "put", "patch", "delete", "head", "options", "request", "stream", "Client", "AsyncClient"], NETWORK),
    ("httpx._api", &[], NETWORK),
    ("httpx._client", &[], NETWORK),
    ("aiohttp", &[], NETWORK),
    ("paramiko", &[], NETWORK),
    ("fabric", &[], COMMANDS),
    ("boto3", &[], NETWORK),
];

/// What of any object leads to everything, if its name goes on with it.
const LEADING: &[&str] = &[
    "__bases__",
    "__base__",
    "__builtins__",
    "__closure__",
    "__code__",
    "__dict__",
    "__globals__",
    "__import__",
    "__loader__",
    "__mro__",
    "__reduce__",
    "__reduce_ex__",
    "__subclasses__",
    "f_globals",
    "f_locals",
    "gi_frame",
    "tb_frame",
];

/// What is known of a global, if it is known to be dangerous.
pub(super) fn known(global: &Global) -> Option<&'static str> {
    let full = format!("{}.{}", global.module, global.name);
    // Modules are attributes of those that import them: `shutil` has `os.system`.
    let inner = global.name.match_indices('.').map(|(at, _)| &global.name[at + 1..]);
    let listed = [&full[..], &global.name].into_iter().chain(inner).find_map(listed);
    listed.or_else(|| global.name.split('.').skip(1).any(|part| LEADING.contains(&part)).then_some(ATTRIBUTES))
}

/// By its full name.
fn listed(full: &str) -> Option<&'static str> {
    let below =
        |whole: &str, part: &str| whole.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let found = TABLE.iter().find(|(module, names, _)| {
        let Some(name) = full.strip_prefix(module).and_then(|rest| rest.strip_prefix('.')) else { return false };
        match names {
            [] => !is_harmless(name),
            names => names.iter().any(|known| below(name, known)),
        }
    });
    found.map(|&(_, _, what)| what)
}

/// Exceptions are what modules raise: they do nothing, and stand in many pickles.
fn is_harmless(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let ends = ["Error", "Exception", "Warning", "TimeoutExpired", "RemoteTraceback", "rebuild_exc"];
    let is_enum = ["AddressFamily", "SocketKind", "HTTPStatus", "Signals"].contains(&last);
    is_enum || ends.iter().any(|end| last.ends_with(end)) || ["error", "gaierror", "herror", "timeout"].contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(module: &str, name: &str) -> Option<&'static str> {
        super::known(&Global::new(module, name))
    }

    #[test]
    fn by_module_and_by_name() {
        assert_eq!(known("os", "system"), Some("runs commands"));
        assert_eq!(known("posix", "anything"), Some("runs commands"));
        assert_eq!(known("builtins", "eval"), Some("runs code"));
        assert_eq!(known("builtins", "eval.__call__"), Some("runs code"));
        assert_eq!(known("urllib.request", "urlopen"), Some("reaches the network"));
        assert_eq!(known("torch._dynamo.guards", "GuardBuilder.get"), Some("runs code"));
        assert_eq!(known("numpy.testing._private.utils", "runstring"), Some("runs code"));
    }

    #[test]
    fn by_what_a_name_goes_on_with() {
        assert_eq!(known("shutil", "os.system"), Some("changes files"));
        assert_eq!(known("app", "os.system"), Some("runs commands"));
        assert_eq!(known("app.views", "helpers.os.system"), Some("runs commands"));
        assert_eq!(known("app", "Order.__init__.__globals__"), Some("reaches any attribute"));
        assert_eq!(known("app", "Order.items"), None);
    }

    #[test]
    fn what_is_data_is_not_there() {
        for (module, name) in [
            ("builtins", "set"),
            ("os", "stat_result"),
            ("os", "terminal_size"),
            ("osmium", "system"),
            ("pathlib", "PosixPath"),
            ("types", "SimpleNamespace"),
            ("io", "BytesIO"),
            ("_io", "StringIO"),
            ("signal", "Signals"),
            ("socket", "AddressFamily"),
            ("subprocess", "CalledProcessError"),
            ("requests.exceptions", "ConnectionError"),
            ("requests.models", "Response"),
            ("sqlite3", "IntegrityError"),
            ("collections", "OrderedDict"),
            ("datetime", "datetime"),
            ("numpy.core.multiarray", "_reconstruct"),
            ("pandas.core.frame", "DataFrame"),
            ("torch._utils", "_rebuild_tensor_v2"),
            ("pickle", "PickleBuffer"),
            ("test.models", "Order"),
            ("system", "os"),
        ] {
            assert_eq!(known(module, name), None, "{module}.{name}");
        }
    }

    #[test]
    fn no_name_twice() {
        let mut names: Vec<String> = Vec::new();
        for (module, known, _) in TABLE {
            assert!(!known.is_empty() || !names.contains(&format!("{module} ")), "{module}");
            names.extend(known.iter().map(|name| format!("{module} {name}")));
            names.extend(known.is_empty().then(|| format!("{module} ")));
        }
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
