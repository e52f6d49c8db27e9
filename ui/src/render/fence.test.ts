import { expect, it } from 'vitest';

import { DocumentRenderer } from './document';
import { fenced } from './fence';

it('code stays one block, whatever fences are in it', async () => {
  for (const code of ['a = 1', '```\n# no heading\n```', '`````', '{"text": "```js\\n```"}']) {
    const { blocks } = await new DocumentRenderer().render(
      { id: 'a', text: fenced(code, 'python'), streaming: false },
      0,
    );
    expect(blocks, code).toMatchObject([{ kind: 'code', language: 'python', text: code }]);
  }
});
