// What a client does with a link: opens it on a phone, finds their way, loses the link and gets a new one.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import {
	accessibilityFindings,
	haveAccount,
	heading,
	linkFromMail,
	newPerson,
	send,
	useBrowser,
	withWindow,
} from "./browser.js";
import { SCREENS, write } from "./jobs.js";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const LINK = /^\/l\/[A-Za-z0-9_-]{43}$/;

/** An engagement with all that the portal can show, and its client. */
async function engagement(page, { approved = true } = {}) {
	const session = await haveAccount(page, newPerson("Nina Producer"));
	const email = newPerson("Ada Client").email;
	const client = await (await send(page, "POST", "/api/clients", { name: "Kite Records", email })).json();
	const [proposal, contact, project, phase] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
	const workspace = session.workspace.id;
	const user = session.user.id;
	await write(`
		insert into contacts (id, workspace_id, client_id, name, email, created_at, updated_at)
			values ('${contact}', '${workspace}', '${client.id}', 'Ada Client', '${email}', now(), now());
		insert into proposals (id, workspace_id, client_id, contact_id, title, state, currency, sent_version, sent_at,
			valid_until, created_by, created_at, updated_at)
			values ('${proposal}', '${workspace}', '${client.id}', '${contact}', 'The album',
				'${approved ? "active" : "sent"}', 'EUR', 1, now(), now() + interval '30 days', '${user}', now(), now());
		insert into proposal_versions (workspace_id, proposal_id, version, purpose, total_minor, created_at)
			values ('${workspace}', '${proposal}', 1, 'Twelve songs, recorded live.', 300000, now());
		insert into proposal_phases (workspace_id, proposal_id, version, id, position, title)
			values ('${workspace}', '${proposal}', 1, '${phase}', 0, 'Recording');
		insert into proposal_milestones (workspace_id, proposal_id, version, id, phase_id, position, title, amount_minor, due_on)
			values ('${workspace}', '${proposal}', 1, gen_random_uuid(), '${phase}', 0, 'All takes', 300000, '2031-02-01');
		insert into proposal_instalments (workspace_id, proposal_id, version, id, position, description, amount_minor, due, due_on)
			values ('${workspace}', '${proposal}', 1, gen_random_uuid(), 0, 'Deposit', 100000, 'approval', null),
				('${workspace}', '${proposal}', 1, gen_random_uuid(), 1, 'Rest', 200000, 'date', '2031-06-01')`);
	if (approved) {
		await write(`
			insert into projects (id, workspace_id, client_id, contact_id, proposal_id, title, state, amount_minor, currency,
				stage_since, created_by, created_at, updated_at)
				values ('${project}', '${workspace}', '${client.id}', '${contact}', '${proposal}', 'The album', 'in_progress', 300000,
					'EUR', now(), '${user}', now(), now());
			insert into deliverables (id, workspace_id, contact_id, proposal_id, project_id, title, state, due_on, sort_order,
				completed_at, created_at, updated_at)
				values (gen_random_uuid(), '${workspace}', '${contact}', '${proposal}', '${project}', 'Rough mixes', 'completed', null, 0,
						now(), now(), now()),
					(gen_random_uuid(), '${workspace}', '${contact}', '${proposal}', '${project}', 'Final mixes', 'pending', '2020-01-01', 1,
						null, now(), now());
			insert into milestones (id, workspace_id, project_id, name, amount_minor, sort_order, due_on, created_at, updated_at)
				values (gen_random_uuid(), '${workspace}', '${project}', 'All takes', 300000, 0, '2031-02-01', now(), now());
			insert into payments (id, workspace_id, proposal_id, project_id, position, description, amount_minor, currency, due,
				due_on, state, paid_at, created_at, updated_at)
				values (gen_random_uuid(), '${workspace}', '${proposal}', '${project}', 0, 'Deposit', 100000, 'EUR', 'approval', null,
						'manual', now(), now(), now()),
					(gen_random_uuid(), '${workspace}', '${proposal}', '${project}', 1, 'Rest', 200000, 'EUR', 'date', '2031-06-01',
						'pending', null, now(), now());
			insert into progress_updates (id, workspace_id, project_id, title, body, percent, created_by, created_at)
				values (gen_random_uuid(), '${workspace}', '${project}', 'Strings are recorded', 'No retakes.', 40, '${user}', now())`);
	}
	return { proposal, email };
}

async function give(page, { proposal, email }, body = {}) {
	const made = await send(page, "POST", `/api/proposals/${proposal}/links`, body);
	assert.equal(made.status(), 201, await made.text());
	return linkFromMail(email, LINK);
}

