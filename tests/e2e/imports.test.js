import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { accessibilityFindings, haveAccount, heading, newPerson, notice, send, useBrowser, withWindow } from "./browser.js";

function file(name, lines) {
	return { name, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}

/** An export of another program, as it comes. */
async function source(name) {
	const buffer = await readFile(new URL(`../requests/imports/sources/${name}.csv`, import.meta.url));
	return { name: `${name}.csv`, mimeType: "text/csv", buffer };
}

async function choose(page, file) {
	await page.goto("/imports/new");
	await page.getByLabel("CSV file").setInputFiles(file);
	await heading(page, "Which column holds what?");
}

/** Names and addresses of all clients, by name. */
async function clientsOf(page) {
	const { clients } = await (await page.request.get("/api/clients?sort=name&limit=200")).json();
	return clients.map(({ name, email }) => [name, email]);
}

const amount = (page, label) =>
	page.locator("dl > div").filter({ hasText: label }).locator("dd").first().innerText().then((text) => Number(text.replaceAll(/\D/g, "")));

const SOURCES = [
	{
		name: "google-new",
		program: "Google Contacts",
		clients: [
			["Ada Ngozi Okafor", "ada@kite.example"],
			["Harbour Studio", null],
			["Zoë Lindqvist", "zoe@lindqvist.example"],
		],
	},
	{
		name: "outlook",
		program: "Outlook",
		clients: [
			["Björn Åkesson", "bjorn@akesson.example"],
			["Dana R. Whitaker", "dana@whitaker.example"],
			["Émile Durand", "emile@durand.example"],
		],
	},
	{
		name: "hubspot",
		program: "HubSpot",
		clients: [
			["info", "info@smallhall.example"],
			["Priya Raman", "priya@raman.example"],
			["Sofía Núñez", "sofia@nunez.example"],
		],
	},
	{
		name: "mailchimp",
		program: "Mailchimp",
		clients: [
			["Lena Fischer", "lena@fischer.example"],
			["noname", "noname@example.com"],
			["Tomáš Novák", "tomas@novak.example"],
		],
	},
];

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
			const preview = page.getByRole("region", { name: "Preview of the rows" });
			await preview.getByText("person3@example.test").waitFor();
			await page.getByText("Of the first 20 rows, 2 cannot become clients.").waitFor();
			await preview.getByRole("row").filter({ hasText: "Bo Marsh, not an address" }).getByText("Rejected").waitFor();

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
		"importing the same file again takes a conscious yes and makes no client twice",
		withWindow({}, async (page) => {
			const nina = newPerson("Nina Test");
			await haveAccount(page, nina);
			const twice = file("twice.csv", ["name,email", "Ada Okafor,ada@example.test", "Bo Marsh,bo@example.test"]);
			await choose(page, twice);
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByText("Completed").waitFor({ timeout: 60_000 });
			assert.equal(await amount(page, "Created"), 2);

			await choose(page, twice);
			const before = page.getByRole("region", { name: "Imported before" });
			await before.getByText("by Nina Test").waitFor();
			await before.getByText("2 clients created").waitFor();
			await page.getByText("Mapped as last time, by Nina Test").waitFor();
			assert.deepEqual(await accessibilityFindings(page), []);
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByRole("alert").getByText("This file was imported before.").waitFor();
			await before.getByLabel("Import it again").check();
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByText("Completed").waitFor({ timeout: 60_000 });
			assert.equal(await amount(page, "Created"), 0);
			await page.goto("/clients");
			await page.getByText("2 clients").waitFor();
		}),
	);

	test(
		"the preview shows each row's own cells and says what the rule does with those who are here",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await send(page, "POST", "/api/clients", { name: "Ada", email: "ada@here.test" });
			// the first of these rows takes in two lines, and both it and the next one are rejected
			const broken = ['"Cy', '"Cobb,cy@here.test', "Di Dunn,not an address", "Ed Eng,ed@here.test"];
			await choose(page, file("mixed.csv", ["name,email", "Ada,ada@here.test", ...broken]));
			const told = (rule) =>
				page.getByText(
					`Of the first 4 rows, 1 becomes a new client; 1 is here already and ${rule}; 2 cannot become clients.`,
				);
			await told("will be skipped").waitFor();
			const preview = page.getByRole("region", { name: "Preview of the rows" });
			const row = (number) =>
				preview.getByRole("row").filter({ has: page.getByRole("cell", { name: number, exact: true }) });
			await row("3").getByText("cy@here.test").waitFor();
			await row("4").getByText("Di Dunn, not an address").waitFor();
			await page.getByLabel("Overwrite").check();
			await told("will replace what is there").waitFor();
			assert.deepEqual(await accessibilityFindings(page), []);
		}),
	);

	for (const { name, program, clients } of SOURCES) {
		test(
			`an export of ${program} is imported as it comes`,
			withWindow({}, async (page) => {
				await haveAccount(page, newPerson());
				await choose(page, await source(name));
				await page.getByText(`This is an export of ${program}.`).waitFor();
				await page.getByText(`Of the first ${clients.length} rows, each becomes a client.`).waitFor();
				assert.deepEqual(await accessibilityFindings(page), []);
				await page.getByRole("button", { name: "Start import" }).click();
				await page.getByText("Completed").waitFor({ timeout: 60_000 });
				assert.equal(await amount(page, "Created"), clients.length);
				assert.deepEqual(await clientsOf(page), clients);
			}),
		);
	}

	test(
		"what was found out about a file can be corrected, by keys too",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await choose(page, file("odd.csv", ["Okafor Ada;Oslo", "Marsh Bo;Bergen"]));
			await page.getByText("names in the first row").waitFor();
			await page.getByLabel("Okafor Ada becomes").waitFor();
			await page.locator("summary").focus();
			await page.keyboard.press("Enter");
			await page.getByLabel("Encoding").selectOption("UTF-16 (Windows)");
			await page.getByRole("alert").getByText("no rows below them").waitFor();
			await page.waitForFunction(() => document.querySelectorAll("details select")[2].value === "utf-8");
			assert.deepEqual(await accessibilityFindings(page), []);
			await page.getByLabel("A row holds the names of the columns").focus();
			await page.keyboard.press("Space");
			await page.getByLabel("Column 1 becomes").waitFor();
			await page.getByText("UTF-8 · no row of names").waitFor();
			const preview = page.getByRole("region", { name: "Preview of the rows" });
			await preview.getByText("Okafor Ada").waitFor();

			await page.getByLabel("Cells are separated by").selectOption("Comma");
			await preview.getByText("Okafor Ada;Oslo").waitFor();
			await page.getByLabel("Cells are separated by").selectOption("Semicolon");
			await page.getByLabel("Column 2 becomes").selectOption("Company");
			await preview.getByText("Bergen").waitFor();
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByText("Completed").waitFor({ timeout: 60_000 });
			assert.deepEqual(await clientsOf(page), [
				["Marsh Bo", null],
				["Okafor Ada", null],
			]);
		}),
	);

	test(
		"names below a title are found, and the clients of an import have a list of their own",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await send(page, "POST", "/api/clients", { name: "Zoe" });
			await choose(page, file("titled.csv", ["My contacts;", "", "Name;Email", "Ada;ada@title.test", "Bo;bo@title.test"]));
			await page.getByText("names in row 3").waitFor();
			await page.locator("summary").click();
			await page.getByLabel("The names are in").selectOption("Row 1");
			await page.getByLabel("My contacts becomes").waitFor();
			await page.getByLabel("The names are in").selectOption("Row 2");
			await page.getByRole("alert").getByText("Nothing stands in row 2").waitFor();
			await page.getByLabel("The names are in").selectOption("Row 3");
			await page.getByText("Rows above the names are not imported.").waitFor();
			assert.deepEqual(await accessibilityFindings(page), []);
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByText("Completed").waitFor({ timeout: 60_000 });

			await page.getByRole("link", { name: "See the clients" }).click();
			await page.getByRole("link", { name: "titled.csv" }).waitFor();
			await page.getByText("2 clients").waitFor();
			assert.equal(await page.getByRole("link", { name: "Zoe" }).count(), 0);
			assert.match(await page.getByRole("link", { name: "Export" }).getAttribute("href"), /importId=/);
			assert.deepEqual(await accessibilityFindings(page), []);
			await page.getByRole("button", { name: "Show clients of all imports" }).click();
			await page.getByRole("link", { name: "Zoe" }).waitFor();
		}),
	);

	test(
		"budgets without a currency ask for one",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await choose(page, file("budgets.csv", ["name,budget", "Ada,1500", "Bo,2000"]));
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByRole("alert").getByText("Choose the currency of the budgets.").waitFor();
			await page.getByLabel("Currency of the budgets").selectOption("NOK");
			const preview = page.getByRole("region", { name: "Preview of the rows" });
			await preview.getByText(/^2.000 NOK$/).waitFor();
			await page.getByRole("button", { name: "Start import" }).click();
			await page.getByText("Completed").waitFor({ timeout: 60_000 });
		}),
	);

	test(
		"a file is dropped, and there is a sample to start from",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await page.goto("/imports/new");
			const [download] = await Promise.all([
				page.waitForEvent("download"),
				page.getByRole("link", { name: "Download a sample file" }).click(),
			]);
			const sample = await readFile(await download.path(), "utf8");
			const dropped = await page.evaluateHandle((text) => {
				const transfer = new DataTransfer();
				transfer.items.add(new File([text], "clients-sample.csv", { type: "text/csv" }));
				return transfer;
			}, sample);
			await page.getByText("Drop a CSV file here").dispatchEvent("drop", { dataTransfer: dropped });
			await heading(page, "clients-sample.csv");
			await page.getByText("Of the first 2 rows, each becomes a client.").waitFor();
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
		"what is no CSV file is refused for what it is, whatever it is called",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await page.goto("/imports/new");
			const workbook = Buffer.from("PK\u0003\u0004....xl/workbook.xml");
			await page.getByLabel("CSV file").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: workbook });
			await page.getByRole("alert").getByText("This is an Excel workbook.").waitFor();
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
			await page.getByText("What was created or changed stays").waitFor();
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
