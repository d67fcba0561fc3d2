// The side panel: what happens at this step and by which rule, and the story of one value.

const find = id => document.getElementById(id);
let told = null; // the node whose story is open

function make(tag, look, ...inside) {
  const element = document.createElement(tag);
  if (look) element.className = look;
  element.append(...inside.flat().filter(Boolean)); // strings become text
  return element;
}

function link(key) {
  if (key === null) return `results that ${UNSEEN}`;
  const button = make("button", "link", name(key));
  button.type = "button";
  button.onclick = () => tell(key);
  return button;
}

function toStep(k, text) {
  const anchor = make("a", "", text);
  anchor.href = `#step=${k}`;
  return anchor;
}

// ── one scene for each kind of step ─────────────────────────────────────────────────────────────────────────────
const ACTS = { start: "Before", forward: "Forward pass", turn: "Turning round", backward: "Backward pass", end: "After" };
const scene = {
  start: () => [make("h3", "", "What is known: the inputs"),
    make("p", "", `This graph has ${count(leaves.length, "input")}. The forward pass computes the results, from left to right. `
      + "Then the backward pass asks, from right to left, how much each value matters: its gradient."),
    make("p", "quiet", matchMedia("(hover: none)").matches ? "The buttons below play and step. A tap on a box tells its story."
      : "Space plays, ← and → step. A click on a box tells its story.")],
  forward: step => step.skip ? inside(step, step.skip === 1 ? "is computed:" : "are computed:") : [make("h3", "", equation(step.at)),
    make("p", "sum", `= ${step.worked}`), make("p", "sum", "= ", make("b", "", nodes[step.at].value)),
    make("p", "quiet", nodes[step.at].does ?? ""), (nodes[step.at].marks ?? []).map(mark => make("p", "mark", mark))].flat(),
  turn: step => [make("h3", "", `∂${step.name}/∂${step.name} = ${step.g}`),
    make("p", "", `Everything is computed; now back. The gradient of ${step.name} by itself is where the chain rule starts.`)],
  backward: step => [...(step.skip ? inside(step, step.skip === 1 ? "hands on the gradient that arrived at it:" : "hand on the gradients that arrived at them:") : handingOn(step)), whoWaits()],
  end: () => [make("h3", "", "Every gradient is complete"),
    make("p", "", `How fast ${steps[turn].name} grows when one of the inputs does:`),
    make("ul", "", leaves.slice(0, 40).map(key => make("li", "sum", link(key), ": ", make("b", "", gradient(key, last) ?? "0")))),
    leaves.length > 40 && make("p", "quiet", `and ${count(leaves.length - 40, "more input")}`)],
};

function showScene() {
  const step = steps[now];
  find("now").replaceChildren(make("h2", "", ACTS[step.is]), ...scene[step.is](step).filter(Boolean));
  if (told === null && !find("list").open) find("panel").scrollTop = 0;
}

// Results that have no boxes of their own: which box they are in, and the first of them.
function inside(step, what) {
  if (!step.at) return [make("h3", "", said(now))];
  const { value } = nodes[step.at], more = step.skip - step.inside.length, g = gradient(step.at, now);
  return [make("h3", "", link(step.at)), make("p", "", `${count(step.skip, "result")} inside ${what}`),
    make("ul", "inside", step.inside.map(line => make("li", "", line)), more > 0 && make("li", "quiet", `and ${more.toLocaleString("en")} more`)),
    step.is === "forward" && value && computed[step.at] === now && make("p", "sum", `${name(step.at)} = `, make("b", "", value)),
    step.is === "backward" && g && make("p", "quiet", `What arrived at ${name(step.at)}: ${g}`)];
}

function handingOn(step) {
  const parts = step.parts ?? [], closely = parts.filter(part => part.by || part.local), uses = received[step.at].length;
  return [make("h3", "", equation(step.at)),
    make("p", "", uses > 1 && `All ${uses} contributions have arrived; `, link(step.at), " hands on its gradient ", make("b", "", step.g), "."),
    [...new Set(closely.map(part => rules[part.rule]))].map(words => make("p", "quiet", words)),
    step.kink && make("p", "", step.kink),
    [...(nodes[step.at].marks ?? []), ...(nodes[step.at].flaws ?? [])].map(mark => make("p", "mark", mark)),
    closely.map(part => contribution(step, part, edges[part.edge][0])),
    parts.length > closely.length && make("p", "quiet", `and ${count(parts.length - closely.length, "more input")}`),
    step.unseen && make("p", "quiet", `and ${count(step.unseen, "input")} that ${UNSEEN}`)].flat();
}

