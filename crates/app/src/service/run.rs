//! The life of a process that stays: work, answer, and stop in two stages.
//!
//! The first SIGTERM or SIGINT says on `/readyz` that nothing new is welcome, stops accepting, and gives
//! requests and jobs in flight their time; the second ends at once. A job that is cut off is not lost: its
//! lease runs out and another worker takes it.

use super::http::Listener;
use super::{Need, open};
use crate::config::{Config, Loaded, audited};
use crate::exit::{Exit, Failure};
use anyhow::Context as _;
use axum_server::Handle;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use shiming_engine::service::{Service, Worker, WorkerOptions};
use shiming_server::{AppState, HttpOptions};
use shiming_vault::digest::Sha256;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Between two upkeeps of the metrics.
const UPKEEP: Duration = Duration::from_secs(5);
/// Between two sweeps: what is over is forgotten, what an outage left behind is sent.
const SWEEP: Duration = Duration::from_hours(1);
/// Upper bounds of durations in seconds.
const BUCKETS_S: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// What the process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Roles {
    /// Answers HTTP, and works if the configuration says so.
    Serve {
        /// Bring the schema up first.
        migrate: bool,
    },
    /// Only works.
    Work,
}

/// Runs until told to stop.
pub(crate) fn run(loaded: &Loaded, roles: Roles) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(stay(loaded, roles));
    // After the second signal nothing is waited for.
    runtime.shutdown_background();
    ended
}

async fn stay(loaded: &Loaded, roles: Roles) -> Result<Exit, Failure> {
    let mut config = loaded.config.clone();
    let mut signals = Signals::new()?;
    let metrics = PrometheusBuilder::new().set_buckets(&BUCKETS_S)?.install_recorder()?;
    let (listener, migrate) = match roles {
        Roles::Serve { migrate } => (Some(Listener::bind(&config.server).await?), migrate),
        Roles::Work => (None, false),
    };
    if let Some(listener) = &listener {
        config.server.bound(listener.address);
    }
    let config = &config;
    let service = tokio::select! {
        opened = open(config, migrate, Need::Pictures) => opened?,
        () = signals.stop() => return Ok(Exit::Answered),
    };
    note_settings(&service, loaded, roles).await?;

    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let workers = if roles == Roles::Work { config.worker.count.max(1) } else { config.worker.count };
    for n in 0..workers {
        let owner = format!("{}-{n}", std::process::id());
        let options = WorkerOptions { owner, poll: Duration::from_millis(config.worker.poll_ms.into()) };
        tasks.spawn(Worker::new(service.clone(), options).run(stopped.clone()));
    }
    tasks.spawn(checkpoints(service.clone(), config.audit.clone(), stopped.clone()));
    tasks.spawn(sweeps(service.clone(), stopped.clone()));
    tasks.spawn(upkeep(metrics.clone(), stopped.clone()));

    let http = match listener {
        None => None,
        Some(listener) => Some(answer(config, &service, listener, metrics, &mut tasks).await?),
    };
    tracing::info!(workers, live = config.live, policy = service.policy().label(), "ready");

    loop {
        tokio::select! {
            told = signals.next() => match (told, &http) {
                (Told::Stop, _) => break,
                (Told::Reload, Some(http)) => http.reload(config).await,
                (Told::Reload, None) => {}
            },
            // A task ends only when it was told to; anything else is a fault.
            Some(ended) = tasks.join_next() => {
                ended.context("a task of the service ended")?;
                return Err(anyhow::anyhow!("a task of the service ended by itself").into());
            }
        }
    }
    drain(config, stop, http, tasks, &mut signals, &service).await
}

/// A change of settings shows at the next start, and the audit log tells it.
async fn note_settings(service: &Service, loaded: &Loaded, roles: Roles) -> Result<(), Failure> {
    let mut settings = audited(loaded);
    let policy = service.policy();
    settings.insert("policy.label".to_owned(), policy.label().to_owned());
    settings.insert("policy.sha256".to_owned(), Sha256::of(policy.text().as_bytes()).to_string());
    let process = if roles == Roles::Work { "worker" } else { "serve" };
    let changes = shiming_engine::settings::note(service, process, &settings).await?;
    if changes > 0 {
        tracing::info!(changes, "settings differ from the last start; the audit log tells which");
    }
    Ok(())
}

