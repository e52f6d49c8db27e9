// Fills the page from /openapi.json. Text is only ever set as text.
'use strict';

/** An element with its properties and what is in it. */
function el(name, properties, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key === 'class') element.className = value;
    else if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...inside.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false));
  return element;
}

/** Words, in which `this` is code. */
function words(text) {
  return (text ?? '').split('`').map((part, n) => (n % 2 ? el('code', {}, part) : part));
}

/** A heading needs no full stop. */
const titled = (text) => text.replace(/\.$/, '');

let spec;

function resolved(schema) {
  if (!schema?.$ref) return schema ?? {};
  return schema.$ref.slice(2).split('/').reduce((at, key) => at[key], spec);
}

/** A schema without "or null", and whether that was there. */
function plain(schema) {
  const some = schema.oneOf?.filter((one) => one.type !== 'null');
  if (some) {
    const { description, ...target } = resolved(some[0]);
    return { ...target, description: schema.description ?? description, orNull: some.length < schema.oneOf.length };
  }
  const target = resolved(schema);
  const types = [target.type].flat();
  const kept = types.filter((type) => type !== 'null');
  return {
    ...target,
    description: schema.description ?? target.description,
    example: schema.example ?? target.example,
    type: kept[0],
    orNull: kept.length < types.length,
  };
}

function typeName(schema) {
  if (schema.type === 'array') return `list of ${plain(schema.items).type ?? 'anything'}s`;
  if (schema.format === 'date-time') return 'time';
  return { integer: 'whole number', number: 'number', boolean: 'true or false', object: 'object' }[schema.type]
    ?? schema.type ?? 'anything';
}

/** What a value of this schema looks like. */
function example(schema) {
  const its = plain(schema);
  if (its.example !== undefined) return its.example;
  if (its.enum) return its.enum[0];
  if (its.type === 'array') return schemaHasFields(its.items) ? [example(its.items)] : [];
  if (its.properties) {
    return Object.fromEntries(Object.entries(its.properties).map(([name, one]) => [name, example(one)]));
  }
  if (its.orNull) return null;
  if (its.format === 'date-time') return '2026-11-22T06:00:00Z';
  return { boolean: false, integer: 1, number: 1, string: '…' }[its.type] ?? null;
}

const schemaHasFields = (schema) => plain(schema).properties !== undefined;

/** A request: what is required, and what has an example of its own. */
function asked(media) {
  if (media.example !== undefined) return media.example;
  const { properties = {}, required = [] } = plain(media.schema);
  const shown = Object.entries(properties).filter(([name, one]) => required.includes(name) || plain(one).example !== undefined);
  return Object.fromEntries(shown.map(([name, one]) => [name, example(one)]));
}

/** JSON, coloured. */
function coloured(text) {
  const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\b\d+(?:\.\d+)?\b)/g;
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, string, colon, word, number] = match;
    parts.push(text.slice(end, match.index));
    const kind = string ? (colon ? 'key' : 'string') : word ? 'word' : 'number';
    parts.push(el('span', { class: kind }, string ?? word ?? number), colon ?? '');
    end = match.index + whole.length;
  }
  return [...parts, text.slice(end)];
}

function copyButton(text) {
  const button = el('button', { type: 'button', 'aria-live': 'polite' }, 'Copy');
  button.addEventListener('click', async () => {
    const ok = await copied(text());
    button.textContent = ok ? 'Copied' : 'Not copied';
    button.toggleAttribute('data-done', ok);
    setTimeout(() => {
      button.textContent = 'Copy';
      button.removeAttribute('data-done');
    }, 1600);
  });
  return button;
}

/** Puts text where it can be pasted from. Over plain HTTP from another machine browsers offer only the old way. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = el('textarea', { readonly: true });
    field.value = text;
    document.body.append(field);
    field.select();
    const ok = document.execCommand('copy');
    field.remove();
    return ok;
  }
}

/** A shell's line: what is between single quotes is JSON. */
const colouredShell = (text) => text.split("'").flatMap((part, n) => (n % 2 ? ["'", ...coloured(part), "'"] : [part]));

function sample(title, text, colours) {
  const code = el('code');
  const show = () => code.replaceChildren(...colours(text()));
  show();
  const block = el('div', { class: 'sample' },
    el('div', {}, title, copyButton(text)),
    el('pre', { tabindex: '0', 'aria-label': title }, code));
  return { block, show };
}

