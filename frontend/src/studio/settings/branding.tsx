import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, asProblem, type Branding, type Palette } from "@/api";
import { Button, Checkbox, Facts, Field, FormError, Icon, Load, TextField, toast, useForm } from "@/ui";
import { properties } from "@/ui/brand";
import { canManage, useSession } from "../session";

const KEY = ["workspace", "branding"];
const COLOUR = /^#[0-9a-f]{6}$/i;
/** Ours, as in theme.css. */
const OURS = "#3f4cc9";
/** Nobody waits for the shades of every colour that is passed while choosing one. */
const PAUSE_MS = 150;

/** How the workspace looks to its clients, with a preview that follows what is typed. */
export function BrandingSettings() {
	const session = useSession();
	const query = useQuery({ queryKey: KEY, queryFn: api.branding.get });
	return (
		<Load query={query}>
			{(branding) =>
				canManage(session) ? (
					<Form branding={branding} />
				) : (
					<div class="card max-w-xl p-5">
						<Facts
							facts={[
								["Colour", branding.accent ?? "Ours"],
								["Who can change it", "Owners and managers"],
							]}
						/>
					</div>
				)
			}
		</Load>
	);
}

function Form({ branding }: { branding: Branding }) {
	const queries = useQueryClient();
	const { workspace } = useSession();
	const name = workspace?.name ?? "Your studio";
	const form = useForm({
		initial: {
			accent: branding.accent ?? "",
			welcome: branding.welcome ?? "",
			inviteSubject: branding.inviteSubject ?? "",
			inviteBody: branding.inviteBody ?? "",
			signature: branding.signature ?? "",
			isWhiteLabel: branding.isWhiteLabel,
		},
		fields: ["accent", "welcome", "inviteSubject", "inviteBody", "signature"],
		check: ({ accent }) =>
			accent.trim() && !COLOUR.test(accent.trim())
				? { accent: "Use a colour as six hexadecimal digits, such as #3f4cc9." }
				: {},
		save: async (values) => {
			const text = (value: string) => value.trim() || null;
			const words = {
				welcome: text(values.welcome),
				inviteSubject: text(values.inviteSubject),
				inviteBody: text(values.inviteBody),
				signature: text(values.signature),
				isWhiteLabel: values.isWhiteLabel,
			};
			const changed = await api.branding.update({
				version: branding.version,
				accent: text(values.accent),
				...(branding.mayWhiteLabel ? words : {}),
			});
			queries.setQueryData(KEY, changed);
			toast("Your branding is saved.");
		},
	});
	const { values, set, errors } = form;
	const palette = usePalette(values.accent.trim());
	const area = (field: "welcome" | "inviteBody" | "signature", label: string, hint: string, maxLength: number) => (
		<Field label={label} hint={hint} error={errors[field]} optional>
			{(control) => (
				<textarea
					{...control}
					class="field min-h-20"
					maxLength={maxLength}
					disabled={!branding.mayWhiteLabel}
					value={values[field]}
					onInput={(event) => set(field)(event.currentTarget.value)}
				/>
			)}
		</Field>
	);
	return (
		<div class="grid items-start gap-6 lg:grid-cols-2">
			<div class="grid gap-6">
				<Logo branding={branding} />
				<form ref={form.ref} noValidate class="card grid gap-5 p-5" onSubmit={form.submit}>
					{form.general && <FormError>{form.general}</FormError>}
					<div class="flex items-end gap-2">
						<TextField
							label="Colour"
							class="grow"
							optional
							autocomplete="off"
							placeholder={OURS}
							hint="Buttons, links and shapes of the portal and of mails."
							value={values.accent}
							onValue={set("accent")}
							error={errors["accent"]}
						/>
						<input
							type="color"
							aria-label="Choose a colour"
							class="mb-6 size-9 shrink-0 cursor-pointer rounded-md border border-line bg-surface p-1"
							value={COLOUR.test(values.accent.trim()) ? values.accent.trim() : OURS}
							onInput={(event) => set("accent")(event.currentTarget.value)}
						/>
					</div>
					{palette?.isCorrected && (
						<p class="flex items-start gap-2 text-active" role="status">
							<Icon name="alert" class="mt-0.5" />
							<span>Text in this colour would be hard to read, so {palette.light.accent} is shown instead.</span>
						</p>
					)}
					{!branding.mayWhiteLabel && (
						<p class="rounded-md bg-sunken p-3 text-ink-2">
							Your own words, and mails and pages without our name, come with Pro Engineer.
						</p>
					)}
					{area("welcome", "Greeting in the portal", "Stands above everything else.", 500)}
					<TextField
						label="Subject of the invitation"
						optional
						autocomplete="off"
						disabled={!branding.mayWhiteLabel}
						maxLength={200}
						hint="{name}, {title} and {workspace} are filled in, here and below."
						value={values.inviteSubject}
						onValue={set("inviteSubject")}
						error={errors["inviteSubject"]}
					/>
					{area("inviteBody", "Text of the invitation", "Above the button that opens the project.", 4000)}
					{area("signature", "Signature", "At the end of the mail.", 1000)}
					<Checkbox
						label="Keep Ledgerline's name from clients"
						disabled={!branding.mayWhiteLabel}
						checked={values.isWhiteLabel}
						onChecked={set("isWhiteLabel")}
					/>
					<Button type="submit" look="primary" class="justify-self-start" busy={form.busy}>
						Save
					</Button>
				</form>
			</div>
			<section aria-label="Preview" class="grid gap-4 lg:sticky lg:top-4">
				<h2 class="font-semibold">Preview</h2>
				<Portal theme="light" name={name} branding={branding} palette={palette} welcome={values.welcome} />
				<Portal theme="dark" name={name} branding={branding} palette={palette} welcome={values.welcome} />
				<MailPreview name={name} branding={branding} palette={palette} values={values} />
			</section>
		</div>
	);
}

