/** The wire types of the API, as the contract states them. Everything else imports them from "@/api". */

export type Role = "owner" | "manager" | "member";
export type OperatorRole = "full" | "read_only";

export interface WorkspaceRef {
	id: string;
	name: string;
	role: Role;
}

export interface Session {
	user: { id: string; name: string; email: string };
	workspace: WorkspaceRef | null;
	workspaces: WorkspaceRef[];
	operator: OperatorRole | null;
	csrfToken: string;
}

export interface Workspace {
	id: string;
	name: string;
}

export interface Member {
	userId: string;
	name: string;
	email: string;
	role: Role;
	joinedAt: string;
}

export interface Invitation {
	id: string;
	email: string;
	role: Role;
	createdAt: string;
	expiresAt: string | null;
}

export interface InvitationPreview {
	workspaceName: string;
	email: string;
	role: Role;
	hasAccount: boolean;
}

export interface Communication {
	email: boolean;
	sms: boolean;
	phone: boolean;
}

export interface Client {
	id: string;
	name: string;
	email: string | null;
	company: string | null;
	phone: string | null;
	timezone: string | null;
	genres: string[];
	budgetMinor: { min: number; max: number } | null;
	budgetCurrency: string | null;
	communication: Communication;
	satisfaction: number | null;
	referralSource: string | null;
	notes: string | null;
	archivedAt: string | null;
	createdAt: string;
	updatedAt: string;
	version: number;
}

export type ClientInput = Omit<Client, "id" | "archivedAt" | "createdAt" | "updatedAt" | "version">;
export type ClientStatus = "active" | "archived" | "all";

export interface BoundedCount {
	count: number;
	capped: boolean;
}

export interface ClientList {
	clients: Client[];
	nextCursor: string | null;
	total: BoundedCount;
}

export interface ClientQuery {
	search?: string;
	status?: ClientStatus;
	sort?: string;
	cursor?: string;
	limit?: number;
}

export type ImportState = "uploaded" | "planning" | "running" | "completed" | "cancelled" | "failed";

export interface ImportColumn {
	index: number;
	name: string;
	guess: string | null;
	samples: string[];
}

export interface Import {
	id: string;
	filename: string;
	sizeBytes: number;
	state: ImportState;
	columns: ImportColumn[];
	mapping: Record<string, string> | null;
	preview: string[][];
	totalRows: number | null;
	processedRows: number;
	created: number;
	/** Rows that met an existing client and were merged into it; older answers leave it out. */
	updated?: number | null;
	skipped: number;
	rejected: number;
	rowsPerSecond: number | null;
	secondsLeft: number | null;
	failure: string | null;
	batchId: string | null;
	createdAt: string;
	startedAt: string | null;
	finishedAt: string | null;
	createdBy: { id: string; name: string } | null;
}

export interface RejectedRow {
	rowNumber: number;
	columns: string[];
	reasons: { field: string | null; message: string }[];
}

export const JOB_STATES = [
	"scheduled",
	"waiting",
	"parked",
	"queued",
	"running",
	"succeeded",
	"dead",
	"cancelled",
	"quarantined",
] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface JobProgress {
	done: number;
	total: number | null;
	note: string | null;
}

export interface JobRow {
	id: string;
	kind: string;
	queue: string;
	state: JobState;
	attempt: number;
	maxAttempts: number;
	priority: number;
	runAt: string;
	createdAt: string;
	startedAt: string | null;
	finishedAt: string | null;
	workspaceId: string | null;
	workspaceName: string | null;
	batchId: string | null;
	lastError: string | null;
	progress: JobProgress | null;
	cancelRequested: boolean;
}

export interface JobRef {
	id: string;
	kind: string;
	state: JobState;
}

export interface JobAttempt {
	attempt: number;
	startedAt: string;
	endedAt: string | null;
	node: string | null;
	outcome: string;
	error: string | null;
	backtrace: string | null;
}

export interface Job extends JobRow {
	args: unknown;
	version: number;
	reason: string | null;
	causeRequestId: string | null;
	parent: JobRef | null;
	children: JobRef[];
	attempts: JobAttempt[];
	leaseUntil: string | null;
	node: string | null;
	whyWaiting: string | null;
	uniqueKey: string | null;
	logs: { at: string; level: string; message: string }[];
}

export interface Queue {
	name: string;
	paused: boolean;
	pausedBy: string | null;
	depth: BoundedCount;
	running: number;
	oldestSeconds: number | null;
	perMinute: number;
}

export interface Node {
	id: string;
	name: string;
	host: string;
	pid: number;
	version: string;
	startedAt: string;
	beatAt: string;
	state: "running" | "draining" | "gone";
	running: number;
}

export interface Schedule {
	name: string;
	cron: string;
	timezone: string;
	kind: string;
	catchUp: "skip" | "last" | "all";
	lastSlot: string | null;
	nextSlot: string | null;
}

export interface Overview {
	counts: Partial<Record<JobState, BoundedCount>>;
	queues: Queue[];
	nodes: Node[];
	redis: "ok" | "down";
	schedules: Schedule[];
}

export interface JobQuery {
	state?: JobState;
	kind?: string;
	queue?: string;
	workspaceId?: string;
	cursor?: string;
	limit?: number;
}

export interface JobKind {
	kind: string;
	queue: string;
	description: string;
}
