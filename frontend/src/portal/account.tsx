import { useState } from "preact/hooks";
import { asProblem, type Problem } from "@/api/problem";
import { Button } from "../ui/button";
import { FormError, PasswordField, TextField } from "../ui/field";
import { useForm } from "../ui/form";
import { api } from "./data";
import { Card, Heading } from "./shell";
import { usePortal } from "./use-page";

type Stage = "ask" | "create" | "login";

/** An account is for those who want one: the code shows that they read the mails of the address that is registered. */
export function Account() {
	const { portalData, preview } = usePortal().page;
	const [stage, setStage] = useState<Stage>("ask");
	return (
		<>
			<Heading lead="With an account you see all your projects on one page, without their links.">Your account</Heading>
			<Card>
				{preview ? (
					<p class="text-ink-2">Your client can open an account here.</p>
				) : stage === "ask" ? (
					<Ask done={() => setStage("create")} />
				) : stage === "create" ? (
					<Create taken={() => setStage("login")} />
				) : (
					<LogIn email={portalData.client.contactEmail} />
				)}
			</Card>
		</>
	);
}

function Ask({ done }: { done: () => void }) {
	const { page } = usePortal();
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<Problem | null>(null);
	const ask = async () => {
		setBusy(true);
		setProblem(null);
		try {
			await api.act("account-codes", {});
			done();
		} catch (error) {
			setProblem(asProblem(error));
		} finally {
			setBusy(false);
		}
	};
	return (
		<div class="grid gap-4">
			{problem && (
				<FormError>
					{problem.message}{" "}
					{problem.code === "has_account" && (
						<a href="/my" class="underline underline-offset-4">
							See all your projects
						</a>
					)}
				</FormError>
			)}
			<p class="text-ink-2">
				First we mail a code to the address that {page.more.workspaceName} knows, to see that it is yours. You can go on
				without an account as long as you like.
			</p>
			<Button look="primary" icon="mail" class="justify-self-start" busy={busy} onClick={ask}>
				Mail me a code
			</Button>
		</div>
	);
}

function Create({ taken }: { taken: () => void }) {
	const { page } = usePortal();
	const form = useForm({
		initial: { code: "", name: page.more.visitorName, password: "", passwordConfirmation: "" },
		fields: ["code", "name", "password", "passwordConfirmation"],
		check: ({ code, password, passwordConfirmation }) => ({
			...(code.trim() ? {} : { code: "Enter the code of the mail." }),
			...(password.length < 8 ? { password: "Use at least 8 characters." } : {}),
			...(password === passwordConfirmation ? {} : { passwordConfirmation: "This is not the same password." }),
		}),
		save: async (values) => {
			try {
				await api.act("account", values);
			} catch (error) {
				if (asProblem(error).code !== "email_taken") throw error;
				taken();
				return;
			}
			location.assign("/my");
		},
	});
	return (
		<form ref={form.ref} noValidate class="grid max-w-md gap-4" onSubmit={form.submit}>
			<p class="text-ink-2" role="status">
				The code is on its way. It is good for half an hour.
			</p>
			{form.general && <FormError>{form.general}</FormError>}
			<TextField
				label="Code"
				autocomplete="one-time-code"
				value={form.values.code}
				onValue={form.set("code")}
				error={form.errors["code"]}
			/>
			<TextField
				label="Your name"
				autocomplete="name"
				value={form.values.name}
				onValue={form.set("name")}
				error={form.errors["name"]}
			/>
			<PasswordField
				label="Password"
				hint="At least 8 characters."
				autocomplete="new-password"
				value={form.values.password}
				onValue={form.set("password")}
				error={form.errors["password"]}
			/>
			<PasswordField
				label="The password once more"
				autocomplete="new-password"
				value={form.values.passwordConfirmation}
				onValue={form.set("passwordConfirmation")}
				error={form.errors["passwordConfirmation"]}
			/>
			<Button type="submit" look="primary" busy={form.busy} class="justify-self-start">
				Open the account
			</Button>
		</form>
	);
}

function LogIn({ email }: { email: string | null }) {
	const form = useForm({
		initial: { code: "", password: "" },
		fields: ["code", "password"],
		check: ({ code, password }) => ({
			...(code.trim() ? {} : { code: "Enter the code of the mail." }),
			...(password ? {} : { password: "Enter your password." }),
		}),
		save: async (values) => {
			await api.act("account/login", values);
			location.assign("/my");
		},
	});
	return (
		<form ref={form.ref} noValidate class="grid max-w-md gap-4" onSubmit={form.submit}>
			<p class="text-ink-2" role="status">
				{email ?? "Your address"} has an account already. Log in, and this project is among yours.
			</p>
			{form.general && <FormError>{form.general}</FormError>}
			<TextField
				label="Code"
				autocomplete="one-time-code"
				value={form.values.code}
				onValue={form.set("code")}
				error={form.errors["code"]}
			/>
			<PasswordField
				label="Password"
				autocomplete="current-password"
				value={form.values.password}
				onValue={form.set("password")}
				error={form.errors["password"]}
			/>
			<Button type="submit" look="primary" busy={form.busy} class="justify-self-start">
				Log in
			</Button>
		</form>
	);
}
