//! `shiming config`.

use crate::cli::ConfigCommand;
use crate::config::{DEFAULTS, Loaded, shown};
use crate::context::{self, Style};
use crate::exit::{Exit, Failure};
use crate::human::Table;
use crate::output;
use serde::Serialize;

/// `shiming config check --json`.
#[derive(Serialize)]
struct CheckJson {
    file: Option<String>,
    data: String,
    mode: &'static str,
    policy: Option<String>,
}

/// `shiming config show --json`.
#[derive(Serialize)]
struct ShowJson {
    settings: Vec<crate::config::Shown>,
}

pub(crate) fn run(command: &ConfigCommand, style: Style) -> Result<Exit, Failure> {
    match command {
        ConfigCommand::Check { settings } => check(&settings.load()?, style)?,
        ConfigCommand::Show { settings } => show(&settings.load()?, style)?,
        ConfigCommand::Defaults => output::text(DEFAULTS)?,
    }
    Ok(Exit::Answered)
}

fn check(loaded: &Loaded, style: Style) -> Result<(), Failure> {
    let config = &loaded.config;
    let policy = config.policy.as_deref().map(context::policy).transpose()?;
    let policy = policy.map(|policy| policy.label().to_owned());
    let file = loaded.file.as_ref().map(|path| path.display().to_string());
    let mode = if config.live { "live" } else { "sandbox" };
    let data = config.data.display().to_string();
    if style.json {
        return output::json(&CheckJson { file, data, mode, policy });
    }
    let mut table = Table::default();
    table.row(["file".to_owned(), file.unwrap_or_else(|| "–".to_owned())]);
    table.row(["data".to_owned(), data]);
    table.row(["mode".to_owned(), mode.to_owned()]);
    let none = "not chosen yet: serve will ask for --policy".to_owned();
    table.row(["policy".to_owned(), policy.unwrap_or(none)]);
    let head = style.lang.pick("✔ 配置可用", "✔ The settings can be used.");
    output::text(&format!("{head}\n{}", table.render(2)))
}

fn show(loaded: &Loaded, style: Style) -> Result<(), Failure> {
    let settings = shown(loaded);
    if style.json {
        return output::json(&ShowJson { settings });
    }
    let mut table = Table::default();
    for one in settings {
        table.row([one.key, format!("= {}", one.value), format!("# {}", one.origin)]);
    }
    output::text(&table.render(0))
}
