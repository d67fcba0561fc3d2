// The picture: boxes fill with numbers, edges light up, and the camera keeps what happens in sight.

const graph = find("graph"), world = find("world"), frame = graph.getAttribute("viewBox");
const [left, top_, wide, high] = frame.split(" ").map(Number);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const ROOMY = 60; // nodes up to which each of them is a stop of the Tab key
const CELL = 10; // how high a cell of a heat map is
const LEGIBLE = [0.75, 1]; // pixels per point below which the text of a box is too small: where there is little room, and else
const STRIP = 52; // pixels at the bottom that belong to the buttons for zooming

// ── boxes ───────────────────────────────────────────────────────────────────────────────────────────────────────
const box = {}, line = edges.map((_, i) => find(`e${i}`)), painted = {};
let lit = [];

for (const key of keys) {
  const element = find(key), { e: x, f: y } = element.transform.baseVal.consolidate().matrix;
  const shape = find(element.querySelector("use")?.getAttribute("href").slice(1) ?? key).querySelector("rect");
  box[key] = { element, x, y, w: Number(shape?.getAttribute("width") ?? 20), h: Number(shape?.getAttribute("height") ?? 20) };
  if (nodes[key].name) element.setAttribute("role", "button");
  if (nodes[key].marks) element.classList.add("marked");
}

