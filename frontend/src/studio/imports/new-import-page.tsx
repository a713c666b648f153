import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { api, asProblem } from "@/api";
import { Button, FormError, formatBytes, Icon, Page, Progress } from "@/ui";

const LIMIT_BYTES = 500_000_000;

type Step = { at: "choose" } | { at: "sending"; file: File; sent: number; total: number; since: number };

/** Why a file is not worth sending, or null. */
function refuse(file: File): string | null {
	if (file.size === 0) return "This file is empty.";
	if (file.size > LIMIT_BYTES) return `This file has ${formatBytes(file.size)}. The limit is 500 MB.`;
	return null;
}

export function NewImportPage() {
	const [, navigate] = useLocation();
	const queries = useQueryClient();
	const [step, setStep] = useState<Step>({ at: "choose" });
	const [error, setError] = useState<string | null>(null);
	const [over, setOver] = useState(false);
	const input = useRef<HTMLInputElement>(null);
	const abort = useRef<AbortController | null>(null);

	useEffect(() => () => abort.current?.abort(), []);

	const send = async (file: File | undefined) => {
		if (!file || step.at === "sending") return;
		const refusal = refuse(file);
		setError(refusal);
		if (refusal) return;
		const controller = new AbortController();
		abort.current = controller;
		const since = Date.now();
		setStep({ at: "sending", file, sent: 0, total: file.size, since });
		try {
			const made = await api.imports.upload(
				file,
				(sent, total) => setStep({ at: "sending", file, sent, total, since }),
				controller.signal,
			);
			queries.setQueryData(["imports", "one", made.id], made);
			queries.invalidateQueries({ queryKey: ["imports", "list"] });
			navigate(`/imports/${made.id}`, { replace: true });
		} catch (failure) {
			const problem = asProblem(failure);
			if (problem.code !== "aborted") setError(problem.errors[0]?.message ?? problem.message);
			setStep({ at: "choose" });
		}
	};

	return (
		<Page title="New import" back={{ href: "/imports", label: "Imports" }}>
			<div class="grid max-w-2xl gap-4">
				{error && <FormError>{error}</FormError>}
				{step.at === "choose" ? (
					// biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the button is everyone's
					<div
						class={`grid justify-items-center gap-2 rounded-md border border-dashed px-6 py-14 text-center transition-colors duration-100 ${over ? "border-accent-ink bg-accent-soft" : "border-control bg-surface"}`}
						onDragOver={(event) => {
							event.preventDefault();
							setOver(true);
						}}
						onDragLeave={() => setOver(false)}
						onDrop={(event) => {
							event.preventDefault();
							setOver(false);
							send(event.dataTransfer?.files[0]);
						}}
					>
						<span class="mb-1 grid size-11 place-items-center rounded-full bg-accent-soft text-accent-ink">
							<Icon name="imports" size={20} />
						</span>
						<p class="text-lg font-semibold">Drop a CSV file here</p>
						<p class="text-ink-2">
							From Google Contacts, Outlook, HubSpot, Mailchimp or any spreadsheet, up to 500&nbsp;MB.
						</p>
						<Button class="mt-3" look="primary" onClick={() => input.current?.click()}>
							Choose a file
						</Button>
						<input
							ref={input}
							type="file"
							aria-label="CSV file"
							tabIndex={-1}
							class="sr-only"
							accept=".csv,.tsv,.txt,text/csv"
							onChange={(event) => {
								const field = event.currentTarget;
								send(field.files?.[0]);
								field.value = "";
							}}
						/>
					</div>
				) : (
					<Sending step={step} onStop={() => abort.current?.abort()} />
				)}
				<div class="text-ink-2">
					<h2 class="mb-1 font-semibold text-ink">What happens next</h2>
					<ol class="list-decimal space-y-1 pl-5">
						<li>We find out how the file is written and what its columns hold. You see it and correct it.</li>
						<li>The import runs in the background. You can close the page.</li>
						<li>Rows that cannot be used are listed with the reason, and can be downloaded.</li>
					</ol>
					<p class="mt-3">
						No file yet?{" "}
						<a href={api.imports.sampleFile} download class="font-medium text-accent-ink underline underline-offset-2">
							Download a sample file
						</a>{" "}
						with every column.
					</p>
				</div>
			</div>
		</Page>
	);
}

function Sending({ step, onStop }: { step: Extract<Step, { at: "sending" }>; onStop: () => void }) {
	const seconds = (Date.now() - step.since) / 1000;
	const rate = seconds > 0.5 ? step.sent / seconds : null;
	const read = step.sent >= step.total;
	return (
		<div class="card grid gap-4 p-5">
			<div class="flex items-center gap-3">
				<Icon name="file" size={20} class="text-ink-3" />
				<div class="min-w-0 grow">
					<div class="truncate font-medium">{step.file.name}</div>
					<div class="text-ink-2">
						{read ? "Reading the columns…" : `${formatBytes(step.sent)} of ${formatBytes(step.total)}`}
						{!read && rate && ` · ${formatBytes(rate)} per second`}
					</div>
				</div>
				<Button onClick={onStop}>Stop</Button>
			</div>
			<Progress compact label={`Uploading ${step.file.name}`} done={step.sent} total={step.total} />
		</div>
	);
}
