// ThumbHash (https://evanw.github.io/thumbhash/): a picture's colours in about 25 bytes.
//
// The hash holds a few cosine terms of four channels: L (light), P (yellow against blue), Q (red against green) and, sometimes,
// A (opacity). A header of five bytes gives each channel's constant term and scale; then come four bits a term.

const CHANNEL_STEP = 1.25; // colour terms are stored a quarter smaller than they are

function terms(nx, ny) {
  const list = [];
  for (let cy = 0; cy < ny; cy++) for (let cx = cy ? 0 : 1; cx * ny < nx * (ny - cy); cx++) list.push([cx, cy]);
  return list;
}

function header(bytes) {
  const low = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
  const high = bytes[3] | (bytes[4] << 8);
  const hasAlpha = low >> 23 !== 0;
  const landscape = high >> 15 !== 0;
  const short = Math.max(3, high & 7);
  const long = hasAlpha ? 5 : 7;
  return {
    hasAlpha,
    light: (low & 63) / 63,
    p: ((low >> 6) & 63) / 31.5 - 1,
    q: ((low >> 12) & 63) / 31.5 - 1,
    lightScale: ((low >> 18) & 31) / 31,
    pScale: ((high >> 3) & 63) / 63,
    qScale: ((high >> 9) & 63) / 63,
    nx: landscape ? long : short,
    ny: landscape ? short : long,
  };
}

/** The average colour as [r, g, b], 0..255. */
export function averageColour(bytes) {
  const { light, p, q } = header(bytes);
  return toRgb(light, p, q);
}

function toRgb(light, p, q) {
  const blue = light - (2 / 3) * p;
  const red = (3 * light - blue + q) / 2;
  return [red, red - q, blue].map((value) => Math.round(255 * Math.min(1, Math.max(0, value))));
}

/** The picture as {width, height, pixels}: RGBA, at most 32 pixels on its longer side. */
export function decode(bytes) {
  const h = header(bytes);
  let nibble = h.hasAlpha ? 12 : 10;
  const read = (nx, ny, scale) => terms(nx, ny).map(([cx, cy]) => {
    const four = (bytes[nibble >> 1] >> ((nibble++ & 1) * 4)) & 15;
    return { cx, cy, weight: (four / 7.5 - 1) * scale };
  });
  const light = read(h.nx, h.ny, h.lightScale);
  const p = read(3, 3, h.pScale * CHANNEL_STEP);
  const q = read(3, 3, h.qScale * CHANNEL_STEP);
  const ratio = h.nx / h.ny;
  const width = Math.round(ratio > 1 ? 32 : 32 * ratio);
  const height = Math.round(ratio > 1 ? 32 / ratio : 32);
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  const wave = (index, size, count) => Math.cos((Math.PI / size) * (index + 0.5) * count);
  const sum = (list, x, y) => list.reduce((total, t) => total + t.weight * 2 * wave(x, width, t.cx) * wave(y, height, t.cy), 0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels.set(toRgb(h.light + sum(light, x, y), h.p + sum(p, x, y), h.q + sum(q, x, y)), (y * width + x) * 4);
    }
  }
  return { width, height, pixels };
}
