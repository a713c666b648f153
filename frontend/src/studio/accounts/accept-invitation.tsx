import { useQuery } from "@tanstack/react-query";
import { useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { api, asProblem, type InvitationPreview } from "@/api";
import { Button, ButtonLink, FormError, OfflineState, PasswordField, Skeleton, TextField, toast, useForm } from "@/ui";
import { adopt, knownSession, useSessionQuery } from "../session";
import { roleWithArticle } from "../settings/roles";
import { checkName, checkPassword, MIN_PASSWORD, messages, takeToken } from "./checks";
import { AccountFrame } from "./frame";

export function AcceptInvitation() {
	const [token] = useState(takeToken);
	const preview = useQuery({
		queryKey: ["invitation", token],
		queryFn: async () => {
			await knownSession();
			return api.invitations.preview(token);
		},
		enabled: token !== "",
		staleTime: Number.POSITIVE_INFINITY,
	});
	if (!token) {
		return (
			<AccountFrame
				title="This link is not complete"
				lead="Open the link in your mail again, or ask for a new invitation."
			>
				<ButtonLink href="/" class="w-full">
					Go to Ledgerline
				</ButtonLink>
			</AccountFrame>
		);
	}
	if (preview.data) return <Accept key={token} token={token} invitation={preview.data} />;
	if (preview.error && preview.fetchStatus === "idle") {
		const problem = asProblem(preview.error);
		const worthRetrying = problem.status === 0 || problem.status >= 500;
		return (
			<AccountFrame
				key="error"
				title={worthRetrying ? "The invitation could not be loaded" : "This invitation is no longer valid"}
				lead={worthRetrying ? problem.message : "It may have been used, withdrawn or expired. Ask for a new one."}
			>
				{worthRetrying ? (
					<Button look="primary" class="w-full" onClick={() => preview.refetch()}>
						Try again
					</Button>
				) : (
					<ButtonLink href="/" class="w-full">
						Go to Ledgerline
					</ButtonLink>
				)}
			</AccountFrame>
		);
	}
	return (
		<AccountFrame key="loading" title="Your invitation">
			{preview.fetchStatus === "paused" ? <OfflineState /> : <Skeleton lines={3} />}
		</AccountFrame>
	);
}

function Accept({ token, invitation }: { token: string; invitation: InvitationPreview }) {
	const [, navigate] = useLocation();
	const { data: session } = useSessionQuery();
	const isNew = !invitation.hasAccount;
	const isLoggedIn = session?.user.email.toLowerCase() === invitation.email.toLowerCase();
	const form = useForm({
		initial: { name: "", password: "" },
		fields: ["name", "password"],
		check: ({ name, password }) => {
			if (isLoggedIn) return {};
			return isNew
				? messages({ name: checkName(name), password: checkPassword(password) })
				: messages({ password: password ? undefined : "Enter your password." });
		},
		save: async ({ name, password }) => {
			const proof = isLoggedIn ? {} : isNew ? { name: name.trim(), password } : { password };
			adopt(await api.invitations.accept({ token, ...proof }));
			toast(`You joined ${invitation.workspaceName}.`);
			navigate("/", { replace: true });
		},
	});
	return (
		<AccountFrame
			title={`Join ${invitation.workspaceName}`}
			lead={
				<>
					You are invited as {roleWithArticle(invitation.role)} with{" "}
					<span class="font-medium text-ink wrap-anywhere">{invitation.email}</span>.
				</>
			}
		>
			<form ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<input type="hidden" autocomplete="username" value={invitation.email} />
				{isNew && (
					<TextField
						label="Your name"
						name="name"
						autocomplete="name"
						value={form.values.name}
						onValue={form.set("name")}
						error={form.errors["name"]}
					/>
				)}
				{!isLoggedIn && (
					<PasswordField
						label="Password"
						name="password"
						autocomplete={isNew ? "new-password" : "current-password"}
						hint={isNew ? `At least ${MIN_PASSWORD} characters.` : "The password of your Ledgerline account."}
						value={form.values.password}
						onValue={form.set("password")}
						error={form.errors["password"]}
					/>
				)}
				<Button type="submit" look="primary" busy={form.busy}>
					{isNew ? "Create account and join" : "Join"}
				</Button>
			</form>
		</AccountFrame>
	);
}
