import { Link, useSearch } from "wouter-preact";
import { api } from "@/api";
import { Button, FormError, PasswordField, TextField, useForm } from "@/ui";
import { adopt } from "../session";
import { checkEmail, messages } from "./checks";
import { AccountFrame, LINK } from "./frame";

export function Login() {
	const search = useSearch();
	const form = useForm({
		initial: { email: "", password: "" },
		fields: ["email", "password"],
		check: ({ email, password }) =>
			messages({ email: checkEmail(email), password: password ? undefined : "Enter your password." }),
		save: async (values) => adopt(await api.session.signIn({ ...values, email: values.email.trim() })),
	});
	return (
		<AccountFrame
			title="Log in"
			foot={
				<>
					New here?{" "}
					<Link href={`/sign-up${search ? `?${search}` : ""}`} className={LINK}>
						Create an account
					</Link>
				</>
			}
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
				<PasswordField
					label="Password"
					name="password"
					autocomplete="current-password"
					value={form.values.password}
					onValue={form.set("password")}
					error={form.errors["password"]}
				/>
				<Button type="submit" look="primary" busy={form.busy}>
					Log in
				</Button>
				<Link href="/forgot-password" className={`${LINK} justify-self-center`}>
					Forgot your password?
				</Link>
			</form>
		</AccountFrame>
	);
}
