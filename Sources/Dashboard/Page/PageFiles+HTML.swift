extension PageFiles {
  static let html = #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>dnc</title>
    <link rel="icon" href="/favicon.svg">
    <link rel="stylesheet" href="/page.css">
    <script type="module" src="/page.js"></script>
    </head>
    <body>
    <a class="skip" href="#memory">Skip to the memory</a>
    <header>
      <h1 id="title">dnc</h1>
      <p id="network"></p>
      <p><strong id="state" role="status">connecting</strong> <span id="progress"></span></p>
      <button id="theme" type="button">Dark or light</button>
    </header>
    <main>
    <noscript><p>This page draws with JavaScript, which is turned off.</p></noscript>
    <section aria-labelledby="curves-title">
      <h2 id="curves-title">Training</h2>
      <div class="controls">
        <label><input type="checkbox" id="log" checked> logarithmic</label>
        <label>smoothing <input type="range" id="smoothing" min="0" max="0.99" step="0.01" value="0.6">
          <output id="smoothing-value">0.6</output></label>
        <span class="group" role="group" aria-label="Zoom">
          <button type="button" id="zoom-in">Zoom in</button>
          <button type="button" id="zoom-out">Zoom out</button>
          <button type="button" id="earlier">Earlier</button>
          <button type="button" id="later">Later</button>
          <button type="button" id="zoom-all">All</button>
        </span>
      </div>
      <p class="hint">Drag over a curve to zoom in; the arrow keys read values off, + and − zoom, Shift with ← or → moves on.</p>
      <p id="curve-reading" class="unseen" role="status" aria-live="polite"></p>
      <div id="curves" class="curves"></div>
    </section>
    <section aria-labelledby="example-title">
      <h2 id="example-title">Latest example</h2>
      <p id="example-note">The first example comes within seconds while a training is going on.</p>
      <div id="example" class="maps"></div>
      <details><summary>In signs</summary><pre id="description" tabindex="0"></pre></details>
    </section>
    <section id="memory" aria-labelledby="memory-title" tabindex="-1">
      <h2 id="memory-title">What the memory did</h2>
      <p id="memory-note"></p>
      <div class="controls" id="slider-box" hidden>
        <label class="wide">After <output id="place"></output>
          <input type="range" id="slider" min="0" max="0" value="0"></label>
        <button type="button" id="play" aria-pressed="false">Play</button>
        <label><input type="checkbox" id="hold"> hold this example</label>
      </div>
      <p id="reading" role="status" aria-live="polite"></p>
      <div id="access" class="maps"></div>
      <h3 id="courses-title" hidden>Over time</h3>
      <div id="courses" class="maps"></div>
    </section>
    </main>
    <footer><p>Colors: dark violet is the lower end of a scale and yellow the upper; blue is negative, red positive.
    Magenta is a value that is not finite. Keys on a map: arrows move, Home and End go to the ends.</p></footer>
    </body>
    </html>

    """#

  static let css = #"""
    :root {
      --back: #ffffff; --panel: #f4f5f7; --text: #1b1f24; --soft: #57606a; --line: #d0d7de;
      --accent: #0b62c4; --curve: #0b62c4; --mark: #d4380d;
      font: 16px/1.45 system-ui, sans-serif;
    }
    @media (prefers-color-scheme: dark) {
      :root:not([data-theme="light"]) {
        --back: #0f1318; --panel: #181e26; --text: #e6edf3; --soft: #9aa7b4; --line: #30363d;
        --accent: #6cb2ff; --curve: #6cb2ff; --mark: #ff9c5b; color-scheme: dark;
      }
    }
    :root[data-theme="dark"] {
      --back: #0f1318; --panel: #181e26; --text: #e6edf3; --soft: #9aa7b4; --line: #30363d;
      --accent: #6cb2ff; --curve: #6cb2ff; --mark: #ff9c5b; color-scheme: dark;
    }
    :root[data-theme="light"] { color-scheme: light; }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--back); color: var(--text); }
    header, main, footer { max-width: 90rem; margin: 0 auto; padding: 0 1rem; }
    header { position: relative; padding-top: .75rem; }
    header p { margin: .15rem 0; overflow-wrap: anywhere; }
    #network, .hint, footer, #memory-note, #example-note { color: var(--soft); font-size: .875rem; }
    #theme { position: absolute; top: .75rem; right: 1rem; }
    h1 { font-size: 1.25rem; margin: 0; padding-right: 8.5rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.125rem; margin: 1.5rem 0 .5rem; border-bottom: 1px solid var(--line); }
    h3 { font-size: 1rem; margin: 1rem 0 .5rem; }
    button {
      font: inherit; font-size: .875rem; color: var(--text); background: var(--panel);
      border: 1px solid var(--line); border-radius: .375rem; padding: .3rem .7rem; cursor: pointer;
    }
    button[aria-pressed="true"] { border-color: var(--accent); color: var(--accent); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    #memory:focus { outline: none; }
    .unseen { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .skip { position: absolute; left: -999rem; }
    .skip:focus { left: 1rem; top: .5rem; background: var(--back); z-index: 2; }
    .controls { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
    .controls label { display: inline-flex; align-items: center; gap: .4rem; font-size: .875rem; }
    .controls .wide { flex: 1 1 16rem; }
    .controls .wide input { flex: 1; min-width: 8rem; }
    #place { min-width: 6.5em; }
    .group { display: inline-flex; flex-wrap: wrap; gap: .35rem; }
    input[type="range"] { accent-color: var(--accent); }
    input[type="checkbox"] { accent-color: var(--accent); width: 1.1rem; height: 1.1rem; }
    .curves { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); }
    .maps { display: flex; flex-wrap: wrap; gap: .75rem; align-items: flex-start; }
    figure { margin: 0; padding: .5rem; background: var(--panel); border: 1px solid var(--line);
      border-radius: .5rem; max-width: 100%; overflow: hidden; }
    figcaption { font-size: .875rem; font-weight: 600; margin-bottom: .25rem; }
    figure p { margin: .25rem 0 0; font-size: .8125rem; color: var(--soft); font-variant-numeric: tabular-nums; }
    canvas { display: block; max-width: 100%; touch-action: pan-y; }
    .curves canvas { width: 100%; cursor: crosshair; }
    #reading { min-height: 1.45em; margin: .4rem 0; font-variant-numeric: tabular-nums; font-size: .875rem; }
    pre { overflow-x: auto; background: var(--panel); padding: .5rem; border-radius: .5rem; }
    @media (prefers-reduced-motion: no-preference) { button { transition: border-color .15s; } }

    """#
}
