'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const {
  badArgument,
  effortOf,
  listenerOf,
  metricOf,
  pathOf,
  recallOf,
  rowsOf,
  seedOf,
  whole,
} = require('./arguments.cjs');
// prebuilds/ has this platform's addon, or node-gyp has built one.
const native = require('node-gyp-build')(__dirname);

/** The id of a neighbour that does not exist, where fewer than k rows do. */
const none = 0xffffffff;
const madeHere = Symbol('made by build or load');

/** Starts a native job that `signal` can end; rejects with the signal's reason. */
async function run(signal, start) {
  signal?.throwIfAborted();
  const { promise, cancel } = start();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await promise;
  } catch (error) {
    if (error?.code === 'CANCELLED' && signal?.aborted) throw signal.reason;
    throw error;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/** Builds an index over rows of `dimension` floats. The rows must neither change nor be transferred until it is done. */
async function build(data, options = {}) {
  const { metric = 'euclidean', threads = 0, seed = 1, maxDegree = 0, calibration = {}, onProgress, signal } = options;
  const dimension = whole('dimension', options.dimension, 1);
  const rows = rowsOf('data', data, dimension);
  const { queries = 500, k = 10, sample } = calibration === false ? { queries: 0 } : calibration;
  const settings = [
    metricOf(metric),
    whole('threads', threads, 0),
    seedOf(seed),
    whole('maxDegree', maxDegree, 0),
    whole('calibration.queries', queries, 0),
    whole('calibration.k', k, 1),
    // A copy, as the caller may go on to fill the same array.
    sample === undefined ? undefined : rowsOf('calibration.sample', sample, dimension).slice(),
    listenerOf(onProgress),
  ];
  return new Index(madeHere, await run(signal, () => native.build(rows, dimension, ...settings)));
}

class Index {
  #handle;
  #info;

  constructor(mark, handle) {
    if (mark !== madeHere) throw badArgument('an Index is made by build or Index.load, not by new', TypeError);
    this.#handle = handle;
    this.#info = Object.freeze(handle.describe());
  }

  static build(data, options) {
    return build(data, options);
  }

  static async load(path, { mapped = false, skipChecksum = false, onProgress, signal } = {}) {
    const settings = [pathOf(path), Boolean(mapped), Boolean(skipChecksum), listenerOf(onProgress)];
    return new Index(madeHere, await run(signal, () => native.load(...settings)));
  }

  get info() {
    return this.#info;
  }

  get calibration() {
    return this.#handle.calibration();
  }

  effortFor(targetRecall, { k = this.#info.calibrationK || 10 } = {}) {
    return this.#handle.effortFor(recallOf(targetRecall), whole('k', k, 1));
  }

  searchSync(query, options = {}) {
    const { ids, distances, asked } = this.#ask(this.#one(query), 1, options, 1);
    this.#handle.search(...asked);
    return existing(ids, distances);
  }

  /** On a thread of libuv's pool. */
  async search(query, options = {}) {
    // A copy, as the caller may go on to fill the same array with the next query.
    const { ids, distances, asked } = this.#ask(this.#one(query).slice(), 1, options, 1);
    await this.#handle.searchLater(...asked);
    return existing(ids, distances);
  }

  searchBatchSync(queries, options = {}) {
    const count = this.#countOf(queries);
    const { ids, distances, asked } = this.#ask(queries, count, options, options.threads ?? 0);
    if (!options.countCompared) {
      this.#handle.search(...asked);
      return { ids, distances, count, k: options.k ?? 10 };
    }
    const compared = new Uint32Array(count);
    this.#handle.search(...asked, compared);
    return { ids, distances, count, k: options.k ?? 10, compared };
  }

  async searchBatch(queries, options = {}) {
    const count = this.#countOf(queries);
    const { ids, distances, asked } = this.#ask(queries.slice(), count, options, options.threads ?? 0);
    const listener = listenerOf(options.onProgress);
    await run(options.signal, () => this.#handle.searchBatch(...asked, listener));
    return { ids, distances, count, k: options.k ?? 10 };
  }

  async save(path) {
    const file = pathOf(path);
    await run(undefined, () => this.#handle.save(file));
  }

  /** Gives the memory back at once; searches under way end first. */
  close() {
    this.#handle.close();
  }

  #one(query) {
    const { dimension } = this.#info;
    const row = rowsOf('query', query, dimension);
    if (row.length === dimension) return row;
    throw badArgument(`query has ${row.length} values: give one query of ${dimension}, or call searchBatch`);
  }

  #countOf(queries) {
    return rowsOf('queries', queries, this.#info.dimension).length / this.#info.dimension;
  }

  #ask(queries, count, options, threads) {
    const k = whole('k', options.k ?? 10, 1);
    const [effort, recall] = effortOf(options);
    const ids = new Uint32Array(count * k);
    // Exact distances read each neighbour's row once more: those who need ids alone save that.
    const distances = new Float32Array(options.distances === false ? 0 : count * k);
    return { ids, distances, asked: [queries, count, ids, distances, k, effort, recall, whole('threads', threads, 0)] };
  }
}

if (Symbol.dispose) Index.prototype[Symbol.dispose] = Index.prototype.close;

/** Without the places that no row is left for. */
function existing(ids, distances) {
  let count = ids.length;
  while (count > 0 && ids[count - 1] === none) count -= 1;
  if (count === ids.length) return { ids, distances };
  return { ids: ids.subarray(0, count), distances: distances.subarray(0, count) };
}

/** The index that was trained for this package; undefined where it builds its own. */
const brought = join(__dirname, '@NAME@.index');
const trainedIndex = existsSync(brought) ? brought : undefined;

module.exports = { build, Index, none, trainedIndex, level: native.level(), packageName: native.package() };
