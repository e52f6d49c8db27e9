// The outcome of a request as a figure in a colour.

import type { ServerRequest } from '../../contract/bindings';

export type Tone = 'good' | 'warn' | 'bad' | 'muted';

/** How well it went: an answer that broke off is a warning, whatever its first line said. */
export function toneOf({ status, error }: Pick<ServerRequest, 'status' | 'error'>): Tone {
  if (status === null) return error === null ? 'muted' : 'warn';
  if (status >= 400) return 'bad';
  if (error !== null) return 'warn';
  return status >= 300 ? 'muted' : 'good';
}

/** A body as people read it: JSON with its lines broken, anything else as it came. */
export function readable(body: string): { text: string; language: string } {
  try {
    return { text: JSON.stringify(JSON.parse(body), null, 2), language: 'json' };
  } catch {
    return { text: body, language: '' };
  }
}