const factor = (text, word, look) => make("span", look, text, make("small", "", word));
const sign = text => factor(text, "\u00a0");

// upstream × local = contribution, the rule for it, and what the receiver has by now.
function contribution(step, part, key) {
  const parts = received[key].filter(other => other.step <= now);
  return make("div", "part", make("p", "", "to ", part.to ? `${part.to} in ` : "", link(key)),
    part.local ? make("div", "terms", factor(term(step.g, true), "upstream"), sign("×"), factor(term(part.local), "local"),
      sign("="), factor(part.add, "contribution", "made")) : make("p", "sum", part.by && `${part.by} = `, make("b", "", part.add)),
    part.local && make("p", "quiet", `∂${name(step.at)}/∂${part.to ?? name(key)} = ${part.by ? `${part.by} = ` : ""}${part.local}`),
    part.why && make("p", "quiet", part.why),
    !part.to && received[key].length > 1 && sumSoFar(key, parts.slice(0, parts.findIndex(other => other.edge === part.edge) + 1), part));
}

function sumSoFar(key, parts, part) {
  const amounts = parts.map(other => other.add).filter(Boolean), shown = amounts.slice(-4);
  const terms = shown.map((text, i) => term(text, i === 0 && shown.length === parts.length));
  if (shown.length < parts.length) terms.unshift("…");
  return make("p", "sum", `${name(key)} so far: ${parts.length > 1 ? `${terms.join(" + ")} = ` : ""}`, make("b", "", part.sum));
}

function whoWaits() {
  const found = waiting(now);
  if (!found.length) return "";
  const rows = found.slice(0, 6).map(({ key, sum, users }) => make("li", "", link(key), ` has ${sum}, more comes from `,
    users.slice(0, 4).flatMap((user, i, all) => [make("span", "whole", link(user), i < all.length - 1 && ","), " "]),
    users.length > 4 && `and ${users.length - 4} more`));
  if (found.length > 6) rows.push(make("li", "", `and ${count(found.length - 6, "more value")}`));
  return make("div", "waiting", make("b", "", "Waiting"), ", because every use counts:", make("ul", "", rows));
}

// ── the story of a value ────────────────────────────────────────────────────────────────────────────────────────
function story(key) {
  const node = nodes[key], parts = received[key];
  const close = make("button", "close", "×");
  close.type = "button";
  close.setAttribute("aria-label", "Close the story");
  close.onclick = () => tell(null);
  return [close, make("h2", "", `Story of ${node.full ?? node.name}`), make("h3", "", equation(key)),
    make("p", "quiet", [node.holds ? `folded: ${node.holds}` : node.role, node.kind && `shape ${node.kind}`].filter(Boolean).join(", ")),
    [...(node.marks ?? []), ...(node.flaws ?? [])].map(mark => make("p", "mark", mark)),
    make("p", "", node.value ? ["Value ", ...numbers(node.value, node.all)] : "Computed", key in computed && [" in ", toStep(computed[key], `step ${computed[key]}`)]),
    parts.length ? make("p", "", "Gradient ", numbers(parts.at(-1).sum, node.slope), parts.length > 1 ? ", the sum of:" : ", from:")
      : node.value && make("p", "", "Nothing reaches it in the backward pass: its gradient is 0."),
    make("ul", "", parts.slice(0, 24).map(part => make("li", "", toStep(part.step, `step ${part.step}`), ": ", arrival(part)))),
    parts.length > 24 && make("p", "quiet", `and ${parts.length - 24} more`),
    key in handsOn && make("p", "", "It hands on in ", toStep(handsOn[key], `step ${handsOn[key]}`), ".")].flat().filter(Boolean);
}

function numbers(shown, all) {
  if (!Array.isArray(all)) return [make("b", "", all ?? shown)];
  const rows = all.map(line => make("tr", "", line.map(entry => make("td", "", entry))));
  return [shown, make("span", "wide", make("table", "", rows))];
}

function arrival(part) {
  if (part.step === turn) return [`the start, ${part.sum}`];
  return [link(part.from ?? null), ` ${part.local ? product(part.g, part) : part.add ?? `together ${part.sum}`}`];
}

function tell(key) {
  const before = told;
  told = key;
  find("story").hidden = key === null;
  find("story").replaceChildren(...(key === null ? [] : story(key)));
  paint();
  if (key !== null) {
    find("story").scrollIntoView({ block: "start" });
    find("story").focus({ preventScroll: true });
  } else if (before) {
    find(before).focus({ preventScroll: true });
  }
}
