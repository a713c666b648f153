// Files to be uploaded, and the panel they are uploaded with.

/** A second of sound: what a browser takes, and a job that looks at bytes. */
export function wave(name, seconds = 1) {
	const rate = 8_000;
	const data = Buffer.alloc(rate * seconds * 2);
	for (let at = 0; at < rate * seconds; at += 1) data.writeInt16LE(Math.round(Math.sin(at / 6) * 9_000), at * 2);
	const head = Buffer.alloc(44);
	head.write("RIFF", 0);
	head.writeUInt32LE(36 + data.length, 4);
	head.write("WAVEfmt ", 8);
	head.writeUInt32LE(16, 16);
	head.writeUInt16LE(1, 20);
	head.writeUInt16LE(1, 22);
	head.writeUInt32LE(rate, 24);
	head.writeUInt32LE(rate * 2, 28);
	head.writeUInt16LE(2, 32);
	head.writeUInt16LE(16, 34);
	head.write("data", 36);
	head.writeUInt32LE(data.length, 40);
	return { name, mimeType: "audio/wav", buffer: Buffer.concat([head, data]) };
}

/** Chooses files, and waits until each is checked and can be had. */
export async function upload(page, label, files) {
	await page.locator(`input[type=file][aria-label="${label}"][multiple]`).setInputFiles(files);
	for (const { name } of files) await page.getByRole("link", { name: `Download ${name}` }).waitFor({ timeout: 30_000 });
}
