// Jobs in the console: finding them, keeping a search, causes, editing, revealing, and what a reader may not.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accessibilityFindings, haveSession, heading, newPerson, notice, send, useBrowser, withWindow } from "./browser.js";
import { deadInvitations, SCREENS, write } from "./jobs.js";
import { OPERATOR, READER } from "./settings.js";

/** The rows of the list, or its cards on a phone. */
const jobs = (page) => page.getByRole("main").getByRole("link", { name: /^[a-z_]+\.[a-z_.]+$/ });

async function fits(page, what) {
	assert.deepEqual(await accessibilityFindings(page), [], what);
	const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	assert.ok(overflow <= 0, `${what} is ${overflow} px wider than the screen`);
}

const list = (search) => `/console/jobs?search=${encodeURIComponent(search)}`;

describe("jobs in the console", { concurrency: 1 }, () => {
	useBrowser();

	for (const { name, options } of SCREENS) {
		test(
			`a search is completed, stands in the address, and says what is wrong with it, ${name}`,
			withWindow(options, async (page) => {
				await haveSession(page, OPERATOR);
				await page.goto("/console/jobs");
				await jobs(page).first().waitFor();
				await page.keyboard.press("/");
				await page.keyboard.type("sta");
				await page.getByRole("option", { name: /^state:/ }).click();
				await page.keyboard.type("dea");
				await page.keyboard.press("ArrowDown");
				await fits(page, "with suggestions");
				await page.keyboard.press("Enter");
				await page.keyboard.press("Enter");
				await page.waitForURL(/search=state%3Adead/);
				await heading(page, "By cause");

				await page.getByLabel("Search jobs").fill("state:dead colour:red");
				await page.keyboard.press("Enter");
				await page.getByText("At character 12: There is no search by “colour”.").waitFor();
				await heading(page, "This search cannot be read");
				await fits(page, "with a mistake");
				await page.getByRole("button", { name: "How to search" }).click();
				await page.getByRole("dialog", { name: "How to search jobs" }).getByText("kind:imports.chunk").waitFor();
				await fits(page, "the help");
				await page.keyboard.press("Escape");

				await page.getByLabel("Search jobs").fill("kind:no.such");
				await page.keyboard.press("Enter");
				await heading(page, "No job fits this search");
				await fits(page, "nothing found");
				await page.getByRole("button", { name: "Clear the search" }).click();
				await jobs(page).first().waitFor();
			}),
		);

		test(
			`a search is kept, opened again and forgotten, ${name}`,
			withWindow(options, async (page) => {
				await haveSession(page, OPERATOR);
				const name = newPerson().workspaceName;
				const search = `since:7d error:"${name}"`;
				await page.goto(list(search));
				await page.getByRole("button", { name: "Kept searches" }).click();
				await page.getByRole("menuitem", { name: "Keep this search" }).click();
				await page.getByRole("button", { name: "Keep search" }).click();
				await page.getByText("Give the search a name.").waitFor();
				await page.getByLabel("Name").fill(name);
				await fits(page, "the dialog");
				await page.getByRole("button", { name: "Keep search" }).click();
				await notice(page, `“${name}” is kept.`);
				await page.goto("/console/jobs");
				await page.getByRole("button", { name: "Kept searches" }).click();
				await fits(page, "the menu");
				await page.getByRole("menuitemradio", { name }).click();
				await page.waitForURL(/since%3A7d/);
				await page.getByRole("button", { name }).click();
				await page.getByRole("menuitem", { name: `Forget “${name}”` }).click();
				await page.getByRole("dialog").getByRole("button", { name: "Forget search" }).click();
				await notice(page, "The search is forgotten.");
				await page.getByRole("button", { name: "Kept searches" }).click();
				await page.getByRole("menuitem", { name: "Keep this search" }).waitFor();
				assert.equal(await page.getByRole("menuitemradio", { name }).count(), 0);
			}),
		);

		test(
			`a dead job is edited, asked for again, and both name each other, ${name}`,
			withWindow(options, async (page, context) => {
				const { search, mails, mend } = await deadInvitations(page, context, 1);
				await mend();
				await page.goto(list(search));
				await jobs(page).first().click();
				await heading(page, "Asked for");
				await page.getByText("By n…@example.test · invited somebody").waitFor();
				await fits(page, "the story of a dead job");
				const original = new URL(page.url()).pathname;

				await page.getByRole("button", { name: "Edit and ask again" }).click();
				const dialog = page.getByRole("dialog", { name: "Edit and ask again" });
				const field = dialog.getByLabel("Arguments");
				const args = await field.inputValue();
				await field.fill(args.replace("{\n", '{\n  "surprise": ,\n'));
				await dialog.getByRole("button", { name: "Ask again" }).click();
				await dialog.getByText("This is not JSON. Look at line 2").waitFor();
				await field.fill(args.replace("{\n", '{\n  "surprise": 1,\n'));
				await dialog.getByRole("button", { name: "Ask again" }).click();
				await dialog.getByText(/surprise/).last().waitFor();
				await fits(page, "the dialog with a mistake");
				await field.fill(args);
				await dialog.getByRole("button", { name: "Ask again" }).click();
				await notice(page, "A copy of the job will run.");
				await page.getByText("as a copy of").waitFor();
				await page.getByText("Succeeded", { exact: true }).first().waitFor({ timeout: 30_000 });
				assert.equal(await mails(), 1, "what had failed is done once");
				await fits(page, "the story of a copy");
				await page.getByText("as a copy of").getByRole("link").click();
				await page.waitForURL(new RegExp(original));
				await heading(page, "Asked for again");
			}),
		);

		test(
			`masked arguments are revealed for a reason, and the audit log says so, ${name}`,
			withWindow(options, async (page, context) => {
				const { search, mend } = await deadInvitations(page, context, 1);
				await mend();
				const { jobs: [{ id }] } = await (await page.request.get(`/api/console/jobs?search=${encodeURIComponent(search)}`)).json();
				// no job of this release has personal data in its arguments; one of an older release might
				await write(`update dead_jobs set args = args || '{"cc": "nina@northlight.example"}' where id = '${id}'`);
				await page.goto(`/console/jobs/${id}`);
				const shown = page.getByRole("region", { name: "Arguments" });
				await shown.getByText('"cc": "••••"').waitFor();
				await page.getByRole("button", { name: "Reveal" }).click();
				const dialog = page.getByRole("dialog", { name: "Reveal the arguments?" });
				await dialog.getByRole("button", { name: "Reveal" }).click();
				await dialog.getByText("Say what you need it for.").waitFor();
				const reason = `She asks where her mail went (${newPerson().workspaceName})`;
				await dialog.getByLabel("Reason").fill(reason);
				await fits(page, "the dialog");
				await dialog.getByRole("button", { name: "Reveal" }).click();
				await shown.getByText("nina@northlight.example").waitFor();
				await fits(page, "what is revealed");
				await page.getByRole("button", { name: "Hide again" }).click();
				await shown.getByText('"cc": "••••"').waitFor();

				await page.goto(`/console/audit?object=${id}`);
				await page.getByRole("button", { name: "Details of Looked at masked arguments" }).click();
				await page.getByRole("dialog", { name: "Looked at masked arguments" }).getByText(reason).first().waitFor();
				await fits(page, "the entry");
			}),
		);
	}

	test(
		"a cause leads to its jobs",
		withWindow({}, async (page, context) => {
			const { search, mend } = await deadInvitations(page, context, 2);
			await mend();
			await page.goto(list(search));
			const causes = page.getByRole("region", { name: "By cause" });
			await causes.getByRole("link", { name: /accounts\.send_invitation, The mail was refused for good/ }).click();
			await page.waitForURL(/fingerprint/);
			await page.getByText("The mail was refused for good").first().waitFor();
			await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 2);
		}),
	);

	test(
		"a reader may look and neither edit, delete nor reveal",
		withWindow({}, async (page, context) => {
			const { search, mend } = await deadInvitations(page, context, 1);
			await mend();
			const { jobs: [{ id }] } = await (await page.request.get(`/api/console/jobs?search=${encodeURIComponent(search)}`)).json();
			await context.clearCookies();
			await haveSession(page, READER);
			await page.goto(`/console/jobs/${id}`);
			await page.getByText("You may look at everything and change nothing.").waitFor();
			assert.equal(await page.getByRole("button", { name: /Retry|Edit|Delete|Reveal/ }).count(), 0);
			const refused = await send(page, "POST", `/api/console/jobs/${id}/reveal`, { reason: "curious" });
			assert.equal(refused.status(), 403);
		}),
	);
});
