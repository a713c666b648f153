import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { haveAccount, haveSession, heading, newPerson, notice, send, useBrowser, withWindow } from "./browser.js";
import { OPERATOR, READER } from "./settings.js";

/** Imports a file through the API, so that there is a job to see. */
async function importSomething(page) {
	const { csrfToken } = await haveAccount(page, newPerson());
	const uploaded = await page.request.post("/api/imports?filename=console.csv", {
		headers: { "X-CSRF-Token": csrfToken, "Content-Type": "text/csv" },
		data: Buffer.from("name,email\nAda,ada@example.test\n"),
	});
	assert.equal(uploaded.status(), 201, await uploaded.text());
	const { id } = await uploaded.json();
	const started = await send(page, "POST", `/api/imports/${id}/start`, { mapping: { 0: "name", 1: "email" } });
	assert.equal(started.status(), 202, await started.text());
}

describe("console", () => {
	useBrowser();

	test(
		"an operator finds a job by keys and reads its story",
		withWindow({}, async (page, context) => {
			await importSomething(page);
			await context.clearCookies();
			await haveSession(page, OPERATOR);
			await page.goto("/console");
			await page.getByText("Live", { exact: true }).waitFor();
			await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Jobs" }).click();
			const rows = page.getByRole("table", { name: "Jobs" }).locator("tbody tr");
			await rows.first().waitFor();

			await page.keyboard.press("/");
			await page.keyboard.type("que");
			await page.getByRole("option", { name: /^queue:/ }).waitFor();
			await page.keyboard.press("ArrowDown");
			await page.keyboard.press("Enter");
			await page.keyboard.type("imp");
			await page.getByRole("option", { name: /^imports/ }).click();
			await page.keyboard.press("Enter");
			await page.waitForURL(/search=queue%3Aimports/);
			await page.waitForFunction(() =>
				[...document.querySelectorAll("tbody tr")].every((row) =>
					[...row.children].some((cell) => cell.textContent === "imports"),
				),
			);
			await page.getByRole("heading", { name: "Console" }).click();
			await page.keyboard.press("j");
			await page.locator('tr[aria-current="true"]').waitFor();
			const kind = await page.locator('tr[aria-current="true"] a').innerText();
			await page.keyboard.press("Enter");
			await heading(page, kind);
			await heading(page, "Asked for");
			await page.getByText("Arguments", { exact: true }).waitFor();
		}),
	);

	test(
		"pages of jobs go back, also after a reload, and the search says how many fit",
		withWindow({}, async (page) => {
			await haveSession(page, OPERATOR);
			for (let run = 0; run < 60; run++) {
				const ran = await send(page, "POST", "/api/console/schedules/seal_audit/run", { runId: crypto.randomUUID() });
				assert.equal(ran.status(), 200, await ran.text());
			}
			await page.goto("/console/jobs?search=kind%3Aaudit.seal");
			await page.getByText(/^(\d+ jobs fit|More than|Not counted)/).waitFor();
			assert.equal(await page.getByRole("button", { name: "Previous" }).count(), 0);
			await page.getByRole("button", { name: "Next" }).click();
			await page.waitForURL(/cursor=/);
			await page.reload();
			await page.getByRole("button", { name: "Previous" }).click();
			await page.waitForURL((url) => !url.searchParams.has("cursor"));
			await page.getByRole("button", { name: "Next" }).waitFor();
			await page.getByRole("button", { name: "Previous" }).waitFor({ state: "detached" });
		}),
	);

	test(
		"the shortcuts are listed",
		withWindow({}, async (page) => {
			await haveSession(page, OPERATOR);
			await page.goto("/console/jobs");
			await heading(page, "Console");
			await page.keyboard.press("?");
			await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
			await page.keyboard.press("Escape");
			await page.getByRole("dialog").waitFor({ state: "detached" });
		}),
	);

	test(
		"a job that is not there any more is no matter of workspaces",
		withWindow({}, async (page) => {
			await haveSession(page, OPERATOR);
			await page.goto("/console/jobs/00000000-0000-7000-8000-000000000000");
			await page.getByText("it ended more than 30 days ago").waitFor();
			assert.equal(await page.getByText("another workspace").count(), 0);
		}),
	);

	test(
		"a queue is paused and runs again, after saying what it touches",
		withWindow({}, async (page) => {
			await haveSession(page, OPERATOR);
			await page.goto("/console/queues");
			const row = page.getByRole("table", { name: "Queues", exact: true }).getByRole("row").filter({ hasText: "maintenance" });
			await row.getByRole("button", { name: "Pause" }).click();
			await page.getByRole("dialog", { name: "Pause maintenance?" }).getByRole("button", { name: "Pause queue" }).click();
			await notice(page, "maintenance is paused.");
			await row.getByText("Paused", { exact: true }).waitFor();
			await page.reload();
			await row.getByText("Paused", { exact: true }).waitFor();
			await row.getByRole("button", { name: "Resume" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Resume queue" }).click();
			await row.getByText("Open").waitFor();
		}),
	);

	test(
		"a paused queue says who paused it and why",
		withWindow({}, async (page) => {
			await haveSession(page, OPERATOR);
			await page.goto("/console/queues");
			const row = page.getByRole("table", { name: "Queues", exact: true }).getByRole("row").filter({ hasText: "critical" });
			await row.getByRole("button", { name: "Pause" }).click();
			const dialog = page.getByRole("dialog", { name: "Pause critical?" });
			await dialog.getByLabel("Why").fill("The bank is away.");
			await page.keyboard.press("Enter");
			await row.getByText("The bank is away.").waitFor();
			await row.getByText(/^by /).waitFor();
			await page.goto("/console");
			await page.getByText(/The queue critical is paused by .*: The bank is away\./).first().waitFor();
			await page.getByText(/paused queue critical/).first().waitFor();
			await page.goto("/console/queues");
			await row.getByRole("button", { name: "Resume" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Resume queue" }).click();
			await row.getByText("Open").waitFor();
		}),
	);

	test(
		"a schedule is paused, resumed and run now, and its history tells",
		withWindow({}, async (page) => {
			await haveSession(page, OPERATOR);
			await page.goto("/console/schedules");
			await page.getByText("Every day at 03:17, UTC").waitFor();
			await page.getByRole("link", { name: "keep_house" }).click();
			await heading(page, "Next five");
			await page.getByRole("button", { name: "Pause" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Pause schedule" }).click();
			await page.getByText(/Paused by/).first().waitFor();
			await page.getByRole("button", { name: "Resume" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Resume schedule" }).click();
			await page.getByText("On", { exact: true }).waitFor();
			await page.getByRole("button", { name: "Run now" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Run now" }).click();
			const row = page.getByRole("table", { name: "History" }).getByRole("row").filter({ hasText: "Run by" }).first();
			await row.getByRole("link").click();
			await heading(page, "maintenance.keep_house");
		}),
	);

	test(
		"a node is quieted and works again, and an entry tells so as it happens",
		withWindow({}, async (page) => {
			await haveSession(page, OPERATOR);
			await page.goto("/console/nodes");
			await page.getByRole("link", { name: /^worker-/ }).first().click();
			await heading(page, "What it runs now");
			await page.getByRole("button", { name: "Quiet" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Take no new work" }).click();
			await page.getByText("Quiet", { exact: true }).waitFor();
			await page.getByRole("button", { name: "Work again" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Work again" }).click();
			await page.getByText("Alive", { exact: true }).waitFor();
			await page.goto("/console");
			await page.getByText(/let node worker-.* work again/).first().waitFor();
		}),
	);

	test(
		"a batch tells how far it is and leads to its jobs",
		withWindow({}, async (page, context) => {
			await importSomething(page);
			await context.clearCookies();
			await haveSession(page, OPERATOR);
			await page.goto("/console/batches");
			await page.getByRole("table", { name: "Batches" }).getByRole("link").first().waitFor();
			await page.keyboard.press("j");
			await page.locator('tr[aria-current="true"]').waitFor();
			await page.keyboard.press("Enter");
			await page.getByRole("progressbar").first().waitFor();
			await page.getByRole("link", { name: "Its jobs" }).click();
			await page.getByRole("table", { name: "Jobs" }).getByRole("link").first().waitFor();
		}),
	);

	test(
		"a read-only operator sees everything and can change nothing",
		withWindow({}, async (page) => {
			await haveSession(page, READER);
			await page.goto("/console/queues");
			await page.getByText("Read-only").waitFor();
			await page.getByRole("row").filter({ hasText: "maintenance" }).first().waitFor();
			assert.equal(await page.getByRole("button", { name: /Pause|Resume/ }).count(), 0);
			await page.getByText("Ask a full operator to act.").waitFor();
			await page.goto("/console/schedules/keep_house");
			await heading(page, "Next five");
			await page.getByText("Ask a full operator to act.").waitFor();
			assert.equal(await page.getByRole("button", { name: /Pause|Resume|Run now/ }).count(), 0);
			await page.goto("/console/nodes");
			await page.getByRole("link", { name: /^worker-/ }).first().click();
			await page.getByText("Ask a full operator to act.").waitFor();
			assert.equal(await page.getByRole("button", { name: /Quiet|Stop/ }).count(), 0);
			const refused = await send(page, "POST", "/api/console/queues/maintenance/pause", {});
			assert.equal(refused.status(), 403);
			await page.goto("/console/jobs?search=state:dead");
			await page.getByRole("row").nth(1).getByRole("link").click();
			await heading(page, "Asked for");
			assert.equal(await page.getByRole("button", { name: /Retry|Cancel job/ }).count(), 0);
		}),
	);

	test(
		"who is no operator finds no console",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await page.goto("/console");
			await page.getByText("There is no such page").waitFor();
			assert.equal(await page.getByRole("link", { name: "Console" }).count(), 0);
			assert.equal((await page.request.get("/api/console/overview")).status(), 404);
		}),
	);
});
