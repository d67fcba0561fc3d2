// Playing, and everything a person can do: buttons, slider, keys, mouse, fingers, the address, the printer.

let clock = 0, noted = 0;

function go(k, aloud = true) {
  now = Math.min(last, Math.max(0, k));
  document.body.classList.toggle("backward", now >= turn);
  find("slider").value = now;
  find("slider").setAttribute("aria-valuetext", `step ${now} of ${last}`);
  find("here").textContent = `step ${now} of ${last}`;
  find("here").href = `#step=${now}`;
  showScene();
  paint();
  follow();
  mark();
  if (aloud) find("announcer").textContent = `Step ${now}. ${said(now)}`;
  clearTimeout(noted);
  noted = setTimeout(remember, 200); // browsers allow only so many changes of the address in a row
}

function remember() {
  try { history.replaceState(null, "", `#step=${now}`); } catch { /* inside a notebook there is no address to change */ }
}

function step(k) {
  play(false);
  go(k);
}

function play(on) {
  clearInterval(clock);
  if (on && now === last) go(0);
  clock = on ? setInterval(tick, 1800 / Number(find("speed").value)) : 0;
  document.body.classList.toggle("playing", on);
  find("play").setAttribute("aria-label", on ? "Pause" : "Play");
}

function tick() {
  go(now + 1);
  if (now === last) play(false);
}

// ── all steps as a list, for reading and for paper ──────────────────────────────────────────────────────────────
function writeList() {
  const list = find("list").querySelector("ol");
  list.start = 0;
  if (!list.childElementCount) list.append(...steps.map((_, k) => make("li", k < turn ? "forward" : "backward", toStep(k, said(k)))));
  mark();
}

function mark() {
  const list = find("list").querySelector("ol");
  list.querySelector("[aria-current]")?.removeAttribute("aria-current");
  list.children[now]?.setAttribute("aria-current", "step");
}

// ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────
const KEYS = {
  " ": () => play(!clock), ArrowRight: () => step(now + 1), ArrowLeft: () => step(now - 1), Home: () => step(0), End: () => step(last),
  "+": () => zoom(1.25), "-": () => zoom(0.8), 0: () => whole(), Escape: () => tell(null),
};

function onKey(event) {
  const { key, target } = event, node = target.closest?.(".node");
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("select")) return;
  if (node && (key === "Enter" || key === " ")) tell(node.id);
  else if ((key === " " && target.matches("button, summary, a")) || !KEYS[key]) return; // theirs, or nobody's
  else KEYS[key]();
  event.preventDefault();
}

// ── mouse and fingers ───────────────────────────────────────────────────────────────────────────────────────────
const fingers = new Map();
let moved = 0;

function onDown(event) {
  if (!fingers.size) moved = 0;
  fingers.set(event.pointerId, event);
}

function onMove(event) {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
  const other = [...fingers.values()].find(finger => finger.pointerId !== event.pointerId);
  moved += Math.hypot(dx, dy);
  fingers.set(event.pointerId, event);
  if (moved <= 5) return; // still a click
  graph.setPointerCapture(event.pointerId);
  graph.classList.add("dragged");
  if (other) pinch(before, event, other);
  else drag(dx, dy);
}

function pinch(before, after, other) {
  const apart = finger => Math.hypot(finger.clientX - other.clientX, finger.clientY - other.clientY);
  const corner = graph.getBoundingClientRect();
  const x = (after.clientX + other.clientX) / 2 - corner.left, y = (after.clientY + other.clientY) / 2 - corner.top;
  zoom(apart(after) / Math.max(1, apart(before)), x, y);
}

function onUp(event) {
  const node = event.type === "pointerup" && moved <= 5 && event.target.closest(".node");
  fingers.delete(event.pointerId);
  graph.classList.remove("dragged");
  if (node && nodes[node.id].name) tell(node.id);
}

function onWheel(event) {
  event.preventDefault();
  const corner = graph.getBoundingClientRect();
  zoom(Math.exp(-event.deltaY / 400), event.clientX - corner.left, event.clientY - corner.top);
}

// ── address and printer ─────────────────────────────────────────────────────────────────────────────────────────
const inAddress = () => Number(/^#step=(\d+)$/.exec(location.hash)?.[1] ?? now);

function onAddress() {
  if (inAddress() !== now) step(inAddress());
}

function onPrint() {
  writeList();
  find("list").open = true;
  cancelAnimationFrame(gliding);
  world.removeAttribute("transform");
  graph.setAttribute("viewBox", frame);
}

function begin() {
  find("note").textContent = film.note ?? "";
  find("slider").max = last;
  find("track").style.setProperty("--turn", `${(100 * turn) / last}%`);
  const clicks = { first: () => step(0), back: () => step(now - 1), play: () => play(!clock), next: () => step(now + 1), last: () => step(last),
    closer: () => zoom(1.25), farther: () => zoom(0.8), whole: () => whole() };
  for (const id in clicks) find(id).onclick = clicks[id];
  find("slider").oninput = () => step(Number(find("slider").value));
  find("speed").onchange = () => clock && play(true);
  find("list").ontoggle = writeList;
  document.addEventListener("keydown", onKey);
  graph.addEventListener("pointerdown", onDown);
  graph.addEventListener("pointermove", onMove);
  graph.addEventListener("pointerup", onUp);
  graph.addEventListener("pointercancel", onUp);
  graph.addEventListener("wheel", onWheel, { passive: false });
  addEventListener("hashchange", onAddress);
  addEventListener("resize", measure);
  addEventListener("beforeprint", onPrint);
  addEventListener("afterprint", measure);
  measure();
  whole(Math.max(fit(), legible()));
  go(inAddress(), false);
}

begin();
