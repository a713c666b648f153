import { asProblem, Problem, problemFrom } from "@/api/problem";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type PortalPage = Schemas["PortalPage"];
export type PortalData = Schemas["PortalData"];
export type ClientDashboard = Schemas["ClientDashboard"];
export type ClientEngagement = Schemas["ClientEngagement"];
export type PortalVisit = Schemas["PortalVisit"];
export type Payment = Schemas["PortalPayment"];
export type Deliverable = Schemas["PortalDeliverable"];
export type PortalEvent = Schemas["PortalEvent"];
export type MessageRead = Schemas["MessageRead"];
type Message = Schemas["Message"];
type MessageList = Schemas["MessageList"];
type NewMessage = Schemas["NewMessage"];
type CommentList = Schemas["CommentList"];
type NewComment = Schemas["NewComment"];

/** What the server put into the page. */
export type First =
	| { state: "open"; page: PortalPage }
	| { state: "code"; csrfToken: string | null }
	| { state: "mine"; dashboard: ClientDashboard }
	| { state: "closed" };

const ANSWER_WITHIN_MS = 30_000;

/** The engagement of the page's address. */
export const proposalId = /^\/p\/([0-9a-f-]{36})(?:\/|$)/.exec(location.pathname)?.[1] ?? null;
const portal = `/api/proposals/${proposalId}/portal`;

export function first(): First {
	try {
		return JSON.parse(document.getElementById("first")?.textContent ?? "") as First;
	} catch {
		return { state: "closed" };
	}
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
	let response: Response;
	try {
		response = await fetch(path, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
	} catch (error) {
		throw asProblem(error);
	}
	const text = await response.text();
	if (!response.ok) throw problemFrom(response.status, text);
	return (text ? JSON.parse(text) : undefined) as T;
}

function post<T>(path: string, body: unknown, csrf: string | null, method = "POST"): Promise<T> {
	const headers: Record<string, string> = { "Content-Type": "application/json" };
	if (csrf) headers["X-CSRF-Token"] = csrf;
	return ask<T>(path, { method, headers, body: JSON.stringify(body) });
}

let visit: Promise<PortalVisit> | null = null;

/** Asked for when something is done for the first time, since the first page holds no secret. */
export async function csrfToken(): Promise<string | null> {
	visit ??= ask<PortalVisit>(`${portal}/visit`);
	try {
		return (await visit).csrfToken;
	} catch (error) {
		visit = null;
		throw error;
	}
}

export type FileList = Schemas["FileList"];

/** Where the client's files are uploaded. */
export const uploads = { endpoint: `${portal}/uploads`, csrfToken };

export const api = {
	files: (cursor?: string) =>
		ask<FileList>(`${portal}/files?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`),
	archive: `${portal}/files/archive`,
	/** Where a version is: its content, preview and thumbnail stand below. */
	version: (fileId: string, number: number) => `${portal}/files/${fileId}/versions/${number}`,
	remove: async (path: string) =>
		ask<void>(`${portal}/${path}`, { method: "DELETE", headers: { "X-CSRF-Token": (await csrfToken()) ?? "" } }),
	page: () => ask<PortalPage>(`${portal}/page`),
	giveCode: (code: string, csrf: string | null) => post<void>(`${portal}/code`, { code }, csrf),
	requestLink: (email: string) => post<void>("/api/portal/link-requests", { email }, null),
	sendNewLink: () => post<void>("/api/portal/link-requests", { proposalId }, null),
	act: async (what: string, body: unknown) => post<void>(`${portal}/${what}`, body, await csrfToken()),
	live: `${portal}/live`,
	talk: {
		load: (query: { cursor?: string; thread?: string }) =>
			ask<MessageList>(`${portal}/messages?${new URLSearchParams(query)}`),
		say: async (message: NewMessage) => post<Message>(`${portal}/messages`, message, await csrfToken()),
		markRead: async (number: number) => post<void>(`${portal}/messages/read`, { number }, await csrfToken(), "PUT"),
	},
	comments: (fileId: string, number: number) => {
		const at = `${portal}/files/${fileId}/versions/${number}/comments`;
		return {
			load: (cursor?: string) =>
				ask<CommentList>(`${at}?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`),
			add: async (comment: NewComment) => post<void>(at, comment, await csrfToken()),
			resolve: (id: string) => api.act(`comments/${id}/resolve`, {}),
			reopen: (id: string) => api.act(`comments/${id}/reopen`, {}),
		};
	},
	leave: () => api.remove("visit"),
};

/** Ends the session of the account. */
export async function logOut(): Promise<void> {
	const { csrfToken } = await ask<Schemas["Session"]>("/api/session");
	await ask<void>("/api/session", { method: "DELETE", headers: { "X-CSRF-Token": csrfToken } });
}

export { Problem };
