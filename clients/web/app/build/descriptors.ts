// Writes generated code anew for the app: of each message the fields, of each service the methods
// whose names the sources know, in a form a quarter as long, as plain constants, so that what nobody
// uses is left out. A field that is left out is carried along unread, as one of a newer engine is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { DescField, DescFile, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';
import { transformWithEsbuild, type Plugin } from 'vite';
import { letters, message as readMessage, service as readService } from '../src/descriptors';

type Any = DescMessage | DescService | Record<string, unknown>;
const PROTO3 = 999;
const letterOf = new Map(Object.entries(letters).map(([letter, type]) => [type, letter]));

/** `folders`: where the sources lie that use the API; `runtime`: the module that reads the form. */
export function shortDescriptors(folders: readonly string[], runtime: string): Plugin {
  let known = new Set<string>();
  return {
    name: 'solotrial-descriptors',
    apply: 'build',
    async buildStart() {
      known = await wordsOf(folders);
    },
    async transform(_, id) {
      if (!id.endsWith('_pb.js')) return undefined;
      const code = await shortened(id, runtime, known);
      return code === undefined ? undefined : { code, map: null };
    },
  };
}

/** `desc` and all that it holds as the app has them, where it knows the fields of those names. */
export function shortForm(desc: DescMessage, known: (name: string) => boolean): DescMessage {
  const fields = desc.fields.filter((field) => known(field.localName));
  const references = () =>
    fields.flatMap((field) => field.message ?? []).map((one) => shortForm(one, known));
  return readMessage(desc.typeName, formOf(fields), references);
}

/** Every word of the sources, comments aside: a name that is not among them is not used. */
async function wordsOf(folders: readonly string[]): Promise<Set<string>> {
  const words = new Set<string>();
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(entry) || /^(gen|text)\//.test(entry)) continue;
      const source = readFileSync(join(folder, entry), 'utf8');
      const { code } = await transformWithEsbuild(source, entry, {
        jsx: 'preserve',
        sourcemap: false,
      });
      for (const [word] of code.matchAll(/\w+/g)) words.add(word);
    }
  }
  return words;
}

/** The module with the descriptors of `id` in their short form. */
async function shortened(
  id: string,
  runtime: string,
  known: Set<string>,
): Promise<string | undefined> {
  const exported = (await import(pathToFileURL(id).href)) as Record<string, Any>;
  const file = Object.values(exported).find((one) => one.kind === 'file') as DescFile | undefined;
  if (file?.edition !== PROTO3) return undefined; // of google/protobuf's own: used by nobody here
  const own = /\/solotrial\/v1\//.test(id);
  const imports = new Map<string, string>();
  const nameOf = (desc: DescMessage): string => {
    const name = `${desc.typeName.slice(desc.file.proto.package.length + 1).replaceAll('.', '_')}Schema`;
    if (!(name in exported)) imports.set(name, specifierOf(desc));
    return name;
  };
  const lines: string[] = [];
  // Services last: they name messages of the same file at once.
  const isService = ([, one]: [string, Any]) => Number(one.kind === 'service');
  const ordered = Object.entries(exported).sort((a, b) => isService(a) - isService(b));
  for (const [name, desc] of ordered) {
    if (typeof desc !== 'object') continue;
    if (desc.kind === 'message') {
      const whole = desc as DescMessage;
      const fields = whole.fields.filter((field) => !own || known.has(field.localName));
      const form = formOf(fields);
      const references = fields.flatMap((field) => field.message ?? []);
      compare(
        readMessage(whole.typeName, form, () => references),
        whole,
        fields,
      );
      const thunk = references.length ? `, () => [${references.map(nameOf).join()}]` : '';
      lines.push(constant(name, `message(${JSON.stringify(whole.typeName)}, '${form}'${thunk})`));
    } else if (desc.kind === 'service') {
      const whole = desc as DescService;
      const methods = whole.methods.filter((method) => known.has(method.localName));
      const form = methods.map(methodForm).join(' ');
      const references = methods.flatMap((method) => [method.input, method.output]);
      compareMethods(
        readService(whole.typeName, form, () => references),
        methods,
      );
      const thunk = `() => [${references.map(nameOf).join()}]`;
      lines.push(constant(name, `service('${whole.typeName}', '${form}', ${thunk})`));
    } else if (desc.kind === undefined) {
      // The values by their names; nothing here asks for names by their values.
      const values = Object.entries(desc).filter(([, value]) => typeof value === 'number');
      lines.push(`export const ${name} = ${JSON.stringify(Object.fromEntries(values))};`);
    }
  }
  const imported = [...imports].map(([name, from]) => `import { ${name} } from '${from}';`);
  return [
    `import { message, service } from ${JSON.stringify(runtime)};`,
    ...imported,
    ...lines,
  ].join('\n');
}

