// From a new project to the delivered work: the producer at a desk, the client on a phone, the mail between them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { accessibilityFindings, haveAccount, heading, linkFromMail, newPerson, useBrowser, withWindow } from "./browser.js";
import { upload, wave } from "./files.js";
import { BASE_URL } from "./settings.js";

const PHONE = { baseURL: BASE_URL, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" };
const LINK = /^\/l\/[A-Za-z0-9_-]{43}$/;

const dialog = (page) => page.getByRole("dialog");
const section = (page, name) => page.getByRole("region", { name });

/** The client's phone, for as long as the test lasts. */
async function withPhone(page, body) {
	const context = await page.context().browser().newContext(PHONE);
	context.setDefaultTimeout(15_000);
	try {
		await body(await context.newPage());
	} finally {
		await context.close();
	}
}

async function projectFor(page, email, amount = "0") {
	await page.goto("/projects?new=yes");
	await dialog(page).getByLabel("Name").fill("Ada Okafor");
	await dialog(page).getByLabel("Email").fill(email);
	await dialog(page).getByLabel("Title").fill("Charity single");
	await dialog(page).getByLabel("Amount").fill(amount);
	assert.ok(await dialog(page).getByLabel("Mail the client a link to it").isChecked());
	await dialog(page).getByRole("button", { name: "Create project" }).click();
	await heading(page, "Charity single");
}

async function submit(page, summary) {
	await page.getByRole("button", { name: "Submit for review" }).click();
	await dialog(page).getByLabel("What has changed").fill(summary);
	await dialog(page).getByRole("button", { name: "Submit for review" }).click();
	await section(page, "Submission").getByText(summary).waitFor();
}

describe("the journey", () => {
	useBrowser();

	test(
		"from the invitation to the downloaded work",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson("Nina Producer"));
			const { email } = newPerson("Ada Okafor");
			await projectFor(page, email);
			await withPhone(page, async (phone) => {
				// the client sends a reference
				await phone.goto(await linkFromMail(email, LINK));
				await phone.getByText("Where it stands").waitFor();
				await phone.getByRole("link", { name: "Files" }).first().click();
				await heading(phone, "Files");
				await upload(phone, "Send files", [wave("Demo.wav")]);
				assert.deepEqual(await accessibilityFindings(phone), []);

				// the producer gets it, makes the work and hands it in
				await page.reload();
				const files = section(page, "Files");
				await files.getByText("from the client").waitFor();
				await files.getByRole("button", { name: "Play Demo.wav" }).waitFor({ timeout: 30_000 });
				await upload(page, "Choose files", [wave("Mix.wav", 2), wave("Stems.wav", 3)]);
				assert.deepEqual(await accessibilityFindings(page), []);
				await submit(page, "First mix");
				await files.getByText("handed in with round 1").first().waitFor();

				// the client listens, and wants one of them changed
				await phone.goto(phone.url().replace(/\/files$/, ""));
				await phone.getByRole("link", { name: "Review the work" }).click();
				await phone.getByText("Round 1 is ready for your review").waitFor();
				await phone.getByRole("link", { name: "Look at the files" }).click();
				const mix = phone.getByRole("listitem").filter({ has: phone.getByRole("heading", { name: "Mix.wav" }) });
				await mix.getByRole("button", { name: "Play Mix.wav" }).waitFor();
				await mix.getByRole("button", { name: "Ask for changes" }).click();
				await dialog(phone).getByRole("button", { name: "Ask for changes" }).click();
				await dialog(phone).getByText("Say what is to be changed.").waitFor();
				await dialog(phone).getByLabel("What is to be changed").fill("Louder strings");
				await dialog(phone).getByRole("button", { name: "Ask for changes" }).click();
				await mix.getByText("Changes asked for").waitFor();
				await phone.getByRole("link", { name: "Deliverables" }).first().click();
				await phone.getByRole("button", { name: "Ask for changes" }).click();
				await dialog(phone).getByLabel("What is to be changed").fill("Louder strings in the mix, please");
				await dialog(phone).getByRole("button", { name: "Send to the maker" }).click();
				await phone.getByText("Round 1 is being changed").waitFor();

				// the next round
				await page.reload();
				await section(page, "Submission").getByText("Louder strings in the mix, please").waitFor();
				await page.locator('input[aria-label="New version of Mix.wav"]').setInputFiles(wave("Mix 2.wav", 2));
				await files.getByText("version 2").waitFor();
				await files.getByText("Being checked").waitFor({ state: "detached" });
				await submit(page, "Strings are louder");

				// all is well
				await phone.reload();
				await phone.getByText("Round 2 is ready for your review").waitFor();
				await phone.getByRole("link", { name: "Look at the files" }).click();
				await phone.getByText("version 2").waitFor();
				await phone.getByRole("button", { name: "Approve all" }).click();
				await dialog(phone).getByRole("button", { name: "Approve all" }).click();
				await phone.getByText("Approved").nth(1).waitFor();
				await phone.getByRole("link", { name: "Deliverables" }).first().click();
				await phone.getByRole("button", { name: "Approve", exact: true }).click();
				await dialog(phone).getByLabel("A few words").fill("Lovely");
				await dialog(phone).getByRole("button", { name: "Approve", exact: true }).click();
				await phone.getByText("Round 2 was the last").waitFor();
				await phone.getByRole("link", { name: "All files" }).click();
				const download = phone.waitForEvent("download");
				await phone.getByRole("link", { name: "Download Mix.wav" }).click();
				const saved = await readFile(await (await download).path());
				assert.deepEqual(saved, wave("", 2).buffer, "what was delivered is what was made");
				assert.deepEqual(await accessibilityFindings(phone), []);

				await page.reload();
				await section(page, "Timeline").getByText("Project completed").waitFor();
				await section(page, "Files").getByText("1 download by the client").waitFor();
			});
		}),
	);

	test(
		"a client who has not paid yet sees and hears the work, and downloads nothing of it",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson("Nina Producer"));
			const { email } = newPerson("Ada Okafor");
			await projectFor(page, email, "500");
			await upload(page, "Choose files", [wave("Mix.wav", 2)]);
			const position = (where) => where.getByRole("slider", { name: "Position in Mix.wav" });
			await position(page).waitFor({ timeout: 30_000 });
			assert.equal(await page.getByRole("link", { name: "Download all (ZIP)" }).count(), 0);
			await submit(page, "First mix");
			await withPhone(page, async (phone) => {
				await phone.goto(await linkFromMail(email, LINK));
				await phone.getByText("Where it stands").waitFor();
				await phone.getByRole("link", { name: "Files" }).first().click();
				await phone.getByText("You can download this once everything is paid.").waitFor();
				assert.equal(await phone.getByRole("link", { name: "Download Mix.wav" }).count(), 0);
				await position(phone).fill("1");
				const audio = phone.locator("audio");
				await phone.getByRole("button", { name: "Play Mix.wav" }).click();
				await phone.waitForFunction(() => document.querySelector("audio").currentTime > 1.2);
				assert.match(await position(phone).getAttribute("aria-valuetext"), /^0:01 of 0:02$/);
				assert.ok((await audio.evaluate((player) => player.currentSrc)).endsWith("/versions/1/preview"));
				assert.deepEqual(await accessibilityFindings(phone), []);
			});
		}),
	);

	test(
		"a broken line costs what was on its way and no more",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson("Nina Producer"));
			await projectFor(page, newPerson("Ada Okafor").email);
			let cut = 0;
			await page.route(/\/uploads\/[0-9a-f-]+$/, (route) => {
				if (route.request().method() === "PATCH" && cut < 2) {
					cut += 1;
					return route.abort("connectionreset");
				}
				return route.continue();
			});
			await upload(page, "Choose files", [wave("Long.wav", 20)]);
			assert.equal(cut, 2);
			// a file that is held back says so
			const eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
			await page
				.locator('input[aria-label="Choose files"][multiple]')
				.setInputFiles({ name: "song.wav", mimeType: "audio/wav", buffer: Buffer.from(eicar) });
			await section(page, "Files").getByText("Held back: a virus was found").waitFor({ timeout: 30_000 });
			assert.equal(await page.getByRole("link", { name: "Download song.wav" }).count(), 0);
			assert.deepEqual(await accessibilityFindings(page), []);
		}),
	);
});
