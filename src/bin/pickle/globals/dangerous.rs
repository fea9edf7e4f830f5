//! What is known dangerous: functions of Python's standard library, and of a few that everybody has, whose documentation says that they
//! run commands or code, or reach into files, memory or the network. As of Python 3.14, November 2026. What is not here is not safe: it is
//! unknown.

/// Modules, names in them (all, if none is given), and what they do. Names are those of Python 3; modules that Python 2 had by other names
/// stand under both.
const TABLE: &[(&str, &[&str], &str)] = &[
    ("builtins", &["eval", "exec", "execfile", "compile", "__import__", "breakpoint"], "runs code"),
    ("builtins", &["open", "file"], "opens files"),
    ("os", &["system", "popen", "startfile", "posix_spawn", "posix_spawnp", "fork", "forkpty"], "runs commands"),
    ("os", &["execl", "execle", "execlp", "execlpe", "execv", "execve", "execvp", "execvpe"], "runs commands"),
    ("os", &["spawnl", "spawnle", "spawnlp", "spawnlpe", "spawnv", "spawnve", "spawnvp", "spawnvpe"], "runs commands"),
    (
        "os",
        &["remove", "unlink", "rmdir", "removedirs", "rename", "replace", "chmod", "chown", "truncate"],
        "changes files",
    ),
    ("os", &["kill", "killpg", "abort", "_exit"], "ends processes"),
    ("posix", &[], "reaches into the system"),
    ("nt", &[], "reaches into the system"),
    ("_posixsubprocess", &[], "runs commands"),
    ("subprocess", &[], "runs commands"),
    ("commands", &[], "runs commands"),
    ("popen2", &[], "runs commands"),
    ("pty", &[], "runs commands"),
    ("multiprocessing.popen_fork", &[], "runs processes"),
    ("asyncio.subprocess", &[], "runs commands"),
    ("asyncio.unix_events", &[], "runs processes"),
    (
        "shutil",
        &["rmtree", "move", "copy", "copy2", "copyfile", "copytree", "chown", "unpack_archive"],
        "changes files",
    ),
    ("pathlib", &["Path.unlink", "Path.write_bytes", "Path.write_text", "Path.rmdir", "Path.rename"], "changes files"),
    ("io", &["open", "open_code", "FileIO"], "opens files"),
    ("_io", &["open", "open_code", "FileIO"], "opens files"),
    ("codecs", &["open"], "opens files"),
    ("tempfile", &[], "makes files"),
    ("socket", &[], "reaches into the network"),
    ("_socket", &[], "reaches into the network"),
    ("ssl", &[], "reaches into the network"),
    ("urllib.request", &[], "reaches into the network"),
    ("http.client", &[], "reaches into the network"),
    ("ftplib", &[], "reaches into the network"),
    ("smtplib", &[], "reaches into the network"),
    ("requests.api", &[], "reaches into the network"),
    ("webbrowser", &[], "runs a browser"),
    ("ctypes", &[], "reaches into memory"),
    ("_ctypes", &[], "reaches into memory"),
    ("mmap", &[], "reaches into memory"),
    ("importlib", &[], "runs modules"),
    ("importlib._bootstrap", &[], "runs modules"),
    ("importlib._bootstrap_external", &[], "runs modules"),
    ("imp", &[], "runs modules"),
    ("pkgutil", &["resolve_name", "get_loader"], "runs modules"),
    ("pydoc", &["locate", "pipepager", "tempfilepager", "safeimport"], "runs modules and commands"),
    ("runpy", &[], "runs code"),
    ("code", &[], "runs code"),
    ("codeop", &[], "runs code"),
    ("bdb", &[], "runs code"),
    ("pdb", &[], "runs code"),
    ("cProfile", &["run", "runctx", "Profile.run"], "runs code"),
    ("profile", &["run", "runctx", "Profile.run"], "runs code"),
    ("timeit", &[], "runs code"),
    ("trace", &[], "runs code"),
    ("doctest", &[], "runs code"),
    ("idlelib.run", &[], "runs code"),
    ("lib2to3.pgen2.pgen", &[], "runs code"),
    ("types", &["FunctionType", "CodeType", "LambdaType"], "makes functions of code"),
    ("marshal", &["load", "loads"], "makes code of bytes"),
    ("pickle", &["load", "loads", "Unpickler"], "loads another pickle"),
    ("_pickle", &["load", "loads", "Unpickler"], "loads another pickle"),
    ("shelve", &[], "loads other pickles"),
    ("joblib.numpy_pickle", &["load"], "loads another pickle"),
    ("torch.storage", &["_load_from_bytes"], "loads another pickle"),
    ("torch.serialization", &["load"], "loads another pickle"),
    ("torch.hub", &[], "runs code of the network"),
    ("dill._dill", &["_create_function", "_create_code", "_import_module", "loads", "load"], "makes functions of code"),
    (
        "cloudpickle.cloudpickle",
        &["_make_function", "_builtin_type", "subimport", "loads", "load"],
        "makes functions of code",
    ),
    ("numpy.testing._private.utils", &["runstring"], "runs code"),
    ("numpy", &["load", "fromfile", "memmap", "savetxt"], "opens files"),
    ("pip", &[], "installs packages"),
    ("pip._internal", &[], "installs packages"),
    ("sys", &["exit", "setprofile", "settrace", "modules"], "changes the interpreter"),
    ("signal", &["raise_signal", "pthread_kill", "alarm"], "ends processes"),
];

/// Why a global is known dangerous, if it is.
pub(super) fn why(module: &str, name: &str) -> Option<&'static str> {
    let of_module = TABLE.iter().filter(|(known, _, _)| *known == module);
    of_module.into_iter().find(|(_, names, _)| names.is_empty() || names.contains(&name)).map(|&(_, _, why)| why)
}

#[cfg(test)]
mod tests {
    use super::why;

    #[test]
    fn known_and_unknown() {
        assert_eq!(why("posix", "system"), Some("reaches into the system"));
        assert_eq!(why("builtins", "eval"), Some("runs code"));
        assert_eq!(why("builtins", "set"), None);
        assert_eq!(why("shop.models", "Order"), None);
        assert_eq!(why("os", "path"), None);
    }
}
