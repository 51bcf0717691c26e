/** Anything but what JSON takes as it is (RFC 8259 7): quotes, backslashes and controls, and surrogates, which may stand alone. */
const SPECIAL = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** Text as a JSON string. Nearly all texts of a log line need no escaping, and a test is cheaper than JSON.stringify. */
export function quote(text: string): string {
  return SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`;
}
