import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../ui/button";
import { FormError, PasswordField, TextField } from "../ui/field";
import { useForm } from "../ui/form";
import { Icon, type IconName } from "../ui/icon";
import { api } from "./data";

function Frame({ icon, title, children }: { icon: IconName; title: string; children: ComponentChildren }) {
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		document.title = title;
	}, [title]);
	return (
		<div class="dawn grid min-h-dvh content-start justify-items-center bg-page px-4 py-10 sm:content-center">
			<main class="card arrives grid w-full max-w-md gap-4 p-6 sm:p-8">
				<span class="grid size-11 place-items-center rounded-full bg-accent-soft text-accent-ink">
					<Icon name={icon} size={20} />
				</span>
				<h1 ref={heading} tabIndex={-1} class="text-xl font-semibold">
					{title}
				</h1>
				{children}
			</main>
		</div>
	);
}

/** The one page for every link that does not work: what is wrong with it is told to nobody. */
export function Closed() {
	const [asked, setAsked] = useState(false);
	const form = useForm({
		initial: { email: "" },
		fields: ["email"],
		check: ({ email }) => (email.trim() ? {} : { email: "Enter the email address that the link was sent to." }),
		save: async ({ email }) => {
			await api.requestLink(email.trim());
			setAsked(true);
		},
	});
	if (asked) {
		return (
			<Frame icon="mail" title="Look into your mail">
				<p class="text-ink-2" role="status">
					If your address belongs to a project, a mail with a new link is on its way. If it does not come, ask whoever
					sent you the link: access to a project may have ended.
				</p>
			</Frame>
		);
	}
	return (
		<Frame icon="clock" title="This link does not work">
			<p class="text-ink-2">
				It may be old, or not complete. Enter the email address that it was sent to, and you get a new one.
			</p>
			<form ref={form.ref} class="grid gap-4" noValidate onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<TextField
					label="Email"
					type="email"
					autocomplete="email"
					value={form.values.email}
					onValue={form.set("email")}
					error={form.errors["email"]}
				/>
				<Button type="submit" look="primary" busy={form.busy}>
					Send me a new link
				</Button>
			</form>
		</Frame>
	);
}

export function Code({ csrfToken }: { csrfToken: string | null }) {
	const form = useForm({
		initial: { code: "" },
		fields: ["code"],
		check: ({ code }) => (code.trim() ? {} : { code: "Enter the access code." }),
		save: async ({ code }) => {
			await api.giveCode(code, csrfToken);
			location.reload();
		},
	});
	return (
		<Frame icon="keyboard" title="Enter your access code">
			<p class="text-ink-2">Whoever sent you the link has given you a code for it.</p>
			<form ref={form.ref} class="grid gap-4" noValidate onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<PasswordField
					label="Access code"
					autocomplete="off"
					value={form.values.code}
					onValue={form.set("code")}
					error={form.errors["code"]}
				/>
				<Button type="submit" look="primary" busy={form.busy}>
					Open
				</Button>
			</form>
		</Frame>
	);
}
