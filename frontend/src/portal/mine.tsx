import { useEffect, useState } from "preact/hooks";
import { asProblem } from "@/api/problem";
import { Button } from "../ui/button";
import { plural } from "../ui/format";
import { Icon } from "../ui/icon";
import { StatusBadge } from "../ui/status";
import { Money, Time } from "../ui/values";
import { type ClientDashboard, logOut } from "./data";
import { saidEngagement } from "./words";

/** The page of a client who is logged in: all projects of their address. */
export function Mine({ dashboard }: { dashboard: ClientDashboard }) {
	const { engagements, totalProjects, activeProjects, totalSpent } = dashboard;
	useEffect(() => {
		document.title = "Your projects";
	}, []);
	return (
		<div class="dawn min-h-dvh bg-page pb-12">
			<main class="mx-auto grid max-w-4xl gap-4 px-4 pt-6 sm:px-6 md:pt-10">
				<div class="flex flex-wrap items-center justify-between gap-3">
					<h1 class="text-2xl font-semibold">Your projects</h1>
					<LogOut />
				</div>
				<dl class="grid gap-4 sm:grid-cols-3">
					<Fact name="Projects in all">{totalProjects}</Fact>
					<Fact name="At work">{activeProjects}</Fact>
					<Fact name="Paid so far">
						{totalSpent.length === 0
							? "Nothing yet"
							: totalSpent.map(({ amount, currency }) => (
									<span key={currency} class="block">
										<Money minor={amount} currency={currency} />
									</span>
								))}
					</Fact>
				</dl>
				{engagements.length === 0 ? (
					<section class="card grid justify-items-center gap-2 px-6 py-12 text-center">
						<span class="grid size-11 place-items-center rounded-full bg-idle-soft text-idle">
							<Icon name="file" size={20} />
						</span>
						<h2 class="text-lg font-semibold">No projects yet</h2>
						<p class="max-w-sm text-ink-2">
							Open the link in a mail about your project, and then "Your account" in its help. It stands here from then
							on.
						</p>
					</section>
				) : (
					<ul class="card divide-y divide-line" aria-label={plural(engagements.length, "project")}>
						{engagements.map((engagement) => {
							const said = saidEngagement(engagement);
							return (
								<li key={engagement.proposalId} class="relative px-5 py-4 hover:bg-hover">
									<div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
										<div class="min-w-0">
											<a
												href={`/p/${engagement.proposalId}`}
												class="font-medium wrap-anywhere after:absolute after:inset-0 hover:underline"
											>
												{engagement.title}
											</a>
											<p class="text-ink-3">
												{engagement.workspaceName}
												{engagement.at && <Time at={engagement.at} prefix=" · " />}
											</p>
										</div>
										<StatusBadge tone={said.tone} icon={said.icon}>
											{said.word}
										</StatusBadge>
									</div>
								</li>
							);
						})}
					</ul>
				)}
			</main>
		</div>
	);
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
	return (
		<div class="card p-5">
			<dt class="text-ink-2">{name}</dt>
			<dd class="text-xl font-semibold">{children}</dd>
		</div>
	);
}

function LogOut() {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<string | null>(null);
	const leave = async () => {
		setBusy(true);
		try {
			await logOut();
			location.assign("/login?next=%2Fmy");
		} catch (failure) {
			setError(asProblem(failure).message);
			setBusy(false);
		}
	};
	return (
		<div class="flex flex-wrap items-center gap-3">
			{error && <p role="alert">{error}</p>}
			<Button icon="logOut" busy={busy} onClick={leave}>
				Log out
			</Button>
		</div>
	);
}
