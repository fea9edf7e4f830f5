//! `pickle`: looks into Python's pickles, converts and changes them, and prints the Rust types that read them. Nothing in them is
//! ever run.

mod dis;
mod edit;
mod fail;
mod from_json;
mod globals;
mod input;
mod json;
mod optimize;
mod output;
mod rust;
mod show;
mod stat;
mod tagged;
mod walk;
mod zip;

use std::{io, process::ExitCode, thread};

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::{
    fail::{Fail, Outcome},
    output::{Color, Output},
};

/// How deep values may be nested where a command recurses.
pub(crate) const DEPTH: usize = 2000;
/// What that takes, and much more: commands run in a thread of their own. It is reserved, not used.
const STACK: usize = 256 << 20;

/// Looks into Python's pickles, converts and changes them, and prints the Rust types that read them. Nothing in them is ever run.
///
/// Files may be compressed (zlib, gzip, bz2, xz, lzma, lz4, zstd) and hold several pickles.
#[derive(Parser)]
#[command(name = "pickle", version, after_help = EXIT_CODES)]
struct Cli {
    /// Colours
    #[arg(long, value_enum, default_value = "auto", global = true)]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 the data is not what it should be; 2 the arguments are wrong; \
3 a file cannot be read or written; 4 `globals` found something known dangerous, or not allowed.";

#[derive(Subcommand)]
enum Command {
    Show(show::Show),
    Json(json::Json),
    FromJson(from_json::FromJson),
    Dis(dis::Dis),
    Globals(globals::Globals),
    Rust(rust::Rust),
    Stat(stat::Stat),
    Convert(edit::Convert),
    Optimize(optimize::Optimize),
    Get(edit::Get),
    Set(edit::Set),
    Del(edit::Del),
    /// Prints the completions of a shell
    Completions {
        shell: clap_complete::Shell,
    },
    /// Prints the manual page
    Man,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let run = thread::Builder::new().stack_size(STACK).spawn(move || {
        let mut out = Output::new(cli.color);
        let done = run(cli.command, &mut out);
        done.and_then(|()| Ok(out.finish()?))
    });
    let outcome = match run {
        Ok(thread) => thread.join().unwrap_or_else(|_| Err(Fail::quiet(fail::IO))),
        Err(error) => Err(Fail::io(error.to_string())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => {
            if !fail.message.is_empty() {
                eprintln!("pickle: {}", fail.message);
            }
            if let Some(hint) = fail.hint {
                eprintln!("hint: {hint}");
            }
            ExitCode::from(fail.code)
        }
    }
}

fn run(command: Command, out: &mut Output) -> Outcome<()> {
    match command {
        Command::Show(show) => show.run(out),
        Command::Json(json) => json.run(out),
        Command::FromJson(from_json) => from_json.run(out),
        Command::Dis(dis) => dis.run(out),
        Command::Globals(globals) => globals.run(out),
        Command::Rust(rust) => rust.run(out),
        Command::Stat(stat) => stat.run(out),
        Command::Convert(convert) => convert.run(out),
        Command::Optimize(optimize) => optimize.run(out),
        Command::Get(get) => get.run(out),
        Command::Set(set) => set.run(out),
        Command::Del(del) => del.run(out),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "pickle", &mut script);
            Ok(io::Write::write_all(out, &script)?)
        }
        Command::Man => Ok(man(out)?),
    }
}

/// The page of the tool, and those of its commands.
fn man(out: &mut Output) -> io::Result<()> {
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(out)?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let name: &'static str = Box::leak(format!("pickle-{}", sub.get_name()).into_boxed_str());
        clap_mangen::Man::new(sub.clone().name(name)).render(out)?;
    }
    Ok(())
}
