//! `shiming models` for people.

use super::Table;
use crate::commands::models::{is_complete, kind_word};
use crate::context::install_command;
use crate::lang::Lang;
use shiming_engine::models::{Installed, Kind, Row, State};
use std::path::Path;

pub(crate) fn installed(installed: Installed, dir: &Path, lang: Lang) -> String {
    let Installed { new, kept } = installed;
    match lang {
        Lang::ZhCn => format!("✔ 模型已就绪：新装 {new} 个文件，保留 {kept} 个。\n  {}\n", dir.display()),
        Lang::En => {
            format!("✔ The models are ready: {new} files installed, {kept} kept.\n  {}\n", dir.display())
        }
    }
}

pub(crate) fn switched(id: &str, enabled: bool, dir: &Path, lang: Lang) -> String {
    let install = install_command(dir);
    match (lang, enabled) {
        (Lang::ZhCn, false) => format!("{id} 已关闭；重启服务后生效。\n"),
        (Lang::En, false) => format!("{id} is off once the service is restarted.\n"),
        (Lang::ZhCn, true) => format!("{id} 已启用。请下载：{install}，然后重启服务；每台主机都要一样。\n"),
        (Lang::En, true) => {
            format!("{id} is on. Fetch it: {install}, then restart the service; the same on every host.\n")
        }
    }
}

pub(crate) fn table(rows: &[Row], dir: &Path, lang: Lang) -> String {
    let mut table = Table::default();
    for row in rows.iter().filter(|row| row.kind != Kind::Notice) {
        let sign = match row.state {
            State::Ok => "✔",
            State::Missing | State::WrongHash => "✘",
            State::Disabled => "–",
        };
        table.row([
            sign.to_owned(),
            row.id.clone(),
            kind_word(row.kind).to_owned(),
            row.state.as_str().to_owned(),
            format!("{:.1} MB", row.bytes as f64 / 1e6),
            row.sha256.to_string().chars().take(12).collect(),
            row.licence.clone(),
            row.source.clone(),
        ]);
    }
    let mut out = format!("{}\n{}", dir.display(), table.render(2));
    if !is_complete(rows) {
        out.push_str(
            lang.pick(
                "尚不完整，请运行：shiming models install\n",
                "Incomplete. Run: shiming models install\n",
            ),
        );
    }
    out
}
