//! The texts of letters with codes, in the language of whoever reads them.

use super::code::Purpose;
use crate::service::Service;
use shiming_domain::account::Locale;

/// A letter, and the same in short.
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) short: String,
}

/// What to write.
pub(super) fn text(service: &Service, purpose: Purpose, locale: Locale, code: Option<&str>) -> Text {
    let product = &service.settings().product_name;
    let url = &service.settings().public_url;
    let code = code.unwrap_or_default();
    let (subject, body) = match locale {
        Locale::ZhCn => zh(purpose, code, url),
        Locale::En => en(purpose, code, url),
    };
    let (open, close) = if locale == Locale::ZhCn { ("【", "】") } else { ("[", "] ") };
    let short = format!("{open}{product}{close}{body}");
    Text { subject: format!("{product}: {subject}"), body, short }
}

fn zh(purpose: Purpose, code: &str, url: &str) -> (&'static str, String) {
    let never = "请勿告诉任何人，包括客服。";
    match purpose {
        Purpose::Register | Purpose::NewContact => {
            ("验证码", format!("您的验证码是 {code}，用于确认联系方式。{never}若非本人操作，请忽略。"))
        }
        Purpose::Recover => {
            ("重设密码", format!("您的验证码是 {code}，用于重设密码。{never}若非本人操作，请忽略。"))
        }
        Purpose::StepUp => (
            "验证码",
            format!("您的验证码是 {code}，用于确认是您本人。{never}若非本人操作，请尽快修改密码。"),
        ),
        Purpose::AlreadyRegistered => {
            ("您已有账户", format!("有人用此联系方式注册。您已有账户，可直接登录或找回密码：{url}"))
        }
        Purpose::ContactChanged => {
            ("联系方式已变更", format!("您账户的联系方式已变更。如非本人操作，请立即联系我们：{url}"))
        }
        Purpose::PasswordChanged => (
            "密码已重设",
            format!("您的密码已重设，所有设备均已退出登录。如非本人操作，请立即联系我们：{url}"),
        ),
    }
}

fn en(purpose: Purpose, code: &str, url: &str) -> (&'static str, String) {
    let never = "Tell it to nobody, not even to our staff.";
    match purpose {
        Purpose::Register | Purpose::NewContact => (
            "your code",
            format!("Your code is {code}. It confirms this contact. {never} Not you? Ignore this."),
        ),
        Purpose::Recover => (
            "new password",
            format!("Your code is {code}. It sets a new password. {never} Not you? Ignore this."),
        ),
        Purpose::StepUp => (
            "your code",
            format!("Your code is {code}. It shows that it is you. {never} Not you? Change your password."),
        ),
        Purpose::AlreadyRegistered => (
            "you have an account",
            format!(
                "Somebody registered with this contact. You have an account: sign in, or set a new password, at {url}"
            ),
        ),
        Purpose::ContactChanged => (
            "contact changed",
            format!("The contact of your account has changed. Not you? Tell us at once: {url}"),
        ),
        Purpose::PasswordChanged => (
            "new password",
            format!(
                "Your password was set anew and all devices were signed out. Not you? Tell us at once: {url}"
            ),
        ),
    }
}
