"use strict";
// The page of a training film. The numbers stand in the JSON block above; every text goes in as textContent.
const film = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const state = { now: 0, shows: "weights", chosen: null, playing: false, printing: false };

function make(tag, attributes = {}, ...inside) {
  const element = tag === "svg" || tag === "path" ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
}

// Numbers in words.
const value = (x) => (typeof x === "string" ? { nan: NaN, inf: Infinity, "-inf": -Infinity }[x] : x);
function words(x) {
  if (x === null || x === undefined) return "not computed";
  x = value(x);
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? x.toExponential(2) : String(Number(x.toPrecision(4)));
  return text.replaceAll("-", "−").replace("e+", "e");
}
// rows of bytes, by base64
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const moment = (k) => film.frames[k];
const stepName = (k) => `${film.unit} ${value(moment(k).step).toLocaleString("en")}`;

// Where a weight, a bias and their gradients stand.
const kept = (frame, layer, kind) => frame.layers[layer][kind];
function weightAt(k, { layer, to, from }, gradient) {
  const row = kept(moment(k), layer, gradient ? "gw" : "w");
  return row ? row[to * film.layers[layer].from + from] : null;
}
function biasAt(k, { layer, to }, gradient) {
  const row = kept(moment(k), layer, gradient ? "gb" : "b");
  return row ? row[to] : null;
}
const hasBias = (layer) => kept(moment(0), layer, "b") !== null;
function neuronName(layer, index) {
  if (layer < 0) return film.inputs[index] ?? `input ${index + 1}`;
  return `neuron ${index + 1} of layer ${layer + 1}`;
}

// the widest line: of weights the largest of the whole film, of gradients the largest of this moment
function largest(k, gradient) {
  let most = 0;
  for (const frame of gradient ? [moment(k)] : film.frames)
    for (const layer of frame.layers)
      for (const x of layer[gradient ? "gw" : "w"] ?? []) {
        const size = Math.abs(value(x));
        if (Number.isFinite(size) && size > most) most = size;
      }
  return most;
}
const widest = largest(0, false);
