// How programs are pointed at the server: the same question in three languages, for each family of programs.

export type Family = 'openai' | 'ollama' | 'anthropic';
export type Language = 'python' | 'curl' | 'javascript';

export const FAMILIES: readonly Family[] = ['openai', 'ollama', 'anthropic'];
export const LANGUAGES: readonly Language[] = ['python', 'curl', 'javascript'];

/** How each language is coloured. */
export const GRAMMAR: Record<Language, string> = { python: 'python', curl: 'bash', javascript: 'javascript' };

/** What a program of a family is told as the address of its service. */
export function baseOf(family: Family, address: string): string {
  return family === 'openai' ? `${address}/v1` : address;
}

interface Parts {
  base: string;
  model: string;
  /** What stands in for the token; `null` where none is asked for. */
  token: string | null;
}

/** Programs that insist on some token where none is asked for. */
const NO_TOKEN = '-';
/** In the place of a token, which is shown only once. */
const PLACEHOLDER = 'ink-…';

type Write = (parts: Parts) => string;

const openai: Record<Language, Write> = {
  python: ({ base, model, token }) => `from openai import OpenAI
client = OpenAI(base_url="${base}",
                api_key="${token ?? NO_TOKEN}")
answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Hello!"}])
print(answer.choices[0].message.content)`,
  curl: ({ base, model, token }) => `curl ${base}/chat/completions \\
  -H "Content-Type: application/json" \\${token === null ? '' : `\n  -H "Authorization: Bearer ${token}" \\`}
  -d '{"model": "${model}",
    "messages": [{"role": "user", "content": "Hello!"}]}'`,
  javascript: ({ base, model, token }) => `import OpenAI from 'openai';
const client = new OpenAI({
  baseURL: '${base}', apiKey: '${token ?? NO_TOKEN}' });
const answer = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: 'Hello!' }] });
console.log(answer.choices[0].message.content);`,
};

const ollama: Record<Language, Write> = {
  python: ({ base, model, token }) => `from ollama import Client
client = Client(host="${base}"${token === null ? '' : `,\n    headers={"Authorization": "Bearer ${token}"}`})
answer = client.chat(
    model="${model}",
    messages=[{"role": "user", "content": "Hello!"}])
print(answer.message.content)`,
  curl: ({ base, model, token }) => `curl ${base}/api/chat \\
  -H "Content-Type: application/json" \\${token === null ? '' : `\n  -H "Authorization: Bearer ${token}" \\`}
  -d '{"model": "${model}", "stream": false,
    "messages": [{"role": "user", "content": "Hello!"}]}'`,
  javascript: ({ base, model, token }) => `import { Ollama } from 'ollama';
const client = new Ollama({ host: '${base}'${token === null ? '' : `,\n  headers: { Authorization: 'Bearer ${token}' }`} });
const answer = await client.chat({
  model: '${model}',
  messages: [{ role: 'user', content: 'Hello!' }] });
console.log(answer.message.content);`,
};

const anthropic: Record<Language, Write> = {
  python: ({ base, model, token }) => `from anthropic import Anthropic
client = Anthropic(base_url="${base}",
                   api_key="${token ?? NO_TOKEN}")
answer = client.messages.create(
    model="${model}", max_tokens=1024,
    messages=[{"role": "user", "content": "Hello!"}])
print(answer.content[0].text)`,
  curl: ({ base, model, token }) => `curl ${base}/v1/messages \\
  -H "Content-Type: application/json" \\${token === null ? '' : `\n  -H "x-api-key: ${token}" \\`}
  -d '{"model": "${model}", "max_tokens": 1024,
    "messages": [{"role": "user", "content": "Hello!"}]}'`,
  javascript: ({ base, model, token }) => `import Anthropic from '@anthropic-ai/sdk';
const client = new Anthropic({
  baseURL: '${base}', apiKey: '${token ?? NO_TOKEN}' });
const answer = await client.messages.create({
  model: '${model}', max_tokens: 1024,
  messages: [{ role: 'user', content: 'Hello!' }] });
console.log(answer.content[0].text);`,
};

const ALL: Record<Family, Record<Language, Write>> = { openai, ollama, anthropic };

/** The example for a server at this address. */
export function snippet(
  family: Family,
  language: Language,
  { address, model, token }: { address: string; model: string; token: boolean },
): string {
  return ALL[family][language]({
    base: baseOf(family, address),
    model,
    token: token ? PLACEHOLDER : null,
  });
}
