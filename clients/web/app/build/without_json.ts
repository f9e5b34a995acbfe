import type { Plugin } from 'vite';

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
