/** The user asked for something that cannot be; the message names the thing, the value and the way out. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something this machine lacks (compiler, sandbox, disk); `fix` is the command that mends it. Exit code 3. */
export class MachineError extends Error {
  override readonly name = 'MachineError';
  readonly fix: string;

  constructor(message: string, fix: string, options?: ErrorOptions) {
    super(`${message}\n  to mend it: ${fix}`, options);
    this.fix = fix;
  }
}

/** The harness itself failed (a lost referee, say); never a candidate's fault and never a reward. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
}
