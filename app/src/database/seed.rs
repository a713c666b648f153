//! `ledgerline db seed`: the demo story. It is told through the product's own verbs as the role of requests, so it
//! can only make what a person could make; telling it again adds what is missing and changes nothing.

use std::{
    fmt::Write,
    net::{IpAddr, Ipv4Addr},
};

use axum::body::Body;
use deunicode::deunicode;
use ledgerline_jobs::imports::PlanImport;
use loco_rs::{app::AppContext, environment::Environment};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{migrate::connect_owner, seed_projects};
use crate::{
    App, Ledgerline,
    accounts::{queries as accounts, session::CurrentSession, sign_up},
    clients::{self, input::NewClient, view::BudgetMinor},
    http::extract::Peer,
    imports,
    settings::{Settings, SettingsError},
    tenant::{Actor, Role, TenantTx},
    workspaces::queries as workspaces,
};

const PASSWORD: &str = "ledgerline-demo";
/// Where the story is told.
const HERE: Peer = Peer(IpAddr::V4(Ipv4Addr::LOCALHOST));
const STUDIO: [(&str, &str, Role); 3] = [
    ("Nina Halvorsen", "nina@northlight.example", Role::Owner),
    ("Marco Bellini", "marco@northlight.example", Role::Manager),
    ("Tess Okafor", "tess@northlight.example", Role::Member),
];

/// Name, company (or none) and genre of the demo's clients.
const CLIENTS: [(&str, &str, &str); 40] = [
    ("Amara Nwosu", "Harbour Street Radio", "podcast"),
    ("Björn Åkesson", "Fjällton AB", "film scoring"),
    ("Carmen Ibáñez", "Ibáñez Cine", "documentary"),
    ("Dmitri Volkov", "Volkov Interactive", "game audio"),
    ("Eleanor Whitby", "Whitby & Daughters", "commercial"),
    ("Farid Rahimi", "", "world"),
    ("Grace Adeyemi", "Lagos Light Opera", "classical"),
    ("Haruto Ishikawa", "Ishikawa Records", "city pop"),
    ("Ines Carvalho", "Casa do Fado", "fado"),
    ("Jonas Keller", "Keller Klang GmbH", "techno"),
    ("Kavya Raman", "Raman Media", "podcast"),
    ("Liam O'Rourke", "The Long Hall", "folk"),
    ("Mei-Ling Chen", "Jade Bay Pictures", "film scoring"),
    ("Noah Bergström", "", "ambient"),
    ("Olivia Hartmann", "Hartmann Werbung", "commercial"),
    ("Pavel Novák", "Studio Vltava", "jazz"),
    ("Quinn Delaney", "Delaney Audio Books", "audiobook"),
    ("Rosa Jiménez", "Teatro del Sol", "theatre"),
    ("Samir Haddad", "Cedar Sound", "world"),
    ("Tomasz Wiśniewski", "Wisła Games", "game audio"),
    ("Uma Pillai", "", "classical"),
    ("Viktor Lindqvist", "Nordlicht Film", "documentary"),
    ("Wanjiru Kamau", "Savanna Stories", "podcast"),
    ("Xavier Dubois", "Atelier Dubois", "commercial"),
    ("Yara Costa", "Costa Verde Música", "bossa nova"),
    ("Zoë van Dijk", "Polder Pop", "indie"),
    ("Aiko Tanaka", "Tanaka Animation", "film scoring"),
    ("Ben Achebe", "Achebe & Sons", "gospel"),
    ("Chloé Laurent", "", "chanson"),
    ("Daniel Mwangi", "Rift Valley FM", "podcast"),
    ("Elif Yılmaz", "Boğaz Prodüksiyon", "television"),
    ("Finn Gallagher", "Gallagher's", "folk"),
    ("Giulia Rossi", "Rossi Pubblicità", "commercial"),
    ("Hana Kovářová", "Kovář Media", "audiobook"),
    ("Ivan Petrov", "Balkan Beats", "brass"),
    ("Julia Santos", "Santos Dance Company", "dance"),
    ("Kofi Mensah", "Accra Sound Lab", "afrobeat"),
    ("Lena Schmidt", "", "choir"),
    ("Mateo Álvarez", "Álvarez Cortometrajes", "film scoring"),
    ("Nadia Benali", "Medina Sessions", "world"),
];

/// The file of the demo's import: some rows are wrong on purpose, one client is there already.
const IMPORT: &str = "\
Name,E-mail,Company,Phone,Notes
Astrid Holm,astrid@holmfilm.example,Holm Film,+45 70 10 20 30,\"Asked for a quote in May,
call after the festival\"
Bruno Lefèvre,bruno@lefevre.example,Lefèvre Publicité,+33 1 70 18 99 00,
Cleo Marsh,cleo at marsh.example,Marsh & Co,,
Amara Nwosu,amara.nwosu.0@clients.example,Harbour Street Radio,,Already a client
,,,,
Dagny Sørli,dagny@sorli.example,,+47 21 00 00 00,\"Says \"\"no\"\" to brass\"
Emeka Obi,emeka@obi.example,Obi Sound,,,one cell too many
";