describe("portal", () => {
	useBrowser();

	test(
		"a client opens the link on a phone and finds everything",
		withWindow(PHONE, async (page, context) => {
			const made = await engagement(page);
			const link = await give(page, made);
			await context.clearCookies();
			const referrers = [];
			page.on("request", (request) => referrers.push(request.headers().referer));
			await page.goto(link);
			await heading(page, "Overview");
			assert.equal(page.url(), new URL(`/p/${made.proposal}`, link).href, "the token leaves the address bar");
			await heading(page, "Nothing to do right now");
			await page.getByText("1 of 2 deliverables completed").waitFor();
			await page.getByText("Strings are recorded").waitFor();

			const places = page.getByRole("navigation", { name: "Pages" });
			await places.getByRole("link", { name: "Deliverables" }).click();
			await heading(page, "Deliverables");
			assert.ok(await page.getByRole("heading", { name: "Deliverables" }).evaluate((h) => h === document.activeElement));
			await page.getByText("Overdue").waitFor();
			await places.getByRole("link", { name: "Timeline" }).click();
			await page.getByText("All takes").waitFor();
			await places.getByRole("link", { name: "Payments" }).click();
			await page.getByText("3\u202f000 EUR").first().waitFor();
			await places.getByRole("link", { name: "Proposal" }).click();
			await page.getByText("Twelve songs, recorded live.").waitFor();
			await places.getByRole("link", { name: "Help" }).click();
			await page.getByRole("button", { name: "Mail me the link again" }).click();
			await page.getByText("The link was mailed again.").waitFor();
			await linkFromMail(made.email, LINK, { after: 1 });
			assert.deepEqual(referrers.filter(Boolean), [], "no request tells where it comes from");

			await page.reload();
			await heading(page, "Help");
			await page.getByRole("button", { name: "Forget me on this device" }).click();
			await heading(page, "This link does not work");
			await page.goto(link);
			await heading(page, "Overview");
		}),
	);

	test(
		"whoever has lost the link gets a new one by mail",
		withWindow(PHONE, async (page, context) => {
			const made = await engagement(page, { approved: false });
			await give(page, made);
			await context.clearCookies();
			await page.goto(`/l/${"x".repeat(43)}`);
			await heading(page, "This link does not work");
			await page.getByRole("button", { name: "Send me a new link" }).click();
			assert.equal(await page.getByLabel("Email").getAttribute("aria-invalid"), "true");
			await page.getByLabel("Email").fill(made.email);
			await page.getByRole("button", { name: "Send me a new link" }).click();
			await heading(page, "Look into your mail");
			await page.goto(await linkFromMail(made.email, LINK, { after: 1 }));
			await heading(page, "Read the proposal");
			await page.getByRole("link", { name: "Read the proposal" }).click();
			await page.getByText("Due when you approve").waitFor();
		}),
	);

	test(
		"an access code is asked for, and a wrong one is named at its field",
		withWindow(PHONE, async (page, context) => {
			const made = await engagement(page);
			const link = await give(page, made, { accessCode: "blue whale" });
			await context.clearCookies();
			await page.goto(link);
			await heading(page, "Enter your access code");
			await page.getByLabel("Access code").fill("green whale");
			await page.getByRole("button", { name: "Open" }).click();
			await page.locator('[aria-invalid="true"]').waitFor();
			await page.getByLabel("Access code").fill("blue whale");
			await page.getByRole("button", { name: "Open" }).click();
			await heading(page, "Overview");
		}),
	);

	for (const { name, options } of SCREENS) {
		test(
			`every page of the portal, ${name}`,
			withWindow(options, async (page, context) => {
				const made = await engagement(page);
				const check = async (path, shown) => {
					await page.goto(path);
					await page.getByText(shown).first().waitFor();
					assert.deepEqual(await accessibilityFindings(page), [], path);
					const overflow = await page.evaluate(
						() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
					);
					assert.ok(overflow <= 0, `${path} is ${overflow} px wider than the screen`);
				};
				const at = (path) => `/p/${made.proposal}${path}`;
				await check(at(""), "Preview: you see what your client sees.");
				const link = await give(page, made);
				await context.clearCookies();
				await check(at(""), "Send me a new link");
				await page.goto(link);
				await check(at(""), "Where it stands");
				await check(at("/files"), "Your files");
				await check(at("/deliverables"), "Final mixes");
				await check(at("/timeline"), "All takes");
				await check(at("/messages"), "Nothing was written yet.");
				await check(at("/payments"), "Schedule");
				await check(at("/proposal"), "What it costs");
				await check(at("/help"), "What this is");
				await check(at("/nothing-here"), "There is no such page");
			}),
		);
	}
});
