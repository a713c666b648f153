import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api, asProblem, type Contact } from "@/api";
import { Button, Icon, Load, Menu, type MenuItem, StatusBadge, toast } from "@/ui";
import { ContactDialog } from "./contact-dialog";
import { accessWords } from "./words";

interface ContactsCardProps {
	of: { companyId: string } | { clientId: string };
	/** The company's name, for a new contact. */
	company?: string | null;
	/** Offered on a company's page. */
	onPrimary?: (contact: Contact) => void;
	readOnly?: boolean;
}

/** The people of a company or of a client. */
export function ContactsCard({ of, company, onPrimary, readOnly = false }: ContactsCardProps) {
	const queries = useQueryClient();
	const [cursor, setCursor] = useState("");
	const [edited, setEdited] = useState<Contact | "new" | null>(null);
	const query = useQuery({
		queryKey: ["contacts", "list", of, cursor],
		queryFn: () => api.contacts.list({ ...of, limit: 20, ...(cursor ? { cursor } : {}) }),
		placeholderData: keepPreviousData,
	});
	const settle = () => {
		queries.invalidateQueries({ queryKey: ["contacts"] });
		queries.invalidateQueries({ queryKey: ["companies"] });
	};
	const restore = async (contact: Contact) => {
		try {
			await api.contacts.restore(contact.id);
			toast(`${contact.name} is back.`);
		} catch (error) {
			toast(`${contact.name} was not restored. ${asProblem(error).message}`, { tone: "bad" });
		}
		settle();
	};
	const archive = async (contact: Contact) => {
		try {
			await api.contacts.archive(contact.id);
			toast(`${contact.name} is archived.`, { action: { label: "Undo", run: () => restore(contact) } });
		} catch (error) {
			toast(`${contact.name} was not archived. ${asProblem(error).message}`, { tone: "bad" });
		}
		settle();
	};
	const actions = (contact: Contact): MenuItem[] => [
		{ label: "Edit", icon: "pencil", run: () => setEdited(contact) },
		...(onPrimary && !contact.isPrimary
			? [{ label: "Make primary contact", icon: "check" as const, run: () => onPrimary(contact) }]
			: []),
		{ label: "Archive", icon: "archive", run: () => archive(contact) },
	];

	return (
		<section class="card p-5">
			<div class="mb-3 flex flex-wrap items-center justify-between gap-2">
				<h2 class="font-semibold">Contacts</h2>
				{!readOnly && (
					<Button size="sm" icon="plus" onClick={() => setEdited("new")}>
						Add contact
					</Button>
				)}
			</div>
			<Load query={query}>
				{(data) => (
					<>
						{data.contacts.length === 0 && <p class="text-ink-3">No contacts. Proposals go to one.</p>}
						<ul class="divide-y divide-line">
							{data.contacts.map((contact) => (
								<li key={contact.id} class="flex items-start justify-between gap-3 py-3">
									<Person contact={contact} showsCompany={!("companyId" in of)} showsClient={!("clientId" in of)} />
									{!readOnly && (
										<Menu
											label={`Actions for ${contact.name}`}
											button={<Icon name="more" />}
											buttonClass="touch grid size-8 place-items-center rounded-md text-ink-2 hover:bg-hover"
											groups={[{ items: actions(contact) }]}
										/>
									)}
								</li>
							))}
						</ul>
						{(cursor || data.nextCursor) && (
							<div class="flex justify-end gap-2 pt-2">
								{cursor && (
									<Button size="sm" look="ghost" onClick={() => setCursor("")}>
										First page
									</Button>
								)}
								{data.nextCursor && (
									<Button size="sm" busy={query.isPlaceholderData} onClick={() => setCursor(data.nextCursor ?? "")}>
										Next
									</Button>
								)}
							</div>
						)}
					</>
				)}
			</Load>
			{edited && (
				<ContactDialog
					{...(edited === "new" ? {} : { contact: edited })}
					{...("clientId" in of ? { clientId: of.clientId } : {})}
					company={company ?? ""}
					onClose={() => setEdited(null)}
					onSaved={(contact) => {
						setEdited(null);
						settle();
						toast(edited === "new" ? `${contact.name} is added.` : "Changes saved.");
					}}
				/>
			)}
		</section>
	);
}

interface PersonProps {
	contact: Contact;
	showsCompany: boolean;
	showsClient: boolean;
}

function Person({ contact, showsCompany, showsClient }: PersonProps) {
	const access = accessWords(contact.access);
	return (
		<div class="grid min-w-0 gap-0.5">
			<div class="flex flex-wrap items-center gap-x-2 gap-y-1">
				<span class="font-medium wrap-anywhere">{contact.name}</span>
				{contact.isPrimary && <StatusBadge tone="done">Primary</StatusBadge>}
				<span class="rounded-full bg-idle-soft px-2 py-0.5 text-xs text-idle" title={access.means}>
					{access.label} access
				</span>
			</div>
			{contact.title && <div class="text-ink-2 wrap-anywhere">{contact.title}</div>}
			<div class="flex flex-wrap gap-x-4 gap-y-0.5 text-ink-2">
				{contact.email ? (
					<a class="text-accent-ink underline-offset-4 wrap-anywhere hover:underline" href={`mailto:${contact.email}`}>
						{contact.email}
					</a>
				) : (
					<span class="text-ink-3">No email address</span>
				)}
				{contact.phone && <span>{contact.phone}</span>}
			</div>
			{showsCompany && contact.companyId && (
				<Link
					href={`/companies/${contact.companyId}`}
					className="justify-self-start text-accent-ink underline-offset-4 hover:underline"
				>
					{contact.company}
				</Link>
			)}
			{showsClient && (
				<Link
					href={`/clients/${contact.clientId}`}
					className="inline-flex min-h-6 items-center justify-self-start text-xs text-ink-2 underline-offset-4 hover:underline"
				>
					Client: {contact.clientName}
				</Link>
			)}
		</div>
	);
}
