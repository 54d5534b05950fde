import { describe, expect, it } from 'vitest';
import {
  judgeCounters,
  judgeGovernor,
  judgeNeighbours,
  judgeSiblings,
  judgeTurbo,
  parseProcStat,
  timingFindings,
} from './timing-findings.ts';

/** Captured on two processors a second apart: user nice system idle iowait irq softirq steal guest guest_nice. */
const first = 'cpu  1105521 39760 66933 1381122 1460 0 1414 2161 0 0\ncpu0 1 2 3 4\nprocs_running 1\n';
const later = (user: number, idle: number, steal: number) =>
  `cpu  ${1105521 + user} 39760 66933 ${1381122 + idle} 1460 0 1414 ${2161 + steal} 0 0\nprocs_running 3\n`;
const judge = (user: number, idle: number, steal: number) =>
  judgeNeighbours(parseProcStat(first), parseProcStat(later(user, idle, steal)), '0.42');

describe('the neighbours', () => {
  it('are quiet on an idle machine', () => {
    expect(judge(2, 198, 0)).toEqual({
      name: 'neighbours',
      state: 'ok',
      detail: 'processors 1.0 % busy, 0.0 % stolen, 2 others running, load 0.42',
    });
  });

  it('are noisy where a processor is taken, or where the host steals', () => {
    expect(judge(100, 100, 0)).toMatchObject({ state: 'advice', fix: expect.stringContaining('top') });
    expect(judge(0, 190, 10)).toMatchObject({ state: 'advice', fix: expect.stringContaining('crowded') });
  });

  it('are not reported where there is no /proc/stat', () => {
    expect(judgeNeighbours(parseProcStat(''), parseProcStat(''), undefined)).toMatchObject({ detail: 'not reported' });
  });
});

describe('the core that measures', () => {
  it.each(['3', undefined])('is fine by itself (%s)', (list) => expect(judgeSiblings(3, list).state).toBe('ok'));

  it.each([
    ['3,7', 'shares its core with 7'],
    ['2-3', 'shares its core with 2'],
  ])('is named with its siblings (%s)', (list, detail) => {
    const finding = judgeSiblings(3, list);
    expect(finding).toMatchObject({ state: 'advice', detail: expect.stringContaining(detail) });
    expect(finding.fix).toContain(`cpu${detail.slice(-1)}/online`);
  });
});

describe('settings', () => {
  it('that let the clock move are mended by a command', () => {
    expect(judgeGovernor('powersave').fix).toContain('performance');
    expect(judgeTurbo('on').fix).toContain('no_turbo');
  });

  it('that are right, or out of reach, are left alone', () => {
    for (const finding of [judgeGovernor('performance'), judgeGovernor('not reported'), judgeTurbo('off')])
      expect(finding).not.toHaveProperty('fix');
  });

  it('of hardware counters: none, forbidden, allowed', () => {
    expect(judgeCounters(['software', 'uprobe', 'msr'], 2, true).detail).toContain('no hardware counters');
    expect(judgeCounters(['cpu', 'software'], 3, false).fix).toContain('perf_event_paranoid=2');
    expect(judgeCounters(['cpu', 'software'], 3, true).state).toBe('ok');
    expect(judgeCounters(['armv8_pmuv3_0'], 2, false).state).toBe('ok');
  });

  it('are found on whatever machine this is, each with advice or none needed', async () => {
    for (const { state, detail, fix } of await timingFindings()) {
      expect(detail).toMatch(/\S/);
      expect(fix === undefined).toBe(state === 'ok');
    }
  });
});
