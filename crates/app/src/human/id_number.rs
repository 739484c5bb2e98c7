//! `shiming id-number` for people.

use super::Table;
use crate::lang::Lang;
use shiming_idcard::number::{NumberError, NumberKind, NumberReport, Sex};

pub(crate) fn text(report: &NumberReport, lang: Lang) -> String {
    if report.errors.contains(&NumberError::Empty) {
        return lang.pick("✘ 没有输入号码\n", "✘ There is no number\n").to_owned();
    }
    let mut table = Table::default();
    let mut row = |zh, en, value: Option<String>| {
        if let Some(value) = value {
            table.row([lang.pick(zh, en).to_owned(), value]);
        }
    };
    row("类型", "kind", Some(kind(report.kind, lang).to_owned()));
    row("出生日期", "born", report.birth.map(|date| date.to_string()));
    row("性别", "sex", report.sex.map(|sex| self::sex(sex, lang).to_owned()));
    row(
        "地区",
        "region",
        report.region.as_ref().map(|r| format!("{} {}", r.code(), r.name().unwrap_or(r.status().code()))),
    );
    row("国籍", "nationality", report.nationality.clone());
    for error in &report.errors {
        row("违反的规则", "broken rule", Some(format!("{} ({})", rule(*error, lang), error.code())));
    }
    let warnings: Vec<&str> = report.warnings.iter().map(|w| w.code()).collect();
    row("备注", "notes", (!warnings.is_empty()).then(|| warnings.join(", ")));
    let headline = if report.is_valid() {
        lang.pick("✔ 号码符合规则", "✔ The number keeps the rules")
    } else if report.is_specimen() {
        lang.pick("✘ 样本号码，不属于任何人", "✘ A specimen number; it cannot belong to a person")
    } else {
        lang.pick("✘ 号码不符合规则", "✘ The number breaks a rule")
    };
    format!("{headline}\n{}", table.render(2))
}

fn kind(kind: NumberKind, lang: Lang) -> &'static str {
    match kind {
        NumberKind::Resident => lang.pick("居民身份证", "resident ID card"),
        NumberKind::HmtResidencePermit => {
            lang.pick("港澳台居民居住证", "residence permit for Hong Kong, Macao and Taiwan residents")
        }
        NumberKind::ForeignPr2017 => {
            lang.pick("外国人永久居留身份证（2017 版）", "foreign permanent resident card (2017)")
        }
        NumberKind::ForeignPr2023 => {
            lang.pick("外国人永久居留身份证（2023 版）", "foreign permanent resident card (2023)")
        }
        NumberKind::HmTravelPermit => {
            lang.pick("港澳居民来往内地通行证", "travel permit for Hong Kong and Macao residents")
        }
        NumberKind::TwTravelPermit => {
            lang.pick("台湾居民来往大陆通行证", "travel permit for Taiwan residents")
        }
        NumberKind::CnPassport => lang.pick("中国护照", "Chinese passport"),
    }
}

fn sex(sex: Sex, lang: Lang) -> &'static str {
    match sex {
        Sex::Male => lang.pick("男", "male"),
        Sex::Female => lang.pick("女", "female"),
    }
}

fn rule(error: NumberError, lang: Lang) -> &'static str {
    match error {
        NumberError::Age => lang.pick("年龄超过上限", "older than a person can be"),
        NumberError::Charset => lang.pick("含有不允许的字符", "a character that cannot stand there"),
        NumberError::Check => lang.pick("校验码不符", "the check character does not fit"),
        NumberError::Country => lang.pick("国家代码不存在", "no such country code"),
        NumberError::Date => lang.pick("出生日期不存在", "no such calendar date"),
        NumberError::Empty => lang.pick("没有内容", "nothing there"),
        NumberError::Format => lang.pick("格式不符", "a fixed part is wrong"),
        NumberError::Future => lang.pick("出生日期在未来", "born in the future"),
        NumberError::LegacyCentury => lang.pick("无法判断出生世纪", "the century of birth cannot be told"),
        NumberError::Length => lang.pick("位数不对", "wrong length"),
        NumberError::Province => lang.pick("省份代码不存在", "no such province"),
        NumberError::RegionType => {
            lang.pick("前缀属于其他证件", "the prefix belongs to another kind of document")
        }
    }
}
