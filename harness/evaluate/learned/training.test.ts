import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { systemCallFilters } from '../system-call-filters.ts';
import { findToolchain } from '../toolchain.ts';
import { findLibTorch, type LibTorch } from './libtorch.ts';
import { learnedSupport } from './programs.ts';
import { trainingFlags } from './trained-index.ts';
import { type TrainingJob, train, wallLimit } from './training.ts';

/** A training that does what its settings say. */
const program = `
#include "../learned/train_main.hpp"
#include <annvil/learned/export_network.hpp>
#include <unistd.h>
#include <fcntl.h>
#include <filesystem>
int main(int argc, char** argv) {
  return annvil::train_main(argc, argv, [](annvil::Training& training, annvil::SectionsWriter& output) {
    const std::string what = training.settings.text("what");
    if (what == "spin") for (volatile unsigned long turn = 0;; turn = turn + 1) {}
    if (what == "hoard") torch::zeros({1 << 28}).fill_(1);
    if (what == "throw") throw std::runtime_error("no such partition");
    if (what == "look") {
      const float seen[] = {std::filesystem::exists("/proc/self") ? 1.f : 0.f, open("/etc/passwd", O_RDONLY) < 0 ? 0.f : 1.f,
                            fork() < 0 ? 0.f : 1.f, access("/w/player", W_OK) == 0 ? 1.f : 0.f};
      output.add<float>("seen", seen);
      return;
    }
    auto net = torch::nn::Sequential(torch::nn::Linear(4, 8), torch::nn::ReLU(), torch::nn::Linear(8, 2));
    torch::optim::Adam adam(net->parameters(), 1e-2);
    const std::size_t from = annvil::restore(training.checkpoint, "net", *net, adam);
    for (std::size_t step = from; step < 30; ++step) {
      torch::manual_seed(training.seed + step);
      const auto loss = (net->forward(torch::randn({16, 4})) - 1).pow(2).mean();
      adam.zero_grad(); loss.backward(); adam.step();
      training.progress(step + 1, 30, loss.item<double>());
      if (what == "interrupted" && step == 9) {
        // Saved at once: the clock that spares the disk has not begun.
        sleep(21);
        annvil::save(training.checkpoint, "net", step + 1, *net, adam);
        std::abort();
      }
    }
    output.add<std::uint32_t>("from", std::vector<std::uint32_t>{static_cast<std::uint32_t>(from)});
    output.add<float>("net", annvil::export_network(*net, 4).serialised());
  });
}`;

let folder: string;
let binary: string;
let libtorch: LibTorch;
let filter: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-training-'));
  const toolchain = await findToolchain();
  libtorch = await findLibTorch();
  const filters = await systemCallFilters(join(folder, 'cache'), toolchain);
  filter = filters.builder;
  binary = join(folder, 'train');
  const compiled = await compile({
    program: 'none/train',
    headers: {},
    support: { ...(await learnedSupport('none')), 'player/none/train.cpp': program },
    metric: 'squared_l2',
    toolchain: { ...toolchain, flags: trainingFlags(toolchain, libtorch) },
    libraries: libtorch.libraries,
    mayKeepState: true,
    sandbox: true,
    filter: filters.compiler,
    binary,
  });
  expect(compiled).toMatchObject({ kind: 'compiled' });
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

function job(what: string, more: Partial<TrainingJob> = {}): TrainingJob {
  return {
    binary,
    settings: { what },
    seed: 5,
    inputs: {},
    limitSeconds: 60,
    memoryMebibytes: 4096,
    output: join(folder, `${what}.sections`),
    sandbox: 'bubblewrap',
    filter,
    libtorch,
    ...more,
  };
}

describe('a training', { timeout: 120_000 }, () => {
  it('leaves a sections file, says how far it is, and leaves the same one for the same seed', async () => {
    const said: number[] = [];
    const one = await train(job('train', { onProgress: (done) => said.push(done) }));
    expect(one).toMatchObject({ kind: 'trained' });
    expect(said.at(-1)).toBe(30);
    const again = join(folder, 'again.sections');
    await train(job('train', { output: again }));
    expect(await readFile(again)).toEqual(await readFile(join(folder, 'train.sections')));
    await train(job('train', { output: again, seed: 6 }));
    expect(await readFile(again)).not.toEqual(await readFile(join(folder, 'train.sections')));
  });

  it('that was cut short goes on from its checkpoint, to the same end', async () => {
    const checkpoint = join(folder, 'cut.checkpoint');
    expect(await train(job('interrupted', { checkpoint }))).toMatchObject({ kind: 'crashed' });
    expect(existsSync(checkpoint)).toBe(true);
    const output = join(folder, 'resumed.sections');
    expect(await train(job('train', { checkpoint, output }))).toMatchObject({ kind: 'trained' });
    expect(existsSync(checkpoint)).toBe(false);
    await train(job('train'));
    const weights = async (path: string) => (await readFile(path)).subarray(-320);
    expect(await weights(output)).toEqual(await weights(join(folder, 'train.sections')));
    // It did go on, and not begin anew.
    expect(await readFile(output)).not.toEqual(await readFile(join(folder, 'train.sections')));
  });

  it('cannot see processes or the files of the host, start others, or change its program', async () => {
    expect(await train(job('look'))).toMatchObject({ kind: 'trained' });
    const bytes = await readFile(join(folder, 'look.sections'));
    expect([...new Float32Array(bytes.buffer.slice(bytes.byteOffset + bytes.length - 64), 0, 4)]).toEqual([0, 0, 0, 0]);
  });

  it('ends by its CPU time, its memory and its own mistakes, each as an outcome, and leaves nothing', async () => {
    expect(await train(job('spin', { limitSeconds: 2 }))).toEqual({
      kind: 'timed-out',
      stage: 'train',
      limitSeconds: 2,
    });
    expect(await train(job('hoard', { memoryMebibytes: 1024 }))).toMatchObject({
      kind: 'over-limit',
      resource: 'memory',
    });
    const thrown = await train(job('throw'));
    expect(thrown).toMatchObject({
      kind: 'crashed',
      signal: 'exit status 1',
      stderr: expect.stringContaining('no such partition'),
    });
    expect(existsSync(join(folder, 'throw.sections'))).toBe(false);
  });

  it('of a month is not ended by a timer that lasts less, which would fire at once', () => {
    expect(wallLimit(60)).toBe(720_000);
    expect(wallLimit(30 * 24 * 3600)).toBe(0);
  });

  it('whose checkpoint is damaged begins anew', async () => {
    const checkpoint = join(folder, 'damaged.checkpoint');
    await writeFile(checkpoint, Buffer.alloc(4096, 7));
    expect(await train(job('train', { checkpoint }))).toMatchObject({ kind: 'trained' });
  });
});
