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
    if !enabled {
        return lang.pick(&format!("{id} 已关闭。\n"), &format!("{id} is off.\n")).to_owned();
    }
    let install = install_command(dir);
    match lang {
        Lang::ZhCn => format!("{id} 已启用。下载：{install}；运行中的服务需重启。\n"),
        Lang::En => format!("{id} is on. To fetch it: {install}; a running service must be restarted.\n"),
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
