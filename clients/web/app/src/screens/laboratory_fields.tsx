import { client, useLoaded } from '../client';
import { locale, text } from '../text/text';
import { Banner, Field, Select } from '../ui/parts';

/** Which laboratory values there are is the engine's to say: this one needs a network. */
export function LaboratoryFields(props: {
  id: string;
  value: string;
  onId: (id: string) => void;
  onValue: (value: string) => void;
}) {
  const tx = text().day;
  const catalog = useLoaded(() => client().api.catalog.listCatalog({ locale: locale() }), []);
  if (catalog.fault) return <Banner kind="warn">{catalog.fault}</Banner>;
  const values = catalog.value?.laboratoryValues ?? [];
  const unit = values.find((one) => one.id === props.id)?.unit;
  return (
    <>
      <Select
        label={tx.labWhich}
        value={props.id}
        onChange={props.onId}
        options={[
          { value: '', title: '–' },
          ...values.map((one) => ({ value: one.id, title: one.title })),
        ]}
      />
      <Field
        label={tx.labValue}
        inputMode="decimal"
        value={props.value}
        onInput={props.onValue}
        {...(unit ? { unit } : {})}
      />
    </>
  );
}
