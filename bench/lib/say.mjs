export const say = (text) => console.error(text);

/** What is left out or failed must not drown in progress lines. */
export const shout = (text) => console.error(`\n!!!! ${text}\n`);

export const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
