/** Shop events that a page already tells its data layer, by their Segment names. */

import { type Fields, track } from "./message";

const EVENTS = new Map<unknown, string>([
  ["view_item", "Product Viewed"],
  ["add_to_cart", "Product Added"],
  ["begin_checkout", "Checkout Started"],
  ["purchase", "Order Completed"],
]);

interface Sale extends Fields {
  items?: Fields[];
}

export function watchDataLayer(): void {
  const layer = (window.dataLayer ||= []);
  const push = layer.push;
  layer.forEach(read);
  layer.push = (...entries) => {
    // Later, so that nothing that goes wrong here reaches the page's own call.
    queueMicrotask(() => entries.forEach(read));
    return push.apply(layer, entries);
  };
}

/** A tag manager's entry is an object, gtag's the arguments of its call. */
function read(entry: DataLayerEntry | null): void {
  const [name, sale] = entry?.[0] === "event" ? [entry[1], entry[2]] : [entry?.event, entry?.ecommerce];
  const event = EVENTS.get(name);
  if (event && sale) sold(event, sale as Sale);
}

function sold(event: string, { items, transaction_id: order_id, ...sale }: Sale): void {
  const products = (items || []).map(product);
  if (/^P/.test(event)) for (const one of products) track(event, { ...sale, ...one });
  else track(event, { ...sale, order_id, total: sale.value, products });
}

function product(item: Fields): Fields {
  const renamed = ([key, value]: [string, unknown]) => [
    key === "item_id" ? "product_id" : key.replace("item_", ""),
    value,
  ];
  return Object.fromEntries(Object.entries(item).map(renamed));
}
