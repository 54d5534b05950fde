/** The element types of vector files, as they lie in the file (little-endian). */
export interface ElementType {
  readonly bytes: number;
  readonly read: (chunk: Buffer, offset: number) => number;
  readonly write: (chunk: Buffer, value: number, offset: number) => void;
}

export const float32: ElementType = {
  bytes: 4,
  read: (chunk, offset) => chunk.readFloatLE(offset),
  write: (chunk, value, offset) => chunk.writeFloatLE(value, offset),
};

export const uint8: ElementType = {
  bytes: 1,
  read: (chunk, offset) => chunk[offset]!,
  write: (chunk, value, offset) => chunk.writeUInt8(value, offset),
};

export const int8: ElementType = {
  bytes: 1,
  read: (chunk, offset) => chunk.readInt8(offset),
  write: (chunk, value, offset) => chunk.writeInt8(value, offset),
};

export const int32: ElementType = {
  bytes: 4,
  read: (chunk, offset) => chunk.readInt32LE(offset),
  write: (chunk, value, offset) => chunk.writeInt32LE(value, offset),
};
