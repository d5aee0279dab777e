// The shop's own script: its cart, its question about privacy, and the e-commerce events it tells the tracker.
// What a customer's site would add is marked "Ripely".

// Ripely: calls made before the tracker has loaded wait in line.
window.ripely = window.ripely || function () { (window.ripely.q = window.ripely.q || []).push(arguments); };

const CART = "oakmere-cart";
const ORDER = "oakmere-order";
const CHOICE = "oakmere-privacy";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);

const readCart = () => JSON.parse(localStorage.getItem(CART) || "[]");
const total = (lines) => lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
const euros = (amount) => amount.toLocaleString("en-GB");
const asProduct = ({ slug, name, price, category, quantity }) => ({ product_id: slug, name, price, category, quantity });
const asCart = (lines) => ({ value: total(lines), currency: "EUR", products: lines.map(asProduct) });

function writeCart(lines) {
  localStorage.setItem(CART, JSON.stringify(lines));
  showCount();
}

function showCount() {
  const count = readCart().reduce((sum, line) => sum + line.quantity, 0);
  for (const badge of all("[data-cart-count]")) {
    badge.textContent = count;
    badge.hidden = count === 0;
  }
}

function add(button) {
  const { add: slug, name, price, category } = button.dataset;
  const lines = readCart();
  const line = lines.find((one) => one.slug === slug);
  if (line) line.quantity += 1;
  else lines.push({ slug, name, price: Number(price), category, quantity: 1 });
  writeCart(lines);
  ripely("track", "Product Added", asProduct({ slug, name, price: Number(price), category, quantity: 1 }));
  button.textContent = "In the cart";
  button.classList.add("done");
}

function remove(slug) {
  const lines = readCart();
  const gone = lines.find((line) => line.slug === slug);
  writeCart(lines.filter((line) => line !== gone));
  ripely("track", "Product Removed", asProduct(gone));
  showCart();
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function cartLine(line) {
  const image = element("img", { src: `/shop/images/${line.slug}.svg`, alt: "" });
  const link = element("a", { href: `/shop/${line.category}/${line.slug}`, textContent: line.name });
  const price = element("b", { className: "price", textContent: `€${euros(line.price * line.quantity)}` });
  const button = element("button", { className: "link", textContent: "Remove", onclick: () => remove(line.slug) });
  const words = element("div", {}, link, element("br"), element("small", { textContent: `${line.quantity} × €${euros(line.price)}` }));
  return element("div", { className: "line" }, element("span", { className: "picture" }, image), words, price, button);
}

function showCart() {
  const lines = readCart();
  for (const place of all("[data-cart-total]")) place.textContent = euros(total(lines));
  const list = one("[data-cart-lines]");
  if (!list) return;
  list.replaceChildren(...lines.map(cartLine));
  one("[data-cart-empty]").hidden = lines.length > 0;
  one("[data-cart-full]").hidden = lines.length === 0;
}

function placeOrder() {
  const lines = readCart();
  const order = { order_id: `OH-${Date.now().toString(36).toUpperCase()}`, total: total(lines), currency: "EUR", products: lines.map(asProduct) };
  sessionStorage.setItem(ORDER, JSON.stringify(order));
  ripely("track", "Order Completed", order);
  writeCart([]);
}

function showOrder(place) {
  const order = JSON.parse(sessionStorage.getItem(ORDER) || "null");
  place.hidden = !order;
  if (!order) return;
  const rows = order.products.map((item) => element("tr", {}, element("td", { textContent: `${item.quantity} × ${item.name}` }), element("td", { className: "price", textContent: `€${euros(item.price * item.quantity)}` })));
  const sum = element("tr", {}, element("th", { textContent: "Total" }), element("th", { className: "price", textContent: `€${euros(order.total)}` }));
  place.replaceChildren(element("p", { textContent: `Order ${order.order_id}` }), element("table", {}, ...rows, sum));
}

// Ripely: what the page says of itself, and what only the browser knows.
function tellPage() {
  const { event, properties } = document.body.dataset;
  if (event) ripely("track", event, JSON.parse(properties));
  if (location.pathname === "/shop/cart") ripely("track", "Cart Viewed", asCart(readCart()));
  if (location.pathname === "/shop/checkout") ripely("track", "Checkout Started", asCart(readCart()));
}

// Ripely: nothing is stored by the tracker before this answer.
function choose(answer) {
  localStorage.setItem(CHOICE, answer);
  ripely("consent", answer === "yes");
  one("[data-privacy]").hidden = true;
}

function start() {
  one("[data-privacy]").hidden = localStorage.getItem(CHOICE) !== null;
  one("[data-privacy-yes]").onclick = () => choose("yes");
  one("[data-privacy-no]").onclick = () => choose("no");
  one("[data-privacy-ask]").onclick = () => { one("[data-privacy]").hidden = false; };
  for (const button of all("[data-add]")) button.onclick = () => add(button);
  for (const form of all("[data-order]")) form.addEventListener("submit", placeOrder);
  for (const place of all("[data-order-lines]")) showOrder(place);
  showCount();
  showCart();
  tellPage();
}

start();
