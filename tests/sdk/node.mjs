// Says one of everything with the official client for Node, and exits when all of it is delivered.
import { Analytics } from "@segment/analytics-node";

const [host, writeKey] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host, flushAt: 4, maxRetries: 2 });
const failures = [];
analytics.on("error", (error) => failures.push(String(error.reason ?? error)));

const who = { userId: "ann", anonymousId: "device" };
analytics.page({ anonymousId: "device", name: "Bikes", properties: { url: "https://x.org/bikes" } });
analytics.identify({ ...who, traits: { email: "ann@x.org" } });
analytics.track({ ...who, event: "Product Viewed", properties: { price: 499 } });
analytics.screen({ ...who, name: "Basket" });
analytics.group({ ...who, groupId: "acme" });
analytics.alias({ userId: "ann", previousId: "old" });
await analytics.closeAndFlush();
if (failures.length) {
  console.error(failures.join("\n"));
  process.exit(1);
}
