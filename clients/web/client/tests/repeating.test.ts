// Calls that are made again by themselves, and those that must not be.
import { Code } from '@connectrpc/connect';
import { expect, test } from 'vitest';
import { FakeEngine, fault, TRIAL } from './fake_engine.js';
import { Phone } from './phone.js';

/** Lets every pause pass, until the call has ended. */
async function patiently<T>(phone: Phone, call: Promise<T>): Promise<T> {
  let ended = false;
  const end = call.finally(() => (ended = true));
  end.catch(() => {});
  while (!ended) {
    phone.timers.run();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return end;
}

async function idlePhone(): Promise<{ engine: FakeEngine; phone: Phone; client: Client }> {
  const engine = new FakeEngine();
  const phone = new Phone(engine);
  const client = await phone.paired();
  // Rounds of their own would be counted, too.
  phone.timers.pending.splice(0);
  engine.calls = [];
  return { engine, phone, client };
}
type Client = Awaited<ReturnType<Phone['paired']>>;

test('what only reads is asked again, and not for ever', async () => {
  const { engine, phone, client } = await idlePhone();
  engine.cut('ListTrials', 'before', 'after');
  const { trials } = await patiently(phone, client.api.trial.listTrials({}));
  expect(trials.map(({ name }) => name)).toEqual([TRIAL]);
  expect(engine.calls).toEqual(['ListTrials', 'ListTrials', 'ListTrials']);

  engine.cut('ListTrials', ...Array<'before'>(9).fill('before'));
  await expect(patiently(phone, client.api.trial.listTrials({}))).rejects.toMatchObject({
    reason: 'UNREACHABLE',
  });
  expect(engine.calls).toHaveLength(3 + 4);
});

test('a creation is repeated with the id of the first try', async () => {
  const { engine, phone, client } = await idlePhone();
  engine.cut('CreateTrial', 'after');
  const first = await patiently(phone, client.api.trial.createTrial({}));
  expect(engine.calls).toEqual(['CreateTrial', 'CreateTrial']);
  expect(engine.requestIds).toHaveLength(2);
  expect(new Set(engine.requestIds).size).toBe(1);
  expect(first.name).toBe(`trials/${engine.requestIds[0]}`);

  await client.api.trial.createTrial({ requestId: 'mine' });
  await client.api.trial.createTrial({});
  expect(engine.requestIds.at(-2)).toBe('mine');
  expect(new Set(engine.requestIds).size).toBe(3);
});

test('what could happen twice is done once', async () => {
  const { engine, phone, client } = await idlePhone();
  engine.cut('RotateToken', 'after');
  await expect(patiently(phone, client.api.access.rotateToken({}))).rejects.toMatchObject({
    reason: 'UNREACHABLE',
  });
  expect(engine.calls).toEqual(['RotateToken']);
});

test('a busy engine is asked again; one that has decided is not', async () => {
  const { engine, phone, client } = await idlePhone();
  engine.faults.push(fault('BUSY', Code.ResourceExhausted));
  await patiently(phone, client.api.trial.listTrials({}));
  expect(engine.calls).toHaveLength(2);

  engine.faults.push(fault('WRONG_STATE', Code.FailedPrecondition));
  await expect(patiently(phone, client.api.trial.listTrials({}))).rejects.toMatchObject({
    reason: 'WRONG_STATE',
  });
  expect(engine.calls).toHaveLength(3);
});

test('what is computed may take longer than what is looked up', async () => {
  const { engine, phone, client } = await idlePhone();
  const allowed = async (name: string, call: () => Promise<unknown>) => {
    await patiently(phone, call()).catch(() => undefined);
    return engine.timeouts.get(name);
  };
  const { analysis, trial } = client.api;
  expect(await allowed('ListTrials', () => trial.listTrials({}))).toBe(30_000);
  expect(await allowed('ListTrials', () => trial.listTrials({}, { timeoutMs: 9 }))).toBe(9);
  expect(await allowed('Analyze', () => analysis.analyze({}))).toBe(120_000);
  expect(await allowed('PredictDecision', () => analysis.predictDecision({}))).toBe(900_000);
});
