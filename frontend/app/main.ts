/** The script of the product's pages: htmx, and a few behaviours of our own. */

import { watchCopyButtons } from "./copy";
import { keepFolds } from "./folds";
import { configureHtmx } from "./htmx";
import { watchPolling } from "./polling";
import { watchTheme } from "./theme";
import { watchTimes } from "./times";

configureHtmx();
keepFolds();
watchCopyButtons();
watchPolling();
watchTheme();
watchTimes();
