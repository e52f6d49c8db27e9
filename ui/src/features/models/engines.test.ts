import { describe, expect, it } from 'vitest';

import { chosenEngine, engineLine, engineNote, rateWords, speedWords } from './engines';
import { aModel, anEngine } from './fixtures';

const SPEED = { prompt_tok_s: 141.4, tok_s: 18.04 };

describe('the engine of a model in words', () => {
  it('is named with why it was taken and how fast it writes', () => {
    const engines = [anEngine('llama.cpp', { speed: SPEED }), anEngine('mistral.rs')];
    expect(engineLine(aModel({ engines }))).toBe('llama.cpp · the fastest here · 18 tok/s');
  });

  it('says nothing of a reason or a speed that nobody knows', () => {
    expect(engineLine(aModel({ engine_reason: '' }))).toBe('llama.cpp');
    expect(engineLine(aModel({ engine: 'mistral.rs', engine_reason: '', engines: [] }))).toBe('mistral.rs');
  });

  it('is not named where none runs it', () => {
    expect(engineLine(aModel({ engine: null, engine_reason: '' }))).toBeNull();
  });
});

describe('what stands beside an engine', () => {
  it('is how fast it writes and reads, or that nobody knows', () => {
    expect(speedWords(SPEED)).toBe('writes 18 tok/s, reads 141 tok/s');
    expect(speedWords(null)).toBe('not measured yet');
    expect(rateWords(4.23), 'a tenth matters to who waits').toBe('4.2 tok/s');
  });

  it('is why it cannot, whatever was measured before', () => {
    const refused = anEngine('mistral.rs', { refusal: 'It does not know this format.', speed: SPEED });
    expect(engineNote(refused, aModel())).toBe('It does not know this format.');
  });

  it('is why it was taken, where the person did not choose it', () => {
    const engine = anEngine('llama.cpp');
    expect(engineNote(engine, aModel())).toBe('the fastest here · not measured yet');
    expect(engineNote(anEngine('mistral.rs'), aModel()), 'the other was not taken').toBe('not measured yet');
    const chosen = { ...engine, chosen: true };
    expect(engineNote(chosen, aModel({ engine_reason: 'you chose it' }))).toBe('not measured yet');
  });
});

it('the choice is the person’s, or nobody’s', () => {
  expect(chosenEngine(aModel())).toBeNull();
  const engines = [anEngine('llama.cpp'), anEngine('mistral.rs', { chosen: true })];
  expect(chosenEngine(aModel({ engines }))).toBe('mistral.rs');
});
