// The official client of tus against the product: everything that it can ask of a server.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import { Upload } from "tus-js-client";
import { newPerson } from "./browser.js";
import { until } from "./jobs.js";
import { BASE_URL } from "./settings.js";

/** A member with a project of their own, without a browser. */
async function member() {
	const person = newPerson();
	const json = { "Content-Type": "application/json" };
	const answer = await fetch(`${BASE_URL}/api/accounts`, { method: "POST", headers: json, body: JSON.stringify(person) });
	assert.equal(answer.status, 201);
	const session = await answer.json();
	const cookie = answer.headers.getSetCookie().map((each) => each.split(";")[0]).join("; ");
	const headers = { Cookie: cookie, "X-CSRF-Token": session.csrfToken };
	const ask = async (method, path, body) => {
		const answer = await fetch(`${BASE_URL}${path}`, { method, headers: { ...headers, ...json }, body: body && JSON.stringify(body) });
		return answer.status === 204 ? null : answer.json();
	};
	const project = await ask("POST", "/api/projects", {
		contact: { name: "Ada" },
		title: "Album",
		amountMinor: 0,
		currency: "EUR",
	});
	return { headers, ask, project, endpoint: `${BASE_URL}/api/projects/${project.id}/uploads` };
}

function upload(who, source, options = {}) {
	return new Promise((resolve, reject) => {
		const upload = new Upload(source, {
			endpoint: who.endpoint,
			headers: who.headers,
			retryDelays: [0, 100, 500],
			onSuccess: () => resolve(upload),
			onError: reject,
			...options,
			metadata: { filename: "sent.bin", ...options.metadata },
		});
		options.begun?.(upload, resolve);
		upload.start();
	});
}

/** The one file of the project, once it is checked, and that its bytes are these. */
async function arrived(who, bytes) {
	const file = await until("the file is checked", async () => {
		const { files } = await who.ask("GET", `/api/projects/${who.project.id}/files`);
		return files.find(({ versions }) => versions[0].state === "available");
	});
	const [version] = file.versions;
	assert.equal(version.sizeBytes, bytes.length);
	assert.equal(version.sha256, createHash("sha256").update(bytes).digest("hex"));
	const path = `/api/projects/${who.project.id}/files/${file.id}/versions/1/content`;
	const answer = await fetch(`${BASE_URL}${path}`, { headers: who.headers });
	assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes);
}

describe("the official client of tus", () => {
	const bytes = randomBytes(1_500_000);

	test("sends a file at once, and in chunks", async () => {
		for (const options of [{}, { chunkSize: 400_000 }, { chunkSize: 500_000, overridePatchMethod: true }]) {
			const who = await member();
			const progress = [];
			await upload(who, bytes, { ...options, onProgress: (sent) => progress.push(sent) });
			assert.equal(progress.at(-1), bytes.length);
			await arrived(who, bytes);
		}
	});

	test("sends bytes with the creation", async () => {
		const who = await member();
		await upload(who, bytes, { uploadDataDuringCreation: true, chunkSize: 700_000 });
		await arrived(who, bytes);
	});

	test("sends parts at the same time that are one file", async () => {
		const who = await member();
		await upload(who, bytes, { parallelUploads: 3 });
		await arrived(who, bytes);
	});

	test("sends a stream whose size is known at its end", async () => {
		const who = await member();
		const stream = Readable.from([bytes.subarray(0, 600_000), bytes.subarray(600_000)]);
		await upload(who, stream, { uploadLengthDeferred: true, chunkSize: 500_000 });
		await arrived(who, bytes);
	});

	test("stops, asks where it stands, goes on, and gives up", async () => {
		const who = await member();
		let address = null;
		await upload(who, bytes, {
			chunkSize: 500_000,
			begun: (running, stopped) => {
				running.options.onChunkComplete = async () => {
					address = running.url;
					await running.abort();
					stopped();
				};
			},
		});
		assert.ok(address);
		await upload(who, bytes, { uploadUrl: address });
		await arrived(who, bytes);

		let given = null;
		await upload(who, bytes, {
			chunkSize: 500_000,
			begun: (running, stopped) => {
				running.options.onChunkComplete = async () => {
					given = running.url;
					await running.abort(true);
					stopped();
				};
			},
		});
		const gone = await fetch(given, { method: "HEAD", headers: { ...who.headers, "Tus-Resumable": "1.0.0" } });
		assert.equal(gone.status, 404);
	});

	test("hears why it may not", async () => {
		const who = await member();
		const other = await member();
		const refused = { endpoint: other.endpoint, headers: who.headers, project: who.project };
		await assert.rejects(upload(refused, bytes, { retryDelays: null }), (error) => {
			assert.equal(error.originalResponse.getStatus(), 404);
			return true;
		});
	});
});
