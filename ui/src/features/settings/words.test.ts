import { describe, expect, it } from 'vitest';

import { SECTIONS, sectionOf, words } from './words';

describe('the settings', () => {
  it('open at an address, and at the first section for one that does not exist', () => {
    expect(sectionOf('privacy')).toBe('privacy');
    expect(sectionOf('no-such-section')).toBe('general');
    expect(SECTIONS[0]).toBe('general');
  });

  it('tell after how long a model leaves', () => {
    expect(words.idle.minutes(0)).toBe('Never');
    expect(words.idle.minutes(15)).toBe('15 min');
    expect(words.idle.minutes(60)).toBe('1 hour');
    expect(words.idle.minutes(120)).toBe('2 hours');
    expect(words.idle.minutes(90)).toBe('90 min');
  });

  it('tell where the token is, in words', () => {
    const { state } = words.token;
    expect(state({ place: 'none', user: null, trouble: null })).toBe('No token is kept');
    const trouble = 'This system has no keyring that answers.';
    expect(state({ place: 'none', user: null, trouble })).toBe(
      `No token is kept. ${trouble} One that you paste is kept until you quit.`,
    );
    expect(state({ place: 'keyring', user: null, trouble: null })).toBe('Kept in the system’s keyring');
    expect(state({ place: 'session', user: 'ana', trouble })).toBe(
      `Belongs to ana · Kept in memory until you quit. ${trouble}`,
    );
  });

  it('tell the time of a contact as short as it is clear', () => {
    const now = new Date(2026, 10, 21, 22, 30).getTime();
    const { at } = words.ledger;
    expect(at(new Date(2026, 10, 21, 9, 5).getTime(), now)).toMatch(/^0?9:05/);
    expect(at(new Date(2026, 10, 20, 9, 5).getTime(), now)).toMatch(/20.*9:05/);
    expect(at(new Date(2025, 10, 20, 9, 5).getTime(), now), 'another year').toContain('2025');
  });

  it('count the bytes of a request one by one', () => {
    expect(words.ledger.bytes(0)).toBe('0 B');
    expect(words.ledger.bytes(412)).toBe('412 B');
    expect(words.ledger.bytes(61_000)).toBe('61 kB');
  });

  it('tell how often a host was contacted', () => {
    const host = { host: 'hf.co', purpose: '', allowed: true, contacts: 0, received_bytes: 0, last_at: null };
    expect(words.hosts.figures(host, 0)).toBe('Not contacted yet');
    expect(words.hosts.figures({ ...host, contacts: 1, received_bytes: 2e6, last_at: 0 }, 300_000)).toBe(
      '1 contact · 2 MB received · last contact 5 minutes ago',
    );
  });
});
