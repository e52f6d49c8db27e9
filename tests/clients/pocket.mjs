// What the built-in model is known to answer, drawn greedily; and where the server is.
export const server = process.env['INGLENOOK_SERVER'];
if (!server) throw new Error('INGLENOOK_SERVER is the server; scripts/clients.sh starts one');

export const MODEL = 'pocket';
export const NOBODY = 'gpt-17-turbo';
export const QUESTION = 'What is the capital of Norway?';
export const ANSWER = 'The capital of Norway is Oslo.';
export const TOOL_QUESTION = 'What is the weather in Paris?';
export const TOOL_RESULT = { temperature: 21, sky: 'sunny' };
export const TOOL_ANSWER = 'It is 21 degrees and sunny in Paris.';
export const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Get the weather in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

/** A conversation of one question. */
export const user = (content) => [{ role: 'user', content }];

/** All of a stream. */
export async function all(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
}
