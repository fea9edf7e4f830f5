//! `pickle optimize`: what the memo holds for nobody is left out.

use std::path::PathBuf;

use clap::Args;
use serde_pickle::tools;

use crate::{fail::Outcome, input::Input, output::Output};

/// Leaves out what nobody asks the memo for, as Python's `pickletools.optimize`
#[derive(Args)]
pub(crate) struct Optimize {
    #[command(flatten)]
    input: Input,
    /// Where the result goes; standard output, if not given
    #[arg(short, long)]
    output: Option<PathBuf>,
}

impl Optimize {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        let mut written = Vec::new();
        self.input.each(|pickle, _| {
            written.extend(tools::optimize(pickle.bytes).map_err(|error| pickle.fail(&error))?);
            Ok(())
        })?;
        out.bytes_to(self.output.as_deref(), &written)
    }
}
