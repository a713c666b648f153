// An operator's night: something fails, the cause is mended, and what failed runs again, a few first.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accessibilityFindings, haveSession, heading, send, useBrowser, withWindow } from "./browser.js";
import { deadInvitations, SCREENS, until } from "./jobs.js";
import { OPERATOR, READER } from "./settings.js";

async function noFindings(page, what) {
	assert.deepEqual(await accessibilityFindings(page), [], what);
	const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	assert.ok(overflow <= 0, `${what} is ${overflow} px wider than the screen`);
}

describe("bulk actions", { concurrency: 1 }, () => {
	useBrowser();

	test(
		"a failing kind is found in two clicks and retried, a canary first, then the rest, and the audit log says so",
		withWindow({}, async (page, context) => {
			const { workspace, mails, mend } = await deadInvitations(page, context, 6);
			await mend();
			await page.goto("/clients");
			await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Console" }).click();
			await page.getByRole("table", { name: "Failing kinds" }).getByRole("link", { name: "accounts.send_invitation" }).click();
			await page.waitForURL(/state%3Adead.*kind%3Aaccounts\.send_invitation/);
			await page.getByRole("row").filter({ hasText: workspace }).first().waitFor();
			await page.getByRole("region", { name: "By cause" }).getByText(/The mail was refused for good/).first().waitFor();

			// other tests let invitations die as well: theirs are left alone
			await page.keyboard.press("/");
			await page.keyboard.press("End");
			await page.keyboard.type(` workspace:"${workspace}"`);
			await page.keyboard.press("Enter");
			await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 6);
			await page.getByRole("button", { name: "Choose all that match" }).click();
			await page.getByRole("button", { name: "Retry…" }).click();

			await heading(page, "Retry 6 jobs");
			await heading(page, "6 jobs chosen, 6 of them can be retried");
			await page.getByText("By error").waitFor();
			assert.equal(await mails(), 0, "nothing is done before it is started");
			await page.getByLabel("Jobs of the canary").fill("2");
			await page.getByLabel("Reason").fill("The mail server takes them again.");
			await page.getByRole("button", { name: "Retry the canary" }).click();
			await page.getByText("All of the canary went well").waitFor();
			assert.equal(await mails(), 2, "the canary, and no more");

			await page.reload();
			await page.getByText("All of the canary went well").waitFor();
			await page.getByRole("button", { name: "Let the rest go" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Retry 4 jobs" }).click();
			await page.getByText("Every job has its result").waitFor();
			await until("all mails came", async () => (await mails()) === 6);

			await page.goto("/console/audit");
			const row = page.getByRole("row").filter({ hasText: "Started a bulk action" }).first();
			await row.getByText("The mail server takes them again.").waitFor();
			await page.getByRole("row").filter({ hasText: "Let the rest of a bulk action go" }).first().waitFor();
			await row.getByRole("button", { name: /Details/ }).click();
			await page.getByRole("dialog", { name: "Started a bulk action" }).getByText('"canary": 2').waitFor();
			await page.keyboard.press("Escape");
			await row.getByRole("link", { name: "retry 6 jobs" }).click();
			await heading(page, "Retry 6 jobs");
		}),
	);

	test(
		"a red canary is stopped, and what was not touched stays",
		withWindow({}, async (page, context) => {
			const { search, mails, mend } = await deadInvitations(page, context, 3);
			await page.goto(`/console/jobs?search=${encodeURIComponent(search)}`);
			await page.getByRole("button", { name: "Choose all that match" }).click();
			await page.getByRole("button", { name: "Retry…" }).click();
			await heading(page, "Retry 3 jobs");
			await page.getByRole("button", { name: "Retry the canary" }).click();
			await page.getByText("Jobs of the canary failed again").waitFor();
			await page.getByRole("button", { name: "Stop" }).click();
			await page.getByRole("dialog", { name: "Stop here?" }).getByRole("button", { name: "Stop" }).click();
			await page.getByText(/Stopped by/).waitFor();
			await mend();
			await page.getByRole("navigation", { name: "Jobs by result" }).getByRole("link", { name: "Not yet" }).click();
			await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 2);
			assert.equal(await mails(), 0);
		}),
	);

	test(
		"rows are chosen by keys and by shift-click",
		withWindow({}, async (page, context) => {
			const { search, mend } = await deadInvitations(page, context, 4);
			await mend();
			await page.goto(`/console/jobs?search=${encodeURIComponent(search)}`);
			const ticks = page.getByRole("checkbox", { name: /^Choose accounts\.send_invitation/ });
			await ticks.first().waitFor();
			await page.getByRole("heading", { name: "Console" }).click();
			await page.keyboard.press("j");
			await page.keyboard.press("x");
			await page.getByText("1 job chosen").waitFor();
			await page.keyboard.press("j");
			await page.keyboard.press("j");
			await page.keyboard.press("Shift+X");
			await page.getByText("3 jobs chosen").waitFor();
			await page.getByRole("button", { name: "Clear", exact: true }).click();
			await ticks.nth(0).click();
			await ticks.nth(3).click({ modifiers: ["Shift"] });
			await page.getByText("4 jobs chosen").waitFor();
			// all that match has no single rows: it is cleared as a whole, by mouse and keys
			await page.getByRole("button", { name: "Choose all that match" }).click();
			await page.getByText("All jobs that match").waitFor();
			for (const tick of await ticks.all()) assert.ok((await tick.isChecked()) && (await tick.isDisabled()));
			await page.keyboard.press("x");
			await page.getByText("All jobs that match").waitFor();
			await page.getByRole("button", { name: "Delete…" }).click();
			await heading(page, "Delete 4 jobs");
		}),
	);

	test(
		"every page of it can be used on any screen and by anybody",
		withWindow({}, async (page, context) => {
			const { search, mend } = await deadInvitations(page, context, 3);
			await mend();
			const preview = await send(page, "POST", "/api/console/bulk-actions", { verb: "retry", search });
			assert.equal(preview.status(), 201, await preview.text());
			const { id } = await preview.json();
			const state = await context.storageState();
			const look = async (paths) => {
				for (const { name, options } of SCREENS) {
					const window = await page.context().browser().newContext({ ...options, storageState: state, baseURL: new URL(page.url()).origin });
					const view = await window.newPage();
					for (const [path, text] of paths) {
						await view.goto(path);
						await view.getByText(text).first().waitFor();
						await noFindings(view, `${path}, ${name}`);
					}
					await window.close();
				}
			};
			await page.goto("/console/audit");
			await look([
				[`/console/bulk/${id}`, "3 jobs chosen"],
				["/console/bulk", "Retry 3 jobs"],
				["/console/audit", "CSV file"],
				[`/console/jobs?search=${encodeURIComponent(search)}`, "Choose this page"],
			]);
			const started = await send(page, "POST", `/api/console/bulk-actions/${id}/start`, { canary: 1 });
			assert.equal(started.status(), 202, await started.text());
			await look([[`/console/bulk/${id}`, "Canary of 1 job"]]);
		}),
	);

	test(
		"a page hears what another operator did",
		withWindow({}, async (page, context) => {
			const { search } = await deadInvitations(page, context, 2);
			const preview = await send(page, "POST", "/api/console/bulk-actions", { verb: "delete", search });
			const { id } = await preview.json();
			await page.goto(`/console/bulk/${id}`);
			await page.getByRole("button", { name: "Delete the canary" }).waitFor();
			const started = await send(page, "POST", `/api/console/bulk-actions/${id}/start`, { canary: 1 });
			assert.equal(started.status(), 202, await started.text());
			await page.getByText("All of the canary went well").waitFor();
			const stopped = await send(page, "POST", `/api/console/bulk-actions/${id}/abort`, {});
			assert.equal(stopped.status(), 200, await stopped.text());
			await page.getByText(/Stopped by/).waitFor();
		}),
	);

	test(
		"who may only look can start nothing",
		withWindow({}, async (page, context) => {
			const { search, mend } = await deadInvitations(page, context, 1);
			await mend();
			const preview = await send(page, "POST", "/api/console/bulk-actions", { verb: "retry", search });
			const { id } = await preview.json();
			await context.clearCookies();
			await haveSession(page, READER);
			await page.goto(`/console/bulk/${id}`);
			await page.getByText("Only full operators can start it").waitFor();
			assert.equal(await page.getByRole("button", { name: /Retry|Stop|rest/ }).count(), 0);
			await page.goto(`/console/jobs?search=${encodeURIComponent(search)}`);
			await page.getByRole("row").nth(1).waitFor();
			assert.equal(await page.getByRole("checkbox").count(), 0);
			await page.goto("/console/audit");
			await page.getByText("CSV file").waitFor();
			assert.equal(await page.getByRole("button", { name: "Check now" }).count(), 0);
			const refused = await send(page, "POST", `/api/console/bulk-actions/${id}/start`, {});
			assert.equal(refused.status(), 403);
		}),
	);

	test(
		"the audit log is checked and says that it holds",
		withWindow({}, async (page) => {
			await haveSession(page, OPERATOR);
			await page.goto("/console/audit");
			await page.getByRole("button", { name: "Check now" }).click();
			await page.getByText("All seals hold").waitFor();
			await page.getByText(/entries are sealed, up to/).waitFor();
			await page.getByLabel("Action").selectOption("console.verify_audit");
			await page.waitForURL(/action=console\.verify_audit/);
			await page.getByRole("row").filter({ hasText: "Asked for a check of this log" }).first().waitFor();
			const download = page.waitForEvent("download");
			await page.getByRole("link", { name: "CSV file" }).click();
			assert.equal((await download).suggestedFilename(), "audit.csv");
		}),
	);
});
