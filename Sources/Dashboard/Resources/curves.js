// One curve: drawing, reading values off, and choosing a range.
const names = {
  loss: "Loss",
  error_rate: "Share of wrong answers",
  gradient_norm: "Gradient norm (before clipping)"
};

export function short(value) {
  if (value === null || value === undefined || !isFinite(value)) return "not finite";
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

function style(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// The exponential mean that leaves no bias at the start; gaps stay gaps.
export function smooth(values, weight) {
  let mean = 0, total = 0;
  return values.map(value => {
    if (value === null) return null;
    mean = weight * mean + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return mean / total;
  });
}

function ticks(low, high, count) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const unit = 10 ** Math.floor(Math.log10(span / count));
  const step = unit * [1, 2, 5, 10].find(k => span / (k * unit) <= count);
  const list = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 1e-9; tick += step)
    list.push(Math.abs(tick) < step * 1e-9 ? 0 : tick);
  return list;
}

// Levels of a logarithmic axis: powers of ten, with 2 and 5 times these where there is room.
function powers(low, high) {
  const list = [], span = high - low, step = Math.ceil(span / 6);
  for (let power = Math.floor(low); power <= high; power += step) {
    for (const factor of span > 3 ? [1] : [1, 2, 5]) {
      const level = factor * 10 ** power;
      if (Math.log10(level) >= low && Math.log10(level) <= high) list.push(level);
    }
  }
  return list;
}

