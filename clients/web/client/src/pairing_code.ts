// The code in what a person scans, pastes or types.

/** The pairing code or invitation in a link (`https://HOST/#pair=CODE` or `#invite=CODE`,
 * `solotrial:pair?code=CODE`) or
 * in what was typed; undefined when there is none. Whether it is valid only the engine can tell. */
export function pairingCodeOf(text: string): string | undefined {
  const trimmed = text.trim();
  const inFragment = /#(?:.*&)?(?:pair|invite)=([^&]*)/.exec(trimmed)?.[1];
  const inLink = /^solotrial:pair\?(?:.*&)?code=([^&]*)/.exec(trimmed)?.[1];
  const code = decoded(inFragment ?? inLink ?? trimmed);
  return /^[0-9A-Za-z][0-9A-Za-z -]*$/.test(code) ? code : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
