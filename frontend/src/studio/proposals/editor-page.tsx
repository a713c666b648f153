import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { api, asProblem, type FieldError, type Problem, type Proposal } from "@/api";
import {
	Button,
	ButtonLink,
	CURRENCIES,
	EmptyState,
	Field,
	FormError,
	Load,
	Page,
	SelectField,
	TextField,
	toast,
} from "@/ui";
import { draftFrom, endOfDay, type PlanDraft, planFrom } from "./draft";
import { MilestonesEditor } from "./milestones-editor";
import { PaymentsEditor } from "./payments-editor";
import { PhasesEditor } from "./phases-editor";
import { SumsCard } from "./sums-card";
import { isEdited } from "./words";

export function EditorPage({ id }: { id: string }) {
	const query = useQuery({ queryKey: ["proposals", "one", id, 0], queryFn: () => api.proposals.get(id) });
	return (
		<Page
			title={query.data ? `Edit ${query.data.planTitle}` : "Edit proposal"}
			back={{ href: `/proposals/${id}`, label: "Proposal" }}
			lead={query.data && `For ${query.data.contactName}`}
		>
			<Load query={query}>
				{(proposal) =>
					isEdited(proposal.state) ? (
						<Editor proposal={proposal} />
					) : (
						<EmptyState
							icon="proposal"
							title="This proposal is decided"
							actions={<ButtonLink href={`/proposals/${id}`}>Read it</ButtonLink>}
						>
							What both sides agreed on stays as it is.
						</EmptyState>
					)
				}
			</Load>
		</Page>
	);
}

export type Errors = Record<string, string>;

function byField(errors: FieldError[]): Errors {
	return Object.fromEntries(errors.map((each) => [each.field, each.message]));
}

/** Fields that show their own message. */
const SHOWN = /^(title|currency|validUntil|plan\.(purpose|totalMinor)|plan\.\w+\.\d+\.\w+)$/;

function Editor({ proposal }: { proposal: Proposal }) {
	const queries = useQueryClient();
	const [, navigate] = useLocation();
	const version = useRef(proposal.version);
	const form = useRef<HTMLFormElement>(null);
	const [draft, setDraft] = useState(() => draftFrom(proposal));
	const [errors, setErrors] = useState<Errors>({});
	const [problem, setProblem] = useState<Problem | null>(null);
	const [busy, setBusy] = useState(false);
	const change = (next: Partial<PlanDraft>) => setDraft((current) => ({ ...current, ...next }));
	const wasSent = proposal.sentVersion !== null;

	const refuse = (wrong: Errors, refused: Problem | null) => {
		setErrors(wrong);
		setProblem(refused);
		// after the messages are there
		requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
	};
	const save = async (event: Event) => {
		event.preventDefault();
		if (busy) return;
		const { plan, wrong } = planFrom(draft);
		if (Object.keys(wrong).length > 0) return refuse(wrong, null);
		setBusy(true);
		try {
			const saved = await api.proposals.update(proposal.id, {
				version: version.current,
				title: draft.title,
				validUntil: endOfDay(draft.validUntil),
				plan,
				...(wasSent ? {} : { currency: draft.currency }),
			});
			version.current = saved.version;
			queries.removeQueries({ queryKey: ["proposals", "one", proposal.id] });
			queries.setQueryData(["proposals", "one", proposal.id, 0], saved);
			queries.invalidateQueries({ queryKey: ["proposals", "list"] });
			queries.invalidateQueries({ queryKey: ["proposals", "history", proposal.id] });
			toast("Changes saved.");
			navigate(`/proposals/${proposal.id}`);
		} catch (error) {
			const refused = asProblem(error);
			refuse(byField(refused.errors), refused);
		} finally {
			setBusy(false);
		}
	};
	const reload = async () => {
		const newest = await api.proposals.get(proposal.id);
		version.current = newest.version;
		setDraft(draftFrom(newest));
		refuse({}, null);
	};
	const elsewhere = problem?.errors.filter((each) => !SHOWN.test(each.field)) ?? [];

	return (
		<form ref={form} noValidate class="grid grid-cols-1 items-start gap-4 lg:grid-cols-[1fr_18rem]" onSubmit={save}>
			<div class="grid grid-cols-1 gap-4">
				{problem?.code === "stale_version" ? (
					<FormError>
						<p>
							Someone else changed this proposal while you were editing, so nothing was saved. What you typed here will
							be replaced.
						</p>
						<Button size="sm" icon="refresh" class="mt-2" onClick={reload}>
							Load the newest version
						</Button>
					</FormError>
				) : (
					problem && (
						<FormError>
							{elsewhere.length > 0 ? elsewhere.map((each) => <p key={each.field}>{each.message}</p>) : problem.message}
						</FormError>
					)
				)}
				{wasSent && proposal.currentVersion === proposal.sentVersion && (
					<p class="rounded-md bg-active-soft px-3 py-2.5 text-active">
						Your client has version {proposal.sentVersion}. Changes begin the next version; they see it once you send
						it.
					</p>
				)}
				<section class="card grid grid-cols-1 gap-4 p-5 sm:grid-cols-2">
					<h2 class="font-semibold sm:col-span-2">What it is</h2>
					<TextField
						label="Title"
						class="sm:col-span-2"
						autocomplete="off"
						value={draft.title}
						onValue={(title) => change({ title })}
						error={errors["title"]}
					/>
					<Field
						label="Purpose"
						class="sm:col-span-2"
						hint="What your client gets, and why."
						error={errors["plan.purpose"]}
					>
						{(control) => (
							<textarea
								{...control}
								rows={5}
								class="field"
								value={draft.purpose}
								onInput={(event) => change({ purpose: event.currentTarget.value })}
							/>
						)}
					</Field>
					<div class="grid grid-cols-[1fr_6.5rem] items-start gap-3">
						<TextField
							label="Price of all"
							inputMode="decimal"
							autocomplete="off"
							value={draft.total}
							onValue={(total) => change({ total })}
							error={errors["plan.totalMinor"]}
						/>
						<SelectField
							label="Currency"
							disabled={wasSent}
							value={draft.currency}
							onValue={(currency) => change({ currency })}
							options={(CURRENCIES.includes(draft.currency) ? CURRENCIES : [...CURRENCIES, draft.currency]).map(
								(code) => ({ value: code, label: code }),
							)}
							error={errors["currency"]}
						/>
					</div>
					<TextField
						label="Open until"
						optional
						type="date"
						hint="After that day your client cannot decide."
						value={draft.validUntil}
						onValue={(validUntil) => change({ validUntil })}
						error={errors["validUntil"]}
					/>
				</section>
				<PhasesEditor draft={draft} onChange={setDraft} errors={errors} />
				<MilestonesEditor draft={draft} onChange={setDraft} errors={errors} />
				<PaymentsEditor draft={draft} onChange={setDraft} errors={errors} />
			</div>
			<div class="grid gap-4 lg:sticky lg:top-4">
				<SumsCard draft={draft} />
				<div class="flex flex-wrap gap-2 max-lg:justify-end">
					<Button type="submit" look="primary" busy={busy}>
						Save
					</Button>
					<ButtonLink href={`/proposals/${proposal.id}`}>Cancel</ButtonLink>
				</div>
			</div>
		</form>
	);
}
