import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, asProblem, type Member, Problem, type Role } from "@/api";
import {
	Button,
	ButtonLink,
	type Column,
	Confirm,
	Load,
	Pager,
	Select,
	StaleNotice,
	Table,
	Time,
	toast,
	useUrlState,
} from "@/ui";
import { canManage, useSession } from "../session";
import { ROLE_HINT, ROLES, roleLabel } from "./roles";

const DEFAULTS = { cursor: "" };

export function Members() {
	const session = useSession();
	const queries = useQueryClient();
	const { state, set } = useUrlState(DEFAULTS);
	const [leaving, setLeaving] = useState<Member | null>(null);
	const query = useQuery({
		queryKey: ["members", state.cursor],
		queryFn: () => api.members.list(state.cursor || undefined),
		placeholderData: keepPreviousData,
	});
	const isOwner = session.workspace?.role === "owner";
	const refresh = () => queries.invalidateQueries({ queryKey: ["members"] });

	const changeRole = async (member: Member, role: Role) => {
		try {
			await api.members.changeRole(member.userId, role);
			if (member.userId === session.user.id) await queries.invalidateQueries({ queryKey: ["session"] });
			toast(`${member.name} is now ${roleLabel(role).toLowerCase()}.`);
		} catch (error) {
			toast(sentence(asProblem(error)), { tone: "bad" });
		} finally {
			await refresh();
		}
	};

	const roleOf = (member: Member) =>
		isOwner ? (
			<Select
				aria-label={`Role of ${member.name}`}
				class="w-36!"
				value={member.role}
				onValue={(role) => changeRole(member, role as Role)}
				options={ROLES}
			/>
		) : (
			roleLabel(member.role)
		);
	const removeButton = (member: Member) =>
		isOwner && (
			<Button size="sm" look="ghost" icon="trash" onClick={() => setLeaving(member)}>
				Remove<span class="sr-only"> {member.name}</span>
			</Button>
		);
	const who = (member: Member) => (
		<>
			<span class="font-medium">{member.name}</span>
			{member.userId === session.user.id && <span class="text-ink-3"> (you)</span>}
		</>
	);

	const columns: Column<Member>[] = [
		{ key: "name", label: "Name", cell: who },
		{ key: "email", label: "Email", class: "text-ink-2", cell: (member) => member.email },
		{ key: "joined", label: "Joined", class: "text-ink-2", cell: (member) => <Time at={member.joinedAt} /> },
		{ key: "role", label: "Role", cell: roleOf },
		...(isOwner
			? [{ key: "actions", label: "Actions", quiet: true, align: "right" as const, cell: removeButton }]
			: []),
	];

	return (
		<>
			<div class="mb-3 flex flex-wrap items-center justify-between gap-3">
				<p class="max-w-xl text-ink-2">{ROLE_HINT}</p>
				{canManage(session) && (
					<ButtonLink href="/settings/invitations" icon="mail">
						Invite someone
					</ButtonLink>
				)}
			</div>
			<StaleNotice query={query} />
			<Load query={query}>
				{({ members, nextCursor }) => (
					<>
						<Table
							caption="Members"
							columns={columns}
							rows={members}
							rowKey={(member) => member.userId}
							card={(member) => (
								<div class="grid grid-cols-1 gap-2">
									<div class="min-w-0">
										<div>{who(member)}</div>
										<div class="truncate text-ink-2">{member.email}</div>
									</div>
									<div class="flex items-center justify-between gap-3">
										{roleOf(member)}
										{removeButton(member)}
									</div>
								</div>
							)}
						/>
						<Pager
							cursor={state.cursor}
							nextCursor={nextCursor}
							busy={query.isPlaceholderData}
							onMove={(cursor) => set({ cursor })}
						/>
					</>
				)}
			</Load>
			{leaving && (
				<Confirm
					danger
					title={`Remove ${leaving.name}?`}
					action="Remove"
					onClose={() => setLeaving(null)}
					run={async () => {
						await api.members.remove(leaving.userId).catch((error: unknown) => {
							const problem = asProblem(error);
							throw new Problem(problem.status, { code: problem.code, detail: sentence(problem) });
						});
						await refresh();
						if (leaving.userId === session.user.id) await queries.invalidateQueries({ queryKey: ["session"] });
						toast(`${leaving.name} is removed.`);
					}}
				>
					<p>They lose access to {session.workspace?.name} at once. What they made stays.</p>
				</Confirm>
			)}
		</>
	);
}

function sentence(problem: { code: string; message: string }): string {
	return problem.code === "last_owner" ? "A workspace needs an owner. Make someone else owner first." : problem.message;
}
