// The plane: what the model says about every point, and the line where it changes its mind.
function drawPlane() {
  if (!film.plane) return;
  const canvas = byId("field"), box = film.plane, [left, right, bottom, top] = box.extent;
  const shape = Math.min(3, Math.max(1 / 3, (top - bottom) / (right - left))), wide = canvas.clientWidth || 400;
  const fine = window.devicePixelRatio || 1;
  canvas.width = Math.round(wide * fine);
  canvas.height = Math.round(wide * shape * fine);
  const pen = canvas.getContext("2d"), { width, height } = canvas, levels = bytes(moment(state.now).field), n = box.size;
  const half = 0.5 / (n - 1); // a pixel of the small picture is centred on its sample
  const put = (picture) => pen.drawImage(picture, -half * width, -half * height, (1 + 2 * half) * width, (1 + 2 * half) * height);
  const place = (x, y) => [(x / (n - 1)) * width, (1 - y / (n - 1)) * height];
  if (box.classes) pen.drawImage(image(winners(levels, n, box.classes), FINE, winner), 0, 0, width, height);
  else put(image(levels, n, mixed));
  pen.strokeStyle = colours().ink;
  pen.lineWidth = 2 * fine;
  pen.beginPath();
  for (let k = 0; k < (box.classes || 1); k++) contour(levels.subarray(k * n * n, (k + 1) * n * n), n, place, pen);
  pen.stroke();
  for (const [x, y, label] of box.points) {
    const at = [((value(x) - left) / (right - left)) * width, (1 - (value(y) - bottom) / (top - bottom)) * height];
    const r = (box.points.length > 300 ? 2.5 : 4) * fine;
    if (box.quantity) dot(pen, at, value(label), r, fine);
    else marker(pen, at, box.names.indexOf(label), r, fine);
  }
}
function winner(level) {
  const colour = CLASSES[level % CLASSES.length], { paper } = colours();
  return paper.map((part, i) => part + 0.5 * (parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16) - part));
}
function contour(levels, n, place, pen) { // marching squares, each cell cut where its sides cross the boundary
  for (let y = 0; y < n - 1; y++)
    for (let x = 0; x < n - 1; x++) {
      const corners = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]], cuts = [];
      corners.forEach(([a, b], k) => {
        const [c, d] = corners[(k + 1) % 4], here = levels[b * n + a] - 127, there = levels[d * n + c] - 127;
        if (levels[b * n + a] === 255 || levels[d * n + c] === 255 || here > 0 === there > 0) return;
        const t = here / (here - there);
        cuts.push(place(a + t * (c - a), b + t * (d - b)));
      });
      for (let k = 0; k + 1 < cuts.length; k += 2) { pen.moveTo(...cuts[k]); pen.lineTo(...cuts[k + 1]); }
    }
}
const FINE = 241; // samples across, between those that were recorded
function winners(levels, n, classes) { // the class that leads at every finer sample, each lead interpolated
  const found = new Uint8Array(FINE * FINE);
  for (let i = 0; i < found.length; i++) {
    const x = ((i % FINE) / (FINE - 1)) * (n - 1), y = (Math.floor(i / FINE) / (FINE - 1)) * (n - 1);
    let best = -1;
    for (let k = 0; k < classes; k++) {
      const lead = between(levels.subarray(k * n * n, (k + 1) * n * n), n, x, y);
      if (lead > best) { best = lead; found[i] = k; }
    }
  }
  return found;
}
function between(levels, n, x, y) {
  const a = Math.min(n - 2, Math.floor(x)), b = Math.min(n - 2, Math.floor(y)), s = x - a, t = y - b, at = b * n + a;
  return (1 - t) * ((1 - s) * levels[at] + s * levels[at + 1]) + t * ((1 - s) * levels[at + n] + s * levels[at + n + 1]);
}
function marker(pen, [x, y], k, r, fine) { // a shape for each class, so that it can be read without colours
  const shapes = [
    () => pen.arc(x, y, r, 0, 7),
    () => pen.rect(x - 0.88 * r, y - 0.88 * r, 1.76 * r, 1.76 * r),
    () => polygon(pen, [[x, y - 1.2 * r], [x + 1.1 * r, y + 0.8 * r], [x - 1.1 * r, y + 0.8 * r]]),
    () => polygon(pen, [[x, y - 1.3 * r], [x + 1.1 * r, y], [x, y + 1.3 * r], [x - 1.1 * r, y]]),
  ];
  pen.beginPath();
  shapes[Math.max(0, k) % shapes.length]();
  pen.fillStyle = CLASSES[Math.max(0, k) % CLASSES.length];
  pen.fill();
  pen.strokeStyle = "#ffffff";
  pen.lineWidth = 2 * fine;
  pen.stroke();
  pen.strokeStyle = "#1a1a1a";
  pen.lineWidth = fine;
  pen.stroke();
}
function dot(pen, [x, y], number, r, fine) { // in the colour that the field has where the answer is this number
  const { low, high } = film.plane;
  pen.beginPath();
  pen.arc(x, y, r, 0, 7);
  pen.fillStyle = `rgb(${mixed(Math.round(254 * Math.min(1, Math.max(0, (number - low) / (high - low))))).map(Math.round)})`;
  pen.fill();
  pen.strokeStyle = colours().ink;
  pen.lineWidth = fine;
  pen.stroke();
}
function polygon(pen, points) {
  points.forEach((point, k) => (k ? pen.lineTo(...point) : pen.moveTo(...point)));
  pen.closePath();
}
function readPlane(event) {
  const box = film.plane, { left, top, width, height } = byId("field").getBoundingClientRect();
  const s = Math.min(1, Math.max(0, (event.clientX - left) / width)), t = 1 - Math.min(1, Math.max(0, (event.clientY - top) / height));
  const x = box.extent[0] + s * (box.extent[1] - box.extent[0]), y = box.extent[2] + t * (box.extent[3] - box.extent[2]);
  const levels = bytes(moment(state.now).field), n = box.size;
  const level = box.classes ? winners(levels, n, box.classes)[Math.round(t * (FINE - 1)) * FINE + Math.round(s * (FINE - 1))]
    : levels[Math.round(t * (n - 1)) * n + Math.round(s * (n - 1))];
  const found = box.low + (level / 254) * (box.high - box.low), two = (z) => words(Number(z.toFixed(2)));
  const says = box.classes ? called(level) : level === 255 ? "nan" : `${level === 0 ? "≤ " : level === 254 ? "≥ " : ""}${two(found)}`;
  byId("reading").textContent = `${film.inputs[0]} = ${two(x)}, ${film.inputs[1]} = ${two(y)}: ${says}`;
}
const called = (k) => /[^\d.]/.test(film.plane.called[k] || "") ? film.plane.called[k] : `class ${film.plane.called[k] || k}`;
const COLOUR_WORDS = ["orange", "blue", "green", "pink", "red", "sky blue"]; // of CLASSES
function describePlane() {
  const box = film.plane, listed = box.called.map((_, k) => `${COLOUR_WORDS[k % CLASSES.length]} ${called(k)}`);
  const sides = box.called.length === 2 ? `orange is ${called(0)}, blue ${called(1)}` : "orange below, blue above";
  byId("plane-title").textContent = box.quantity ? `${box.answer || "The answer"} over the plane` : "Decision boundary";
  byId("reading").textContent = box.classes
    ? `The colour is the class with the largest answer${listed.length && listed.length < 7 ? `: ${listed.join(", ")}` : ""}.`
    : `The line is where ${box.answer || "the answer"} is ${words(box.boundary)}: ${sides}.`;
}
