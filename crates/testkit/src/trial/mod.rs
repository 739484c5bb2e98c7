//! A whole service in one process, for tests: a real database, a clock that stands still, chance that
//! repeats, and an outside world that remembers what it was told.

#![expect(clippy::missing_panics_doc, reason = "whatever goes wrong in a trial fails its test")]

pub mod ballast;
pub mod bare;
mod database;
pub mod live;
mod outside;
pub mod rows;
pub mod seen;
pub mod stories;

pub use database::{Database, databases};
pub use outside::{FakeEyes, FakeSource, Outbox};
pub use seen::good_evidence;

use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::policy::Policy;
use shiming_domain::sla::Holidays;
use shiming_engine::service::{Clock, Eyes, Parts, Ports, Randomness, Service, Settings, StaffSecondFactor};
use shiming_store::blobs::Blobs;
use shiming_vault::digest::Sha256;
use shiming_vault::keys::RootKey;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// 2026-11-25, a Wednesday, 10:00 in Shanghai.
pub const START_S: i64 = 1_795_572_000;

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct MockClock(AtomicI64);

impl MockClock {
    /// At a moment.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.unix_us()))
    }

    /// Forward.
    pub fn advance(&self, span: Span) {
        self.0.fetch_add(span.us(), Ordering::SeqCst);
    }

    /// To a moment.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.unix_us(), Ordering::SeqCst);
    }
}

impl Clock for MockClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_us(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// Chance that repeats: SHA-256 of a seed and a counter.
#[derive(Debug)]
pub struct SeededRandomness {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededRandomness {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let n = self.drawn.fetch_add(1, Ordering::SeqCst);
            let block = Sha256::of(&[self.seed.to_be_bytes(), n.to_be_bytes()].concat());
            for (to, from) in chunk.iter_mut().zip(block.as_bytes()) {
                *to = *from;
            }
        }
    }
}

/// A service and everything around it.
pub struct Trial {
    /// The service.
    pub service: Service,
    /// Its clock.
    pub clock: Arc<MockClock>,
    /// What it sent.
    pub outbox: Arc<Outbox>,
    /// What it sees in pictures.
    pub eyes: Arc<FakeEyes>,
    /// The identity source it asks.
    pub source: Arc<FakeSource>,
    /// The database it stands on.
    pub database: Database,
    folder: Arc<tempfile::TempDir>,
}

/// The folders of a trial: they stay as long as one of these, also when the trial itself is gone.
#[derive(Clone)]
pub struct Folders {
    _blobs: Arc<tempfile::TempDir>,
    _database: Option<Arc<tempfile::TempDir>>,
}

/// How a trial differs from the usual.
pub struct TrialOptions {
    /// `cn_pboc` or `generic`.
    pub preset: &'static str,
    /// A change to the policy's text before it is read, such as turning a source on.
    pub edit_policy: fn(String) -> String,
    /// Real people.
    pub live: bool,
    /// Staff sign in with a passkey or not at all.
    pub staff_need_passkey: bool,
    /// Seed of chance.
    pub seed: u64,
    /// What looks at pictures instead of [`FakeEyes`].
    pub real_eyes: Option<Arc<dyn Eyes>>,
    /// Pictures looked at at the same time.
    pub inference_slots: usize,
    /// Live challenges at the same time.
    pub challenges_max: usize,
    /// The operator's own holidays.
    pub holidays: Option<Holidays>,
}

impl Default for TrialOptions {
    fn default() -> Self {
        Self {
            preset: "generic",
            edit_policy: |text| text,
            live: false,
            staff_need_passkey: false,
            seed: 1,
            real_eyes: None,
            inference_slots: 2,
            challenges_max: 8,
            holidays: None,
        }
    }
}

impl Trial {
    /// On a database, as usual.
    pub async fn on(database: Database) -> Self {
        Self::with(database, TrialOptions::default()).await
    }

    /// On SQLite, as usual.
    pub async fn sqlite() -> Self {
        Self::on(Database::sqlite().await).await
    }

    /// On a database, differently.
    pub async fn with(database: Database, options: TrialOptions) -> Self {
        Self::with_ports(database, options, |_| {}).await
    }

    /// On a database, with another outside world.
    pub async fn with_ports(
        database: Database,
        options: TrialOptions,
        change: impl FnOnce(&mut Ports),
    ) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let clock = Arc::new(MockClock::at(Timestamp::from_unix_s(START_S).expect("a year in range")));
        let outbox = Arc::new(Outbox::default());
        let eyes = Arc::new(FakeEyes::default());
        let source = Arc::new(FakeSource::default());
        let preset = shiming_domain::policy::preset_text(options.preset).expect("a preset");
        let policy = Policy::from_toml(&(options.edit_policy)(preset.to_owned())).expect("a policy");
        let randomness = Arc::new(SeededRandomness::new(options.seed));
        let mut root = [0; 32];
        randomness.fill(&mut root);
        let mut ports = Ports {
            clock: Arc::clone(&clock) as _,
            randomness,
            mail: Arc::clone(&outbox) as _,
            sms: Arc::clone(&outbox) as _,
            sources: vec![Arc::clone(&source) as _],
            breached: None,
        };
        change(&mut ports);
        let parts = Parts {
            store: database.store.clone(),
            blobs: Blobs::open(folder.path().join("blobs")).await.expect("a folder of blobs"),
            policy,
            eyes: options.real_eyes.unwrap_or_else(|| Arc::clone(&eyes) as _),
            ports,
            settings: Settings {
                public_url: "https://shiming.test".to_owned(),
                product_name: "Shiming".to_owned(),
                live: options.live,
                inference_slots: options.inference_slots,
                challenges_max: options.challenges_max,
                staff_second_factor: if options.staff_need_passkey {
                    StaffSecondFactor::Passkey
                } else {
                    StaffSecondFactor::TotpOrPasskey
                },
                holidays: options.holidays,
            },
        };
        let root = RootKey::from_bytes(&root).expect("a root key");
        let service = Service::open(parts, root, Vec::new()).await.expect("a service");
        Self { service, clock, outbox, eyes, source, database, folder }
    }

    /// For whoever may outlive the trial, such as a client of its service: a pool opens connections late.
    pub fn folders(&self) -> Folders {
        Folders { _blobs: Arc::clone(&self.folder), _database: self.database.folder.clone() }
    }

    /// How many sealed files are kept.
    pub fn blobs(&self) -> usize {
        self.blob_paths().len()
    }

    /// Where the sealed files lie.
    pub fn blob_paths(&self) -> Vec<PathBuf> {
        fn files(folder: &Path) -> Vec<PathBuf> {
            let entries =
                std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
            entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
        }
        files(&self.folder.path().join("blobs"))
    }

    /// Runs every job that is due now.
    pub async fn run_jobs(&self) {
        let drained = self.service.run_until_idle().await.expect("jobs run");
        assert_eq!(drained.failed, 0, "jobs failed");
    }

    /// Moves the clock and runs what became due.
    pub async fn advance(&self, span: Span) {
        self.clock.advance(span);
        self.run_jobs().await;
    }
}
