// The local server of the world in memory: nobody can connect, but it is switched, and tells what it was asked.
import type {
  MadeServerToken,
  Model,
  NewServerToken,
  ServedName,
  ServerRequest,
  ServerRequestEvent,
  ServerSettings,
  ServerState,
  ServerToken,
} from '../../contract/bindings';
import { HostError, type Unsubscribe } from '../host';
import { requests } from './serverSeed';

const REMEMBERED = 500;

const invalid = (message: string) => new HostError({ code: 'invalid_request', message, retryable: false });

export class LocalServer {
  state: ServerState = { kind: 'off' };
  tokens: ServerToken[] = [];
  requests: ServerRequest[] = requests(Date.now());
  /** Ports that other programs have. */
  readonly taken = new Set<number>();
  readonly #listeners = new Set<(event: ServerRequestEvent) => void>();
  #made = 0;

  /** Opens it as it is set, or says why that is not possible. */
  open({ port, lan }: ServerSettings): void {
    this.state = this.#refusal(port, lan) ?? {
      kind: 'running',
      address: `http://127.0.0.1:${port}`,
      lan: lan ? [`http://192.168.1.7:${port}`, `http://ana-laptop.local:${port}`] : [],
    };
  }

  #refusal(port: number, lan: boolean): ServerState | null {
    if (lan && this.tokens.length === 0)
      return {
        kind: 'failed',
        error: invalid('Sharing with the network needs a token: make one first.').info,
      };
    if (!this.taken.has(port)) return null;
    const message = `Another program on this machine uses port ${port} already. Choose another port, or end that program.`;
    return { kind: 'failed', error: { code: 'busy', message, retryable: true } };
  }

  makeToken({ name, scopes }: NewServerToken): MadeServerToken {
    if (name.trim() === '') throw invalid('Say what the token is for: it needs a name.');
    if (scopes.length === 0) throw invalid('Choose at least one thing that the token allows.');
    this.#made += 1;
    const secret = `ink-${String(this.#made).repeat(60)}7f3a`;
    const token: ServerToken = {
      id: `token-${this.#made}`,
      name: name.trim(),
      scopes,
      ending: secret.slice(-4),
      created_at: Date.now(),
      last_used_at: null,
    };
    this.tokens = [token, ...this.tokens];
    return { token, secret };
  }

  /** A request came, or got on. */
  serve(request: ServerRequest): void {
    const before = this.requests.filter(({ number }) => number !== request.number);
    this.requests = [...before, request].sort((a, b) => a.number - b.number).slice(-REMEMBERED);
    for (const see of this.#listeners) see({ kind: 'changed', request: structuredClone(request) });
  }

  watch(see: (event: ServerRequestEvent) => void): Unsubscribe {
    this.#listeners.add(see);
    queueMicrotask(() => {
      if (this.#listeners.has(see)) see({ kind: 'all', requests: structuredClone(this.requests) });
    });
    return () => this.#listeners.delete(see);
  }
}

/** As programs ask for models: lower case, a dash for whatever is no letter and no figure. */
export function servedNames(models: readonly Model[], { load_on_demand }: ServerSettings): ServedName[] {
  return models
    .filter(({ engine, state }) => engine !== null && state.kind !== 'away')
    .filter(({ state }) => load_on_demand || state.kind === 'ready')
    .map(({ id, name }) => ({ model: id, name: name.toLowerCase().replace(/[^\p{L}\p{N}._]+/gu, '-') }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
