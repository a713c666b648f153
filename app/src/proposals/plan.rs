//! What a version of a proposal says: purpose, phases, milestones, payments.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    error::{Error, FieldError, Result},
    input::Checks,
    states::stored_as_text,
};

/// Most of an amount: a million millions of a currency with two digits.
pub const MAX_AMOUNT_MINOR: i64 = 100_000_000_000_000;
const MAX_PHASES: usize = 50;
const MAX_MILESTONES: usize = 200;
const MAX_INSTALMENTS: usize = 100;

/// What is proposed. Amounts are whole minor units of the proposal's currency. Ids are made by whoever writes the plan and
/// stay with their item from version to version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ProposalPlan)]
pub struct Plan {
    /// What it is for, up to 20 000 characters.
    #[serde(default)]
    pub purpose: String,
    /// The price of all.
    #[schema(minimum = 0)]
    pub total_minor: i64,
    /// Parts of the work, in order; at most 50.
    #[serde(default)]
    pub phases: Vec<Phase>,
    /// What will be delivered, in order; at most 200.
    #[serde(default)]
    pub milestones: Vec<PlanMilestone>,
    /// The payment schedule, in order; at most 100.
    #[serde(default)]
    pub instalments: Vec<Instalment>,
}

/// A part of the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ProposalPhase)]
pub struct Phase {
    /// The phase.
    pub id: Uuid,
    /// Title.
    #[schema(min_length = 1, max_length = 255)]
    pub title: String,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
}

/// Something that will be delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanMilestone {
    /// The milestone.
    pub id: Uuid,
    /// The phase it belongs to.
    pub phase_id: Option<Uuid>,
    /// Title.
    #[schema(min_length = 1, max_length = 255)]
    pub title: String,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// What kind of thing is delivered.
    pub category: Option<String>,
    /// Its part of the price.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub amount_minor: i64,
    /// When it is due.
    pub due_on: Option<NaiveDate>,
}

/// When a payment is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Due {
    /// On `dueOn`.
    Date,
    /// When the proposal is approved.
    Approval,
    /// When the milestone `milestoneId` is approved.
    Milestone,
    /// When all is done.
    Completion,
}

stored_as_text!(Due {
    Date = "date",
    Approval = "approval",
    Milestone = "milestone",
    Completion = "completion",
});

/// A payment of the schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Instalment {
    /// The payment.
    pub id: Uuid,
    /// What it is for.
    #[schema(min_length = 1, max_length = 255)]
    pub description: String,
    /// How much.
    #[schema(minimum = 1)]
    pub amount_minor: i64,
    /// When it is due.
    pub due: Due,
    /// The day, when it is due on one.
    pub due_on: Option<NaiveDate>,
    /// The milestone, when it is due with one.
    pub milestone_id: Option<Uuid>,
}

impl Plan {
    /// Sum of the milestones' amounts.
    #[must_use]
    pub fn milestones_minor(&self) -> i64 {
        self.milestones.iter().map(|each| each.amount_minor).sum()
    }

    /// Sum of the payments.
    #[must_use]
    pub fn instalments_minor(&self) -> i64 {
        self.instalments.iter().map(|each| each.amount_minor).sum()
    }

    /// The plan with its texts trimmed. Sums may still be wrong: they are checked when it is sent.
    pub(super) fn checked(mut self, checks: &mut Checks) -> Self {
        self.purpose = checks.text("plan.purpose", "The purpose", Some(&self.purpose), 20_000).unwrap_or_default();
        amount(checks, "plan.totalMinor", self.total_minor, 0);
        few(checks, "plan.phases", "phases", self.phases.len(), MAX_PHASES);
        few(checks, "plan.milestones", "milestones", self.milestones.len(), MAX_MILESTONES);
        few(checks, "plan.instalments", "payments", self.instalments.len(), MAX_INSTALMENTS);
        once(checks, "plan.phases", self.phases.iter().map(|each| each.id));
        once(checks, "plan.milestones", self.milestones.iter().map(|each| each.id));
        once(checks, "plan.instalments", self.instalments.iter().map(|each| each.id));
        for (index, phase) in self.phases.iter_mut().enumerate() {
            phase.check(checks, &format!("plan.phases.{index}"));
        }
        let phases: HashSet<Uuid> = self.phases.iter().map(|each| each.id).collect();
        for (index, milestone) in self.milestones.iter_mut().enumerate() {
            milestone.check(checks, &format!("plan.milestones.{index}"), &phases);
        }
        let milestones: HashSet<Uuid> = self.milestones.iter().map(|each| each.id).collect();
        for (index, instalment) in self.instalments.iter_mut().enumerate() {
            instalment.check(checks, &format!("plan.instalments.{index}"), &milestones);
        }
        self
    }

