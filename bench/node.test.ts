import { expect, it } from 'vitest';
import { type NodeResult, nodeTable } from './node/table.ts';
import { type NodeBenchOptions, requireSettings } from './node.ts';

it('refuses what would be measured and mean nothing', () => {
  const options: NodeBenchOptions = { dataset: 'd', k: 10, recall: 0.95, rounds: 40, package: 'p', json: false };
  const refusal = (changed: Partial<NodeBenchOptions>) => expect(() => requireSettings({ ...options, ...changed }));
  expect(() => requireSettings(options)).not.toThrow();
  for (const k of [150, 0, 2.5, Number.NaN]) refusal({ k }).toThrow(`--k ${k}: give a whole number from 1 to 100`);
  for (const recall of [0, 1, Number.NaN])
    refusal({ recall }).toThrow(`--recall ${recall}: give a number between 0 and 1`);
  for (const rounds of [1, 2.5, Number.NaN]) refusal({ rounds }).toThrow(`--rounds ${rounds}: an interval takes`);
});

it('compares with the first contender, and with nothing where that one misses the recall', () => {
  const mean = { value: 2, low: 1, high: 3 };
  const row = (name: string, ratio: typeof mean | null) => ({
    ...{ name, detail: '', buildSeconds: 1, effort: 10, recall: 0.95, ratio, curve: [] },
    ...{ oneQps: mean, p50: mean, p99: mean, batchQps: null, allCoresQps: null },
  });
  const result: NodeResult = {
    ...{ dataset: 'd', k: 10, target: 0.95, rounds: 40, queriesARound: 500, kept: 0, first: 'ours' },
    rows: [row('ours', null), row('theirs', mean)],
  };
  const lastCells = (rows: NodeResult['rows']) =>
    [...nodeTable({ ...result, rows }).matchAll(/^\| (?:ours|theirs) .*\| (.*) \|$/gm)].map(([, cell]) => cell);
  expect(lastCells(result.rows)).toEqual(['1', '2.000 [1.000, 3.000]']);
  expect(lastCells([row('theirs', null)])).toEqual(['-']);
});