/// Tells the story and gives the logins to show.
///
/// # Errors
/// One sentence about what stands in the way; production refuses.
pub async fn seed(settings: &Settings, environment: &Environment) -> Result<String, SettingsError> {
    if *environment == Environment::Production {
        return Err(SettingsError::new("The demo story has well-known passwords, so it is not told in production."));
    }
    let (config, _) = crate::settings::load(environment)?;
    let ctx = loco_rs::boot::create_context::<App>(environment, config)
        .await
        .map_err(|error| SettingsError::new(format!("The demo story could not be told: {error}.")))?;
    tell(&ctx).await.map_err(|error| {
        let cause = error.cause.as_ref().map(|cause| format!(" ({cause})")).unwrap_or_default();
        SettingsError::new(format!(
            "The demo story could not be told: {error}{cause}. Was `ledgerline db migrate` run?"
        ))
    })?;
    let mut owner = connect_owner(settings).await?;
    appoint(&mut owner)
        .await
        .map_err(|error| SettingsError::new(format!("Operators could not be appointed: {error}.")))?;

    let mut logins = String::from("Demo logins (password: ledgerline-demo)\n");
    for (who, email) in [
        ("owner of Northlight Studio", "nina@northlight.example"),
        ("manager there", "marco@northlight.example"),
        ("member there", "tess@northlight.example"),
        ("owner of Copper & Pine", "sam@copperpine.example"),
        ("operator of the platform", "ops@ledgerline.example"),
        ("operator who may only look", "watch@ledgerline.example"),
    ] {
        let _ = writeln!(logins, "  {email:<28} {who}");
    }
    Ok(logins.trim_end().to_owned())
}

async fn tell(ctx: &AppContext) -> crate::Result<()> {
    let ledgerline = &*Ledgerline::of(ctx);
    let [(name, email, _), others @ ..] = STUDIO;
    let studio = account(ledgerline, name, email, "Northlight Studio").await?;
    for (name, email, role) in others {
        join(ledgerline, &studio, name, email, role).await?;
    }
    let pine = account(ledgerline, "Sam Whitaker", "sam@copperpine.example", "Copper & Pine").await?;
    account(ledgerline, "Oda Prescott", "ops@ledgerline.example", "Platform").await?;
    account(ledgerline, "Wim Janssen", "watch@ledgerline.example", "Watch").await?;
    for (index, client) in CLIENTS.iter().enumerate() {
        add(ledgerline, &studio, index, client).await?;
    }
    for (index, client) in CLIENTS.iter().enumerate().skip(3).step_by(7) {
        add(ledgerline, &pine, index, client).await?;
    }
    let people: Vec<(String, String)> =
        CLIENTS.iter().enumerate().map(|(index, (name, ..))| ((*name).to_owned(), address(name, index))).collect();
    seed_projects::tell(ctx, &studio, &people).await?;
    import(ctx, &studio, &pine).await
}

/// An import that a worker node finishes when it starts, with rows that were rejected; and a job that ends dead, since
/// what it is about does not exist.
async fn import(ctx: &AppContext, studio: &Actor, pine: &Actor) -> crate::Result<()> {
    let mut tx = TenantTx::begin(ctx, studio).await?;
    if !imports::queries::page(&mut tx, None, 1).await?.is_empty() {
        return Ok(());
    }
    drop(tx);
    let row = imports::upload::upload(ctx, studio, None, "festival contacts.csv", None, Body::from(IMPORT)).await?;
    let fields = ["name", "email", "company", "phone", "notes"];
    let mapping = fields.iter().enumerate().map(|(column, field)| (column.to_string(), (*field).to_owned())).collect();
    let choices = imports::input::Choices { mapping, ..Default::default() };
    imports::start::start(ctx, studio, row.id, &choices).await?;
    let mut tx = TenantTx::begin(ctx, pine).await?;
    tx.enqueue(&PlanImport { import_id: Uuid::now_v7() }).await?;
    tx.commit().await
}

