import type {
	Client,
	ClientInput,
	ClientList,
	ClientQuery,
	Import,
	Invitation,
	InvitationPreview,
	Job,
	JobKind,
	JobQuery,
	JobRow,
	Member,
	Overview,
	Queue,
	RejectedRow,
	Role,
	Session,
	Workspace,
} from "./types";

type Answer<T> = { content: { "application/json": T } };
type Op<Out, Params = Record<never, never>, Body = undefined> = {
	parameters: Params;
	responses: { 200: Answer<Out> };
} & (Body extends undefined ? { requestBody?: never } : { requestBody: { content: { "application/json": Body } } });
type Id = { path: { id: string } };

/** Every operation the pages use, in the form openapi-fetch reads. */
export interface paths {
	"/api/accounts": {
		post: Op<Session, object, { name: string; email: string; password: string; workspaceName: string }>;
	};
	"/api/sessions": { post: Op<Session, object, { email: string; password: string }> };
	"/api/session": { get: Op<Session>; delete: Op<undefined> };
	"/api/session/workspace": { put: Op<Session, object, { workspaceId: string }> };
	"/api/password-resets": { post: Op<Record<string, never>, object, { email: string }> };
	"/api/password-resets/complete": { post: Op<undefined, object, { token: string; password: string }> };
	"/api/workspaces": { post: Op<Session, object, { name: string }> };
	"/api/workspace": { get: Op<Workspace>; patch: Op<Workspace, object, { name: string }> };
	"/api/members": { get: Op<{ members: Member[] }> };
	"/api/members/{userId}": {
		patch: Op<Member, { path: { userId: string } }, { role: Role }>;
		delete: Op<undefined, { path: { userId: string } }>;
	};
	"/api/invitations": {
		get: Op<{ invitations: Invitation[] }>;
		post: Op<Invitation, object, { email: string; role: Role }>;
	};
	"/api/invitations/{id}": { delete: Op<undefined, Id> };
	"/api/invitations/preview": { post: Op<InvitationPreview, object, { token: string }> };
	"/api/invitations/accept": { post: Op<Session, object, { token: string; name?: string; password?: string }> };
	"/api/clients": { get: Op<ClientList, { query?: ClientQuery }>; post: Op<Client, object, ClientInput> };
	"/api/clients/{id}": { get: Op<Client, Id>; patch: Op<Client, Id, Partial<ClientInput> & { version: number }> };
	"/api/clients/{id}/archive": { post: Op<Client, Id> };
	"/api/clients/{id}/restore": { post: Op<Client, Id> };
	"/api/imports": { get: Op<{ imports: Import[]; nextCursor: string | null }, { query?: { cursor?: string } }> };
	"/api/imports/{id}": { get: Op<Import, Id> };
	"/api/imports/{id}/start": { post: Op<Import, Id, { mapping: Record<string, string> }> };
	"/api/imports/{id}/cancel": { post: Op<Import, Id> };
	"/api/imports/{id}/rejects": {
		get: Op<{ rejects: RejectedRow[]; nextCursor: string | null }, Id & { query?: { cursor?: string } }>;
	};
	"/api/console/overview": { get: Op<Overview> };
	"/api/console/jobs": { get: Op<{ jobs: JobRow[]; nextCursor: string | null }, { query?: JobQuery }> };
	"/api/console/jobs/{id}": { get: Op<Job, Id> };
	"/api/console/jobs/{id}/retry": { post: Op<Job, Id> };
	"/api/console/jobs/{id}/cancel": { post: Op<Job, Id> };
	"/api/console/queues": { get: Op<{ queues: Queue[] }> };
	"/api/console/queues/{name}/pause": { post: Op<Queue, { path: { name: string } }> };
	"/api/console/queues/{name}/resume": { post: Op<Queue, { path: { name: string } }> };
	"/api/console/kinds": { get: Op<{ kinds: JobKind[] }> };
}
