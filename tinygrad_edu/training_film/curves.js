// Curves: of the whole film, and of one number.
function curve(name, xs, ys) {
  const known = ys.map((y) => (y === null ? NaN : value(y))), finite = known.filter(Number.isFinite);
  const said = make("span", {}), dot = make("span", { class: "dot" }), now = make("path", { class: "now" });
  let low = Math.min(...finite), high = Math.max(...finite);
  const log = finite.length > 1 && low > 0 && high / low > 30;
  if (!finite.length) [low, high] = [0, 1];
  if (low === high) [low, high] = [low - 0.5 * (Math.abs(low) || 1), high + 0.5 * (Math.abs(high) || 1)];
  const scale = log ? Math.log : (y) => y;
  const across = (x) => (xs.length > 1 ? (100 * (x - xs[0])) / (xs[xs.length - 1] - xs[0] || 1) : 50);
  const up = (y) => 100 - (100 * (scale(y) - scale(low))) / (scale(high) - scale(low));
  let d = "", pen = "M";
  known.forEach((y, k) => {
    if (!Number.isFinite(y)) { pen = "M"; return; }
    d += `${pen}${across(xs[k]).toFixed(2)} ${up(y).toFixed(2)}`;
    pen = "L";
  });
  const svg = make("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  if (!log && low < 0 && high > 0) svg.append(make("path", { class: "zero", d: `M0 ${up(0)}H100` }));
  svg.append(make("path", { d }), now);
  const box = make("div", { class: "curve" }, make("div", { class: "said" }, make("b", { dir: "auto" }, name), said),
    make("div", { class: "plot" }, svg, dot),
    make("div", { class: "ends" }, make("span", {}, `${words(Math.min(...finite))} … ${words(Math.max(...finite))}`),
      make("span", {}, log ? "logarithmic" : "")));
  if (!finite.length) box.querySelector(".ends").textContent = "never a number";
  const show = (x, y) => {
    said.textContent = words(y);
    now.setAttribute("d", `M${across(x)} 0V100`);
    dot.hidden = y === null || y === undefined || !Number.isFinite(value(y));
    if (dot.hidden) return;
    dot.style.left = `${across(x)}%`;
    dot.style.top = `${Math.min(100, Math.max(0, up(value(y))))}%`;
  };
  return { box, show };
}
const steps = film.frames.map((frame) => value(frame.step));
function pair(...numbers) {
  const curves = numbers.map(([name, at]) => {
    const { box, show } = curve(name, steps, film.frames.map((_, k) => at(k)));
    show(steps[state.now], at(state.now));
    return box;
  });
  return make("div", { class: "pair" }, ...curves);
}
const curves = film.curves.map(({ name, at, is }) => ({ name, ...curve(name, at.map(value), is) }));
function drawCurves() {
  for (const { name, show } of curves) show(steps[state.now], moment(state.now).numbers[name]);
}
