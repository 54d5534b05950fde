#!/usr/bin/env node
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { addAgentCommands } from './commands/agent-commands.ts';
import { positiveInteger, positiveNumber } from './commands/arguments.ts';
import { campaign, resume, start } from './commands/campaign.ts';
import { compare } from './commands/compare.ts';
import { complain } from './commands/complain.ts';
import { addDatasetCommands } from './commands/datasets-commands.ts';
import { doctor } from './commands/doctor.ts';
import type { CliEnvironment } from './commands/environment.ts';
import { exportPackage } from './commands/export.ts';
import { showLeaderboard } from './commands/leaderboard.ts';
import { addLearningCommands } from './commands/learning-commands.ts';
import { report } from './commands/report.ts';
import { reproduceCommand } from './commands/reproduce.ts';
import { showCandidate } from './commands/show.ts';
import { addSpecOptions, specFlags } from './commands/spec-flags.ts';
import { verifyCandidate } from './commands/verify.ts';
import { cacheFolder } from './core/paths.ts';

/** Reads the process once; nothing below this file does. */
function environmentOf(process: NodeJS.Process): CliEnvironment {
  const { ANNVIL_RUNS, NO_COLOR, TERM } = process.env;
  const capable = TERM !== 'dumb';
  return {
    runsDir: resolve(ANNVIL_RUNS ?? 'runs'),
    cacheDir: cacheFolder(process.env),
    // Progress goes to standard error, results to standard output.
    terminal: process.stderr.isTTY === true && capable,
    columns: process.stderr.columns ?? 100,
    colour: process.stdout.isTTY === true && capable && !NO_COLOR,
    print: (text) => process.stdout.write(`${text}\n`),
    variable: (name) => process.env[name] || undefined,
  };
}

function program(environment: CliEnvironment): Command {
  const json = new Option('--json', 'print JSON instead of text').default(false);
  const annvil = new Command('annvil')
    .description('Forges nearest-neighbour code: proposes, sandboxes, measures and learns.')
    .showHelpAfterError('(annvil --help lists what there is)')
    .enablePositionalOptions()
    // Before the commands are added: they inherit it. Every misuse ends with 2, as UsageError does.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

  addSpecOptions(annvil.command('start').description('run a first campaign on mnist-784-euclidean, or go on with it'))
    .addOption(json)
    .action((options) => start(environment, specFlags(options), options));

  addSpecOptions(
    annvil.command('campaign').description('begin a campaign: propose, evaluate and learn until the budget is spent'),
  )
    .option('--spec <file>', 'JSON file of campaign fields; flags go before it')
    .addOption(json)
    .action((options) => campaign(environment, specFlags(options), options.spec, options));

  annvil
    .command('resume')
    .argument('[name]', 'campaign; default: the latest')
    .description('go on where a campaign stopped or was killed')
    .option('--max-minutes <n>', 'new wall-time budget, in all', positiveNumber)
    .option('--max-evaluations <n>', 'new number of attempts, in all', positiveInteger)
    .option('--max-evaluation-hours <n>', 'new hours of compiling and measuring, in all', positiveNumber)
    .option('--max-dollars <n>', 'new money for models, in all', positiveNumber)
    .option('--max-tokens <n>', 'new number of tokens, in all', positiveInteger)
    .option('--max-requests <n>', 'new number of calls to models, in all', positiveInteger)
    .addOption(json)
    .action((name, { json, ...extension }) => resume(environment, name, extension, { json }));

  annvil
    .command('leaderboard')
    .argument('[name]', 'campaign; default: the latest')
    .description('candidates of each slot, ranked, with intervals')
    .option('--top <n>', 'rows a slot', positiveInteger, 10)
    .addOption(json)
    .action((name, options) => showLeaderboard(environment, name, options));

  annvil
    .command('show')
    .argument('<candidate>', 'id, or the beginning of one')
    .description('source, diff to parent, outcome and curve of a candidate')
    .option('--campaign <name>', 'default: the latest')
    .addOption(json)
    .action((id, options) => showCandidate(environment, id, options));

  annvil
    .command('verify')
    .argument('<candidate>', 'id, or the beginning of one')
    .description('measure a row of the leaderboard again; ends with 1 where the two figures disagree')
    .option('--campaign <name>', 'default: the latest')
    .addOption(json)
    .action(async (id, options) => {
      if (!(await verifyCandidate(environment, id, options))) process.exitCode = 1;
    });

  addDatasetCommands(annvil, environment, json);
  addAgentCommands(annvil, environment, json);
  addLearningCommands(annvil, environment, json);

  annvil
    .command('report')
    .argument('[name]', 'campaign; default: the latest')
    .description('write the report anew and print its path')
    .option('--beside <name>', "another campaign, whose learning curve is drawn beside this one's")
    .action((name, options) => report(environment, name, options));

  annvil
    .command('export')
    .argument('[name]', 'campaign; default: the latest')
    .requiredOption('--out <dir>', 'folder of the package')
    .option('--candidate <id>', "in place of its slot's champion; once a slot", (id, ids: string[]) => [...ids, id], [])
    .option('--name <name>', 'of the package; default: ann-<campaign>')
    .option('--force', 'replace the package in that folder', false)
    .description('write the champions as a package: Node addon, C++ headers, C library, Python, evidence')
    .addOption(json)
    .action((name, options) => exportPackage(environment, name, options));

  annvil
    .command('compare')
    .argument('<one>', 'campaign')
    .argument('<other>', 'campaign on the same dataset')
    .description("the two campaigns' champions beside each other, and both learning curves in the first one's report")
    .addOption(json)
    .action((one, other, options) => compare(environment, one, other, options));

  annvil
    .command('reproduce')
    .argument('<target>', 'neural-lsh, balanced-tree, cluster-routing or learned-lookup')
    .description("train a learned structure as its paper does, and print the paper's claims beside what is seen")
    .option('--preset <name>', 'small (minutes), large (hours, of neural-lsh and balanced-tree) or paper', 'small')
    .option('--seeds <list>', 'training seeds; default: 1,2,3, of learned-lookup 1 to 5')
    .option('--dataset <name>', 'a name, a file or a folder of vectors; default: mnist-784, or what the paper samples')
    .option('--queries <file>', 'of a dataset that is a file')
    .option('--out <dir>', 'where the page and its figures go; default: reproductions/TARGET-PRESET')
    .addOption(json)
    .action((target, options) => reproduceCommand(environment, target, options));

  annvil
    .command('doctor')
    .description('what is installed, what is missing, and the command that mends it')
    .option('--measure', 'also measure what differences this machine can tell (some minutes)', false)
    .option('--dataset <name>', 'what to measure on', 'mnist-784-euclidean')
    .addOption(json)
    .action(async (options) => {
      if (!(await doctor(environment, options))) process.exitCode = 3;
    });
  return annvil;
}

program(environmentOf(process))
  .parseAsync()
  .catch((error) => {
    process.exitCode = complain('annvil', error);
  });
