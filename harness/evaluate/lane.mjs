/**
 * The worker behind a compile lane. Plain JavaScript, because a worker thread of Node 20 starts without the loader that lets
 * the main thread read TypeScript: from source it brings its own, in the published package there is JavaScript to read.
 */
import { existsSync } from 'node:fs';

const compiled = new URL('./compile.js', import.meta.url);
const { compile } = existsSync(compiled)
  ? await import(compiled.href)
  : await (await import('tsx/esm/api')).tsImport('./compile.ts', import.meta.url);

export default compile;
