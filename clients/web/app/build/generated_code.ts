// Makes generated code smaller, without changing what it does.
import { Buffer } from 'node:buffer';
import type { Plugin } from 'vite';

const descriptor = /fileDesc\("([A-Za-z0-9+/=]+)"/;
const enumeration =
  /export var (\w+);\n\(function \(\1\) \{([\s\S]*?)\n\}\)\(\1 \|\| \(\1 = \{\}\)\);/g;

export function compactGeneratedCode(): Plugin {
  return {
    name: 'solotrial-compact-generated-code',
    apply: 'build',
    transform(code, id) {
      if (!id.endsWith('_pb.js')) return undefined;
      return {
        code: code
          // Descriptors come as base64, in which gzip finds no repetition: the same bytes as text
          // compress to two thirds, and `btoa` gives back the very same base64.
          .replace(descriptor, (_, base64: string) => {
            const bytes = Buffer.from(base64, 'base64').toString('latin1');
            return `fileDesc(btoa(${JSON.stringify(bytes)})`;
          })
          // Said to be pure, enums that nobody uses are left out.
          .replace(
            enumeration,
            'export const $1 = /*@__PURE__*/ (function ($1) {$2\nreturn $1;\n})({});',
          ),
        map: null,
      };
    },
  };
}

/** The app speaks protobuf's binary form only: its JSON form, which Connect brings along for the
 * other way, stays out. Whoever calls it after all is told so. */
export function withoutJson(): Plugin {
  return {
    name: 'solotrial-without-json',
    apply: 'build',
    transform(code, id) {
      if (!/@bufbuild\/protobuf\/dist\/esm\/(from|to)-json\.js$/.test(id)) return undefined;
      const names = [...code.matchAll(/^export function (\w+)/gm)].map((match) => match[1]);
      const none = `const none = () => { throw new Error('this build has no JSON form'); };`;
      return {
        code: `${none}\n${names.map((name) => `export const ${name} = none;`).join('\n')}`,
        map: null,
      };
    },
  };
}
