// Sets the theme before the first paint. "system" follows the device.
(() => {
	let choice = "system";
	try {
		choice = localStorage.getItem("ledgerline.theme") ?? "system";
	} catch {
		// Storage can be switched off; the device's setting is a good answer then.
	}
	const dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
	document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
