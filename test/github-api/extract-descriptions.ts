// Cuts what the stand-in answers out of GitHub's published descriptions, into openapi.json and schema.graphql. The one
// of REST has 13 MB: npm pack @octokit/openapi, unpack it, and give this script its generated/api.github.com.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { schema } from '@octokit/graphql-schema';
import { cutSchema } from './cut-schema.ts';

const OPERATIONS = new Set([
  'git/create-blob',
  'git/create-commit',
  'git/create-ref',
  'git/create-tree',
  'git/delete-ref',
  'git/get-blob',
  'git/get-ref',
  'git/get-tree',
  'git/list-matching-refs',
  'issues/create-comment',
  'issues/list-comments',
  'issues/update-comment',
  'pulls/create',
  'pulls/get',
  'pulls/update',
  'repos/compare-commits-with-basehead',
  'repos/get-branch',
  'repos/get-branch-rules',
  'repos/get-commit',
  'repos/get-content',
]);

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Drops what no check reads: prose, and examples except those that a reply is built from. */
function strip(value: Json, inProperties = false): Json {
  if (Array.isArray(value)) return value.map((item) => strip(item));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, inner]) =>
      inProperties ||
      !(
        (typeof inner === 'string' && (key === 'description' || key === 'summary' || key === 'title')) ||
        key === 'example' ||
        key.startsWith('x-') ||
        key === 'externalDocs' ||
        key === 'tags'
      ),
  );
  const stripped = Object.fromEntries(kept.map(([key, inner]) => [key, strip(inner, key === 'properties')]));
  const { nullable, ...rest } = stripped;
  // JSON Schema validators know `nullable` only beside `type`.
  return nullable === true && rest.type === undefined && !inProperties
    ? { anyOf: [rest, { type: 'null' }] }
    : stripped;
}

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('Name the file api.github.com.json of @octokit/openapi.');
const description = JSON.parse(readFileSync(source, 'utf8'));
const paths: { [key: string]: { [key: string]: Json } } = {};
for (const [path, item] of Object.entries<{ [key: string]: Json }>(description.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    if (!isObject(operation) || !OPERATIONS.has(String(operation.operationId))) continue;
    paths[path] = { ...paths[path], [method]: strip(operation) };
  }
}

const components: { [group: string]: { [name: string]: Json } } = {};
const open: Json[] = [paths];
for (let value = open.pop(); value !== undefined; value = open.pop()) {
  if (Array.isArray(value)) open.push(...value);
  else if (isObject(value)) {
    open.push(...Object.values(value));
    const [, group, name] = /^#\/components\/(\w+)\/(.+)$/.exec(String(value.$ref)) ?? [];
    if (group === undefined || name === undefined || components[group]?.[name] !== undefined) continue;
    // An example is data: a field called `description` in it is no prose.
    const component: Json = description.components[group][name];
    const stripped = group === 'examples' ? component : strip(component);
    components[group] = { ...components[group], [name]: stripped };
    open.push(stripped);
  }
}
const version = description.info.version;
const extract = { openapi: description.openapi, info: { title: 'Extract', version }, paths, components };
writeFileSync(new URL('openapi.json', import.meta.url), `${JSON.stringify(extract)}\n`);
writeFileSync(new URL('schema.graphql', import.meta.url), cutSchema(schema.idl));
