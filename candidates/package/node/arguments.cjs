'use strict';
/** Readers of arguments: each names what it was given and what it takes. */

const shown = (value) => (typeof value === 'string' ? JSON.stringify(value) : String(value));

/** As the addon's own refusals are. */
const badArgument = (sentence, Kind = RangeError) => Object.assign(new Kind(sentence), { code: 'BAD_ARGUMENT' });

/** A whole number from `least` to 2^32 - 1. */
function whole(name, value, least) {
  if (Number.isInteger(value) && value >= least && value <= 0xffffffff) return value;
  throw badArgument(`${name} = ${shown(value)}: give a whole number from ${least} to 4294967295`);
}

/** A whole number up to 2^64 - 1, as a bigint. */
function seedOf(value) {
  if (typeof value === 'bigint' && value >= 0n && value < 1n << 64n) return value;
  if (Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw badArgument(`seed = ${shown(value)}: give a whole number of at least 0, or a bigint below 2n ** 64n`);
}

function metricOf(value) {
  const metrics = ['euclidean', 'angular'];
  const index = metrics.indexOf(value);
  if (index >= 0) return index;
  throw badArgument(`metric = ${shown(value)}: give "euclidean" or "angular"`);
}

/** Rows of `dimension` floats, one after the other. */
function rowsOf(name, value, dimension) {
  if (!(value instanceof Float32Array)) {
    throw badArgument(
      `${name} is ${value === null ? 'null' : (value?.constructor?.name ?? typeof value)}: give a Float32Array`,
      TypeError,
    );
  }
  if (value.length % dimension === 0) return value;
  throw badArgument(
    `${name} has ${value.length} values, which are no rows of ${dimension}: give dimension * count of them`,
  );
}

/** What to ask for: an effort, or a recall that calibration turns into one. */
function effortOf({ effort = 0, targetRecall = 0 }) {
  if (effort !== 0 && targetRecall !== 0) throw badArgument('both effort and targetRecall are given: give one of them');
  if (effort === 0 && targetRecall === 0)
    throw badArgument('neither effort nor targetRecall is given: give one of them');
  if (effort !== 0) return [whole('effort', effort, 1), 0];
  return [0, recallOf(targetRecall)];
}

function recallOf(value) {
  if (typeof value === 'number' && value > 0 && value <= 1) return value;
  throw badArgument(`targetRecall = ${shown(value)}: give a number above 0, up to 1`);
}

function pathOf(value) {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  throw badArgument(`path = ${shown(value)}: give the path of a file`, TypeError);
}

/** Undefined, or a function that is told (phase, done). */
function listenerOf(onProgress) {
  if (onProgress === undefined) return undefined;
  if (typeof onProgress !== 'function')
    throw badArgument(`onProgress is ${typeof onProgress}: give a function`, TypeError);
  return (phase, done) => onProgress({ phase, done });
}

module.exports = { badArgument, effortOf, listenerOf, metricOf, pathOf, recallOf, rowsOf, seedOf, whole };
