// Quantisations in words: how many bits a weight takes and what that costs in quality. The names are those that
// llama.cpp gives its GGUF types and safetensors their data types.

export interface QuantisationWords {
  /** "4-bit"; for unquantised weights their own name. */
  bits: string;
  /** "good quality". */
  quality: string;
}

/** Where the size within a bit width says more than the width alone. */
const NAMED: Record<string, QuantisationWords> = {
  F64: { bits: '64-bit', quality: 'unquantised, far larger than needed' },
  F32: { bits: '32-bit', quality: 'unquantised, twice as large as needed' },
  F16: { bits: '16-bit', quality: 'unquantised' },
  BF16: { bits: '16-bit', quality: 'unquantised' },
  Q8_0: { bits: '8-bit', quality: 'no visible loss' },
  Q6_K: { bits: '6-bit', quality: 'hardly any loss' },
  Q5_0: { bits: '5-bit', quality: 'very good quality, older method' },
  Q5_1: { bits: '5-bit', quality: 'very good quality, older method' },
  Q5_K_S: { bits: '5-bit', quality: 'very good quality' },
  Q5_K_M: { bits: '5-bit', quality: 'very good quality' },
  Q4_0: { bits: '4-bit', quality: 'fair quality, older method' },
  Q4_1: { bits: '4-bit', quality: 'fair quality, older method' },
  Q4_K_S: { bits: '4-bit', quality: 'good quality, a little smaller' },
  Q4_K_M: { bits: '4-bit', quality: 'good quality' },
  IQ4_NL: { bits: '4-bit', quality: 'good quality' },
  IQ4_XS: { bits: '4-bit', quality: 'good quality, a little smaller' },
  MXFP4: { bits: '4-bit', quality: 'as its makers trained it' },
  Q3_K_L: { bits: '3-bit', quality: 'noticeable loss' },
  Q3_K_M: { bits: '3-bit', quality: 'noticeable loss' },
  Q3_K_S: { bits: '3-bit', quality: 'clear loss' },
  Q2_K: { bits: '2-bit', quality: 'strong loss' },
  Q2_K_S: { bits: '2-bit', quality: 'strong loss' },
  TQ1_0: { bits: '1-bit', quality: 'for models made of three values only' },
  TQ2_0: { bits: '2-bit', quality: 'for models made of three values only' },
  FP8: { bits: '8-bit', quality: 'hardly any loss' },
  F8_E4M3: { bits: '8-bit', quality: 'hardly any loss' },
};

/** What a width costs where nothing more is known. */
const BY_BITS: Record<number, string> = {
  1: 'very strong loss',
  2: 'strong loss',
  3: 'noticeable loss',
  4: 'good quality',
  5: 'very good quality',
  6: 'hardly any loss',
  8: 'no visible loss',
};

/** The words for a quantisation; `null` for a name that says nothing. */
export function quantisationWords(name: string): QuantisationWords | null {
  const key = name.toUpperCase().replaceAll('-', '_');
  const named = NAMED[key];
  if (named) return named;
  // "IQ3_M" of GGUF files, "GPTQ 4-bit" and "MLX 4-bit" of folders with safetensors.
  const width = /^I?Q(\d)(?:_|$)/.exec(key) ?? /^[A-Z]+ (\d)_BIT$/.exec(key);
  const bits = width ? Number(width[1]) : NaN;
  const quality = BY_BITS[bits];
  return quality === undefined ? null : { bits: `${bits}-bit`, quality };
}

/** "4-bit, good quality". */
export function quantisationLine(name: string): string | null {
  const found = quantisationWords(name);
  return found && `${found.bits}, ${found.quality}`;
}
