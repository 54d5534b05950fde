'use strict';
/** Run by npm after installing, and by verify: compiles only where nothing that came along serves this platform. */
const { spawnSync } = require('node:child_process');

/** Whether the addon loads, and a library of some level beside it. */
function served() {
  try {
    return require('node-gyp-build')(__dirname).level() !== 'none';
  } catch {
    return false;
  }
}

// It asks for one level; here any will do.
delete process.env.ANNVIL_LEVEL;
if (!served()) {
  console.error(`compiling @PACKAGE@ for ${process.platform}-${process.arch}`);
  // npm puts its own node-gyp on the path of scripts.
  const { status, error } = spawnSync('node-gyp', ['rebuild'], { cwd: __dirname, stdio: 'inherit' });
  if (error)
    console.error(
      `@PACKAGE@ has no addon for ${process.platform}-${process.arch}, and node-gyp does not start: ${error.message}`,
    );
  process.exitCode = status ?? 1;
}
