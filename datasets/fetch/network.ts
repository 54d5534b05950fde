import { Agent, type Dispatcher, ProxyAgent } from 'undici';

/** How the network is reached; cli.ts takes it from the environment, as every other program does. */
export interface NetworkSettings {
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  /** Hosts that are reached directly: names, domains with or without a leading dot, name:port, or `*`; by commas or blanks. */
  readonly noProxy?: string | undefined;
  /** An npm registry other than the public one. */
  readonly registry?: string | undefined;
}

/** HTTP_PROXY and its kin, in lower case first as curl has it. */
export function networkSettings(variable: (name: string) => string | undefined): NetworkSettings {
  const either = (name: string) => variable(name) ?? variable(name.toUpperCase());
  return {
    httpProxy: either('http_proxy'),
    httpsProxy: either('https_proxy') ?? either('http_proxy'),
    noProxy: either('no_proxy'),
    registry: variable('npm_config_registry'),
  };
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

  dispatcherFor(url: URL): Dispatcher {
    const proxy = proxyFor(url, this.settings);
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
