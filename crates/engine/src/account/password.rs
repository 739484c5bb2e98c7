//! Passwords: which are refused, and hashing without letting a flood of sign-ins take the machine.

use crate::service::{Error, Kind, Refused, Service};
use shiming_domain::policy::Blocklist;
use shiming_vault::password::{Cost, LengthError, PasswordError, StoredPassword, Verdict, check_length};
use std::sync::LazyLock;

/// The most common passwords, one a line, in lower case.
static COMMON: LazyLock<std::collections::BTreeSet<&'static str>> = LazyLock::new(|| {
    include_str!("common_passwords.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// Letters that a word of the context must have to count: `li` would refuse half of all passwords.
const CONTEXT_CHARS_MIN: usize = 4;

/// Whether a new password is good enough. `context` are words an attacker would try first: the contact, the
/// product's name.
pub(super) fn check(
    service: &Service,
    password: &str,
    with_second_factor: bool,
    context: &[&str],
) -> Result<(), Error> {
    let refuse = |code, detail: String| Err(Refused::new(Kind::Unacceptable, code, detail).into());
    match check_length(password, with_second_factor) {
        Ok(()) => {}
        Err(LengthError::TooShort { min }) => {
            return refuse("password_too_short", format!("A password has at least {min} characters here."));
        }
        Err(LengthError::TooLong) => {
            return refuse("password_too_long", "A password has at most 128 characters.".to_owned());
        }
    }
    let context: Vec<&str> =
        context.iter().copied().chain([service.settings().product_name.as_str()]).collect();
    if is_common(password, &context) {
        return refuse(
            "password_common",
            "This password is among the first that anybody would try.".to_owned(),
        );
    }
    Ok(())
}

/// A listed password, one repeated, or the context with little around it.
fn is_common(password: &str, context: &[&str]) -> bool {
    let lower = password.to_lowercase();
    let repeated = |word: &str| {
        !word.is_empty()
            && lower.len().is_multiple_of(word.len())
            && lower == word.repeat(lower.len() / word.len())
    };
    let mut halves =
        (1..=lower.len() / 2).filter(|at| lower.is_char_boundary(*at)).filter_map(|at| lower.get(..at));
    // What is left without figures and signs at the ends: `Password2026!` is `password`.
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    if COMMON.contains(lower.as_str()) || COMMON.contains(core) {
        return true;
    }
    // One short word again and again.
    if halves.any(|word| word.chars().count() <= 4 && repeated(word)) {
        return true;
    }
    if COMMON.iter().any(|word| word.len() > 4 && repeated(word)) {
        return true;
    }
    context.iter().map(|word| word.to_lowercase()).any(|word| {
        let name = word.split('@').next().unwrap_or_default().to_owned();
        [word, name].iter().any(|word| {
            word.chars().count() >= CONTEXT_CHARS_MIN
                && lower.contains(word.as_str())
                && lower.replace(word.as_str(), "").chars().count() < 8
        })
    })
}

/// What became of a new password.
enum Hashed {
    Fine(StoredPassword),
    Breached,
    ListUnreadable,
}

/// Hashes a new password, when there is room, unless it is on the operator's list of stolen ones.
pub(super) async fn hash(service: &Service, password: &str) -> Result<StoredPassword, Error> {
    let (service_, password) = (service.clone(), password.to_owned());
    let hashed = work(service, move || {
        let asked = service_.policy().rules().password.blocklist.contains(&Blocklist::Breached);
        let list = service_.ports().breached.as_ref().filter(|_| asked);
        Ok(match list.map_or(Ok(false), |list| list.contains(&password)) {
            Ok(false) => {
                let stored = service_.passwords(Cost::DEFAULT).hash(&password, &mut service_.draw())?;
                Hashed::Fine(stored)
            }
            Ok(true) => Hashed::Breached,
            Err(error) => {
                tracing::error!(error = %error, "the list of stolen passwords cannot be read");
                Hashed::ListUnreadable
            }
        })
    });
    match hashed.await? {
        Hashed::Fine(stored) => Ok(stored),
        Hashed::Breached => {
            let detail = "This password is on lists of stolen passwords. Choose another one.";
            Err(Refused::new(Kind::Unacceptable, "password_breached", detail).into())
        }
        Hashed::ListUnreadable => Err(Error::Internal("breached_passwords")),
    }
}

/// What a check came to.
pub(super) struct Checked {
    /// It was right.
    pub(super) right: bool,
    /// And is to be stored anew, because cost or pepper have changed.
    pub(super) rehashed: Option<StoredPassword>,
}

/// Checks a password; without a row it takes as long and is wrong.
pub(super) async fn verify(
    service: &Service,
    stored: Option<StoredPassword>,
    password: &str,
) -> Result<Checked, Error> {
    let (service_, password) = (service.clone(), password.to_owned());
    work(service, move || {
        let passwords = service_.passwords(Cost::DEFAULT);
        let verdict = match &stored {
            Some(stored) => passwords.verify(stored, &password)?,
            None => passwords.verify_unknown(&password)?,
        };
        let rehashed = match verdict {
            Verdict::RightAndRehash => Some(passwords.hash(&password, &mut service_.draw())?),
            Verdict::Right | Verdict::Wrong => None,
        };
        Ok(Checked { right: verdict != Verdict::Wrong, rehashed })
    })
    .await
}

/// Runs on a thread of its own, as many at once as there are cores and a few waiting; beyond that whoever asks
/// is told to come back.
async fn work<T: Send + 'static>(
    service: &Service,
    work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
) -> Result<T, Error> {
    let busy = || Refused::new(Kind::Busy, "busy", "The service is busy. Try again in a moment.");
    let _waiting = service.hashing_queue().try_acquire().map_err(|_| busy())?;
    let _slot = service.hashing().acquire().await.map_err(|_| busy())?;
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(PasswordError::NoMemory(_))) => Err(busy().into()),
        Ok(Err(PasswordError::Length(_))) => Err(Refused::new(
            Kind::Unacceptable,
            "password_too_long",
            "A password has at most 128 characters.",
        )
        .into()),
        Ok(Err(PasswordError::Row(_) | PasswordError::MissingPepper(_))) => {
            Err(Error::Internal("password_row"))
        }
        Err(_) => Err(Error::Internal("hashing_panicked")),
    }
}

#[cfg(test)]
mod tests {
    use super::is_common;

    #[test]
    fn what_anybody_would_try_first_is_refused() {
        let context = ["wang.fang@example.org", "Shiming"];
        for password in [
            "password",
            "Password2026!",
            "passwordpassword",
            "qwertyuiop",
            "12341234123412341234",
            "wang.fang@example.org",
            "wang.fang123456",
            "Shiming2026",
            "iloveyou",
            "aaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(is_common(password, &context), "{password}");
        }
        for password in [
            "correct horse battery staple",
            "四月的雨打湿了旧城墙的石阶",
            "wang.fang likes green tea in june",
        ] {
            assert!(!is_common(password, &context), "{password}");
        }
    }
}
