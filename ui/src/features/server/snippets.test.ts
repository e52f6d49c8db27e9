import { describe, expect, it } from 'vitest';

import { baseOf, FAMILIES, LANGUAGES, snippet } from './snippets';

const server = { address: 'http://127.0.0.1:4321', model: 'qwen3-4b' };
const all = FAMILIES.flatMap((family) => LANGUAGES.map((language) => ({ family, language })));

describe('an example', () => {
  it.each(all)(
    'for $family in $language names the server, the model and the path',
    ({ family, language }) => {
      const code = snippet(family, language, { ...server, token: false });
      expect(code).toContain(server.address);
      expect(code).toContain('qwen3-4b');
      expect(code, 'only programs of OpenAI add the version by themselves').not.toMatch(
        family === 'openai' ? /4321\/(?!v1)/ : language === 'curl' ? /4321['"]/ : /4321\/v1/,
      );
      expect(code, 'nobody would have to show a token').not.toContain('ink-');
    },
  );

  it.each(all)('for $family in $language shows where the token goes', ({ family, language }) => {
    expect(snippet(family, language, { ...server, token: true }).match(/ink-…/g)).toHaveLength(1);
  });

  it.each(FAMILIES)('for %s in curl is one command with a body of JSON', (family) => {
    for (const token of [false, true]) {
      const code = snippet(family, 'curl', { ...server, token });
      const lines = code.split('\n');
      const body = code.slice(code.indexOf("'") + 1, code.lastIndexOf("'"));
      expect(JSON.parse(body)).toMatchObject({ model: 'qwen3-4b' });
      const head = lines.slice(
        0,
        lines.findIndex((line) => line.includes(' -d ')),
      );
      expect(
        head.every((line) => line.endsWith(' \\')),
        code,
      ).toBe(true);
    }
  });

  it('has the base that each family expects', () => {
    expect(FAMILIES.map((family) => baseOf(family, 'http://a:1'))).toEqual([
      'http://a:1/v1',
      'http://a:1',
      'http://a:1',
    ]);
  });
});
