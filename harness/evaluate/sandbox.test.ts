import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MachineError } from '../core/errors.ts';
import { requireSandbox, type SandboxLimits, sandboxed } from './sandbox.ts';
import { withStageFolder } from './stage-folder.ts';
import { type SystemCallFilters, systemCallFilters } from './system-call-filters.ts';
import { findToolchain } from './toolchain.ts';

const limits: SandboxLimits = {
  addressSpaceBytes: 2 ** 30,
  processes: 32,
  fileBytes: 2 ** 20,
  cpuSeconds: 5,
  temporaryBytes: 2 ** 20,
};

let cache: string;
let filters: SystemCallFilters;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'annvil-filters-'));
  filters = await systemCallFilters(cache, await findToolchain());
});
afterAll(() => rm(cache, { recursive: true }));

function inSandbox(script: string, writable = false, filter = filters.compiler) {
  return withStageFolder(writable, (folder) => {
    const [file, ...args] = sandboxed({ folder, writable, limits, filter }, ['sh', '-c', script]);
    return execa(file!, args, { reject: false, env: { SECRET_KEY: 'hunter2' } });
  });
}

describe('inside the sandbox', () => {
  it('there is no network', async () => {
    const { stdout } = await inSandbox('cat /proc/net/dev | tail -n +3 | cut -d: -f1');
    expect(stdout.trim()).toBe('lo');
  });

  it('nothing of the host can be read but the system', async () => {
    const { stdout } = await inSandbox('ls /');
    expect(stdout.split('\n').sort()).toEqual(['bin', 'dev', 'etc', 'lib', 'lib64', 'proc', 'tmp', 'usr', 'w']);
    expect((await inSandbox('ls /root /home /etc/passwd')).exitCode).not.toBe(0);
  });

  it('the system, the stage folder and the kernel settings cannot be written', async () => {
    for (const place of ['/usr/x', '/w/x', '/proc/sys/kernel/hostname']) {
      expect((await inSandbox(`echo 1 > ${place}`)).exitCode).not.toBe(0);
    }
  });

  it('a writable stage folder can be written, up to the file limit', async () => {
    expect((await inSandbox('echo 1 > /w/x', true)).exitCode).toBe(0);
    expect((await inSandbox('head -c 2000000 /dev/zero > /w/x', true)).exitCode).not.toBe(0);
  });

  it('its temporary folder is private and small', async () => {
    const { stdout, exitCode } = await inSandbox(
      'ls -A /tmp; head -c 1500000 /dev/zero > /tmp/a && head -c 1000000 /dev/zero > /tmp/b',
    );
    expect(stdout).toBe('');
    expect(exitCode).not.toBe(0);
  });

  it('no secret of the environment is to be seen, not even through the parent', async () => {
    const { stdout } = await inSandbox('env; cat /proc/*/environ | tr "\\0" "\\n"');
    expect(stdout).not.toContain('hunter2');
  });

  it('other processes are not to be seen', async () => {
    const { stdout } = await inSandbox('ls -d /proc/[0-9]* | wc -l');
    expect(Number(stdout)).toBeLessThan(8);
  });

  it('what it runs is nobody, without privileges', async () => {
    const { stdout } = await inSandbox('id -u; grep CapEff /proc/self/status');
    if (process.getuid?.() === 0) expect(stdout).toMatch(/^65534\b/);
    expect(stdout).toMatch(/CapEff:\s*0{16}/);
  });
});

describe('of system calls', () => {
  it('a compiler may make what compiling takes, but no namespace and no socket', async () => {
    const { exitCode } = await inSandbox('echo "int main() {}" | g++ -x c++ -o /tmp/a - && /tmp/a');
    expect(exitCode).toBe(0);
    expect((await inSandbox('unshare --user true')).stderr).toContain('not permitted');
    const connect = 'exec 3<>/dev/tcp/127.0.0.1/9';
    expect((await inSandbox(`bash -c '${connect}'`)).stderr).toContain('not permitted');
  });

  it('a player cannot so much as start another program', async () => {
    for (const filter of [filters.builder, filters.searcher]) {
      expect((await inSandbox('echo still here', false, filter)).stdout).toBe('still here');
      expect((await inSandbox('ls; echo done', false, filter)).stdout).toBe('');
    }
  });

  it('a training on a GPU may talk to itself, but start no program and reach nobody', async () => {
    const python = (code: string) => inSandbox(`exec python3 -c '${code}'`, false, filters.gpu);
    const own = 'import os, socket, threading; socket.socket(socket.AF_UNIX).bind("\\0own"); os.memfd_create("own");';
    expect((await python(`${own} threading.Thread(target=print, args=["done"]).start()`)).stdout).toBe('done');
    expect((await python('import socket; socket.socket(socket.AF_INET)')).stderr).toContain('PermissionError');
    expect((await python('import os; os.fork()')).stderr).toContain('PermissionError');
    expect((await python('import os; os.unshare(os.CLONE_NEWUSER)')).exitCode).not.toBe(0);
  });
});

it('refuses to run anything where bubblewrap is missing, and names the command that installs it', () => {
  expect(() => requireSandbox(() => false)).toThrow(MachineError);
  expect(() => requireSandbox(() => false)).toThrow(/apt-get install -y bubblewrap/);
});
