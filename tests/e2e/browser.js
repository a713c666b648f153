import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { BASE_URL, CHROMIUM, INBOX_URL } from "./settings.js";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const ARGUMENTS = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

let browser;

/** Starts one browser for the tests of a file. */
export function useBrowser() {
	before(async () => {
		browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
	});
	after(() => browser?.close());
}

/**
 * Gives the test a window of its own, with its own cookies, and looks afterwards whether a script failed or the
 * security policy stopped something. A failed test leaves a picture in failures/.
 */
export function withWindow(options, body) {
	return async (t) => {
		const context = await browser.newContext({
			baseURL: BASE_URL,
			viewport: { width: 1280, height: 800 },
			reducedMotion: "reduce",
			...options,
		});
		context.setDefaultTimeout(15_000);
		const complaints = [];
		context.on("weberror", (error) => complaints.push(String(error.error())));
		context.on("console", (message) => {
			// A refused request is the test's business; the browser reports it here as well.
			if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
				complaints.push(message.text());
			}
		});
		const page = await context.newPage();
		try {
			await body(page, context);
			assert.deepEqual(complaints, [], "the browser's console holds no error");
		} catch (error) {
			await mkdir(new URL("failures/", import.meta.url), { recursive: true });
			const name = t.name.replaceAll(/[^a-z0-9]+/gi, "-");
			const path = new URL(`failures/${name}.png`, import.meta.url).pathname;
			await page.screenshot({ path, fullPage: true }).catch(() => {});
			throw error;
		} finally {
			await context.close();
		}
	};
}

/** A person nobody has met before. */
export function newPerson(name = "Nora Test") {
	const id = randomBytes(6).toString("hex");
	return {
		name,
		email: `${name.split(" ")[0].toLowerCase()}.${id}@example.test`,
		password: `long enough ${id}`,
		workspaceName: `Studio ${id}`,
	};
}

/** Signs up through the page, as a person does. */
export async function signUp(page, person) {
	await page.goto("/sign-up");
	await page.getByLabel("Your name").fill(person.name);
	await page.getByLabel("Email").fill(person.email);
	await page.getByLabel("Password", { exact: true }).fill(person.password);
	await page.getByLabel("Workspace name").fill(person.workspaceName);
	await page.getByRole("button", { name: "Create account" }).click();
	await heading(page, "Clients");
}

/** Makes an account without the page, for tests that are about something else. The window is then logged in. */
export async function haveAccount(page, person) {
	const response = await page.request.post("/api/accounts", { data: person });
	assert.equal(response.status(), 201, await response.text());
	return response.json();
}

export async function logIn(page, { email, password }) {
	await page.getByLabel("Email").fill(email);
	await page.getByLabel("Password", { exact: true }).fill(password);
	await page.getByRole("button", { name: "Log in" }).click();
}

/** Logs in without the page. */
export async function haveSession(page, { email, password }) {
	const response = await page.request.post("/api/sessions", { data: { email, password } });
	assert.equal(response.status(), 201, `${email} can log in: ${await response.text()}`);
	return response.json();
}

/** A request of the logged-in window with its token against forgery. */
export async function send(page, method, path, data) {
	const session = await (await page.request.get("/api/session")).json();
	return page.request.fetch(path, { method, data, headers: { "X-CSRF-Token": session.csrfToken } });
}

export async function logOut(page) {
	await page.getByRole("button", { name: /^Account:/ }).click();
	await page.getByRole("menuitem", { name: "Log out" }).click();
	await heading(page, "Log in");
}

export function heading(page, name) {
	return page.getByRole("heading", { name, exact: true }).first().waitFor();
}

export function notice(page, text) {
	return page.getByRole("region", { name: "Notices" }).getByText(text).waitFor();
}

/** Waits until the inbox holds a mail to this address with a link to this path (or pattern), and gives the newest link. */
export async function linkFromMail(to, path, { after = 0 } = {}) {
	const deadline = Date.now() + 30_000;
	while (Date.now() < deadline) {
		const response = await fetch(`${INBOX_URL}/api/mails?to=${encodeURIComponent(to)}`);
		const { mails } = await response.json();
		const links = mails.flatMap((mail) => mail.links).filter((link) => {
			const { pathname } = new URL(link);
			return path instanceof RegExp ? path.test(pathname) : pathname === path;
		});
		if (links.length > after) return links[0];
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	throw new Error(`No mail with a link to ${path} came for ${to} within 30 s.`);
}

/** What axe finds by WCAG 2.2 A and AA, one line for each finding. */
export async function accessibilityFindings(page) {
	// what is dimmed while it is asked for anew is judged when it is back
	await page.waitForFunction(() => {
		const runs = (animation) => animation.playState === "running" && animation.effect?.getComputedTiming().endTime !== Infinity;
		return !document.querySelector('table[aria-busy="true"]') && !document.getAnimations().some(runs);
	});
	await page.evaluate(AXE);
	return page.evaluate(async () => {
		const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
		const { violations } = await globalThis.axe.run(document, { runOnly: tags });
		return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
	});
}
