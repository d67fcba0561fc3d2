// The network: neurons are buttons with a map of their answers, weights are lines.
const lines = [], neurons = [];
function buildNetwork() {
  if (!film.layers.length) {
    byId("network").hidden = byId("story").hidden = true;
    document.querySelector("main").classList.add("no-network");
    return;
  }
  const counts = [film.layers[0].from, ...film.layers.map((layer) => layer.to)], most = Math.max(...counts);
  const size = most > 16 ? 18 : most > 10 ? 24 : 38, gap = size + (most > 10 ? 7 : 16);
  const graph = byId("graph"), svg = byId("lines");
  graph.style.height = `${Math.max(most * gap, 150)}px`;
  graph.style.setProperty("--size", `${size}px`);
  graph.style.setProperty("--margin", `${50 / counts.length}cqw`);
  const across = (column) => (100 * (column + 0.5)) / counts.length;
  const down = (column, index) => 50 + (100 * gap * (index - (counts[column] - 1) / 2)) / Math.max(most * gap, 150);
  film.layers.forEach((layer, l) => {
    for (let to = 0; to < layer.to; to++)
      for (let from = 0; from < layer.from; from++) {
        const [x, y, u, v] = [across(l), down(l, from), across(l + 1), down(l + 1, to)], m = (x + u) / 2;
        const d = `M${x} ${y}C${m} ${y} ${m} ${v} ${u} ${v}`, place = { layer: l, to, from };
        const line = make("path", { d }), hit = make("path", { d, class: "hit" });
        svg.append(line, hit);
        lines.push({ line, place });
        hit.addEventListener("click", () => choose({ ...place, kind: "weight" }));
        hover(hit, () => `${weightName(place)}\nweight ${words(weightAt(state.now, place, false))}\n`
          + `gradient ${words(weightAt(state.now, place, true))}`);
      }
  });
  counts.forEach((count, column) => {
    const title = column ? film.layers[column - 1].bend : counts.length > 1 && count > 1 ? "inputs" : "input";
    const label = make("span", { class: "title" }, title);
    label.style.left = `${across(column)}%`;
    graph.append(label);
    for (let index = 0; index < count; index++) addNeuron(graph, column - 1, index, across(column), down(column, index));
  });
}
function addNeuron(graph, layer, index, x, y) {
  const button = make("button", { type: "button", class: "neuron", "aria-label": neuronName(layer, index) });
  button.style.left = `${x}%`;
  button.style.top = `${y}%`;
  const canvas = make("canvas", { width: film.map, height: film.map, "aria-hidden": "true" });
  if (film.plane) button.append(canvas);
  if (layer < 0) button.append(make("span", { class: "name", dir: "auto", "aria-hidden": "true" }, neuronName(layer, index)));
  const bias = layer >= 0 && hasBias(layer) ? make("span", { class: "bias", "aria-hidden": "true" }) : null;
  if (bias) button.append(bias);
  graph.append(button);
  const place = { layer, to: index };
  neurons.push({ button, canvas, bias, place });
  button.addEventListener("click", () => choose({ ...place, kind: "neuron" }));
  hover(button, () => neuronName(layer, index) + (bias
    ? `\nbias ${words(biasAt(state.now, place, false))}\ngradient ${words(biasAt(state.now, place, true))}` : ""));
}
const weightName = ({ layer, to, from }) => `from ${neuronName(layer - 1, from)} to ${neuronName(layer, to)}`;

function look(element, x, most, width, classes) {
  const size = Math.abs(value(x ?? NaN));
  const sign = x === null || !Number.isFinite(size) || size === 0 ? "none" : value(x) > 0 ? "positive" : "negative";
  element.setAttribute("class", `${sign} ${classes}`);
  return width(sign === "none" ? 0 : Math.min(1, most ? size / most : 0));
}
function drawNetwork() {
  const gradient = state.shows === "gradients", most = gradient ? largest(state.now, true) : widest;
  for (const { line, place } of lines) {
    const chosen = state.chosen, mine = chosen && chosen.layer === place.layer && chosen.to === place.to
      && (chosen.kind === "neuron" || chosen.from === place.from);
    const width = look(line, weightAt(state.now, place, gradient), most, (share) => 0.6 + 6.4 * share, "");
    line.style.strokeWidth = `${width}px`;
    line.style.opacity = chosen && chosen.layer >= 0 && !mine ? 0.22 : 0.9;
  }
  for (const { button, canvas, bias, place } of neurons) {
    const chosen = state.chosen;
    const mine = chosen && chosen.kind === "neuron" && chosen.layer === place.layer && chosen.to === place.to;
    button.classList.toggle("chosen", Boolean(mine));
    if (film.plane) canvas.getContext("2d").drawImage(mapOf(place), 0, 0);
    if (!bias) continue;
    const width = look(bias, biasAt(state.now, place, gradient), most, (share) => 5 + 9 * Math.sqrt(share), "bias");
    bias.style.width = bias.style.height = `${width}px`;
  }
  byId("weights").setAttribute("aria-pressed", String(!gradient));
  byId("gradients").setAttribute("aria-pressed", String(gradient));
  drawLegend(gradient, most);
}
function mapOf({ layer, to }) {
  if (layer >= 0 && moment(state.now).layers[layer].maps) return image(bytes(moment(state.now).layers[layer].maps[to]), film.map, mixed);
  const size = film.map, levels = new Uint8Array(size * size); // an input: its own coordinate, from left or from below
  for (let i = 0; i < levels.length; i++) {
    const [left, right, bottom, top] = film.plane.extent, low = to ? bottom : left, high = to ? top : right;
    const x = low + ((to ? Math.floor(i / size) : i % size) / (size - 1)) * (high - low);
    levels[i] = Math.round(127 + (127 * x) / Math.max(Math.abs(low), Math.abs(high)));
  }
  return image(levels, size, mixed);
}
function drawLegend(gradient, most) {
  const known = film.layers.some((_, l) => kept(moment(state.now), l, "gw") !== null), legend = byId("legend");
  if (gradient && !known) {
    legend.textContent = "No gradients were computed at this moment. Record between loss.backward() and optimizer.step().";
    return;
  }
  const what = gradient ? "gradient" : "weight";
  const key = (sign, text) => make("span", {}, make("span", { class: `key ${sign}` }), text);
  legend.replaceChildren(key("positive", `positive ${what}`), key("negative", `negative ${what}`),
    make("span", {}, `widest line ${words(most)}${gradient ? " at this moment" : " in the whole film"}`),
    make("span", {}, "dot at a neuron: its bias"));
}