/// The account with its first workspace, new or from the last telling.
async fn account(ledgerline: &Ledgerline, name: &str, email: &str, workspace_name: &str) -> crate::Result<Actor> {
    let pool = &ledgerline.databases.app;
    let nobody = CurrentSession(None);
    if accounts::credentials(pool, email).await?.is_none() {
        let account = sign_up::NewAccount { name, email, password: PASSWORD, workspace_name };
        let token = sign_up::sign_up(ledgerline, account, &nobody, HERE, "seed").await?;
        let actor = entered(ledgerline, token).await?;
        return Ok(actor);
    }
    let user = accounts::credentials(pool, email).await?.ok_or_else(crate::Error::not_found)?;
    let mut tx = pool.begin().await?;
    let token = crate::accounts::session::open(&mut tx, user.user_id, None, &nobody).await?;
    tx.commit().await?;
    entered(ledgerline, token).await
}

/// Who acts behind a session that the story needed only to look.
async fn entered(ledgerline: &Ledgerline, token: crate::tokens::Token) -> crate::Result<Actor> {
    let pool = &ledgerline.databases.app;
    let hash = token.hash();
    let session = crate::accounts::session::find(pool, token).await?.ok_or_else(crate::Error::not_signed_in)?;
    accounts::end_session(&mut *pool.acquire().await?, &hash).await?;
    session.actor(&crate::http::boundary::RequestId("seed".to_owned()))
}

async fn join(ledgerline: &Ledgerline, owner: &Actor, name: &str, email: &str, role: Role) -> crate::Result<()> {
    let pool = &ledgerline.databases.app;
    if accounts::credentials(pool, email).await?.is_some() {
        return Ok(());
    }
    let hash = ledgerline.hasher.hash(PASSWORD.to_owned()).await?;
    let user_id = Uuid::now_v7();
    let mut tx = TenantTx::begin_on(pool, owner).await?;
    accounts::create_user(&mut tx, user_id, email, name, &hash).await?;
    workspaces::insert_member(&mut tx, user_id, role).await?;
    tx.commit().await
}

async fn add(ledgerline: &Ledgerline, actor: &Actor, index: usize, client: &(&str, &str, &str)) -> crate::Result<()> {
    let (name, company, genre) = *client;
    let email = address(name, index);
    let zones = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Africa/Lagos", "Europe/Lisbon"];
    let (currency, unit) = [("EUR", 100), ("USD", 100), ("JPY", 1), ("GBP", 100)][index % 4];
    let step = i64::try_from(index % 9).unwrap_or(0) + 1;
    let budget = BudgetMinor { min: step * 500 * unit, max: step * 1_200 * unit };
    let has_budget = index % 3 != 2;
    let new = NewClient {
        name: name.to_owned(),
        email: Some(email.clone()),
        company: Some(company.to_owned()),
        phone: (index % 4 != 3).then(|| format!("+49 30 55500 {index:02}")),
        timezone: Some(zones[index % zones.len()].to_owned()),
        genres: Some(vec![genre.to_owned()]),
        budget_minor: has_budget.then_some(budget),
        budget_currency: has_budget.then(|| currency.to_owned()),
        satisfaction: (index % 5 != 4).then(|| i16::try_from(index % 3).unwrap_or(0) + 3),
        referral_source: index.is_multiple_of(6).then(|| "Recommended by a client".to_owned()),
        notes: index.is_multiple_of(8).then(|| "Prefers to decide on calls; send the summary afterwards.".to_owned()),
        ..NewClient::default()
    };
    let fields = new.checked()?;
    let mut tx = TenantTx::begin_on(&ledgerline.databases.app, actor).await?;
    if clients::queries::is_known(&mut tx, &email).await? {
        return Ok(());
    }
    let row = clients::create::create_in(&mut tx, &fields).await?;
    if index % 11 == 10 {
        clients::queries::set_archived(&mut tx, row.id, true).await?;
    }
    tx.commit().await
}

/// An email address that people would give themselves: letters without their accents.
fn address(name: &str, index: usize) -> String {
    let plain = deunicode(name).to_lowercase();
    let words: Vec<&str> = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!("{}.{index}@clients.example", words.join("."))
}

/// Only the owner of the database makes operators.
async fn appoint(owner: &mut PgConnection) -> sqlx::Result<()> {
    for (email, level) in [("ops@ledgerline.example", "full"), ("watch@ledgerline.example", "read_only")] {
        sqlx::query!(
            "insert into operators (user_id, level, created_at)
             select id, $2, app_now() from users where lower(email) = $1
             on conflict (user_id) do update set level = excluded.level",
            email,
            level
        )
        .execute(&mut *owner)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_spell_names_out() {
        for (name, spelt) in [
            ("Björn Åkesson", "bjorn.akesson.1@clients.example"),
            ("Tomasz Wiśniewski", "tomasz.wisniewski.1@clients.example"),
            ("Elif Yılmaz", "elif.yilmaz.1@clients.example"),
            ("Liam O'Rourke", "liam.o.rourke.1@clients.example"),
            ("Mei-Ling Chen", "mei.ling.chen.1@clients.example"),
        ] {
            assert_eq!(address(name, 1), spelt);
        }
    }
}
