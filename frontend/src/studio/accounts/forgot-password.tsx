import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { api } from "@/api";
import { Button, FormError, TextField, useForm } from "@/ui";
import { knownSession } from "../session";
import { checkEmail, messages } from "./checks";
import { AccountFrame, LINK } from "./frame";

export function ForgotPassword() {
	const [sentTo, setSentTo] = useState<string | null>(null);
	const form = useForm({
		initial: { email: "" },
		fields: ["email"],
		check: ({ email }) => messages({ email: checkEmail(email) }),
		save: async ({ email }) => {
			await knownSession();
			await api.session.requestReset(email.trim());
			setSentTo(email.trim());
		},
	});
	const back = (
		<Link href="/login" className={LINK}>
			Back to log in
		</Link>
	);
	if (sentTo) {
		return (
			<AccountFrame key="sent" title="Check your mail" foot={back}>
				<p role="status" class="text-ink-2">
					If <span class="font-medium text-ink wrap-anywhere">{sentTo}</span> belongs to an account, a link to choose a
					new password is on its way. It can take a minute.
				</p>
				<Button class="mt-5 w-full" onClick={() => setSentTo(null)}>
					Use another address
				</Button>
			</AccountFrame>
		);
	}
	return (
		<AccountFrame
			key="ask"
			title="Forgot your password?"
			lead="Enter your email address. We send you a link to choose a new one."
			foot={back}
		>
			<form ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<TextField
					label="Email"
					type="email"
					name="email"
					autocomplete="username"
					value={form.values.email}
					onValue={form.set("email")}
					error={form.errors["email"]}
				/>
				<Button type="submit" look="primary" busy={form.busy}>
					Send the link
				</Button>
			</form>
		</AccountFrame>
	);
}
