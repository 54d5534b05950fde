import { describeInterval } from '../core/outcome.ts';
import type { Target } from '../core/target.ts';
import { wordsOf } from '../core/target-words.ts';
import { levelText, type ReadmeInput } from './readme.ts';

/** README.md of a package that brings a trained index. Its first example is run by a test, as it stands. */
export function learnedReadme({ evidence, levels }: ReadmeInput): string {
  const { claim, dataset, campaign } = evidence;
  const { name, identifier } = evidence.package;
  const trained = evidence.trained!;
  const target = campaign.target as Target;
  const words = wordsOf(target);
  const area = claim.area === null ? 'not measured as a whole' : `**${claim.area.toFixed(3)} ${words.areaText}**`;
  const seed = claim.speedup ? ` (${describeInterval(claim.speedup)} of its seed's; value and 95 % interval)` : '';
  const train = `annvil campaign --target ${target} --dataset FILE`;
  return `# ${name}

A ${words.title}: an index whose structure is learned from the vectors it holds. Found by [Annvil](EVIDENCE.md) and trained on ${dataset.name}:
${area}${seed}. ${claim.inWords}

![${words.height.title} over ${words.recall}](plot.svg)

\`${identifier}.index\` is the index itself: ${trained.rows.toLocaleString('en-US')} rows of ${dataset.name}, with their vectors. An id is the row's number in
that dataset. Such an index is trained, not built: \`build\` fails with UNSUPPORTED. For other vectors train anew with Annvil
(\`${train}\`) and export that campaign.

## Install

\`\`\`sh
npm install ./${name}      # this folder, or the tarball that npm pack makes of it
\`\`\`

Linux. Libraries for ${process.platform} on ${process.arch} come along; elsewhere node-gyp compiles them, for which it needs a C++20 compiler (g++ 11, clang 14).

## Use

\`\`\`js
import { Index, trainedIndex } from '${name}';

const index = await Index.load(trainedIndex, { mapped: true });
console.log(index.info);
console.log('promised', index.effortFor(0.9));
const query = Float32Array.from({ length: index.info.dimension }, () => Math.random());
console.log('nearest', await index.search(query, { k: 10, targetRecall: 0.9 }));
await index.save('copy.index');
const again = await Index.load('copy.index');
console.log('the same', again.searchSync(query, { k: 10, targetRecall: 0.9 }).ids);
\`\`\`

\`require('${name}')\` works too; see [index.d.cts](index.d.cts). \`npm run example\` asks for a recall and measures what it gets.

**Effort** trades cost for recall: ${words.effort}, counted from 1; what is above the greatest compares all rows. Recall by effort was measured at
export, on ${dataset.name}'s queries that nothing was trained or selected by (\`index.calibration\`); \`targetRecall\` takes the least effort whose lower end
reaches it. It holds for queries like those. \`searchBatchSync(queries, { countCompared: true, ... })\` says how many rows each query was compared with.

## C++, C, Python

- C++20: \`include/${identifier}/index.hpp\` is all there is, or \`find_package(${identifier})\` and link \`${identifier}::headers\`; \`examples/cpp\`.
- C: \`include/${identifier}.h\`, link \`${identifier}::shared\`; \`examples/c\`.
- Python: \`pip install ./python\`, \`import ${identifier}\`, \`${identifier}.Index.load("${identifier}.index")\`; \`examples/python\`.

## Processors

${levelText(levels)}

## Evidence

[EVIDENCE.md](EVIDENCE.md) has the curves, intervals, machine, data and lineage behind the claim. \`npm run verify\` counts again, on the same queries: recall and
${words.height.title} at each effort against what the referee counted of this very index, and what that saves over ${words.baseline}; it ends with 1 where that differs.
${evidence.licence} licence.
`;
}
