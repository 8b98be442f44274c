/** What every page shares: colours of both themes, the header, chart and tables. */
export const PAGE_STYLE = `
:root {
  --page: #f6f6f4; --surface: #ffffff; --ink: #1d2126; --muted: #666e78; --faint: #8b929b;
  --border: #dfe1e3; --grid: #eef0f1; --hover: #f2f4f5; --accent: #2f5fd0; --bench: #9a8a5c;
  --up: #2a9d84; --down: #d05555; --gain: #17806a; --loss: #c03f45; --warn: #9a6400; --warn-soft: #fff4dc;
  --c1: #2f6fd6; --c2: #d9822b; --c3: #8a55c8; --c4: #2295a5; --c5: #b8497d; --c6: #6d7d2b;
}
[data-theme='dark'] {
  --page: #101317; --surface: #171b21; --ink: #e6e9ec; --muted: #98a1ac; --faint: #737d89;
  --border: #2a3038; --grid: #20252c; --hover: #1f242b; --accent: #7aa2ff; --bench: #b8a674;
  --up: #35ad92; --down: #dc6262; --gain: #45c4a5; --loss: #ee7b7b; --warn: #f0bf5c; --warn-soft: #33290f;
  --c1: #6a9cf5; --c2: #f0a352; --c3: #b48cf0; --c4: #4fc0cf; --c5: #e27fae; --c6: #a9ba5c;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { color-scheme: light; }
html[data-theme='dark'] { color-scheme: dark; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
header, main, footer { max-width: 1480px; margin: 0 auto; padding: 0 24px; }
header { display: flex; align-items: flex-start; gap: 16px; padding-top: 22px; padding-bottom: 14px; }
header > div { flex: 1; min-width: 0; }
h1 { font-size: 20px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; margin: 0; overflow-wrap: anywhere; }
header p { margin: 3px 0 0; color: var(--muted); }
.badge {
  display: inline-block; padding: 1px 8px; margin: 0 6px 4px 0; border: 1px solid var(--border); border-radius: 99px;
  font-size: 12px; color: var(--muted); background: var(--surface);
}
.badge.warn { color: var(--warn); background: var(--warn-soft); border-color: transparent; font-weight: 600; }
.badge.good { color: var(--gain); }
.badge.bad { color: #fff; background: var(--loss); border-color: transparent; font-weight: 600; }
.badges { margin-top: 9px; }
button { font: inherit; color: inherit; cursor: pointer; }
button:disabled { cursor: default; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.theme {
  flex: none; width: 34px; height: 34px; border: 1px solid var(--border); border-radius: 8px; background: var(--surface);
}
.theme::before {
  content: ''; display: block; width: 14px; height: 14px; margin: auto; border-radius: 50%;
  border: 1.5px solid currentColor; background: linear-gradient(90deg, currentColor 50%, transparent 50%);
}
.panel { background: var(--surface); border: 1px solid var(--border); border-radius: 10px; overflow: hidden; }
.chart { position: relative; }
.chart .canvas { width: 100%; height: 100%; }
.legend {
  position: absolute; left: 12px; top: 9px; right: 76px; z-index: 3; pointer-events: none; font-size: 12px; color: var(--ink);
}
.legend div { width: fit-content; background: color-mix(in srgb, var(--surface) 72%, transparent); display: flex; flex-wrap: wrap; gap: 0 12px; }
.legend b { font-weight: 600; }
.legend i { font-style: normal; color: var(--faint); margin-right: 4px; }
.status {
  position: absolute; left: 50%; bottom: 38px; transform: translateX(-50%); z-index: 3; padding: 3px 12px; max-width: 92%;
  border: 1px solid var(--border); border-radius: 99px; background: var(--surface); color: var(--muted); font-size: 12px;
}
.status:not(:disabled) { color: var(--accent); }
.table-bar { display: flex; align-items: center; gap: 8px; padding: 9px 12px; border-bottom: 1px solid var(--border); }
.table-bar input {
  font: inherit; flex: 1; min-width: 60px; max-width: 320px; padding: 4px 9px; color: var(--ink); background: var(--page);
  border: 1px solid var(--border); border-radius: 6px;
}
.table-bar .count { margin-left: auto; color: var(--muted); font-size: 12px; white-space: nowrap; }
.table-bar button { width: 28px; height: 28px; border: 1px solid var(--border); border-radius: 6px; background: var(--surface); }
.table-bar button:disabled { opacity: 0.4; }
.table-wrap { overflow: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 5px 10px; text-align: right; white-space: nowrap; }
th { font-weight: 500; color: var(--muted); font-size: 12px; }
.left { text-align: left; }
tbody tr + tr td { border-top: 1px solid var(--grid); }
.trades thead th { position: sticky; top: 0; background: var(--surface); z-index: 1; box-shadow: inset 0 -1px var(--border); }
.trades { font-size: 13px; }
.trades th button { border: 0; background: none; padding: 0; color: inherit; }
.trades th[aria-sort]::after { content: ' ↑'; }
.trades th[aria-sort='descending']::after { content: ' ↓'; }
.trades tbody tr { cursor: pointer; }
.trades tbody tr:hover td { background: var(--hover); }
.trades tbody tr.picked td { background: color-mix(in srgb, var(--accent) 14%, var(--surface)); }
.gain { color: var(--gain); }
.loss { color: var(--loss); }
.note { color: var(--muted); margin: 0; padding: 12px; }
footer { padding-top: 18px; padding-bottom: 26px; color: var(--faint); font-size: 12px; }
footer a { color: inherit; }
@media (max-width: 640px) {
  header, main, footer { padding-left: 12px; padding-right: 12px; }
  h1 { font-size: 18px; }
  .legend { font-size: 11px; right: 64px; }
}
`;