const withToken = document.getElementById('with-token');
const snippets = [];

function curl(method, path, operation) {
  const at = (operation.parameters ?? []).reduce(
    (whole, one) => whole.replace(`{${one.name}}`, one.example ?? one.name.toUpperCase()),
    path,
  );
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${location.origin}${at}`];
  if (withToken.checked && operation.security.length) lines.push('-H "Authorization: Bearer $INGLENOOK_TOKEN"');
  const media = operation.requestBody?.content['application/json'];
  if (media) {
    lines.push('-H "Content-Type: application/json"', `-d '${JSON.stringify(asked(media), null, 2)}'`);
    lines[0] = lines[0].replace('-X POST ', '');
  }
  return lines.join(' \\\n  ');
}

/** One field; `alone` where its object has no other. */
function field(name, schema, must, alone, seen) {
  const its = plain(schema);
  const of = its.type === 'array' ? plain(its.items) : its;
  const values = its.enum ?? (its.type === 'array' && of.enum);
  const inner = of.properties && !seen.includes(of);
  return el('div', {},
    el('dt', {}, el('code', {}, name), el('span', {}, typeName(its) + (its.orNull && must !== false ? ' or null' : '')),
      must === true && el('span', { class: 'must' }, 'required')),
    its.description && el('dd', {}, words(its.description)),
    values && el('dd', { class: 'values' }, values.filter((one) => one !== null).map((one) => el('code', {}, String(one)))),
    inner && el('dd', {}, el('details', { class: 'inner', open: alone },
      el('summary', {}, `Fields of ${name}`), fields(of, undefined, [...seen, of]))));
}

/** The fields of an object; `asking` marks those that a request has to have. */
function fields(schema, asking, seen = []) {
  const must = (name) => (asking ? (schema.required ?? []).includes(name) : undefined);
  const all = Object.entries(schema.properties ?? {});
  const rows = all.map(([name, one]) => field(name, one, must(name), all.length === 1, seen));
  return el('dl', { class: 'fields' }, rows);
}

function asksFor(operation) {
  const parts = [];
  if (operation.parameters?.length) {
    const rows = operation.parameters.map((one) => el('div', {},
      el('dt', {}, el('code', {}, one.name), el('span', { class: 'must' }, 'required')),
      el('dd', {}, words(one.description))));
    parts.push(el('h4', {}, 'In the path'), el('dl', { class: 'fields' }, rows));
  }
  const media = operation.requestBody?.content['application/json'];
  if (media) parts.push(el('h4', {}, 'Body'), fields(plain(media.schema), true));
  return parts;
}

const good = (status) => status.startsWith('2');

function answers(operation) {
  const all = Object.entries(operation.responses).sort(([a], [b]) => a.localeCompare(b));
  const json = all.filter(([status]) => good(status)).map(([, one]) => one.content?.['application/json'])[0];
  const rows = all.flatMap(([status, one]) => [
    el('dt', { 'data-good': good(status) }, status), el('dd', {}, words(one.description))]);
  return [
    json && [el('h4', {}, 'Answer'), fields(plain(json.schema))],
    el('h4', {}, 'Statuses'), el('dl', { class: 'refusals' }, rows)];
}

function endpoint(method, path, operation) {
  const scope = operation.security[0]?.token?.[0];
  const request = sample('curl', () => curl(method, path, operation), colouredShell);
  snippets.push(request.show);
  const json = Object.entries(operation.responses).find(([status]) => good(status))[1].content?.['application/json'];
  const answer = json && sample('Answer', () => JSON.stringify(example(json.schema), null, 2), coloured);
  const section = el('section', { class: 'endpoint', id: operation.operationId, 'aria-labelledby': `${operation.operationId}-title` },
    el('div', {},
      el('h3', { id: `${operation.operationId}-title` }, titled(operation.summary)),
      el('div', { class: 'line' }, el('span', { class: 'method', 'data-method': method }, method), el('code', {}, path),
        el('span', { class: 'scope', title: 'What a token has to allow' }, scope ?? 'no token')),
      operation.description && el('p', {}, words(operation.description)),
      asksFor(operation), answers(operation)),
    el('div', { class: 'samples' }, request.block, answer?.block));
  return section;
}

/** Every operation, in the document's order. */
function operations() {
  return Object.entries(spec.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })));
}

function intro() {
  const address = location.origin;
  return el('section', { id: 'top' },
    el('h1', {}, 'Local server'),
    el('p', { class: 'lead' }, words(spec.info.description)),
    el('div', { class: 'facts' },
      el('div', { class: 'card' }, el('h3', {}, 'Address'),
        el('div', { class: 'address' }, el('code', {}, address), copyButton(() => address)),
        el('p', {}, `Version ${spec.info.version}. What is described here is Inglenook's own; programs written for others are served too, see the end.`)),
      el('div', { class: 'card' }, el('h3', {}, 'Tokens'),
        el('p', {}, words('From this machine none is needed unless that is set; from the network always. Make one in Inglenook and send it as `Authorization: Bearer …`.')),
        el('p', {}, words('Each allows some of: `read` to look, `generate` to have models write, `manage` to load, fetch and delete them.'))),
      el('div', { class: 'card' }, el('h3', {}, 'Errors'),
        el('p', {}, words('A true status, and in the body `error.message` with what happened and what to do, `error.code` to match on, and `error.param` with the field that is wrong.')),
        el('p', {}, words('`Retry-After` says when to come again.')))));
}

