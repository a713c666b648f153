//! One conversation with a mail client.

use std::borrow::Cow;
use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use smtp_proto::request::receiver::{DataReceiver, DummyDataReceiver};
use smtp_proto::{
    AUTH_LOGIN, AUTH_PLAIN, Error, MAIL_BODY_BINARYMIME, MAIL_REQUIRETLS, MAIL_SMTPUTF8, MailFrom, RcptTo, Request,
};
use tokio::sync::OwnedSemaphorePermit;

use crate::mail::Envelope;
use crate::smtp::Server;
use crate::smtp::faults::Mode;
use crate::smtp::wire::{End, Line, Wire};

/// Memory for a mail being received is set aside in steps of so many KiB.
const RECEIVING_STEP_KIB: u32 = 64;

pub(crate) struct Session<'a> {
    wire: Wire,
    server: &'a Server,
    greeted: bool,
    authenticated: bool,
    transaction: Option<Transaction>,
    mistakes: usize,
}

/// Between MAIL and the end of DATA.
struct Transaction {
    from: String,
    international: bool,
    recipients: Vec<String>,
}

/// What became of the octets after DATA.
enum Received {
    Mail(Vec<u8>),
    Refused(String),
}

impl<'a> Session<'a> {
    pub(crate) fn new(wire: Wire, server: &'a Server) -> Self {
        Self { wire, server, greeted: false, authenticated: false, transaction: None, mistakes: 0 }
    }

    pub(crate) async fn run(mut self) -> Result<(), End> {
        let ended = self.converse().await;
        let farewell = match &ended {
            Err(End::Stopping) => "421 4.3.2 the sandbox is stopping",
            Err(End::Idle) => "421 4.4.2 nothing heard for too long",
            _ => return ended,
        };
        self.wire.say(farewell).await?;
        self.wire.flush().await?;
        ended
    }

    async fn converse(&mut self) -> Result<(), End> {
        self.wire.say("220 ledgerline-sandbox ESMTP").await?;
        loop {
            let line = match self.wire.line(self.server.limits.command_line).await? {
                Line::Whole(line) => line,
                Line::TooLong => {
                    self.refuse("500 5.5.6 the line is too long").await?;
                    continue;
                }
            };
            match Request::parse(&mut line.iter()) {
                Ok(Request::Quit) => {
                    self.wire.say("221 2.0.0 bye").await?;
                    return self.wire.flush().await;
                }
                Ok(request) => self.answer(request, &line).await?,
                Err(error) => self.refuse(&misunderstood(&error)).await?,
            }
        }
    }

    async fn answer(&mut self, request: Request<Cow<'_, str>>, line: &[u8]) -> Result<(), End> {
        match request {
            Request::Ehlo { .. } => self.greet_extended().await,
            Request::Helo { .. } => {
                self.greeted = true;
                self.transaction = None;
                self.wire.say("250 ledgerline-sandbox").await
            }
            Request::Mail { from } => self.mail(from).await,
            Request::Rcpt { to } => self.recipient(to, line).await,
            Request::Data => self.data().await,
            Request::Auth { mechanism, initial_response } => self.authenticate(mechanism, &initial_response).await,
            Request::Rset => {
                self.transaction = None;
                self.wire.say("250 2.0.0 forgotten").await
            }
            Request::Noop { .. } => self.wire.say("250 2.0.0 ok").await,
            Request::Vrfy { .. } => self.wire.say("252 2.5.2 every address is taken").await,
            Request::Help { .. } => self.wire.say("214 2.0.0 every mail is kept and shown, none is sent on").await,
            other => {
                let answer = format!("502 5.5.1 {} is not offered", other.name());
                self.refuse(&answer).await
            }
        }
    }

    async fn greet_extended(&mut self) -> Result<(), End> {
        self.greeted = true;
        self.transaction = None;
        let size = format!("250-SIZE {}", self.server.limits.mail_bytes);
        for line in [
            "250-ledgerline-sandbox",
            "250-PIPELINING",
            &size,
            "250-8BITMIME",
            "250-SMTPUTF8",
            "250-ENHANCEDSTATUSCODES",
            "250 AUTH PLAIN LOGIN",
        ] {
            self.wire.say(line).await?;
        }
        Ok(())
    }

