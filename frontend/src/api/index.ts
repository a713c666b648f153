import createClient, { type Middleware } from "openapi-fetch";
import { asProblem, Problem, problemFrom } from "./problem";
import type { paths } from "./schema";
import type {
	AuditQuery,
	BatchState,
	BrandingChange,
	BulkItemState,
	BulkStart,
	ClientChange,
	ClientExportQuery,
	ClientQuery,
	CompanyChange,
	CompanyQuery,
	ContactChange,
	ContactQuery,
	DeliverableChange,
	FileChange,
	HistoryRange,
	Import,
	ImportChoices,
	ImportFormatChange,
	InvitationAcceptance,
	JobQuery,
	Login,
	MergeChoice,
	MergeQuery,
	MessageQuery,
	MilestoneChange,
	NewAccount,
	NewBulkAction,
	NewClient,
	NewComment,
	NewCompany,
	NewContact,
	NewDeliverable,
	NewMessage,
	NewMilestone,
	NewPortalLink,
	NewProgress,
	NewProject,
	NewProposal,
	ProjectChange,
	ProjectQuery,
	ProposalChange,
	ProposalDecision,
	ProposalQuery,
	Role,
	RowQuery,
} from "./types";

export { type Live, subscribe } from "./events";
export { oneAtATime } from "./one-at-a-time";
export { asProblem, type FormProblem, formProblem, Problem } from "./problem";
export * from "./types";

const ANSWER_WITHIN_MS = 30_000;

let csrfToken: string | null = null;
let signedOut: () => void = () => {};
let sessionChanged: () => void = () => {};

/** The token of the current session; every unsafe request carries it. */
export function rememberCsrfToken(token: string | null) {
	csrfToken = token;
}

/** Called when the API says that the token belongs to another session than the cookie. */
export function onSessionChanged(handler: () => void) {
	sessionChanged = handler;
}

/** Called when the API says that the session has ended. */
export function onSignedOut(handler: () => void) {
	signedOut = handler;
}

const csrf: Middleware = {
	onRequest({ request }) {
		if (csrfToken && request.method !== "GET") request.headers.set("X-CSRF-Token", csrfToken);
		return request;
	},
};

async function bounded(request: Request): Promise<Response> {
	const limit = AbortSignal.timeout(ANSWER_WITHIN_MS);
	try {
		return await fetch(request, { signal: AbortSignal.any([request.signal, limit]) });
	} catch (error) {
		if (limit.aborted) throw new Problem(0, { code: "timeout", detail: "The server took too long to answer." });
		if (request.signal.aborted) throw error;
		throw asProblem(error);
	}
}

const http = createClient<paths>({ fetch: bounded });
http.use(csrf);

type Outcome<T> = { data?: T; error?: unknown; response: Response };

async function result<T>(pending: Promise<Outcome<T>>): Promise<T> {
	const { data, error, response } = await pending;
	if (response.ok) return data as T;
	throw noticed(problemFrom(response.status, error));
}

function noticed(problem: Problem): Problem {
	if (problem.status === 401 && problem.code === "not_signed_in") signedOut();
	if (problem.code !== "csrf_failed") return problem;
	sessionChanged();
	return new Problem(problem.status, {
		code: problem.code,
		detail: "You logged in or switched in another window. Try again.",
	});
}

const byId = (id: string) => ({ params: { path: { id } } });
const fileOf = (id: string, fileId: string) => ({ params: { path: { id, fileId } } });
const linkOf = (id: string, linkId: string) => ({ params: { path: { id, linkId } } });
const byName = (name: string) => ({ params: { path: { name } } });

function asSearch(query: object): string {
	const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
	return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
}

