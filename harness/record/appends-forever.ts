import { Journal } from './journal.ts';

/** A test's child process: appends to the journal of the folder it is given, naming on stdout each number once it is durable. */
const journal = await Journal.open(process.argv[2]!);
for (let group = journal.entries.length; ; group++) {
  const advantages = { padding: Math.random() * group };
  await journal.append({
    type: 'group-finished',
    group,
    slot: 'search',
    advantages,
    logits: {},
    elapsedSeconds: group,
  });
  process.stdout.write(`${group}\n`);
}
