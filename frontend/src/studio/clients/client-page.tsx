import { useQuery } from "@tanstack/react-query";
import { api, type Client } from "@/api";
import { Button, ExactTime, Facts, Load, Money, None, Page, StaleNotice, StatusBadge, toast, useUrlState } from "@/ui";
import { ContactsCard } from "../contacts/contacts-card";
import { MergeWith } from "../merges/merge-with";
import { MergedNotice } from "../merges/merged-notice";
import { ClientProjects } from "../projects/client-projects";
import { ProposalsCard } from "../proposals/proposals-card";
import { useArchive } from "./archive";
import { ClientDialog } from "./client-dialog";
import { History } from "./history";

const DEFAULTS = { edit: "" };

export function ClientPage({ id }: { id: string }) {
	const { state, set } = useUrlState(DEFAULTS);
	const { archive, restore } = useArchive();
	const query = useQuery({ queryKey: ["clients", "one", id], queryFn: () => api.clients.get(id) });
	const client = query.data;
	const close = () => set({ edit: "" }, { replace: true });

	return (
		<Page
			title={client?.name ?? "Client"}
			back={{ href: "/clients", label: "Clients" }}
			badge={
				client?.archivedAt && (
					<StatusBadge tone="idle" icon="archive">
						Archived
					</StatusBadge>
				)
			}
			lead={client?.company}
			actions={
				client &&
				client.mergedInto === null && (
					<>
						{client.archivedAt === null && <MergeWith client={client} />}
						{client.archivedAt ? (
							<Button icon="restore" onClick={() => restore(client)}>
								Restore
							</Button>
						) : (
							<Button icon="archive" onClick={() => archive(client)}>
								Archive
							</Button>
						)}
						<Button look="primary" icon="pencil" onClick={() => set({ edit: "yes" })}>
							Edit
						</Button>
					</>
				)
			}
		>
			<StaleNotice query={query} />
			{client?.mergedInto && <MergedNotice client={client} into={client.mergedInto} />}
			<Load query={query}>{(data) => <Profile client={data} />}</Load>
			{client && state.edit && (
				<ClientDialog
					client={client}
					onClose={close}
					onSaved={() => {
						close();
						toast("Changes saved.");
					}}
				/>
			)}
		</Page>
	);
}

function Profile({ client }: { client: Client }) {
	const { budgetMinor: budget, budgetCurrency: currency, communication } = client;
	const ways = [
		communication.email && "email",
		communication.sms && "text message",
		communication.phone && "phone",
	].filter((way) => way !== false);
	return (
		<div class="grid grid-cols-1 items-start gap-4 lg:grid-cols-[1fr_20rem]">
			<div class="grid grid-cols-1 gap-4">
				<section class="card p-5">
					<h2 class="mb-4 font-semibold">Contact</h2>
					<Facts
						class="sm:grid-cols-2"
						facts={[
							[
								"Email",
								client.email ? (
									<a class={FACT_LINK} href={`mailto:${client.email}`}>
										{client.email}
									</a>
								) : (
									<None />
								),
							],
							[
								"Phone",
								client.phone ? (
									<a class={FACT_LINK} href={`tel:${client.phone}`}>
										{client.phone}
									</a>
								) : (
									<None />
								),
							],
							["Company", client.company ?? <None />],
							["Time zone", client.timezone ? <Zone zone={client.timezone} /> : <None />],
							["Likes to hear by", ways.length > 0 ? sentence(ways) : <None />],
						]}
					/>
				</section>
				<section class="card p-5">
					<h2 class="mb-2 font-semibold">Notes</h2>
					{client.notes ? (
						<p class="wrap-anywhere whitespace-pre-line text-ink-2">{client.notes}</p>
					) : (
						<p class="text-ink-3">No notes.</p>
					)}
				</section>
				<ContactsCard of={{ clientId: client.id }} company={client.company} readOnly={client.archivedAt !== null} />
				<ProposalsCard of={{ clientId: client.id }} />
				<ClientProjects clientId={client.id} />
				<History id={client.id} />
			</div>
			<section class="card p-5">
				<h2 class="mb-4 font-semibold">Work</h2>
				<Facts
					class="sm:grid-cols-2 lg:grid-cols-1"
					facts={[
						[
							"Genres",
							client.genres.length > 0 ? (
								<ul class="flex flex-wrap gap-1.5 pt-0.5">
									{client.genres.map((genre) => (
										<li key={genre} class="rounded-full bg-idle-soft px-2.5 py-0.5 text-xs text-idle">
											{genre}
										</li>
									))}
								</ul>
							) : (
								<None />
							),
						],
						[
							"Budget",
							budget && currency ? (
								budget.min === budget.max ? (
									<Money minor={budget.min} currency={currency} />
								) : (
									<>
										<Money minor={budget.min} currency={currency} /> to <Money minor={budget.max} currency={currency} />
									</>
								)
							) : (
								<None />
							),
						],
						["Satisfaction", client.satisfaction ? `${client.satisfaction} of 5` : <None />],
						["Came through", client.referralSource ?? <None />],
						["Added", <ExactTime key="added" at={client.createdAt} />],
						["Last changed", <ExactTime key="changed" at={client.updatedAt} />],
					]}
				/>
			</section>
		</div>
	);
}

const FACT_LINK = "text-accent-ink underline-offset-4 hover:underline";

/** A zone's name means little; what the clock says there now means a lot. */
function Zone({ zone }: { zone: string }) {
	let clock = "";
	try {
		clock = new Intl.DateTimeFormat("en", { timeZone: zone, hour: "numeric", minute: "2-digit" }).format(new Date());
	} catch {
		// A zone this browser does not know is shown by name alone.
	}
	return (
		<>
			{zone.replaceAll("_", " ")}
			{clock && <span class="text-ink-3"> · {clock} now</span>}
		</>
	);
}

function sentence(parts: string[]): string {
	const text = new Intl.ListFormat("en", { type: "conjunction" }).format(parts);
	return text.charAt(0).toUpperCase() + text.slice(1);
}
