import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api } from "@/api";
import { Button, Icon, SelectField, TextField } from "@/ui";
import { EMAILS, type FilterState, filtersSet, NO_FILTERS, SATISFACTIONS } from "./filter";

const TYPED_AFTER_MS = 250;

/** What is typed, and what is sent of it: after a pause, so that not every letter asks the server. */
export function useTyped(value: string, onValue: (value: string) => void): [string, (typed: string) => void] {
	const [typed, setTyped] = useState(value);
	const sent = useRef(value);
	const latest = useRef(onValue);
	latest.current = onValue;

	useEffect(() => {
		// The address changed from outside: by the back button or the palette.
		if (value !== sent.current) {
			sent.current = value;
			setTyped(value);
		}
	}, [value]);

	useEffect(() => {
		if (typed.trim() === sent.current) return;
		const timer = setTimeout(() => {
			sent.current = typed.trim();
			latest.current(sent.current);
		}, TYPED_AFTER_MS);
		return () => clearTimeout(timer);
	}, [typed]);

	return [typed, setTyped];
}

/** Waits for a pause in typing before it changes the address. */
interface SearchBoxProps {
	value: string;
	onValue: (value: string) => void;
	label?: string;
	placeholder?: string;
}

export function SearchBox({
	value,
	onValue,
	label = "Search clients",
	placeholder = "Name, email, company or phone",
}: SearchBoxProps) {
	const [typed, setTyped] = useTyped(value, onValue);
	return (
		<div class="relative w-full sm:w-80">
			<Icon name="search" class="pointer-events-none absolute inset-y-0 left-3 my-auto text-ink-3" />
			<input
				type="search"
				aria-label={label}
				placeholder={placeholder}
				class="field pl-9"
				value={typed}
				onInput={(event) => setTyped(event.currentTarget.value)}
			/>
		</div>
	);
}

interface FilterProps {
	state: FilterState;
	onChange: (change: Partial<FilterState>) => void;
}

export function FilterButton({ state, open, onToggle }: { state: FilterState; open: boolean; onToggle: () => void }) {
	const set = filtersSet(state);
	return (
		<Button icon="filter" aria-expanded={open} aria-controls="client-filters" onClick={onToggle}>
			{set > 0 ? `Filters (${set})` : "Filters"}
		</Button>
	);
}

export function FilterPanel({ state, onChange }: FilterProps) {
	const [genre, setGenre] = useTyped(state.genre, (typed) => onChange({ genre: typed }));
	return (
		<fieldset
			id="client-filters"
			class="card mb-3 grid grid-cols-1 items-end gap-3 p-4 sm:grid-cols-3 lg:grid-cols-[repeat(5,minmax(0,1fr))_auto]"
		>
			<legend class="sr-only">Filters</legend>
			<SelectField label="Email" value={state.email} onValue={(email) => onChange({ email })} options={EMAILS} />
			<TextField label="Genre" autocomplete="off" maxLength={60} value={genre} onValue={setGenre} />
			<SelectField
				label="Satisfaction"
				value={state.satisfaction}
				onValue={(satisfaction) => onChange({ satisfaction })}
				options={SATISFACTIONS}
			/>
			<TextField
				label="Added from"
				type="date"
				max={state.to || undefined}
				value={state.from}
				onValue={(from) => onChange({ from })}
			/>
			<TextField
				label="Added until"
				type="date"
				min={state.from || undefined}
				value={state.to}
				onValue={(to) => onChange({ to })}
			/>
			{state.importId && <OfImport id={state.importId} onRemove={() => onChange({ importId: "" })} />}
			<Button disabled={filtersSet(state) === 0} onClick={() => onChange(NO_FILTERS)}>
				Clear filters
			</Button>
		</fieldset>
	);
}

/** The import that the clients come from. */
function OfImport({ id, onRemove }: { id: string; onRemove: () => void }) {
	const { data } = useQuery({ queryKey: ["imports", "one", id], queryFn: () => api.imports.get(id), retry: false });
	return (
		<div class="grid gap-1.5 sm:order-last sm:col-span-full">
			<span class="font-medium">Made by an import</span>
			<div class="flex min-w-0 items-center gap-2">
				<Link
					href={`/imports/${id}`}
					className="truncate font-medium text-accent-ink underline-offset-4 hover:underline"
				>
					{data?.filename ?? "Import"}
				</Link>
				<Button icon="x" onClick={onRemove}>
					Show clients of all imports
				</Button>
			</div>
		</div>
	);
}
