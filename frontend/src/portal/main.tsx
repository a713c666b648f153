import { render } from "preact";
import "./portal.css";
import { colour } from "../ui/brand";
import { App } from "./app";
import { first } from "./data";

const root = document.getElementById("root");
const given = first();
if (given.state === "open" && given.page.more.brand.palette) colour(given.page.more.brand.palette);
if (root) render(<App first={given} />, root);