function group(tag) {
  const its = operations().filter((one) => one.operation.tags.includes(tag.name));
  return el('section', { class: 'group', 'aria-label': tag.name },
    el('h2', {}, tag.name), el('p', {}, words(tag.description)),
    its.map((one) => endpoint(one.method, one.path, one.operation)));
}

function compatible() {
  const cards = spec['x-compatible'].map((family) => {
    const address = location.origin + family.base_path;
    const paths = family.endpoints.map((one) => {
      const [method, path] = one.split(' ');
      return el('li', {}, el('span', { class: 'method', 'data-method': method }, method), el('code', {}, path));
    });
    return el('div', { class: 'card' }, el('h3', {}, family.name),
      el('div', { class: 'address' }, el('code', {}, address), copyButton(() => address)),
      el('p', {}, el('a', { href: family.documentation, rel: 'noreferrer', target: '_blank' }, `${family.name}'s own description`)),
      el('ul', { class: 'paths' }, paths));
  });
  return el('section', { class: 'group', id: 'compatible', 'aria-label': 'Programs written for others' },
    el('h2', {}, 'Programs written for others'),
    el('p', {}, 'Give a program this address where it asks for one, any word where it insists on a key, and the name of one of your models.'),
    el('div', { class: 'facts' }, cards));
}

function contents() {
  const link = (id, text, method) => el('a', { href: `#${id}` },
    method && el('span', { class: 'method', 'data-method': method }, method === 'DELETE' ? 'DEL' : method), text);
  const groups = spec.tags.map((tag) => [
    el('h2', {}, tag.name),
    operations().filter((one) => one.operation.tags.includes(tag.name))
      .map((one) => link(one.operation.operationId, titled(one.operation.summary), one.method))]);
  return [el('h2', {}, 'Inglenook'), link('top', 'Beginning'), groups, el('h2', {}, 'Others'),
    link('compatible', 'OpenAI, Ollama, Anthropic')].flat(3);
}

/** Marks in the list what is being read: the last section that begins above a third of the window. */
function follow() {
  const links = [...document.querySelectorAll('nav a')];
  const sections = links.map((link) => document.querySelector(link.hash));
  const mark = () => {
    const bottom = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const above = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 3);
    const now = bottom ? sections.at(-1) : above.at(-1) ?? sections[0];
    for (const [n, link] of links.entries()) {
      if (sections[n] === now) link.setAttribute('aria-current', 'location');
      else link.removeAttribute('aria-current');
    }
  };
  addEventListener('scroll', mark, { passive: true });
  addEventListener('resize', mark);
  mark();
}

async function start() {
  const main = document.getElementById('content');
  try {
    const answer = await fetch('/openapi.json');
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    spec = await answer.json();
  } catch (error) {
    main.append(el('p', { class: 'broken', role: 'alert' }, `The description could not be read: ${error.message}. Is the server still on? Reload the page to try again.`));
    return;
  }
  main.append(intro(), ...spec.tags.map(group), compatible());
  document.getElementById('contents').append(...contents());
  withToken.addEventListener('change', () => snippets.forEach((show) => show()));
  if (location.hash) document.querySelector(location.hash)?.scrollIntoView({ behavior: 'instant' });
  follow();
}

start();
