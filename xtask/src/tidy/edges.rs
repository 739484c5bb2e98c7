//! Who may depend on whom, and which kinds of foreign crates live where.

use super::Checkout;
use crate::workspace::Package;

/// Our crates from the bottom up, and what each may use. A crate without a row is a violation, so that
/// nobody joins without a place.
const LAYERS: [(&str, &[&str]); 10] = [
    ("shiming-idcard", &[]),
    ("shiming-domain", &["shiming-idcard"]),
    ("shiming-vault", &[]),
    ("shiming-vision", &["shiming-domain", "shiming-idcard"]),
    ("shiming-store", &["shiming-vault", "shiming-domain", "shiming-idcard"]),
    (
        "shiming-engine",
        &["shiming-store", "shiming-vision", "shiming-vault", "shiming-domain", "shiming-idcard"],
    ),
    (
        "shiming-server",
        &["shiming-engine", "shiming-store", "shiming-vault", "shiming-domain", "shiming-idcard"],
    ),
    (
        "shiming-app",
        &[
            "shiming-server",
            "shiming-engine",
            "shiming-store",
            "shiming-vault",
            "shiming-domain",
            "shiming-idcard",
        ],
    ),
    (
        "shiming-testkit",
        &["shiming-engine", "shiming-store", "shiming-vault", "shiming-domain", "shiming-idcard"],
    ),
    ("xtask", &[]),
];

/// The test kit may be used by tests of everything but the crate that is published alone.
const TESTKIT: &str = "shiming-testkit";
const PUBLISHED: &str = "shiming-idcard";

/// Kinds of foreign crates with the only crates of ours that may name them, and why.
struct Home {
    what: &'static str,
    /// Crate names; one that ends in `-` stands for all that begin so.
    crates: &'static [&'static str],
    lives_in: &'static [&'static str],
}

const HOMES: [Home; 4] = [
    Home {
        what: "cryptography",
        crates: &[
            "sha1",
            "sha2",
            "sha3",
            "sm3",
            "sm4",
            "md-5",
            "md5",
            "blake2",
            "blake3",
            "hmac",
            "hkdf",
            "aes",
            "aes-",
            "aead",
            "aead-",
            "chacha20",
            "chacha20poly1305",
            "poly1305",
            "argon2",
            "scrypt",
            "ring",
            "aws-lc-rs",
            "ed25519-",
            "p256",
            "rsa",
            "getrandom",
            "subtle",
            "zeroize",
            "secrecy",
        ],
        lives_in: &["shiming-vault"],
    },
    Home {
        what: "pixels and networks that look at them",
        crates: &[
            "image",
            "image-",
            "imageproc",
            "png",
            "jpeg-",
            "zune-",
            "webp",
            "libwebp-",
            "fast_image_resize",
            "ort",
            "ort-",
            "rten",
            "rten-",
            "tract-",
            "ndarray",
        ],
        lives_in: &["shiming-vision", TESTKIT],
    },
    Home {
        what: "databases and object stores",
        crates: &["sqlx", "sqlx-", "rusqlite", "object_store", "diesel", "sea-orm"],
        // The test kit makes and drops whole databases.
        lives_in: &["shiming-store", TESTKIT],
    },
    Home {
        what: "async and the network",
        crates: &[
            "tokio", "tokio-", "async-", "futures", "futures-", "hyper", "hyper-", "reqwest", "ureq", "axum",
            "axum-", "tower", "tower-", "mio", "socket2", "rustls", "rustls-", "lettre",
        ],
        lives_in: &["shiming-store", "shiming-engine", "shiming-server", "shiming-app", TESTKIT],
    },
];

/// What the pure crates may not even be built with.
const IMPURE: [&str; 20] = [
    "tokio",
    "async-std",
    "futures",
    "hyper",
    "axum",
    "sqlx",
    "reqwest",
    "rand",
    "rand_core",
    "fastrand",
    "getrandom",
    "chrono",
    "tempfile",
    "tracing",
    "ort",
    "rten",
    "image",
    "sha2",
    "uuid",
    "mio",
];

/// Dependencies on our own crates follow [`LAYERS`].
pub(super) fn workspace_edges(checkout: &Checkout) -> Vec<String> {
    let mut wrong = Vec::new();
    let members: Vec<&Package> = checkout.metadata.members().collect();
    for package in &members {
        let Some((_, below)) = LAYERS.iter().find(|(name, _)| *name == package.name) else {
            wrong.push(format!("{} has no row in xtask/src/tidy/edges.rs", package.name));
            continue;
        };
        let folder = package.folder().file_name().unwrap_or_default().to_string_lossy().into_owned();
        if package.name != folder && package.name != format!("shiming-{folder}") {
            wrong.push(format!("{} lies in a folder named {folder}", package.name));
        }
        for dependency in &package.dependencies {
            let ours = members.iter().any(|member| member.name == dependency.name);
            let for_tests =
                !dependency.is_shipped() && dependency.name == TESTKIT && package.name != PUBLISHED;
            if ours && !below.contains(&dependency.name.as_str()) && !for_tests {
                wrong.push(format!("{} may not depend on {}", package.name, dependency.name));
            }
        }
    }
    wrong
}

/// Foreign crates are named only where their kind lives, tests included.
pub(super) fn homes(checkout: &Checkout) -> Vec<String> {
    let mut wrong = Vec::new();
    for package in checkout.metadata.members() {
        for dependency in &package.dependencies {
            for home in HOMES.iter().filter(|home| home.holds(&dependency.name)) {
                if !home.lives_in.contains(&package.name.as_str()) {
                    let homes = home.lives_in.join(", ");
                    wrong.push(format!(
                        "{} names {}: {} live only in {homes}",
                        package.name, dependency.name, home.what
                    ));
                }
            }
        }
    }
    wrong
}

impl Home {
    fn holds(&self, name: &str) -> bool {
        self.crates.iter().any(|known| match known.strip_suffix('-') {
            Some(_) => name.starts_with(known),
            None => name == *known,
        })
    }
}

/// Everything the pure crates are built with, near or far.
pub(super) fn pure_graph(checkout: &Checkout) -> Vec<String> {
    let mut wrong = Vec::new();
    for package in
        checkout.metadata.members().filter(|p| super::pure::PURE.iter().any(|(name, _)| *name == p.name))
    {
        for name in checkout.metadata.shipped_with(package) {
            if IMPURE.contains(&name) {
                wrong.push(format!("{} is built with {name}", package.name));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_of_crates_has_one_home() {
        let home = |name| HOMES.iter().find(|home| home.holds(name)).map(|home| home.what);
        assert_eq!(home("sha2"), Some("cryptography"));
        assert_eq!(home("zune-jpeg"), Some("pixels and networks that look at them"));
        assert_eq!(home("tokio-util"), Some("async and the network"));
        assert_eq!(home("imagesize"), None);
        assert_eq!(home("serde"), None);
    }

    #[test]
    fn nothing_points_up() {
        for (index, (name, below)) in LAYERS.iter().enumerate() {
            for other in *below {
                let place = LAYERS.iter().position(|(known, _)| known == other).unwrap();
                assert!(place < index, "{name} → {other}");
            }
        }
    }
}
