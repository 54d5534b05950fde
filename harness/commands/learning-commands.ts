import { type Command, Option } from 'commander';
import { allSlots } from '../core/target.ts';
import { rolloutFormats } from '../learn/rollout-lines.ts';
import { portNumber, positiveInteger, positiveNumber } from './arguments.ts';
import type { CliEnvironment } from './environment.ts';
import { models } from './models.ts';
import { showPool } from './pool.ts';
import { rewardServer } from './reward-server.ts';
import { exportRollouts } from './rollouts.ts';
import { addSpecOptions, specFlags } from './spec-flags.ts';

/** `models`, `pool`, `rollouts export` and `reward-server`: what asks models, and what learns from their answers. */
export function addLearningCommands(annvil: Command, environment: CliEnvironment, json: Option): void {
  annvil
    .command('models')
    .argument('[names...]', 'models; default: all that are known')
    .description('models, endpoints and prices; with --check, whether they answer (ends with 1 where one does not)')
    .option('--check', 'ask each that is named, or each whose key is set, for one word', false)
    .option('--model-table <file>', 'JSON file of models, endpoints and prices that goes before our own')
    .option('--timeout <seconds>', 'how long to wait for an answer', positiveNumber, 60)
    .addOption(json)
    .action(async (names, options) => {
      if (!(await models(environment, names, options))) process.exitCode = 1;
    });

  annvil
    .command('pool')
    .argument('[name]', 'campaign; default: the latest')
    .description('what prompts are made of: weight, uses and mean advantage of each entry')
    .addOption(new Option('--slot <slot>', 'one slot only').choices(allSlots))
    .option('--top <n>', 'rows a slot', positiveInteger, 20)
    .addOption(json)
    .action((name, options) => showPool(environment, name, options));

  annvil
    .command('rollouts')
    .description('what a campaign drew, for trainers outside')
    .command('export')
    .argument('[campaign]', 'default: the latest')
    .description('JSON lines: prompts, completions, log-probabilities where known, rewards, advantages')
    .option('--out <file>', 'default: standard output')
    .addOption(
      new Option('--format <format>', 'one line a group, or one a completion')
        .choices(rolloutFormats)
        .default('groups'),
    )
    .option('--include-grammar', 'also groups that the grammar drew, which have no prompt', false)
    .option('--force', 'replace the file', false)
    .action((name, options) => exportRollouts(environment, name, options));

  addSpecOptions(
    annvil.command('reward-server').description('score groups of completions over HTTP, for trainers outside'),
  )
    .option('--campaign <name>', "measure beside a campaign's champions, under its specification; default: the seeds")
    .option('--port <n>', 'where to listen; 0: any free port', portNumber, 8722)
    .option('--host <address>', 'where to listen; beyond this machine, put TLS before it', '127.0.0.1')
    .option('--token-variable <name>', 'environment variable that holds the token', 'ANNVIL_REWARD_TOKEN')
    .option('--queue <n>', 'groups that may wait', positiveInteger, 64)
    .option('--store <folder>', 'where results are kept; default: beside the campaigns')
    .action((options) => {
      const token = environment.variable(options.tokenVariable);
      return rewardServer(environment, specFlags(options), { ...options, token });
    });
}
