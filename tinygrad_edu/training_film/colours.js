// The colours of the canvases; those of everything else stand in the style sheet.
const COLOURS = {
  light: { paper: [247, 247, 247], low: [230, 159, 0], high: [0, 114, 178], ink: "#1a1a1a", edge: "#1a1a1a" },
  dark: { paper: [27, 30, 35], low: [230, 159, 0], high: [86, 180, 233], ink: "#ffffff", edge: "#000000" },
};
const CLASSES = ["#e69f00", "#0072b2", "#009e73", "#cc79a7", "#d55e00", "#56b4e9"];
const darkness = window.matchMedia("(prefers-color-scheme: dark)");
const colours = () => COLOURS[darkness.matches && !state.printing ? "dark" : "light"];
function mixed(level) { // 0 … 254: low, paper in the middle, high; 255 is nan
  const { paper, low, high } = colours();
  if (level === 255) return [128, 128, 128];
  const share = (level - 127) / 127, end = share < 0 ? low : high;
  return paper.map((part, i) => part + 0.85 * Math.abs(share) * (end[i] - part));
}
function image(levels, size, colour) { // rows come from the bottom, a picture starts at the top
  const canvas = make("canvas", { width: size, height: size });
  const pixels = new ImageData(size, size);
  for (let i = 0; i < levels.length; i++) {
    const row = size - 1 - Math.floor(i / size), at = 4 * (row * size + (i % size));
    pixels.data.set([...colour(levels[i]), 255], at);
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}