// Where an edge begins, and by how much it has risen half-way along its first curve; the browser would lay everything
// out anew before it answers that.
const tail = line.map(path => {
  const [x, y, , y1, , y2, , y3] = path.getAttribute("d").match(/-?[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0, 0, 0, 0, 0];
  return { x, y, rise: y - (y + 3 * y1 + 3 * y2 + y3) / 8 };
});

function write(parent, look, x, y, words) {
  const text = document.createElementNS(graph.namespaceURI, "text");
  text.setAttribute("class", look);
  text.setAttribute("x", x);
  text.setAttribute("y", y);
  text.textContent = words ?? "";
  parent.append(text);
  return text;
}

function fill(key, look, up, words) {
  if (!("value" in nodes[key])) return; // a folded box with several results
  const { element, w, h } = box[key];
  const text = element.querySelector(`.${look}`) ?? write(element, look, w - 9, h - up);
  text.textContent = brief(words);
}

// The heat map of an array: one path for each shade, drawn when its value is known.
function heat(key) {
  const { heat: rows, kind } = nodes[key], { element, w, h } = box[key], paths = {};
  if (!rows || !kind || element.querySelector(".heat")) return;
  const across = Math.min(CELL, (w - 18) / rows[0].length), top = h - 62 - CELL * rows.length;
  rows.forEach((row, i) => [...row].forEach((shade, j) => {
    paths[shade] = `${paths[shade] ?? ""}M${(9 + j * across).toFixed(1)} ${top + i * CELL}h${(across - 0.8).toFixed(1)}v${CELL - 0.8}H${(9 + j * across).toFixed(1)}z`;
  }));
  for (const shade in paths) {
    const path = document.createElementNS(graph.namespaceURI, "path");
    path.setAttribute("class", `heat heat${shade}`);
    path.setAttribute("d", paths[shade]);
    element.append(path);
  }
}

function looks(key, at, inPlay, waits) {
  const look = ["node", nodes[key].role];
  if (nodes[key].marks) look.push("marked");
  if (!hasValue(key, now)) look.push("later");
  if (gradient(key, now)) look.push("reached");
  if (waits.has(key)) look.push("waits");
  if (at.includes(key)) look.push("works");
  if (key === told) look.push("told");
  const stop = keys.length <= ROOMY || at.includes(key) || inPlay.has(key) || key === told;
  return { look: look.join(" "), value: hasValue(key, now) ? nodes[key].value ?? "" : "", gradient: gradient(key, now) ?? "", stop };
}

function paint() {
  const step = steps[now], active = working(step), at = atWork(step);
  const inPlay = new Set(active.flatMap(i => edges[i])), waits = new Set(waiting(now).map(row => row.key));
  for (const key of keys) {
    if (!nodes[key].name) continue;
    const next = looks(key, at, inPlay, waits), before = painted[key];
    if (before && Object.keys(next).every(what => next[what] === before[what])) continue;
    painted[key] = next;
    box[key].element.setAttribute("class", next.look);
    fill(key, "value", 26, next.value);
    fill(key, "gradient", 10, next.gradient);
    if (next.value) heat(key);
    box[key].element.setAttribute("tabindex", next.stop ? 0 : -1);
    box[key].element.setAttribute("aria-label", `${equation(key)}, ${known(key, next)}`);
  }
  for (const i of lit) line[i].setAttribute("class", "edge");
  for (const i of active) line[i].setAttribute("class", "edge works");
  lit = active;
  label(step, active);
}

function known(key, next) {
  const { holds, marks = [], flaws = [] } = nodes[key], words = [holds, next.value && `value ${next.value}`, next.gradient && `gradient ${next.gradient}`];
  if (hasValue(key, now)) words.push(...marks);
  if (next.gradient) words.push(...flaws);
  return words.filter(Boolean).join(", ") || "not computed yet";
}

// What passes along the edges at work: forward the input's value, backward upstream × local, and what that makes.
function label(step, active) {
  const texts = step.is === "forward" ? active.map(i => [i, nodes[edges[i][0]].name ? brief(nodes[edges[i][0]].value ?? "") : ""])
    : (step.parts ?? []).map(part => [part.edge, ...(part.local ? [factors(brief(step.g), { local: brief(part.local) }), `= ${brief(part.add)}`] : [brief(part.add)])]);
  find("labels").replaceChildren();
  texts.forEach(([i, above, below], n) => {
    const same = ([other]) => edges[other][0] === edges[i][0];
    const twins = [texts.slice(0, n).some(same), texts.slice(n + 1).some(same)];
    const { x, y, rise } = tail[i];
    rows(twins, rise, below).forEach((down, row) => write(find("labels"), "", x + 8, y + down, row ? below : above));
  });
}

// How far below its edge each row stands: around a level edge, below one that rises, above one that falls.
function rows([before, after], rise, two) {
  if (before) return two ? [15, 28] : []; // x · x: the second edge of the same value
  if (after) return two ? [-20, -7] : [-7];
  if (!two) return [rise > 6 ? 13 : -5];
  return rise > 6 ? [14, 27] : rise < -6 ? [-19, -6] : [-5, 13];
}

// ── the camera ──────────────────────────────────────────────────────────────────────────────────────────────────
const camera = { x: 0, y: 0, scale: 1 }, room = { w: 0, h: 0 }; // the size of the window is asked for once: it costs a layout
const spans = edges.map(([from, to]) => box[to].x + box[to].w - box[from].x).filter(span => span > 0);
const legible = () => Math.min(LEGIBLE[1], Math.max(LEGIBLE[0], room.w / (Math.min(...spans) + 24))); // a box, an edge and a box
const fit = () => Math.min(room.w / wide, room.h / high, 1.6);
let gliding = 0;

function measure() {
  if (matchMedia("print").matches) return; // paper shows it whole
  graph.removeAttribute("viewBox");
  Object.assign(room, { w: graph.clientWidth, h: graph.clientHeight });
  look();
}

// A group is moved and not the window: on a thousand boxes that takes a thousandth of the time.
function look() {
  const x = room.w / 2 - camera.x * camera.scale, y = room.h / 2 - camera.y * camera.scale;
  world.setAttribute("transform", `translate(${x} ${y}) scale(${camera.scale})`);
}

function whole(scale = fit()) {
  cancelAnimationFrame(gliding);
  Object.assign(camera, { x: left + wide / 2, y: top_ + high / 2, scale });
  look();
}

function zoom(factor, x = room.w / 2, y = room.h / 2) {
  cancelAnimationFrame(gliding);
  const scale = Math.min(6, Math.max(Math.min(fit(), 1) / 2, camera.scale * factor));
  camera.x += (x - room.w / 2) * (1 / camera.scale - 1 / scale);
  camera.y += (y - room.h / 2) * (1 / camera.scale - 1 / scale);
  camera.scale = scale;
  look();
}

function drag(dx, dy) {
  cancelAnimationFrame(gliding);
  camera.x -= dx / camera.scale;
  camera.y -= dy / camera.scale;
  look();
}

// Keep what happens in sight: the node at work, and as many of its neighbours as there is room for.
function follow() {
  const step = now === 0 ? steps.find(later => later.at) : steps[now]; // at first, where it is going to begin
  const [first] = step ? atWork(step) : [];
  if (!first) return;
  const inputs = working(step).map(i => box[edges[i][0]]), all = [box[first], ...inputs];
  const own = now === 0 ? all.reduce((a, b) => b.x < a.x ? b : a) : box[first]; // before the first step: an input
  const x = within(camera.x, room.w / camera.scale, own.x, own.w, all.map(b => [b.x, b.x + b.w]), [left, left + wide]);
  const lift = STRIP / 2 / camera.scale;
  const y = lift + within(camera.y - lift, (room.h - STRIP) / camera.scale, own.y, own.h, all.map(b => [b.y, b.y + b.h]), [top_, top_ + high]);
  if (x !== camera.x || y !== camera.y) glide(x, y);
}

// Where the middle of a window has to move so that the spans are inside; at least the one from `start`.
function within(middle, size, start, length, spans, edge) {
  const margin = Math.min(48, size / 10);
  let low = Math.max(edge[0], Math.min(...spans.map(span => span[0])) - margin);
  let high = Math.min(edge[1], Math.max(...spans.map(span => span[1])) + margin);
  if (high - low > size) [low, high] = [Math.max(low, start + length + margin - size), Math.min(high, start - margin + size)];
  if (high - low > size) [low, high] = [start + (length - size) / 2, start + (length + size) / 2];
  return low < middle - size / 2 ? low + size / 2 : high > middle + size / 2 ? high - size / 2 : middle;
}

function glide(x, y) {
  cancelAnimationFrame(gliding);
  const from = { ...camera }, began = performance.now(), time = calm.matches || document.hidden ? 0 : 350;
  const move = moment => {
    const part = time ? Math.min(1, Math.max(0, (moment - began) / time)) : 1, eased = part * (2 - part);
    camera.x = from.x + (x - from.x) * eased;
    camera.y = from.y + (y - from.y) * eased;
    look();
    if (part < 1) gliding = requestAnimationFrame(move);
  };
  move(began);
}
