import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { api, type Invitation, type Role } from "@/api";
import {
	Button,
	type Column,
	Confirm,
	EmptyState,
	FormError,
	Load,
	Pager,
	SelectField,
	StaleNotice,
	Table,
	TextField,
	Time,
	toast,
	useForm,
	useUrlState,
} from "@/ui";
import { checkEmail, messages } from "../accounts/checks";
import { canManage, useSession } from "../session";
import { ROLES, roleLabel } from "./roles";

const DEFAULTS = { cursor: "" };

export function Invitations() {
	const session = useSession();
	const queries = useQueryClient();
	const { state, set } = useUrlState(DEFAULTS);
	const [withdrawing, setWithdrawing] = useState<Invitation | null>(null);
	const manages = canManage(session);
	const query = useQuery({
		queryKey: ["invitations", state.cursor],
		queryFn: () => api.invitations.list(state.cursor || undefined),
		placeholderData: keepPreviousData,
		enabled: manages,
	});

	if (!manages) {
		return (
			<EmptyState icon="mail" title="Owners and managers invite people">
				Ask one of them to invite your colleague.
			</EmptyState>
		);
	}

	const isOwner = session.workspace?.role === "owner";
	const withdraw = (invitation: Invitation) =>
		(isOwner || invitation.role !== "owner") && (
			<Button size="sm" look="ghost" icon="x" onClick={() => setWithdrawing(invitation)}>
				Withdraw<span class="sr-only"> the invitation of {invitation.email}</span>
			</Button>
		);
	const columns: Column<Invitation>[] = [
		{ key: "email", label: "Email", cell: (each) => <span class="font-medium">{each.email}</span> },
		{ key: "role", label: "Role", class: "text-ink-2", cell: (each) => roleLabel(each.role) },
		{ key: "sent", label: "Sent", class: "text-ink-2", cell: (each) => <Time at={each.createdAt} /> },
		{
			key: "expires",
			label: "Valid until",
			class: "text-ink-2",
			cell: (each) => <Time at={each.expiresAt} />,
		},
		{ key: "actions", label: "Actions", quiet: true, align: "right", cell: withdraw },
	];

	return (
		<>
			<Invite onSent={() => queries.invalidateQueries({ queryKey: ["invitations"] })} />
			<StaleNotice query={query} />
			<Load query={query}>
				{({ invitations, nextCursor }) =>
					invitations.length === 0 ? (
						<EmptyState icon="mail" title="No open invitations">
							People who accept an invitation are listed under Members.
						</EmptyState>
					) : (
						<>
							<Table
								caption="Open invitations"
								columns={columns}
								rows={invitations}
								rowKey={(each) => each.id}
								card={(each) => (
									<div class="grid grid-cols-1 gap-1">
										<div class="truncate font-medium">{each.email}</div>
										<div class="flex items-center justify-between gap-3 text-ink-2">
											<span>
												{roleLabel(each.role)} · <Time at={each.createdAt} prefix="sent " />
											</span>
											{withdraw(each)}
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
					)
				}
			</Load>
			{withdrawing && (
				<Confirm
					danger
					title="Withdraw this invitation?"
					action="Withdraw"
					onClose={() => setWithdrawing(null)}
					run={async () => {
						await api.invitations.withdraw(withdrawing.id);
						await queries.invalidateQueries({ queryKey: ["invitations"] });
						toast("The invitation is withdrawn.");
					}}
				>
					<p>The link in the mail to {withdrawing.email} stops working.</p>
				</Confirm>
			)}
		</>
	);
}

function Invite({ onSent }: { onSent: () => void }) {
	const session = useSession();
	const roles = session.workspace?.role === "owner" ? ROLES : ROLES.filter((role) => role.value !== "owner");
	const form = useForm({
		initial: { email: "", role: "member" },
		fields: ["email", "role"],
		check: ({ email }) => messages({ email: checkEmail(email) }),
		save: async ({ email, role }) => {
			await api.invitations.send(email.trim(), role as Role);
			toast(`The invitation to ${email.trim()} is on its way.`);
			form.replace({ email: "", role });
			onSent();
		},
	});
	return (
		<form ref={form.ref} noValidate class="card mb-4 grid gap-3 p-5" onSubmit={form.submit}>
			{form.general && <FormError>{form.general}</FormError>}
			<div class="grid grid-cols-1 items-start gap-3 sm:grid-cols-[1fr_10rem_auto]">
				<TextField
					label="Email"
					type="email"
					name="email"
					autocomplete="off"
					value={form.values.email}
					onValue={form.set("email")}
					error={form.errors["email"]}
				/>
				<SelectField
					label="Role"
					value={form.values.role}
					onValue={form.set("role")}
					options={roles}
					error={form.errors["role"]}
				/>
				<Button type="submit" look="primary" busy={form.busy} class="sm:mt-[1.625rem]">
					Send invitation
				</Button>
			</div>
		</form>
	);
}
