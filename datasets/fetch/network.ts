import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { UsageError } from '../../harness/core/errors.ts';

/** How the network is reached; cli.ts takes it from the environment, as every other program does. */
export interface NetworkSettings {
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  /** Hosts that are reached directly: names, domains with or without a leading dot, name:port, or `*`; by commas or blanks. */
  readonly noProxy?: string | undefined;
  /** An npm registry other than the public one. */
  readonly registry?: string | undefined;
}

/** HTTP_PROXY and its kin as curl has them: in lower case first, empty is none, and a proxy without a scheme is an HTTP one. */
export function networkSettings(variable: (name: string) => string | undefined): NetworkSettings {
  const either = (name: string) => variable(name) || variable(name.toUpperCase()) || undefined;
  const proxy = (name: string) => {
    const said = either(name);
    return said === undefined || said.includes('://') ? said : `http://${said}`;
  };
  return {
    httpProxy: proxy('http_proxy'),
    httpsProxy: proxy('https_proxy') ?? proxy('http_proxy'),
    noProxy: either('no_proxy'),
    registry: variable('npm_config_registry') || undefined,
  };
}

export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** The proxy that a URL is reached through; undefined where it is reached directly. */
export function proxyFor({ hostname, port, protocol }: URL, settings: NetworkSettings): string | undefined {
  const at = port || (protocol === 'https:' ? '443' : '80');
  const direct = (settings.noProxy ?? '').split(/[\s,]+/).filter(Boolean);
  const matches = direct.some((rule) => {
    if (rule === '*') return true;
    const [, host, rulePort] = /^(.*?)(?::(\d+))?$/.exec(rule.toLowerCase())!;
    const domain = host!.replace(/^\*?\./, '');
    return (rulePort === undefined || rulePort === at) && (hostname === domain || hostname.endsWith(`.${domain}`));
  });
  if (matches) return undefined;
  return protocol === 'https:' ? settings.httpsProxy : settings.httpProxy;
}

/** Connections of one command, a pool a proxy; `close` ends them. */
export class Network {
  readonly settings: NetworkSettings;
  readonly #dispatchers = new Map<string, Dispatcher>();

  constructor(settings: NetworkSettings = {}) {
    this.settings = settings;
  }

  /** @throws UsageError where the proxy that it should go through is none that can be spoken to */
  dispatcherFor(url: URL): Dispatcher {
    const proxy = proxyFor(url, this.settings);
    if (proxy !== undefined && !isWebAddress(proxy)) {
      const variables = url.protocol === 'https:' ? 'HTTPS_PROXY or HTTP_PROXY' : 'HTTP_PROXY';
      throw new UsageError(
        `the proxy in ${variables}, "${proxy}", has no http:// or https:// address; name one that has, or except ${url.hostname} in NO_PROXY`,
      );
    }
    // What goes over plain HTTP is asked of the proxy itself: few proxies tunnel to port 80.
    const proxyTunnel = url.protocol === 'https:';
    const key = `${proxy ?? ''} ${proxyTunnel}`;
    const known = this.#dispatchers.get(key);
    if (known) return known;
    const made = proxy === undefined ? new Agent() : new ProxyAgent({ uri: proxy, proxyTunnel });
    this.#dispatchers.set(key, made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    this.#dispatchers.clear();
  }
}
