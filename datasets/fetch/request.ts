import { request } from 'undici';
import { Arrivals } from './arrivals.ts';
import { Interrupted, refused } from './failures.ts';
import type { Network } from './network.ts';

const maxRedirects = 10;
const again = new Set([408, 425, 429, 500, 502, 503, 504]);

export interface Response {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Arrivals;
  /** Where redirects led. */
  readonly url: string;
}

/**
 * The answer to a GET, after redirects: 200, 206 or 416.
 * @throws UsageError where the server says that there is nothing to have; Interrupted where it may have it later
 */
export async function get(
  network: Network,
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  let at = new URL(url);
  for (let hop = 0; hop <= maxRedirects; ++hop) {
    // No encoding: ranges, sizes and hashes are of the file itself.
    const own = { 'accept-encoding': 'identity', 'user-agent': 'annvil', ...headers };
    const dispatcher = network.dispatcherFor(at);
    // Stalls are the caller's to see: it knows how much should come.
    const quiet = { headersTimeout: 0, bodyTimeout: 0 };
    const answer = await request(at, { dispatcher, headers: own, signal, ...quiet }).catch((cause) => {
      signal.throwIfAborted();
      throw new Interrupted(`${at.href} cannot be reached: ${reasonOf(cause)}`, undefined, { cause });
    });
    const { statusCode: status } = answer;
    const body = new Arrivals(answer.body);
    const header = (name: string) => [answer.headers[name]].flat()[0];
    if ([200, 206, 416].includes(status)) {
      const encoding = header('content-encoding');
      if (encoding === undefined || encoding === 'identity') return { status, header, body, url: at.href };
      body.close();
      throw refused(url, `comes in the encoding "${encoding}", though the plain file was asked for; try a mirror`);
    }
    body.close();
    const location = header('location');
    if (status >= 300 && status < 400 && location !== undefined) {
      const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
      if (next?.protocol !== 'http:' && next?.protocol !== 'https:')
        throw refused(url, `leads to ${location}; try a mirror`);
      if (at.protocol === 'https:' && next.protocol === 'http:') {
        throw refused(url, `leads from https to ${next.href}, which anyone on the way can change; try a mirror`);
      }
      at = next;
      continue;
    }
    if (again.has(status)) throw new Interrupted(`${at.href} answers ${status}`, secondsToWait(header('retry-after')));
    throw refused(
      url,
      `answers ${status}${status === 404 ? ', not found' : ''}; is it still published there? A mirror may have it`,
    );
  }
  throw refused(url, `leads through more than ${maxRedirects} redirects; try a mirror`);
}

export function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return message || code || String(cause);
}

function secondsToWait(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
