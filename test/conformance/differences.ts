/** A case in which the twin is meant not to be what the real server is. */
export interface Difference {
  /** `AREA: TITLE` */
  readonly of: string
  /** Why it stays. */
  readonly reason: string
  /** Dotted paths in the transcript, from the number of the step: `2.body.message`; `*` is one segment, `**` any number of them. */
  readonly at: readonly string[]
}

const goText = 'values that Go prints as a struct with addresses of its memory are printed as JSON'
const openApi = 'the OpenAPI documents have no descriptions: those of the original are its documentation'
const decoder = 'the decoder is another one: it finds the same fault and names it in other words'

/** Every difference there is; a case that shows none any more must leave this list. `docs/twin.md` has it as a table. */
export const differences: readonly Difference[] = [
  deliberate('Objects: refuses finalizers and owners that are none', goText, '3.body.message', '3.body.details.causes.*.message'),
  deliberate(
    'Disruption budgets and evictions: a budget that cannot be is refused',
    goText,
    '0.body.message',
    '0.body.details.causes.*.message',
  ),
  deliberate('Custom resources: a definition that cannot be is refused', goText, '1.body.message', '1.body.details.causes.*.message'),
  deliberate(
    'Patches: a patch that makes the object invalid is refused',
    'the message repeats the whole patched object, whose fields are in another order',
    '2.body.message',
    '2.body.details.causes.*.message',
  ),
  deliberate(
    'Objects: unknown resources, groups and paths are not found',
    'an unknown path outside of the API is answered without the list of all paths',
    '3.body',
    '3.headers',
  ),
  deliberate('kubectl: explain reads the documents of the server', openApi, '0.body.stdout'),
  deliberate(
    'Server-side apply: asks for a manager and for an object of that kind',
    'where the original prints addresses of its memory for two types, their kinds are named',
    '2.body.message',
  ),
  deliberate('Server-side apply: takes YAML', decoder, '1.body.message'),
  deliberate('Bad input: a member of the wrong type', decoder, '*.body.message'),
  deliberate('Bad input: times and durations that are none', decoder, '*.body.message'),
  deliberate('Validation: a quantity that is none', decoder, '*.body.message'),
]

function deliberate(of: string, reason: string, ...at: readonly string[]): Difference {
  return { of, reason, at }
}
