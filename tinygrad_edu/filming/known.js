// What is known at a step, and how it is said. The script of the film has nodes by key, edges [from, to], steps and
// rules; all of its texts are shown as text, never as markup.

const film = JSON.parse(document.getElementById("script").textContent);
const { nodes, edges, steps, rules } = film;
const keys = Object.keys(nodes);
const leaves = keys.filter(key => nodes[key].name && !nodes[key].formula && !nodes[key].holds);
const last = steps.length - 1;
const turn = steps.findIndex(step => step.is === "turn");
let now = 0;

// ── when what happens ───────────────────────────────────────────────────────────────────────────────────────────
const computed = {}, handsOn = {}, received = {}; // by node: its last step, its first; [{ step, sum, … }] in order
for (const key of keys) received[key] = [];
steps.forEach((step, k) => {
  if (step.is === "forward" && step.at) computed[step.at] = k;
  if (step.is === "turn" && step.at) received[step.at].push({ step: k, sum: step.g });
  if (step.is === "backward" && step.at) handsOn[step.at] ??= k;
  for (const key of step.among ?? []) if (step.is === "forward") computed[key] = k;
  for (const part of step.parts ?? []) if (!part.to) received[edges[part.edge][0]].push({ ...part, step: k, from: step.at, g: step.g });
  for (const [key, sum] of Object.entries(step.sums ?? {})) received[key].push({ step: k, sum, from: step.at });
});
const usedOften = keys.filter(key => received[key].length > 1);

const hasValue = (key, k) => !(key in computed) || computed[key] <= k;
const gradient = (key, k) => received[key].findLast(part => part.step <= k)?.sum;

// Who has received something, and from which later steps more will come: why it cannot take its turn yet.
function waiting(k) {
  return usedOften.flatMap(key => {
    const parts = received[key];
    if (parts[0].step > k || parts.at(-1).step <= k) return [];
    const later = parts.filter(part => part.step > k).map(part => steps[part.step].at ?? null);
    return [{ key, sum: gradient(key, k), users: [...new Set(later)] }];
  });
}

// The edges along which something passes.
const into = {};
edges.forEach(([, to], i) => (into[to] ??= []).push(i));

function working(step) {
  if (step.is === "forward" && step.at) return into[step.at] ?? [];
  return (step.parts ?? []).map(part => part.edge).concat(step.along ?? []);
}

// What is at work: a value, or the folded boxes around those that are.
const atWork = step => [step.at, ...(step.among ?? [])].filter(Boolean);

// ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────
const UNSEEN = "the picture does not show one by one";
const name = key => nodes[key].name ?? nodes[key].value;
const brief = text => film.short[text] ?? text; // where there is no room for all entries
const count = (n, thing) => `${n.toLocaleString("en")} ${thing}${n === 1 ? "" : "s"}`;
const equation = key => (nodes[key].formula ? `${name(key)} = ${nodes[key].formula}` : name(key));
const term = (text, first) => (text.includes("…") || (!first && text.startsWith("−")) ? `(${text})` : text);
const factors = (g, part) => `${term(g, true)} × ${term(part.local)}`;
const product = (g, part) => `${factors(g, part)} = ${part.add}`;

// One sentence for each step: what is read aloud, and what stands in the list of all steps.
const sentence = {
  start: () => `${count(leaves.length, "input")}, ${count(Object.keys(computed).length, "result")}: the graph before anything is computed.`,
  forward: step => step.skip ? `${group(step)} computed.`
    : `${equation(step.at)} = ${step.worked} = ${nodes[step.at].value}`,
  turn: step => `Turning round: the gradient of ${step.name} by itself is ${step.g}.`,
  backward: step => step.skip ? `${group(step)} hand on gradients.`
    : `${name(step.at)} hands on ${step.g}: ${given(step)}.`,
  end: () => {
    const told = leaves.slice(0, 8).map(key => `${name(key)} has the gradient ${gradient(key, last) ?? "0"}`);
    return `Done: ${told.join(", ")}${leaves.length > 8 ? ", …" : "."}`;
  },
};
const group = step => (step.at ? `${name(step.at)}: ${count(step.skip, "result")} inside` : `${count(step.skip, "result")} that ${UNSEEN}`);
const said = k => sentence[steps[k].is](steps[k]);

function given(step) {
  const parts = (step.parts ?? []).map(part => {
    const sum = part.sum === part.add ? "" : `, together ${part.sum}`;
    return `${part.to ?? name(edges[part.edge][0])} receives ${part.local ? product(step.g, part) : part.add}${sum}`;
  });
  return parts.join("; ") || "nothing in the picture receives it";
}
