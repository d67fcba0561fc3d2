// The story of the neuron or line that was chosen.
function choose(place) {
  const same = JSON.stringify(place) === JSON.stringify(state.chosen);
  state.chosen = same ? null : place;
  draw();
}
function drawStory() {
  const story = byId("story"), chosen = state.chosen;
  if (!film.layers.length) return;
  if (!chosen) {
    story.replaceChildren("Choose a neuron or a line to see its numbers, and how they changed.");
    return;
  }
  if (chosen.kind === "weight") tellWeight(story, chosen);
  else if (chosen.layer < 0) story.replaceChildren(heading(neuronName(-1, chosen.to)), "An input: training does not change it.");
  else tellNeuron(story, chosen);
}
const heading = (text) => make("h3", { dir: "auto" }, text.charAt(0).toUpperCase() + text.slice(1));
function tellWeight(story, place) {
  const gradient = weightAt(state.now, place, true);
  story.replaceChildren(heading(`weight ${weightName(place)}`), effect(gradient), pair(
    ["weight", (k) => weightAt(k, place, false)], ["gradient", (k) => weightAt(k, place, true)]));
}
function effect(gradient) {
  const g = value(gradient);
  const text = gradient === null ? "Its gradient was not computed at this moment."
    : g > 0 ? "The loss grows with it: gradient descent makes it smaller."
    : g < 0 ? "The loss falls when it grows: gradient descent makes it larger."
    : g === 0 ? "Its gradient is 0: gradient descent leaves it as it is." : "Its gradient is no number: a step would destroy it.";
  return make("p", {}, text);
}
function tellNeuron(story, place) {
  const layer = film.layers[place.layer], rows = [];
  for (let from = 0; from < layer.from; from++) {
    const at = { ...place, from };
    rows.push(row(neuronName(place.layer - 1, from), weightAt(state.now, at, false), weightAt(state.now, at, true)));
  }
  const inside = [heading(neuronName(place.layer, place.to)), formula(place)];
  if (hasBias(place.layer)) rows.push(row("bias", biasAt(state.now, place, false), biasAt(state.now, place, true)));
  const head = make("tr", {}, ...["from", "weight", "gradient"].map((text) => make("th", { scope: "col" }, text)));
  const cells = make("div", { class: "cells", tabindex: "0", role: "region", "aria-label": "Weights and gradients" },
    make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  inside.push(cells);
  if (hasBias(place.layer))
    inside.push(pair(["bias", (k) => biasAt(k, place, false)], ["gradient", (k) => biasAt(k, place, true)]));
  story.replaceChildren(...inside);
}
const row = (name, ...numbers) => make("tr", {}, make("td", { dir: "auto" }, name), ...numbers.map((x) => make("td", {}, words(x))));
function formula(place) {
  const layer = film.layers[place.layer], bias = hasBias(place.layer) ? words(biasAt(state.now, place, false)) : "";
  if (layer.from > 4 || layer.inputs > layer.from) return make("p", { class: "formula" }, `${layer.bend} of a sum over ${layer.inputs} inputs`);
  let sum = bias;
  for (let from = 0; from < layer.from; from++) {
    const w = words(weightAt(state.now, { ...place, from }, false)), input = place.layer ? `h${"₁₂₃₄"[from]}` : film.inputs[from];
    sum += w.startsWith("−") ? `${sum ? " − " : "−"}${w.slice(1)}·${input}` : `${sum ? " + " : ""}${w}·${input}`;
  }
  return make("p", { class: "formula", dir: "ltr" }, layer.bend === "linear" ? sum : `${layer.bend}(${sum})`);
}
