import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { haveAccount, heading, newPerson, notice, useBrowser, withWindow } from "./browser.js";

function file(name, lines) {
	return { name, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}

const amount = (page, label) =>
	page.locator("dl > div").filter({ hasText: label }).locator("dd").first().innerText().then((text) => Number(text.replaceAll(/\D/g, "")));

describe("imports", () => {
	useBrowser();

	test(
		"a file becomes clients: upload, columns, preview, progress, result, rejected rows",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			const rows = Array.from({ length: 400 }, (_, number) => `Person ${number},person${number}@example.test,Kite,Oslo`);
			rows[7] = ",nameless@example.test,Kite,Oslo";
			rows[11] = "Bo Marsh,not an address,Kite,Oslo";

			await page.goto("/imports");
			await page.getByText("No imports yet").waitFor();
			await page.getByRole("link", { name: "New import" }).first().click();
			await page.getByLabel("CSV file").setInputFiles(file("people.csv", ["Full name,E-mail,Company,City", ...rows]));

			await heading(page, "Which column holds what?");
			await heading(page, "people.csv");
			await page.getByLabel("Full name becomes").selectOption("");
			await page.getByLabel("E-mail becomes").selectOption("");
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByRole("alert").getByText("Choose the column that holds the client's name").waitFor();
			await page.getByLabel("Full name becomes").selectOption("name");
			await page.getByLabel("E-mail becomes").selectOption("email");
			await page.getByLabel("City becomes").selectOption("");
			await page.getByRole("region", { name: "Preview of the rows" }).getByText("person3@example.test").waitFor();

			// a reload takes back what the page has not sent yet, so it waits for the answer
			const started = page.waitForResponse((response) => response.url().endsWith("/start"));
			await page.getByRole("button", { name: "Start import" }).click();
			await started;
			await page.reload();
			await page.getByText("Completed").waitFor({ timeout: 60_000 });
			assert.equal(await amount(page, "Created"), 398);
			assert.equal(await amount(page, "Rejected"), 2);
			await page.getByText("2 rows were rejected.").waitFor();

			await page.getByRole("row").filter({ hasText: "nameless@example.test" }).waitFor();
			const [download] = await Promise.all([
				page.waitForEvent("download"),
				page.getByRole("link", { name: "Download rejects.csv" }).click(),
			]);
			const rejects = await readFile(await download.path(), "utf8");
			assert.ok(rejects.includes("nameless@example.test") && rejects.includes("not an address"), rejects);

			await page.getByRole("link", { name: "See the clients" }).click();
			await page.getByText("398 clients").waitFor();
		}),
	);

	test(
		"importing the same file again makes no client twice",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			const lines = ["name,email", "Ada Okafor,ada@example.test", "Bo Marsh,bo@example.test"];
			for (const created of [2, 0]) {
				await page.goto("/imports/new");
				await page.getByLabel("CSV file").setInputFiles(file("twice.csv", lines));
				await page.getByRole("button", { name: "Start import" }).click();
				await page.getByText("Completed").waitFor({ timeout: 60_000 });
				assert.equal(await amount(page, "Created"), created);
			}
			await page.goto("/clients");
			await page.getByText("2 clients").waitFor();
		}),
	);

	test(
		"a file of which no row can be imported does not end as if all were well",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await page.goto("/imports/new");
			await page.getByLabel("CSV file").setInputFiles(file("bad.csv", ["name,email", "Ada,not an address", ",nobody@example.test"]));
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByText("No row was imported.").waitFor({ timeout: 60_000 });
			await page.getByText("Completed").waitFor();
		}),
	);

	test(
		"what is no CSV file is refused before it is sent",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await page.goto("/imports/new");
			await page.getByLabel("CSV file").setInputFiles({ name: "a.png", mimeType: "image/png", buffer: Buffer.from("x") });
			await page.getByRole("alert").getByText("This is no CSV file.").waitFor();
			await page.getByLabel("CSV file").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.alloc(0) });
			await page.getByRole("alert").getByText("This file is empty.").waitFor();
		}),
	);

	test(
		"an upload that has not started can be discarded",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await page.goto("/imports/new");
			await page.getByLabel("CSV file").setInputFiles(file("later.csv", ["name", "Ada"]));
			await page.getByRole("button", { name: "Discard" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
			await notice(page, "The import is discarded.");
			await page.getByText("Cancelled").first().waitFor();
		}),
	);

	test(
		"a running import shows how far it is and can be cancelled",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			const rows = Array.from({ length: 200_000 }, (_, number) => `Person ${number},person${number}@example.test`);
			await page.goto("/imports/new");
			await page.getByLabel("CSV file").setInputFiles(file("long.csv", ["name,email", ...rows]));
			await page.getByRole("button", { name: "Start import" }).click({ timeout: 60_000 });
			await page.getByRole("progressbar", { name: "Import" }).waitFor({ timeout: 60_000 });
			await page.getByRole("button", { name: "Cancel import" }).click();
			await page.getByRole("dialog").getByRole("button", { name: "Cancel import" }).click();
			await notice(page, "The import is cancelled.");
			await page.getByText("Cancelled", { exact: true }).first().waitFor({ timeout: 60_000 });
			await page.reload();
			await page.getByText("What was created stays.").waitFor();
		}),
	);

	test(
		"when the stream cannot be had the page asks on a timer",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await page.route("**/api/imports/*/events", (route) => route.fulfill({ status: 502, body: "" }));
			await page.goto("/imports/new");
			await page.getByLabel("CSV file").setInputFiles(file("polled.csv", ["name,email", "Ada,ada@example.test"]));
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByText("Completed").waitFor({ timeout: 60_000 });
		}),
	);
});
