import { Link, useSearch } from "wouter-preact";
import { api } from "@/api";
import { Button, FormError, PasswordField, TextField, useForm } from "@/ui";
import { adopt } from "../session";
import { checkEmail, checkName, checkPassword, MIN_PASSWORD, messages } from "./checks";
import { AccountFrame, LINK } from "./frame";

export function SignUp() {
	const search = useSearch();
	const form = useForm({
		initial: { name: "", email: "", password: "", workspaceName: "" },
		fields: ["name", "email", "password", "workspaceName"],
		check: (values) =>
			messages({
				name: checkName(values.name),
				email: checkEmail(values.email),
				password: checkPassword(values.password),
				workspaceName: values.workspaceName.trim() ? undefined : "Give your workspace a name.",
			}),
		save: async (values) =>
			adopt(
				await api.session.signUp({
					name: values.name.trim(),
					email: values.email.trim(),
					password: values.password,
					workspaceName: values.workspaceName.trim(),
				}),
			),
	});
	return (
		<AccountFrame
			title="Create your account"
			lead="A workspace holds your clients and your team."
			foot={
				<>
					Already have an account?{" "}
					<Link href={`/login${search ? `?${search}` : ""}`} className={LINK}>
						Log in
					</Link>
				</>
			}
		>
			<form ref={form.ref} noValidate class="grid gap-4" onSubmit={form.submit}>
				{form.general && <FormError>{form.general}</FormError>}
				<TextField
					label="Your name"
					name="name"
					autocomplete="name"
					value={form.values.name}
					onValue={form.set("name")}
					error={form.errors["name"]}
				/>
				<TextField
					label="Email"
					type="email"
					name="email"
					autocomplete="username"
					value={form.values.email}
					onValue={form.set("email")}
					error={form.errors["email"]}
				/>
				<PasswordField
					label="Password"
					name="password"
					autocomplete="new-password"
					hint={`At least ${MIN_PASSWORD} characters.`}
					value={form.values.password}
					onValue={form.set("password")}
					error={form.errors["password"]}
				/>
				<TextField
					label="Workspace name"
					name="workspaceName"
					autocomplete="organization"
					hint="Your studio or company."
					value={form.values.workspaceName}
					onValue={form.set("workspaceName")}
					error={form.errors["workspaceName"]}
				/>
				<Button type="submit" look="primary" busy={form.busy}>
					Create account
				</Button>
			</form>
		</AccountFrame>
	);
}
