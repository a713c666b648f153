//! Every route of the OpenAPI document that names a thing by its id, asked for a thing of another workspace: 404.
//! New routes are covered by being in the document; a new kind of thing needs a line in [`foreign`].

use reqwest::Method;
use serde_json::{Map, Value, json};
use support::{Browser, TestApp};

use crate::portal_links::Engagement;

/// What the other workspace has, by the collection in the path.
async fn foreign(owner: &Browser) -> Map<String, Value> {
    let client =
        owner.post("/api/clients", &json!({ "name": "Theirs", "email": "theirs@example.com" })).await.expect(201);
    let invitation =
        owner.post("/api/invitations", &json!({ "email": "new@example.com", "role": "member" })).await.expect(201);
    let file = owner.request(Method::POST, "/api/imports?filename=theirs.csv").header("content-type", "text/csv");
    let import = owner.send(file.body("name,email\nBo,bo@example.com\n")).await.expect(201);
    let twin = owner.post("/api/clients", &json!({ "name": "Theirs too" })).await.expect(201);
    let pair = json!({ "clientId": client["id"], "otherId": twin["id"] });
    let merge = owner.post("/api/merges", &pair).await.expect(201);
    let contact = owner.post("/api/contacts", &json!({ "name": "Theirs", "company": "Theirs" })).await.expect(201);
    let person = json!({ "name": "Their contact", "email": "contact@example.com" });
    let project = json!({ "contact": person, "title": "Theirs", "amountMinor": 100, "currency": "EUR" });
    let project = owner.post("/api/projects", &project).await.expect(201);
    let milestones = format!("/api/projects/{}/milestones", project["id"].as_str().unwrap());
    let milestone = owner.post(&milestones, &json!({ "name": "Theirs", "amountMinor": 1 })).await.expect(201);
    let deliverable = json!({ "contactId": project["contact"]["id"], "title": "Theirs" });
    let deliverable = owner.post("/api/deliverables", &deliverable).await.expect(201);
    let proposal = json!({ "title": "Theirs", "contactId": contact["id"], "currency": "EUR" });
    let proposal = owner.post("/api/proposals", &proposal).await.expect(201);
    let mut ids = Map::new();
    ids.insert("proposals".to_owned(), proposal["id"].clone());
    ids.insert("contacts".to_owned(), contact["id"].clone());
    ids.insert("companies".to_owned(), contact["companyId"].clone());
    ids.insert("projects".to_owned(), project["id"].clone());
    ids.insert("submissions".to_owned(), project["submission"]["id"].clone());
    ids.insert("milestones".to_owned(), milestone["id"].clone());
    ids.insert("deliverables".to_owned(), deliverable["deliverable"]["id"].clone());
    ids.insert("merges".to_owned(), merge["id"].clone());
    ids.insert("imports".to_owned(), import["id"].clone());
    ids.insert("clients".to_owned(), client["id"].clone());
    ids.insert("invitations".to_owned(), invitation["id"].clone());
    ids.insert("members".to_owned(), json!(owner.user_id().await));
    ids
}

/// What has no route to be made by yet.
async fn add_engagement(app: &TestApp, owner: &Browser, ids: &mut Map<String, Value>) {
    let engagement = Engagement::of(app, owner, "theirs.client@example.com").await;
    let link = owner.post(&engagement.links(), &json!({ "send": false })).await.expect(201);
    ids.insert("proposals".to_owned(), json!(engagement.proposal_id));
    ids.insert("links".to_owned(), link["id"].clone());
}

/// The smallest body that a schema accepts.
pub(crate) fn example(document: &Value, schema: &Value, foreign_workspace: &str) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return example(document, &document["components"]["schemas"][name], foreign_workspace);
    }
    if let Some(value) = schema.get("example").or_else(|| schema["enum"].get(0)) {
        return value.clone();
    }
    for combined in ["oneOf", "allOf", "anyOf"] {
        if let Some(first) = schema[combined].as_array().and_then(|any| any.iter().find(|one| one["type"] != "null")) {
            return example(document, first, foreign_workspace);
        }
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match (kind, schema["format"].as_str()) {
        ("string", Some("email")) => json!("someone@example.com"),
        ("string", Some("uuid")) => json!(foreign_workspace),
        ("string", _) => json!("x".repeat(12)),
        ("integer" | "number", _) => json!(1),
        ("boolean", _) => json!(true),
        ("array", _) => json!([]),
        _ => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let fields = required
                .iter()
                .filter_map(Value::as_str)
                .map(|field| (field.to_owned(), example(document, &schema["properties"][field], foreign_workspace)));
            Value::Object(fields.collect())
        }
    }
}

