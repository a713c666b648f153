// Jobs that fail on purpose, for tests of the console.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { haveAccount, haveSession, newPerson, send } from "./browser.js";
import { DATABASE_URL, INBOX_URL, OPERATOR } from "./settings.js";

/** A desk and a phone, light and dark. */
export const SCREENS = [1280, 390].flatMap((width) =>
	["light", "dark"].map((theme) => ({
		name: `${width} px, ${theme}`,
		options: {
			viewport: { width, height: 844 },
			colorScheme: theme,
			...(width < 500 ? { hasTouch: true, isMobile: true } : {}),
		},
	})),
);

async function fault(fault) {
	const response = await fetch(`${INBOX_URL}/api/smtp/faults`, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(fault),
	});
	assert.equal(response.status, 200, await response.text());
}

export async function until(what, condition) {
	const deadline = Date.now() + 30_000;
	while (Date.now() < deadline) {
		const met = await condition();
		if (met) return met;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Error(`waited in vain: ${what}`);
}

/** Invites people whose mails the server refuses for good, so that their jobs are dead. Leaves an operator logged in. */
export async function deadInvitations(page, context, count) {
	const domain = `${randomBytes(6).toString("hex")}.example.test`;
	const person = newPerson();
	await fault({ mode: "permanent", to: `@${domain}` });
	await haveAccount(page, person);
	for (let guest = 0; guest < count; guest += 1) {
		const invited = await send(page, "POST", "/api/invitations", { email: `guest${guest}@${domain}`, role: "member" });
		assert.equal(invited.status(), 201, await invited.text());
	}
	await context.clearCookies();
	await haveSession(page, OPERATOR);
	const search = `state:dead kind:accounts.send_invitation workspace:"${person.workspaceName}"`;
	await until("the mails are refused", async () => {
		const response = await page.request.get(`/api/console/jobs?search=${encodeURIComponent(search)}`);
		assert.equal(response.status(), 200, await response.text());
		return (await response.json()).jobs.length === count;
	});
	const mails = async () => {
		const response = await fetch(`${INBOX_URL}/api/mails`);
		return (await response.json()).mails.filter((mail) => JSON.stringify(mail).includes(`@${domain}`)).length;
	};
	return { search, mails, mend: () => fault({ mode: "none", to: `@${domain}` }), workspace: person.workspaceName };
}

/** Changes the database behind the product's back: for what an older release may have left there. */
export async function write(sql) {
	await promisify(execFile)("psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", DATABASE_URL, "-c", sql]);
}
