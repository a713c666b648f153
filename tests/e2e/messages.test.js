// A client on a phone and a producer at a desk write to each other, and each sees at once what the other does.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accessibilityFindings, haveAccount, heading, linkFromMail, newPerson, send, useBrowser, withWindow } from "./browser.js";
import { upload, wave } from "./files.js";
import { BASE_URL } from "./settings.js";

const PHONE = { baseURL: BASE_URL, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" };

/** A project of the logged-in producer for a client, who has opened their link in a window of their own. */
async function meet(page, phone) {
	await haveAccount(page, newPerson("Nina Producer"));
	const { email } = newPerson("Ada Client");
	const made = await send(page, "POST", "/api/projects", {
		contact: { name: "Ada Client", email },
		title: "The album",
		amountMinor: 0,
		currency: "EUR",
		invite: true,
	});
	assert.equal(made.status(), 201, await made.text());
	const project = await made.json();
	const client = await phone.newPage();
	client.setDefaultTimeout(15_000);
	await client.goto(await linkFromMail(email, /^\/l\//));
	await heading(client, "Overview");
	await page.goto(`/projects/${project.id}`);
	return { project, client };
}

/** Runs a test with a desk and a phone. */
function withBoth(body) {
	return withWindow({}, async (page, context) => {
		const phone = await context.browser().newContext(PHONE);
		try {
			await body(page, phone);
		} finally {
			await phone.close();
		}
	});
}

const thread = (page) => page.getByRole("log", { name: "Thread" });
const messages = (page) => page.getByRole("log", { name: "Messages" });
const write = async (page, label, text, action) => {
	await page.getByLabel(label, { exact: true }).fill(text);
	await page.getByRole("button", { name: action, exact: true }).click();
};

describe("messages", () => {
	useBrowser();

	test(
		"a client and a producer talk, and each sees it at once",
		withBoth(async (page, phone) => {
			const { project, client } = await meet(page, phone);
			const room = page.getByRole("region", { name: "Messages" });
			await room.getByText("Nothing was written yet.").waitFor();
			await write(page, "Write to Ada Client", "The first mix is there.", "Send");
			await messages(page).getByText("The first mix is there.").waitFor();

			// the phone is told without being asked
			await heading(client, "You have a new message");
			const place = client.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Messages 1 unread" });
			await place.click();
			await heading(client, "Messages");
			await messages(client).getByText("The first mix is there.").waitFor();
			await messages(page).getByText(/^Seen by Ada Client, \d\d:\d\d$/).waitFor();
			await client.getByRole("link", { name: "Messages", exact: true }).waitFor();

			await client.getByRole("button", { name: /^Answer/ }).click();
			await thread(client).waitFor();
			await write(client, "Answer Nina Producer", "Lovely. A little louder?", "Answer");
			await thread(client).getByText("Lovely. A little louder?").waitFor();
			await messages(page).getByText("Lovely. A little louder?").waitFor();
			await messages(page).getByRole("button", { name: "1 answer" }).waitFor();
			await thread(client).getByText(/^Seen by Nina Producer/).waitFor();
			assert.deepEqual(await accessibilityFindings(client), []);
			assert.deepEqual(await accessibilityFindings(page), []);

			// and of everything else that happens
			await client.getByRole("link", { name: "Overview" }).click();
			await send(page, "POST", `/api/projects/${project.id}/progress-updates`, { title: "The strings are recorded" });
			await client.getByText("The strings are recorded").waitFor();
			await page.getByRole("region", { name: "Progress updates" }).getByText("The strings are recorded").waitFor();
			await page.getByRole("region", { name: "Timeline" }).getByText("Work has begun").waitFor();
		}),
	);

	test(
		"what is sent over a bad line arrives once, and nothing that is typed is lost",
		withBoth(async (page, phone) => {
			const { project, client } = await meet(page, phone);
			await client.getByRole("link", { name: "Messages" }).click();
			const field = client.getByLabel(/^Write to /);
			await field.fill("Can you hear me?");
			await client.getByRole("link", { name: "Help" }).click();
			await heading(client, "Help");
			await client.getByRole("link", { name: "Messages" }).click();
			assert.equal(await field.inputValue(), "Can you hear me?");

			// the answer to the first request is lost on its way
			await client.route("**/portal/messages", async (route) => {
				if (route.request().method() !== "POST") return route.continue();
				await route.fetch();
				await route.abort();
			});
			await client.getByRole("button", { name: "Send" }).click();
			await client.getByText("The server could not be reached.").waitFor();
			assert.equal(await field.inputValue(), "Can you hear me?");
			await client.unroute("**/portal/messages");
			await client.getByRole("button", { name: "Send" }).click();
			await client.waitForFunction(() => document.querySelector("textarea").value === "");
			await messages(page).getByText("Can you hear me?").waitFor();
			const list = await (await page.request.get(`/api/projects/${project.id}/messages`)).json();
			assert.deepEqual(list.messages.map(({ body }) => body), ["Can you hear me?"]);

			// what is said while the phone is away is there when it is back, once
			await phone.setOffline(true);
			await write(page, "Write to Ada Client", "Loud and clear.", "Send");
			await messages(page).getByText("Loud and clear.").waitFor();
			await phone.setOffline(false);
			await messages(client).getByText("Loud and clear.").waitFor();
			assert.equal(await messages(client).getByText("Loud and clear.").count(), 1);
		}),
	);

	test(
		"a comment stands at its time of the recording, is answered and settled",
		withBoth(async (page, phone) => {
			const { project, client } = await meet(page, phone);
			await upload(page, "Choose files", [wave("mix.wav", 3)]);
			await send(page, "POST", `/api/submissions/${project.submission.id}/submit`, {});
			await heading(client, "The work is ready for you");
			await client.getByRole("link", { name: "Files" }).click();
			await client.getByRole("button", { name: "Comments on mix.wav" }).click();
			await client.getByText("Nothing was said to this version yet.").waitFor();
			await write(client, "Comment", "Too loud here", "Comment");
			await client.getByText("1 open").waitFor();
			assert.deepEqual(await accessibilityFindings(client), []);

			const files = page.getByRole("region", { name: "Files" });
			await files.getByRole("button", { name: "Comments on mix.wav" }).click();
			await files.getByText("Too loud here").waitFor();
			await files.getByRole("button", { name: "Go to 0:00" }).waitFor();
			await files.getByRole("button", { name: "Answer Ada Client" }).click();
			await write(page, "Answer Ada Client", "Turned down", "Answer");
			await client.getByText("Turned down").waitFor();
			await files.getByRole("button", { name: "Resolve" }).click();
			await client.getByText("Everything is resolved.").waitFor();
			await client.getByRole("button", { name: "Show resolved" }).click();
			await client.getByText("Resolved by Nina Producer").waitFor();
			assert.deepEqual(await accessibilityFindings(page), []);
		}),
	);

	test(
		"what is over is only read",
		withBoth(async (page, phone) => {
			const { project, client } = await meet(page, phone);
			await write(page, "Write to Ada Client", "We have to stop.", "Send");
			await send(page, "POST", `/api/projects/${project.id}/cancel`, { reason: "No budget" });
			await page.getByText("The project is cancelled: what was written is only read.").waitFor();
			await heading(client, "This project was cancelled");
			await client.getByRole("link", { name: /^Messages/ }).click();
			await messages(client).getByText("We have to stop.").waitFor();
			await client.getByText("What was written stays here to be read.").waitFor();
			assert.equal(await client.getByRole("button", { name: "Send" }).count(), 0);
		}),
	);
});
