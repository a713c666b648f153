import { render } from "preact";
import "./portal.css";
import { App } from "./app";
import { first } from "./data";

const root = document.getElementById("root");
if (root) render(<App first={first()} />, root);
