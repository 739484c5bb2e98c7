//! What every use case of the service stands on: store, keys, clock, randomness, and the world outside.
//!
//! A use case is a function over [`Service`] and the [`Caller`]. It checks who asks, works out what follows in
//! `domain`, and writes it in one transaction with its audit row and the jobs that follow. Nothing slow runs
//! inside a transaction.

mod at;
mod caller;
mod error;
mod jobs;
mod keys;
mod pending;
mod ports;
mod worker;

pub use at::At;
pub use caller::{Caller, Principal, Scope, Strength};
pub use error::{Error, Kind, Refused};
pub use jobs::{Job, Subject};
pub use keys::KeysError;
pub use pending::{Pending, Reserved};
pub use ports::{Clock, Eyes, NoEyes, Ports, Randomness, SystemRandomness};
pub(crate) use worker::chain;
pub use worker::{Drained, Worker, WorkerOptions};

use shiming_domain::moment::{Calendar, Span, Timestamp};
use shiming_domain::policy::Policy;
use shiming_domain::sla::{Holidays, WorkCalendar};
use shiming_domain::zone::Zone;
use shiming_store::Store;
use shiming_store::blobs::Blobs;
use shiming_vault::keys::RootKey;
use std::sync::Arc;
use tokio::sync::Notify;

/// The one tenant of an installation. It is part of every key and every sealed value's address, so that a
/// second one can follow.
pub const TENANT: &str = "main";

/// Whose data belong to no person: kept answers, settings.
pub(crate) const SERVICE_SUBJECT: &str = "service";

/// Passwords that wait to be hashed; more would only wait longer than anybody does.
const HASHING_WAITING_MAX: usize = 64;

/// When a place for a live challenge is likely to be free: about half of a challenge.
const LIVE_PLACE_WAIT: Span = Span::seconds(10);

/// Everything a service is made of.
pub struct Parts {
    /// The database, migrated.
    pub store: Store,
    /// Sealed files.
    pub blobs: Blobs,
    /// The policy in force.
    pub policy: Policy,
    /// Looks at pictures.
    pub eyes: Arc<dyn Eyes>,
    /// Clock, randomness, mail, SMS, sources.
    pub ports: Ports,
    /// How this installation is set.
    pub settings: Settings,
}

/// How an installation is set; never what decides a verdict, which is the policy's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where people reach it, without a slash at the end: `https://id.example.org`.
    pub public_url: String,
    /// The product's name in texts.
    pub product_name: String,
    /// Real people. Otherwise it is a sandbox: specimens are accepted, codes can be read from the outbox.
    pub live: bool,
    /// Pictures looked at at the same time; beyond it the gate says that it is busy.
    pub inference_slots: usize,
    /// Live challenges at the same time in this process; beyond it they are refused before they begin.
    pub challenges_max: usize,
    /// What staff sign in with beside their password.
    pub staff_second_factor: StaffSecondFactor,
    /// The operator's own days off and worked weekends; their years stand before those of the policy's table.
    pub holidays: Option<Holidays>,
}

/// What staff sign in with beside their password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StaffSecondFactor {
    /// An authenticator app will do; where the policy asks for a passkey they are asked to set one up.
    #[default]
    TotpOrPasskey,
    /// A passkey. An authenticator app lets them set one up and nothing else.
    Passkey,
}

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    blobs: Blobs,
    policy: Policy,
    calendar: Calendar,
    working: WorkCalendar,
    keys: keys::Keys,
    eyes: Arc<dyn Eyes>,
    ports: Ports,
    settings: Settings,
    inference: Arc<tokio::sync::Semaphore>,
    live_places: Arc<tokio::sync::Semaphore>,
    live_lane: Arc<tokio::sync::Semaphore>,
    hashing: Arc<tokio::sync::Semaphore>,
    hashing_queue: Arc<tokio::sync::Semaphore>,
    work: Notify,
}

