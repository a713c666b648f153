import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { type AuditEntry, type AuditQuery, api } from "@/api";
import {
	Button,
	type Column,
	Dialog,
	EmptyState,
	exactTime,
	Facts,
	Icon,
	Load,
	None,
	oneOf,
	Pager,
	Select,
	StaleNotice,
	Table,
	Time,
	useUrlState,
	words,
} from "@/ui";
import { Chain } from "./chain";
import { actionWords, dayBounds, subjectHref } from "./words";

const DEFAULTS = { scope: "operators", who: "", action: "", object: "", from: "", to: "", cursor: "" };
const SCOPES = ["operators", "everybody"] as const;
const SEARCH_AFTER_MS = 300;

export function AuditList() {
	const { state: url, set } = useUrlState(DEFAULTS);
	const [shown, setShown] = useState<AuditEntry | null>(null);
	const filter: AuditQuery = {
		scope: oneOf(url.scope, SCOPES, "operators"),
		...(url.who && { actorId: url.who }),
		...(url.action && { action: url.action }),
		...(url.object && { subject: url.object }),
		...dayBounds(url.from, url.to),
	};
	const choices = useQuery({ queryKey: ["console", "audit", "choices"], queryFn: api.audit.choices });
	const query = useQuery({
		queryKey: ["console", "audit", "list", filter, url.cursor],
		queryFn: ({ signal }) => api.audit.list({ ...filter, ...(url.cursor && { cursor: url.cursor }) }, signal),
		placeholderData: keepPreviousData,
	});
	const filtered = Object.keys(filter).length > 1;

	return (
		<>
			<Chain />
			<div class="mb-3 grid grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap">
				<Select
					aria-label="Whose deeds"
					class="sm:w-auto!"
					value={filter.scope ?? "operators"}
					onValue={(scope) => set({ scope })}
					options={[
						{ value: "operators", label: "By operators" },
						{ value: "everybody", label: "By anybody" },
					]}
				/>
				<Select
					aria-label="Who"
					class="max-w-full sm:w-auto!"
					value={url.who}
					onValue={(who) => set({ who })}
					options={withChosen(
						"Every operator",
						(choices.data?.people ?? []).map(({ id, name }) => ({ value: id, label: name })),
						url.who,
					)}
				/>
				<Select
					aria-label="Action"
					class="max-w-full sm:w-auto!"
					value={url.action}
					onValue={(action) => set({ action })}
					options={withChosen(
						"Every action",
						(choices.data?.actions ?? [])
							.filter((action) => filter.scope === "everybody" || action.startsWith("console."))
							.map((action) => ({ value: action, label: actionWords(action) })),
						url.action,
					)}
				/>
				<ObjectBox value={url.object} onValue={(object) => set({ object }, { replace: true })} />
				<div class="flex flex-wrap gap-2 max-sm:col-span-2 max-sm:grid">
					<Day label="From" value={url.from} onValue={(from) => set({ from })} />
					<Day label="Until" value={url.to} onValue={(to) => set({ to })} />
				</div>
				{filtered && (
					<Button look="ghost" icon="x" onClick={() => set({ ...DEFAULTS, scope: url.scope })}>
						Clear filters
					</Button>
				)}
				<a
					href={api.audit.file(filter)}
					download="audit.csv"
					class="touch ml-auto inline-flex min-h-9 max-sm:col-start-2 items-center gap-2 rounded-md px-2 font-medium text-accent-ink underline-offset-4 hover:underline"
				>
					<Icon name="download" />
					CSV file
				</a>
			</div>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) =>
					data.entries.length === 0 ? (
						<EmptyState icon="search" title={filtered ? "Nothing fits these filters" : "Nothing was done so far"}>
							Each deed of an operator is written down here, in the console and on the command line.
						</EmptyState>
					) : (
						<>
							<Table
								caption="Audit log"
								columns={columns(setShown)}
								rows={data.entries}
								rowKey={(entry) => entry.id}
								busy={query.isPlaceholderData}
								card={(entry) => (
									<div class="grid grid-cols-1 gap-1">
										<div class="flex items-start justify-between gap-3">
											<span class="min-w-0 font-medium">{actionWords(entry.action)}</span>
											<More entry={entry} onShow={setShown} />
										</div>
										<div class="min-w-0 truncate">
											<Subject entry={entry} />
										</div>
										<div class="text-ink-2 wrap-anywhere">
											{who(entry)} · <Time at={entry.at} />
										</div>
									</div>
								)}
							/>
							<Pager
								cursor={url.cursor}
								nextCursor={data.nextCursor}
								busy={query.isPlaceholderData}
								onMove={(cursor) => set({ cursor })}
							/>
						</>
					)
				}
			</Load>
			{shown && <Entry entry={shown} onClose={() => setShown(null)} />}
		</>
	);
}

function withChosen(all: string, options: { value: string; label: string }[], chosen: string) {
	const listed = chosen === "" || options.some(({ value }) => value === chosen);
	return [{ value: "", label: all }, ...options, ...(listed ? [] : [{ value: chosen, label: chosen }])];
}

