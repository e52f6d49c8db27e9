// Which hosts may be contacted, from the list that the person switched off. The page shows what the settings say, so a
// switch answers at once.

import type { HostEntry } from '../../contract/bindings';

/** Whether a host is another one or lies below it. */
export function belongsTo(host: string, above: string): boolean {
  return above !== '' && (host === above || host.endsWith(`.${above}`));
}

/** What keeps a host from being contacted: itself, or a host above it; `null` if nothing does. */
export function blockedBy(host: string, blocked: readonly string[]): string | null {
  const name = host.toLowerCase();
  if (blocked.includes(name)) return name;
  return blocked.find((above) => belongsTo(name, above)) ?? null;
}

/** The list of what is switched off, with this host on or off. */
export function switched(blocked: readonly string[], host: string, allowed: boolean): string[] {
  const name = host.toLowerCase();
  const others = blocked.filter((one) => one !== name);
  return allowed ? others : [...others, name];
}

/** The hosts, and below them what was switched off and belongs to none of them any more, to be switched on again. */
export function withForgotten(
  hosts: readonly HostEntry[],
  blocked: readonly string[],
  purpose: string,
): HostEntry[] {
  const known = new Set(hosts.map(({ host }) => host.toLowerCase()));
  const forgotten = [...new Set(blocked)].filter((host) => host !== '' && !known.has(host));
  return [
    ...hosts,
    ...forgotten.map((host) => ({
      host,
      purpose,
      allowed: false,
      contacts: 0,
      received_bytes: 0,
      last_at: null,
    })),
  ];
}
