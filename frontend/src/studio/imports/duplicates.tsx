import type { ImportChoices } from "@/api";
import { Select } from "@/ui";

export type Rule = NonNullable<ImportChoices["duplicates"]>;

const RULES: { value: Rule; label: string; means: string }[] = [
	{ value: "skip", label: "Skip", means: "Clients who are here stay exactly as they are." },
	{ value: "fillEmpty", label: "Fill empty fields", means: "Only what is empty so far is taken from the file." },
	{ value: "overwrite", label: "Overwrite", means: "Cells of the file that are not empty replace what is here." },
	{
		value: "createAndSuggest",
		label: "Create and suggest a merge",
		means: "A second client is created, and you decide later which of the two is left.",
	},
];

const COUNTRIES =
	"AR AT AU BE BR CA CH CL CN CO CZ DE DK EE EG ES FI FR GB GR HK HR HU ID IE IL IN IS IT JP KE KR LT LU LV MA MX MY NG NL NO NZ PE PH PL PT RO RS SE SG SI SK TH TR TW UA US VN ZA".split(
		" ",
	);

/** The country of the browser's language, when it says one. */
export function guessedCountry(language: string): string {
	const region = new Intl.Locale(language).maximize().region ?? "";
	return /^[A-Z]{2}$/.test(region) ? region : "";
}

function countryOptions(chosen: string) {
	const names = new Intl.DisplayNames("en", { type: "region" });
	const known = [...new Set([...COUNTRIES, chosen])].filter(Boolean);
	return known
		.map((code) => ({ value: code, label: names.of(code) ?? code }))
		.sort((one, other) => one.label.localeCompare(other.label));
}

/** What becomes of rows whose client is here already, and in which country phone numbers without a + are. */
export function Duplicates({
	rule,
	onRule,
	country,
	onCountry,
	hasPhones,
}: {
	rule: Rule;
	onRule: (rule: Rule) => void;
	country: string;
	onCountry: (country: string) => void;
	hasPhones: boolean;
}) {
	return (
		<fieldset class="mb-8">
			<legend class="text-lg font-semibold">When a client is here already</legend>
			<p class="mb-3 text-ink-2">
				A row with an email address is the client who has that address. One without is the client with its phone number,
				and one without either the client with its name and company.
			</p>
			<div class="card divide-y divide-line">
				{RULES.map(({ value, label, means }) => (
					<label key={value} class="flex cursor-pointer items-start gap-3 px-5 py-3 hover:bg-hover">
						<input
							type="radio"
							name="duplicates"
							class="mt-1 size-4 shrink-0 accent-accent"
							value={value}
							checked={rule === value}
							onChange={() => onRule(value)}
						/>
						<span>
							<span class="font-medium">{label}</span>
							<span class="block text-ink-2">{means}</span>
						</span>
					</label>
				))}
			</div>
			{hasPhones && (
				<div class="mt-4 grid max-w-sm gap-1.5">
					<label for="phone-country" class="font-medium">
						Country of phone numbers without +
					</label>
					<Select
						id="phone-country"
						aria-describedby="phone-country-hint"
						value={country}
						onValue={onCountry}
						options={[{ value: "", label: "Do not compare them" }, ...countryOptions(country)]}
					/>
					<p id="phone-country-hint" class="text-xs text-ink-3">
						So that 030 1234567 and +49 30 1234567 are one number. The numbers themselves stay as they are written.
					</p>
				</div>
			)}
		</fieldset>
	);
}