/** Shades of what is typed; of what is no colour yet, those of the last one that was. */
function usePalette(accent: string): Palette | null {
	const [settled, setSettled] = useState(accent);
	useEffect(() => {
		const timer = setTimeout(() => setSettled(accent), PAUSE_MS);
		return () => clearTimeout(timer);
	}, [accent]);
	const query = useQuery({
		queryKey: [...KEY, "palette", settled.toLowerCase()],
		queryFn: () => api.branding.palette(settled.toLowerCase()),
		enabled: COLOUR.test(settled),
		staleTime: Number.POSITIVE_INFINITY,
		placeholderData: (before) => before,
	});
	return settled === "" ? null : (query.data ?? null);
}

function Logo({ branding }: { branding: Branding }) {
	const queries = useQueryClient();
	const input = useRef<HTMLInputElement>(null);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<string | null>(null);
	const act = async (run: () => Promise<Branding>, said: string) => {
		setBusy(true);
		setError(null);
		try {
			queries.setQueryData(KEY, await run());
			toast(said);
		} catch (failure) {
			setError(asProblem(failure).message);
		} finally {
			setBusy(false);
		}
	};
	return (
		<div class="card grid gap-3 p-5">
			<h2 class="font-semibold">Logo</h2>
			<div class="flex flex-wrap items-center gap-4">
				{branding.logoUrl ? (
					<img src={branding.logoUrl} alt="Your logo" class="max-h-12 max-w-44 object-contain" />
				) : (
					<p class="text-ink-3">None yet: clients see the first letter of your name.</p>
				)}
				<Button icon="plus" busy={busy} onClick={() => input.current?.click()}>
					{branding.logoUrl ? "Replace" : "Choose a picture"}
				</Button>
				{branding.logoUrl && (
					<Button icon="trash" disabled={busy} onClick={() => act(api.branding.removeLogo, "The logo is gone.")}>
						Remove
					</Button>
				)}
			</div>
			<p class="text-xs text-ink-3">PNG, JPEG, WebP or GIF, up to 1 MB. It is shown 48 pixels high.</p>
			{error && <FormError>{error}</FormError>}
			<input
				ref={input}
				type="file"
				accept="image/png,image/jpeg,image/webp,image/gif"
				class="sr-only"
				tabIndex={-1}
				aria-label="Logo"
				onChange={(event) => {
					const [chosen] = event.currentTarget.files ?? [];
					event.currentTarget.value = "";
					if (chosen) void act(() => api.branding.setLogo(chosen), "Your logo is saved.");
				}}
			/>
		</div>
	);
}

