import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../../harness/core/paths.ts';
import { layOutCore } from '../../../harness/export/layout.ts';
import { testProgram } from '../../../harness/export/testing/test-packages.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-routed-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('finds, counts and keeps what cluster routing fetches, copies told once, under the sanitizers', {
  timeout: 300_000,
}, async () => {
  const rule = await readFile(join(packageRoot, 'seeds/cluster-routing/stop-rule.hpp'), 'utf8');
  const headers = { 'stop-rule': rule };
  await layOutCore(
    { name: 'routed', title: 'routed 1.0.0', target: 'cluster-routing', headers, maxDegree: 2 },
    join(folder, 'routed'),
  );
  const source = await readFile(join(import.meta.dirname, 'testing/engine.test.cpp'), 'utf8');
  await mkdir(join(folder, 'routed/testing'));
  await writeFile(join(folder, 'routed/testing/engine.test.cpp'), source.replaceAll('PACKAGE_NAME', 'routed'));
  const sanitized = ['-O1', '-march=native', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
  const program = await testProgram(folder, 'routed/testing/engine.test.cpp', sanitized);
  expect((await execa(program, [folder])).stdout).toBe('');
});
