//! Guesses from a column's heading what it becomes.

use super::mapping::Field;

/// Headings without spaces, punctuation and capitals; the first that fits wins.
const HEADINGS: [(Field, &[&str]); 14] = [
    (
        Field::Name,
        &[
            "name",
            "fullname",
            "clientname",
            "client",
            "customername",
            "customer",
            "displayname",
            "contactname",
            "contact",
        ],
    ),
    (Field::FirstName, &["firstname", "givenname", "forename", "vorname", "prenom"]),
    (Field::LastName, &["lastname", "surname", "familyname", "nachname", "nom"]),
    (
        Field::Email,
        &[
            "email",
            "emailaddress",
            "mail",
            "mailaddress",
            "primaryemail",
            "workemail",
            "contactemail",
            "clientemail",
            "email1value",
            "email1",
            "emailadresse",
        ],
    ),
    (
        Field::Company,
        &[
            "company",
            "companyname",
            "organization",
            "organisation",
            "organizationname",
            "organisationname",
            "organization1name",
            "business",
            "businessname",
            "firma",
            "label",
        ],
    ),
    (
        Field::Phone,
        &[
            "phone",
            "phonenumber",
            "telephone",
            "telephonenumber",
            "tel",
            "telefon",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "cell",
            "cellphone",
            "primaryphone",
            "businessphone",
            "phone1value",
            "phone1",
        ],
    ),
    (Field::Timezone, &["timezone", "tz"]),
    (Field::Genres, &["genres", "genre", "styles", "style"]),
    (Field::BudgetMin, &["budget", "budgetmin", "minbudget", "minimumbudget", "budgetfrom"]),
    (Field::BudgetMax, &["budgetmax", "maxbudget", "maximumbudget", "budgetto"]),
    (Field::BudgetCurrency, &["budgetcurrency", "currency", "currencycode"]),
    (Field::Satisfaction, &["satisfaction", "rating"]),
    (
        Field::ReferralSource,
        &["referral", "referralsource", "referredby", "source", "leadsource", "howdidyouhearaboutus", "camethrough"],
    ),
    (Field::Notes, &["notes", "note", "comments", "comment", "remarks"]),
];

/// One guess per column; a field is guessed once, for the heading that says it best.
#[must_use]
pub fn guesses(headings: &[String]) -> Vec<Option<Field>> {
    let plain: Vec<String> = headings.iter().map(|heading| plain(heading)).collect();
    let mut guesses = vec![None; headings.len()];
    for (field, names) in HEADINGS {
        let found = names.iter().find_map(|name| plain.iter().position(|heading| heading == name));
        if let Some(guess) = found.and_then(|index| guesses.get_mut(index)) {
            *guess = Some(field);
        }
    }
    if guesses.contains(&Some(Field::Name)) {
        for guess in &mut guesses {
            guess.take_if(|field| matches!(field, Field::FirstName | Field::LastName));
        }
    }
    // an amount without a currency would cost every row
    if !guesses.contains(&Some(Field::BudgetCurrency)) {
        for guess in &mut guesses {
            guess.take_if(|field| matches!(field, Field::BudgetMin | Field::BudgetMax));
        }
    }
    guesses
}

fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(headings: &[&str]) -> Vec<Option<&'static str>> {
        let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        guesses(&headings).into_iter().map(|guess| guess.map(Field::name)).collect()
    }

    #[test]
    fn usual_headings_are_known() {
        assert_eq!(
            guess(&["Full name", "E-mail", "Organisation", "Tel.", "City", "Time zone", "Genre(s)", "NOTES"]),
            [
                Some("name"),
                Some("email"),
                Some("company"),
                Some("phone"),
                None,
                Some("timezone"),
                Some("genres"),
                Some("notes")
            ]
        );
        assert_eq!(guess(&["First Name", "Last Name", "Email"]), [Some("firstName"), Some("lastName"), Some("email")]);
        assert_eq!(
            guess(&["E-mail 1 - Value", "Budget", "Currency"]),
            [Some("email"), Some("budgetMin"), Some("budgetCurrency")]
        );
        assert_eq!(guess(&["Name", "Budget", "Budget to"]), [Some("name"), None, None], "no column says the currency");
    }

    #[test]
    fn a_field_is_guessed_once_for_the_best_heading() {
        assert_eq!(
            guess(&["Contact", "Name", "First name", "mail", "Email"]),
            [None, Some("name"), None, None, Some("email")]
        );
        assert_eq!(guess(&["email", "email"]), [Some("email"), None]);
    }
}
