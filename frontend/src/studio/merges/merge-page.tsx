import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { api, asProblem, type Client, type Merge, type MergeField } from "@/api";
import { Button, Confirm, FormError, Load, None, Page, StaleNotice, StatusBadge, Time, toast } from "@/ui";
import { FIELD_LABELS, fieldText, firstChoice, REASONS, withAddress } from "./words";

export function MergePage({ id }: { id: string }) {
	const query = useQuery({ queryKey: ["merges", "one", id], queryFn: () => api.merges.get(id) });
	const merge = query.data;
	return (
		<Page
			title={merge ? `${merge.client.name} and ${merge.other.name}` : "Two clients"}
			back={{ href: "/merges", label: "Possible duplicates" }}
			badge={merge && <Badge merge={merge} />}
			lead={merge && REASONS[merge.reason]}
			actions={merge?.state === "merged" && <Undo merge={merge} />}
		>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) =>
					data.state === "suggested" || data.state === "ignored" ? (
						<Decide key={`${data.client.version} ${data.other.version}`} merge={data} />
					) : (
						<Decided merge={data} />
					)
				}
			</Load>
		</Page>
	);
}

function Badge({ merge }: { merge: Merge }) {
	if (merge.state === "merged") return <StatusBadge tone="done">Merged</StatusBadge>;
	if (merge.state === "ignored") {
		return (
			<StatusBadge tone="idle" icon="ban">
				Ignored
			</StatusBadge>
		);
	}
	if (merge.state === "undone") {
		return (
			<StatusBadge tone="idle" icon="restore">
				Undone
			</StatusBadge>
		);
	}
	return <StatusBadge tone="active">To decide</StatusBadge>;
}

/** After a decision the lists of clients and merges are others. */
function useDecided() {
	const queries = useQueryClient();
	return (merge: Merge) => {
		queries.setQueryData(["merges", "one", merge.id], merge);
		queries.invalidateQueries({ queryKey: ["merges", "list"] });
		queries.invalidateQueries({ queryKey: ["clients"] });
	};
}

/** On a phone a field's name stands above its two values, so that both fit side by side. */
const STACKED = "max-sm:grid max-sm:grid-cols-2";

function Decide({ merge }: { merge: Merge }) {
	const queries = useQueryClient();
	const decided = useDecided();
	const [, navigate] = useLocation();
	const sides = [merge.client, withAddress(merge)] as const;
	const [keep, setKeep] = useState(merge.client.id);
	const [chosen, setChosen] = useState(() => firstChoice(merge, merge.client.id));
	const [error, setError] = useState<string | null>(null);
	const [busy, setBusy] = useState(false);
	const archived = sides.find((client) => client.archivedAt !== null);

	const act = async (run: () => Promise<Merge>, said: string, next: string) => {
		setBusy(true);
		setError(null);
		try {
			decided(await run());
			toast(said);
			navigate(next);
		} catch (failure) {
			const problem = asProblem(failure);
			setError(problem.message);
			setBusy(false);
			if (problem.status === 409) queries.invalidateQueries({ queryKey: ["merges", "one", merge.id] });
		}
	};
	const accept = () =>
		act(
			() =>
				api.merges.accept(merge.id, {
					keep,
					take: merge.differing.filter((field) => chosen[field] !== keep),
					clientVersion: merge.client.version,
					otherVersion: merge.other.version,
				}),
			"They are one client now.",
			`/clients/${keep}`,
		);

	return (
		<>
			<div class="card mb-5">
				<table class="w-full table-fixed text-left">
					<caption class="sr-only">Fields in which the two differ</caption>
					<thead>
						<tr class={`border-b border-line ${STACKED}`}>
							<th scope="col" class="px-4 py-3 text-xs font-medium text-ink-3 max-sm:sr-only sm:w-40">
								Field
							</th>
							{sides.map((client) => (
								<th key={client.id} scope="col" class="px-4 py-3 align-top font-normal">
									<Link href={`/clients/${client.id}`} className="font-semibold wrap-anywhere hover:underline">
										{client.name}
									</Link>
									<p class="text-xs text-ink-3">
										<Time at={client.createdAt} prefix="added " />
									</p>
									<label class="mt-1 flex min-h-6 cursor-pointer items-center gap-2 text-ink-2">
										<input
											type="radio"
											name="keep"
											class="size-4 accent-accent"
											checked={keep === client.id}
											onChange={() => {
												setKeep(client.id);
												setChosen(firstChoice(merge, client.id));
											}}
										/>
										Keep this one
									</label>
								</th>
							))}
						</tr>
					</thead>
					<tbody class="divide-y divide-line">
						{merge.differing.map((field) => (
							<tr key={field} class={STACKED}>
								<th
									scope="row"
									class="px-4 py-2.5 align-top font-normal text-ink-2 max-sm:col-span-2 max-sm:pb-0 max-sm:text-xs"
								>
									{FIELD_LABELS[field]}
								</th>
								{sides.map((client) => (
									<td key={client.id} class="px-4 py-2.5 align-top">
										<Value
											client={client}
											field={field}
											chosen={chosen[field] === client.id}
											onChoose={() => setChosen({ ...chosen, [field]: client.id })}
										/>
									</td>
								))}
							</tr>
						))}
						{merge.differing.length === 0 && (
							<tr>
								<td colSpan={3} class="px-4 py-3 text-ink-2">
									Both have the same in every field.
								</td>
							</tr>
						)}
					</tbody>
				</table>
			</div>
			<p class="mb-4 text-ink-2">
				The other one is archived and points to the one you keep. Its page and history stay, and the merge can be
				undone.
			</p>
			<div class="mb-8 grid justify-items-start gap-3">
				{archived && <FormError>{`${archived.name} is archived. Restore them first, or ignore this.`}</FormError>}
				{error && <FormError>{error}</FormError>}
				<div class="flex flex-wrap gap-2">
					<Button look="primary" busy={busy} disabled={archived !== undefined} onClick={accept}>
						Merge
					</Button>
					{merge.state === "suggested" && (
						<Button
							disabled={busy}
							onClick={() => act(() => api.merges.ignore(merge.id), "They stay two clients.", "/merges")}
						>
							They are two
						</Button>
					)}
				</div>
			</div>
		</>
	);
}

