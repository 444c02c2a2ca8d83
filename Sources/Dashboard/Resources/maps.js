import {short} from "/curves.js";

// viridis as a polynomial of degree 6 for each channel, lowest power first: the same as in Swift.
const viridis = [
  [0.2777273, 0.1050930, -0.3308618, -4.6342305, 6.2282699, 4.7763850, -5.4354559],
  [0.0054073, 1.4046135, 0.2148476, -5.7991010, 14.1799334, -13.7451454, 4.6458526],
  [0.3340998, 1.3845902, 0.0950952, -19.3324410, 56.6905526, -65.3530326, 26.3124352],
];
const stops = [
  [33, 102, 172], [103, 169, 207], [209, 229, 240], [247, 247, 247], [253, 219, 199],
  [239, 138, 98], [178, 24, 43]
];

export function color(scale, position) {
  if (!isFinite(position)) return [255, 0, 255];
  const t = Math.min(1, Math.max(0, position));
  if (scale === "diverging") {
    const place = t * (stops.length - 1);
    const lower = Math.min(Math.floor(place), stops.length - 2), share = place - lower;
    return [0, 1, 2].map(
      i => Math.round(stops[lower][i] * (1 - share) + stops[lower + 1][i] * share));
  }
  return viridis.map(
    c => Math.min(255, Math.max(0, Math.round(255 * c.reduceRight((sum, k) => sum * t + k, 0)))));
}

export function decode(map) {
  if (typeof map.values === "string") {
    const bytes = Uint8Array.from(atob(map.values), character => character.charCodeAt(0));
    map.values = new Float32Array(bytes.buffer);
  }
  return map;
}