/** Waits for a pause in typing before it changes the address. */
function ObjectBox({ value, onValue }: { value: string; onValue: (value: string) => void }) {
	const [typed, setTyped] = useState(value);
	useEffect(() => setTyped(value), [value]);
	useEffect(() => {
		if (typed.trim() === value) return;
		const timer = setTimeout(() => onValue(typed.trim()), SEARCH_AFTER_MS);
		return () => clearTimeout(timer);
	}, [typed]);
	return (
		<input
			type="search"
			aria-label="Object"
			placeholder="Id, queue or kind"
			maxLength={200}
			class="field w-full sm:w-44"
			value={typed}
			onInput={(event) => setTyped(event.currentTarget.value)}
		/>
	);
}

function Day({ label, value, onValue }: { label: string; value: string; onValue: (value: string) => void }) {
	return (
		<label class="flex items-center gap-2 text-ink-2 max-sm:justify-between">
			{label}
			<input type="date" class="field w-auto!" value={value} onChange={(event) => onValue(event.currentTarget.value)} />
		</label>
	);
}

function who(entry: AuditEntry): string {
	if (entry.actorName) return entry.actorName;
	if (entry.actorKind === "job") return "A job";
	if (entry.actorKind === "anonymous") return "Nobody logged in";
	return entry.actorKind === "user" ? "A member" : "An operator";
}

function Subject({ entry }: { entry: AuditEntry }) {
	const href = subjectHref(entry);
	const id = entry.subjectId;
	if (!entry.subjectName && !id) return <None />;
	const name = entry.subjectName ?? `${words(entry.subjectKind)} ${id?.slice(-8)}`;
	if (!href) {
		return (
			<span class="text-ink-2" title={id ?? undefined}>
				{name}
			</span>
		);
	}
	return (
		<Link href={href} className="relative z-10 font-medium text-accent-ink underline-offset-4 hover:underline">
			{name}
		</Link>
	);
}

function More({ entry, onShow }: { entry: AuditEntry; onShow: (entry: AuditEntry) => void }) {
	return (
		<Button size="sm" look="ghost" onClick={() => onShow(entry)}>
			Details
			<span class="sr-only"> of {actionWords(entry.action)}</span>
		</Button>
	);
}

function columns(onShow: (entry: AuditEntry) => void): Column<AuditEntry>[] {
	return [
		{ key: "when", label: "When", class: "text-ink-2", cell: (entry) => <Time at={entry.at} /> },
		{
			key: "who",
			label: "Who",
			class: "max-w-64 min-w-48",
			cell: (entry) => (
				<div class="grid grid-cols-1">
					<span class="truncate">{who(entry)}</span>
					{entry.origin && <span class="truncate text-xs text-ink-3">{entry.origin}</span>}
				</div>
			),
		},
		{
			key: "what",
			label: "What",
			class: "max-w-80 min-w-52",
			cell: (entry) => (
				<div class="grid grid-cols-1">
					<span>{actionWords(entry.action)}</span>
					{entry.reason && <span class="truncate text-xs text-ink-3">{entry.reason}</span>}
				</div>
			),
		},
		{ key: "object", label: "Object", class: "max-w-64 truncate", cell: (entry) => <Subject entry={entry} /> },
		{
			key: "workspace",
			label: "Workspace",
			class: "max-w-40 truncate text-ink-2",
			cell: (entry) => entry.workspaceName ?? <None />,
		},
		{
			key: "more",
			label: "Details",
			quiet: true,
			align: "right",
			cell: (entry) => <More entry={entry} onShow={onShow} />,
		},
	];
}

function Entry({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
	return (
		<Dialog wide title={actionWords(entry.action)} onClose={onClose}>
			<Facts
				class="sm:grid-cols-2"
				facts={[
					["When", exactTime(new Date(entry.at))],
					["Who", who(entry)],
					["From", entry.origin ?? <None />],
					["Object", <Subject key="object" entry={entry} />],
					["Workspace", entry.workspaceName ?? <None />],
					["Reason", entry.reason ?? <None />],
					[
						"Action",
						<code key="action" class="font-mono text-xs">
							{entry.action}
						</code>,
					],
					["Seal", entry.seal === null ? "Not sealed yet" : `Number ${entry.seal}`],
					[
						"Entry",
						<code key="entry" class="font-mono text-xs">
							{entry.id}
						</code>,
					],
					["Request", entry.requestId ? <code class="font-mono text-xs">{entry.requestId}</code> : <None />],
				]}
			/>
			<h3 class="mt-5 mb-2 font-semibold">What was done</h3>
			<section
				aria-label="What was done"
				// biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key
				tabIndex={0}
				class="max-h-80 overflow-auto rounded-md border border-line bg-sunken p-3"
			>
				<pre class="font-mono text-xs wrap-anywhere whitespace-pre-wrap text-ink">
					{JSON.stringify(entry.data, null, 2)}
				</pre>
			</section>
		</Dialog>
	);
}