    /// Whether it can be sent: milestones within the price, payments that make up the price.
    ///
    /// # Errors
    /// 422 naming what is missing and by how much.
    pub fn sendable(&self, problems: Vec<FieldError>) -> Result<()> {
        let mut errors = problems;
        let mut wrong = |field: &str, code: &'static str, message: String| {
            errors.push(FieldError::new(field, code, message));
        };
        if self.purpose.is_empty() && self.milestones.is_empty() && self.phases.is_empty() {
            wrong("plan.purpose", "required", "Say what is proposed: a purpose, a phase or a milestone.".to_owned());
        }
        if self.milestones_minor() > self.total_minor {
            let message = "The milestones come to more than the price. Lower them, or raise the price.";
            wrong("plan.milestones", "over_total", message.to_owned());
        }
        let instalments = self.instalments_minor();
        if instalments != self.total_minor {
            let message = if instalments < self.total_minor {
                "The payments come to less than the price. Add what is missing to the payment schedule."
            } else {
                "The payments come to more than the price. Lower them, or raise the price."
            };
            wrong("plan.instalments", "not_total", message.to_owned());
        }
        if errors.is_empty() { Ok(()) } else { Err(Error::invalid(errors)) }
    }
}

impl Phase {
    fn check(&mut self, checks: &mut Checks, at: &str) {
        self.title = checks.required(&format!("{at}.title"), "The title", &self.title, 255);
        self.description = describe(checks, at, &self.description);
        day(checks, &format!("{at}.startsOn"), self.starts_on);
        day(checks, &format!("{at}.endsOn"), self.ends_on);
        if self.starts_on.zip(self.ends_on).is_some_and(|(first, last)| last < first) {
            checks.wrong(&format!("{at}.endsOn"), "before_start", "The last day must not be before the first.");
        }
    }
}

impl PlanMilestone {
    fn check(&mut self, checks: &mut Checks, at: &str, phases: &HashSet<Uuid>) {
        self.title = checks.required(&format!("{at}.title"), "The title", &self.title, 255);
        self.description = describe(checks, at, &self.description);
        self.category = checks.optional(&format!("{at}.category"), "The category", self.category.as_deref(), 100);
        amount(checks, &format!("{at}.amountMinor"), self.amount_minor, 0);
        day(checks, &format!("{at}.dueOn"), self.due_on);
        if self.phase_id.is_some_and(|phase| !phases.contains(&phase)) {
            checks.wrong(&format!("{at}.phaseId"), "unknown", "Choose one of the plan's phases.");
        }
    }
}

impl Instalment {
    fn check(&mut self, checks: &mut Checks, at: &str, milestones: &HashSet<Uuid>) {
        self.description = checks.required(&format!("{at}.description"), "The description", &self.description, 255);
        amount(checks, &format!("{at}.amountMinor"), self.amount_minor, 1);
        day(checks, &format!("{at}.dueOn"), self.due_on);
        if (self.due == Due::Date) != self.due_on.is_some() {
            checks.wrong(
                &format!("{at}.dueOn"),
                "required",
                "A payment that is due on a day needs the day, others none.",
            );
        }
        if (self.due == Due::Milestone) != self.milestone_id.is_some()
            || self.milestone_id.is_some_and(|milestone| !milestones.contains(&milestone))
        {
            let message = "A payment that is due with a milestone needs one of the plan's milestones, others none.";
            checks.wrong(&format!("{at}.milestoneId"), "unknown", message);
        }
    }
}

