import {Curve} from "/curves.js";
import {decode, show} from "/maps.js";

const $ = id => document.getElementById(id);
const state = {
  status: null,
  example: null,
  access: null,
  row: 0,
  range: null,
  metrics: null,
  playing: null,
  failures: 0
};
const views = {
  example: [],
  courses: [],
  access: []
};
// for tests and for the curious, in the browser's console
window.dashboard = {
  state,
  views
};

// the curves show what they tell; this is for those who cannot see it
const tell = text => {
  $("curve-reading").textContent = text;
};
const zoom = (from, to) => {
  state.range = from === null ? null : [from, to];
  tell(from === null ? "All iterations" : `Iterations ${from} to ${to}`);
  loadMetrics();
};
const curves =
  ["loss", "error_rate", "gradient_norm"].map(key => new Curve(key, $("curves"), zoom, tell));
const say = text => {
  $("reading").textContent = text;
};

async function get(path) {
  const limit = new AbortController();
  // a server under load rests long before it answers
  const timer = setTimeout(() => limit.abort(), 30000);
  try {
    const response = await fetch(path, {signal: limit.signal});
    if (!response.ok) throw new Error(response.status);
    return await response.json();
  } finally {
    clearTimeout(timer);
  }
}

// --- Curves ---

let loading = false, again = false;
async function loadMetrics() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  try {
    const points = Math.min(1500, Math.max(200, Math.round($("curves").clientWidth)));
    const range = state.range ? `&from=${state.range[0]}&to=${state.range[1]}` : "";
    state.metrics = await get(`/api/metrics?points=${points}${range}`);
    for (const curve of curves) curve.set(state.metrics.iteration, state.metrics[curve.key]);
  } catch {
    // the next news bring it
  }
  loading = false;
  if (again) {
    again = false;
    loadMetrics();
  }
}

function redrawCurves() {
  const smoothing = Number($("smoothing").value);
  $("smoothing-value").textContent = String(smoothing);
  for (const curve of curves) {
    curve.options = {log: $("log").checked, smoothing};
    curve.draw();
  }
}
$("log").addEventListener("change", redrawCurves);
$("smoothing").addEventListener("input", redrawCurves);
function zoomBy(factor) {
  const last = state.status?.iteration ?? 0;
  const [from, to] = state.range ?? [0, last];
  const half = (to - from) / 2 * factor;
  const middle = factor < 1 && !state.range ? to - half : (from + to) / 2;
  const [low, high] =
    [Math.max(0, Math.round(middle - half)), Math.min(last, Math.round(middle + half))];
  if (high - low >= last)
    zoom(null, null);
  else if (high - low >= 2)
    zoom(low, high);
}
// By half of what is shown, to the first or the last iteration at most.
function moveOn(direction) {
  if (!state.range) return tell("All iterations are shown");
  const last = state.status?.iteration ?? 0, [from, to] = state.range, span = to - from;
  const low = Math.max(0, Math.min(last - span, from + direction * Math.ceil(span / 2)));
  zoom(low, low + span);
}
$("earlier").addEventListener("click", () => moveOn(-1));
$("later").addEventListener("click", () => moveOn(1));
$("zoom-in").addEventListener("click", () => zoomBy(0.5));
$("zoom-out").addEventListener("click", () => zoomBy(2));
$("zoom-all").addEventListener("click", () => zoom(null, null));

// --- The example and the memory ---

async function loadExample() {
  let example;
  try {
    example = await get("/api/example");
  } catch {
    return;
  }
  state.example = example;
  example.example.forEach(decode);
  $("example-note").textContent = `Length ${example.length} ${state.status?.length_unit ?? ""}`
    + (example.iteration === null
      ? "" : `, after iteration ${example.iteration.toLocaleString("en")}`);
  $("description").textContent = example.description;
  show(views.example, $("example"), example.example, say, null);
  const memory = example.memory;
  $("slider-box").hidden = $("courses-title").hidden = !memory;
  if (!memory) {
    $("memory-note").textContent = "This network has no memory.";
    for (const list of [views.courses, views.access]) show(list, null, [], say, null);
    return;
  }
  const cells = memory.sparse
    ? `${memory.courses[0].rows} touched of ${memory.all_cells} cells` : `${memory.cells} cells`;
  const heads = `${memory.heads} read head${memory.heads === 1 ? "" : "s"}`;
  const layers =
    memory.layers > 1 ? `, ${memory.layers} layers take turns within each time step.` : ".";
  $("memory-note").textContent = `The first sequence of the example: ${cells}, ${heads}${layers}`;
  show(views.courses, $("courses"), memory.courses, say, select);
  // a reader at the last step stays there, however long the next example is
  const slider = $("slider"), wasLast = state.row === Number(slider.max) || !state.access;
  slider.max = memory.rows - 1;
  select(wasLast ? memory.rows - 1 : Math.min(state.row, memory.rows - 1));
}

