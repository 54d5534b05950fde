import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Inbox } from './inbox.ts';

it('hands on what has come, from whichever source, and ends when all have', async () => {
  const inbox = new Inbox<string>();
  inbox.follow(async (deliver) => {
    await deliver(['a']);
    await deliver(['c']);
  });
  inbox.follow((deliver) => deliver(['b']));
  expect(await inbox.take()).toEqual(['a', 'b']);
  expect(await inbox.take()).toEqual(['c']);
  expect(await inbox.take()).toBeNull();
});

it('tells of a failure after all that came, from other sources too', async () => {
  const inbox = new Inbox<string>();
  inbox.follow(async () => {
    throw new Error('no model is left');
  });
  inbox.follow(async (deliver) => {
    await nextTurn();
    await deliver(['paid for']);
  });
  expect(await inbox.take()).toEqual(['paid for']);
  await expect(inbox.take()).rejects.toThrow('no model is left');
});

it('ends at once where nothing is followed', async () => {
  expect(await new Inbox().take()).toBeNull();
});

it('keeps no source waiting that delivered nothing', async () => {
  const inbox = new Inbox<string>();
  inbox.follow(async (deliver) => {
    await deliver([]);
    await deliver(['a']);
    await deliver([]);
  });
  expect(await inbox.take()).toEqual(['a']);
  expect(await inbox.take()).toBeNull();
});

it('lets a source go on only once what it delivered was dealt with', async () => {
  const inbox = new Inbox<number>();
  let delivered = 0;
  inbox.follow(async (deliver) => {
    for (; delivered < 100; ++delivered) await deliver([delivered]);
  });
  expect(await inbox.take()).toEqual([0]);
  await nextTurn();
  expect(delivered).toBe(0);
  expect(await inbox.take()).toEqual([1]);
  await inbox.settled();
  expect(delivered).toBe(100);
});

it('is settled only when no source can do anything more', async () => {
  const inbox = new Inbox<string>();
  let ended = false;
  inbox.follow(async () => {
    await nextTurn();
    ended = true;
  });
  await inbox.settled();
  expect(ended).toBe(true);
});
