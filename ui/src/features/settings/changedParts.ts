// What differs between two of a kind, by name.

export function changedParts<Whole extends object>(before: Whole, after: Whole): Partial<Whole> {
  const names = Object.keys(after) as (keyof Whole)[];
  return Object.fromEntries(
    names.filter((name) => after[name] !== before[name]).map((name) => [name, after[name]]),
  ) as Partial<Whole>;
}
