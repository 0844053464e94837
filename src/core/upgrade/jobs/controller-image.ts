/** The image that the controller itself runs from, as its own pod says. `why` is a clause. */
export type ControllerImage = { readonly kind: 'Image'; readonly image: string } | { readonly kind: 'Unknown'; readonly why: string }
