'use strict';
/** Run by npm after installing: compiles only where prebuilds/ has nothing that this platform can load. */
const { spawnSync } = require('node:child_process');

try {
  require('node-gyp-build')(__dirname);
} catch {
  // npm puts its own node-gyp on the path of scripts.
  const { status, error } = spawnSync('node-gyp', ['rebuild'], { cwd: __dirname, stdio: 'inherit' });
  if (error)
    console.error(
      `@PACKAGE@ has no addon for ${process.platform}-${process.arch}, and node-gyp does not start: ${error.message}`,
    );
  process.exitCode = status ?? 1;
}
