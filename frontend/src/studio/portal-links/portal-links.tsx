import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, asProblem, type PortalLink } from "@/api";
import {
	Button,
	Confirm,
	EmptyState,
	Icon,
	Load,
	Menu,
	type MenuItem,
	Pager,
	Section,
	StaleNotice,
	StatusBadge,
	Time,
	toast,
} from "@/ui";
import { CodeDialog, ExpiryDialog } from "./dialogs";
import { isLiving, opened, saidLink } from "./words";

type Asking = { what: "rotate" | "revoke" | "code" | "expiry"; link: PortalLink } | null;

/** Who comes to an engagement by a link: its people, what each may do with it, and when they last came. */
export function PortalLinks({ proposalId }: { proposalId: string }) {
	const queries = useQueryClient();
	const [cursor, setCursor] = useState("");
	const [asking, setAsking] = useState<Asking>(null);
	const [giving, setGiving] = useState(false);
	const query = useQuery({
		queryKey: ["portal-links", proposalId, cursor],
		queryFn: () => api.portalLinks.list(proposalId, cursor || undefined),
		placeholderData: keepPreviousData,
	});
	const changed = () => queries.invalidateQueries({ queryKey: ["portal-links", proposalId] });
	const close = () => setAsking(null);

	const act = async (run: () => Promise<unknown>, said: string) => {
		try {
			await run();
			toast(said);
		} catch (error) {
			toast(asProblem(error).message);
		}
		await changed();
	};

	const give = async () => {
		setGiving(true);
		await act(
			() => api.portalLinks.give(proposalId, {}),
			"The link is made. It is mailed unless the proposal is a draft.",
		);
		setGiving(false);
	};

	return (
		<Section
			title="Client access"
			lead="Links to the portal, each for one person. Clients need no account."
			actions={
				<a
					href={`/p/${proposalId}`}
					class="touch inline-flex min-h-8 items-center gap-1.5 font-medium text-accent-ink underline-offset-4 hover:underline"
				>
					See what the client sees
					<Icon name="arrowRight" size={14} />
				</a>
			}
		>
			<StaleNotice query={query} />
			<Load query={query}>
				{({ links, nextCursor }) => (
					<>
						{links.every((link) => link.state === "revoked") && (
							<EmptyState
								icon="mail"
								title="No one has a link"
								actions={
									<Button look="primary" icon="mail" busy={giving} onClick={give}>
										Give the contact a link
									</Button>
								}
							>
								It goes to the contact's address and shows this engagement, nothing else.
							</EmptyState>
						)}
						{links.length > 0 && (
							<ul class="card divide-y divide-line">
								{links.map((link) => (
									<Row
										key={link.id}
										link={link}
										ask={(what) => setAsking({ what, link })}
										send={() =>
											act(
												() => api.portalLinks.send(proposalId, link.id),
												`The link is on its way to ${link.contactEmail}.`,
											)
										}
										removeCode={() =>
											act(() => api.portalLinks.setCode(proposalId, link.id, null), "No code is asked for any more.")
										}
									/>
								))}
							</ul>
						)}
						<Pager cursor={cursor} nextCursor={nextCursor} busy={query.isPlaceholderData} onMove={setCursor} />
					</>
				)}
			</Load>
			{asking?.what === "rotate" && (
				<Confirm
					title="Rotate this link?"
					action="Rotate"
					onClose={close}
					run={async () => {
						await api.portalLinks.rotate(proposalId, asking.link.id);
						await changed();
						toast("The old link is dead. A new one is on its way.");
					}}
				>
					<p>
						All mails that {asking.link.contactName} has got stop working, open windows too. A new link goes to{" "}
						{asking.link.contactEmail}.
					</p>
				</Confirm>
			)}
			{asking?.what === "revoke" && (
				<Confirm
					danger
					title="Revoke this link?"
					action="Revoke"
					onClose={close}
					run={async () => {
						await api.portalLinks.revoke(proposalId, asking.link.id);
						await changed();
						toast("The link is revoked.");
					}}
				>
					<p>{asking.link.contactName} sees nothing of this engagement any more, unless you give them a new link.</p>
				</Confirm>
			)}
			{asking?.what === "code" && <CodeDialog link={asking.link} onClose={close} onSaved={changed} />}
			{asking?.what === "expiry" && <ExpiryDialog link={asking.link} onClose={close} onSaved={changed} />}
		</Section>
	);
}

function Row({
	link,
	ask,
	send,
	removeCode,
}: {
	link: PortalLink;
	ask: (what: "rotate" | "revoke" | "code" | "expiry") => void;
	send: () => void;
	removeCode: () => void;
}) {
	const said = saidLink(link.state);
	const items: MenuItem[] = [
		...(link.state === "open" ? [{ label: "Mail it again", icon: "mail" as const, run: send }] : []),
		{ label: "Change until when it works", icon: "clock", run: () => ask("expiry") },
		{
			label: link.hasCode ? "Change the access code" : "Ask for an access code",
			icon: "keyboard",
			run: () => ask("code"),
		},
		...(link.hasCode ? [{ label: "Ask for no code", icon: "x" as const, run: removeCode }] : []),
		{ label: "Rotate", icon: "refresh", run: () => ask("rotate") },
		{ label: "Revoke", icon: "ban", danger: true, run: () => ask("revoke") },
	];
	return (
		<li class="flex items-center justify-between gap-3 px-4 py-3">
			<div class="min-w-0">
				<div class="flex flex-wrap items-center gap-x-3 gap-y-1">
					<span class="font-medium wrap-anywhere">{link.contactName}</span>
					<StatusBadge tone={said.tone} icon={said.icon}>
						{said.word}
					</StatusBadge>
					{link.hasCode && isLiving(link) && (
						<StatusBadge tone="idle" icon="keyboard">
							Access code
						</StatusBadge>
					)}
				</div>
				<p class="text-ink-2 wrap-anywhere">{link.contactEmail}</p>
				<p class="text-xs text-ink-3">
					{link.lastOpenedAt ? (
						<>
							{opened(link.opens)} <Time at={link.lastOpenedAt} prefix="last " />
						</>
					) : (
						"Not opened yet"
					)}
					{isLiving(link) && <Time at={link.expiresAt} prefix={link.state === "open" ? " · ends " : " · ended "} />}
				</p>
			</div>
			{isLiving(link) && (
				<Menu
					label={`Link of ${link.contactName}`}
					button={<Icon name="more" size={18} />}
					buttonClass="touch-square inline-flex size-8 items-center justify-center rounded-md text-ink-2 hover:bg-hover"
					groups={[{ items }]}
				/>
			)}
		</li>
	);
}
