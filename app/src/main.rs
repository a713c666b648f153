//! `ledgerline`: the web server and the tasks of whoever runs it.

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand};
use ledgerline_app::{
    App, cli,
    database::{migrate, seed},
    routes, settings,
    settings::SettingsError,
    telemetry,
};
use loco_rs::{
    app::Hooks,
    boot::{self, ServeParams, StartMode},
    environment::Environment,
};

/// Ledgerline. LOCO_ENV picks the environment: development, test or production.
#[derive(Parser)]
#[command(name = "ledgerline", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    // boxed since it is far larger than the others
    Jobs(Box<cli::Jobs>),
    #[command(flatten)]
    Task(Task),
}

#[derive(Subcommand)]
enum Task {
    /// The database: its schema and its demo story
    #[command(subcommand)]
    Db(Db),
    /// Prints the OpenAPI document
    Openapi,
    /// Checks the settings and says what is wrong
    Settings,
    /// Starts the web server
    Start {
        /// Port, instead of the one in the settings
        #[arg(short, long)]
        port: Option<i32>,
        /// Address to listen on, instead of the one in the settings
        #[arg(short, long)]
        binding: Option<String>,
    },
}

#[derive(Subcommand)]
enum Db {
    /// Brings the schema up to date and makes the login roles
    Migrate,
    /// Tells the demo story: two workspaces, an operator, clients; prints the logins
    Seed,
}

#[tokio::main]
async fn main() -> ExitCode {
    let environment = settings::environment();
    let task = match Cli::parse().command {
        Command::Jobs(jobs) => return cli::run(&environment, *jobs).await,
        Command::Task(task) => task,
    };
    match run(&environment, task).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            // a closed stderr leaves nobody to tell
            let _ = writeln!(std::io::stderr(), "ledgerline: {sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run(environment: &Environment, task: Task) -> Result<(), String> {
    match task {
        Task::Db(command) => {
            let (_, settings) = settings::load(environment).map_err(|error| error.to_string())?;
            let done = match command {
                Db::Migrate => migrate::migrate(&settings).await.map(|()| "The database is up to date.".to_owned()),
                Db::Seed => seed::seed(&settings, environment).await,
            };
            say(&done.map_err(|error: SettingsError| error.to_string())?)
        }
        Task::Openapi => {
            let document = routes::openapi().to_pretty_json().map_err(|error| error.to_string())?;
            say(&document)
        }
        Task::Settings => {
            settings::load(environment).map_err(|error| error.to_string())?;
            say(&format!("The settings of the environment `{environment}` are complete."))
        }
        Task::Start { port, binding } => start(environment, port, binding).await.map_err(|error| error.to_string()),
    }
}

/// What loco's own `start` does, without its banner: each line we write is a log line.
async fn start(environment: &Environment, port: Option<i32>, binding: Option<String>) -> loco_rs::Result<()> {
    let (config, settings) = settings::load(environment)?;
    telemetry::init(&config.logger, &settings, environment);
    let boot = App::boot(StartMode::ServerOnly, environment, config).await?;
    let server = &boot.app_context.config.server;
    let params =
        ServeParams { port: port.unwrap_or(server.port), binding: binding.unwrap_or_else(|| server.binding.clone()) };
    let served = boot::start::<App>(boot, params, true).await;
    telemetry::errors::flush();
    served
}

fn say(text: &str) -> Result<(), String> {
    writeln!(std::io::stdout(), "{text}").map_err(|error| error.to_string())
}
