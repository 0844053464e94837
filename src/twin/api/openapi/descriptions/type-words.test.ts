import { expect, it } from 'vitest'
import { typeWords } from './type-words.ts'

const declarations = `import { Time } from "../meta/v1";
/** A lamp. */
export interface Lamp {
    /** Whether it is on. */
    on: boolean;
    dark?: string;
    /**
     * Its colours.
     *
     * Two at most.
     */
    $colours?: {
        [name: string]: Colour;
    };
}
export interface Plain {
    kind: "Plain";
}
/** A lamp or none. */
export type Maybe = Lamp | undefined;
`

it('types and fields are described by the comment right before them', () => {
  expect(typeWords(declarations)).toEqual({
    Lamp: ['A lamp.', { on: 'Whether it is on.', $colours: 'Its colours.\n\nTwo at most.' }],
    Plain: ['', {}],
  })
})
