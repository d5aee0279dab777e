/** The script of the product's pages: htmx, and a few behaviours of our own. */

import { watchCopyButtons } from "./copy";
import { focusFirst } from "./focus";
import { keepFolds } from "./folds";
import { configureHtmx } from "./htmx";
import { watchLines } from "./lines";
import { watchPolling } from "./polling";
import { watchTheme } from "./theme";
import { watchTimes } from "./times";

configureHtmx();
focusFirst();
keepFolds();
watchCopyButtons();
watchLines();
watchPolling();
watchTheme();
watchTimes();
