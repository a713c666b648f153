//! The command line: what is wrong with the settings is said in one sentence, before anything starts.

#![cfg(test)]

use std::process::Command;

/// Runs `ledgerline` with these variables only.
fn ledgerline(arguments: &[&str], variables: &[(&str, &str)]) -> (bool, String) {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let output = Command::new(env!("CARGO_BIN_EXE_ledgerline"))
        .args(arguments)
        .current_dir(root)
        .env_clear()
        .env("LOCO_CONFIG_FOLDER", "config")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text.trim().to_owned())
}

const COMPLETE: [(&str, &str); 3] =
    [("LOCO_ENV", "test"), ("DATABASE_URL", "postgres://owner@127.0.0.1:1/db"), ("REDIS_URL", "redis://127.0.0.1:1")];

#[test]
fn complete_settings_are_said_to_be() {
    let (ok, text) = ledgerline(&["settings"], &COMPLETE);
    assert!(ok, "{text}");
    assert_eq!(text, "The settings of the environment `test` are complete.");
}

#[test]
fn each_wrong_one_is_named() {
    for (variable, value, named) in [
        ("DATABASE_URL", "", "DATABASE_URL"),
        ("DATABASE_URL", "mysql://x@y/z", "DATABASE_URL"),
        ("DATABASE_APP_URL", "postgres://owner@127.0.0.1:1/db", "DATABASE_APP_URL"),
        ("REDIS_URL", "", "REDIS_URL"),
        ("SMTP_URL", "nowhere", "SMTP_URL"),
        ("MAIL_FROM", "nobody", "MAIL_FROM"),
        ("SENTRY_DSN", "x", "SENTRY_DSN"),
        ("CLAMD_URL", "localhost", "CLAMD_URL"),
        ("BASE_URL", "ftp://x", "BASE_URL"),
        ("PORT", "many", "PORT"),
        ("LEDGERLINE_ROLE_SUFFIX", "A;b", "LEDGERLINE_ROLE_SUFFIX"),
        ("LOCO_ENV", "nowhere", "LOCO_ENV"),
    ] {
        let mut variables = COMPLETE.to_vec();
        variables.push((variable, value));
        for command in ["settings", "start"] {
            let (ok, text) = ledgerline(&[command], &variables);
            assert!(!ok, "{variable}={value}: {text}");
            assert!(text.starts_with("ledgerline: ") && text.contains(named), "{variable}={value}: {text}");
            assert_eq!(text.lines().count(), 1, "{variable}={value}: {text}");
        }
    }
}

#[test]
fn a_number_out_of_its_bounds_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let config = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../config/test.yaml")).unwrap();
    for (days, is_fine) in [("0", false), ("1", true), ("10000", true), ("10001", false), ("4294967295", false)] {
        let changed = config.replace("files_kept_days: 90", &format!("files_kept_days: {days}"));
        assert_ne!(changed, config);
        std::fs::write(folder.path().join("test.yaml"), changed).unwrap();
        let mut variables = COMPLETE.to_vec();
        variables.push(("LOCO_CONFIG_FOLDER", folder.path().to_str().unwrap()));
        let (ok, text) = ledgerline(&["settings"], &variables);
        assert_eq!(ok, is_fine, "{days}: {text}");
        assert!(ok || text.contains("`imports.files_kept_days`"), "{days}: {text}");
    }
}

#[test]
fn production_guesses_nothing() {
    let mut variables = vec![("LOCO_ENV", "production")];
    for (variable, value) in [
        ("BASE_URL", "https://app.example.com"),
        ("REDIS_URL", "redis://127.0.0.1:1"),
        ("SMTP_URL", "smtps://u:p@mail.example.com:465"),
        ("MAIL_FROM", "Ledgerline <no-reply@example.com>"),
        ("CLAMD_URL", "tcp://clamd.example.com:3310"),
        ("STORAGE_DIR", "/var/lib/ledgerline"),
        ("DATABASE_APP_URL", "postgres://app:x@127.0.0.1:1/db"),
        ("DATABASE_ENGINE_URL", "postgres://engine:x@127.0.0.1:1/db"),
        ("DATABASE_PLATFORM_URL", "postgres://platform:x@127.0.0.1:1/db"),
    ] {
        let (ok, text) = ledgerline(&["settings"], &variables);
        assert!(!ok && text.contains(variable), "{variable}: {text}");
        variables.push((variable, value));
    }
    let (ok, text) = ledgerline(&["settings"], &variables);
    assert!(ok, "{text}");
    let (ok, text) = ledgerline(&["db", "seed"], &variables);
    assert!(!ok && text.contains("not told in production"), "{text}");
}

#[test]
fn a_database_that_is_away_is_named() {
    let (ok, text) = ledgerline(&["db", "migrate"], &COMPLETE);
    assert!(!ok && text.contains("DATABASE_URL"), "{text}");
    let (ok, text) = ledgerline(&["start"], &COMPLETE);
    assert!(!ok && text.contains("database.app_url"), "{text}");
}

#[test]
fn one_that_is_left_out_of_the_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../config/test.yaml")).unwrap();
    for missing in ["secure_cookies", "memory_limit_mb", "header_timeout_seconds", "login_per_email"] {
        let kept: Vec<&str> =
            whole.lines().filter(|line| !line.trim_start().starts_with(&format!("{missing}:"))).collect();
        std::fs::write(folder.path().join("test.yaml"), kept.join("\n")).unwrap();
        let mut variables = COMPLETE.to_vec();
        variables.push(("LOCO_CONFIG_FOLDER", folder.path().to_str().unwrap()));
        let (ok, text) = ledgerline(&["start"], &variables);
        assert!(!ok && text.contains(&format!("`{missing}`")), "{missing}: {text}");
        assert_eq!(text.lines().count(), 1, "{missing}: {text}");
    }
}
