import { useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, asProblem, type Import, type ImportChoices } from "@/api";
import { Button, CURRENCIES, FormError, Section, SelectField } from "@/ui";
import { Columns } from "./columns";
import { Duplicates, guessedCountry, type Rule } from "./duplicates";
import { FormatPanel } from "./format-panel";
import { ImportedBefore, Remembered } from "./notices";
import { Preview } from "./preview";
import { firstMapping, mappingProblem, mappingToSend, needsCurrency, rememberedMapping, target } from "./words";

/** All that is decided before an import starts. Whoever corrects the format sees other columns and begins anew. */
export function Mapping({ data }: { data: Import }) {
	return (
		<>
			<FormatPanel data={data} />
			<Choices key={JSON.stringify([data.format, data.columns.map((column) => column.name)])} data={data} />
		</>
	);
}

function Choices({ data }: { data: Import }) {
	const queries = useQueryClient();
	const { remembered, importedBefore } = data;
	const [usesMemory, setUsesMemory] = useState(remembered !== null);
	const [mapping, setMapping] = useState(() =>
		remembered ? rememberedMapping(data.columns, remembered.mapping) : firstMapping(data.columns),
	);
	const [currency, setCurrency] = useState(remembered?.budgetCurrency ?? "");
	const [rule, setRule] = useState<Rule>("skip");
	const [country, setCountry] = useState(() => guessedCountry(navigator.language));
	const [again, setAgain] = useState(false);
	const [error, setError] = useState<string | null>(null);
	const [busy, setBusy] = useState(false);
	const asksCurrency = needsCurrency(mapping);
	const hasPhones = Object.values(mapping).includes("phone");
	const problem = mappingProblem(mapping, currency);
	const choices: ImportChoices = {
		mapping: mappingToSend(mapping),
		...(asksCurrency && currency ? { budgetCurrency: currency } : {}),
		duplicates: rule,
		...(hasPhones && country ? { phoneRegion: country } : {}),
	};

	const start = async () => {
		const obstacle =
			problem ??
			(importedBefore && !again ? "This file was imported before. Say above that you want to import it again." : null);
		setError(obstacle);
		if (obstacle) return;
		setBusy(true);
		try {
			const started = await api.imports.start(data.id, { ...choices, again });
			queries.setQueryData(["imports", "one", data.id], started);
			queries.invalidateQueries({ queryKey: ["imports", "list"] });
		} catch (failure) {
			const refused = asProblem(failure);
			setError(refused.errors.map((each) => each.message).join(" ") || refused.message);
			setBusy(false);
			// somebody else has started the same file meanwhile: the page says so and asks
			if (refused.code === "file_imported_before") queries.invalidateQueries({ queryKey: ["imports", "one", data.id] });
		}
	};

	return (
		<>
			{importedBefore && <ImportedBefore before={importedBefore} again={again} onAgain={setAgain} />}
			<Section title="Which column holds what?" lead={lead(data, usesMemory)}>
				{remembered && usesMemory && (
					<Remembered
						remembered={remembered}
						onReset={() => {
							setUsesMemory(false);
							setMapping(firstMapping(data.columns));
							setError(null);
						}}
					/>
				)}
				<Columns
					columns={data.columns}
					mapping={mapping}
					onChoose={(index, field) => {
						setMapping({ ...mapping, [index]: target(field) });
						setError(null);
					}}
				/>
				{asksCurrency && (
					<SelectField
						class="mt-4 max-w-sm"
						label="Currency of the budgets"
						hint="No column of the file says it, so it is that of all rows."
						value={currency}
						onValue={(code) => {
							setCurrency(code);
							setError(null);
						}}
						options={[
							{ value: "", label: "Choose a currency" },
							...[...new Set([...CURRENCIES, currency])].filter(Boolean).map((code) => ({ value: code, label: code })),
						]}
					/>
				)}
			</Section>
			<Duplicates rule={rule} onRule={setRule} country={country} onCountry={setCountry} hasPhones={hasPhones} />
			<Preview data={data} choices={choices} problem={problem} />
			<div class="mb-8 grid justify-items-start gap-3">
				{error && <FormError>{error}</FormError>}
				<Button look="primary" icon="play" busy={busy} onClick={start}>
					Start import
				</Button>
			</div>
		</>
	);
}

function lead({ source, format }: Import, usesMemory: boolean): string {
	if (usesMemory) return "Change what is wrong.";
	const guessed = format.hasHeader
		? "Our guesses are filled in."
		: "The file has no row of names; we guessed from its cells.";
	return `${source ? `This is an export of ${source}. ` : ""}${guessed} Change what is wrong.`;
}