function Value({
	client,
	field,
	chosen,
	onChoose,
}: {
	client: Client;
	field: MergeField;
	chosen: boolean;
	onChoose: () => void;
}) {
	const value = fieldText(client, field);
	return (
		<label class="flex min-h-6 cursor-pointer items-start gap-2">
			<input
				type="radio"
				name={field}
				class="mt-1 size-4 shrink-0 accent-accent"
				aria-label={`${FIELD_LABELS[field]}: ${value || "nothing"}`}
				checked={chosen}
				onChange={onChoose}
			/>
			<span class={`line-clamp-6 whitespace-pre-line wrap-anywhere ${chosen ? "font-medium" : "text-ink-2"}`}>
				{value || <None />}
			</span>
		</label>
	);
}

function Decided({ merge }: { merge: Merge }) {
	const gone = merge.keptId === merge.client.id ? merge.other : merge.client;
	const kept = merge.keptId === merge.client.id ? merge.client : merge.other;
	const link = (client: Client) => (
		<Link href={`/clients/${client.id}`} className="font-medium text-accent-ink underline-offset-4 hover:underline">
			{client.name}
		</Link>
	);
	return (
		<section class="card p-5 text-ink-2">
			{merge.state === "merged" ? (
				<p>
					{link(gone)} was merged into {link(kept)}
					{merge.decidedBy ? ` by ${merge.decidedBy}` : ""}.
				</p>
			) : (
				<p>
					The merge of {link(gone)} into {link(kept)} was undone{merge.decidedBy ? ` by ${merge.decidedBy}` : ""}. Both
					are clients of their own again.
				</p>
			)}
		</section>
	);
}

function Undo({ merge }: { merge: Merge }) {
	const decided = useDecided();
	const [asking, setAsking] = useState(false);
	return (
		<>
			<Button icon="restore" onClick={() => setAsking(true)}>
				Undo merge
			</Button>
			{asking && (
				<Confirm
					title="Undo this merge?"
					action="Undo merge"
					onClose={() => setAsking(false)}
					run={async () => {
						decided(await api.merges.undo(merge.id));
						toast("They are two clients again.");
					}}
				>
					<p>
						Both clients are as they were before. What somebody has changed since in the one that was kept stays there.
					</p>
				</Confirm>
			)}
		</>
	);
}
