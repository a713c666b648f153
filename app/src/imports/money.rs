//! The budget in the cells of a row.

use super::{amount, mapping::Field, row::Reason};
use crate::clients::view::BudgetMinor;

/// What stands in the columns of the budget; empty where there is none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cells<'a> {
    /// The least amount.
    pub min: &'a str,
    /// The largest amount.
    pub max: &'a str,
    /// The currency of both.
    pub currency: &'a str,
}

impl Cells<'_> {
    /// The budget. One amount alone is both the least and the most; a currency without amounts means nothing.
    pub fn read(&self, reasons: &mut Vec<Reason>) -> Option<BudgetMinor> {
        let mut minor = |field: Field, text: &str| {
            if text.is_empty() {
                return None;
            }
            let minor = amount::minor_units(text, self.currency);
            if minor.is_none() {
                let how = format!(
                    "Write the amount like 1500.00, in {}: shortened amounts (5k) and other currencies are not understood.",
                    self.currency
                );
                reasons.push(Reason::of_field(field, &how));
            }
            minor
        };
        let min = minor(Field::BudgetMin, self.min);
        let max = minor(Field::BudgetMax, self.max);
        Some(BudgetMinor { min: min.or(max)?, max: max.or(min)? })
    }
}
