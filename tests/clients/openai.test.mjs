// OpenAI's client for Node.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import OpenAI from 'openai';

import {
  all,
  ANSWER,
  MODEL,
  NOBODY,
  QUESTION,
  server,
  TOOL_ANSWER,
  TOOL_QUESTION,
  TOOL_RESULT,
  user,
  WEATHER,
} from './pocket.mjs';

const client = new OpenAI({ baseURL: `${server}/v1`, apiKey: 'none', maxRetries: 0, timeout: 180_000 });
const asked = (more = {}) => ({ model: MODEL, messages: user(QUESTION), temperature: 0, ...more });
const ask = (more) => client.chat.completions.create(asked(more));

test('the models are listed', async () => {
  const models = await all(await client.models.list());
  assert.ok(models.some((model) => model.id === MODEL && model.object === 'model'));
  assert.equal((await client.models.retrieve(MODEL)).id, MODEL);
});

test('a question is answered', async () => {
  const answer = await ask();
  assert.equal(answer.choices[0].message.content, ANSWER);
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
});

test('an answer streams', async () => {
  const chunks = await all(await ask({ stream: true, stream_options: { include_usage: true } }));
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), ANSWER);
  assert.ok(chunks.at(-1).usage.completion_tokens > 3);
});

test('a stream can be left', async () => {
  const stream = await ask({ messages: user('Please count to 40'), stream: true });
  for await (const _ of stream) break;
  assert.equal((await ask()).choices[0].message.content, ANSWER);
});

test('the helper runs tools to the end', async () => {
  const cities = [];
  const tool = { ...WEATHER.function, function: ({ city }) => (cities.push(city), TOOL_RESULT), parse: JSON.parse };
  for (const stream of [false, true]) {
    const runner = client.chat.completions.runTools(
      asked({ messages: user(TOOL_QUESTION), tools: [{ type: 'function', function: tool }], stream }),
    );
    assert.equal(await runner.finalContent(), TOOL_ANSWER);
  }
  assert.deepEqual(cities, ['Paris', 'Paris']);
});

test('errors are told apart', async () => {
  await assert.rejects(ask({ model: NOBODY }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, 'model_not_found');
    return true;
  });
  await assert.rejects(ask({ temperature: 3 }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, 'temperature');
    return true;
  });
  await assert.rejects(ask({ messages: user('word '.repeat(5000)), stream: true }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.code, 'context_length_exceeded');
    return true;
  });
});