    async fn mail(&mut self, from: MailFrom<Cow<'_, str>>) -> Result<(), End> {
        let international = from.flags & MAIL_SMTPUTF8 != 0;
        if !self.greeted {
            return self.refuse("503 5.5.1 say EHLO first").await;
        }
        if self.transaction.is_some() {
            return self.refuse("503 5.5.1 a mail is already begun").await;
        }
        if from.flags & (MAIL_BODY_BINARYMIME | MAIL_REQUIRETLS) != 0 {
            return self.refuse("555 5.5.4 that parameter is not offered").await;
        }
        if from.size > self.server.limits.mail_bytes {
            return self.refuse("552 5.3.4 the mail is too large").await;
        }
        if !international && !from.address.is_ascii() {
            return self.refuse(NEEDS_SMTPUTF8).await;
        }
        self.transaction = Some(Transaction { from: from.address.into_owned(), international, recipients: Vec::new() });
        self.wire.say("250 2.1.0 ok").await
    }

    async fn recipient(&mut self, to: RcptTo<Cow<'_, str>>, line: &[u8]) -> Result<(), End> {
        let most = self.server.limits.recipients;
        let address = if to.address.is_empty() && names_postmaster(line) {
            // the parser has no other way to say `<postmaster>`, which every server must take
            Cow::Borrowed("postmaster")
        } else {
            to.address
        };
        let Some(transaction) = &mut self.transaction else {
            return self.refuse("503 5.5.1 say MAIL first").await;
        };
        if address.is_empty() {
            return self.refuse("501 5.1.3 a recipient is needed").await;
        }
        if !transaction.international && !address.is_ascii() {
            return self.refuse(NEEDS_SMTPUTF8).await;
        }
        if transaction.recipients.len() >= most {
            return self.refuse("452 4.5.3 too many recipients").await;
        }
        transaction.recipients.push(address.into_owned());
        self.wire.say("250 2.1.5 ok").await
    }

    async fn data(&mut self) -> Result<(), End> {
        match &self.transaction {
            None => return self.refuse("503 5.5.1 say MAIL first").await,
            Some(transaction) if transaction.recipients.is_empty() => {
                return self.refuse("554 5.5.1 no valid recipients").await;
            }
            Some(_) => {}
        }
        self.wire.say("354 go on, end with a dot").await?;
        self.wire.flush().await?;
        let mut memory = None;
        let received = self.receive(&mut memory).await?;
        let Some(transaction) = self.transaction.take() else {
            return Ok(());
        };
        let raw = match received {
            Received::Mail(raw) => raw,
            Received::Refused(answer) => return self.refuse(&answer).await,
        };

        let (fault, delay) = self.server.faults.next(&transaction.recipients);
        match fault {
            Mode::Temporary => {
                return self.wire.say("451 4.3.0 refused for now, as the sandbox was told").await;
            }
            Mode::Permanent => {
                return self.wire.say("550 5.7.1 refused, as the sandbox was told").await;
            }
            Mode::Slow => self.wire.pause(delay).await?,
            Mode::None | Mode::DropAfterData => {}
        }
        let envelope = Envelope { from: transaction.from, to: transaction.recipients };
        let id = self.server.inbox.deliver(envelope, raw).await;
        drop(memory);
        if fault == Mode::DropAfterData {
            return Err(End::HungUp);
        }
        self.wire.say(&format!("250 2.0.0 kept as {id}")).await
    }

    /// Takes the mail's octets up to the final dot. What is too much is read on and thrown away, so that the answer
    /// comes where the client expects it.
    async fn receive(&mut self, memory: &mut Option<OwnedSemaphorePermit>) -> Result<Received, End> {
        let most = self.server.limits.mail_bytes;
        let mut raw = Vec::new();
        let mut receiver = DataReceiver::new();
        // the line end of the DATA command counts: a dot on the very first line is a dot at a line's start
        receiver.ingest(&mut b"\r\n".iter(), &mut raw);
        raw.clear();
        let mut discarding: Option<(DummyDataReceiver, &str)> = None;
        loop {
            let received = self.wire.received().await?;
            let mut octets = received.iter();
            let ended = match &mut discarding {
                Some((rest, _)) => rest.ingest(&mut octets),
                None => receiver.ingest(&mut octets, &mut raw),
            };
            let used = received.len() - octets.len();
            self.wire.take(used);
            if discarding.is_none() {
                let refused = if raw.len() > most {
                    Some("552 5.3.4 the mail is too large")
                } else if !set_aside(&self.server.receiving, memory, raw.len()) {
                    Some("452 4.3.1 too many mails at once")
                } else {
                    None
                };
                if let Some(answer) = refused {
                    discarding = Some((DummyDataReceiver::new_data(&receiver), answer));
                    raw = Vec::new();
                    *memory = None;
                }
            }
            if ended {
                break;
            }
        }
        if let Some((_, answer)) = discarding {
            return Ok(Received::Refused(answer.to_owned()));
        }
        let longest = longest_line(&raw);
        if longest > self.server.limits.text_line {
            return Ok(Received::Refused(format!(
                "550 5.6.0 a line of {longest} octets is longer than {}",
                self.server.limits.text_line
            )));
        }
        Ok(Received::Mail(raw))
    }

