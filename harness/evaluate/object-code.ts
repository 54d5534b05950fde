import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { HarnessError } from '../core/errors.ts';

/** What runs and what it reads; build ids, symbol and file names, debugging and unwinding tables are left out. */
const compared = new Set(['.text', '.rodata', '.data', '.data.rel.ro', '.tdata']);

/** Where ELF64 keeps things, in bytes. */
const elf = { sections: 0x28, entrySize: 0x3a, count: 0x3c, nameTable: 0x3e, offset: 0x18, size: 0x20 };

/**
 * SHA-256 of a program's code and constants: equal for two compiles of headers that differ in names, comments or forms that the
 * compiler makes one of. @throws HarnessError where the file is no little-endian ELF64 program
 */
export async function objectCodeHash(binary: string): Promise<string> {
  const file = await readFile(binary);
  if (file.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') throw new HarnessError(`${binary} is no ELF64 program`);
  const start = Number(file.readBigUInt64LE(elf.sections));
  const headers = Array.from({ length: file.readUInt16LE(elf.count) }, (_, index) =>
    file.subarray(start + index * file.readUInt16LE(elf.entrySize)),
  );
  const contents = (header: Buffer): Buffer => {
    const from = Number(header.readBigUInt64LE(elf.offset));
    return file.subarray(from, from + Number(header.readBigUInt64LE(elf.size)));
  };
  const names = contents(headers[file.readUInt16LE(elf.nameTable)]!);
  const hash = createHash('sha256');
  for (const header of headers) {
    const at = header.readUInt32LE(0);
    const name = names.toString('latin1', at, names.indexOf(0, at));
    if (compared.has(name)) hash.update(name).update('\0').update(contents(header));
  }
  return hash.digest('hex');
}
