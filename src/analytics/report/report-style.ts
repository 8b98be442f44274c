/** What the report adds to the shared style. */
export const REPORT_STYLE = `
.report { display: grid; gap: 14px; grid-template-columns: repeat(2, minmax(0, 1fr)); }
.report > .wide, .report > .cards { grid-column: 1 / -1; }
h2 { font-size: 13px; font-weight: 600; margin: 0; padding: 13px 16px 9px; }
.cards { display: grid; gap: 10px; margin: 0; grid-template-columns: repeat(6, minmax(0, 1fr)); }
.card { background: var(--surface); border: 1px solid var(--border); border-radius: 10px; padding: 11px 14px 10px; min-width: 0; }
.card dt { color: var(--muted); font-size: 12px; }
.card dd { margin: 1px 0 2px; font-size: 21px; font-weight: 600; letter-spacing: -0.02em; white-space: nowrap; }
.card p { margin: 0; min-height: 17px; color: var(--faint); font-size: 12px; line-height: 1.4; overflow-wrap: anywhere; }
.curves { height: 400px; }
.signals { height: 560px; border-top: 1px solid var(--border); }
.runs { display: flex; gap: 6px; padding: 0 16px 12px; overflow-x: auto; }
.runs button { border: 1px solid var(--border); border-radius: 99px; background: none; padding: 2px 12px; white-space: nowrap; font-size: 13px; color: var(--muted); }
.runs button[aria-selected='true'] { border-color: var(--accent); color: var(--accent); }
.report th:first-child, .report td:first-child { padding-left: 16px; }
.report th:last-child, .report td:last-child { padding-right: 16px; }
.report table small { display: block; color: var(--faint); font-size: 11px; }
.report .table-wrap { padding-bottom: 6px; }
.report td.wrap { white-space: normal; min-width: 180px; }
.report td.mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 12px; overflow-wrap: anywhere; }
#trades .table-wrap { max-height: 520px; padding: 0; }
.link { border: 0; background: none; padding: 0; color: var(--accent); }
.heat td, .heat th { padding: 7px 2px; text-align: center; font-size: 12px; min-width: 36px; }
.report .heat th:first-child { padding: 0 4px 0 16px; }
.heat tbody td { border: 2px solid var(--surface) !important; border-radius: 5px; }
.heat .year { font-weight: 600; }
.bars { display: block; width: 100%; padding: 0 16px 10px; }
.bars .gain { fill: var(--up); }
.bars .loss { fill: var(--down); }
.bars line { stroke: var(--border); }
.bars text { fill: var(--muted); font-size: 11px; text-anchor: middle; }
.figures { columns: 3; column-gap: 32px; margin: 0; padding: 0 16px 12px; }
.figures div { display: flex; justify-content: space-between; gap: 12px; padding: 4px 0; border-top: 1px solid var(--grid); break-inside: avoid; }
.figures dt { color: var(--muted); }
.figures dd { margin: 0; white-space: nowrap; }
@media (max-width: 1100px) { .cards { grid-template-columns: repeat(4, minmax(0, 1fr)); } .figures { columns: 2; } }
@media (max-width: 760px) {
  .report { grid-template-columns: minmax(0, 1fr); }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .card dd { font-size: 19px; }
  .figures { columns: 1; }
  .curves { height: 320px; }
  .signals { height: 440px; }
}
@media print { .theme, .runs, .table-bar { display: none; } .panel { break-inside: avoid; } }
`;
