import type { Target } from '../core/target.ts';
import { areaFigure, heightFigure, wordsOf } from '../core/target-words.ts';
import type { Report } from '../propose/agent/protocol.ts';
import { formatRatio } from '../record/figures.ts';
import { textTable } from '../record/text-table.ts';

/** What became of a candidate, for the agent that wrote it. */
export function reportText(report: Report): string {
  const { candidate, target, status, summary, speedupOverSeed, reward, area, curve, diagnostics, promoted, repair } =
    report;
  if (status === 'waiting')
    return `${candidate}\ntaken, and not evaluated yet: annvil outcome ${candidate} --wait 600 waits for it`;
  const lines = [candidate, `outcome   ${summary}`];
  if (speedupOverSeed) lines.push(`speed-up  ${formatRatio(speedupOverSeed, 3)} of the seed`);
  if (reward !== null) lines.push(`reward    ${reward.toFixed(4)}`);
  if (area !== null) lines.push(`area      ${areaFigure(target, area)} ${wordsOf(target).areaText}`);
  if (promoted !== null) lines.push(promoted ? 'promoted: it is champion' : 'measured again, and not promoted');
  if (curve.length > 0) lines.push('', ...curveTable(target, curve));
  if (diagnostics && !summary.includes(diagnostics)) lines.push('', diagnostics.trimEnd());
  if (repair) lines.push('', `to mend it: annvil submit FILE --lease ${repair.lease}   (until ${repair.expiresAt})`);
  return lines.join('\n');
}

function curveTable(target: Target, curve: Report['curve']): string[] {
  const { effort, recall, height } = wordsOf(target);
  return textTable(
    [effort, recall, height.title].map((title) => ({ title, align: 'right' })),
    curve.map((point) => [String(point.effort), point.recall.toFixed(4), heightFigure(point)]),
  );
}
