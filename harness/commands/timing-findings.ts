import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineState, notReported, textOf } from '../evaluate/machine-state.ts';
import type { Finding } from './finding.ts';

/*
 * What makes timings vary, as far as the machine tells. None of it stops a campaign: challenger and champion meet the same
 * conditions in turns, but the quieter the machine, the narrower the intervals.
 */

/** What the machine is doing besides us, over one idle second of ours: call it before anything else is started. */
export async function neighbours(): Promise<Finding> {
  const before = parseProcStat((await textOf('/proc/stat')) ?? '');
  await sleep(1000);
  const [stat, load] = await Promise.all([textOf('/proc/stat'), textOf('/proc/loadavg')]);
  return judgeNeighbours(before, parseProcStat(stat ?? ''), load?.split(' ')[0]);
}

/** How the machine is set. */
export async function timingFindings(): Promise<Finding[]> {
  const cores = availableParallelism();
  const core = cores - 1;
  const [{ governor, turbo }, siblings, units, paranoid] = await Promise.all([
    machineState(),
    textOf(`/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`),
    readdir('/sys/bus/event_source/devices').catch(() => []),
    textOf('/proc/sys/kernel/perf_event_paranoid'),
  ]);
  return [
    judgeGovernor(governor),
    judgeTurbo(turbo),
    judgeSiblings(core, siblings),
    judgeCounters(units, Number(paranoid ?? 0), process.getuid?.() === 0),
  ];
}

export function judgeGovernor(governor: string): Finding {
  const name = 'governor';
  if (governor === 'performance') return { name, state: 'ok', detail: governor };
  if (governor === notReported) return { name, state: 'ok', detail: 'not reported: the clock is not ours to set here' };
  return {
    name,
    state: 'advice',
    detail: `${governor}: the clock follows the load, and batches begin slowly`,
    fix: 'cpupower frequency-set --governor performance   (as root)',
  };
}

export function judgeTurbo(turbo: string): Finding {
  const name = 'turbo';
  if (turbo !== 'on') return { name, state: 'ok', detail: turbo };
  return {
    name,
    state: 'advice',
    detail: 'on: the clock depends on temperature and on what other cores do',
    fix: 'echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo, or echo 0 > /sys/devices/system/cpu/cpufreq/boost   (as root)',
  };
}

/** `siblings`: the kernel's list of the threads on that core, for instance `3,7` or `6-7`. */
export function judgeSiblings(core: number, siblings: string | undefined): Finding {
  const name = 'SMT';
  if (siblings === undefined) return { name, state: 'ok', detail: notReported };
  const others = listed(siblings).filter((thread) => thread !== core);
  if (others.length === 0)
    return { name, state: 'ok', detail: `processor ${core}, where players run, has a core to itself` };
  return {
    name,
    state: 'advice',
    detail: `processor ${core}, where players run, shares its core with ${others.join(', ')}`,
    fix: `echo 0 > /sys/devices/system/cpu/cpu${others[0]}/online, or echo off > /sys/devices/system/cpu/smt/control   (as root)`,
  };
}

/** `units`: the kernel's event sources; a processor's own is called cpu, cpu_core and cpu_atom, or after its architecture. */
export function judgeCounters(units: readonly string[], paranoid: number, root: boolean): Finding {
  const name = 'counters';
  const effect = 'instructions and cache misses will not be recorded';
  if (!units.some((unit) => /^(cpu|cpu_core|armv\d+_\w+)$/.test(unit))) {
    return {
      name,
      state: 'advice',
      detail: `this kernel or hypervisor has no hardware counters: ${effect}`,
      fix: 'nothing is needed for timing; to have them, run on the bare machine or give the virtual one a PMU (QEMU: -cpu host,pmu=on)',
    };
  }
  // Above 2, some distributions let nobody but root count even what is their own.
  if (paranoid <= 2 || root) return { name, state: 'ok', detail: 'instructions, cycles and misses can be counted' };
  return {
    name,
    state: 'advice',
    detail: `perf_event_paranoid is ${paranoid}: ${effect}`,
    fix: 'sysctl kernel.perf_event_paranoid=2   (as root)',
  };
}

/** Ticks of all processors since boot, and processes that could run at the time of reading. */
export interface ProcStat {
  readonly total: number;
  readonly idle: number;
  /** Time that the hypervisor gave to others while we wanted it. */
  readonly steal: number;
  readonly runnable: number;
}

export function parseProcStat(text: string): ProcStat {
  // user nice system idle iowait irq softirq steal; guest time behind them is part of user time.
  const ticks = (/^cpu\s+(.*)$/m.exec(text)?.[1] ?? '').trim().split(/\s+/).map(Number).slice(0, 8);
  const [, , , idle = 0, iowait = 0, , , steal = 0] = ticks;
  return {
    total: ticks.reduce((sum, value) => sum + value, 0),
    idle: idle + iowait,
    steal,
    runnable: Number(/^procs_running (\d+)$/m.exec(text)?.[1] ?? 0),
  };
}

const stealLimit = 0.01;
const busyLimit = 0.1;

export function judgeNeighbours(before: ProcStat, after: ProcStat, load: string | undefined): Finding {
  const name = 'neighbours';
  const passed = after.total - before.total;
  if (passed <= 0) return { name, state: 'ok', detail: notReported };
  const steal = (after.steal - before.steal) / passed;
  const busy = 1 - steal - (after.idle - before.idle) / passed;
  const percent = (share: number) => `${(100 * Math.max(0, share)).toFixed(1)} %`;
  // One of those that can run is this process, reading the file.
  const running = Math.max(0, after.runnable - 1);
  const detail = `processors ${percent(busy)} busy, ${percent(steal)} stolen, ${running} others running, load ${load ?? notReported}`;
  if (steal > stealLimit) {
    return {
      name,
      state: 'advice',
      detail,
      fix: 'the host is crowded: intervals will be wider; try later or elsewhere',
    };
  }
  if (busy > busyLimit)
    return { name, state: 'advice', detail, fix: 'stop what else runs (top shows it), or wait for it' };
  return { name, state: 'ok', detail };
}

/** The numbers of a kernel list such as `0-2,5`. */
function listed(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return Array.from({ length: to! - from! + 1 }, (_, at) => from! + at);
  });
}
