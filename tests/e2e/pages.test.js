// Every page in both themes, on a phone and on a desk: axe finds nothing, nothing is wider than the screen.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accessibilityFindings, haveAccount, haveSession, newPerson, send, useBrowser, withWindow } from "./browser.js";
import { SCREENS, until } from "./jobs.js";
import { OPERATOR } from "./settings.js";

async function check(page, path, shown) {
	await page.goto(path);
	await page.getByText(shown).first().waitFor();
	const findings = await accessibilityFindings(page);
	assert.deepEqual(findings, [], path);
	const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	assert.ok(overflow <= 0, `${path} is ${overflow} px wider than the screen`);
}

/** A workspace in which no list is empty. */
async function furnish(page) {
	const { csrfToken } = await haveAccount(page, newPerson());
	const client = await send(page, "POST", "/api/clients", {
		name: "Ada Okafor",
		email: "ada@example.test",
		company: "Harbor Sound",
		phone: "+46 70 123 45 67",
		timezone: "Europe/Stockholm",
		genres: ["Ambient"],
		budgetMinor: { min: 150_000, max: 480_000 },
		budgetCurrency: "EUR",
		communication: { email: true, sms: false, phone: true },
		satisfaction: 4,
		referralSource: "Podcast",
		notes: "Prefers WAV.",
	});
	assert.equal(client.status(), 201, await client.text());
	const upload = async (name, text = "name,email,city\nBo,bo@example.test,Oslo\n,nobody@example.test,Rome\n") => {
		const response = await page.request.post(`/api/imports?filename=${name}`, {
			headers: { "X-CSRF-Token": csrfToken, "Content-Type": "text/csv" },
			data: Buffer.from(text),
		});
		assert.equal(response.status(), 201, await response.text());
		return response.json();
	};
	const person = { name: "Bo Berg", email: "bo@kite.example", title: "Producer", company: "Kite", access: "review" };
	const contact = await (await send(page, "POST", "/api/contacts", person)).json();
	const plan = {
		purpose: "Ten songs.",
		totalMinor: 100_000,
		phases: [{ id: crypto.randomUUID(), title: "Mixing", endsOn: "2027-01-29" }],
		milestones: [{ id: crypto.randomUUID(), title: "Mixes", amountMinor: 60_000, dueOn: "2027-01-20" }],
		instalments: [{ id: crypto.randomUUID(), description: "All", amountMinor: 100_000, due: "approval" }],
	};
	const offer = { title: "A record", currency: "EUR", contactId: contact.id, plan };
	const proposal = await (await send(page, "POST", "/api/proposals", offer)).json();
	const waiting = await upload("waiting.csv");
	const done = await upload("done.csv");
	await send(page, "POST", `/api/imports/${done.id}/start`, { mapping: { 0: "name", 1: "email" } });
	const twin = await send(page, "POST", "/api/clients", { name: "Ada O.", company: "Harbor Sound", notes: "Twice?" });
	const pair = { clientId: (await client.json()).id, otherId: (await twin.json()).id };
	const merge = await (await send(page, "POST", "/api/merges", pair)).json();
	await send(page, "POST", "/api/invitations", { email: newPerson("Gus Guest").email, role: "member" });
	const kite = await (await send(page, "POST", "/api/clients", { name: "Kite Records", phone: "+46 70 765 43 21" })).json();
	const again = await (await send(page, "POST", "/api/clients", { name: "Kite Rec.", phone: "+46 70 765 43 21" })).json();
	const merged = await (await send(page, "POST", "/api/merges", { clientId: kite.id, otherId: again.id })).json();
	const accepted = await send(page, "POST", `/api/merges/${merged.id}/accept`, {
		keep: kite.id,
		take: [],
		clientVersion: merged.client.version,
		otherVersion: merged.other.version,
	});
	assert.equal(accepted.status(), 200, await accepted.text());
	const undone = await upload("undone.csv", "name\nSomebody Else\n");
	await send(page, "POST", `/api/imports/${undone.id}/start`, { mapping: { 0: "name" } });
	const reached = (state) =>
		until(`the import is ${state}`, async () => (await (await page.request.get(`/api/imports/${undone.id}`)).json()).state === state);
	await reached("completed");
	const undo = await send(page, "POST", `/api/imports/${undone.id}/undo`, {});
	assert.equal(undo.status(), 202, await undo.text());
	await reached("undone");
	return { client: await client.json(), contact, proposal, waiting, done, merge, merged, undone };
}

