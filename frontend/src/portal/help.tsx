import { useState } from "preact/hooks";
import { asProblem } from "@/api/problem";
import { Button, ButtonLink } from "../ui/button";
import { FormError, Select } from "../ui/field";
import { Icon } from "../ui/icon";
import { chooseTheme, type ThemeChoice, useTheme } from "../ui/theme";
import { api } from "./data";
import { Card, Heading } from "./shell";
import { usePortal } from "./use-page";

const THEMES = [
	{ value: "system", label: "As this device" },
	{ value: "light", label: "Light" },
	{ value: "dark", label: "Dark" },
];

export function Help() {
	const { page } = usePortal();
	const from = page.more.workspaceName;
	const theme = useTheme();
	return (
		<>
			<Heading>Help</Heading>
			<Card>
				<h2 class="mb-2 text-lg font-semibold">What this is</h2>
				<p class="text-ink-2">
					{from} shows you here what is planned, how far it is and what needs you. You got here with a link from a mail.
					You need no account. When something needs you, you get a mail, and the overview says it first.
				</p>
			</Card>
			<Card>
				<h2 class="mb-2 text-lg font-semibold">Your link</h2>
				<p class="mb-4 text-ink-2">
					The link is yours alone: whoever has it sees what you see. If others may have it, ask {from} for another one.
				</p>
				{page.preview ? <p class="text-ink-3">Your client can have the link mailed again here.</p> : <Links />}
			</Card>
			<Card>
				<h2 class="mb-2 text-lg font-semibold">Your account</h2>
				<p class="mb-4 text-ink-2">
					If you have several projects, an account shows them on one page. You can do everything here without one.
				</p>
				<ButtonLink href="/account">Open an account</ButtonLink>
			</Card>
			<Card>
				<h2 class="mb-3 text-lg font-semibold">How it looks</h2>
				<div class="max-w-60">
					<Select
						aria-label="Colours"
						value={theme}
						options={THEMES}
						onValue={(value) => chooseTheme(value as ThemeChoice)}
					/>
				</div>
			</Card>
		</>
	);
}

function Links() {
	const [busy, setBusy] = useState<"send" | "leave" | null>(null);
	const [sent, setSent] = useState(false);
	const [error, setError] = useState<string | null>(null);
	const run = async (what: "send" | "leave") => {
		setBusy(what);
		setError(null);
		try {
			if (what === "send") {
				await api.sendNewLink();
				setSent(true);
			} else {
				await api.leave();
				location.reload();
			}
		} catch (failure) {
			setError(asProblem(failure).message);
		} finally {
			setBusy(null);
		}
	};
	return (
		<div class="grid gap-3">
			{error && <FormError>{error}</FormError>}
			<p role="status" class={sent ? "flex items-center gap-2 text-done" : "sr-only"}>
				{sent && (
					<>
						<Icon name="check" /> The link was mailed again.
					</>
				)}
			</p>
			<div class="flex flex-wrap gap-3">
				<Button icon="mail" busy={busy === "send"} onClick={() => run("send")}>
					Mail me the link again
				</Button>
				<Button icon="logOut" busy={busy === "leave"} onClick={() => run("leave")}>
					Forget me on this device
				</Button>
			</div>
		</div>
	);
}
