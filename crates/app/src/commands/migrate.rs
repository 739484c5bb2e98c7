//! `shiming migrate`.

use crate::cli::MigrateArgs;
use crate::context::Style;
use crate::exit::{Exit, Failure};
use crate::{output, service};
use serde::Serialize;

/// `shiming migrate --json`.
#[derive(Serialize)]
struct MigrateJson {
    database: &'static str,
    before: i64,
    after: i64,
}

pub(crate) fn run(args: &MigrateArgs, style: Style) -> Result<Exit, Failure> {
    let loaded = args.settings.load()?;
    let done = super::wait(async {
        let store = service::database(&loaded.config).await?;
        let before = store.health().await?.schema;
        store.migrate().await?;
        let done = MigrateJson { database: store.dialect(), before, after: store.health().await?.schema };
        store.close().await;
        Ok::<_, Failure>(done)
    })??;
    if style.json {
        output::json(&done)?;
    } else {
        let MigrateJson { database, before, after } = done;
        let text = if before == after {
            style.lang.pick("结构已是最新", "the schema is up to date")
        } else {
            style.lang.pick("结构已更新", "the schema was brought up to date")
        };
        output::text(&format!("✔ {database}: {text} ({before} → {after})\n"))?;
    }
    Ok(Exit::Answered)
}
