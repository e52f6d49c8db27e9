// Messages for tests.

import type { Message } from '../../contract/bindings';

export function message(index: number, more: Partial<Message> = {}): Message {
  return {
    id: `m${index}`,
    chat: 'c',
    parent: index === 0 ? null : `m${index - 1}`,
    index,
    role: index % 2 === 0 ? 'user' : 'assistant',
    text: `text ${index}`,
    reasoning: '',
    reasoning_ms: null,
    tool_calls: [],
    status: 'done',
    finish_reason: null,
    error: null,
    stats: null,
    answered_by: null,
    edited: false,
    created_at: 0,
    versions: [`m${index}`],
    ...more,
  };
}

export function messages(from: number, count: number): Message[] {
  return Array.from({ length: count }, (_, offset) => message(from + offset));
}
