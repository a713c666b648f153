import { useState } from "preact/hooks";
import { api } from "@/api";
import { Button, ButtonLink, FormError, PasswordField, useForm } from "@/ui";
import { forget, knownSession } from "../session";
import { checkPassword, MIN_PASSWORD, messages, takeToken } from "./checks";
import { AccountFrame } from "./frame";

export function ResetPassword() {
	const [token] = useState(takeToken);
	const [done, setDone] = useState(false);
	const form = useForm({
		initial: { password: "" },
		fields: ["password"],
		check: ({ password }) => messages({ password: checkPassword(password) }),
		save: async ({ password }) => {
			await knownSession();
			await api.session.completeReset(token, password);
			forget();
			setDone(true);
		},
	});
	if (done) {
		return (
			<AccountFrame
				key="done"
				title="Your password is changed"
				lead="You are logged out everywhere. Log in with the new one."
			>
				<ButtonLink href="/login" look="primary" class="w-full">
					Log in
				</ButtonLink>
			</AccountFrame>
		);
	}
	if (!token) {
		return (
			<AccountFrame
				key="missing"
				title="This link is not complete"
				lead="Open the link in your mail again, or ask for a new one."
			>
				<ButtonLink href="/forgot-password" look="primary" class="w-full">
					Ask for a new link
				</ButtonLink>
			</AccountFrame>
		);
	}
	return (
		<AccountFrame key="choose" title="Choose a new password" lead="This logs you out on all devices.">
			<form ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && (
					<FormError>
						{form.general}{" "}
						<a href="/forgot-password" class="font-medium underline underline-offset-4">
							Ask for a new link
						</a>
					</FormError>
				)}
				<PasswordField
					label="New password"
					name="password"
					autocomplete="new-password"
					hint={`At least ${MIN_PASSWORD} characters.`}
					value={form.values.password}
					onValue={form.set("password")}
					error={form.errors["password"]}
				/>
				<Button type="submit" look="primary" busy={form.busy}>
					Change password
				</Button>
			</form>
		</AccountFrame>
	);
}
