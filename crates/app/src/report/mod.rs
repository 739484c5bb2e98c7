//! HTML pages: one file each, nothing loaded from elsewhere, no scripts. All text goes through `maud`, which
//! escapes it; what a picture or a form contains can never become markup.

pub(crate) mod bench;
mod checks;
mod fields;
pub(crate) mod inspect;
mod models;
mod photo;
mod plot;
pub(crate) mod verify;

use crate::lang::Lang;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use shiming_domain::reason::{Reason, Text};
use shiming_vault::digest::Sha256;

const CSS: &str = include_str!("style.css");

/// A whole page.
fn page(title: &str, lang: Lang, body: &Markup) -> String {
    // The hash allows exactly our style sheet: no other style, no script, no request to anywhere.
    let digest = STANDARD.encode(Sha256::of(CSS.as_bytes()).as_bytes());
    let policy = format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    );
    let markup = html! {
        (DOCTYPE)
        html lang=(lang.pick("zh-CN", "en")) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(CSS)) }
            }
            body { (body) }
        }
    };
    markup.into_string()
}

fn brand(what: &str) -> Markup {
    html! {
        div class="brand" {
            span { b { "Shiming 实名" } " · " (what) }
            span { "v" (env!("CARGO_PKG_VERSION")) }
        }
    }
}

fn footer(lang: Lang) -> Markup {
    html! {
        footer {
            p { (lang.pick(
                "本页在本机生成，包含个人信息，请妥善保管。图片已缩小并去除元数据。",
                "Made on this machine. It contains personal data: keep it safe. Pictures are reduced, without metadata."
            )) }
        }
    }
}

/// A JPEG file as a data URI.
fn jpeg_uri(bytes: &[u8]) -> String {
    format!("data:image/jpeg;base64,{}", STANDARD.encode(bytes))
}

/// A text in the page's language, and the other one below.
fn both(text: &Text, lang: Lang) -> Markup {
    let (first, second, other) = match lang {
        Lang::ZhCn => (&text.zh_cn, &text.en, "en"),
        Lang::En => (&text.en, &text.zh_cn, "zh-CN"),
    };
    html! {
        div class="what" { (first) }
        div class="other" lang=(other) { (second) }
    }
}

/// Numbered reasons with their steps.
fn reasons(reasons: &[Reason], lang: Lang) -> Markup {
    use crate::words;
    html! {
        ol class="reasons box" {
            @for reason in reasons {
                li { div {
                    (both(&reason.text, lang))
                    span class="tag" { (reason.code.as_str()) }
                    @for step in &reason.steps {
                        span class="tag" { "↻ " (words::step(*step).of(lang)) }
                    }
                    @if reason.choice { span class="tag" { (lang.pick("任选其一即可", "one of them is enough")) } }
                } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup_and_nothing_is_loaded() {
        let hostile = "</style><script>alert(1)</script>\"'&";
        let page = page(hostile, Lang::En, &html! { p title=(hostile) { (hostile) } });
        assert!(!page.contains("<script"));
        assert_eq!(page.matches("</style>").count(), 1);
        assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("url("));
        assert!(page.contains("default-src 'none'") && page.contains("style-src 'sha256-"));
        assert!(!page.contains(" style="), "the policy forbids style attributes");
    }
}
