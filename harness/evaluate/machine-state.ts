import { readFile } from 'node:fs/promises';
import type { Fingerprint } from '../core/machine.ts';

/** What is said of a setting that this kernel or hypervisor keeps to itself. */
export const notReported = 'not reported';

const processors = '/sys/devices/system/cpu';
const hugePages = '/sys/kernel/mm/transparent_hugepage';

/** A small file's text without the space around it, or undefined where it cannot be read. */
export async function textOf(path: string): Promise<string | undefined> {
  return (await readFile(path, 'utf8').catch(() => undefined))?.trim();
}

/** The bracketed word of a kernel setting such as `always [madvise] never`. */
export function chosen(setting: string | undefined): string {
  return /\[(\w+)\]/.exec(setting ?? '')?.[1] ?? notReported;
}

/** `on` where a switch that reads 0 or 1 stands on `onAt`. */
export function switched(value: string | undefined, onAt: '0' | '1'): string {
  if (value !== '0' && value !== '1') return notReported;
  return value === onAt ? 'on' : 'off';
}

/** Drivers differ: Intel's own states what is forbidden, the others what is allowed. */
export function turboState(noTurbo: string | undefined, boost: string | undefined): string {
  return noTurbo === undefined ? switched(boost, '1') : switched(noTurbo, '0');
}

type MachineState = Required<
  Pick<Fingerprint, 'governor' | 'microcode' | 'turbo' | 'smt' | 'hugePages' | 'sharedHugePages'>
>;

/** How the machine is set, as far as timings can feel it. Settings of core 0 stand for all. */
export async function machineState(): Promise<MachineState> {
  const [governor, noTurbo, boost, smt, own, shared, cpuinfo] = await Promise.all([
    textOf(`${processors}/cpu0/cpufreq/scaling_governor`),
    textOf(`${processors}/intel_pstate/no_turbo`),
    textOf(`${processors}/cpufreq/boost`),
    textOf(`${processors}/smt/active`),
    textOf(`${hugePages}/enabled`),
    textOf(`${hugePages}/shmem_enabled`),
    textOf('/proc/cpuinfo'),
  ]);
  return {
    governor: governor ?? notReported,
    microcode: /^microcode\s*:\s*(\S+)$/m.exec(cpuinfo ?? '')?.[1] ?? notReported,
    turbo: turboState(noTurbo, boost),
    smt: switched(smt, '1'),
    hugePages: chosen(own),
    sharedHugePages: chosen(shared),
  };
}
