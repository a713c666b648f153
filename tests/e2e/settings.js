// Where the product and the inbox of the sandbox are, and who the operators of the seeded data are.

function needed(name, what) {
	const value = process.env[name];
	if (!value) throw new Error(`${name} is not set: ${what}.`);
	return value.replace(/\/$/, "");
}

export const BASE_URL = needed("BASE_URL", "the address of the web server under test");
export const INBOX_URL = needed("INBOX_URL", "the address of the sandbox's inbox");
export const DATABASE_URL = needed("DATABASE_URL", "the database of the product under test");
export const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** Of everyone in the seeded data. */
const SEEDED_PASSWORD = "ledgerline-demo";

export const OPERATOR = {
	email: process.env.OPERATOR_EMAIL ?? "ops@ledgerline.example",
	password: process.env.OPERATOR_PASSWORD ?? SEEDED_PASSWORD,
};
export const READER = {
	email: process.env.READER_EMAIL ?? "watch@ledgerline.example",
	password: process.env.READER_PASSWORD ?? SEEDED_PASSWORD,
};
