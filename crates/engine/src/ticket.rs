//! Tickets.

use crate::service::{Error, Service};
use shiming_domain::id::TicketId;

/// Does what is due.
pub(crate) async fn clock(service: &Service, ticket: TicketId) -> Result<(), Error> {
    let _ = (service, ticket);
    Ok(())
}