describe("pages", () => {
	useBrowser();

	for (const { name, options } of SCREENS) {
		test(
			`before logging in, ${name}`,
			withWindow(options, async (page) => {
				await check(page, "/login", "Forgot your password?");
				await check(page, "/sign-up", "Create your account");
				await check(page, "/forgot-password", "Send the link");
				await check(page, "/reset-password", "This link is not complete");
				await page.goto("about:blank");
				await check(page, "/reset-password#a-token", "Choose a new password");
				await check(page, "/invitations", "This link is not complete");
			}),
		);

		test(
			`the studio, ${name}`,
			withWindow(options, async (page) => {
				const { client, contact, proposal, waiting, done, merge, merged, undone } = await furnish(page);
				await check(page, "/clients", "Ada Okafor");
				await check(page, "/clients?search=nobody-fits", "No client fits");
				await check(page, "/clients?email=yes&genre=ambient", "Clear filters");
				await check(page, "/clients?new=yes", "Only the name is needed.");
				await check(page, `/clients/${client.id}`, "Prefers WAV.");
				await check(page, `/clients/${client.id}?edit=yes`, "Save changes");
				await check(page, "/clients/00000000-0000-7000-8000-000000000000", "Not found");
				await check(page, `/clients/${contact.clientId}`, "Review access");
				await check(page, "/companies", "Kite");
				await check(page, "/companies?search=nobody-fits", "No company fits");
				await check(page, "/companies?new=yes", "Your clients do not see them.");
				await check(page, `/companies/${contact.companyId}`, "Review access");
				await page.getByRole("button", { name: "Add contact" }).click();
				await page.getByText("A company that you do not have yet is added.").waitFor();
				assert.deepEqual(await accessibilityFindings(page), []);
				await check(page, "/proposals", "A record");
				await check(page, "/proposals?state=declined", "No proposal fits");
				await check(page, "/proposals?new=yes", "What your client reads first.");
				await check(page, `/proposals/${proposal.id}`, "On approval");
				await check(page, `/proposals/${proposal.id}/edit`, "The sums fit.");
				await check(page, "/imports", "waiting.csv");
				await check(page, "/imports/new", "Drop a CSV file here");
				await check(page, `/imports/${waiting.id}`, "Which column holds what?");
				await check(page, `/imports/${done.id}`, "Completed");
				await page.getByText("Download rejects.csv").first().waitFor();
				await check(page, `/imports/${undone.id}`, "Undone");
				await check(page, "/merges", "Somebody says so");
				await check(page, "/merges?state=merged", "Kite Records and Kite Rec.");
				await check(page, `/merges/${merged.id}`, "was merged into");
				await check(page, `/merges/${merge.id}`, "Keep this one");
				await check(page, "/merges?state=ignored", "Nothing is ignored");
				await check(page, "/settings/workspace", "Workspace name");
				await check(page, "/settings/branding", "The mail that brings the link");
				await check(page, "/settings/members", "(you)");
				await check(page, "/settings/invitations", "Withdraw");
				await check(page, "/no-such-page", "There is no such page");
				await page.goto("/clients");
				await page.getByText("Ada Okafor").first().waitFor();
				await page.getByRole("button", { name: "Search or jump to" }).click();
				await page.getByRole("listbox").waitFor();
				assert.deepEqual(await accessibilityFindings(page), [], "the palette");
			}),
		);

		test(
			`the console, ${name}`,
			withWindow(options, async (page) => {
				await haveSession(page, OPERATOR);
				await check(page, "/console", "Jobs that wait");
				await check(page, "/console?range=week", "Lately");
				await check(page, "/console/schedules", "keep_house");
				await check(page, "/console/schedules/keep_house", "Next five");
				await check(page, "/console/nodes", "Alive");
				await page.getByRole("link", { name: /^worker-/ }).first().click();
				await page.getByText("What it runs now").waitFor();
				await check(page, new URL(page.url()).pathname, "What it runs now");
				await check(page, "/console/batches", "Batches");
				await check(page, "/console/batches/00000000-0000-7000-8000-000000000000", "Not found");
				await check(page, "/console/queues", "maintenance");
				await check(page, "/console/jobs?search=state:dead", "attempt");
				await page.getByRole("main").getByRole("link", { name: /^[a-z_]+\.[a-z_.]+$/ }).first().click();
				await page.getByText("Asked for").first().waitFor();
				assert.deepEqual(await accessibilityFindings(page), [], "a job's page");
			}),
		);
	}
});
