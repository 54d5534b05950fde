import { join } from 'node:path';
import { execa } from 'execa';

/** Debian's, which setup.mjs sees has numpy and yaml; another one on the path may have neither. */
const python = '/usr/bin/python3';

/** A fresh environment in `folder` with the package of `source` installed by pip, without a network. Returns its interpreter. */
export async function freshPython(
  folder: string,
  source: string,
  environment: Record<string, string> = {},
): Promise<string> {
  await execa(python, ['-m', 'venv', '--system-site-packages', folder]);
  const interpreter = join(folder, 'bin', 'python');
  const install = ['-m', 'pip', 'install', '--no-index', '--disable-pip-version-check', source];
  await execa(interpreter, install, { env: environment, cwd: folder });
  return interpreter;
}
