import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
	haveAccount,
	heading,
	linkFromMail,
	logIn,
	logOut,
	newPerson,
	notice,
	send,
	signUp,
	useBrowser,
	withWindow,
} from "./browser.js";

describe("accounts", () => {
	useBrowser();

	test(
		"a person signs up, sees what is missing, logs out and comes back to where they wanted",
		withWindow({}, async (page) => {
			await page.goto("/sign-up");
			await page.getByRole("button", { name: "Create account" }).click();
			await page.getByText("Enter your name.").waitFor();
			assert.equal(await page.getByLabel("Your name").getAttribute("aria-invalid"), "true");
			assert.ok(await page.getByLabel("Your name").evaluate((field) => field === document.activeElement));

			const person = newPerson();
			await signUp(page, person);
			assert.equal(new URL(page.url()).pathname, "/clients");
			await page.getByText("No clients yet").waitFor();

			await logOut(page);
			await page.goto("/imports?cursor=");
			await heading(page, "Log in");
			await logIn(page, { ...person, password: "not the password" });
			await page.getByRole("alert").waitFor();
			assert.equal(await page.getByLabel("Email").inputValue(), person.email, "what was typed is kept");
			await logIn(page, person);
			await heading(page, "Imports");
		}),
	);

	test(
		"an address that has an account is named at its field",
		withWindow({}, async (page, context) => {
			const person = newPerson();
			await haveAccount(page, person);
			await context.clearCookies();
			await page.goto("/sign-up");
			await page.getByLabel("Your name").fill("Somebody Else");
			await page.getByLabel("Email").fill(person.email);
			await page.getByLabel("Password", { exact: true }).fill(person.password);
			await page.getByLabel("Workspace name").fill("Another");
			await page.getByRole("button", { name: "Create account" }).click();
			await page.locator('[aria-invalid="true"]').waitFor();
			assert.equal(await page.getByLabel("Email").getAttribute("aria-invalid"), "true");
		}),
	);

	test(
		"a forgotten password is reset through the inbox",
		withWindow({}, async (page, context) => {
			const person = newPerson();
			await haveAccount(page, person);
			await context.clearCookies();

			await page.goto("/login");
			await page.getByRole("link", { name: "Forgot your password?" }).click();
			await page.getByLabel("Email").fill(person.email);
			await page.getByRole("button", { name: "Send the link" }).click();
			await heading(page, "Check your mail");

			const link = await linkFromMail(person.email, "/reset-password");
			await page.goto(link);
			await heading(page, "Choose a new password");
			assert.equal(new URL(page.url()).hash, "", "the token leaves the address bar");

			await page.getByLabel("New password").fill("short");
			await page.getByRole("button", { name: "Change password" }).click();
			assert.equal(await page.getByLabel("New password").getAttribute("aria-invalid"), "true");
			const password = `${person.password} anew`;
			await page.getByLabel("New password").fill(password);
			await page.getByRole("button", { name: "Change password" }).click();
			await heading(page, "Your password is changed");

			await page.getByRole("link", { name: "Log in" }).click();
			await logIn(page, person);
			await page.getByRole("alert").waitFor();
			await logIn(page, { ...person, password });
			await heading(page, "Clients");

			await page.goto(link);
			await page.getByLabel("New password").fill(`${password} again`);
			await page.getByRole("button", { name: "Change password" }).click();
			await page.getByRole("alert").waitFor();
		}),
	);

	test(
		"an invited person makes an account, and the owner changes their role and removes them",
		withWindow({}, async (page, context) => {
			const owner = newPerson("Olga Owner");
			const guest = newPerson("Gus Guest");
			await haveAccount(page, owner);
			await page.goto("/settings/invitations");
			await page.getByText("No open invitations").waitFor();
			await page.getByLabel("Email").fill(guest.email);
			await page.getByLabel("Role").selectOption("manager");
			await page.getByRole("button", { name: "Send invitation" }).click();
			await page.getByRole("cell", { name: guest.email, exact: true }).waitFor();

			const link = await linkFromMail(guest.email, "/invitations");
			const other = await context.browser().newContext({ baseURL: new URL(page.url()).origin });
			const guestPage = await other.newPage();
			await guestPage.goto(link);
			await heading(guestPage, `Join ${owner.workspaceName}`);
			assert.equal(new URL(guestPage.url()).hash, "", "the token leaves the address bar");
			await guestPage.getByLabel("Your name").fill(guest.name);
			await guestPage.getByLabel("Password", { exact: true }).fill(guest.password);
			await guestPage.getByRole("button", { name: "Create account and join" }).click();
			await heading(guestPage, "Clients");
			await guestPage.getByRole("button", { name: `Workspace: ${owner.workspaceName}` }).waitFor();

			await page.getByRole("link", { name: "Members" }).click();
			const row = page.getByRole("row").filter({ hasText: guest.email });
			await row.getByRole("combobox").selectOption("member");
			await notice(page, `${guest.name} is now a member.`);
			await guestPage.goto("/settings/invitations");
			await guestPage.getByText("Owners and managers invite people").waitFor();

			await row.getByRole("button", { name: /^Remove/ }).click();
			await page.getByRole("dialog", { name: `Remove ${guest.name}?` }).getByRole("button", { name: "Remove" }).click();
			await row.waitFor({ state: "detached" });
			await other.close();

			await page.getByRole("row").filter({ hasText: owner.email }).getByRole("combobox").selectOption("member");
			await notice(page, "A workspace needs an owner.");
		}),
	);

	test(
		"an owner leaves the workspace, but never as its only owner",
		withWindow({}, async (page, context) => {
			const owner = newPerson("Olga Owner");
			const guest = newPerson("Gus Guest");
			await haveAccount(page, owner);
			const invited = await send(page, "POST", "/api/invitations", { email: guest.email, role: "owner" });
			assert.equal(invited.status(), 201, await invited.text());
			await page.goto("/settings/members");
			const leave = page.getByRole("button", { name: "Leave" });
			assert.ok(await leave.isDisabled());
			await page.getByText("You are the only owner. Make someone else owner before you leave.").waitFor();

			const other = await context.browser().newContext({ baseURL: new URL(page.url()).origin });
			const guestPage = await other.newPage();
			await guestPage.goto(await linkFromMail(guest.email, "/invitations"));
			await guestPage.getByText("You are invited as an owner").waitFor();
			await guestPage.getByLabel("Your name").fill(guest.name);
			await guestPage.getByLabel("Password", { exact: true }).fill(guest.password);
			await guestPage.getByRole("button", { name: "Create account and join" }).click();
			await heading(guestPage, "Clients");
			await other.close();

			await page.reload();
			await page.getByRole("row").filter({ hasText: guest.email }).getByRole("button", { name: "Remove" }).waitFor();
			assert.equal(await page.getByText("You are the only owner").count(), 0);
			await leave.click();
			const dialog = page.getByRole("dialog", { name: `Leave ${owner.workspaceName}?` });
			await dialog.getByText("You lose access at once.").waitFor();
			await dialog.getByRole("button", { name: "Leave" }).click();
			await notice(page, `You left ${owner.workspaceName}.`);
			await page.getByRole("button", { name: "Workspace: none" }).waitFor();
		}),
	);

	test(
		"someone with an account accepts with its password and switches between workspaces",
		withWindow({}, async (page, context) => {
			const owner = newPerson("Olga Owner");
			const guest = newPerson("Gus Guest");
			await haveAccount(page, guest);
			await context.clearCookies();
			await haveAccount(page, owner);
			const invited = await send(page, "POST", "/api/invitations", { email: guest.email, role: "member" });
			assert.equal(invited.status(), 201, await invited.text());
			await context.clearCookies();

			await page.goto(await linkFromMail(guest.email, "/invitations"));
			await page.getByLabel("Password", { exact: true }).fill(guest.password);
			await page.getByRole("button", { name: "Join" }).click();
			await heading(page, "Clients");

			await page.getByRole("button", { name: `Workspace: ${owner.workspaceName}` }).click();
			await page.getByRole("menuitemradio", { name: guest.workspaceName }).click();
			await page.getByRole("button", { name: `Workspace: ${guest.workspaceName}` }).waitFor();

			await page.getByRole("button", { name: `Workspace: ${guest.workspaceName}` }).click();
			await page.getByRole("menuitem", { name: "New workspace" }).click();
			await page.getByRole("dialog").getByLabel("Workspace name").fill("Third room");
			await page.getByRole("button", { name: "Create workspace" }).click();
			await page.getByRole("button", { name: "Workspace: Third room" }).waitFor();

			await page.goto("/settings/workspace");
			await page.getByLabel("Workspace name").fill("Fourth room");
			await page.getByRole("button", { name: "Save" }).click();
			await page.getByRole("button", { name: "Workspace: Fourth room" }).waitFor();
		}),
	);

	test(
		"a session that ended elsewhere leads to the login page and back",
		withWindow({}, async (page, context) => {
			const person = newPerson();
			await haveAccount(page, person);
			await page.goto("/clients");
			await page.getByText("No clients yet").waitFor();
			await context.clearCookies();
			await page.getByRole("link", { name: "Imports" }).click();
			await heading(page, "Log in");
			await logIn(page, person);
			await heading(page, "Imports");
		}),
	);

	test(
		"the theme stays as chosen",
		withWindow({ colorScheme: "light" }, async (page) => {
			await haveAccount(page, newPerson());
			await page.goto("/clients");
			const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
			assert.equal(await theme(), "light");
			await page.getByRole("button", { name: "Theme" }).click();
			await page.getByRole("menuitemradio", { name: "Dark" }).click();
			assert.equal(await theme(), "dark");
			await page.reload();
			assert.equal(await theme(), "dark");
		}),
	);

	test(
		"every page is reached by keys alone",
		withWindow({}, async (page) => {
			await haveAccount(page, newPerson());
			await page.goto("/clients");
			await page.getByText("No clients yet").waitFor();
			await page.keyboard.press("Tab");
			assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
			await page.keyboard.press("Enter");
			await page.keyboard.press("Control+k");
			await page.getByRole("combobox", { name: "Search or jump to" }).fill("invit");
			await page.keyboard.press("Enter");
			await heading(page, "Settings");
			assert.match(await page.title(), /^Invitations/);
			assert.equal(await page.evaluate(() => document.activeElement.textContent), "Settings", "the heading has the focus");

			const tabs = await page.getByRole("navigation", { name: "Settings" }).getByRole("link").allInnerTexts();
			assert.ok(tabs.length >= 3);
			for (const tab of tabs) {
				await page.keyboard.press("Control+k");
				await page.getByRole("combobox", { name: "Search or jump to" }).fill(`settings ${tab}`);
				await page.getByRole("option", { selected: true }).getByText(tab, { exact: true }).waitFor();
				await page.keyboard.press("Enter");
				await page.waitForFunction((label) => document.title.startsWith(`${label}, settings`), tab);
			}
		}),
	);
});
