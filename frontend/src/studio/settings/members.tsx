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
import { ROLE_HINT, ROLES, roleLabel, roleWithArticle } from "./roles";

const DEFAULTS = { cursor: "" };
const WHY_STAY = "why-the-only-owner-stays";

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
			toast(`${member.name} is now ${roleWithArticle(role)}.`);
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
	const isMe = (member: Member) => member.userId === session.user.id;
	const removeButton = (member: Member) => {
		if (!isOwner) return null;
		if (!isMe(member)) {
			return (
				<Button size="sm" look="ghost" icon="trash" onClick={() => setLeaving(member)}>
					Remove<span class="sr-only"> {member.name}</span>
				</Button>
			);
		}
		const isOnlyOwner = query.data?.onlyOwner === member.userId;
		return (
			<Button
				size="sm"
				look="ghost"
				icon="logOut"
				disabled={isOnlyOwner}
				aria-describedby={isOnlyOwner ? WHY_STAY : undefined}
				onClick={() => setLeaving(member)}
			>
				Leave
			</Button>
		);
	};
	const who = (member: Member) => (
		<>
			<span class="font-medium">{member.name}</span>
			{isMe(member) && <span class="text-ink-3"> (you)</span>}
		</>
	);
	const roleWithReason = (member: Member) => (
		<>
			{roleOf(member)}
			{isMe(member) && query.data?.onlyOwner === member.userId && (
				<p id={WHY_STAY} class="mt-1 max-w-36 text-xs whitespace-normal text-ink-2">
					You are the only owner. Make someone else owner before you leave.
				</p>
			)}
		</>
	);

	const columns: Column<Member>[] = [
		{ key: "name", label: "Name", cell: who },
		{ key: "email", label: "Email", class: "text-ink-2", cell: (member) => member.email },
		{ key: "joined", label: "Joined", class: "text-ink-2", cell: (member) => <Time at={member.joinedAt} /> },
		{ key: "role", label: "Role", cell: roleWithReason },
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
										<div>{roleWithReason(member)}</div>
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
			{leaving && <Leaving member={leaving} onClose={() => setLeaving(null)} onGone={refresh} />}
		</>
	);
}

/** Asks before a member is removed, or leaves. */
function Leaving({ member, onClose, onGone }: { member: Member; onClose: () => void; onGone: () => Promise<void> }) {
	const { user, workspace } = useSession();
	const queries = useQueryClient();
	const name = workspace?.name ?? "";
	const remove = () =>
		api.members.remove(member.userId).catch((error: unknown) => {
			const problem = asProblem(error);
			throw new Problem(problem.status, { code: problem.code, detail: sentence(problem) });
		});
	if (member.userId === user.id) {
		return (
			<Confirm
				danger
				title={`Leave ${name}?`}
				action="Leave"
				onClose={onClose}
				run={async () => {
					await remove();
					toast(`You left ${name}.`);
					// This list is not the session's any more.
					await queries.invalidateQueries({ queryKey: ["session"] });
				}}
			>
				<p>You lose access at once. What you made stays.</p>
			</Confirm>
		);
	}
	return (
		<Confirm
			danger
			title={`Remove ${member.name}?`}
			action="Remove"
			onClose={onClose}
			run={async () => {
				await remove();
				await onGone();
				toast(`${member.name} is removed.`);
			}}
		>
			<p>They lose access to {name} at once. What they made stays.</p>
		</Confirm>
	);
}

function sentence(problem: { code: string; message: string }): string {
	return problem.code === "last_owner" ? "A workspace needs an owner. Make someone else owner first." : problem.message;
}
