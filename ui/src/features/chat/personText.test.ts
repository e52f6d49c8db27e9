import { describe, expect, it } from 'vitest';

import { codeSpans, personParts, prettyArguments } from './personText';

describe('what a person wrote', () => {
  it('keeps its lines and shows fenced code as code', () => {
    expect(personParts('Why?\n\n```sql\nSELECT 1\n```\nThanks.\n')).toEqual([
      { kind: 'text', text: 'Why?' },
      { kind: 'code', text: 'SELECT 1' },
      { kind: 'text', text: 'Thanks.' },
    ]);
  });

  it('shows a fence that was not closed', () => {
    expect(personParts('```\na\n  b')).toEqual([{ kind: 'code', text: 'a\n  b' }]);
  });

  it('is not taken for Markdown', () => {
    expect(personParts('* one\n# two\n**three**')).toEqual([
      { kind: 'text', text: '* one\n# two\n**three**' },
    ]);
  });

  it('shows words in backticks as code', () => {
    expect(codeSpans('use `let` or ``a`b``, 5` long')).toEqual([
      { kind: 'text', text: 'use ' },
      { kind: 'code', text: 'let' },
      { kind: 'text', text: ' or ' },
      { kind: 'code', text: 'a`b' },
      { kind: 'text', text: ', 5` long' },
    ]);
  });
});

describe('the arguments of a tool', () => {
  it('are set in lines, or left as the model wrote them', () => {
    expect(prettyArguments('{"city":"Oslo"}')).toBe('{\n  "city": "Oslo"\n}');
    expect(prettyArguments('{"city":')).toBe('{"city":');
  });
});
