import { chartHtml } from '../record/report/chart.ts';
import { Html, html } from '../record/report/html.ts';
import { style } from '../record/report/style.ts';
import { type Claim, describeSeen } from './claim.ts';
import type { ReproductionResult } from './result.ts';

/** The reproduction as one page that fetches nothing. */
export function reproductionPage({
  target,
  preset,
  seeds,
  dataset,
  machine,
  figures,
  notes,
  claims,
}: ReproductionResult): string {
  const title = `${target}: the paper's claims beside what was seen`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<header><h1>${title}</h1>
<p class="faint">preset ${preset}, seeds ${seeds.join(', ')}, ${dataset}; ${machine}</p></header>
<h2>Claims</h2>
<div class="scroll"><table>
<thead><tr><th>claim</th><th>paper</th><th>seen [95 %]</th><th>shown</th></tr></thead>
<tbody>${claims.map(claimRow)}</tbody>
</table></div>
${notes.map((note) => html`<p class="note">${note}</p>`)}
${figures.map(
  ({ title: name, caption, charts }) =>
    html`<h2>${name}</h2>
<figure>${charts.map(chartHtml)}<figcaption>${caption}</figcaption></figure>
`,
)}
</body>
</html>
`.text;
}

function claimRow({ claim, paper, seen, shown, note }: Claim): Html {
  return html`<tr><td class="wide">${claim}<br><span class="faint">${note}</span></td><td class="wide">${paper}</td><td class="figure">${
    seen ? describeSeen(seen) : 'not measured'
  }</td><td>${shown}</td></tr>
`;
}
