import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * The theme must be set before the first paint, and the page's security policy forbids inline scripts.
 * So the script is its own small file that blocks in <head>, with its content's hash in the name like
 * every other asset, since assets are served as immutable.
 */
function themeBoot(): Plugin {
	const source = readFileSync(here("theme-boot.js"), "utf8");
	const hash = createHash("sha256").update(source).digest("base64url").slice(0, 8);
	const fileName = `assets/theme-boot-${hash}.js`;
	return {
		name: "ledgerline-theme-boot",
		configureServer(server) {
			server.middlewares.use(`/${fileName}`, (_request, response) => {
				response.setHeader("content-type", "text/javascript");
				response.end(source);
			});
		},
		generateBundle() {
			this.emitFile({ type: "asset", fileName, source });
		},
		transformIndexHtml() {
			return [{ tag: "script", attrs: { src: `/${fileName}` }, injectTo: "head-prepend" }];
		},
	};
}

const backend = process.env["BACKEND_URL"] ?? "http://127.0.0.1:5150";

export default defineConfig({
	plugins: [themeBoot(), tailwindcss()],
	resolve: {
		alias: {
			"@": here("src"),
			"react/jsx-runtime": "preact/jsx-runtime",
			react: "preact/compat",
			"react-dom": "preact/compat",
		},
	},
	build: {
		target: "es2022",
		// Everything the browser loads comes as a file: the policy knows no inline script.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		rolldownOptions: {
			input: { studio: here("studio.html"), portal: here("portal.html") },
			// "use client" means nothing here; without this each build prints a page about it.
			onLog(level, log, report) {
				if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
			},
		},
	},
	server: { proxy: { "/api": backend } },
	test: {
		environment: "happy-dom",
		include: ["src/**/*.test.{ts,tsx}"],
		server: { deps: { inline: [/@tanstack/, /wouter/] } },
	},
});
