// Figures as a person types them.

/** The whole number, if it is one and lies between these; else `null`. */
export function wholeFrom(typed: string, least: number, most: number): number | null {
  if (!/^\d{1,9}$/.test(typed.trim())) return null;
  const value = Number(typed);
  return value >= least && value <= most ? value : null;
}
