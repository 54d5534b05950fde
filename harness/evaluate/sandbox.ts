import { existsSync } from 'node:fs';
import { MachineError } from '../core/errors.ts';

/** What a sandboxed process may use. */
export interface SandboxLimits {
  /** Infinity for none: sanitizers reserve more than any machine has. */
  readonly addressSpaceBytes: number;
  /** Private memory that it may write to, for what reserves addresses without end; absent: no limit of its own. */
  readonly dataBytes?: number;
  readonly processes: number;
  /** Largest file it may write, shared memory included. */
  readonly fileBytes: number;
  readonly cpuSeconds: number;
  /** Space of its private /tmp. */
  readonly temporaryBytes: number;
  /** Absent: 64. */
  readonly openFiles?: number;
}

export interface SandboxPlan {
  /** Host folder seen as /w, the working directory. */
  readonly folder: string;
  readonly writable: boolean;
  /** Other host folders to be seen, read-only. */
  readonly lent?: readonly { readonly from: string; readonly to: string }[];
  /** Device nodes of the host, to be used where the host has them. */
  readonly devices?: readonly string[];
  readonly limits: SandboxLimits;
  /** Without /proc there are no other processes' memory, no files to reopen and no map of its own memory to be found. */
  readonly hideProcesses?: boolean;
  /** File with the system calls it may make, from `systemCallFilters`; absent: any. */
  readonly filter?: string | undefined;
  /** Descriptor to which bubblewrap reports the child's process id; absent: no report. */
  readonly infoDescriptor?: number;
}

/** Uid and gid that a sandbox started by root runs as: `nobody`. */
export const unprivilegedId = 65534;

/** Above every descriptor that a player inherits; one digit, as the shell wants it. bubblewrap closes it. */
const filterDescriptor = 9;

/**
 * The command line that runs `command` in bubblewrap: no network, a read-only system, a private /tmp and /proc, its own
 * process namespace that dies with its parent, limits set from inside (set outside, the start itself would hit them),
 * and the system calls of the plan's filter.
 *
 * Started by root, it first becomes `nobody`: bubblewrap started as root leaves the host's /proc/sys writable, even with all
 * capabilities dropped. The environment is emptied outside too, since /proc/1/environ inside shows the launcher's.
 */
export function sandboxed(plan: SandboxPlan, command: readonly string[], asRoot = process.getuid?.() === 0): string[] {
  const { limits } = plan;
  const unprivileged = asRoot
    ? ['setpriv', `--reuid=${unprivilegedId}`, `--regid=${unprivilegedId}`, '--clear-groups', '--no-new-privs']
    : [];
  // The shell opens the filter while it still may, and gives way to what follows.
  const filtered = plan.filter ? ['/bin/sh', '-c', `exec ${filterDescriptor}<"$0" "$@"`, plan.filter] : [];
  return [
    ...filtered,
    ...unprivileged,
    ...['/usr/bin/env', '-i', 'PATH=/usr/bin:/bin'],
    ...['bwrap', '--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
    ...['--cap-drop', 'ALL', '--clearenv', '--setenv', 'PATH', '/usr/bin:/bin'],
    ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/lib', '/lib'],
    ...['--symlink', 'usr/lib64', '/lib64'],
    ...[
      '--ro-bind-try',
      '/etc/alternatives',
      '/etc/alternatives',
      '--ro-bind-try',
      '/etc/ld.so.cache',
      '/etc/ld.so.cache',
    ],
    ...(plan.hideProcesses ? [] : ['--proc', '/proc']),
    ...['--dev', '/dev', '--size', String(limits.temporaryBytes), '--tmpfs', '/tmp'],
    ...[plan.writable ? '--bind' : '--ro-bind', plan.folder, '/w', '--chdir', '/w'],
    ...(plan.lent ?? []).flatMap(({ from, to }) => ['--ro-bind', from, to]),
    ...(plan.devices ?? []).flatMap((node) => ['--dev-bind', node, node]),
    ...(plan.filter ? ['--seccomp', String(filterDescriptor)] : []),
    ...(plan.infoDescriptor === undefined ? [] : ['--info-fd', String(plan.infoDescriptor)]),
    ...limited(limits, command),
  ];
}

/** The command under limits alone: what runs where the user has said that this code is trusted. */
export function limited(limits: SandboxLimits, command: readonly string[]): string[] {
  return [
    'prlimit',
    `--as=${Number.isFinite(limits.addressSpaceBytes) ? limits.addressSpaceBytes : 'unlimited'}`,
    ...(limits.dataBytes === undefined ? [] : [`--data=${limits.dataBytes}`]),
    `--nproc=${limits.processes}`,
    '--core=0',
    `--fsize=${limits.fileBytes}`,
    `--nofile=${limits.openFiles ?? 64}`,
    // Past the first it is told so (SIGXCPU), past the second it is killed.
    `--cpu=${Math.ceil(limits.cpuSeconds)}:${Math.ceil(limits.cpuSeconds) + 2}`,
    ...command,
  ];
}

/** @throws MachineError where there is no bubblewrap: a candidate's code is never run without a sandbox unasked. */
export function requireSandbox(exists: (path: string) => boolean = existsSync): void {
  if (exists('/usr/bin/bwrap')) return;
  throw new MachineError(
    'bubblewrap (bwrap) is missing, and candidates are not run without a sandbox',
    'apt-get install -y bubblewrap   (as root; or pass --sandbox none-i-trust-this-code for code you wrote yourself)',
  );
}
