//! Listening, with or without TLS, and stopping in two stages.

use crate::config::Server;
use crate::exit::Failure;
use anyhow::{Context as _, anyhow};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use shiming_server::AppState;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// How long a handshake may take.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// A bound address with what encrypts it.
pub(super) struct Listener {
    tcp: TcpListener,
    pub(super) tls: Option<RustlsConfig>,
    pub(super) address: SocketAddr,
}

impl Listener {
    /// Takes the address, before anything that is slow.
    pub(super) async fn bind(server: &Server) -> Result<Self, Failure> {
        let tls = match &server.tls {
            None => None,
            Some((certificate, key)) => {
                // Only the first call can succeed, and there is only one.
                let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
                let loaded = RustlsConfig::from_pem_file(certificate, key).await;
                let files =
                    || format!("{} and {} cannot be used for TLS", certificate.display(), key.display());
                Some(loaded.with_context(files)?)
            }
        };
        let tcp = TcpListener::bind(server.listen).map_err(|error| {
            let failure =
                Failure::from(anyhow!(error).context(format!("cannot listen on {}", server.listen)));
            failure.hint("--listen 127.0.0.1:0 takes any free port")
        })?;
        tcp.set_nonblocking(true)?;
        let address = tcp.local_addr()?;
        Ok(Self { tcp, tls, address })
    }

    /// Answers until the handle says otherwise.
    pub(super) async fn serve(self, state: AppState, handle: Handle<SocketAddr>) -> std::io::Result<()> {
        let app = shiming_server::router(state).into_make_service_with_connect_info::<SocketAddr>();
        match self.tls {
            None => axum_server::from_tcp(self.tcp)?.handle(handle).serve(app).await,
            Some(tls) => {
                let secured = axum_server::from_tcp_rustls(self.tcp, tls)?;
                secured
                    .map(|acceptor| acceptor.handshake_timeout(HANDSHAKE_MAX))
                    .handle(handle)
                    .serve(app)
                    .await
            }
        }
    }
}
