import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MachineError, UsageError } from '../../harness/core/errors.ts';
import { seededRandom } from '../../harness/core/random.ts';
import { type DownloadOptions, download } from './download.ts';
import { Network, networkSettings, proxyFor } from './network.ts';
import { FileServer, type Misdeed } from './testing/file-server.ts';

const patience = { stallMs: 300, tries: 4, firstPauseMs: 1, longestPauseMs: 10 };

let folder: string;
let path: string;
let server: FileServer;
let network: Network;
let notes: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-download-'));
  path = join(folder, 'vectors.hdf5');
  server = await FileServer.open();
  network = new Network();
  notes = [];
});
afterEach(async () => {
  await network.close();
  await server.close();
  await rm(folder, { recursive: true });
});

function bytesOf(size: number, seed = 'file'): Buffer {
  const random = seededRandom(seed, size);
  return Buffer.from(Uint8Array.from({ length: size }, () => 256 * random()));
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function run(url: string, options: Partial<DownloadOptions> = {}) {
  return download({
    network,
    url,
    path,
    patience,
    signal: new AbortController().signal,
    onProgress: () => {},
    onNote: (note) => notes.push(note),
    ...options,
  });
}

/** A file that is whole under its name, and nothing else in the folder. */
async function expectWhole(body: Buffer): Promise<void> {
  expect(sha256(await readFile(path))).toBe(sha256(body));
  expect(await readdir(folder)).toEqual(['vectors.hdf5']);
}

const size = 300_000;

describe('goes on', () => {
  test('after cuts, asking for what is missing only', async () => {
    const body = bytesOf(size);
    server.script = [
      { kind: 'cut', after: 100_000 },
      { kind: 'cut', after: 1 },
      { kind: 'cut', after: 50_000 },
    ];
    const seen: [number, number | undefined][] = [];
    const found = await run(server.put('a', body), { onProgress: (...at) => seen.push(at) });
    expect(found).toMatchObject({ bytes: size, sha256: sha256(body) });
    await expectWhole(body);
    const starts = server.seen.map(({ range }) => Number(/\d+/.exec(range ?? '')?.[0] ?? 0));
    expect(starts).toEqual([0, 100_000, 100_001, 150_001]);
    expect(server.seen.slice(1).every(({ ifRange }) => ifRange === '"v1"')).toBe(true);
    expect(seen.at(-1)).toEqual([size, size]);
    expect(notes).toHaveLength(3);
  });

  test('in another process, after Ctrl-C, which leaves no file under the final name', async () => {
    const body = bytesOf(size);
    const url = server.put('a', body);
    server.script = [{ kind: 'stall', after: 120_000 }];
    const controller = new AbortController();
    const running = run(url, {
      signal: controller.signal,
      patience: { ...patience, stallMs: 60_000 },
      onProgress: (have) => have === 120_000 && controller.abort(new Error('interrupted')),
    });
    await expect(running).rejects.toThrow('interrupted');
    expect((await readdir(folder)).sort()).toEqual(['vectors.hdf5.part', 'vectors.hdf5.part.json']);
    await run(url);
    await expectWhole(body);
    expect(server.seen.at(-1)).toMatchObject({ range: 'bytes=120000-', ifRange: '"v1"' });
  });

  test('where all came before, but the name was not given yet', async () => {
    const body = bytesOf(size);
    const url = server.put('a', body);
    await writeFile(`${path}.part`, body);
    await writeFile(`${path}.part.json`, JSON.stringify({ url, validator: '"v1"', total: size }));
    await run(url);
    await expectWhole(body);
  });

  test('after next to nothing comes for too long: no bytes, or one at a time', async () => {
    const body = bytesOf(size);
    server.script = [
      { kind: 'stall', after: 1000 },
      { kind: 'drip', everyMs: 20 },
    ];
    await run(server.put('a', body));
    await expectWhole(body);
    expect(notes.join()).toMatch(/next to nothing for 0.3 s/);
  });

  test('after 500, 503 and 429, waiting as long as asked', async () => {
    const body = bytesOf(size);
    server.script = [500, 503, 429].map((status) => ({ kind: 'status', status, headers: { 'retry-after': '0' } }));
    await run(server.put('a', body));
    await expectWhole(body);
  });
});

describe('begins anew', () => {
  test('where the server ignores ranges', async () => {
    const body = bytesOf(size);
    server.script = [{ kind: 'cut', after: 100_000 }, { kind: 'ignore-range' }];
    await run(server.put('a', body));
    await expectWhole(body);
  });

  test.each(['ignore-range', 'blind-range'] as const)('where the file has changed meanwhile (%s)', async (kind) => {
    const [first, second] = [bytesOf(size, 'one'), bytesOf(size, 'two')];
    const url = server.put('a', first);
    server.script = [{ kind: 'cut', after: 100_000 }, { kind }];
    let changed = false;
    await run(url, {
      onProgress: (have) => {
        if (have >= 100_000 && !changed) server.put('a', second, '"v2"');
        changed ||= have >= 100_000;
      },
    });
    await expectWhole(second);
  });

  test('where a range comes that was not asked for', async () => {
    const body = bytesOf(size);
    server.script = [
      { kind: 'cut', after: 100_000 },
      { kind: 'range-from', from: 90_000 },
    ];
    await run(server.put('a', body));
    await expectWhole(body);
    expect(notes.join()).toMatch(/asked for bytes from 100000 on, and sent "bytes 90000-/);
  });

  test('where nothing says what an earlier part belongs to', async () => {
    const body = bytesOf(size);
    const url = server.put('a', body, 'W/"weak"');
    server.script = [{ kind: 'cut', after: 100_000 }];
    await run(url);
    await expectWhole(body);
    expect(server.seen.map(({ range }) => range)).toEqual([undefined, undefined]);
  });

  test('where a part from before turns out to be of something else', async () => {
    const body = bytesOf(size);
    const url = server.put('a', body);
    await writeFile(`${path}.part`, Buffer.alloc(100_000));
    await writeFile(`${path}.part.json`, JSON.stringify({ url, validator: '"v1"', total: size }));
    await run(url, { expected: { algorithm: 'sha256', digest: sha256(body), source: 'it is' } });
    await expectWhole(body);
  });
});

describe('a disk that takes fewer bytes than it is given', () => {
  /** @param taken how many bytes of so many that are to be written at a place are, and how many it says are */
  async function writes(taken: (length: number, at: number) => { really: number; said: number }) {
    const probe = await open(join(folder, 'probe'), 'w');
    const handles = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    await rm(join(folder, 'probe'));
    const { write } = handles;
    const less = async function (this: FileHandle, bytes: Uint8Array, from: number, length: number, at: number) {
      const { really, said } = taken(length, at);
      if (really > 0) await Reflect.apply(write, this, [bytes, from, really, at]);
      return { bytesWritten: said, buffer: bytes };
    };
    vi.spyOn(handles, 'write').mockImplementation(less as never);
  }

  afterEach(() => vi.restoreAllMocks());

  test('gets the rest in writes of its own', async () => {
    const body = bytesOf(size);
    await writes((length) => ({ really: Math.min(length, 10_000), said: Math.min(length, 10_000) }));
    await run(server.put('a', body));
    await expectWhole(body);
  });

  test('is found out where it does not say so', async () => {
    await writes((length, at) => ({ really: Math.min(length, 100_000 - at), said: length }));
    const running = run(server.put('a', bytesOf(size)));
    await expect(running).rejects.toThrow(MachineError);
    await expect(running).rejects.toThrow(/vectors.hdf5.part has 100000 bytes, though 300000 were written to it/);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('refuses', () => {
  const expectNothing = async () => expect(await readdir(folder)).toEqual([]);

  test('a byte that is not what was published, or seen before', async () => {
    const body = bytesOf(size);
    server.script = [{ kind: 'corrupt', at: 200_001 }];
    const expected = { algorithm: 'sha256', digest: sha256(body), source: 'at first it was' } as const;
    const running = run(server.put('a', body), { expected });
    await expect(running).rejects.toThrow(UsageError);
    await expect(running).rejects.toThrow(/not what it should be.*at first it was sha256/);
    await expectNothing();
  });

  test.each([404, 410, 403])('what is not there: %i, asked for once', async (status) => {
    server.script = [{ kind: 'status', status }];
    await expect(run(server.put('a', bytesOf(10)))).rejects.toThrow(`answers ${status}`);
    expect(server.seen).toHaveLength(1);
    await expectNothing();
  });

  test('a server that fails every time, with a way out', async () => {
    server.script = Array.from({ length: 9 }, (): Misdeed => ({ kind: 'status', status: 500 }));
    const running = run(server.put('a', bytesOf(10)));
    await expect(running).rejects.toThrow(MachineError);
    await expect(running).rejects.toThrow(/answers 500[\s\S]*run the command again/);
    expect(server.seen).toHaveLength(patience.tries);
    await expectNothing();
  });

  test('a server that sends wrong ranges time after time', async () => {
    server.script = Array.from(
      { length: 20 },
      (_, n): Misdeed => (n % 2 ? { kind: 'range-from', from: 5 } : { kind: 'cut', after: 100_000 }),
    );
    await expect(run(server.put('a', bytesOf(size)))).rejects.toThrow(/time after time/);
    await expectNothing();
  });

  test('what cannot be reached, and what is compressed on the way', async () => {
    await expect(run('http://127.0.0.1:9/a')).rejects.toThrow(/cannot be reached/);
    server.script = [{ kind: 'gzip' }];
    await expect(run(server.put('a', bytesOf(10)))).rejects.toThrow(/encoding "gzip"/);
    await expectNothing();
  });

  test('more than the disk has room for, before it is full', async () => {
    server.script = [{ kind: 'claim', length: 2 ** 52 }];
    const running = run(server.put('a', bytesOf(10)));
    await expect(running).rejects.toThrow(MachineError);
    await expect(running).rejects.toThrow(
      /vectors.hdf5.part needs 4503599.63 GB more, and the disk has [\d.]+ GB left/,
    );
    expect(await readdir(folder)).not.toContain('vectors.hdf5');
  });

  test('redirects without end, and those to no place on the web', async () => {
    const url = server.put('a', bytesOf(10));
    server.script = Array.from({ length: 20 }, (): Misdeed => ({ kind: 'redirect', to: '/a' }));
    await expect(run(url)).rejects.toThrow(/more than 10 redirects/);
    server.script = [{ kind: 'redirect', to: 'file:///etc/passwd' }];
    await expect(run(url)).rejects.toThrow(/leads to file:/);
  });
});

test('follows redirects, and takes files without a stated length', async () => {
  const body = bytesOf(size);
  server.put('b/c', body);
  server.script = [
    { kind: 'redirect', to: '/elsewhere' },
    { kind: 'redirect', to: `${server.url}/b/c` },
    { kind: 'no-length' },
  ];
  await run(server.put('a', body));
  await expectWhole(body);
});

test('keeps a whole file that is there, and replaces one that is not what it should be', async () => {
  const body = bytesOf(size);
  const url = server.put('a', body);
  await writeFile(path, body);
  const expected = { algorithm: 'sha256', digest: sha256(body), source: 'it is' } as const;
  await run(url, { expected });
  expect(server.seen).toEqual([]);
  await writeFile(path, body.subarray(1));
  await run(url, { expected });
  await expectWhole(body);
});

describe('takes the first bytes of a longer file', () => {
  test.each([
    [[]],
    [[{ kind: 'cut', after: 900 }]],
    [[{ kind: 'ignore-range' }]],
    [[{ kind: 'cut', after: 900 }, { kind: 'ignore-range' }]],
  ] as [Misdeed[]][])('%j', async (script) => {
    const body = bytesOf(size);
    server.script = script;
    await run(server.put('a', body), { firstBytes: 12_345 });
    await expectWhole(body.subarray(0, 12_345));
    expect(server.seen[0]!.range).toBe('bytes=0-12344');
  });

  test('and refuses a file that is shorter', async () => {
    await expect(run(server.put('a', bytesOf(100)), { firstBytes: 200 })).rejects.toThrow(/has 100 bytes, fewer than/);
  });
});

test('whatever the server does, the file is whole or there is none', async () => {
  const body = bytesOf(20_000);
  const misdeed = fc.oneof(
    fc.record({ kind: fc.constant('cut' as const), after: fc.nat(20_000) }),
    fc.record({ kind: fc.constant('range-from' as const), from: fc.nat(19_999) }),
    fc.record({ kind: fc.constant('corrupt' as const), at: fc.nat(19_999) }),
    fc.record({
      kind: fc.constantFrom('ignore-range' as const, 'no-length' as const, 'blind-range' as const, 'gzip' as const),
    }),
    fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom(404, 416, 429, 500, 206) }),
  );
  const expected = { algorithm: 'sha256', digest: sha256(body), source: 'it is' } as const;
  await fc.assert(
    fc.asyncProperty(fc.array(misdeed, { maxLength: 6 }), fc.boolean(), async (script, weak) => {
      const url = server.put('a', body, weak ? undefined : '"v1"');
      server.script = [...script];
      const failure = await run(url, { expected }).catch((error: Error) => error);
      const there = await stat(path).catch(() => undefined);
      if (failure instanceof Error) {
        expect(['UsageError', 'MachineError']).toContain(failure.name);
        expect(there).toBeUndefined();
      } else {
        await expectWhole(body);
      }
      for (const name of await readdir(folder)) await rm(join(folder, name));
    }),
    { numRuns: 60, seed: 6 },
  );
}, 60_000);

describe('a proxy', () => {
  test('is asked for whole URLs, unless the host is excepted', async () => {
    const body = bytesOf(1000);
    server.put('x', body);
    const through = new Network({ httpProxy: server.url });
    try {
      await run('http://vectors.example/x', { network: through });
      await expectWhole(body);
      expect(server.seen).toMatchObject([{ path: '/x' }]);
    } finally {
      await through.close();
    }
  });

  test.each([
    ['http://a.example/x', 'b.example', 'p'],
    ['http://a.example/x', 'a.example', undefined],
    ['http://a.b.example/x', '.b.example', undefined],
    ['http://a.b.example/x', 'c, *.b.example', undefined],
    ['http://ab.example/x', 'b.example', 'p'],
    ['http://a.example:81/x', 'a.example:80', 'p'],
    ['http://a.example/x', 'a.example:80', undefined],
    ['https://a.example/x', '', 'q'],
    ['https://a.example/x', '*', undefined],
  ])('%s without %j goes through %s', (url, noProxy, expected) => {
    expect(proxyFor(new URL(url), { httpProxy: 'p', httpsProxy: 'q', noProxy })).toBe(expected);
  });

  test('is named by the environment', () => {
    const settings = (variables: Record<string, string>) => networkSettings((name) => variables[name]);
    expect(settings({ http_proxy: 'http://p', HTTPS_PROXY: 'q:3128', NO_PROXY: 'n' })).toEqual({
      httpProxy: 'http://p',
      httpsProxy: 'http://q:3128',
      noProxy: 'n',
    });
    expect(settings({ http_proxy: '', HTTP_PROXY: 'p', https_proxy: '' })).toMatchObject({
      httpProxy: 'http://p',
      httpsProxy: 'http://p',
    });
  });

  test('of a kind that is not spoken is refused by name', async () => {
    const through = new Network({ httpProxy: 'socks5://10.0.0.1:1080' });
    const running = run(server.put('x', bytesOf(10)), { network: through });
    await expect(running).rejects.toThrow(UsageError);
    await expect(running).rejects.toThrow(/HTTP_PROXY, "socks5:\/\/10.0.0.1:1080", .* except 127.0.0.1 in NO_PROXY/);
  });
});
