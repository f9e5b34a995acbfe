import { useState } from 'preact/hooks';
import { preferences, setPreferences, type Preferences } from '../preferences';
import { setLocale, text } from '../text/rest';
import { languages, type Locale } from '../text/text';
import { client } from '../client';
import { Card, Choices } from '../ui/parts';
import { Screen } from '../ui/screen';

export function LookScreen() {
  const tx = text().look;
  const [chosen, setChosen] = useState(preferences());
  const change = (changed: Partial<Preferences>) => {
    setPreferences(changed);
    setChosen(preferences());
  };
  return (
    <Screen title={tx.title} back="#/settings">
      <Choices<Preferences['theme']>
        legend={tx.theme}
        showLegend
        value={chosen.theme}
        onChange={(theme) => change({ theme })}
        options={[
          { value: 'dark', title: tx.dark },
          { value: 'light', title: tx.light },
          { value: 'system', title: tx.system },
        ]}
      />
      <Choices<Preferences['text']>
        legend={tx.text}
        showLegend
        value={chosen.text}
        onChange={(size) => change({ text: size })}
        options={[
          { value: 'normal', title: tx.normal },
          { value: 'large', title: tx.large },
          { value: 'huge', title: tx.huge },
        ]}
      />
      <Card>
        <p>{tx.sample}</p>
      </Card>
    </Screen>
  );
}

export function LanguageScreen(props: { onChanged: () => void }) {
  const tx = text().language;
  return (
    <Screen title={tx.title} back="#/settings">
      <Choices<Locale>
        legend={tx.title}
        value={preferences().locale}
        onChange={(locale) => {
          void setLocale(locale).then(() => {
            setPreferences({ locale });
            client().setLocale(locale);
            props.onChanged();
          });
        }}
        options={languages}
      />
      <p class="small muted">{tx.trialHint}</p>
    </Screen>
  );
}