impl Service {
    /// Opens the service: reads its keys, making them at the first start.
    pub async fn open(parts: Parts, root: RootKey, older_roots: Vec<RootKey>) -> Result<Self, Error> {
        let Parts { store, blobs, policy, eyes, ports, settings } = parts;
        let keys = keys::Keys::open(&store, root, older_roots, &ports).await?;
        let calendar =
            Calendar::from_policy(&policy.rules().time).map_err(|_| Error::Internal("policy_zone"))?;
        let working = working(&policy, settings.holidays.as_ref())?;
        let inference = Arc::new(tokio::sync::Semaphore::new(settings.inference_slots.max(1)));
        let live_places = Arc::new(tokio::sync::Semaphore::new(settings.challenges_max.max(1)));
        let live_lane = Arc::new(tokio::sync::Semaphore::new(num_cores()));
        let hashing = Arc::new(tokio::sync::Semaphore::new(num_cores()));
        let hashing_queue = Arc::new(tokio::sync::Semaphore::new(num_cores() + HASHING_WAITING_MAX));
        let work = Notify::new();
        let inner = Inner {
            store,
            blobs,
            policy,
            calendar,
            working,
            keys,
            eyes,
            ports,
            settings,
            inference,
            live_places,
            live_lane,
            hashing,
            hashing_queue,
            work,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Sealed files.
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// Days and years in the operator's zone.
    pub fn calendar(&self) -> &Calendar {
        &self.inner.calendar
    }

    /// When people work: every promise is counted in it.
    pub fn work_calendar(&self) -> &WorkCalendar {
        &self.inner.working
    }

    /// How this installation is set.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The world outside.
    pub fn ports(&self) -> &Ports {
        &self.inner.ports
    }

    /// Looks at pictures.
    pub fn eyes(&self) -> &Arc<dyn Eyes> {
        &self.inner.eyes
    }

    /// Slots for looking at pictures.
    pub fn inference(&self) -> &Arc<tokio::sync::Semaphore> {
        &self.inner.inference
    }

    /// Threads that look at frames of live challenges, apart from the slots for pictures: whoever holds still
    /// in front of a camera waits for no upload.
    pub(crate) fn live_lane(&self) -> &Arc<tokio::sync::Semaphore> {
        &self.inner.live_lane
    }

    /// A place for a live challenge, or the word that all are taken.
    pub(crate) fn live_place(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Error> {
        Arc::clone(&self.inner.live_places).try_acquire_owned().map_err(|_| {
            let detail = "All places for live challenges are taken. Try again in a moment.";
            let at = self.now() + LIVE_PLACE_WAIT;
            Refused::new(Kind::Busy, "liveness_busy", detail).until(Some(at)).into()
        })
    }

    /// Slots for hashing passwords: as many as there are cores.
    pub fn hashing(&self) -> &Arc<tokio::sync::Semaphore> {
        &self.inner.hashing
    }

    /// Places for those whose password is hashed or waits for it; whoever finds none comes back later.
    pub fn hashing_queue(&self) -> &Arc<tokio::sync::Semaphore> {
        &self.inner.hashing_queue
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.inner.ports.clock.now()
    }

    /// A new id: `service.id(ApplicationId::at)`.
    pub fn id<T>(&self, make: fn(Timestamp, u128) -> T) -> T {
        make(self.now(), self.inner.ports.randomness.u128())
    }

    /// There is new work: wakes the workers of this process.
    pub(crate) fn wake(&self) {
        self.inner.work.notify_waiters();
    }
}

/// When people work: by the policy, with the operator's own holidays over the policy's table.
fn working(policy: &Policy, own: Option<&Holidays>) -> Result<WorkCalendar, Error> {
    let rules = policy.rules();
    let zone = Zone::named(&rules.time.zone).ok_or(Error::Internal("policy_zone"))?;
    let named =
        Holidays::named(&rules.calendar.holiday_table).map_err(|_| Error::Internal("policy_holidays"))?;
    let holidays = own.map_or_else(|| named.clone(), |own| own.clone().over(&named));
    WorkCalendar::new(&rules.calendar, zone, holidays).map_err(|_| Error::Internal("policy_calendar"))
}

fn num_cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
