// Fetches at once, side by side, what the first screen needs: its words and its code.
import './style/index.css';
import { applyPreferences, preferences } from './preferences';
import { setTextLocale } from './text/text';

applyPreferences();
const words = setTextLocale(preferences().locale);
import('./start')
  .then(({ start }) => start(words))
  .catch(() => {
    // Not even the words have come: said in every language that there is.
    const root = document.getElementById('app');
    if (root)
      root.innerHTML = '<a href="/">No connection. Try again. / Keine Verbindung. Noch einmal.</a>';
  });
