//! Read against typed.

use super::checks::status_class;
use crate::human::{emblem_rows, portrait_rows};
use crate::json::{emblem_fields, portrait_fields};
use crate::lang::Lang;
use crate::words;
use maud::{Markup, html};
use shiming_domain::check::{Check, Status};
use shiming_domain::replay::Record;
use shiming_idcard::number::{MAX_AGE_YEARS, check};

/// Every field: what was read, how sure, what was typed or follows from it, and whether both agree.
pub(super) fn table(record: &Record, lang: Lang) -> Markup {
    let portrait = portrait_fields(&record.evidence);
    let emblem = emblem_fields(&record.evidence);
    let rows = portrait_rows(&portrait).into_iter().chain(emblem_rows(&emblem));
    let typed = Typed::new(record);
    html! {
        div class="box scroll" { table {
            thead { tr {
                th {} th { (lang.pick("字段", "field")) } th { (lang.pick("证件上读到", "read on the card")) }
                th class="num wide" { (lang.pick("置信度", "confidence")) } th { (lang.pick("本人填写", "typed")) }
            } }
            tbody {
                @for (name, field) in rows {
                    tr {
                        @match typed.status(record, name, field.map(|f| f.text.reveal())) {
                            Some(status) => td class={ "mark " (status_class(status)) } { (words::status_sign(status)) },
                            None => td class="mark" {},
                        }
                        th { (words::field(name).of(lang)) }
                        td class="text" { @match field { Some(f) => (f.text.reveal()), None => "—" } }
                        td class="num wide" {
                            @if let Some(f) = field { (format!("{:.1} %", f.confidence * 100.0)) }
                        }
                        td class="text" { (typed.value(name, lang)) }
                    }
                }
            }
        } }
    }
}

/// What was typed, and what the typed number says.
struct Typed<'a> {
    name: &'a str,
    number: &'a str,
    birth: Option<String>,
    sex: Option<&'static str>,
}

impl<'a> Typed<'a> {
    fn new(record: &'a Record) -> Self {
        let number = record.declared.number.reveal();
        let report = check(number, None, record.context.today, MAX_AGE_YEARS);
        Self {
            name: record.declared.name.reveal(),
            number,
            birth: report.birth.map(|date| date.to_string()),
            sex: report.sex.map(shiming_idcard::Sex::printed),
        }
    }

    fn value(&self, field: &str, lang: Lang) -> Markup {
        let from_number = |value: &str| {
            html! { (value) " " span class="soft small" { (lang.pick("（由号码得出）", "(from the number)")) } }
        };
        match field {
            "name" => html! { (self.name) },
            "number" => html! { (self.number) },
            "birth_date" => self.birth.as_deref().map_or(html! {}, from_number),
            "sex" => self.sex.map_or(html! {}, from_number),
            _ => html! {},
        }
    }

    /// The verdict where a check compares, plain equality where the number says it too.
    fn status(&self, record: &Record, field: &str, read: Option<&str>) -> Option<Status> {
        let of = |name| {
            let judged = record.decision.checks.iter().find(|c| c.name == name)?;
            Some(judged.status).filter(|status| *status != Status::NotApplicable)
        };
        let same = |typed: Option<&str>| {
            let (typed, read) = (typed?, read?);
            Some(if typed == read { Status::Pass } else { Status::Fail })
        };
        match field {
            "name" => of(Check::NameMatch),
            "number" => of(Check::NumberMatch),
            "birth_date" => same(self.birth.as_deref()),
            "sex" => same(self.sex),
            _ => None,
        }
    }
}
