/** Submitted forms: what was filled in, and who thereby says who they are. */

import { type Fields, say, track } from "./message";
import { allForms } from "./tag";

const IGNORED = "[data-ripely-ignore]";
const SECRET = /passw|\|file|token|csrf|captcha|card.?n|cv[cv]|\|cc-|iban|ssn/i;
const CARD_NUMBER = /^(\d[ -]?){13,19}$/;

/** What a field asks for shows in its autocomplete, type and name, here set off by bars. */
const TRAITS: [trait: string, field: RegExp, value: RegExp][] = [
  ["email", /e-?mail/i, /^\S+@\S+\.\S+$/],
  ["phone", /\|tel\b|phone|mobile/i, /(\d\D*){7}/],
  ["firstName", /given-name|first.?name/i, /./],
  ["lastName", /family-name|last.?name|surname/i, /./],
  ["name", /\|(full.?)?name\|/i, /./],
];

interface Answers {
  fields: Fields;
  traits: Fields & { consent?: Record<string, boolean> };
  identify?: boolean;
}

export function watchForms(): void {
  // In the capture phase, because a page that sends its forms itself may stop the event there.
  addEventListener("submit", ({ target }) => submitted(target as HTMLFormElement), true);
}

function submitted(form: HTMLFormElement): void {
  const mark = form.dataset.ripelyForm;
  if ((mark === undefined && !allForms) || form.closest(IGNORED)) return;
  const { fields, traits, identify } = read(form);
  if (identify) say("identify", { traits });
  // By attribute, because a field called "name" or "id" hides the form's own property.
  const name = mark || form.getAttribute("id") || form.getAttribute("name");
  track("Form Submitted", { form: name, fields });
}

function read(form: HTMLFormElement): Answers {
  const answers: Answers = { fields: {}, traits: {} };
  const data = new FormData(form);
  for (const element of form.elements) {
    const field = element as HTMLInputElement;
    const purpose = field.dataset.ripelyConsent;
    if (field.closest(IGNORED)) continue;
    if (purpose) {
      (answers.traits.consent ||= {})[purpose] = field.checked;
      answers.identify = true;
    } else note(field, data.getAll(field.name).join(", "), answers);
  }
  return answers;
}

function note(field: HTMLInputElement, value: string, answers: Answers): void {
  const { autocomplete, type, name } = field;
  const hint = `|${autocomplete}|${type}|${name}|`;
  const mark = field.dataset.ripelyTrait;
  const marked = mark !== undefined;
  if (!value || SECRET.test(hint) || CARD_NUMBER.test(value)) return;
  if (type === "hidden" && !marked) return;
  answers.fields[name] = value;
  const trait = marked
    ? mark || name
    : TRAITS.find(([, asks, like]) => asks.test(hint) && like.test(value))?.[0];
  if (!trait) return;
  answers.traits[trait] ||= value;
  if (marked || /^(email|phone)/.test(trait)) answers.identify = true;
}
