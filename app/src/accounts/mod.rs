//! People: sign-up, login, the session, and a new password by mail.
//!
//! Nobody's password hash or token can be read by the role that requests run as; `queries` asks the narrow functions
//! of the schema `auth`. What strangers may try is limited in `attempts`.

pub mod attempts;
pub mod complete_password_reset;
pub mod controller;
pub mod listening;
pub mod queries;
pub mod request_password_reset;
pub mod send_password_reset;
pub mod session;
pub mod sign_in;
pub mod sign_up;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::create_account))
        .routes(routes!(controller::create_session))
        .routes(routes!(controller::show_session, controller::delete_session))
        .routes(routes!(controller::update_session_workspace))
        .routes(routes!(controller::create_password_reset))
        .routes(routes!(controller::complete_password_reset))
}
