// Numbers that people type: with a comma or a dot, with spaces or separators between thousands.

/** The number that is meant, or null. "8,192" and "8 192" are thousands, "0,7" is seven tenths. */
export function readNumber(text: string): number | null {
  const bare = text.trim().replace(/[\s\u00a0\u202f_']/g, '');
  if (bare === '') return null;
  const plain = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare)
    ? bare.replaceAll(',', '')
    : bare.replace(',', '.');
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}

/** The nearest step inside of the bounds, without the dust of binary fractions. */
export function clampTo(value: number, min: number, max: number, step: number): number {
  const stepped = min + Math.round((value - min) / step) * step;
  const digits = (String(step).split('.')[1] ?? '').length;
  return Math.min(max, Math.max(min, Number(stepped.toFixed(digits))));
}
