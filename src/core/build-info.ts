// Set by the bundler (`scripts/build.mjs`); absent where the sources run as they are.
declare const FALKIRK_VERSION: string | undefined
declare const FALKIRK_COMMIT: string | undefined

/** Version of this program, as in package.json; `dev` where the sources run unbundled. */
export const version: string = typeof FALKIRK_VERSION === 'undefined' ? 'dev' : FALKIRK_VERSION

/** Commit it was built from, `-dirty` behind it when files differed; `unknown` outside of a clone. */
export const commit: string = typeof FALKIRK_COMMIT === 'undefined' ? 'unknown' : FALKIRK_COMMIT
