import { useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, asProblem, type Import, type ImportFormatChange } from "@/api";
import { Checkbox, FormError, Icon, SelectField } from "@/ui";
import { DELIMITERS, ENCODINGS, formatWords, QUOTES } from "./words";

/** As many as the server takes. */
const ROWS_TO_CHOOSE = 20;

/** How the file is written, as it was found out. What somebody corrects is read anew at once. */
export function FormatPanel({ data }: { data: Import }) {
	const queries = useQueryClient();
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<string | null>(null);
	const { format } = data;

	const correct = async (change: ImportFormatChange) => {
		setBusy(true);
		setError(null);
		try {
			queries.setQueryData(["imports", "one", data.id], await api.imports.reread(data.id, change));
		} catch (failure) {
			const refused = asProblem(failure);
			setError(refused.errors[0]?.message ?? refused.message);
		} finally {
			setBusy(false);
		}
	};

	return (
		<details class="card group mb-6">
			<summary class="touch flex min-h-11 cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 rounded-md px-5 py-2.5">
				<Icon name="chevronRight" class="text-ink-3 transition-transform duration-100 group-open:rotate-90" />
				<span class="font-medium">How the file is read</span>
				<span class="text-ink-2">{formatWords(format)}</span>
			</summary>
			<div class="grid gap-4 border-t border-line px-5 py-4" aria-busy={busy}>
				<p class="text-ink-2">We found this out. Correct it when the columns below do not look right.</p>
				<div class="grid gap-4 sm:grid-cols-3">
					<SelectField
						label="Cells are separated by"
						value={format.delimiter}
						disabled={busy}
						onValue={(delimiter) => correct({ delimiter })}
						options={DELIMITERS}
					/>
					<SelectField
						label="Marks around cells"
						value={format.quote}
						disabled={busy}
						onValue={(quote) => correct({ quote })}
						options={QUOTES}
					/>
					<SelectField
						label="Encoding"
						value={format.encoding}
						disabled={busy}
						onValue={(value) => {
							const encoding = ENCODINGS.find((each) => each.value === value)?.value;
							if (encoding) correct({ encoding });
						}}
						options={ENCODINGS}
					/>
				</div>
				<div class="grid items-end gap-4 sm:grid-cols-3">
					<Checkbox
						label="A row holds the names of the columns"
						checked={format.hasHeader}
						onChecked={(hasHeader) => correct({ hasHeader })}
					/>
					{format.headingRow !== null && (
						<SelectField
							label="The names are in"
							value={String(format.headingRow)}
							disabled={busy}
							onValue={(row) => correct({ headingRow: Number(row) })}
							options={headingRows(format.headingRow)}
						/>
					)}
				</div>
				{format.headingRow !== null && format.headingRow > 1 && (
					<p class="text-ink-2">Rows above the names are not imported.</p>
				)}
				{error && <FormError>{error}</FormError>}
			</div>
		</details>
	);
}

/** The rows that may be chosen, and the one that is. */
function headingRows(chosen: number) {
	const rows = Array.from({ length: Math.max(ROWS_TO_CHOOSE, chosen) }, (_, index) => index + 1);
	return rows.map((row) => ({ value: String(row), label: `Row ${row}` }));
}
