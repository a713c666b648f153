import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accessibilityFindings, haveAccount, heading, newPerson, notice, useBrowser, withWindow } from "./browser.js";

const dialog = (page) => page.getByRole("dialog");

describe("proposals", () => {
	useBrowser();

	test(
		"from a new contact to an approved proposal",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await page.goto("/proposals");
			await page.getByRole("button", { name: "New proposal" }).first().click();
			await dialog(page).getByLabel("Title").fill("A record");
			await dialog(page).getByLabel("Contact's name").fill("Bo Berg");
			await dialog(page).getByLabel("Email").fill("bo@kite.example");
			await dialog(page).getByLabel("Company").fill("Kite");
			await dialog(page).getByRole("button", { name: "Write it" }).click();

			await heading(page, "Edit A record");
			await page.getByLabel("Purpose").fill("Ten songs, mixed.");
			await page.getByLabel("Price of all").fill("1000");
			await page.getByRole("button", { name: "Add milestone" }).click();
			await page.getByLabel("Milestone", { exact: true }).fill("Mixes");
			await page.getByLabel("Part of the price (EUR)").fill("600");
			await page.getByRole("button", { name: "Add payment" }).click();
			assert.equal(await page.getByLabel("Amount (EUR)").inputValue(), "1000", "what is in no payment yet");
			await page.getByLabel("Amount (EUR)").fill("900");
			await page.getByText("100 EUR are in no payment yet.").waitFor();
			assert.deepEqual(await accessibilityFindings(page), []);
			await page.getByRole("button", { name: "Save", exact: true }).click();

			await heading(page, "A record");
			await page.getByRole("button", { name: "Send", exact: true }).click();
			await dialog(page).getByRole("button", { name: "Send" }).click();
			await dialog(page).getByText("The payments come to less than the price.").waitFor();
			await dialog(page).getByRole("button", { name: "Go back" }).click();
			await page.getByRole("link", { name: "Edit" }).click();
			await page.getByLabel("Amount (EUR)").fill("1000");
			await page.getByText("The sums fit.").waitFor();
			await page.getByRole("button", { name: "Save", exact: true }).click();
			await page.getByRole("button", { name: "Send", exact: true }).click();
			await dialog(page).getByRole("button", { name: "Send" }).click();
			await notice(page, "The proposal is sent.");

			await page.getByRole("button", { name: "More actions" }).click();
			await page.getByRole("menuitem", { name: "Client has approved" }).click();
			await dialog(page).getByLabel("How did they say so").fill("By phone.");
			await dialog(page).getByRole("button", { name: "Record approval" }).click();
			await notice(page, "Approved. The project is there.");
			await page.getByText("Open the project").waitFor();
			await page.getByText("wrote down that the client approved version 1").waitFor();
			assert.equal(await page.getByRole("link", { name: "Edit" }).count(), 0, "what both agreed on stays");
		}),
	);
});