/// The second half of a life.
async fn drain(
    config: &Config,
    stop: watch::Sender<bool>,
    http: Option<Http>,
    mut tasks: JoinSet<()>,
    signals: &mut Signals,
    service: &Service,
) -> Result<Exit, Failure> {
    let time = Duration::from_secs(config.server.shutdown_seconds.into());
    tracing::info!(seconds = config.server.shutdown_seconds, "stopping; a second signal ends at once");
    if let Some(http) = &http {
        http.state.set_ready(false);
        http.handle.graceful_shutdown(Some(time));
    }
    let _ = stop.send(true);
    let finished = async { while tasks.join_next().await.is_some() {} };
    tokio::select! {
        () = finished => tracing::info!("everything in flight has ended"),
        () = tokio::time::sleep(time) => tracing::warn!("what is left is cut off; its leases will run out"),
        () = signals.stop() => {
            tracing::warn!("ended by a second signal");
            return Ok(Exit::Answered);
        }
    }
    service.store().close().await;
    Ok(Exit::Answered)
}

/// What is needed to stop answering.
struct Http {
    handle: Handle<std::net::SocketAddr>,
    state: AppState,
    tls: Option<axum_server::tls_rustls::RustlsConfig>,
}

impl Http {
    /// Reads certificate and key again; bad files leave the old ones in use.
    async fn reload(&self, config: &Config) {
        let (Some(tls), Some((certificate, key))) = (&self.tls, &config.server.tls) else { return };
        match tls.reload_from_pem_file(certificate, key).await {
            Ok(()) => tracing::info!("read the certificate again"),
            Err(error) => tracing::error!(%error, "the new certificate cannot be used; the old one stays"),
        }
    }
}

async fn answer(
    config: &Config,
    service: &Service,
    listener: Listener,
    metrics: PrometheusHandle,
    tasks: &mut JoinSet<()>,
) -> Result<Http, Failure> {
    let options = HttpOptions {
        trusted_proxies: config.server.trusted_proxies.clone(),
        request_max: Duration::from_secs(config.server.request_seconds_max.into()),
        requests_per_s_max: config.server.requests_per_s_max,
        upload_mib_max: config.server.upload_mib_max,
    };
    let state = AppState::new(service.clone(), options).with_metrics(move || metrics.render());
    let handle = Handle::new();
    let (address, tls) = (listener.address, listener.tls.clone());
    let serving = listener.serve(state.clone(), handle.clone());
    tasks.spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the listener failed");
        }
    });
    greet(config, service, address, tls.is_some()).await?;
    Ok(Http { handle, state, tls })
}

/// What somebody who starts it wants to know, on standard output: the address, and at the first start the
/// one-time link with which the first member of staff signs up.
async fn greet(
    config: &Config,
    service: &Service,
    address: std::net::SocketAddr,
    tls: bool,
) -> Result<(), Failure> {
    let scheme = if tls { "https" } else { "http" };
    let mut text = format!("listening on {scheme}://{address}\n");
    if let Some(link) = shiming_engine::account::setup_link(service).await? {
        let _ = writeln!(text, "set up the first member of staff, once: {link}");
    }
    if !config.live {
        text.push_str("sandbox: specimens pass, and what would be sent is on /api/v1/sandbox/outbox\n");
    }
    let mut out = std::io::stdout().lock();
    // Nobody may be reading; that is no reason not to serve.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    Ok(())
}

/// Signs checkpoints while rows arrive, and keeps them outside too.
async fn checkpoints(service: Service, audit: crate::config::Audit, mut stop: watch::Receiver<bool>) {
    let pause = Duration::from_secs(audit.checkpoint_seconds.into());
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
        match shiming_engine::audit::checkpoint(&service).await {
            Ok(Some(signed)) => {
                if let Some(anchor) = &audit.anchor
                    && let Err(error) = append(anchor, &signed.note)
                {
                    tracing::error!(%error, "the checkpoint could not be kept in audit.anchor_file");
                }
            }
            Ok(None) => {}
            Err(error) => tracing::error!(code = error.code(), "no checkpoint could be signed"),
        }
    }
}

/// Asks for a sweep at the start and every hour; a worker does it.
async fn sweeps(service: Service, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = shiming_engine::sweep::plan(&service).await {
            tracing::error!(code = error.code(), "no sweep could be planned");
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Appends a note and the blank line that parts it from the next.
pub(crate) fn append(path: &Path, note: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(format!("{note}\n").as_bytes())?;
    file.sync_all()
}

async fn upkeep(metrics: PrometheusHandle, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(UPKEEP) => metrics.run_upkeep(),
            _ = stop.changed() => {}
        }
    }
}

/// What a signal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Stop,
    Reload,
}

/// The signals that mean something.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.interrupt.recv() => Told::Stop,
            _ = self.terminate.recv() => Told::Stop,
            _ = self.hang_up.recv() => Told::Reload,
        }
    }

    async fn stop(&mut self) {
        while self.next().await != Told::Stop {}
    }
}
