import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon, IconButton } from "@/ui";
import { isTyping } from "./keys";
import { completed, type Suggestion, suggestions, type Values } from "./search";

interface Props {
	search: string;
	onSearch: (search: string) => void;
	values: Values;
	/** What is wrong with the search, said below it. */
	error?: string | undefined;
	onHelp: () => void;
}

/** One field for everything a job can be found by. It suggests keys and values; "/" brings the focus here. */
export function SearchBox({ search, onSearch, values, error, onHelp }: Props) {
	const id = useId();
	const input = useRef<HTMLInputElement>(null);
	const [text, setText] = useState(search);
	const [caret, setCaret] = useState(0);
	const [open, setOpen] = useState(false);
	const [chosen, setChosen] = useState(-1);

	// The address may change without this field: a tab, a saved search, the browser's back.
	useEffect(() => setText(search), [search]);

	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.key !== "/" || isTyping(event)) return;
			event.preventDefault();
			input.current?.focus();
			input.current?.select();
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, []);

	const offered = open ? suggestions(text, caret, values).slice(0, 12) : [];
	const at = Math.min(chosen, offered.length - 1);
	const submit = (value: string) => {
		setOpen(false);
		onSearch(value.trim());
	};
	const take = (suggestion: Suggestion) => {
		const [next, position] = completed(text, caret, suggestion);
		setText(next);
		setCaret(position);
		setChosen(-1);
		const field = input.current;
		if (field) {
			field.value = next;
			field.focus();
			field.setSelectionRange(position, position);
		}
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (move && offered.length > 0) {
			event.preventDefault();
			setChosen((at + move + offered.length + (at < 0 && move < 0 ? 1 : 0)) % offered.length);
		} else if (event.key === "Enter" && offered[at]) {
			event.preventDefault();
			take(offered[at]);
		} else if (event.key === "Escape") {
			if (open) event.preventDefault();
			if (open && offered.length > 0) setOpen(false);
			else input.current?.blur();
		}
	};

	return (
		<search class="grid min-w-0 grow basis-72 grid-cols-1 gap-1.5">
			<form
				class="relative"
				onSubmit={(event) => {
					event.preventDefault();
					submit(text);
				}}
			>
				<Icon name="search" class="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-ink-3" />
				<input
					ref={input}
					type="text"
					role="combobox"
					aria-label="Search jobs"
					aria-autocomplete="list"
					aria-expanded={offered.length > 0}
					aria-controls={`${id}-list`}
					aria-activedescendant={offered[at] ? `${id}-${at}` : undefined}
					aria-invalid={error ? "true" : undefined}
					aria-describedby={error ? `${id}-error` : undefined}
					autocomplete="off"
					autocapitalize="off"
					spellcheck={false}
					placeholder="kind, queue, workspace, error, id …"
					class="field pr-20! pl-9!"
					value={text}
					onFocus={(event) => {
						setCaret(event.currentTarget.selectionStart ?? text.length);
						setOpen(true);
					}}
					onBlur={() => setOpen(false)}
					onInput={(event) => {
						setText(event.currentTarget.value);
						setCaret(event.currentTarget.selectionStart ?? 0);
						setChosen(-1);
						setOpen(true);
					}}
					onClick={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
					onKeyDown={onKeyDown}
				/>
				<span class="absolute inset-y-0 right-1 flex items-center">
					{text !== "" && (
						<IconButton
							label="Clear the search"
							icon="x"
							onClick={() => {
								setText("");
								submit("");
							}}
						/>
					)}
					<IconButton label="How to search" icon="help" onClick={onHelp} />
				</span>
				<div
					id={`${id}-list`}
					role="listbox"
					aria-label="Suggestions"
					class={
						offered.length > 0
							? "absolute inset-x-0 top-full z-30 mt-1 max-h-80 overflow-y-auto rounded-md border border-line bg-surface p-1.5 shadow-float"
							: "hidden"
					}
				>
					{offered.map((suggestion, index) => (
						// biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled in the field, which keeps the focus
						<div
							key={suggestion.label}
							id={`${id}-${index}`}
							role="option"
							tabIndex={-1}
							aria-selected={index === at}
							class={`touch flex min-h-8 cursor-pointer items-center gap-3 rounded-sm px-3 ${index === at ? "bg-accent-soft text-ink" : "text-ink-2 hover:bg-hover"}`}
							onMouseDown={(event) => event.preventDefault()}
							onClick={() => take(suggestion)}
						>
							<span class="min-w-40 shrink-0 font-medium max-sm:min-w-28">{suggestion.label}</span>
							<span class="truncate text-xs text-ink-3">{suggestion.hint}</span>
						</div>
					))}
				</div>
			</form>
			{error && (
				<p id={`${id}-error`} role="alert" class="flex items-start gap-1.5 text-bad">
					<Icon name="alert" class="mt-0.5" />
					<span>{error}</span>
				</p>
			)}
		</search>
	);
}
