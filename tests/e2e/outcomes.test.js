// What becomes of an import afterwards: rejected rows mended, duplicates merged, all of it undone, a worker killed.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { accessibilityFindings, haveAccount, newPerson, notice, send, useBrowser, withWindow } from "./browser.js";
import { killWorker } from "./worker.js";

function file(name, lines) {
	return { name, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}

const amount = (page, label) =>
	page.locator("dl > div").filter({ hasText: label }).locator("dd").first().innerText().then((text) => Number(text.replaceAll(/\D/g, "")));

async function imported(page, upload, rule) {
	await page.goto("/imports/new");
	await page.getByLabel("CSV file").setInputFiles(upload);
	if (rule) await page.getByRole("radio", { name: rule }).check();
	await page.getByRole("button", { name: "Start import" }).click();
	await page.getByText("Completed").waitFor({ timeout: 60_000 });
}

async function names(page) {
	const { clients } = await (await page.request.get("/api/clients?sort=name&limit=200")).json();
	return clients.map((client) => client.name);
}

describe("after an import", () => {
	useBrowser();

	test(
		"the file of rejected rows is mended and imported again",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await imported(page, file("people.csv", ["Name,E-mail", "Ada,ada@example.test", "Bo,not an address", "Cy,cy@example.test"]));
			assert.equal(await amount(page, "Rejected"), 1);
			const [download] = await Promise.all([
				page.waitForEvent("download"),
				page.getByRole("link", { name: "Download rejects.csv" }).click(),
			]);
			const rejects = await readFile(await download.path(), "utf8");
			const mended = rejects.replace("not an address", "bo@example.test");
			await imported(page, { name: "people-rejects.csv", mimeType: "text/csv", buffer: Buffer.from(mended) });
			assert.equal(await amount(page, "Created"), 1);
			assert.deepEqual(await names(page), ["Ada", "Bo", "Cy"]);
		}),
	);

	test(
		"rows say what became of them, and the import is undone but for who was changed since",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await send(page, "POST", "/api/clients", { name: "Ada", email: "ada@example.test" });
			const upload = file("people.csv", ["name,email,company", "Ada,ada@example.test,Kite", "Bo,bo@example.test,", "Cy,cy@example.test,"]);
			await imported(page, upload, /^Fill empty fields/);
			assert.equal(await amount(page, "Updated"), 1);
			await page.getByRole("link", { name: /^Updated/ }).click();
			await page.getByRole("row").filter({ hasText: "the same email address" }).getByRole("link", { name: "Ada" }).waitFor();
			assert.deepEqual(await accessibilityFindings(page), []);

			const { clients } = await (await page.request.get("/api/clients?search=Cy")).json();
			await send(page, "PATCH", `/api/clients/${clients[0].id}`, { version: 1, notes: "mine" });
			await page.getByRole("button", { name: "Undo import" }).click();
			const dialog = page.getByRole("dialog");
			await dialog.getByText("1 client that it created will be removed.").waitFor();
			await dialog.getByText("1 client that it changed will be as before.").waitFor();
			await dialog.getByText(/^1 client that somebody has changed since/).waitFor();
			assert.deepEqual(await accessibilityFindings(page), []);
			await dialog.getByRole("button", { name: "Undo import" }).click();
			await page.getByText("1 client removed").waitFor({ timeout: 60_000 });
			await page.getByRole("row").filter({ hasText: "Somebody has changed this client since" }).getByText("Cy").waitFor();
			assert.deepEqual(await names(page), ["Ada", "Cy"]);
			assert.deepEqual(await accessibilityFindings(page), []);
		}),
	);

	test(
		"a suggested merge is accepted field by field, and undone",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await send(page, "POST", "/api/clients", { name: "Ada", email: "ada@example.test", company: "Kite" });
			const upload = file("people.csv", ["name,email,notes", "Ada Okafor,ada@example.test,Prefers WAV"]);
			await imported(page, upload, /^Create and suggest a merge/);
			await page.getByRole("link", { name: "See 1 possible duplicate" }).click();
			await page.getByRole("link", { name: "Ada and Ada Okafor" }).click();
			await page.getByText("Same email address").waitFor();
			assert.deepEqual(await accessibilityFindings(page), []);
			await page.getByRole("radio", { name: "Name: Ada Okafor" }).check();
			await page.getByRole("button", { name: "Merge", exact: true }).click();
			await notice(page, "They are one client now.");
			await page.getByRole("heading", { name: "Ada Okafor" }).waitFor();
			await page.getByText("Prefers WAV").waitFor();
			assert.deepEqual(await names(page), ["Ada Okafor"]);

			await page.goto("/clients?status=archived");
			await page.getByRole("link", { name: "Ada Okafor" }).click();
			await page.getByText("This client was merged into").waitFor();
			assert.deepEqual(await accessibilityFindings(page), []);
			await page.getByRole("link", { name: "See the merge, or undo it" }).click();
			await page.getByRole("button", { name: "Undo merge" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Undo merge" }).click();
			await notice(page, "They are two clients again.");
			assert.deepEqual(await names(page), ["Ada", "Ada Okafor"]);
		}),
	);

	test(
		"on a phone both sides of a merge are seen at once",
		withWindow({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, async (page) => {
			await haveAccount(page, newPerson());
			const long = "a.very.long.address.of.somebody@a-domain-with-a-long-name.example.test";
			const one = await (await send(page, "POST", "/api/clients", { name: "Ada", email: long, notes: "Here first." })).json();
			const other = await (await send(page, "POST", "/api/clients", { name: "Ada Okafor", phone: "+46 70 123 45 67" })).json();
			const merge = await (await send(page, "POST", "/api/merges", { clientId: one.id, otherId: other.id })).json();
			await page.goto(`/merges/${merge.id}`);
			const right = page.getByRole("radio", { name: "Phone: +46 70 123 45 67" });
			await right.waitFor();
			for (const radio of await page.getByRole("radio").all()) {
				const box = await radio.boundingBox();
				assert.ok(box.x >= 0 && box.x + box.width <= 390, `within the screen: ${JSON.stringify(box)}`);
			}
			const wide = await page.evaluate(() =>
				[...document.querySelectorAll("main *")].filter((element) => element.getBoundingClientRect().right > innerWidth).map((element) => element.outerHTML.slice(0, 120)),
			);
			assert.deepEqual(wide, []);
			assert.equal(await page.getByRole("rowheader", { name: "Phone" }).count(), 1, "it is a table to readers, too");
		}),
	);

	test(
		"any two clients can be merged from the page of one of them",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await send(page, "POST", "/api/clients", { name: "Bo", email: "bo@example.test" });
			await send(page, "POST", "/api/clients", { name: "Bo Marsh" });
			await page.goto("/clients");
			await page.getByRole("link", { name: "Bo Marsh" }).click();
			await page.getByRole("button", { name: "Merge with…" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Bo bo@example.test" }).click();
			await page.getByText("Somebody says so").waitFor();
			await page.getByRole("button", { name: "They are two" }).click();
			await notice(page, "They stay two clients.");
			await page.getByText("No clients look alike").waitFor();
			await page.getByRole("link", { name: "Ignored" }).click();
			await page.getByRole("link", { name: "Bo Marsh and Bo" }).click();
			await page.getByRole("button", { name: "Merge", exact: true }).waitFor();
			assert.equal(await page.getByRole("button", { name: "They are two" }).count(), 0, "that is said already");
		}),
	);

	test(
		"a worker that is killed in the middle costs no row, and the page goes on watching",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			const rows = Array.from({ length: 120_000 }, (_, number) => `Person ${number},person${number}@example.test`);
			await page.goto("/imports/new");
			await page.getByLabel("CSV file").setInputFiles(file("many.csv", ["name,email", ...rows]));
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByRole("progressbar", { name: "Import" }).waitFor({ timeout: 60_000 });
			await page.waitForFunction(() => Number(document.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")) > 0, null, {
				timeout: 60_000,
			});
			await killWorker();
			await page.getByText("Completed").waitFor({ timeout: 120_000 });
			assert.equal(await amount(page, "Created"), 120_000);
			assert.equal(await amount(page, "Skipped"), 0);
		}),
	);
});
