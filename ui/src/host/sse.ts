// Server-sent events out of a stream of bytes, as the HTML standard reads them. EventSource itself cannot send a key.

export interface SentEvent {
  /** `message` where it was not named. */
  name: string;
  data: string;
}

/** Takes text in pieces cut anywhere and gives whole events. */
export class SentEvents {
  #rest = '';
  #name = '';
  #data: string[] = [];
  #afterReturn = false;

  read(piece: string): SentEvent[] {
    const events: SentEvent[] = [];
    let text = piece;
    // "\r" at the end of a piece and "\n" at the beginning of the next are one line's end.
    if (this.#afterReturn && text.startsWith('\n')) text = text.slice(1);
    if (piece !== '') this.#afterReturn = piece.endsWith('\r');
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = this.#line(line);
      if (event) events.push(event);
    }
    return events;
  }

  #line(line: string): SentEvent | null {
    if (line === '') {
      const event =
        this.#data.length > 0 ? { name: this.#name || 'message', data: this.#data.join('\n') } : null;
      this.#name = '';
      this.#data = [];
      return event;
    }
    const colon = line.indexOf(':');
    // A line that begins with a colon only keeps the connection open.
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    if (field === 'event') this.#name = value;
    return null;
  }
}
