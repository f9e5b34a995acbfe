// Trials of every shape, about something that needs no screening.
import { fromJson } from '@bufbuild/protobuf';
import type { JsonValue } from '@bufbuild/protobuf';
import { ProtocolSchema } from '@solotrial/client';
import type { Protocol } from '@solotrial/client';

/** A trial of short blocks, with slots, a night and a covariate; `changes` in the JSON form. */
export function protocol(changes: Record<string, JsonValue> = {}): Protocol {
  return fromJson(ProtocolSchema, {
    title: 'Does lemon balm calm my legs?',
    design: { randomization: 'PAIRED', blockDays: 5, pairs: 2, runInDays: 3 },
    measures: [
      {
        id: 'legs',
        family: 'ORDINAL',
        minimum: 0,
        maximum: 10,
        lowerIsBetter: true,
        minimalImportantDifference: 1,
        primary: true,
        slots: ['morning', 'evening'],
        dailyRule: 'DAILY_RULE_MAX',
        question: 'How restless were your legs?',
      },
      {
        id: 'sleep',
        family: 'GAUSSIAN',
        minimum: 0,
        maximum: 100,
        lowerIsBetter: false,
        refersTo: 'REFERS_TO_PREVIOUS_NIGHT',
      },
      { id: 'headache', family: 'BERNOULLI', lowerIsBetter: true },
      { id: 'cramps', family: 'POISSON', lowerIsBetter: true },
    ],
    covariates: [
      { id: 'weekend', kind: 'BINARY' },
      { id: 'coffee', kind: 'NUMERIC', question: 'How many cups of coffee?' },
    ],
    intervention: {
      name: 'lemon balm',
      onInstruction: 'Drink a cup of lemon balm tea.',
      offInstruction: 'Drink a cup of hot water.',
      doseSlots: ['noon', 'evening'],
    },
    timeZone: 'Europe/Berlin',
    ...changes,
  });
}
