import { graphWindow, type RecallWindow } from './area.ts';
import { monotoneProbes, type Probe } from './probes.ts';

/** The efforts that may be tried, both ends included; integers, `min` at least 1. */
export interface EffortLimits {
  readonly min: number;
  readonly max: number;
}

export type EffortStep =
  | { readonly kind: 'try'; readonly effort: number }
  /** Efforts to time, ascending, at most 6. */
  | { readonly kind: 'done'; readonly grid: readonly number[] }
  /** Not even the greatest effort reaches the window's end; `best` is the highest recall seen. */
  | { readonly kind: 'short'; readonly best: number };

const firstEffort = 16;
/** Recall above the window's end that a probe must show, so that the timed pass, on other queries, reaches it too. */
const margin = 0.002;
/** A top effort that clears the end by less than this gets a guard above it: 1,000 queries know recall to some 0.003. */
const guarded = 0.01;
/** Recall by which the ends of the grid may lie outside the window before a closer effort is looked for. */
const endSlack = 0.015;
/** Recalls aimed at lie this far beyond an end, so that a probe's noise does not land it on the wrong side. */
const aim = 0.004;
/** Each probe costs a pass over the queries; past this many the grid is taken as it stands. */
const mostProbes = 12;
const targetCount = 5;

/**
 * What to probe next so that a few efforts cover the window's recalls, given all probes so far: first an effort beyond the
 * window's end, then one at or below its start (if even the least effort is better, that one), then those in between.
 * Steps follow the line through the nearest probes in (log effort, logit recall), where recall curves of graphs and of
 * partitions are near straight, within bounds that keep it converging where they are not.
 */
export function nextEffort(
  measured: readonly Probe[],
  window: RecallWindow = graphWindow,
  limits: EffortLimits = { min: 1, max: 8192 },
): EffortStep {
  const within = (effort: number) => Math.max(limits.min, Math.min(limits.max, effort));
  const probes = monotoneProbes(measured);
  const [least, greatest] = [probes[0], probes.at(-1)];
  if (!least || !greatest) return { kind: 'try', effort: within(firstEffort) };

  const atLimit = greatest.effort >= limits.max;
  const goal = atLimit ? window.high : window.high + margin;
  if (greatest.recall < goal) {
    if (atLimit) return { kind: 'short', best: Math.max(...measured.map((probe) => probe.recall)) };
    const step = bounded(effortFor(goal + aim, probes.at(-2), greatest) / greatest.effort, 1.25, 4);
    return { kind: 'try', effort: within(Math.max(greatest.effort + 1, Math.round(greatest.effort * step))) };
  }
  if (least.recall > window.low && least.effort > limits.min) {
    const step = bounded(effortFor(window.low - aim, least, probes[1]) / least.effort, 1 / 4, 1 / 1.25);
    return { kind: 'try', effort: within(Math.min(least.effort - 1, Math.round(least.effort * step))) };
  }
  const finer = probes.length < mostProbes ? refinement(probes, goal, window) : undefined;
  return finer === undefined
    ? { kind: 'done', grid: gridOf(probes, goal, window, limits) }
    : { kind: 'try', effort: finer };
}

/** The effort whose probe would bring the grid closer to what the window asks for; undefined where it is close enough. */
function refinement(probes: readonly Probe[], goal: number, window: RecallWindow): number | undefined {
  const { top, bottom } = ends(probes, goal, window);
  if (probes[top]!.recall > window.high + endSlack) {
    const effort = between(probes[top - 1], probes[top]!, goal + aim);
    if (effort !== undefined) return effort;
  }
  if (probes[bottom]!.recall < window.low - endSlack) {
    const effort = between(probes[bottom]!, probes[bottom + 1], window.low - aim);
    if (effort !== undefined) return effort;
  }
  const spacing = (window.high - window.low) / (targetCount - 1);
  for (const target of innerTargets(window)) {
    if (probes.some(({ recall }) => Math.abs(recall - target) <= 0.4 * spacing)) continue;
    const above = probes.findIndex(({ recall }) => recall > target);
    const effort = above < 1 ? undefined : between(probes[above - 1], probes[above]!, target);
    if (effort !== undefined) return effort;
  }
  return undefined;
}

function gridOf(probes: readonly Probe[], goal: number, window: RecallWindow, limits: EffortLimits): number[] {
  const { top, bottom } = ends(probes, goal, window);
  const span = probes.slice(bottom, top + 1);
  const nearest = (target: number) =>
    span.reduce((best, probe) => (Math.abs(probe.recall - target) < Math.abs(best.recall - target) ? probe : best));
  const grid = new Set([span[0]!, span.at(-1)!, ...innerTargets(window).map(nearest)].map(({ effort }) => effort));
  const last = span.at(-1)!;
  if (last.recall < window.high + guarded && last.effort < limits.max) grid.add(guardAbove(last, probes, limits));
  return [...grid].sort((a, b) => a - b);
}

/** An effort somewhat beyond the top one: a probed one if it is near, otherwise a fifth more (a sixth fewer misses). */
function guardAbove(top: Probe, probes: readonly Probe[], limits: EffortLimits): number {
  const probed = probes.find(({ effort, recall }) => effort > top.effort && recall > top.recall);
  if (probed && probed.effort <= 1.5 * top.effort) return probed.effort;
  return Math.min(limits.max, Math.ceil(1.2 * top.effort));
}

/** Indices of the least effort that reaches the goal and of the greatest at or below the window's start (or the least of all). */
function ends(probes: readonly Probe[], goal: number, { low }: RecallWindow): { top: number; bottom: number } {
  return {
    top: probes.findIndex(({ recall }) => recall >= goal),
    bottom: Math.max(
      0,
      probes.findLastIndex(({ recall }) => recall <= low),
    ),
  };
}

function innerTargets({ low, high }: RecallWindow): number[] {
  return Array.from({ length: targetCount - 2 }, (_, index) => low + ((index + 1) * (high - low)) / (targetCount - 1));
}

/** An untried effort strictly between two probes, where the line through them meets `recall`. */
function between(below: Probe | undefined, above: Probe | undefined, recall: number): number | undefined {
  if (!below || !above || above.effort - below.effort < 2) return undefined;
  return bounded(Math.round(effortFor(recall, below, above)), below.effort + 1, above.effort - 1);
}

/**
 * Effort at which the line through two probes in (log effort, logit recall) meets `recall`. With one probe
 * the slope is taken for 1.3, an ordinary graph's; two that show no growth send it as far as the caller allows.
 */
function effortFor(recall: number, left: Probe | undefined, right: Probe | undefined): number {
  const from = (right ?? left)!;
  const rise = left && right ? (logit(right.recall) - logit(left.recall)) / Math.log(right.effort / left.effort) : 1.3;
  const slope = Math.max(rise, 1e-9);
  return from.effort * Math.exp((logit(recall) - logit(from.recall)) / slope);
}

function logit(recall: number): number {
  const inside = bounded(recall, 1e-4, 1 - 1e-4);
  return Math.log(inside / (1 - inside));
}

function bounded(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
