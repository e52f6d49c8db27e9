// The AI SDK with its provider for servers like OpenAI's.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateObject, generateText, isStepCount, jsonSchema, streamText, tool } from 'ai';
import { z } from 'zod';

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
  WEATHER,
} from './pocket.mjs';

const provider = createOpenAICompatible({
  name: 'inglenook',
  baseURL: `${server}/v1`,
  includeUsage: true,
  supportsStructuredOutputs: true,
});
const asked = (more = {}) => ({ model: provider(MODEL), prompt: QUESTION, temperature: 0, maxRetries: 0, ...more });

/** Tools whose cities are noted. */
function weather() {
  const cities = [];
  const { description, parameters } = WEATHER.function;
  const execute = async ({ city }) => (cities.push(city), TOOL_RESULT);
  return { cities, tools: { get_weather: tool({ description, inputSchema: jsonSchema(parameters), execute }) } };
}

test('text is generated', async () => {
  const { text, finishReason, usage } = await generateText(asked());
  assert.equal(text, ANSWER);
  assert.equal(finishReason, 'stop');
  assert.ok(usage.inputTokens > 5 && usage.outputTokens > 3);
});

test('text streams', async () => {
  const result = streamText(asked());
  const parts = await all(result.textStream);
  assert.equal(parts.join(''), ANSWER);
  assert.equal(await result.finishReason, 'stop');
  assert.ok((await result.usage).outputTokens > 3);
});

test('tools are called until the answer is there', async () => {
  const { cities, tools } = weather();
  const several = { prompt: TOOL_QUESTION, tools, stopWhen: isStepCount(3) };
  assert.equal((await generateText(asked(several))).text, TOOL_ANSWER);
  assert.equal((await all(streamText(asked(several)).textStream)).join(''), TOOL_ANSWER);
  assert.deepEqual(cities, ['Paris', 'Paris']);
});

test('thoughts stand apart', async () => {
  const providerOptions = { inglenook: { reasoningEffort: 'low' } };
  const { text, reasoningText } = await generateText(asked({ prompt: 'Calculate 6 + 20.', providerOptions }));
  assert.equal(text.trim(), '6 + 20 = 26');
  assert.match(reasoningText, /6 \+ 20/);
});

test('an object has its form', async () => {
  const schema = z.strictObject({ inhabited: z.boolean(), continent: z.enum(['Europe', 'Asia']) });
  const { object } = await generateObject(asked({ schema }));
  assert.deepEqual(Object.keys(object), ['inhabited', 'continent']);
});

test('errors are told apart', async () => {
  await assert.rejects(generateText(asked({ model: provider(NOBODY) })), (error) => {
    assert.ok(APICallError.isInstance(error));
    assert.equal(error.statusCode, 404);
    assert.match(error.message, /There is no model/);
    return true;
  });
  await assert.rejects(generateText(asked({ temperature: 3 })), { statusCode: 400, isRetryable: false });
});
