import type { NewProject, OriginalsOpen, Project, ProjectChange } from "@/api";
import { moneyInput, oneOf, parseMoney } from "@/ui";

/** What the form holds: text as typed, so that nothing is lost when a value is refused. */
export interface ProjectDraft {
	contactName: string;
	contactEmail: string;
	contactCompany: string;
	title: string;
	projectType: string;
	description: string;
	amount: string;
	currency: string;
	deadline: string;
	estimatedDays: string;
	originalsOpen: string;
	licenceRequired: boolean;
	isDraft: boolean;
	invite: boolean;
}

export const EMPTY_DRAFT: ProjectDraft = {
	contactName: "",
	contactEmail: "",
	contactCompany: "",
	title: "",
	projectType: "",
	description: "",
	amount: "",
	currency: "USD",
	deadline: "",
	estimatedDays: "",
	originalsOpen: "full_payment",
	licenceRequired: false,
	isDraft: false,
	invite: true,
};

export const ORIGINALS: { value: OriginalsOpen; label: string }[] = [
	{ value: "full_payment", label: "Once everything is paid" },
	{ value: "milestones", label: "Once the milestones are paid" },
	{ value: "at_once", label: "At once" },
];

export function draftFrom(project: Project): ProjectDraft {
	return {
		contactName: project.contact.name,
		contactEmail: project.contact.email ?? "",
		contactCompany: "",
		title: project.title,
		projectType: project.projectType ?? "",
		description: project.description,
		amount: moneyInput(project.amountMinor, project.currency),
		currency: project.currency,
		deadline: project.deadline ? dayOf(project.deadline) : "",
		estimatedDays: project.estimatedDays === null ? "" : String(project.estimatedDays),
		originalsOpen: project.originalsOpen,
		licenceRequired: project.licenceRequired,
		isDraft: false,
		invite: false,
	};
}

/** Whether there is an address to mail the link to, and something to see there. */
export function canInvite({ contactEmail, isDraft }: ProjectDraft): boolean {
	return contactEmail.trim() !== "" && !isDraft;
}

export function checkDraft(draft: ProjectDraft, isNew: boolean): Partial<Record<keyof ProjectDraft, string>> {
	const wrong: Partial<Record<keyof ProjectDraft, string>> = {};
	if (isNew && !draft.contactName.trim()) wrong.contactName = "Enter the client's name.";
	if (!draft.title.trim()) wrong.title = "Enter a title.";
	if (parseMoney(draft.amount, draft.currency) === null)
		wrong.amount = "Enter an amount like 1200 or 1200.50; 0 costs nothing.";
	if (draft.estimatedDays.trim() && !/^\d{1,4}$/.test(draft.estimatedDays.trim())) {
		wrong.estimatedDays = "Enter whole days.";
	}
	return wrong;
}

function shared(draft: ProjectDraft) {
	return {
		title: draft.title,
		projectType: draft.projectType.trim() || null,
		description: draft.description,
		amountMinor: parseMoney(draft.amount, draft.currency) ?? 0,
		deadline: draft.deadline ? endOf(draft.deadline) : null,
		estimatedDays: draft.estimatedDays.trim() ? Number(draft.estimatedDays) : null,
		originalsOpen: oneOf(
			draft.originalsOpen,
			ORIGINALS.map((each) => each.value),
			"full_payment",
		),
		licenceRequired: draft.licenceRequired,
	};
}

export function newFrom(draft: ProjectDraft): NewProject {
	return {
		...shared(draft),
		contact: {
			name: draft.contactName,
			email: draft.contactEmail.trim() || null,
			company: draft.contactCompany.trim() || null,
		},
		currency: draft.currency,
		isDraft: draft.isDraft,
		invite: draft.invite && canInvite(draft),
	};
}

/** The amount is only sent when it was changed, since it may be agreed on by now. */
export function changeFrom(draft: ProjectDraft, project: Project, version: number): ProjectChange {
	const { amountMinor, ...rest } = shared(draft);
	return { ...rest, ...(amountMinor === project.amountMinor ? {} : { amountMinor }), version };
}

/** The day of a time, where the reader is. */
export function dayOf(at: string): string {
	const date = new Date(at);
	const two = (value: number) => String(value).padStart(2, "0");
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** A deadline on a day is met until that day ends where the reader is. */
export function endOf(day: string): string {
	const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
	return new Date(year, month - 1, date, 23, 59, 59).toISOString();
}
