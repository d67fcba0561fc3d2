// The player: from moment to moment, by buttons, slider and keys.
const ICONS = { first: "M6 4v16H3V4zM21 4v16L8 12z", last: "M18 4v16h3V4zM3 4v16l13-8z", back: "M15 4v16L4 12zM17 4h3v16h-3z", next: "M9 4v16l11-8zM4 4h3v16H4z", play: "M6 3v18l15-9z", pause: "M5 3h5v18H5zM14 3h5v18h-5z" };
function icon(button, name) {
  button.replaceChildren(make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, make("path", { d: ICONS[name] })));
}
function draw() {
  const first = Object.entries(moment(state.now).numbers)[0], name = stepName(state.now);
  byId("moment").replaceChildren(make("b", {}, name), ...(first ? [make("span", {}, `${first[0]} ${words(first[1])}`)] : []));
  document.body.classList.toggle("backward", state.shows === "gradients");
  byId("slider").value = state.now;
  byId("slider").setAttribute("aria-valuetext", first ? `${name}, ${first[0]} ${words(first[1])}` : name);
  byId("field").setAttribute("aria-label", `What the model says about every point at ${name}`);
  drawNetwork();
  drawStory();
  drawPlane();
  drawCurves();
}
function go(k) {
  const to = Math.min(film.frames.length - 1, Math.max(0, k));
  if (to === state.now) return;
  state.now = to;
  if (!state.playing) remember();
  draw();
}
function remember() {
  try { history.replaceState(null, "", `#moment=${state.now + 1}`); } catch { /* a page inside a page has no address */ }
}
let due = 0;
function play(on) {
  state.playing = on;
  if (on && state.now === film.frames.length - 1) go(0);
  icon(byId("play"), on ? "pause" : "play");
  byId("play").setAttribute("aria-label", on ? "Pause" : "Play");
  byId("story").setAttribute("aria-live", on ? "off" : "polite");
  due = performance.now() + 120;
  if (on) requestAnimationFrame(tick);
  else remember();
}
function tick(time) {
  if (!state.playing) return;
  if (time >= due) {
    due = time + 1000 / (8 * Number(byId("speed").value));
    if (state.now === film.frames.length - 1) { play(false); return; }
    go(state.now + 1);
  }
  requestAnimationFrame(tick);
}
function hover(element, text) {
  const tip = byId("tip");
  element.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse") return;
    tip.textContent = text();
    tip.hidden = false;
    tip.style.left = `${Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.max(8, event.clientY - tip.offsetHeight - 10)}px`;
  });
  element.addEventListener("pointerleave", () => { tip.hidden = true; });
}
function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select, .cells")) return;
  const keys = { ArrowLeft: () => go(state.now - 1), ArrowRight: () => go(state.now + 1), Home: () => go(0),
    End: () => go(film.frames.length - 1), g: () => show("gradients"), w: () => show("weights"),
    " ": () => play(!state.playing), Escape: () => state.chosen && choose(state.chosen) };
  const act = keys[event.key];
  if (!act || (event.key === " " && event.target.closest("button"))) return;
  event.preventDefault();
  act();
}
function show(what) {
  state.shows = what;
  draw();
}
function start() {
  byId("title").textContent = film.title;
  byId("model").textContent = film.model;
  byId("notes").textContent = film.notes.join(" ");
  byId("slider").max = film.frames.length - 1;
  for (const name of ["first", "back", "play", "next", "last"]) icon(byId(name), name);
  buildNetwork();
  byId("curves").append(...curves.map(({ box }) => box));
  byId("curves").hidden = !curves.length;
  byId("plane").hidden = !film.plane;
  if (film.plane) {
    byId("across").textContent = film.inputs[0];
    byId("up").textContent = film.inputs[1];
    byId("field").addEventListener("pointermove", readPlane);
    byId("field").addEventListener("pointerleave", describePlane);
    describePlane();
    new ResizeObserver(drawPlane).observe(byId("frame"));
  }
  byId("first").addEventListener("click", () => go(0));
  byId("last").addEventListener("click", () => go(film.frames.length - 1));
  byId("back").addEventListener("click", () => go(state.now - 1));
  byId("next").addEventListener("click", () => go(state.now + 1));
  byId("play").addEventListener("click", () => play(!state.playing));
  byId("slider").addEventListener("input", (event) => go(Number(event.target.value)));
  for (const what of ["weights", "gradients"]) byId(what).addEventListener("click", () => show(what));
  document.addEventListener("keydown", pressed);
  darkness.addEventListener("change", draw);
  window.addEventListener("beforeprint", () => { state.printing = true; draw(); });
  window.addEventListener("afterprint", () => { state.printing = false; draw(); });
  const asked = /^#moment=(\d+)$/.exec(location.hash);
  if (asked) state.now = Math.min(film.frames.length, Math.max(1, Number(asked[1]))) - 1;
  draw();
}
start();
