//! `shiming audit`: fixing, handing out and verifying the log.

mod export;
mod verify;

use crate::cli::{AuditCommand, SettingsArgs};
use crate::context::Style;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::service::{self, Need};
use serde::Serialize;
use shiming_engine::service::Service;
use std::fmt::Write as _;
use std::path::Path;

/// Name of the file with the signed checkpoint, as C2SP tlog-tiles calls it.
const CHECKPOINT: &str = "checkpoint";
/// Name of the file with every entry on a line, for people and their tools.
const LINES: &str = "entries.ndjson";

/// `shiming audit checkpoint --json`.
#[derive(Serialize)]
struct CheckpointJson {
    size: i64,
    note: String,
    public_key: String,
}

/// `shiming audit export --json`.
#[derive(Serialize)]
struct ExportJson {
    folder: String,
    size: u64,
    public_key: String,
}

/// `shiming audit verify --json`.
#[derive(Serialize)]
struct VerifyJson {
    size: u64,
    root: String,
    checkpoints: usize,
    anchors: usize,
}

pub(crate) fn run(command: &AuditCommand, style: Style) -> Result<Exit, Failure> {
    match command {
        AuditCommand::Checkpoint { settings } => super::wait(checkpoint(settings, style))??,
        AuditCommand::Export { folder, settings } => super::wait(export(folder, settings, style))??,
        AuditCommand::Verify { folder, pubkey, anchor } => {
            let (verified, anchors) = verify::verify(folder, pubkey, anchor)?;
            if style.json {
                output::json(&VerifyJson {
                    size: verified.size,
                    root: verified.root.to_string(),
                    checkpoints: verified.checkpoints,
                    anchors,
                })?;
            } else {
                let mut text = format!("✔ {} entries are exactly those that were signed.\n", verified.size);
                if anchors == 0 {
                    text.push_str(
                        "  No --anchor was given: this cannot show that the log was written anew.\n",
                    );
                } else {
                    let _ = writeln!(text, "  They fit {anchors} checkpoints kept outside.");
                }
                output::text(&text)?;
            }
        }
    }
    Ok(Exit::Answered)
}

/// Opens the service without networks and brings the checkpoint up to date.
async fn signed(settings: &SettingsArgs) -> Result<(Service, i64, String), Failure> {
    let loaded = settings.load()?;
    let service = service::open(&loaded.config, false, Need::Keys).await?;
    let fresh = shiming_engine::audit::checkpoint(&service).await?;
    if let (Some(fresh), Some(anchor)) = (&fresh, &loaded.config.audit.anchor) {
        service::append(anchor, &fresh.note)?;
    }
    let mut tx = service.store().read().await?;
    let last = shiming_store::audit::checkpoint(&mut tx).await?;
    drop(tx);
    let last = last.ok_or_else(|| anyhow::anyhow!("the audit log is empty; there is nothing to sign yet"))?;
    Ok((service, last.size, last.note))
}

async fn checkpoint(settings: &SettingsArgs, style: Style) -> Result<(), Failure> {
    let (service, size, note) = signed(settings).await?;
    let public_key = shiming_engine::audit::verifier(&service).to_string();
    if style.json {
        return output::json(&CheckpointJson { size, note, public_key });
    }
    output::text(&note)
}

async fn export(folder: &Path, settings: &SettingsArgs, style: Style) -> Result<(), Failure> {
    let (service, size, note) = signed(settings).await?;
    let size = export::export(service.store(), size, &note, folder).await?;
    let public_key = shiming_engine::audit::verifier(&service).to_string();
    let folder = folder.display().to_string();
    if style.json {
        return output::json(&ExportJson { folder, size, public_key });
    }
    let verify = format!("shiming audit verify {folder} --pubkey '{public_key}' --anchor FILE");
    output::text(&format!(
        "✔ {size} entries in {folder}\n  public key: {public_key}\n  to verify:  {verify}\n"
    ))
}