fn describe(checks: &mut Checks, at: &str, text: &str) -> String {
    checks.text(&format!("{at}.description"), "The description", Some(text), 4_000).unwrap_or_default()
}

fn amount(checks: &mut Checks, field: &str, amount: i64, least: i64) {
    if !(least..=MAX_AMOUNT_MINOR).contains(&amount) {
        let message = if least == 0 { "The amount goes from 0 upwards." } else { "The amount must be more than 0." };
        checks.wrong(field, "out_of_range", message);
    }
}

fn day(checks: &mut Checks, field: &str, day: Option<NaiveDate>) {
    if day.is_some_and(|day| !(2000..2200).contains(&day.year())) {
        checks.wrong(field, "out_of_range", "Choose a day between 2000 and 2199.");
    }
}

fn few(checks: &mut Checks, field: &str, what: &str, count: usize, most: usize) {
    if count > most {
        checks.wrong(field, "too_many", format!("A plan has at most {most} {what}."));
    }
}

fn once(checks: &mut Checks, field: &str, ids: impl Iterator<Item = Uuid>) {
    let mut seen = HashSet::new();
    if ids.into_iter().any(|id| !seen.insert(id)) {
        checks.wrong(field, "twice", "Each item needs an id of its own.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milestone(amount_minor: i64) -> PlanMilestone {
        PlanMilestone {
            id: Uuid::now_v7(),
            phase_id: None,
            title: "Mix".to_owned(),
            description: String::new(),
            category: None,
            amount_minor,
            due_on: None,
        }
    }

    fn instalment(amount_minor: i64) -> Instalment {
        Instalment {
            id: Uuid::now_v7(),
            description: "Half".to_owned(),
            amount_minor,
            due: Due::Approval,
            due_on: None,
            milestone_id: None,
        }
    }

    fn plan(total_minor: i64, milestones: &[i64], instalments: &[i64]) -> Plan {
        Plan {
            purpose: "A record".to_owned(),
            total_minor,
            milestones: milestones.iter().copied().map(milestone).collect(),
            instalments: instalments.iter().copied().map(instalment).collect(),
            ..Plan::default()
        }
    }

    fn codes(result: Result<()>) -> Vec<String> {
        result
            .err()
            .map(|error| error.errors.into_iter().map(|each| each.code.into_owned()).collect())
            .unwrap_or_default()
    }

    #[test]
    fn sums_decide_whether_it_can_be_sent() {
        assert!(codes(plan(100, &[60, 40], &[50, 50]).sendable(Vec::new())).is_empty());
        assert!(codes(plan(100, &[60], &[100]).sendable(Vec::new())).is_empty(), "milestones may be less");
        assert!(codes(plan(0, &[0], &[]).sendable(Vec::new())).is_empty(), "work for nothing");
        assert_eq!(codes(plan(100, &[60, 41], &[100]).sendable(Vec::new())), ["over_total"]);
        assert_eq!(codes(plan(100, &[], &[99]).sendable(Vec::new())), ["not_total"]);
        assert_eq!(codes(plan(100, &[], &[101]).sendable(Vec::new())), ["not_total"]);
        assert_eq!(codes(Plan::default().sendable(Vec::new())), ["required"]);
    }

    #[test]
    fn items_name_each_other_or_are_refused() {
        let mut wrong = plan(100, &[100], &[100]);
        wrong.milestones[0].phase_id = Some(Uuid::now_v7());
        wrong.instalments[0].due = Due::Milestone;
        wrong.milestones.push(wrong.milestones[0].clone());
        let mut checks = Checks::new();
        let _ = wrong.checked(&mut checks);
        assert_eq!(codes(checks.done()), ["twice", "unknown", "unknown", "unknown"]);
    }
}
