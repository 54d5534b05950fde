import { type ParseArgsConfig, parseArgs } from 'node:util';
import { complain } from '../harness/commands/complain.ts';
import { UsageError } from '../harness/core/errors.ts';

/** @throws UsageError for an option that there is not, or that lacks its value */
export function argumentsOf<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(`${(error as Error).message} (--help lists what there is)`, { cause: error });
  }
}

/** Runs a program that is asked for by `npm run NAME`, and ends the process with the code that annvil would end with. */
export async function runProgram(name: string, main: () => Promise<number>): Promise<void> {
  process.exitCode = await main().catch((error) => complain(name, error));
}
