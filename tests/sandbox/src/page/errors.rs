//! The list of error reports and the page of one.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::World;
use crate::page::html::{Text, beginning};
use crate::page::{Place, page, time};
use crate::problem::Problem;
use crate::sentry::ErrorReport;

const PAGE: usize = 200;
const LONGEST_SHOWN: usize = 256 * 1024;

pub(super) async fn list(State(world): State<World>) -> Response {
    let mut reports = world.errors.newest_first();
    reports.retain(|report| report.is_event());
    let rows: String = reports.iter().take(PAGE).map(|report| row(report)).collect();
    let list = if rows.is_empty() {
        "<p class=\"empty\">No error has been reported.</p>".to_owned()
    } else {
        format!("<ul class=\"rows\">{rows}</ul>")
    };
    let content = format!("<h1>Errors</h1><div id=\"list\">{list}</div>");
    let renew_from = Some("/api/errors?limit=1");
    page(Place::Errors, "Errors", renew_from, &content)
}

fn row(report: &ErrorReport) -> String {
    format!(
        "<li><a href=\"/errors/{}\"><span class=\"subject\">{}</span><span class=\"to\">{} {} {}</span>{}</a></li>",
        report.id,
        Text(beginning(&report.title(), 200).0),
        Text(report.level.as_deref().unwrap_or("error")),
        Text(report.environment.as_deref().unwrap_or_default()),
        Text(report.release.as_deref().unwrap_or_default()),
        time(report.received_at)
    )
}

pub(super) async fn show(State(world): State<World>, Path(id): Path<String>) -> Result<Response, Problem> {
    let report = world.errors.find(&id)?;
    let title = report.title();
    let pretty = format!("{:#}", report.payload);
    let (payload, whole) = beginning(&pretty, LONGEST_SHOWN);
    let content = format!(
        "<p><a href=\"/errors\">← Errors</a></p><h1>{}</h1><dl class=\"facts\"><dt>Level</dt><dd>{}</dd>\
         <dt>Received</dt><dd>{}</dd><dt>Environment</dt><dd>{}</dd><dt>Release</dt><dd>{}</dd>\
         <dt>Sent by</dt><dd>{}</dd></dl><pre>{}</pre>{}<p><a href=\"/api/errors/{}\">As JSON</a></p>",
        Text(beginning(&title, 500).0),
        Text(report.level.as_deref().unwrap_or("error")),
        time(report.received_at),
        Text(report.environment.as_deref().unwrap_or("–")),
        Text(report.release.as_deref().unwrap_or("–")),
        Text(report.client.as_deref().unwrap_or("–")),
        Text(payload),
        if whole { "" } else { "<p>That is only the beginning.</p>" },
        report.id
    );
    let short = beginning(&title, 80).0;
    Ok(page(Place::Errors, short, None, &content))
}
