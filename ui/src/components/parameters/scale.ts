// Where on its slider a value stands. A slider has whole positions from 0 to `last`; a scale says what each means.

export interface Scale {
  last: number;
  /** The value at a position; `null` at the end of an endless scale. */
  at(position: number): number | null;
  /** The position of a value, or the nearest below it. */
  of(value: number): number;
}

/** Equal steps. */
export function linear(min: number, max: number, step: number): Scale {
  const digits = (String(step).split('.')[1] ?? '').length;
  const last = Math.round((max - min) / step);
  return {
    last,
    at: (position) => Number((min + position * step).toFixed(digits)),
    of: (value) => Math.min(last, Math.max(0, Math.round((value - min) / step))),
  };
}

/** Doubling and the step halfway between: 512 more tokens matter at 1,024 and not at 65,536. */
export function tokenStops(smallest: number, largest: number): number[] {
  const stops = [smallest];
  for (let power = 64; power < largest; power *= 2) {
    for (const stop of [power, power * 1.5]) {
      if (stop > smallest && stop < largest) stops.push(stop);
    }
  }
  if (largest > smallest) stops.push(largest);
  return stops;
}

/** Token counts; an endless scale has "no limit" after its largest. */
export function tokens(smallest: number, largest: number, endless: boolean): Scale {
  const stops = tokenStops(smallest, largest);
  const last = stops.length - 1 + Number(endless);
  return {
    last,
    at: (position) => stops[position] ?? null,
    of: (value) => {
      const above = stops.findIndex((stop) => stop > value);
      if (above === -1) return stops.length - 1;
      return Math.max(0, above - 1);
    },
  };
}