#[tokio::test]
async fn every_route_with_an_id_answers_404_for_another_workspace() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let (mine, theirs) = (app.owner("Nina").await, app.owner("Otto").await);
    let mut ids = foreign(&theirs).await;
    add_engagement(&app, &theirs, &mut ids).await;
    add_files(&app, &theirs, &mut ids).await;
    let foreign_workspace = theirs.workspace_id().await.to_string();
    let document = app.browser().get("/api/openapi.json").await.expect(200);
    let before = snapshot(&app).await;

    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        // the console is for operators, whose routes are not of a workspace
        if path.starts_with("/api/console/") {
            continue;
        }
        for (method, operation) in item.as_object().unwrap().iter().filter(|(method, _)| *method != "parameters") {
            let body = operation["requestBody"]["content"]["application/json"].get("schema");
            let names_workspace =
                body.is_some_and(|schema| example(&document, schema, &foreign_workspace).get("workspaceId").is_some());
            // what can be done at all is told to everybody
            if !path.contains('{') && !names_workspace || method == "options" {
                continue;
            }
            let mut concrete = path.clone();
            // each id is of the collection before it
            while let (Some(start), Some(end)) = (concrete.find('{'), concrete.find('}')) {
                let collection = concrete[..start].trim_end_matches('/').rsplit('/').next().unwrap();
                let id = ids
                    .get(collection)
                    .unwrap_or_else(|| panic!("{path}: add what another workspace has of `{collection}` to `foreign`"));
                concrete.replace_range(start..=end, id.as_str().unwrap());
            }
            let method: Method = method.to_uppercase().parse().unwrap();
            let mut request = mine.request(method.clone(), &concrete);
            if let Some(schema) = body {
                request = request.json(&example(&document, schema, &foreign_workspace));
            }
            let answer = mine.send(request).await;
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text);
            if method != Method::HEAD {
                answer.problem(404, "not_found");
            }
            asked += 1;
        }
    }
    assert!(asked >= 9, "only {asked} routes were asked");
    assert_eq!(snapshot(&app).await, before, "and nothing was changed");
}

/// A file of the other workspace's project, and an upload that is under way.
async fn add_files(app: &TestApp, owner: &Browser, ids: &mut Map<String, Value>) {
    let project = ids["projects"].as_str().unwrap().to_owned();
    let file = app.add_file(project.parse().unwrap()).await;
    ids.insert("files".to_owned(), json!(file));
    ids.insert("versions".to_owned(), json!("1"));
    let comments = format!("/api/projects/{project}/files/{file}/versions/1/comments");
    let comment = owner.post(&comments, &json!({ "id": uuid::Uuid::now_v7(), "body": "Theirs" })).await.expect(201);
    ids.insert("comments".to_owned(), comment["id"].clone());
    let request = owner.request(Method::POST, &format!("/api/projects/{project}/uploads"));
    let upload = owner.send(request.header("tus-resumable", "1.0.0").header("upload-length", "5")).await;
    ids.insert("uploads".to_owned(), json!(upload.header("location").rsplit('/').next().unwrap()));
}

/// What the asked routes could have changed.
async fn snapshot(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar(
        "select c::text from clients c union all select m::text from members m union all select i::text from invitations i
         union all select p::text from imports p union all select g::text from merges g
         union all select k::text from contacts k union all select o::text from companies o
         union all select q::text from proposals q
         union all select p::text from projects p union all select s::text from submissions s
         union all select m::text from milestones m union all select d::text from deliverables d
         union all select f::text from files f union all select v::text from file_versions v
         union all select u::text from uploads u union all select n::text from upload_pieces n
         union all select l::text from portal_links l union all select q::text from proposals q
         union all select g::text from messages g union all select r::text from message_reads r
         union all select c::text from comments c
         union all select w::text from workspaces w order by 1",
    )
    .fetch_all(&mut app.sql().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn every_route_but_the_open_ones_needs_a_session() {
    const OPEN: [&str; 9] = [
        "POST /api/accounts",
        "POST /api/sessions",
        // ends what may not be there
        "DELETE /api/session",
        "POST /api/password-resets",
        "POST /api/password-resets/complete",
        "POST /api/invitations/preview",
        "POST /api/invitations/accept",
        // for who has lost the link
        "POST /api/portal/link-requests",
        "GET /api/openapi.json",
    ];
    let app = TestApp::start().await;
    let document = app.browser().get("/api/openapi.json").await.expect(200);
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(method, _)| *method != "parameters") {
            let name = format!("{} {path}", method.to_uppercase());
            if OPEN.contains(&name.as_str()) || method == "options" {
                continue;
            }
            let some_id = uuid::Uuid::nil().to_string();
            let concrete =
                path.split('/').map(|part| if part.starts_with('{') { &some_id } else { part }).collect::<Vec<_>>();
            let browser = app.browser();
            let mut request = browser.request(method.to_uppercase().parse().unwrap(), &concrete.join("/"));
            if let Some(schema) = operation["requestBody"]["content"]["application/json"].get("schema") {
                request = request.json(&example(&document, schema, &some_id));
            }
            let answer = browser.send(request).await;
            assert_eq!(answer.status, 401, "{name}: {}", answer.text);
        }
    }
}
