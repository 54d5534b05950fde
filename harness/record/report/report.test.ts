import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ofSlots } from '../../core/target.ts';
import { Lineage } from '../lineage.ts';
import { SampleJournal, sampleCandidate, sampleJournal } from '../sample-campaign.ts';
import { campaignState } from '../state.ts';
import { curvesChart, logTicks } from './curves-chart.ts';
import { html } from './html.ts';
import { learningSeries } from './learning-chart.ts';
import { reportHtml } from './report.ts';
import { sampleNight } from './sample-night.ts';
import { writeReport } from './write-report.ts';

const noDiffs = ofSlots('graph', { construction: null, search: null, refinement: null });

test('is one page that asks for nothing: no scripts, no addresses', () => {
  const page = reportHtml({ state: campaignState(sampleNight().entries), diffs: noDiffs });
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(\s*['"]?(?!#)/);
  expect(page.match(/https?:\/\/[^"]+/g)?.filter((address) => !address.startsWith('http://www.w3.org/')) ?? []).toEqual(
    [],
  );
  expect(page).toContain('prefers-color-scheme: dark');
});

test('draws every chart in the colours of the page, for a desk and for a phone', () => {
  const page = reportHtml({ state: campaignState(sampleNight().entries), diffs: noDiffs });
  expect(page.match(/<svg class="wide"/g)).toHaveLength(4);
  expect(page.match(/<svg class="narrow"/g)).toHaveLength(4);
  expect(page).toContain('var(--champion)');
  expect(page).not.toMatch(/#01010/);
  expect(page).not.toMatch(/NaN|undefined|\[object/);
});

test('leads with the combined speed-up and its interval, provisional until the final measurement', () => {
  const page = reportHtml({ state: campaignState(sampleJournal().entries), diffs: noDiffs });
  expect(page).toContain('<p class="headline">1.50×</p>');
  expect(page).toContain('95 % interval 1.36 to 1.64');
  expect(page).toContain('Provisional');
});

test('can be made of a campaign that has only begun', () => {
  const page = reportHtml({ state: campaignState(new SampleJournal().entries.slice(0, 1)), diffs: noDiffs });
  expect(page).toContain('No attempt has finished yet');
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});

test("a candidate's words reach the page as text", () => {
  const candidate = sampleCandidate('search', 9);
  const hostile = { kind: 'compile-error', diagnostics: 'error: <script>alert("x")</script>' } as const;
  const journal = new SampleJournal().propose('search', [candidate]).attempt(candidate, hostile, -2);
  const page = reportHtml({ state: campaignState(journal.entries), diffs: noDiffs });
  expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)');
  expect(html`<b title="${'"&'}">${['<', html`<i>`]}</b>`.text).toBe('<b title="&quot;&amp;">&lt;<i></b>');
});

test('the learning curve steps at each promotion, through all champions together', () => {
  const { best, attempts, rewards } = learningSeries(campaignState(sampleJournal().entries));
  expect(best.map(([attempt, value]) => [attempt, Number(value.value.toFixed(6))])).toEqual([
    [0, 1],
    [2, 1.25],
    [4, 1.5],
    [4, 1.5],
  ]);
  expect(attempts.map(([attempt]) => attempt)).toEqual([1, 2, 4]);
  expect(attempts.at(-1)![1]).toBeCloseTo(1.25 * 1.21, 12);
  expect(rewards.map(([attempt]) => attempt)).toEqual([2, 3, 4]);
  expect(rewards[0]![1]).toBeCloseTo((0.231 - 0.105) / 2, 12);
});

test("another campaign's learning curve is drawn beside its own, each with a band for its interval", () => {
  const state = campaignState(sampleNight().entries);
  const other = campaignState(sampleJournal().entries);
  const comparison = { speedup: { value: 1.21, low: 1.19, high: 1.23 }, faster: 'one' } as const;
  const page = reportHtml({ state, diffs: noDiffs, beside: { state: other, comparison } });
  expect(page).toContain('1.210x [1.190, 1.230]');
  expect(page.match(/fill-opacity="0.2"/g)?.length).toBe(2 * 2);
  expect(page).not.toMatch(/NaN|undefined/);
});

test('a log axis ends on 1, 2 or 5 times a power of ten', () => {
  expect(logTicks(20_500, 525_000)).toEqual([20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000]);
  expect(logTicks(100, 100)).toEqual([100, 200]);
  expect(curvesChart({ target: 'graph', seed: [{ effort: 1, recall: 0.9, qps: 7 }], champion: null }).label).toContain(
    'recall',
  );
});

test('is written whole into the run folder, with the diff of each champion to its seed', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'annvil-report-'));
  try {
    const state = campaignState(sampleJournal().entries);
    await (await Lineage.open(dir)).ensureRecorded(state);
    const path = await writeReport(dir, state);
    expect(await readFile(path, 'utf8')).toContain('<span class="added">+constexpr int lookahead = 8;</span>');
    expect((await readdir(dir)).sort()).toEqual(['lineage', 'report.html']);
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('states which queries were for what, where the journal says how many there were', () => {
  const entries = sampleJournal().entries.map((entry) =>
    entry.type === 'campaign-started'
      ? {
          ...entry,
          fingerprint: { ...entry.fingerprint, datasetShape: { count: 60_000, dimension: 784, queries: 10_000 } },
        }
      : entry,
  );
  const page = reportHtml({ state: campaignState(entries), diffs: noDiffs }).replace(/\s+/g, ' ');
  expect(page).toContain(
    "Of the dataset's 10,000 queries, attempts were scored on numbers 0 to 4,999 (1,000 of them only find efforts)",
  );
  expect(page).toContain('promotions on 5,000 to 7,499 (500 of them only find efforts)');
  expect(page).toContain('7,500 to 9,999');
  const earlier = reportHtml({ state: campaignState(sampleJournal().entries), diffs: noDiffs });
  expect(earlier).not.toContain('attempts were scored on numbers');
});
