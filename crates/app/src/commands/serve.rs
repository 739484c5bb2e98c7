//! `shiming serve` and `shiming worker`.

use crate::cli::{ServeArgs, WorkerArgs};
use crate::exit::{Exit, Failure};
use crate::service::{Roles, logs, run};

pub(crate) fn serve(args: &ServeArgs) -> Result<Exit, Failure> {
    let loaded = args.settings.load_with(&[("server.listen", args.listen.as_deref())])?;
    logs::lasting(&loaded.config.log);
    run(&loaded, Roles::Serve { migrate: !args.no_migrate })
}

pub(crate) fn work(args: &WorkerArgs) -> Result<Exit, Failure> {
    let loaded = args.settings.load()?;
    logs::lasting(&loaded.config.log);
    run(&loaded, Roles::Work)
}
