//! `shiming mrz` for people.

use super::{Table, one_line};
use crate::lang::Lang;
use shiming_idcard::mrz::MrzReport;
use std::fmt::Write as _;

pub(crate) fn text(report: &MrzReport, problem: Option<&str>, lang: Lang) -> String {
    let mut out = String::new();
    if let Some(problem) = problem {
        let _ = writeln!(out, "✘ {problem}");
        return out;
    }
    let format = report.format.map_or("", |format| format.code());
    let headline = match (report.format.is_some(), report.check_digits_hold()) {
        (_, true) if report.is_valid() => {
            lang.pick("✔ 机读区有效，所有校验码相符", "✔ Every check digit of the zone holds")
        }
        (_, true) => lang.pick(
            "✔ 所有校验码相符，但机读区内容不符合规则",
            "✔ Every check digit of the zone holds, but what it says breaks a rule",
        ),
        (true, false) => lang.pick("✘ 机读区有误", "✘ The zone breaks a rule"),
        (false, _) => lang.pick("✘ 未找到机读区", "✘ There is no machine-readable zone"),
    };
    let _ = writeln!(out, "{headline}  {format}");
    for line in &report.lines {
        let _ = writeln!(out, "  {}", one_line(line));
    }
    let mut table = Table::default();
    let mut row = |zh, en, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            table.row([lang.pick(zh, en).to_owned(), one_line(&value)]);
        }
    };
    if let Some(fields) = &report.fields {
        row("姓", "surname", Some(fields.surname.clone()));
        row("名", "given names", Some(fields.given_names.clone()));
        row("证件号", "number", Some(fields.number.clone()));
        row("签发国", "issuer", Some(fields.issuer.clone()));
        row("国籍", "nationality", Some(fields.nationality.clone()));
        row("出生日期", "born", fields.birth.map(|d| d.to_string()).or(fields.birth_partial.clone()));
        row("性别", "sex", fields.sex.map(|s| s.code().to_owned()));
        row("有效期至", "expires", fields.expiry.map(|d| d.to_string()));
        row("可选项", "optional", Some(fields.optional.clone()));
    }
    let failed = report.failed_checks().join(", ");
    row("不符的校验", "failed checks", Some(failed));
    if report.repaired {
        let what =
            lang.pick("已按校验码纠正识别错误", "reading errors were undone, the check digits prove it");
        row("备注", "note", Some(what.to_owned()));
    }
    out.push_str(&table.render(2));
    out
}
