import { HarnessError, MachineError, UsageError } from '../core/errors.ts';

/** Says on standard error what went wrong: ours plainly; anything else is a defect, and shows its stack. Returns the exit code. */
export function complain(program: string, error: unknown): number {
  const ours = error instanceof UsageError || error instanceof MachineError || error instanceof HarnessError;
  console.error(ours ? `${program}: ${error.message}` : error);
  return error instanceof UsageError ? 2 : error instanceof MachineError ? 3 : 1;
}
