import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the whole API is exported', () => {
  const source = new URL('../src/', import.meta.url);
  const exported = readFileSync(new URL('api.ts', source), 'utf8');
  const files = readdirSync(new URL('gen/solotrial/v1/', source));
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) expect(exported).toContain(`/${file.replace('.ts', '.js')}'`);
});