interface PreviewProps {
	name: string;
	branding: Branding;
	palette: Palette | null;
}

function Mark({ name, branding }: Omit<PreviewProps, "palette">) {
	if (branding.logoUrl) return <img src={branding.logoUrl} alt="" class="max-h-9 max-w-36 object-contain" />;
	return (
		<span aria-hidden="true" class="grid size-8 place-items-center rounded-md bg-accent font-semibold text-on-accent">
			{[...name][0]?.toUpperCase()}
		</span>
	);
}

function Portal({
	theme,
	name,
	branding,
	palette,
	welcome,
}: PreviewProps & { theme: "light" | "dark"; welcome: string }) {
	const dark = theme === "dark";
	return (
		<figure class="grid gap-1">
			<div
				class={`${dark ? "theme-dark" : "theme-light"} grid gap-3 rounded-md border border-line bg-page p-4 text-ink`}
				style={palette ? properties(dark ? palette.dark : palette.light) : {}}
			>
				<p class="flex items-center gap-3 font-medium text-ink-2">
					<Mark name={name} branding={branding} />
					{name}
				</p>
				{welcome && branding.mayWhiteLabel && <p class="whitespace-pre-line text-ink-2 wrap-anywhere">{welcome}</p>}
				<div class="rounded-md border border-l-4 border-line border-l-accent bg-surface p-3">
					<p class="font-medium">The first mix is ready</p>
					<p class="mb-3 text-ink-2">
						Listen to it and say what you think, or read <span class="text-accent-ink underline">what has changed</span>
						.
					</p>
					<span class="inline-block rounded-md bg-accent px-3.5 py-2 font-medium text-on-accent">Review the work</span>
				</div>
				<span class="justify-self-start rounded-sm bg-accent-soft px-2 py-1 font-medium text-accent-ink">Files</span>
			</div>
			<figcaption class="text-xs text-ink-3">The portal, {dark ? "dark" : "light"}</figcaption>
		</figure>
	);
}

interface Words {
	inviteSubject: string;
	inviteBody: string;
	signature: string;
	isWhiteLabel: boolean;
}

/** The mail that brings a client their link, as its template says it. */
function MailPreview({ name, branding, palette, values }: PreviewProps & { values: Words }) {
	const own = branding.mayWhiteLabel;
	const filled = (text: string) =>
		text.replaceAll("{workspace}", name).replaceAll("{title}", "Harbour album").replaceAll("{name}", "Ada");
	const body =
		own && values.inviteBody.trim()
			? values.inviteBody
			: "Hello {name},\n\n{workspace} keeps everything about it in one place for you: what is planned, how far it is, and what needs you. You need no account.";
	const subject = own && values.inviteSubject.trim() ? values.inviteSubject : "{title}: your link from {workspace}";
	return (
		<figure class="grid gap-1">
			<div
				class="theme-light grid gap-3 rounded-md border border-line bg-page p-4 text-ink"
				style={palette ? properties(palette.light) : {}}
			>
				<p class="text-ink-2">
					Subject: <span class="font-medium text-ink">{filled(subject)}</span>
				</p>
				<p class="flex items-center gap-3 font-semibold">
					{branding.logoUrl && <img src={branding.logoUrl} alt="" class="max-h-9 max-w-36 object-contain" />}
					{name}
				</p>
				<div class="grid gap-3 rounded-md bg-surface p-4">
					<p class="font-semibold">Harbour album</p>
					<p class="whitespace-pre-line wrap-anywhere">{filled(body)}</p>
					<span class="justify-self-start rounded-md bg-accent px-4 py-2 font-semibold text-on-accent">
						Open your project
					</span>
					{own && values.signature.trim() && (
						<p class="whitespace-pre-line wrap-anywhere">{filled(values.signature)}</p>
					)}
				</div>
				{!(own && values.isWhiteLabel) && <p class="text-xs text-ink-3">Sent with Ledgerline</p>}
			</div>
			<figcaption class="text-xs text-ink-3">The mail that brings the link</figcaption>
		</figure>
	);
}
