import { describe, expect, test } from "vitest";
import type { PortalPage } from "./data";
import {
	dayInWords,
	dueWords,
	eventWords,
	nextStep,
	saidDeliverable,
	saidEngagement,
	saidPayment,
	steps,
} from "./words";

const PAYMENT = {
	id: "1",
	amount: 100,
	currency: "EUR",
	due: "date",
	dueDate: "2026-03-01",
	status: "pending",
	description: "Rest",
};

function page(
	change: { proposal?: string; overall?: string; access?: PortalPage["access"]; more?: object } = {},
): PortalPage {
	return {
		access: change.access ?? "full",
		preview: false,
		portalData: {
			client: { name: "Kite", company: null, contactEmail: null, contactId: "c" },
			contract: null,
			deliverables: [],
			proposal: { id: "p", purpose: "", phases: [], milestones: [], status: change.proposal ?? "active" },
			payments: [],
			status: {
				overall: change.overall ?? "in-progress",
				completedDeliverables: 0,
				totalDeliverables: 0,
				nextMilestone: null,
				nextPayment: null,
			},
		},
		more: {
			workspaceName: "Northlight",
			brand: { palette: null, logoUrl: null, welcome: null, isWhiteLabel: false },
			visitorName: "Ada",
			title: "The album",
			shownVersion: 1,
			isImplicit: false,
			total: 0,
			currency: "EUR",
			validUntil: null,
			decidedAt: null,
			project: {
				id: "j",
				title: "The album",
				description: "",
				state: "in_progress",
				amount: 0,
				currency: "EUR",
				deadline: null,
				completedAt: null,
				lastEvent: 0,
			},
			submission: null,
			milestones: [],
			updates: [],
			events: [],
			unreadMessages: 0,
			...change.more,
		},
	};
}

const submission = (state: string) => ({ submission: { id: "s", state, round: 1, summary: "", submittedAt: null } });
const now = (given: PortalPage) => steps(given).find(({ state }) => state === "current")?.label ?? "past the end";

describe("where it stands", () => {
	test("the steps follow proposal, work, review and approval", () => {
		expect(now(page({ proposal: "sent", more: { project: null } }))).toBe("Proposal");
		expect(now(page())).toBe("Work");
		expect(now(page({ more: submission("ready_for_review") }))).toBe("Your review");
		expect(now(page({ more: submission("client_revisions_requested") }))).toBe("Work");
		expect(now(page({ more: submission("approved") }))).toBe("Approved");
		expect(now(page({ overall: "completed", more: submission("completed") }))).toBe("past the end");
		expect(steps(page({ more: { isImplicit: true } }))[0]?.label).toBe("Start");
	});

	test("there is one next step", () => {
		const offered = page({ proposal: "viewed", more: { project: null } });
		expect(nextStep(offered)).toMatchObject({ title: "Read the proposal", action: { to: "/proposal" } });
		expect(nextStep(page({ proposal: "declined", more: { project: null } })).action).toBeUndefined();
		expect(nextStep(page({ more: submission("ready_for_review") })).title).toBe("The work is ready for you");
		expect(nextStep(page()).title).toBe("Nothing to do right now");
		expect(nextStep(page({ more: { unreadMessages: 2 } }))).toMatchObject({ action: { to: "/messages" } });
		const handedIn = { ...submission("ready_for_review"), unreadMessages: 2 };
		expect(nextStep(page({ more: handedIn })).title).toBe("The work is ready for you");
	});
});

describe("words", () => {
	test("a status is a word, red when a day has passed", () => {
		const deliverable = {
			id: "d",
			title: "Mix",
			category: null,
			dueDate: "2026-03-01",
			completedAt: null,
			status: "pending",
		};
		expect(saidDeliverable(deliverable, "2026-03-01")).toEqual({ word: "Pending", tone: "idle" });
		expect(saidDeliverable(deliverable, "2026-03-02")).toEqual({ word: "Overdue", tone: "bad" });
		expect(saidDeliverable({ ...deliverable, status: "in-progress" }, "2026-02-01").tone).toBe("active");
		expect(saidDeliverable({ ...deliverable, status: "completed" }, "2027-01-01").tone).toBe("done");
		expect(saidPayment(PAYMENT, "2026-03-02")).toEqual({ word: "Overdue", tone: "bad" });
		expect(saidPayment({ ...PAYMENT, status: "manual" }, "2026-03-02").word).toBe("Paid");
	});

	test("days, dues and events", () => {
		expect(dayInWords("2026-03-01")).toBe("March 1, 2026");
		expect(dueWords(PAYMENT)).toBe("Due March 1, 2026");
		expect(dueWords({ ...PAYMENT, due: "approval", dueDate: null })).toBe("Due when you approve");
		expect(eventWords({ kind: "submission_approved" })).toBe("The work was approved");
		expect(eventWords({ kind: "some_new_thing" })).toBe("Some new thing");
	});

	test("an engagement in a list", () => {
		const engagement = {
			proposalId: "p",
			workspaceName: "W",
			title: "T",
			at: null,
			proposalState: "sent",
			projectState: null,
		};
		expect(saidEngagement(engagement).word).toBe("Proposal to read");
		expect(saidEngagement({ ...engagement, proposalState: "declined" })).toMatchObject({
			word: "Declined",
			tone: "idle",
		});
		expect(saidEngagement({ ...engagement, proposalState: "active", projectState: "in_progress" }).tone).toBe("active");
		expect(saidEngagement({ ...engagement, proposalState: "active", projectState: "archived" }).tone).toBe("done");
	});
});
