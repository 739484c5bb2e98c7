//! What handlers share.

use shiming_engine::service::Service;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How HTTP is set.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Longest a request may take.
    pub request_max: Duration,
    /// Requests a caller may make per second in this process.
    pub requests_per_s_max: u32,
    /// Memory for photos under way, all together, in MiB.
    pub upload_mib_max: u32,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            request_max: Duration::from_secs(30),
            requests_per_s_max: 100,
            upload_mib_max: 128,
        }
    }
}

type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The service.
    pub service: Service,
    pub(crate) options: Arc<HttpOptions>,
    pub(crate) rates: Arc<crate::rate::Rates>,
    pub(crate) uploads: crate::body::Space,
    metrics: Option<Metrics>,
    ready: Arc<AtomicBool>,
}

impl AppState {
    /// Ready at once.
    pub fn new(service: Service, options: HttpOptions) -> Self {
        let rates = Arc::new(crate::rate::Rates::new(options.requests_per_s_max));
        let uploads = crate::body::Space::mib(options.upload_mib_max);
        let ready = Arc::new(AtomicBool::new(true));
        Self { service, options: Arc::new(options), rates, uploads, metrics: None, ready }
    }

    /// What `/metrics` shows, in Prometheus' text format.
    #[must_use]
    pub fn with_metrics(mut self, render: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.metrics = Some(Arc::new(render));
        self
    }

    /// Says on `/readyz` whether new requests are welcome; false before shutting down.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::SeqCst);
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::SeqCst)
    }

    pub(crate) fn metrics(&self) -> Option<String> {
        self.metrics.as_ref().map(|render| render())
    }
}