export class Curve {
  // zoom(from, to) is called with the iterations chosen, say(text) with what is under the
  // cursor.
  constructor(key, parent, zoom, say) {
    this.key = key;
    this.data = {x: [], y: []};
    this.options = {log: true, smoothing: 0.6};
    this.cursor = null;
    this.drag = null;
    this.zoom = zoom;
    this.say = say;
    this.figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.textContent = names[key];
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.text = document.createElement("p");
    this.figure.append(caption, this.canvas, this.text);
    parent.append(this.figure);
    this.canvas.addEventListener("pointerdown", event => {
      this.drag = [this.iteration(event), null];
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", event => this.move(event));
    this.canvas.addEventListener("pointerup", () => this.drop());
    this.canvas.addEventListener("pointercancel", () => {
      this.drag = null;
      this.draw();
    });
    this.canvas.addEventListener("pointerleave", () => {
      if (!this.drag) {
        this.cursor = null;
        this.draw();
      }
    });
    this.canvas.addEventListener("keydown", event => this.press(event));
    new ResizeObserver(() => this.draw()).observe(this.figure);
  }

  set(x, y) {
    this.data = {x, y};
    if (this.cursor !== null && this.cursor >= x.length) this.cursor = null;
    this.draw();
  }

  get box() {
    return {left: 52, right: 10, top: 8, bottom: 34, width: this.canvas.clientWidth, height: 200};
  }

  iteration(event) {
    const box = this.box, x = this.data.x;
    if (!x.length) return 0;
    const share = (event.offsetX - box.left) / Math.max(1, box.width - box.left - box.right);
    return x[0] + Math.min(1, Math.max(0, share)) * (x[x.length - 1] - x[0]);
  }

  nearest(iteration) {
    const x = this.data.x;
    let low = 0, high = x.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (x[middle] < iteration)
        low = middle + 1;
      else
        high = middle;
    }
    return low > 0 && iteration - x[low - 1] < x[low] - iteration ? low - 1 : low;
  }

  move(event) {
    if (!this.data.x.length) return;
    const at = this.iteration(event);
    this.cursor = this.nearest(at);
    if (this.drag) this.drag[1] = at;
    this.draw();
  }

  drop() {
    const drag = this.drag;
    this.drag = null;
    if (drag && drag[1] !== null) {
      const [from, to] = [Math.min(...drag), Math.max(...drag)].map(Math.round);
      const x = this.data.x;
      if (to - from > (x[x.length - 1] - x[0]) / 100 && to > from) this.zoom(from, to);
    }
    this.draw();
  }

  press(event) {
    const last = this.data.x.length - 1;
    const moves =
      {ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20, Home: -Infinity, End: Infinity};
    const buttons = {"+": "zoom-in", "-": "zoom-out", "−": "zoom-out"};
    if (event.shiftKey) Object.assign(buttons, {ArrowLeft: "earlier", ArrowRight: "later"});
    // those are the browser's
    if (last < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in buttons) {
      event.preventDefault();
      document.getElementById(buttons[event.key]).click();
    } else if (event.key in moves) {
      event.preventDefault();
      this.cursor = Math.min(last, Math.max(0, (this.cursor ?? last) + moves[event.key]));
      this.draw();
      this.say(`${names[this.key]}, ${this.text.textContent}`);
    }
  }

  draw() {
    const box = this.box, canvas = this.canvas, {x, y} = this.data;
    const scale = window.devicePixelRatio || 1;
    canvas.style.height = box.height + "px";
    canvas.width = Math.max(1, Math.round(box.width * scale));
    canvas.height = Math.round(box.height * scale);
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.font = "11px system-ui, sans-serif";
    const finite = y.filter(value => value !== null && (!this.options.log || value > 0));
    if (!finite.length) {
      pen.fillStyle = style("--soft");
      pen.fillText("no values yet", box.left, 30);
      this.text.textContent = "";
      canvas.setAttribute("aria-label", names[this.key] + ": no values yet");
      return;
    }
    const form = value => this.options.log ? Math.log10(value) : value;
    let low = form(Math.min(...finite)), high = form(Math.max(...finite));
    if (!this.options.log) low = Math.min(low, 0);
    if (high - low < 1e-12) {
      high += 0.5;
      low -= this.options.log ? 0.5 : 0;
    }
    const [first, last] = [x[0], x[x.length - 1]];
    const [width, height] = [box.width - box.left - box.right, box.height - box.top - box.bottom];
    const px = value => box.left + (last > first ? (value - first) / (last - first) : 0.5) * width;
    const py = value => box.top + (high - form(value)) / (high - low) * height;

    pen.strokeStyle = style("--line");
    pen.fillStyle = style("--soft");
    pen.lineWidth = 1;
    const levels = this.options.log && high - low > 0.7
      ? powers(low, high)
      : ticks(this.options.log ? 10 ** low : low, this.options.log ? 10 ** high : high, 5);
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const level of levels) {
      if (this.options.log && level <= 0) continue;
      const at = Math.round(py(level)) + 0.5;
      pen.beginPath();
      pen.moveTo(box.left, at);
      pen.lineTo(box.left + width, at);
      pen.stroke();
      pen.fillText(short(level), box.left - 5, at);
    }
    pen.textBaseline = "top";
    pen.textAlign = "center";
    for (const tick of ticks(first, last, Math.max(2, width / 90))) {
      const at = Math.round(px(tick)) + 0.5;
      pen.beginPath();
      pen.moveTo(at, box.top + height);
      pen.lineTo(at, box.top + height + 4);
      pen.stroke();
      pen.fillText(tick.toLocaleString("en"), Math.min(at, box.width - 22), box.top + height + 5);
    }
    pen.fillText("iteration", box.left + width / 2, box.top + height + 19);

    const line = (values, alpha, thick) => {
      pen.globalAlpha = alpha;
      pen.lineWidth = thick;
      pen.strokeStyle = style("--curve");
      pen.beginPath();
      let open = false;
      values.forEach((value, i) => {
        if (value === null || (this.options.log && value <= 0)) {
          open = false;
          return;
        }
        if (open)
          pen.lineTo(px(x[i]), py(value));
        else
          pen.moveTo(px(x[i]), py(value));
        open = true;
      });
      pen.stroke();
      pen.globalAlpha = 1;
    };
    const smoothed = smooth(y, this.options.smoothing);
    if (this.options.smoothing > 0) line(y, 0.25, 1);
    line(smoothed, 1, 1.75);

    if (this.drag && this.drag[1] !== null) {
      pen.globalAlpha = 0.2;
      pen.fillStyle = style("--accent");
      pen.fillRect(px(this.drag[0]), box.top, px(this.drag[1]) - px(this.drag[0]), height);
      pen.globalAlpha = 1;
    }
    const at = this.cursor ?? x.length - 1;
    if (this.cursor !== null) {
      pen.strokeStyle = style("--mark");
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(px(x[at]), box.top);
      pen.lineTo(px(x[at]), box.top + height);
      pen.stroke();
    }
    const told = `iteration ${x[at].toLocaleString("en")}: ${short(y[at])}`
      + (this.options.smoothing > 0 ? `, smoothed ${short(smoothed[at])}` : "");
    this.text.textContent = told;
    canvas.setAttribute(
      "aria-label", `${names[this.key]}, from iteration ${first} to ${last}; at ${told}`);
  }
}
