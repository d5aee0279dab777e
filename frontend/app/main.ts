/** The script of the product's pages: htmx, Tabler's menus, and a few behaviours of our own. */

import "@tabler/core/dist/js/tabler.esm.min.js";
import { watchCopyButtons } from "./copy";
import { configureHtmx } from "./htmx";
import { watchTimes } from "./times";

configureHtmx();
watchCopyButtons();
watchTimes();
