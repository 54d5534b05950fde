/**
 * Installs what the project needs before anything of it can run: npm packages by lock-file, Debian packages where this is
 * root. Plain JavaScript on Node's own modules, since nothing else is there yet. Quick when there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Written once npm has finished, with the lock-file it worked from: a half-made node_modules has none. */
const stamp = join(root, 'node_modules', '.annvil-lock');

const noTraining = 'learned targets cannot be trained';
const noPackageTests = "an exported package's Python and CMake sides cannot be tested";

/** What must answer, and the Debian package that brings it; `without` says what alone is lost where it is optional. */
const needs = [
  { package: 'g++', present: () => onPath('g++') || onPath('clang++') },
  { package: 'binutils', present: () => onPath('objdump') },
  { package: 'bubblewrap', present: () => onPath('bwrap') },
  { package: 'util-linux', present: () => onPath('setpriv') && onPath('prlimit') },
  { package: 'git', present: () => onPath('git') },
  // The hooks for outside trainers are tested under it.
  { package: 'python3', present: () => onPath('python3') },
  { package: 'libseccomp-dev', present: () => existsSync('/usr/include/seccomp.h') },
  { package: 'nlohmann-json3-dev', present: () => existsSync('/usr/include/nlohmann/json.hpp') },
  // What learned targets are trained with; another LibTorch can stand in for the first (ANNVIL_LIBTORCH).
  {
    package: 'libtorch-dev',
    present: () => existsSync('/usr/include/torch/csrc/api/include/torch/torch.h'),
    without: noTraining,
  },
  { package: 'libmetis-dev', present: () => existsSync('/usr/include/metis.h'), without: noTraining },
  { package: 'libopenblas0-pthread', present: () => librariesHold('openblas-pthread'), without: noTraining },
  // What the Python and CMake sides of an exported package are tested with.
  { package: 'cmake', present: () => onPath('cmake'), without: noPackageTests },
  { package: 'make', present: () => onPath('make'), without: noPackageTests },
  { package: 'python3-venv', present: () => existsSync('/usr/share/python-wheels'), without: noPackageTests },
  { package: 'python3-numpy', present: () => debianPythonHas('numpy'), without: noPackageTests },
  { package: 'python3-yaml', present: () => debianPythonHas('yaml'), without: noPackageTests },
];

/** Whether a folder of this name stands among the system's libraries, whatever the architecture is called. */
function librariesHold(name) {
  return readdirSync('/usr/lib').some((folder) => existsSync(join('/usr/lib', folder, name)));
}

function debianPythonHas(name) {
  return existsSync(join('/usr/lib/python3/dist-packages', name));
}

function onPath(command) {
  return (process.env.PATH ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function say(message) {
  process.stderr.write(`annvil setup: ${message}\n`);
}

function run(command, args, env = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, ...env } });
  return result.status === 0;
}

function fail(message, command) {
  say(`${message}\n  to mend it: ${command}`);
  process.exit(3);
}

function installNpmPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing npm packages (npm ci)');
  if (!run('npm', ['ci', '--no-audit', '--no-fund'])) fail('npm ci failed', 'npm ci');
  writeFileSync(stamp, lock);
}

function installDebianPackages() {
  const absent = needs.filter(({ present }) => !present());
  const missing = absent.map((need) => need.package);
  if (missing.length === 0) return;
  const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    const asRoot = `sudo sh -c '${command}'`;
    if (absent.some(({ without }) => !without)) fail(`missing: ${missing.join(', ')}`, asRoot);
    for (const lost of new Set(absent.map(({ without }) => without))) {
      const lacking = absent.filter(({ without }) => without === lost).map((need) => need.package);
      say(`${lost} without: ${lacking.join(', ')}`);
    }
    say(`to mend it: ${asRoot}`);
    return;
  }
  say(`installing Debian packages: ${missing.join(' ')}`);
  const noninteractive = { DEBIAN_FRONTEND: 'noninteractive' };
  if (
    !run(
      'sh',
      ['-c', `apt-get -qq update && apt-get -qq install -y --no-install-recommends ${missing.join(' ')} >&2`],
      noninteractive,
    )
  ) {
    fail(`could not install ${missing.join(', ')}`, command);
  }
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 15))
  fail(`Node ${process.versions.node} is too old; 20.15 or newer is needed`, 'https://nodejs.org');
installDebianPackages();
installNpmPackages();
