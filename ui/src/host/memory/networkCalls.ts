// Hosts and the ledger of the world in memory.
import type { CallParts, Handlers } from './calls';

const PAGE = 50;

const HOSTS: [host: string, purpose: string][] = [
  ['huggingface.co', 'searching for models and downloading them'],
  ['hf.co', 'the files of models'],
];

type NetworkCalls = Extract<keyof Handlers, `network.${string}`>;

export function networkCalls({ world, tell }: CallParts): Pick<Handlers, NetworkCalls> {
  return {
    'network.hosts': () =>
      HOSTS.map(([host, purpose]) => {
        const entries = world.ledger.filter((entry) => entry.host === host);
        return {
          host,
          purpose,
          allowed: !world.settings.offline && !world.settings.blocked_hosts.includes(host),
          contacts: entries.length,
          received_bytes: entries.reduce((sum, { received_bytes }) => sum + received_bytes, 0),
          last_at: entries[0]?.at ?? null,
        };
      }),
    'network.ledger': ({ before }) =>
      world.ledger.filter(({ number }) => before === null || number < before).slice(0, PAGE),
    'network.clearLedger': () => {
      world.ledger = [];
      tell([{ tag: 'network' }]);
      return {};
    },
  };
}