    /// Takes any name and password, but only where and as the protocol wants them.
    async fn authenticate(&mut self, mechanism: u64, initial: &str) -> Result<(), End> {
        if !self.greeted || self.authenticated || self.transaction.is_some() {
            return self.refuse("503 5.5.1 not now").await;
        }
        // the octets asked for one after the other, each with its prompt
        let prompts: &[&str] = match mechanism {
            AUTH_PLAIN => &["334 "],
            AUTH_LOGIN => &["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"],
            _ => return self.refuse("504 5.5.4 that mechanism is not offered").await,
        };
        let mut answers = Vec::new();
        for (number, prompt) in prompts.iter().enumerate() {
            let answer = if number == 0 && !initial.is_empty() {
                initial.to_owned()
            } else {
                self.wire.say(prompt).await?;
                match self.wire.line(self.server.limits.command_line).await? {
                    Line::Whole(line) => String::from_utf8_lossy(&line).trim_end().to_owned(),
                    Line::TooLong => {
                        return self.refuse("500 5.5.6 the line is too long").await;
                    }
                }
            };
            if answer == "*" {
                return self.refuse("501 5.7.0 given up").await;
            }
            // `=` stands for an empty initial response
            match BASE64.decode(if answer == "=" { "" } else { &answer }) {
                Ok(decoded) => answers.push(decoded),
                Err(_) => return self.refuse("501 5.5.2 that is not base64").await,
            }
        }
        // PLAIN is authorization identity, name and password between NULs
        let malformed = |plain: &Vec<u8>| plain.iter().filter(|&&octet| octet == 0).count() != 2;
        if mechanism == AUTH_PLAIN && answers.iter().any(malformed) {
            return self.refuse("501 5.5.2 that is not PLAIN").await;
        }
        self.authenticated = true;
        self.wire.say("235 2.7.0 welcome").await
    }

    /// Answers what went wrong; a client that goes on making mistakes is hung up on.
    async fn refuse(&mut self, answer: &str) -> Result<(), End> {
        self.wire.say(answer).await?;
        self.mistakes += 1;
        if self.mistakes >= self.server.limits.mistakes {
            self.wire.say("421 4.7.0 too many mistakes").await?;
            self.wire.flush().await?;
            return Err(End::Gone(io::Error::other("too many mistakes")));
        }
        Ok(())
    }
}

const NEEDS_SMTPUTF8: &str = "553 5.6.7 that address needs SMTPUTF8";

fn misunderstood(error: &Error) -> String {
    match error {
        Error::UnknownCommand => "500 5.5.1 unknown command".to_owned(),
        Error::InvalidSenderAddress => "501 5.1.7 that is no sender address".to_owned(),
        Error::InvalidRecipientAddress => "501 5.1.3 that is no recipient address".to_owned(),
        Error::SyntaxError { syntax } => format!("501 5.5.2 expected {syntax}"),
        Error::InvalidParameter { param } => format!("501 5.5.4 {param} has a wrong value"),
        // not repeated: it is whatever the client sent
        Error::UnsupportedParameter { .. } => "555 5.5.4 that parameter is not offered".to_owned(),
        // the line is whole, so a parser that wants more has met an unfinished argument
        Error::NeedsMoreData { .. } | Error::ResponseTooLong | Error::InvalidResponse { .. } => {
            "501 5.5.2 the command is unfinished".to_owned()
        }
    }
}

fn names_postmaster(line: &[u8]) -> bool {
    line.to_ascii_lowercase().windows(b"<postmaster>".len()).any(|window| window == b"<postmaster>")
}

/// The longest line of a mail, in octets without its end.
fn longest_line(raw: &[u8]) -> usize {
    raw.split(|&octet| octet == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line).len()).max().unwrap_or(0)
}

/// Grows what this mail has set aside to cover its octets; false when all memory for mails is in use.
fn set_aside(
    all: &std::sync::Arc<tokio::sync::Semaphore>,
    held: &mut Option<OwnedSemaphorePermit>,
    octets: usize,
) -> bool {
    loop {
        let covered = held.as_ref().map_or(0, |held| held.num_permits() * 1024);
        if covered >= octets {
            return true;
        }
        match (all.clone().try_acquire_many_owned(RECEIVING_STEP_KIB), held.as_mut()) {
            (Ok(more), Some(held)) => held.merge(more),
            (Ok(first), None) => *held = Some(first),
            (Err(_), _) => return false,
        }
    }
}
