import { describeInterval } from '../core/outcome.ts';
import { timedOn } from './claim.ts';
import type { Evidence } from './evidence.ts';

export interface ReadmeInput {
  readonly evidence: Evidence;
  /** The id of the header that each level is compiled with, by slot. */
  readonly levels: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The package's README.md. Its first example is run by a test, as it stands. */
export function readme({ evidence, levels }: ReadmeInput): string {
  const { claim, dataset, fingerprint } = evidence;
  const { package: packageName, identifier } = names(evidence);
  const gain = claim.speedup
    ? `**${describeInterval(claim.speedup)} times the queries a second of the index it was grown from**, at equal recall`
    : 'Its parts were never measured together';
  return `# ${packageName}

An approximate nearest-neighbour index: give it vectors, ask for the nearest. Found by [Annvil](EVIDENCE.md), which measured it on
${dataset.name}: ${gain} (recall@${claim.k} from ${claim.window.low} to ${claim.window.high}, ${timedOn(claim, fingerprint.cores)}, ${fingerprint.cpu}; value and 95 % interval).
${claim.inWords}

![queries per second over recall](plot.svg)

## Install

\`\`\`sh
npm install ./${packageName}      # this folder, or the tarball that npm pack makes of it
\`\`\`

Linux. Libraries for ${process.platform} on ${process.arch} come along; elsewhere node-gyp compiles them, for which it needs a C++20 compiler (g++ 11, clang 14).

## Use

\`\`\`js
import { build, Index } from '${packageName}';

const dimension = 32;
const rows = Float32Array.from({ length: 5000 * dimension }, () => Math.random());
const index = await build(rows, { dimension, metric: '${dataset.metric}' });
console.log('promised', index.effortFor(0.9));
const query = rows.slice(0, dimension);
console.log('nearest', await index.search(query, { k: 10, targetRecall: 0.9 }));
await index.save('rows.index');
const again = await Index.load('rows.index', { mapped: true });
console.log('the same', again.searchSync(query, { k: 10, effort: 50 }).ids);
\`\`\`

\`require('${packageName}')\` works too. All that can take long (\`build\`, \`Index.load\`, \`search\`, \`searchBatch\`, \`save\`) runs off the event loop, and takes an
\`AbortSignal\` and \`onProgress\` where it makes sense: see [index.d.cts](index.d.cts). \`examples/node/example.mjs\` (\`npm run example\`) measures the recall
it gets.

**Effort** trades time for recall. \`build\` holds some rows out, measures recall on them at a ladder of efforts, and states it with a 95 % interval
(\`index.calibration\`); \`targetRecall\` takes the least effort whose lower end reaches it. Held-out rows stand for queries that look like rows: where yours
do not, give a sample of them (\`calibration: { sample }\`).

**Metrics**: \`euclidean\` (distances are squared) and \`angular\` (1 - cosine; rows and queries are normalised inside).

## C++, C, Python, ann-benchmarks

- C++20: \`include/${identifier}/index.hpp\` is all there is, or \`find_package(${identifier})\` and link \`${identifier}::headers\`; \`examples/cpp\`.
- C: \`include/${identifier}.h\`, link \`${identifier}::shared\`.
- Python: \`pip install ./python\`, \`import ${identifier}\`; \`examples/python\`.
- \`ann-benchmarks/\` is a module for that benchmark.

## Processors

${levelText(levels)}

## Evidence

[EVIDENCE.md](EVIDENCE.md) has the curves, intervals, machine, data and lineage behind the claim. \`npm run verify\` measures it again here: it builds this index and the
seed index on the same rows, takes recall against exact neighbours, times both side by side${claim.mode === 'single' ? '' : ' on one thread (which a claim of all cores is not held to)'}, and ends with 1 where the claim does not hold.
${evidence.licence} licence.
`;
}

function names({ package: { name, identifier } }: Evidence) {
  return { package: name, identifier };
}

export function levelText(levels: ReadmeInput['levels']): string {
  const known = { avx512: 'AVX-512 with VNNI', avx2: 'AVX2 (x86-64-v3)', baseline: 'any other' } as Record<
    string,
    string
  >;
  const lines = Object.keys(Object.values(levels)[0] ?? {}).map((level) => {
    const headers = Object.entries(levels).map(([slot, by]) => `${slot} \`${by[level]}\``);
    return `- ${known[level] ?? level} (\`${level}\`): ${headers.join(', ')}`;
  });
  return `The libraries choose by what the processor can do; \`ANNVIL_LEVEL\` in the environment asks for one. The claim was measured on the best of them. A header
that is written for one instruction set is replaced, on lesser ones, by its nearest ancestor that is not; recall by effort then differs, so calibrate
where you search.

${lines.join('\n')}`;
}
