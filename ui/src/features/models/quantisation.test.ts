import { describe, expect, it } from 'vitest';

import { quantisationLine } from './quantisation';

describe('quantisationLine', () => {
  it.each([
    ['Q4_K_M', '4-bit, good quality'],
    ['q8_0', '8-bit, no visible loss'],
    ['Q6_K', '6-bit, hardly any loss'],
    ['BF16', '16-bit, unquantised'],
    ['F32', '32-bit, unquantised, twice as large as needed'],
    ['IQ4_XS', '4-bit, good quality, a little smaller'],
    ['IQ2_XXS', '2-bit, strong loss'],
    ['IQ1_S', '1-bit, very strong loss'],
    ['GPTQ 4-bit', '4-bit, good quality'],
    ['Q6_K_L', '6-bit, hardly any loss'],
  ])('tells what %s means', (name, line) => {
    expect(quantisationLine(name)).toBe(line);
  });

  it('says nothing about a name that it does not know, rather than guess', () => {
    expect(quantisationLine('EXL3')).toBeNull();
    expect(quantisationLine('Q9_K')).toBeNull();
    expect(quantisationLine('')).toBeNull();
  });
});
