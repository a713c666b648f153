mod code;
mod manage;
mod request;
mod tokens;

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use support::{Answer, Browser, TestApp};
use uuid::Uuid;

/// An engagement of a workspace, with the person whom links go to.
#[derive(Debug)]
pub(crate) struct Engagement {
    pub(crate) client_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) proposal_id: Uuid,
    pub(crate) email: String,
}

impl Engagement {
    /// A proposal that was sent to a client with this address: two phases, two milestones, two instalments.
    pub(crate) async fn of(app: &TestApp, owner: &Browser, email: &str) -> Self {
        let client = owner.post("/api/clients", &json!({ "name": "Kite Records", "email": email })).await.expect(201);
        let client_id: Uuid = client["id"].as_str().unwrap().parse().unwrap();
        let (contact_id, proposal_id, company) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let (workspace, user) = (owner.workspace_id().await, owner.user_id().await);
        let phases = [Uuid::now_v7(), Uuid::now_v7()];
        let milestones = [Uuid::now_v7(), Uuid::now_v7()];
        let statement = format!(
            "insert into companies (id, workspace_id, name, created_at, updated_at)
               values ('{company}', '{workspace}', 'Kite Holding {company}', app_now(), app_now());
             insert into contacts (id, workspace_id, client_id, company_id, name, email, created_at, updated_at)
               values ('{contact_id}', '{workspace}', '{client_id}', '{company}', 'Ada <i>Kite</i>', '{email}', app_now(), app_now());
             insert into proposals (id, workspace_id, client_id, contact_id, title, state, currency, current_version,
               sent_version, sent_at, created_by, created_at, updated_at)
               values ('{proposal_id}', '{workspace}', '{client_id}', '{contact_id}', 'The album', 'sent', 'EUR', 2, 1,
                 app_now(), '{user}', app_now(), app_now());
             insert into proposal_versions (workspace_id, proposal_id, version, purpose, total_minor, created_at)
               values ('{workspace}', '{proposal_id}', 1, 'Twelve songs', 300000, app_now()),
                 ('{workspace}', '{proposal_id}', 2, 'not sent yet', 999999, app_now());
             insert into proposal_phases (workspace_id, proposal_id, version, id, position, title)
               values ('{workspace}', '{proposal_id}', 1, '{}', 0, 'Recording'),
                 ('{workspace}', '{proposal_id}', 1, '{}', 1, 'Mixing');
             insert into proposal_milestones (workspace_id, proposal_id, version, id, phase_id, position, title, amount_minor, due_on)
               values ('{workspace}', '{proposal_id}', 1, '{}', '{}', 0, 'Takes', 100000, '2031-02-01'),
                 ('{workspace}', '{proposal_id}', 1, '{}', '{}', 1, 'Mixes', 200000, '2031-05-01');
             insert into proposal_instalments (workspace_id, proposal_id, version, id, position, description, amount_minor, due, due_on)
               values ('{workspace}', '{proposal_id}', 1, gen_random_uuid(), 0, 'Deposit', 100000, 'approval', null),
                 ('{workspace}', '{proposal_id}', 1, gen_random_uuid(), 1, 'Rest', 200000, 'date', '2031-06-01')",
            phases[0], phases[1], milestones[0], phases[0], milestones[1], phases[1],
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut app.sql().await).await.unwrap();
        Self { client_id, contact_id, proposal_id, email: email.to_owned() }
    }

    /// It is agreed on, and work is being done.
    pub(crate) async fn approve(&self, app: &TestApp) -> Uuid {
        let project_id = Uuid::now_v7();
        let id = self.proposal_id;
        let statement = format!(
            "update proposals set state = 'active', decided_at = app_now() where id = '{id}';
             insert into projects (id, workspace_id, client_id, contact_id, proposal_id, title, state, amount_minor, currency,
               stage_since, created_by, created_at, updated_at)
               select '{project_id}', workspace_id, client_id, contact_id, id, 'The album', 'in_progress', 300000, 'EUR',
                 app_now(), created_by, app_now(), app_now() from proposals where id = '{id}';
             insert into submissions (id, workspace_id, project_id, number, created_at, updated_at)
               select gen_random_uuid(), workspace_id, id, 1, app_now(), app_now() from projects where id = '{project_id}';
             insert into milestones (id, workspace_id, project_id, plan_milestone_id, name, amount_minor, sort_order, due_on,
               created_at, updated_at)
               select gen_random_uuid(), workspace_id, '{project_id}', id, title, amount_minor, position, due_on, app_now(),
                 app_now() from proposal_milestones where proposal_id = '{id}' and version = 1;
             insert into deliverables (id, workspace_id, contact_id, proposal_id, project_id, milestone_id, title, state,
               category, due_on, sort_order, completed_at, created_at, updated_at)
               select gen_random_uuid(), workspace_id, '{contact}', '{id}', '{project_id}', id, title,
                 case position when 0 then 'completed' else 'pending' end, 'audio', due_on, position,
                 case position when 0 then app_now() end, app_now(), app_now()
               from proposal_milestones where proposal_id = '{id}' and version = 1;
             insert into payments (id, workspace_id, proposal_id, project_id, instalment_id, position, description,
               amount_minor, currency, due, due_on, state, paid_at, created_at, updated_at)
               select gen_random_uuid(), workspace_id, '{id}', '{project_id}', id, position, description, amount_minor, 'EUR',
                 due, due_on, case position when 0 then 'manual' else 'pending' end,
                 case position when 0 then app_now() end, app_now(), app_now()
               from proposal_instalments where proposal_id = '{id}' and version = 1",
            contact = self.contact_id,
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut app.sql().await).await.unwrap();
        project_id
    }

    /// Its links, as producers keep them.
    pub(crate) fn links(&self) -> String {
        format!("/api/proposals/{}/links", self.proposal_id)
    }

    /// What a link opens.
    pub(crate) fn portal(&self) -> String {
        format!("/api/proposals/{}/portal", self.proposal_id)
    }

    /// Gives the person a link: the link, and the address that was mailed, without the host.
    pub(crate) async fn invite(&self, app: &TestApp, owner: &Browser, body: Value) -> (Value, String) {
        let link = owner.post(&self.links(), &body).await.expect(201);
        (link, mailed(app, &self.email, 1).await)
    }
}

/// The path of the newest mailed link, once there are so many mails.
pub(crate) async fn mailed(app: &TestApp, email: &str, count: usize) -> String {
    app.run_pending().await;
    let mails = app.sandbox.wait_for_mails(email, count, Duration::from_secs(5)).await;
    assert_eq!(mails.len(), count, "mails to {email}");
    let link = mails[0].links.first().expect("a link in the mail");
    link.strip_prefix(&app.base_url).expect("it leads here").to_owned()
}

/// A browser that has opened the link.
pub(crate) async fn opened(app: &TestApp, path: &str) -> Browser {
    let browser = app.browser();
    browser.get(path).await.assert_status(303);
    browser
}

/// What tells one answer from another: all but the id of the request and the time.
pub(crate) fn told(answer: &Answer) -> (u16, String, String, Vec<String>) {
    let id = answer.header("x-request-id");
    (answer.status, answer.text.replace(id, "…"), names(&answer.headers), cookies(&answer.headers))
}

fn names(headers: &HeaderMap) -> String {
    let mut names: Vec<&str> = headers.keys().map(reqwest::header::HeaderName::as_str).collect();
    names.sort_unstable();
    names.join(" ")
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()).map(str::to_owned).collect()
}
