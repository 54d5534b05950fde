/** By architecture as node names it: the kernel's number for it, and those of the calls that this filter knows. */
const architectures: Readonly<Record<string, Architecture | undefined>> = {
  x64: {
    audit: 0xc000003e,
    socket: 41,
    // connect, accept, bind, listen, socketpair, accept4, memfd_create
    allowed: [42, 43, 49, 50, 53, 288, 319],
    clone: 56,
    // fork, vfork
    denied: [57, 58],
  },
  arm64: { audit: 0xc00000b7, socket: 198, allowed: [203, 202, 200, 201, 199, 242, 279], clone: 220, denied: [] },
};

interface Architecture {
  readonly audit: number;
  readonly socket: number;
  readonly allowed: readonly number[];
  readonly clone: number;
  readonly denied: readonly number[];
}

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const jumpIfEqual = (value: number, ifTrue: number, ifFalse: number): Instruction => [0x15, ifTrue, ifFalse, value];
const jumpIfSet = (bits: number, ifTrue: number, ifFalse: number): Instruction => [0x45, ifTrue, ifFalse, bits];
const answer = (value: number): Instruction => [0x06, 0, 0, value];

const allow = answer(0x7fff0000);
const notPermitted = answer(0x00050001);
const offsets = { call: 0, architecture: 4, firstArgument: 16 } as const;
const unixFamily = 1;
const cloneThread = 0x00010000;

/**
 * A training's filter on a GPU: the compiler's list of what is denied, before which this decides a few calls. NVIDIA's driver is closed and makes
 * other calls with every version, so a list of what is allowed would not last; it talks to itself through sockets of the machine (which the empty
 * network leaves nobody to reach) and files in memory. It starts threads alone, and so may the training: CPU time is counted by process.
 *
 * The filter put in front is plain BPF: what it does not decide goes on in the one that follows, which begins by itself.
 */
export function gpuFilter(compiler: Buffer, arch: string = process.arch): Buffer {
  const known = architectures[arch];
  if (!known) return compiler;
  const decisions: readonly Instruction[] = [
    load(offsets.call),
    ...known.allowed.flatMap((call) => [jumpIfEqual(call, 0, 1), allow]),
    ...known.denied.flatMap((call) => [jumpIfEqual(call, 0, 1), notPermitted]),
    ...decided(known.socket, [jumpIfEqual(unixFamily, 0, 1), allow, notPermitted]),
    ...decided(known.clone, [jumpIfSet(cloneThread, 0, 1), allow, notPermitted]),
  ];
  const own = [load(offsets.architecture), jumpIfEqual(known.audit, 0, decisions.length), ...decisions];
  return Buffer.concat([...own.map(encoded), compiler]);
}

/** Decides one call by its first argument. */
function decided(call: number, by: readonly Instruction[]): readonly Instruction[] {
  return [jumpIfEqual(call, 0, by.length + 1), load(offsets.firstArgument), ...by];
}

/** As the kernel has it, struct sock_filter. */
function encoded([code, ifTrue, ifFalse, value]: Instruction): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