function style(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function image(map) {
  const picture = document.createElement("canvas");
  picture.width = Math.max(1, map.columns);
  picture.height = Math.max(1, map.rows);
  const pen = picture.getContext("2d");
  const pixels = pen.createImageData(picture.width, picture.height);
  const span = map.high - map.low;
  map.values.forEach((value, i) => {
    const [red, green, blue] = color(map.scale, isFinite(value) ? (value - map.low) / span : NaN);
    pixels.data.set([red, green, blue, 255], 4 * i);
  });
  pen.putImageData(pixels, 0, 0);
  return picture;
}

// The step between labels: 1, 2, 5, 10, …
function every(room, needed) {
  let step = 1;
  for (let i = 0; step * room < needed; i++) step = [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3);
  return step;
}

export class MapView {
  // say(text) is told what is under the cursor; choose(column) which column was clicked.
  constructor(parent, say, choose) {
    this.say = say;
    this.choose = choose;
    this.mark = null;
    this.cursor = null;
    this.figure = document.createElement("figure");
    this.caption = document.createElement("figcaption");
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.note = document.createElement("p");
    this.figure.append(this.caption, this.canvas, this.note);
    parent.append(this.figure);
    this.canvas.addEventListener("pointermove", event => {
      this.point(event);
      this.tell();
    });
    this.canvas.addEventListener("pointerleave", () => {
      this.cursor = null;
      this.draw();
    });
    this.canvas.addEventListener("click", event => {
      this.point(event);
      if (this.cursor && this.choose) this.choose(this.cursor.column);
    });
    this.canvas.addEventListener("keydown", event => this.press(event));
  }

  set(map) {
    this.map = decode(map);
    this.picture = image(this.map);
    this.caption.textContent = map.title;
    this.note.textContent = `→ ${map.column_title}, ↓ ${map.row_title}`;
    if (this.cursor && (this.cursor.row >= map.rows || this.cursor.column >= map.columns))
      this.cursor = null;
    this.figure.dataset.key = map.key;
    this.draw();
  }

  remove() { this.figure.remove(); }

  layout() {
    const map = this.map;
    const labels = map.row_names ? Math.max(...map.row_names.map(name => name.length))
                                 : String(Math.max(0, map.rows - 1)).length;
    const left = Math.min(130, 8 + labels * 6.2), bar = 62;
    const room =
      Math.max(120, Math.min(this.figure.parentElement.clientWidth - 20, 620)) - left - bar;
    let width, height;
    if (map.rows === map.columns && !map.row_names) {
      width = height = Math.max(80, Math.min(room, 240));
    } else {
      width = Math.max(40, Math.min(room, Math.max(120, map.columns * 12)));
      height = Math.max(map.row_names ? map.rows * 13 : 60, Math.min(220, map.rows * 12));
    }
    return {left, bar, width, height, total: left + width + bar};
  }

  draw() {
    const map = this.map;
    if (!map) return;
    const {left, width, height, total} = this.layout();
    const scale = window.devicePixelRatio || 1;
    const barTop = 4, barHeight = Math.max(height, 56);
    const tall = barTop + Math.max(height + 18, barHeight + 8);
    const canvas = this.canvas;
    canvas.style.width = total + "px";
    canvas.style.height = tall + "px";
    canvas.width = Math.round(total * scale);
    canvas.height = Math.round(tall * scale);
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.imageSmoothingEnabled = false;
    this.box = {left, top: barTop, width, height};
    if (map.rows && map.columns) pen.drawImage(this.picture, left, barTop, width, height);
    pen.strokeStyle = style("--line");
    pen.strokeRect(left - 0.5, barTop - 0.5, width + 1, height + 1);

    pen.font = "10px system-ui, sans-serif";
    pen.fillStyle = style("--soft");
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    const [cellWidth, cellHeight] =
      [width / Math.max(1, map.columns), height / Math.max(1, map.rows)];
    const rowStep = every(cellHeight, 12);
    for (let row = 0; row < map.rows; row += rowStep) {
      pen.fillText(map.row_names ? map.row_names[row] : String(row), left - 4,
        barTop + (row + 0.5) * cellHeight, left - 5);
    }
    pen.textAlign = "center";
    pen.textBaseline = "top";
    const columnStep = every(cellWidth, 8 + 6.5 * String(map.columns).length);
    for (let column = 0; column < map.columns; column += columnStep) {
      pen.fillText(String(column), left + (column + 0.5) * cellWidth, barTop + height + 4);
    }

    const bar = left + width + 10;
    for (let y = 0; y < barHeight; y++) {
      pen.fillStyle = `rgb(${color(map.scale, 1 - y / (barHeight - 1)).join(",")})`;
      pen.fillRect(bar, barTop + y, 10, 1.5);
    }
    pen.fillStyle = style("--soft");
    pen.textAlign = "left";
    for (const [value, share] of [[map.high, 0], [(map.high + map.low) / 2, 0.5], [map.low, 1]]) {
      pen.textBaseline = share === 0 ? "top" : share === 1 ? "bottom" : "middle";
      pen.fillText(short(value), bar + 14, barTop + share * barHeight);
    }

    if (this.mark !== null && this.mark < map.columns) {
      pen.strokeStyle = style("--mark");
      pen.lineWidth = 1.5;
      pen.strokeRect(
        left + this.mark * cellWidth - 0.75, barTop - 0.75, cellWidth + 1.5, height + 1.5);
    }
    if (this.cursor) {
      pen.strokeStyle = style("--accent");
      pen.lineWidth = 2;
      pen.strokeRect(left + this.cursor.column * cellWidth, barTop + this.cursor.row * cellHeight,
        cellWidth, cellHeight);
    }
    const [low, high] =
      map.values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    const parts = [
      `${map.title}: ${map.rows} rows (${map.row_title})`,
      `, ${map.columns} columns (${map.column_title})`,
      `; scale from ${short(map.low)} to ${short(map.high)}`,
      `; values from ${short(low)} to ${short(high)}`,
      this.cursor ? `; ${this.under()}` : "",
    ];
    canvas.setAttribute("aria-label", parts.join(""));
  }

  point(event) {
    const {left, top, width, height} = this.box, map = this.map;
    const shown = this.canvas.clientWidth / parseFloat(this.canvas.style.width);
    const column = Math.floor((event.offsetX / shown - left) / width * map.columns);
    const row = Math.floor((event.offsetY / shown - top) / height * map.rows);
    this.cursor =
      column >= 0 && row >= 0 && column < map.columns && row < map.rows ? {row, column} : null;
    this.draw();
  }

  under() {
    const {row, column} = this.cursor, map = this.map;
    const value = map.values[row * map.columns + column];
    const words = text => text.replace(/ \(.*/, "");
    const place = `${words(map.row_title)} ${map.row_names ? map.row_names[row] : row}`;
    return `${place}, ${words(map.column_title)} ${column}: ${short(value)}`;
  }

  tell() {
    if (this.cursor) this.say(`${this.map.title} – ${this.under()}`);
  }

  press(event) {
    const map = this.map, at = this.cursor ?? {row: 0, column: this.mark ?? 0};
    const moves = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      Home: [0, -Infinity],
      End: [0, Infinity]
    };
    if (event.key === "Enter" && this.cursor && this.choose) return this.choose(this.cursor.column);
    if (!(event.key in moves) || !map.rows || !map.columns || event.ctrlKey || event.metaKey
      || event.altKey)
      return;
    event.preventDefault();
    const [down, right] = this.cursor ? moves[event.key] : [0, 0];
    this.cursor = {
      row: Math.min(map.rows - 1, Math.max(0, at.row + down)),
      column: Math.min(map.columns - 1, Math.max(0, at.column + right)),
    };
    this.draw();
    this.tell();
  }
}

// As many views as maps, in their order; views are kept from call to call.
export function show(views, parent, maps, say, choose) {
  while (views.length > maps.length) views.pop().remove();
  while (views.length < maps.length) views.push(new MapView(parent, say, choose));
  maps.forEach((map, i) => views[i].set(map));
}
