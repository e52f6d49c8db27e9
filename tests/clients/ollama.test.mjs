// Ollama's client for Node.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Ollama } from 'ollama';

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

const client = new Ollama({ host: server });
const options = { temperature: 0 };
const chat = (more) => client.chat({ model: MODEL, messages: user(QUESTION), options, ...more });

test('models are listed, shown and seen running', async () => {
  const named = (model) => model.name.split(':')[0] === MODEL;
  const { models } = await client.list();
  assert.equal(models.filter(named).length, 1);
  const shown = await client.show({ model: MODEL });
  assert.equal(shown.details.format, 'gguf');
  assert.ok(shown.capabilities.includes('completion'));
  await chat();
  assert.equal((await client.ps()).models.filter(named).length, 1);
});

test('a question is answered', async () => {
  const answer = await chat();
  assert.equal(answer.message.content, ANSWER);
  assert.equal(answer.done_reason, 'stop');
  assert.ok(answer.eval_count > 3 && answer.total_duration > answer.eval_duration);
  assert.equal((await client.generate({ model: MODEL, prompt: QUESTION, options })).response, ANSWER);
});

test('an answer streams', async () => {
  const parts = await all(await chat({ stream: true }));
  assert.equal(parts.map((part) => part.message.content).join(''), ANSWER);
  assert.ok(parts.at(-1).done);
  const written = await all(await client.generate({ model: MODEL, prompt: QUESTION, options, stream: true }));
  assert.equal(written.map((part) => part.response).join(''), ANSWER);
});

test('a stream can be left', async () => {
  const stream = await chat({ messages: user('Please count to 40'), stream: true });
  await assert.rejects(
    async () => {
      for await (const _ of stream) stream.abort();
    },
    { name: 'AbortError' },
  );
  assert.equal((await chat()).message.content, ANSWER);
});

test('a tool is called and its result used', async () => {
  const messages = user(TOOL_QUESTION);
  const { message } = await chat({ messages, tools: [WEATHER] });
  assert.deepEqual(message.tool_calls[0].function.arguments, { city: 'Paris' });
  const result = { role: 'tool', tool_name: 'get_weather', content: JSON.stringify(TOOL_RESULT) };
  const after = await chat({ messages: [...messages, message, result], tools: [WEATHER] });
  assert.equal(after.message.content, TOOL_ANSWER);
});

test('errors have their status', async () => {
  await assert.rejects(chat({ model: NOBODY }), { name: 'ResponseError', status_code: 404 });
  await assert.rejects(chat({ options: { top_p: 7 } }), { name: 'ResponseError', status_code: 400 });
  await assert.rejects(client.embed({ model: MODEL, input: 'a text' }), { name: 'ResponseError', status_code: 400 });
});
