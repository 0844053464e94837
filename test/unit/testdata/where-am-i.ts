/** Read by a test of `scripts/load-typescript.mjs`. */
export const folder: string = new URL('.', import.meta.url).href
