import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "preact";
import "../styles.css";
import { App } from "./app";
import { queryClient } from "./session";

const root = document.getElementById("root");
if (root) {
	render(
		<QueryClientProvider client={queryClient}>
			<App />
		</QueryClientProvider>,
		root,
	);
}
