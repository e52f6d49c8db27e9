// The ledger as it is read: outcomes in words, and how far back one has to look for a host.

import type { HostEntry, LedgerEntry } from '../../contract/bindings';
import { belongsTo } from './hosts';

/** How a contact ended. */
export interface Outcome {
  text: string;
  /** Nothing to worry about, something to know, or nothing came of it. */
  tone: 'good' | 'warn' | 'bad';
}

/** "answered", "refused (401)", "not reached". */
export function outcome(status: number | null): Outcome {
  if (status === null) return { text: 'not reached', tone: 'bad' };
  const said = (words: string, tone: Outcome['tone']): Outcome => ({ text: `${words} (${status})`, tone });
  if (status < 300) return { text: 'answered', tone: 'good' };
  if (status === 304) return { text: 'unchanged', tone: 'good' };
  if (status < 400) return { text: 'sent elsewhere', tone: 'good' };
  if (status === 404 || status === 410) return said('not found', 'warn');
  if (status === 429) return said('asked to wait', 'warn');
  if (status < 500) return said('refused', 'warn');
  return said('failed there', 'bad');
}

/** What is shown: everything, or one host's and what lies below it, as the figures of the hosts count. */
export function ofHost(entries: readonly LedgerEntry[], host: string | null): readonly LedgerEntry[] {
  return host === null ? entries : entries.filter((entry) => belongsTo(entry.host, host));
}

/** Rows that fill the table. */
const ENOUGH = 20;

/** Whether older pages are to be fetched unasked, because what is here does not fill the table and there may be more. */
export function looksFurther(shown: number, host: string | null, hosts: readonly HostEntry[]): boolean {
  if (shown >= ENOUGH) return false;
  const known = hosts.find((one) => one.host === host)?.contacts;
  return known === undefined || shown < known;
}
