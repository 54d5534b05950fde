import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError, type SimpleGit, simpleGit } from 'simple-git';
import type { CampaignState } from '../core/campaign-state.ts';
import { HarnessError, MachineError } from '../core/errors.ts';
import type { Slot } from '../core/target.ts';
import { fileOf, importStream, mainOf, tagOf } from './lineage-import.ts';

/**
 * The campaign's own git repository, `<run>/lineage/`: a commit a candidate, tagged `candidate/<id>`, its first parent being
 * the candidate it was derived from; `main` holds the champions. Bare, as nobody edits it: `git -C runs/<name>/lineage log
 * --graph --all`, `git show main:search.hpp`. It says nothing that the journal does not, so it can be deleted and is made anew.
 */
export class Lineage {
  readonly #dir: string;
  #recorded: Set<string>;
  /** What `main` was last moved to, so that an unchanged campaign costs no process. */
  #main: string | null = null;

  private constructor(dir: string, recorded: Set<string>) {
    this.#dir = dir;
    this.#recorded = recorded;
  }

  /** Opens or creates the lineage of the run folder `runDir`. @throws MachineError where there is no git */
  static async open(runDir: string): Promise<Lineage> {
    const dir = join(runDir, 'lineage');
    await mkdir(dir, { recursive: true });
    const git = gitIn(dir);
    // Harmless where it exists already.
    await attempted(dir, git.raw('init', '--quiet', '--bare', '--initial-branch=main'));
    const tags = await attempted(dir, git.raw('for-each-ref', '--format=%(refname)', tagOf('')));
    const prefix = tagOf('').length;
    return new Lineage(
      dir,
      new Set(
        tags
          .split('\n')
          .filter(Boolean)
          .map((tag) => tag.slice(prefix)),
      ),
    );
  }

  /** Brings the repository up to what the journal says; calling it again changes nothing. One at a time. */
  async ensureRecorded(state: CampaignState): Promise<void> {
    const main = mainOf(state);
    const stream = importStream(state, this.#recorded, Math.floor(Date.now() / 1000));
    if (stream) {
      const importing = gitIn(this.#dir, stream).raw(
        'fast-import',
        '--quiet',
        '--force',
        '--done',
        '--date-format=raw-permissive',
      );
      await attempted(this.#dir, importing);
      for (const slot of Object.values(state.seeds)) this.#recorded.add(slot.id);
      for (const { candidate } of state.attempts) this.#recorded.add(candidate.id);
    } else if (main !== this.#main) {
      await attempted(this.#dir, gitIn(this.#dir).raw('update-ref', 'refs/heads/main', `${main}^0`));
    }
    this.#main = main;
  }
}

/**
 * What changed in a slot's header between two recorded candidates, as a unified diff; null where one is not recorded (not yet
 * attempted, or a lineage that was removed). Takes no lock.
 */
export async function lineageDiff(runDir: string, slot: Slot, from: string, to: string): Promise<string | null> {
  const dir = join(runDir, 'lineage');
  try {
    const file = fileOf(slot);
    return await gitIn(dir).raw('diff', ...plainDiff, `${tagOf(from)}^0`, `${tagOf(to)}^0`, '--', file);
  } catch {
    return null;
  }
}

/** The commit of every recorded candidate by its id; empty where the lineage was removed or never made. Takes no lock. */
export async function lineageCommits(runDir: string): Promise<Map<string, string>> {
  const prefix = tagOf('');
  try {
    const lines = await gitIn(join(runDir, 'lineage')).raw('for-each-ref', '--format=%(objectname) %(refname)', prefix);
    return new Map(
      lines
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ') as [string, string])
        .map(([commit, tag]) => [tag.slice(prefix.length), commit]),
    );
  } catch {
    return new Map();
  }
}

const plainDiff = ['--no-color', '--no-ext-diff', '--no-textconv', '--src-prefix=a/', '--dst-prefix=b/'];

const ownConfig = [
  'user.name=Annvil',
  'user.email=annvil@localhost',
  'commit.gpgsign=false',
  'core.hooksPath=/dev/null',
  'core.logAllRefUpdates=false',
  'gc.auto=0',
  // A run folder may be mounted from elsewhere, under another owner.
  'safe.directory=*',
  'safe.bareRepository=all',
];

/** Git on this repository only, whatever the user's hooks, identity and signing say; simple-git drops GIT_* variables itself. */
function gitIn(dir: string, input?: string): SimpleGit {
  return simpleGit({
    baseDir: dir,
    ...(input === undefined ? {} : { input: () => input }),
    config: [...ownConfig],
    // Setting the hooks' path is called unsafe as it can run programs; ours is where none can be.
    unsafe: { allowUnsafeHooksPath: true },
  });
}

async function attempted<T>(dir: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (/ENOENT/.test(error.message))
      throw new MachineError('git is not installed', 'apt-get install git', { cause: error });
    if (/no space left|quota exceeded/i.test(error.message)) {
      throw new MachineError(`no room for the lineage in ${dir}`, `free space there (df -h '${dir}'), then resume`, {
        cause: error,
      });
    }
    throw new HarnessError(
      `git failed in ${dir}: ${error.message.trim()}\n  the journal has everything it holds: remove that folder and resume`,
      { cause: error },
    );
  }
}
