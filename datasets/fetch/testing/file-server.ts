import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does to one request; requests beyond the script are answered as they should be. */
export type Misdeed =
  | { readonly kind: 'cut'; readonly after: number }
  | { readonly kind: 'ignore-range' }
  | { readonly kind: 'range-from'; readonly from: number }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'corrupt'; readonly at: number }
  | { readonly kind: 'stall'; readonly after: number }
  | { readonly kind: 'drip'; readonly everyMs: number }
  | { readonly kind: 'no-length' }
  | { readonly kind: 'gzip' }
  | { readonly kind: 'claim'; readonly length: number }
  | { readonly kind: 'blind-range' };

export interface Seen {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/** A server of files that answers ranges as RFC 9110 has it, but for the misdeeds it is told to commit, one a request. */
export class FileServer {
  readonly url: string;
  readonly seen: Seen[] = [];
  readonly files = new Map<string, { body: Buffer; etag: string | undefined }>();
  script: Misdeed[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => this.#answer(request, response));
  }

  static async open(): Promise<FileServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FileServer(server);
  }

  put(name: string, body: Buffer, etag: string | undefined = '"v1"'): string {
    this.files.set(`/${name}`, { body, etag });
    return `${this.url}/${name}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    // As a proxy it is asked for whole URLs.
    const path = new URL(request.url!, this.url).pathname;
    const { range, 'if-range': ifRange } = request.headers;
    this.seen.push({ path, range, ifRange: typeof ifRange === 'string' ? ifRange : undefined });
    const misdeed = this.script.shift();
    if (misdeed?.kind === 'status') return void response.writeHead(misdeed.status, misdeed.headers).end('no');
    if (misdeed?.kind === 'redirect') return void response.writeHead(302, { location: misdeed.to }).end();
    if (misdeed?.kind === 'claim') {
      return void response.writeHead(200, { 'content-length': misdeed.length }).write('the first of many bytes');
    }
    const file = this.files.get(path);
    if (!file) return void response.writeHead(404).end('not found');
    this.#send(response, file, misdeed?.kind === 'ignore-range' ? undefined : range, ifRange, misdeed);
  }

  #send(
    response: ServerResponse,
    { body, etag }: { body: Buffer; etag: string | undefined },
    range: string | undefined,
    ifRange: unknown,
    misdeed: Misdeed | undefined,
  ): void {
    const asked = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
    const holds = ifRange === undefined || ifRange === etag || misdeed?.kind === 'blind-range';
    const ranged = asked !== null && holds;
    let from = ranged ? Number(asked[1]) : 0;
    const last = ranged && asked[2] ? Math.min(Number(asked[2]), body.length - 1) : body.length - 1;
    if (ranged && from >= body.length) {
      return void response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    }
    if (misdeed?.kind === 'range-from') from = misdeed.from;
    const bytes = Buffer.from(body.subarray(from, last + 1));
    if (misdeed?.kind === 'corrupt') bytes[misdeed.at - from]! ^= 1;
    response.writeHead(ranged ? 206 : 200, {
      ...(etag && { etag }),
      'accept-ranges': 'bytes',
      ...(misdeed?.kind !== 'no-length' && { 'content-length': bytes.length }),
      ...(ranged && { 'content-range': `bytes ${from}-${last}/${body.length}` }),
      ...(misdeed?.kind === 'gzip' && { 'content-encoding': 'gzip' }),
    });
    switch (misdeed?.kind) {
      case 'cut':
        response.write(bytes.subarray(0, misdeed.after), () => setTimeout(() => response.destroy(), 20));
        return;
      case 'stall':
        response.write(bytes.subarray(0, misdeed.after));
        return;
      case 'drip': {
        let at = 0;
        const timer = setInterval(() => response.write(bytes.subarray(at, ++at)), misdeed.everyMs);
        response.on('close', () => clearInterval(timer));
        return;
      }
      default:
        response.end(bytes);
    }
  }
}
