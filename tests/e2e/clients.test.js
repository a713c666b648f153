import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { accessibilityFindings, haveAccount, heading, newPerson, notice, send, signUp, useBrowser, withWindow } from "./browser.js";

const CLIENT = {
	email: null,
	company: null,
	phone: null,
	timezone: null,
	genres: [],
	budgetMinor: null,
	budgetCurrency: null,
	communication: { email: true, sms: false, phone: false },
	satisfaction: null,
	referralSource: null,
	notes: null,
};

async function haveClient(page, fields) {
	const response = await send(page, "POST", "/api/clients", { ...CLIENT, ...fields });
	assert.equal(response.status(), 201, await response.text());
	return response.json();
}

const row = (page, name) => page.getByRole("row").filter({ hasText: name });
const dialog = (page) => page.getByRole("dialog");

describe("clients", () => {
	useBrowser();

	test(
		"from sign-up to a client, archived and brought back",
		withWindow({}, async (page) => {
			await signUp(page, newPerson());
			await page.getByRole("button", { name: "New client" }).first().click();
			await dialog(page).getByRole("button", { name: "Create client" }).click();
			await dialog(page).getByText("Enter the client's name.").waitFor();

			await dialog(page).getByLabel("Name").fill("Zoë Lindqvist");
			await dialog(page).getByLabel("Email").first().fill("zoe@example.test");
			await dialog(page).getByLabel("Company").fill("Harbor Sound");
			await dialog(page).getByLabel("Genres").fill("Ambient, Film score");
			await dialog(page).getByLabel("Budget from").fill("1500");
			await dialog(page).getByLabel("Budget to").fill("4 800.50");
			await dialog(page).getByLabel("Currency").selectOption("EUR");
			await dialog(page).getByLabel("Satisfaction").selectOption("4");
			await dialog(page).getByRole("button", { name: "Create client" }).click();
			await notice(page, "Zoë Lindqvist is added.");

			await row(page, "Zoë Lindqvist").getByRole("button", { name: "Actions for Zoë Lindqvist" }).click();
			await page.getByRole("menuitem", { name: "Archive" }).click();
			await row(page, "Zoë Lindqvist").waitFor({ state: "detached" });
			await page.getByRole("button", { name: "Undo" }).click();
			await notice(page, "Zoë Lindqvist is active again.");

			await page.getByRole("link", { name: "Zoë Lindqvist" }).click();
			await heading(page, "Zoë Lindqvist");
			const text = (await page.getByRole("main").innerText()).replaceAll(/[\u202f\u00a0]/g, " ");
			for (const part of ["1 500 EUR", "4 800.50 EUR", "Ambient", "4 of 5", "zoe@example.test"]) {
				assert.ok(text.includes(part), `${part} in: ${text}`);
			}
			assert.match(await page.title(), /^Zoë Lindqvist/);
		}),
	);

	test(
		"a taken address leads to the client that has it, and what was typed stays",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			const existing = await haveClient(page, { name: "Ada Okafor", email: "ada@example.test" });
			await page.goto("/clients?new=yes");
			await dialog(page).getByLabel("Name").fill("Ada Again");
			await dialog(page).getByLabel("Email").first().fill("ada@example.test");
			await dialog(page).getByRole("button", { name: "Create client" }).click();
			const link = dialog(page).getByRole("link", { name: "Open the existing client" });
			await link.waitFor();
			assert.equal(await dialog(page).getByLabel("Name").inputValue(), "Ada Again");
			await link.click();
			await heading(page, "Ada Okafor");
			assert.equal(new URL(page.url()).pathname, `/clients/${existing.id}`);
		}),
	);

	test(
		"two people edit at once: the second is told and loads the newest version",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			const client = await haveClient(page, { name: "Ada Okafor" });
			await page.goto(`/clients/${client.id}?edit=yes`);
			await dialog(page).getByLabel("Company").fill("Mine");
			const changed = await send(page, "PATCH", `/api/clients/${client.id}`, { company: "Theirs", version: client.version });
			assert.equal(changed.status(), 200, await changed.text());
			await dialog(page).getByRole("button", { name: "Save changes" }).click();
			await dialog(page).getByRole("button", { name: "Load the newest version" }).click();
			await page.waitForFunction(() => document.querySelector("dialog").textContent.includes("Someone else") === false);
			assert.equal(await dialog(page).getByLabel("Company").inputValue(), "Theirs");
			await dialog(page).getByLabel("Company").fill("Ours");
			await dialog(page).getByRole("button", { name: "Save changes" }).click();
			await notice(page, "Changes saved.");
			await page.getByText("Ours").first().waitFor();
		}),
	);

	test(
		"search, status and order stand in the address and survive a reload and the back button",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await haveClient(page, { name: "Ada Okafor", company: "Kite" });
			await haveClient(page, { name: "Bo Marsh", company: "Harbor" });
			await haveClient(page, { name: "Cleo Iyer", company: "Kite" });
			const names = () => page.getByRole("row").getByRole("link").allInnerTexts();

			await page.goto("/clients");
			await row(page, "Bo Marsh").waitFor();
			await page.getByRole("searchbox", { name: "Search clients" }).fill("kite");
			await row(page, "Bo Marsh").waitFor({ state: "detached" });
			assert.equal(new URL(page.url()).searchParams.get("search"), "kite");
			assert.deepEqual(await names(), ["Ada Okafor", "Cleo Iyer"]);

			await page.getByRole("button", { name: "Name" }).click();
			await page.waitForURL(/sort=-name/);
			await page.waitForFunction(() => document.querySelector("tbody a")?.textContent === "Cleo Iyer");
			assert.equal(await page.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort"), "descending");

			await page.reload();
			await row(page, "Cleo Iyer").waitFor();
			assert.deepEqual(await names(), ["Cleo Iyer", "Ada Okafor"]);
			assert.equal(await page.getByRole("searchbox", { name: "Search clients" }).inputValue(), "kite");

			await page.getByLabel("Status").selectOption("archived");
			await page.getByText("No client fits").waitFor();
			await page.goBack();
			await row(page, "Cleo Iyer").waitFor();
		}),
	);

	test(
		"filters narrow the list, stand in the address, and the exported file holds the same clients",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await haveClient(page, { name: "Ada Okafor", email: "ada@example.test", genres: ["Jazz"], satisfaction: 5 });
			await haveClient(page, { name: "Bo Marsh", genres: ["Jazz"], satisfaction: 5 });
			await haveClient(page, { name: "Cleo Iyer", email: "cleo@example.test", genres: ["Folk"], satisfaction: 5 });
			await haveClient(page, { name: "=Dag", email: "dag@example.test", genres: ["Jazz"] });
			await page.goto("/clients");
			await row(page, "Bo Marsh").waitFor();
			await page.getByRole("button", { name: "Filters" }).click();
			const panel = page.getByRole("group", { name: "Filters" });
			await panel.getByLabel("Email").selectOption("yes");
			await row(page, "Bo Marsh").waitFor({ state: "detached" });
			await panel.getByLabel("Genre").fill("jazz");
			await row(page, "Cleo Iyer").waitFor({ state: "detached" });
			await page.getByText("2 clients").waitFor();
			await panel.getByLabel("Satisfaction").selectOption("5");
			await page.getByText("1 client", { exact: true }).waitFor();
			await page.getByRole("button", { name: "Filters (3)" }).waitFor();
			assert.deepEqual(await accessibilityFindings(page), []);

			await page.reload();
			await row(page, "Ada Okafor").waitFor();
			assert.equal(await panel.getByLabel("Genre").inputValue(), "jazz");
			const exported = async () => {
				const [download] = await Promise.all([
					page.waitForEvent("download"),
					page.getByRole("link", { name: "Export" }).click(),
				]);
				assert.match(download.suggestedFilename(), /\.csv$/);
				return (await readFile(await download.path(), "utf8")).trim().split(/\r?\n/);
			};
			const one = await exported();
			assert.equal(one.length, 2, one.join("\n"));
			assert.ok(one[1].includes("ada@example.test"), one[1]);

			await panel.getByLabel("Added from").fill("2020-01-01");
			await panel.getByLabel("Added until").fill("2020-01-31");
			await page.getByText("No client fits").waitFor();
			await page.getByRole("button", { name: "Clear search and filters" }).click();
			await page.getByText("4 clients").waitFor();
			assert.equal(new URL(page.url()).search, "");
			const all = await exported();
			assert.equal(all.length, 5, all.join("\n"));
			assert.ok(all.some((line) => line.includes("'=Dag")), "a spreadsheet runs nothing of it");
		}),
	);

	test(
		"a client's history tells who did what and what stood there before",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson("Nora Test"));
			const client = await haveClient(page, { name: "Ada Okafor", company: "Kite", email: "ada@example.test" });
			await page.goto(`/clients/${client.id}?edit=yes`);
			await dialog(page).getByLabel("Company").fill("Harbor");
			await dialog(page).getByLabel("Notes").fill("Prefers WAV.");
			await dialog(page).getByRole("button", { name: "Save changes" }).click();
			await notice(page, "Changes saved.");
			const history = page.getByRole("region", { name: "History" });
			const changed = history.getByRole("listitem").filter({ hasText: "Changed by Nora Test" });
			await changed.getByText("Harbor").waitFor();
			assert.match(await changed.innerText(), /Company\s+Kite[\s\S]+Harbor[\s\S]+Notes\s+empty[\s\S]+Prefers WAV\./);

			await page.goto("/imports/new");
			const buffer = Buffer.from("name,email,phone\nAda Okafor,ada@example.test,+46 70 123 45 67\n");
			await page.getByLabel("CSV file").setInputFiles({ name: "more.csv", mimeType: "text/csv", buffer });
			await page.getByRole("radio", { name: /^Fill empty fields/ }).check();
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByText("Completed").waitFor({ timeout: 60_000 });
			await page.goto(`/clients/${client.id}`);
			const imported = history.getByRole("listitem").filter({ hasText: "Changed by an import by Nora Test" });
			await imported.getByText("+46 70 123 45 67").waitFor();
			assert.equal(await history.getByRole("listitem").count(), 3, "each change is told once");
			assert.deepEqual(await accessibilityFindings(page), []);
			await imported.getByRole("link", { name: "more.csv" }).click();
			await heading(page, "more.csv");
		}),
	);

	test(
		"many clients come in pages, forward and back",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			for (let number = 0; number < 53; number += 1) {
				await haveClient(page, { name: `Client ${String(number).padStart(3, "0")}` });
			}
			await page.goto("/clients");
			await page.getByText("53 clients").waitFor();
			await row(page, "Client 049").waitFor();
			await page.getByRole("button", { name: "Next" }).click();
			await row(page, "Client 052").waitFor();
			await row(page, "Client 049").waitFor({ state: "detached" });
			await page.getByRole("button", { name: "Previous" }).click();
			await row(page, "Client 000").waitFor();
		}),
	);

	test(
		"on a phone the list is cards and the dialog is a sheet",
		withWindow({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, async (page) => {
			await haveAccount(page, newPerson());
			await haveClient(page, { name: "Ada Okafor", email: "ada@example.test" });
			await page.goto("/clients");
			await page.getByRole("listitem").filter({ hasText: "Ada Okafor" }).waitFor();
			const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
			assert.equal(wide, false, "nothing is wider than the screen");
			for (const link of await page.getByRole("navigation", { name: "Main" }).getByRole("link").all()) {
				const box = await link.boundingBox();
				assert.ok(box.width >= 44 && box.height >= 44, "targets of a finger's size");
			}
			await page.getByRole("link", { name: "Ada Okafor" }).tap();
			await heading(page, "Ada Okafor");
		}),
	);

	test(
		"a page that cannot be loaded says so and loads when asked again",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await haveClient(page, { name: "Ada Okafor" });
			let broken = true;
			await page.route("**/api/clients?*", (route) =>
				broken
					? route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"code":"internal","status":500}' })
					: route.continue(),
			);
			await page.goto("/clients");
			await page.getByText("This could not be loaded").waitFor();
			broken = false;
			await page.getByRole("button", { name: "Try again" }).click();
			await row(page, "Ada Okafor").waitFor();
		}),
	);

	test(
		"without a connection the page says so and goes on by itself",
		withWindow({}, async (page, context) => {
			await haveAccount(page, newPerson());
			await page.goto("/clients");
			await page.getByText("No clients yet").waitFor();
			await context.setOffline(true);
			await page.getByText("You are offline.").first().waitFor();
			await page.getByLabel("Status").selectOption("all");
			await context.setOffline(false);
			await page.getByText("You are offline.").first().waitFor({ state: "detached" });
			await page.getByText("No clients yet").waitFor();
		}),
	);
});
