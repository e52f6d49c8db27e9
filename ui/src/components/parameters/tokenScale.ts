// A slider over token counts: doubling and the step halfway between, because 512 more matter at 1,024 and not at
// 65,536.

/** The stops from `smallest` to `largest`, both included. */
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

/** Which stop lies nearest below or at the value. */
export function stopIndex(stops: readonly number[], value: number): number {
  let index = 0;
  while (index + 1 < stops.length && (stops[index + 1] ?? Infinity) <= value) index++;
  return index;
}