const noExample = $("example-note").textContent;
// Another server answers at this address: nothing that is shown belongs to it.
function forget() {
  Object.assign(state, {example: null, access: null, row: 0, range: null, metrics: null});
  stop();
  for (const curve of curves) {
    curve.cursor = null;
    curve.set([], []);
  }
  for (const list of Object.values(views)) show(list, null, [], say, null);
  $("hold").checked = false;
  $("slider").max = $("slider").value = 0;
  $("slider-box").hidden = $("courses-title").hidden = true;
  $("example-note").textContent = noExample;
  for (const id of ["description", "memory-note", "place", "reading", "curve-reading"])
    $(id).textContent = "";
}

let accessing = false;
async function select(row) {
  const memory = state.example?.memory;
  if (!memory) return;
  state.row = row;
  const [slider, layers] = [$("slider"), memory.layers];
  slider.value = row;
  const place =
    layers === 1 ? `step ${row}` : `step ${Math.floor(row / layers)}, layer ${row % layers}`;
  $("place").textContent = place;
  slider.setAttribute("aria-valuetext", place);
  for (const view of views.courses) {
    view.mark = row;
    view.draw();
  }
  if (accessing) return;
  accessing = true;
  try {
    while (state.access?.row !== state.row || state.access?.id !== state.example.id) {
      const example = state.example;
      const access = await get(`/api/access?id=${example.id}&row=${state.row}`);
      if (example !== state.example) continue;
      state.access = access;
      const maps = [access.contents].concat(access.links ? [access.links] : []).map(decode);
      show(views.access, $("access"), maps, say, null);
      if (access.positions.length)
        say(`Cells read or cleared in this access: ${access.positions.join(", ")}`);
    }
  } catch {
    // asked again with the next move
  }
  accessing = false;
}

$("slider").addEventListener("input", event => select(Number(event.target.value)));
function stop() {
  clearInterval(state.playing);
  state.playing = null;
  $("play").setAttribute("aria-pressed", "false");
  $("play").textContent = "Play";
}
$("play").addEventListener("click", () => {
  if (state.playing) return stop();
  $("play").setAttribute("aria-pressed", "true");
  $("play").textContent = "Stop";
  if (state.row >= Number($("slider").max)) select(0);
  state.playing = setInterval(() => {
    if (state.row >= Number($("slider").max))
      stop();
    else
      select(state.row + 1);
  }, 400);
});

// --- News ---

async function poll() {
  let wait = 1000;
  try {
    const held = $("hold").checked && state.example ? `?held=${state.example.id}` : "";
    const status = await get(`/api/status${held}`);
    const before = state.status;
    state.status = status;
    state.failures = 0;
    const isOther = before && before.server !== status.server;
    if (isOther) forget();
    document.title = `${status.title} – dnc`;
    $("title").textContent = status.title;
    $("network").textContent = `${status.task}: ${status.network}`;
    $("state").textContent = status.state;
    const [done, all] = [status.iteration, status.iterations].map(n => n.toLocaleString("en"));
    $("progress").textContent = `iteration ${done} of ${all}`;
    if (isOther || status.points !== before?.points || status.iteration !== before?.iteration)
      await loadMetrics();
    if (status.example && status.example !== state.example?.id
      && !(state.example && $("hold").checked))
      await loadExample();
    // a run that is over has no news
    if (status.state !== "training" && status.state !== "starting" && state.example) wait = 3000;
  } catch {
    state.failures += 1;
    if (state.failures > 1)
      $("state").textContent = "no connection; what is shown is the last that was seen";
    wait = Math.min(10000, 1000 * 2 ** state.failures);
  }
  // nobody looks at a hidden page
  setTimeout(poll, document.hidden ? Math.max(wait, 5000) : wait);
}

// --- Theme ---

const theme = document.documentElement.dataset;
function redraw() {
  redrawCurves();
  for (const list of Object.values(views))
    for (const view of list) view.draw();
}
try {
  const kept = localStorage.getItem("theme");
  if (kept) theme.theme = kept;
} catch {
  // private windows keep nothing
}
$("theme").addEventListener("click", () => {
  const isDark =
    theme.theme ? theme.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  theme.theme = isDark ? "light" : "dark";
  try {
    localStorage.setItem("theme", theme.theme);
  } catch {
    // as above
  }
  redraw();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
let resizing = null;
addEventListener("resize", () => {
  clearTimeout(resizing);
  resizing = setTimeout(redraw, 100);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) loadMetrics();
});

redrawCurves();
poll();