export const api = {
	session: {
		get: () => result(http.GET("/api/session")),
		signUp: (body: NewAccount) => result(http.POST("/api/accounts", { body })),
		signIn: (body: Login) => result(http.POST("/api/sessions", { body })),
		signOut: () => result(http.DELETE("/api/session")),
		switchTo: (workspaceId: string) => result(http.PUT("/api/session/workspace", { body: { workspaceId } })),
		requestReset: (email: string) => result(http.POST("/api/password-resets", { body: { email } })),
		completeReset: (token: string, password: string) =>
			result(http.POST("/api/password-resets/complete", { body: { token, password } })),
	},
	workspace: {
		create: (name: string) => result(http.POST("/api/workspaces", { body: { name } })),
		get: () => result(http.GET("/api/workspace")),
		rename: (name: string) => result(http.PATCH("/api/workspace", { body: { name } })),
	},
	branding: {
		get: () => result(http.GET("/api/workspace/branding")),
		update: (body: BrandingChange) => result(http.PATCH("/api/workspace/branding", { body })),
		palette: (accent: string) => result(http.GET("/api/workspace/branding/palette", { params: { query: { accent } } })),
		setLogo: (file: File) =>
			result(
				http.PUT("/api/workspace/branding/logo", {
					// the bytes go as they are
					body: file as never,
					bodySerializer: (body) => body,
					headers: { "Content-Type": file.type || "application/octet-stream" },
				}),
			),
		removeLogo: () => result(http.DELETE("/api/workspace/branding/logo")),
	},
	members: {
		list: (cursor?: string) => result(http.GET("/api/members", { params: { query: { cursor } } })),
		changeRole: (userId: string, role: Role) =>
			result(http.PATCH("/api/members/{userId}", { params: { path: { userId } }, body: { role } })),
		remove: (userId: string) => result(http.DELETE("/api/members/{userId}", { params: { path: { userId } } })),
	},
	invitations: {
		list: (cursor?: string) => result(http.GET("/api/invitations", { params: { query: { cursor } } })),
		send: (email: string, role: Role) => result(http.POST("/api/invitations", { body: { email, role } })),
		withdraw: (id: string) => result(http.DELETE("/api/invitations/{id}", byId(id))),
		preview: (token: string) => result(http.POST("/api/invitations/preview", { body: { token } })),
		accept: (body: InvitationAcceptance) => result(http.POST("/api/invitations/accept", { body })),
	},
	clients: {
		list: (query: ClientQuery, signal?: AbortSignal) =>
			result(http.GET("/api/clients", { params: { query }, signal: signal ?? null })),
		get: (id: string) => result(http.GET("/api/clients/{id}", byId(id))),
		history: (id: string, cursor?: string) =>
			result(http.GET("/api/clients/{id}/history", { params: { path: { id }, query: { cursor, limit: 20 } } })),
		exportFile: (query: ClientExportQuery) => `/api/clients/export.csv?${new URLSearchParams({ ...query })}`,
		create: (body: NewClient) => result(http.POST("/api/clients", { body })),
		update: (id: string, body: ClientChange) => result(http.PATCH("/api/clients/{id}", { ...byId(id), body })),
		archive: (id: string) => result(http.POST("/api/clients/{id}/archive", byId(id))),
		restore: (id: string) => result(http.POST("/api/clients/{id}/restore", byId(id))),
	},
	contacts: {
		list: (query: ContactQuery) => result(http.GET("/api/contacts", { params: { query } })),
		upsert: (body: NewContact) => result(http.POST("/api/contacts", { body })),
		update: (id: string, body: ContactChange) => result(http.PATCH("/api/contacts/{id}", { ...byId(id), body })),
		archive: (id: string) => result(http.POST("/api/contacts/{id}/archive", byId(id))),
		restore: (id: string) => result(http.POST("/api/contacts/{id}/restore", byId(id))),
	},
	companies: {
		list: (query: CompanyQuery) => result(http.GET("/api/companies", { params: { query } })),
		get: (id: string) => result(http.GET("/api/companies/{id}", byId(id))),
		create: (body: NewCompany) => result(http.POST("/api/companies", { body })),
		update: (id: string, body: CompanyChange) => result(http.PATCH("/api/companies/{id}", { ...byId(id), body })),
		archive: (id: string) => result(http.POST("/api/companies/{id}/archive", byId(id))),
		restore: (id: string) => result(http.POST("/api/companies/{id}/restore", byId(id))),
	},
	projects: {
		list: (query: ProjectQuery, signal?: AbortSignal) =>
			result(http.GET("/api/projects", { params: { query }, signal: signal ?? null })),
		get: (id: string) => result(http.GET("/api/projects/{id}", byId(id))),
		create: (body: NewProject) => result(http.POST("/api/projects", { body })),
		update: (id: string, body: ProjectChange) => result(http.PATCH("/api/projects/{id}", { ...byId(id), body })),
		open: (id: string) => result(http.POST("/api/projects/{id}/open", byId(id))),
		archive: (id: string) => result(http.POST("/api/projects/{id}/archive", byId(id))),
		unarchive: (id: string) => result(http.POST("/api/projects/{id}/unarchive", byId(id))),
		cancel: (id: string, reason: string) =>
			result(http.POST("/api/projects/{id}/cancel", { ...byId(id), body: { reason } })),
		timeline: (id: string, cursor?: string) =>
			result(http.GET("/api/projects/{id}/timeline", { params: { path: { id }, query: { cursor, limit: 20 } } })),
		progress: (id: string, cursor?: string) =>
			result(
				http.GET("/api/projects/{id}/progress-updates", { params: { path: { id }, query: { cursor, limit: 10 } } }),
			),
		tell: (id: string, body: NewProgress) =>
			result(http.POST("/api/projects/{id}/progress-updates", { ...byId(id), body })),
		messages: (id: string, query: MessageQuery) =>
			result(http.GET("/api/projects/{id}/messages", { params: { path: { id }, query } })),
		say: (id: string, body: NewMessage) => result(http.POST("/api/projects/{id}/messages", { ...byId(id), body })),
		markRead: (id: string, number: number) =>
			result(http.PUT("/api/projects/{id}/messages/read", { ...byId(id), body: { number } })),
		comments: (id: string, fileId: string, number: number) => {
			const path = { id, fileId, number };
			const one = (commentId: string) => ({ params: { path: { id, commentId } } });
			return {
				load: (cursor?: string) =>
					result(
						http.GET("/api/projects/{id}/files/{fileId}/versions/{number}/comments", {
							params: { path, query: { cursor, limit: 200 } },
						}),
					),
				add: (body: NewComment) =>
					result(http.POST("/api/projects/{id}/files/{fileId}/versions/{number}/comments", { params: { path }, body })),
				resolve: (commentId: string) =>
					result(http.POST("/api/projects/{id}/comments/{commentId}/resolve", one(commentId))),
				reopen: (commentId: string) =>
					result(http.POST("/api/projects/{id}/comments/{commentId}/reopen", one(commentId))),
			};
		},
		live: (id: string) => `/api/projects/${encodeURIComponent(id)}/live`,
		milestones: (id: string) => result(http.GET("/api/projects/{id}/milestones", byId(id))),
		addMilestone: (id: string, body: NewMilestone) =>
			result(http.POST("/api/projects/{id}/milestones", { ...byId(id), body })),
		orderMilestones: (id: string, ids: string[]) =>
			result(http.PUT("/api/projects/{id}/milestones/order", { ...byId(id), body: { ids } })),
	},
	milestones: {
		update: (id: string, body: MilestoneChange) => result(http.PATCH("/api/milestones/{id}", { ...byId(id), body })),
		remove: (id: string) => result(http.DELETE("/api/milestones/{id}", byId(id))),
		submit: (id: string) => result(http.POST("/api/milestones/{id}/submit", byId(id))),
		approve: (id: string) => result(http.POST("/api/milestones/{id}/approve", byId(id))),
		requestRevision: (id: string, note: string) =>
			result(http.POST("/api/milestones/{id}/request-revision", { ...byId(id), body: { note } })),
		resume: (id: string) => result(http.POST("/api/milestones/{id}/resume", byId(id))),
		cancel: (id: string) => result(http.POST("/api/milestones/{id}/cancel", byId(id))),
	},
	submissions: {
		rounds: (id: string, cursor?: string) =>
			result(http.GET("/api/submissions/{id}/rounds", { params: { path: { id }, query: { cursor, limit: 10 } } })),
		submit: (id: string, summary: string) =>
			result(http.POST("/api/submissions/{id}/submit", { ...byId(id), body: { summary } })),
		recall: (id: string) => result(http.POST("/api/submissions/{id}/recall", byId(id))),
		approve: (id: string, round: number, note: string) =>
			result(http.POST("/api/submissions/{id}/approve", { ...byId(id), body: { round, note } })),
		requestRevisions: (id: string, round: number, note: string) =>
			result(http.POST("/api/submissions/{id}/request-revisions", { ...byId(id), body: { round, note } })),
		revertApproval: (id: string) => result(http.POST("/api/submissions/{id}/revert-approval", byId(id))),
		complete: (id: string) => result(http.POST("/api/submissions/{id}/complete", byId(id))),
	},
	deliverables: {
		ofProject: (projectId: string, cursor?: string) =>
			result(http.GET("/api/deliverables", { params: { query: { projectId, cursor } } })),
		create: (body: NewDeliverable) => result(http.POST("/api/deliverables", { body })),
		update: (id: string, body: DeliverableChange) => result(http.PUT("/api/deliverables/{id}", { ...byId(id), body })),
	},
	proposals: {
		list: (query: ProposalQuery) => result(http.GET("/api/proposals", { params: { query } })),
		get: (id: string, planVersion?: number) =>
			result(http.GET("/api/proposals/{id}", { params: { path: { id }, query: { planVersion } } })),
		history: (id: string, cursor?: string) =>
			result(http.GET("/api/proposals/{id}/history", { params: { path: { id }, query: { cursor, limit: 20 } } })),
		create: (body: NewProposal) => result(http.POST("/api/proposals", { body })),
		update: (id: string, body: ProposalChange) => result(http.PATCH("/api/proposals/{id}", { ...byId(id), body })),
		send: (id: string, version: number) =>
			result(http.POST("/api/proposals/{id}/send", { ...byId(id), body: { version } })),
		withdraw: (id: string) => result(http.POST("/api/proposals/{id}/withdraw", byId(id))),
		approve: (id: string, body: ProposalDecision) =>
			result(http.POST("/api/proposals/{id}/approve", { ...byId(id), body })),
		decline: (id: string, body: ProposalDecision) =>
			result(http.POST("/api/proposals/{id}/decline", { ...byId(id), body })),
	},
	merges: {
		list: (query: MergeQuery) => result(http.GET("/api/merges", { params: { query } })),
		get: (id: string) => result(http.GET("/api/merges/{id}", byId(id))),
		suggest: (clientId: string, otherId: string) => result(http.POST("/api/merges", { body: { clientId, otherId } })),
		accept: (id: string, body: MergeChoice) => result(http.POST("/api/merges/{id}/accept", { ...byId(id), body })),
		ignore: (id: string) => result(http.POST("/api/merges/{id}/ignore", byId(id))),
		undo: (id: string) => result(http.POST("/api/merges/{id}/undo", byId(id))),
	},
	files: {
		list: (id: string, cursor?: string) =>
			result(http.GET("/api/projects/{id}/files", { params: { path: { id }, query: { cursor, limit: 50 } } })),
		update: (id: string, fileId: string, body: FileChange) =>
			result(http.PATCH("/api/projects/{id}/files/{fileId}", { ...fileOf(id, fileId), body })),
		remove: (id: string, fileId: string) =>
			result(http.DELETE("/api/projects/{id}/files/{fileId}", fileOf(id, fileId))),
		storage: () => result(http.GET("/api/workspace/storage")),
		archive: (id: string) => `/api/projects/${encodeURIComponent(id)}/files/archive`,
		/** Where a version is: its content, preview and thumbnail stand below. */
		version: (id: string, fileId: string, number: number) =>
			`/api/projects/${encodeURIComponent(id)}/files/${encodeURIComponent(fileId)}/versions/${number}`,
	},
	portalLinks: {
		list: (id: string, cursor?: string) =>
			result(http.GET("/api/proposals/{id}/links", { params: { path: { id }, query: { cursor } } })),
		give: (id: string, body: NewPortalLink) => result(http.POST("/api/proposals/{id}/links", { ...byId(id), body })),
		setExpiry: (id: string, linkId: string, expiresAt: string) =>
			result(http.PATCH("/api/proposals/{id}/links/{linkId}", { ...linkOf(id, linkId), body: { expiresAt } })),
		send: (id: string, linkId: string) =>
			result(http.POST("/api/proposals/{id}/links/{linkId}/send", linkOf(id, linkId))),
		rotate: (id: string, linkId: string) =>
			result(http.POST("/api/proposals/{id}/links/{linkId}/rotate", linkOf(id, linkId))),
		revoke: (id: string, linkId: string) =>
			result(http.POST("/api/proposals/{id}/links/{linkId}/revoke", linkOf(id, linkId))),
		setCode: (id: string, linkId: string, code: string | null) =>
			result(http.POST("/api/proposals/{id}/links/{linkId}/access-code", { ...linkOf(id, linkId), body: { code } })),
	},
	imports: {
		list: (cursor?: string) => result(http.GET("/api/imports", { params: { query: { cursor } } })),
		get: (id: string) => result(http.GET("/api/imports/{id}", byId(id))),
		upload,
		reread: (id: string, body: ImportFormatChange) =>
			result(http.PATCH("/api/imports/{id}/format", { ...byId(id), body })),
		preview: (id: string, body: ImportChoices, signal: AbortSignal) =>
			result(http.POST("/api/imports/{id}/preview", { ...byId(id), body, signal })),
		start: (id: string, body: ImportChoices) => result(http.POST("/api/imports/{id}/start", { ...byId(id), body })),
		cancel: (id: string) => result(http.POST("/api/imports/{id}/cancel", byId(id))),
		rows: (id: string, query: RowQuery) =>
			result(http.GET("/api/imports/{id}/rows", { params: { path: { id }, query } })),
		forecast: (id: string) => result(http.GET("/api/imports/{id}/undo", byId(id))),
		undo: (id: string) => result(http.POST("/api/imports/{id}/undo", byId(id))),
		leftovers: (id: string, cursor?: string) =>
			result(http.GET("/api/imports/{id}/leftovers", { params: { path: { id }, query: { cursor } } })),
		sampleFile: "/api/imports/sample.csv",
		rejectsFile: (id: string) => `/api/imports/${encodeURIComponent(id)}/rejects.csv`,
		events: (id: string) => `/api/imports/${encodeURIComponent(id)}/events`,
	},
	console: {
		overview: () => result(http.GET("/api/console/overview")),
		jobs: (query: JobQuery, signal?: AbortSignal) =>
			result(http.GET("/api/console/jobs", { params: { query }, signal: signal ?? null })),
		countJobs: (search: string, signal?: AbortSignal) =>
			result(http.GET("/api/console/jobs/count", { params: { query: { search } }, signal: signal ?? null })),
		job: (id: string) => result(http.GET("/api/console/jobs/{id}", byId(id))),
		children: (id: string, cursor: string) =>
			result(http.GET("/api/console/jobs/{id}/children", { params: { path: { id }, query: { cursor } } })),
		reveal: (id: string, reason: string) =>
			result(http.POST("/api/console/jobs/{id}/reveal", { ...byId(id), body: { reason } })),
		edit: (id: string, args: unknown) =>
			result(http.POST("/api/console/jobs/{id}/edit", { ...byId(id), body: { args } })),
		remove: (id: string) => result(http.DELETE("/api/console/jobs/{id}", byId(id))),
		failures: (search: string, signal?: AbortSignal) =>
			result(http.GET("/api/console/failures", { params: { query: { search } }, signal: signal ?? null })),
		searches: {
			list: () => result(http.GET("/api/console/searches")),
			keep: (name: string, search: string) => result(http.POST("/api/console/searches", { body: { name, search } })),
			forget: (id: string) => result(http.DELETE("/api/console/searches/{id}", byId(id))),
		},
		retry: (id: string) => result(http.POST("/api/console/jobs/{id}/retry", byId(id))),
		cancel: (id: string) => result(http.POST("/api/console/jobs/{id}/cancel", byId(id))),
		queues: () => result(http.GET("/api/console/queues")),
		pause: (name: string, reason: string) =>
			result(http.POST("/api/console/queues/{name}/pause", { ...byName(name), body: { reason } })),
		resume: (name: string) => result(http.POST("/api/console/queues/{name}/resume", byName(name))),
		history: (range: HistoryRange) => result(http.GET("/api/console/history", { params: { query: { range } } })),
		activity: (cursor?: string) => result(http.GET("/api/console/activity", { params: { query: { cursor } } })),
		schedules: () => result(http.GET("/api/console/schedules")),
		schedule: (name: string) => result(http.GET("/api/console/schedules/{name}", byName(name))),
		scheduleHistory: (name: string, cursor?: string) =>
			result(http.GET("/api/console/schedules/{name}/history", { params: { path: { name }, query: { cursor } } })),
		pauseSchedule: (name: string, reason: string) =>
			result(http.POST("/api/console/schedules/{name}/pause", { ...byName(name), body: { reason } })),
		resumeSchedule: (name: string) => result(http.POST("/api/console/schedules/{name}/resume", byName(name))),
		runSchedule: (name: string, runId: string) =>
			result(http.POST("/api/console/schedules/{name}/run", { ...byName(name), body: { runId } })),
		nodes: (gone: boolean, cursor?: string) =>
			result(http.GET("/api/console/nodes", { params: { query: { gone, cursor } } })),
		node: (id: string) => result(http.GET("/api/console/nodes/{id}", byId(id))),
		quietNode: (id: string) => result(http.POST("/api/console/nodes/{id}/quiet", byId(id))),
		resumeNode: (id: string) => result(http.POST("/api/console/nodes/{id}/resume", byId(id))),
		stopNode: (id: string) => result(http.POST("/api/console/nodes/{id}/stop", byId(id))),
		batches: (state: BatchState | undefined, cursor?: string) =>
			result(http.GET("/api/console/batches", { params: { query: { state, cursor } } })),
		batch: (id: string) => result(http.GET("/api/console/batches/{id}", byId(id))),
		cancelBatch: (id: string) => result(http.POST("/api/console/batches/{id}/cancel", byId(id))),
		kinds: () => result(http.GET("/api/console/kinds")),
		events: "/api/console/events",
	},
	bulk: {
		list: (cursor?: string) => result(http.GET("/api/console/bulk-actions", { params: { query: { cursor } } })),
		get: (id: string) => result(http.GET("/api/console/bulk-actions/{id}", byId(id))),
		preview: (body: NewBulkAction) => result(http.POST("/api/console/bulk-actions", { body })),
		items: (id: string, state?: BulkItemState, cursor?: string) =>
			result(http.GET("/api/console/bulk-actions/{id}/items", { params: { path: { id }, query: { state, cursor } } })),
		start: (id: string, body: BulkStart) =>
			result(http.POST("/api/console/bulk-actions/{id}/start", { ...byId(id), body })),
		goOn: (id: string) => result(http.POST("/api/console/bulk-actions/{id}/continue", byId(id))),
		abort: (id: string) => result(http.POST("/api/console/bulk-actions/{id}/abort", byId(id))),
	},
	audit: {
		list: (query: AuditQuery, signal?: AbortSignal) =>
			result(http.GET("/api/console/audit", { params: { query }, signal: signal ?? null })),
		choices: () => result(http.GET("/api/console/audit/choices")),
		chain: () => result(http.GET("/api/console/audit/chain")),
		verify: () => result(http.POST("/api/console/audit/verify")),
		acknowledge: (checkId: string, reason: string) =>
			result(http.POST("/api/console/audit/acknowledge", { body: { checkId, reason } })),
		file: (query: AuditQuery) => `/api/console/audit.csv${asSearch(query)}`,
	},
};

/** Where files of a project are uploaded. */
export function uploadsOf(projectId: string) {
	return {
		endpoint: `/api/projects/${encodeURIComponent(projectId)}/uploads`,
		csrfToken: async () => csrfToken,
	};
}

/** Sends a file with progress, which fetch cannot report. Aborting the signal ends the upload. */
function upload(file: File, onProgress: (sent: number, total: number) => void, signal: AbortSignal): Promise<Import> {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open("POST", `/api/imports?filename=${encodeURIComponent(file.name)}`);
		request.setRequestHeader("Content-Type", "text/csv");
		if (csrfToken) request.setRequestHeader("X-CSRF-Token", csrfToken);
		request.upload.onprogress = (event) => onProgress(event.loaded, event.lengthComputable ? event.total : file.size);
		request.onload = () => {
			if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as Import);
			else reject(noticed(problemFrom(request.status, request.responseText)));
		};
		request.onerror = () => reject(asProblem(null));
		request.onabort = () => reject(new Problem(0, { code: "aborted", detail: "The upload was stopped." }));
		signal.addEventListener("abort", () => request.abort(), { once: true });
		request.send(file);
	});
}
