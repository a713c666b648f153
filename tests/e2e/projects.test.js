// A producer's project from the form to the archive, by mouse and by keys.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accessibilityFindings, haveAccount, heading, newPerson, notice, send, useBrowser, withWindow } from "./browser.js";
import { upload, wave } from "./files.js";
import { SCREENS } from "./jobs.js";

const dialog = (page) => page.getByRole("dialog");
const section = (page, name) => page.getByRole("region", { name });

async function haveProject(page, fields = {}) {
	const body = { contact: { name: "Ada Okafor", email: "ada@example.test" }, title: "Album", amountMinor: 120_000, currency: "EUR" };
	const response = await send(page, "POST", "/api/projects", { ...body, ...fields });
	assert.equal(response.status(), 201, await response.text());
	return response.json();
}

async function milestones(page, project, names) {
	for (const name of names) {
		const response = await send(page, "POST", `/api/projects/${project.id}/milestones`, { name, amountMinor: 30_000 });
		assert.equal(response.status(), 201, await response.text());
	}
}

describe("projects", () => {
	useBrowser();

	test(
		"from the form through revisions to the archive",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await page.goto("/projects");
			await page.getByRole("button", { name: "New project" }).first().click();
			await dialog(page).getByRole("button", { name: "Create project" }).click();
			await dialog(page).getByText("Enter a title.").waitFor();
			await dialog(page).getByLabel("Name").fill("Ada Okafor");
			await dialog(page).getByLabel("Email").fill("ada@example.test");
			await dialog(page).getByLabel("Title").fill("Album");
			await dialog(page).getByLabel("Amount").fill("1 200.50");
			await dialog(page).getByLabel("Currency").selectOption("EUR");
			await dialog(page).getByRole("button", { name: "Create project" }).click();
			await heading(page, "Album");
			await page.getByText("Setup").first().waitFor();

			await section(page, "Progress updates").getByRole("button", { name: "Post an update" }).click();
			await dialog(page).getByLabel("Title").fill("Drums are done");
			await dialog(page).getByLabel("Done in percent").fill("40");
			await dialog(page).getByRole("button", { name: "Post", exact: true }).click();
			await section(page, "Progress updates").getByText("Drums are done").waitFor();
			await page.getByText("In progress").first().waitFor();

			await upload(page, "Choose files", [wave("Mix.wav")]);
			await page.getByRole("button", { name: "Submit for review" }).click();
			await dialog(page).getByLabel("What has changed").fill("First mix");
			await dialog(page).getByRole("button", { name: "Submit for review" }).click();
			await page.getByRole("button", { name: "Note revisions" }).click();
			await dialog(page).getByRole("button", { name: "Request revisions" }).click();
			await dialog(page).getByText("Say what is to be changed.").waitFor();
			await dialog(page).getByLabel("What is to be changed").fill("Louder");
			await dialog(page).getByRole("button", { name: "Request revisions" }).click();
			await section(page, "Submission").getByText("Louder").waitFor();
			await page.getByText("Client feedback").first().waitFor();
			await page.getByRole("button", { name: "Submit for review" }).click();
			await dialog(page).getByRole("button", { name: "Submit for review" }).click();
			await section(page, "Submission").getByRole("heading", { name: "Round 2" }).waitFor();
			await page.getByRole("button", { name: "Note approval" }).click();
			await dialog(page).getByRole("button", { name: "Approve the work" }).click();
			await page.getByText("Payment pending").first().waitFor();
			await page.getByRole("button", { name: "Complete", exact: true }).click();
			await dialog(page).getByRole("button", { name: "Complete", exact: true }).click();
			await section(page, "Timeline").getByText("Project completed").waitFor();
			await page.getByRole("button", { name: "More actions" }).click();
			await page.getByRole("menuitem", { name: "Archive" }).click();
			await notice(page, "Album is archived.");
			await page.getByRole("button", { name: "Take out of the archive" }).waitFor();
		}),
	);

	test(
		"milestones are ordered by mouse and by keys, and never cost more than the project",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			const project = await haveProject(page);
			await milestones(page, project, ["Rough mix", "Mix", "Master"]);
			await page.goto(`/projects/${project.id}`);
			const panel = section(page, "Milestones");
			const names = () => panel.getByRole("listitem").locator("p.font-medium").allInnerTexts();
			const saved = () => page.waitForResponse((response) => response.url().endsWith("/milestones/order") && response.ok());
			await panel.getByText("Master").waitFor();
			assert.deepEqual(await names(), ["Rough mix", "Mix", "Master"]);

			let done = saved();
			await panel.getByRole("button", { name: /^Move Rough mix/ }).press("ArrowDown");
			await done;
			await panel.getByText("Rough mix is now 2 of 3.").waitFor({ state: "attached" });
			assert.deepEqual(await names(), ["Mix", "Rough mix", "Master"]);

			await panel.getByRole("button", { name: /^Move Master/ }).scrollIntoViewIfNeeded();
			const grip = await panel.getByRole("button", { name: /^Move Master/ }).boundingBox();
			const first = await panel.getByRole("button", { name: /^Move Mix/ }).boundingBox();
			done = saved();
			await page.mouse.move(grip.x + 8, grip.y + 8);
			await page.mouse.down();
			await page.mouse.move(first.x + 8, first.y - 4, { steps: 8 });
			await page.mouse.up();
			await done;
			assert.deepEqual(await names(), ["Master", "Mix", "Rough mix"]);
			await page.reload();
			await panel.getByText("Master").waitFor();
			assert.deepEqual(await names(), ["Master", "Mix", "Rough mix"]);

			await panel.getByRole("button", { name: "Add a milestone" }).click();
			await dialog(page).getByLabel("Name").fill("Too much");
			await dialog(page).getByLabel("Amount in EUR").fill("400");
			await dialog(page).getByRole("button", { name: "Add", exact: true }).click();
			await dialog(page).getByText(/would add up to more/).waitFor();
			await dialog(page).getByLabel("Amount in EUR").fill("300");
			await dialog(page).getByRole("button", { name: "Add", exact: true }).click();
			await panel.getByText("Too much").waitFor();
			await panel.getByRole("button", { name: "Submit" }).first().click();
			await notice(page, "Master is submitted.");
		}),
	);

	test(
		"deliverables go from state to state",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			const project = await haveProject(page, { amountMinor: 0 });
			await page.goto(`/projects/${project.id}`);
			const panel = section(page, "Deliverables");
			await panel.getByRole("button", { name: "Add a deliverable" }).click();
			await dialog(page).getByLabel("Title").fill("Master");
			await dialog(page).getByLabel("Due on").fill("2027-03-01");
			await dialog(page).getByRole("button", { name: "Add", exact: true }).click();
			await panel.getByText("Mar 1, 2027").waitFor();
			await panel.getByRole("button", { name: "Actions for Master" }).click();
			await page.getByRole("menuitem", { name: "Completed" }).click();
			await notice(page, "Master: completed.");
			await panel.getByText("1 of 1 completed").waitFor();
		}),
	);

	for (const { name, options } of SCREENS) {
		test(
			`are readable by all, ${name}`,
			withWindow(options, async (page) => {
				await haveAccount(page, newPerson());
				const check = async (path, shown) => {
					await page.goto(path);
					await page.getByText(shown).first().waitFor();
					assert.deepEqual(await accessibilityFindings(page), [], path);
					const overflow = await page.evaluate(
						() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
					);
					assert.ok(overflow <= 0, `${path} is ${overflow} px wider than the screen`);
				};
				await check("/projects", "No projects yet");
				const project = await haveProject(page, { description: "Ten songs", deadline: "2027-03-01T12:00:00Z" });
				await milestones(page, project, ["Rough mix", "Master"]);
				await send(page, "POST", "/api/deliverables", { contactId: project.contact.id, projectId: project.id, title: "Stems" });
				await page.goto(`/projects/${project.id}`);
				await upload(page, "Choose files", [wave("Mix.wav")]);
				await send(page, "POST", `/api/submissions/${project.submission.id}/submit`, { summary: "First mix" });
				await send(page, "POST", `/api/projects/${project.id}/progress-updates`, { title: "Half way", percent: 50 });
				const said = { id: crypto.randomUUID(), body: "The first mix is there: https://example.com/mix" };
				await send(page, "POST", `/api/projects/${project.id}/messages`, said);
				await send(page, "POST", `/api/projects/${project.id}/messages`, {
					id: crypto.randomUUID(),
					body: "And the second.",
					parentId: said.id,
				});
				await check("/projects", "Album");
				await check("/projects?new=yes", "Who it is for");
				await check("/projects?stage=paid", "No project fits");
				await check(`/projects/${project.id}`, "First mix");
				await page.getByRole("button", { name: "1 answer" }).click();
				await page.getByRole("log", { name: "Thread" }).waitFor();
				// what a bar of the page covers for now by a few pixels is no small target
				await page.evaluate(() => scrollTo(0, 0));
				assert.deepEqual(await accessibilityFindings(page), [], "a thread");
				await check(`/projects/${project.id}?edit=yes`, "Save changes");
				await check("/projects/00000000-0000-7000-8000-000000000000", "Not found");
			}),
		);
	}
});