const constant = (name: string, value: string) => `export const ${name} = /*@__PURE__*/ ${value};`;

const specifierOf = ({ file }: DescMessage) =>
  file.name.startsWith('google/protobuf/')
    ? '@bufbuild/protobuf/wkt'
    : `./${file.name.split('/').at(-1)}_pb.js`;

const methodForm = (method: DescMethod) => {
  if (method.methodKind !== 'unary' && method.methodKind !== 'server_streaming') {
    throw new Error(`${method.toString()}: browsers cannot stream requests`);
  }
  return method.localName + (method.methodKind === 'unary' ? '' : '*');
};

/** See `message` in src/descriptors.ts. */
function formOf(fields: readonly DescField[]): string {
  let last = 0;
  const words = fields.map((field) => {
    const jump = field.number === last + 1 ? '' : `=${field.number}`;
    last = field.number;
    const type = field.message ? 'm' : field.enum ? 'e' : (letterOf.get(field.scalar!) ?? '!');
    const isOptional = !field.oneof && !field.message && field.presence === 1;
    const mark =
      field.fieldKind === 'list'
        ? '*'
        : field.fieldKind === 'map'
          ? `%${letterOf.get(field.mapKey) ?? '!'}`
          : isOptional
            ? '?'
            : '';
    const code = type === 's' && mark === '' ? '' : `:${type}${mark}`;
    return `${field.localName}${jump}${code}${field.oneof ? `|${field.oneof.localName}` : ''}`;
  });
  return words.join(' ');
}

const told = [
  ...([
    'kind',
    'localName',
    'number',
    'fieldKind',
    'listKind',
    'mapKind',
    'mapKey',
    'scalar',
  ] as const),
  ...([
    'message',
    'presence',
    'packed',
    'delimitedEncoding',
    'longAsString',
    'utf8Validation',
  ] as const),
];

/** Fails the build where the short form says something else than protobuf-es does. */
function compare(short: DescMessage, whole: DescMessage, fields: readonly DescField[]): void {
  const plain = (field: DescField) => {
    const values = field as unknown as Record<string, unknown>;
    const facts = told.map(
      (name) => (name === 'message' ? field.message?.typeName : values[name]) || 0,
    );
    const closed = field.enum && (!field.enum.open || field.enum.values[0]?.number !== 0);
    return JSON.stringify([facts, field.oneof?.localName, !!field.enum, !!closed]);
  };
  const names = (desc: DescMessage, kept: Set<string>) =>
    desc.members
      .map((one) => one.localName)
      .filter((name) => kept.has(name))
      .join();
  const kept = new Set(fields.flatMap((field) => [field.localName, field.oneof?.localName ?? '']));
  const same =
    short.fields.map(plain).join() === fields.map(plain).join() &&
    names(short, kept) === names(whole, kept) &&
    whole.file.edition === short.file.edition;
  if (!same) throw new Error(`${whole.typeName}: its short form is not what it is`);
}

function compareMethods(short: DescService, methods: readonly DescMethod[]): void {
  const plain = (method: DescMethod) =>
    [
      method.name,
      method.localName,
      method.methodKind,
      method.input.typeName,
      method.output.typeName,
    ].join();
  if (short.methods.map(plain).join() !== methods.map(plain).join()) {
    throw new Error(`${short.typeName}: its short form is not what it is`);
  }
}
