// The recovery phrase of a new person, from the moment it was told until they have said that it is on
// paper: it is told only once, and a page that is loaded anew in between must not lose it.
const key = 'solotrial.phrase';
let told = '';

export function keepPhrase(phrase: string): void {
  told = phrase;
  try {
    sessionStorage.setItem(key, phrase);
  } catch {
    // No storage: it holds until the page is left.
  }
}

/** Empty: there is none to write down. */
export function phraseToWrite(): string {
  if (told) return told;
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

export function phraseWritten(): void {
  told = '';
  try {
    sessionStorage.removeItem(key);
  } catch {
    // There was nothing then.
  }
}
