//! `pathlib`.

use super::{Entry, Known, Recipes};
use crate::{
    graph::ObjectView,
    types::{Path, PathKind},
};

pub(super) const RECIPES: &[Entry] = &[
    ("pathlib", "PosixPath", posix),
    ("pathlib", "WindowsPath", windows),
    ("pathlib", "PurePosixPath", pure_posix),
    ("pathlib", "PureWindowsPath", pure_windows),
    // Python 3.13.
    ("pathlib._local", "PosixPath", posix),
    ("pathlib._local", "WindowsPath", windows),
    ("pathlib._local", "PurePosixPath", pure_posix),
    ("pathlib._local", "PureWindowsPath", pure_windows),
    // Python 2.
    ("pathlib2", "PosixPath", posix),
    ("pathlib2", "WindowsPath", windows),
    ("pathlib2", "PurePosixPath", pure_posix),
    ("pathlib2", "PureWindowsPath", pure_windows),
];

/// Its parts, or what it was made of.
fn path<'c>(at: Recipes<'c>, object: &ObjectView<'c>, kind: PathKind) -> Option<Known<'c>> {
    let parts: Option<Vec<_>> = object.args.iter().map(|&part| at.text(part)).collect();
    Some(Path::join(kind, parts?.iter().map(|part| &**part)).into())
}

fn posix<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    path(at, object, PathKind::Posix)
}

fn windows<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    path(at, object, PathKind::Windows)
}

fn pure_posix<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    path(at, object, PathKind::PurePosix)
}

fn pure_windows<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    path(at, object, PathKind::PureWindows)
}
