/** The page's whole style: one column, system type, light and dark by the reader's setting, nothing fetched. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --card: #f4f4f0; --ink: #1d2125; --faint: #626a73; --grid: #e4e5e1;
  --seed: #8a8f98; --champion: #b4500f; --window: #f6e7d6; --failure: #a8324a; --added: #1e6b34; --removed: #a8324a;
  --added-back: #e4f3e6; --removed-back: #fae6e8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --card: #1e2226; --ink: #e6e6e1; --faint: #9aa1a9; --grid: #2c3136;
    --seed: #7f8790; --champion: #f09a4e; --window: #2e2419; --failure: #e8788c; --added: #86d49a; --removed: #f09aa8;
    --added-back: #17301d; --removed-back: #38191f;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 5rem; max-width: 58rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
header p { margin: 0; }
h1 { margin: 0 0 .25rem; font-size: 1.15rem; font-weight: 600; }
h2 { margin: 3rem 0 .75rem; font-size: 1.3rem; line-height: 1.25; }
h3 { margin: 2rem 0 .5rem; font-size: 1.05rem; overflow-wrap: anywhere; }
p { max-width: 44rem; }
.faint, figcaption { color: var(--faint); }
.headline { margin: 1.5rem 0 .25rem; font-size: clamp(2.8rem, 11vw, 4.5rem); font-weight: 700; line-height: 1; letter-spacing: -.03em; color: var(--champion); }
.headline + p { font-size: 1.1rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: 1rem 2rem; margin: 2rem 0 0; padding: 1rem 1.25rem; background: var(--card); border-radius: .6rem; }
.facts dt, .pairs dt { color: var(--faint); font-size: .85rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.pairs { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; margin: .5rem 0; }
.pairs dt { font-size: 1rem; }
.pairs dd { margin: 0; overflow-wrap: anywhere; }
.note { margin-top: 1rem; padding: .6rem 1rem; border-left: 3px solid var(--champion); background: var(--card); }
.chart { margin: .5rem 0 1rem; }
.chart svg { display: block; width: 100%; height: auto; }
.chart .narrow { display: none; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: top; }
th { color: var(--faint); font-weight: 500; white-space: nowrap; }
td.figure, th.figure { text-align: right; white-space: nowrap; }
td.faint { white-space: nowrap; }
td.wide { min-width: 15rem; overflow-wrap: anywhere; }
tr.champion td { font-weight: 600; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .86rem; }
pre { overflow-x: auto; margin: .5rem 0; padding: .75rem 0; background: var(--card); border-radius: .5rem; line-height: 1.45; tab-size: 4; }
pre.plain { padding: .75rem 1rem; }
pre .lines { display: inline-block; min-width: 100%; padding: 0; }
pre .lines span { display: block; padding: 0 1rem; }
.added { color: var(--added); background: var(--added-back); }
.removed { color: var(--removed); background: var(--removed-back); }
.hunk { color: var(--faint); }
summary { cursor: pointer; color: var(--faint); }
@media (max-width: 40rem) {
  body { padding-top: 1.5rem; }
  .chart .wide { display: none; }
  .chart .narrow { display: block; }
  .pairs { grid-template-columns: 1fr; gap: 0; }
  .pairs dd { margin-bottom: .5rem; }
}
@media print { body { max-width: none; } details > * { display: block; } }
`;
