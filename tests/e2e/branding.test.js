// How a workspace looks: chosen in the settings, seen by its clients.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accessibilityFindings, haveAccount, heading, linkFromMail, newPerson, notice, send, useBrowser, withWindow } from "./browser.js";
import { BASE_URL } from "./settings.js";

const PIXEL = Buffer.from(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
	"base64",
);
const PHONE = { baseURL: BASE_URL, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" };

const accent = (page) => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim());

describe("branding", () => {
	useBrowser();

	test(
		"a colour that is hard to read is mended while it is typed, and clients see it with the logo",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson("Nina Producer"));
			await page.goto("/settings/branding");
			await heading(page, "Preview");
			await page.getByLabel("Colour", { exact: false }).first().fill("#ffd400");
			await page.getByText(/Text in this colour would be hard to read, so #[0-9a-f]{6} is shown instead\./).waitFor();
			assert.ok(await page.getByLabel("Text of the invitation").isDisabled(), "own words come with a tier");
			assert.deepEqual(await accessibilityFindings(page), []);
			await page.getByRole("button", { name: "Save" }).click();
			await notice(page, "Your branding is saved.");
			await page.locator('input[type=file][aria-label="Logo"]').setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: PIXEL });
			await notice(page, "Your logo is saved.");
			// what is typed meanwhile stays
			await page.getByLabel("Colour", { exact: false }).first().fill("#0f766e");
			await page
				.locator('input[type=file][aria-label="Logo"]')
				.setInputFiles({ name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") });
			await page.getByText("A logo is a PNG, JPEG, WebP or GIF picture.").waitFor();

			await page.getByRole("button", { name: "Remove" }).click();
			await notice(page, "The logo is gone.");
			assert.equal(await page.getByLabel("Colour", { exact: false }).first().inputValue(), "#0f766e");
			await page.locator('input[type=file][aria-label="Logo"]').setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: PIXEL });
			await page.getByAltText("Your logo").waitFor();
			const saved = page.waitForResponse((response) => response.request().method() === "PATCH" && response.ok());
			await page.getByRole("button", { name: "Save" }).click();
			await saved;

			const { email } = newPerson("Ada Okafor");
			const project = { contact: { name: "Ada Okafor", email }, title: "Album", amountMinor: 0, currency: "EUR", invite: true };
			assert.equal((await send(page, "POST", "/api/projects", project)).status(), 201);
			for (const colorScheme of ["light", "dark"]) {
				const context = await page.context().browser().newContext({ ...PHONE, colorScheme });
				const phone = await context.newPage();
				phone.setDefaultTimeout(15_000);
				await phone.goto(await linkFromMail(email, /^\/l\/[A-Za-z0-9_-]{43}$/));
				await phone.getByText("Where it stands").waitFor();
				const { palette } = await (await page.request.get("/api/workspace/branding")).json();
				assert.equal(await accent(phone), palette[colorScheme].accent);
				await phone.locator('header img[src^="/b/"]').waitFor();
				assert.deepEqual(await accessibilityFindings(phone), []);
				await context.close();
			}
		}),
	);
});
